"""What tests of live sources share: the replaying transport, synthetic replies, a universe of three."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path

import pytest

from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Exchange, Listing, Parameter, Universe

TESTS = Path(__file__).parents[3]


def module_at(path):
    """A helper module beside the tests, which are no package."""
    name = f"aicycle_tests_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def replay():
    return module_at(TESTS / "replay_session.py")


@pytest.fixture(scope="session")
def v8_reply():
    return module_at(TESTS / "v8_replies.py").v8_reply


def parameter(value):
    return Parameter(value=value, unit="1", status=Status.ASSUMPTION, source="t", why="t", known_at=date(2025, 1, 1))


def listing(symbol, exchange, currency):
    return Listing(symbol=symbol, exchange=exchange, currency=currency, shares_per_unit=parameter(1.0))


@pytest.fixture(scope="session")
def universe():
    """Two listings and one pair."""
    return Universe(
        exchanges=(
            Exchange(name="NYSE", timezone="America/New_York", close_local="16:00", delay_minutes=parameter(15.0)),
            Exchange(name="HKEX", timezone="Asia/Hong_Kong", close_local="16:00", delay_minutes=parameter(15.0)),
        ),
        companies=(
            Company(
                name="Acme",
                reporting_currency="CNY",
                listings=(listing("BABA", "NYSE", "USD"), listing("9988.HK", "HKEX", "HKD")),
            ),
        ),
        fx_pairs=("USDCNY",),
        fx_close_local="16:00",
        fx_timezone="Europe/Berlin",
        fx_delay_minutes=parameter(15.0),
        reporting_delay_days=parameter(45.0),
    )
