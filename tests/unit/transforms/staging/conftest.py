"""What staging tests share: a small universe, and payloads made of text."""

from __future__ import annotations

import hashlib
import importlib.util
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Exchange, Listing, Parameter, Universe
from transforms.staging import stage
from transforms.staging.batch import Payload, staged_schema

FETCHED_AT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def parameter(value, unit="1"):
    return Parameter(
        value=value, unit=unit, status=Status.ASSUMPTION, source="test", why="test", known_at=date(2025, 1, 1)
    )


def listing(symbol, exchange, currency):
    return Listing(symbol=symbol, exchange=exchange, currency=currency, shares_per_unit=parameter(1.0))


NEW_YORK = ("BABA", "NVDA", "MSFT", "AMZN", "GOOGL", "META", "BIDU", "JD", "PDD")
HONG_KONG = ("9988.HK", "0700.HK", "9888.HK")
QUOTES = [
    "AUD",
    "BRL",
    "CAD",
    "CHF",
    "CNY",
    "EUR",
    "GBP",
    "HKD",
    "IDR",
    "INR",
    "JPY",
    "KRW",
    "MXN",
    "MYR",
    "PHP",
    "SEK",
    "SGD",
    "THB",
]

UNIVERSE = Universe(
    exchanges=(
        Exchange(name="NYSE", timezone="America/New_York", close_local="16:00", delay_minutes=parameter(15.0)),
        Exchange(name="HKEX", timezone="Asia/Hong_Kong", close_local="16:00", delay_minutes=parameter(30.0)),
    ),
    companies=(
        Company(
            name="North",
            reporting_currency="USD",
            listings=tuple(listing(symbol, "NYSE", "USD") for symbol in NEW_YORK),
        ),
        Company(
            name="East",
            reporting_currency="CNY",
            listings=tuple(listing(symbol, "HKEX", "HKD") for symbol in HONG_KONG),
        ),
    ),
    fx_pairs=tuple(f"USD{quote}" for quote in QUOTES),
    fx_close_local="16:00",
    fx_timezone="Europe/Berlin",
    fx_delay_minutes=parameter(60.0),
    reporting_delay_days=parameter(45.0),
)


@pytest.fixture(scope="session")
def universe():
    return UNIVERSE


def payload_of(name, content, *, payload_format=None, fetched_at=FETCHED_AT):
    """A payload of a recording file, or of another format."""
    content = content.encode() if isinstance(content, str) else content
    return Payload(
        source="test",
        name=name,
        format=payload_format or f"recording/{name}",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        fetched_at=fetched_at,
    )


@pytest.fixture(scope="session")
def make_payload():
    return payload_of


@pytest.fixture(scope="session")
def staged():
    """Stage one file and return its rows as dicts, having checked what holds for every batch."""

    def stage_file(name, content, **more):
        siblings = more.pop("siblings", {})
        payload = payload_of(name, content, **more)
        batches = stage(payload, universe=UNIVERSE, siblings=siblings)
        rows = []
        for batch in batches:
            frame = batch.frame
            assert frame.schema == staged_schema(batch.contract)
            assert frame["row_id"].to_list() == list(range(frame.height))
            assert set(frame["payload_sha256"]) <= {payload.sha256}
            assert set(frame["fetched_at"]) <= {payload.fetched_at}
            rows.extend(frame.to_dicts())
        return rows

    return stage_file


@pytest.fixture(scope="session")
def v8_reply():
    """The builder of synthetic chart replies, which live-price tests share."""
    path = Path(__file__).parents[3] / "v8_replies.py"
    spec = importlib.util.spec_from_file_location("v8_replies", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.v8_reply
