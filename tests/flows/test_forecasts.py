"""Forecasts in a run of the pipeline: held with their inputs, and none of what was drawn."""

from __future__ import annotations

import csv
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from aicycle.cli.own_record import NO_RECORD, record_answer
from aicycle.settings.configuration import load_configuration
from aicycle.settings.resources import config_folder
from flows.steps.deriving import view_of
from warehouse import Warehouse

FIRST = date(2024, 12, 2)
AS_OF = "2026-01-15"


@pytest.fixture
def trade(recording_copy: Path):
    """`trade(until)`: the sample, with closes of BABA that somebody might have traded: the sample's own are drawn."""
    prices = recording_copy / "prices.csv"
    with prices.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    others = [row for row in rows if row["symbol"] != "BABA"]

    def write(until: str, last_close: str = "") -> Path:
        days = [FIRST + timedelta(days=n) for n in range((date.fromisoformat(until) - FIRST).days + 1)]
        traded = []
        for i, session in enumerate(day for day in days if day.weekday() < 5):
            close = f"{150 * math.exp(0.01 * (i % 2)):.2f}"
            quoted = dict.fromkeys(("open", "high", "low", "close"), close)
            fixed = {"symbol": "BABA", "volume": "1000", "currency": "USD", "price_basis": "as_traded"}
            traded.append(fixed | quoted | {"session": session.isoformat()})
        if last_close:
            traded[-1]["close"] = last_close
        with prices.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows([*others, *traded])
        return recording_copy

    return write


def noon(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(hours=36)


def stored(tmp_path: Path) -> pl.DataFrame:
    with Warehouse(tmp_path / "home").read() as reader:
        return reader.frame("marts.forecasts")


def about_prices(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("question").str.starts_with("price") & (pl.col("company") == "Alibaba"))


def test_a_held_price_is_not_forecast_until_it_is_corrected(trade, run_on, tmp_path) -> None:
    run_on(trade(AS_OF, last_close="-1"), now=noon(AS_OF))
    assert about_prices(stored(tmp_path)).is_empty()
    configuration = load_configuration(config_folder())
    with Warehouse(tmp_path / "home").read() as reader:
        view = view_of(reader, configuration, None)
        assert view is not None
        said = record_answer(reader, view, "Alibaba", noon(AS_OF))
    assert said["our_record_says"] == NO_RECORD
    reasons = {row["question"]: row["reason"] for row in said["not_asked"]}
    assert reasons["price_state"].startswith("an input is held: prices.csv")

    run_on(trade(AS_OF), now=noon("2026-01-16"))
    lifted = about_prices(stored(tmp_path))
    assert set(lifted["question"]) == {"price_state", "price_band"}
    assert set(lifted["origin"]) == {"live"}


def test_prices_that_were_drawn_are_not_forecast(recording_copy, run_on, tmp_path) -> None:
    run_on(recording_copy)

    assert about_prices(stored(tmp_path)).is_empty()
