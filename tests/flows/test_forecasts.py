"""Forecasts in a run: stored once, live or hindsight by the clock, held with their inputs, scored in time."""

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
AS_OF, LATER = "2026-01-15", "2026-04-30"
FORECASTS, SCORES = "marts.forecasts", "marts.forecast_scores"


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


def frames(tmp_path: Path, *tables: str, home: str = "home") -> list[pl.DataFrame]:
    with Warehouse(tmp_path / home).read() as reader:
        return [reader.frame(table) for table in tables]


def about_prices(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("question").str.starts_with("price") & (pl.col("company") == "Alibaba"))


def test_a_quarter_is_forecast_once_and_scored_once(trade, run_on, tmp_path) -> None:
    traded = trade(AS_OF)
    run_on(traded, AS_OF, now=noon(AS_OF))
    first, none = frames(tmp_path, FORECASTS, SCORES)
    assert set(about_prices(first)["question"]) == {"price_state", "price_band"}
    assert set(first["origin"]) == {"live"}
    assert none.is_empty()

    run_on(traded, AS_OF, now=noon(AS_OF) + timedelta(hours=1))
    run_on(trade("2026-01-20"), "2026-01-20", now=noon("2026-01-20"))
    again, still_none = frames(tmp_path, FORECASTS, SCORES)
    assert again.equals(first), "a second run in the quarter adds nothing and changes nothing"
    assert still_none.is_empty()

    run_on(trade(LATER), LATER, now=noon(LATER))
    stored, scores = frames(tmp_path, FORECASTS, SCORES)
    assert stored.join(first, on=["forecast_id", "outcome"], how="semi").equals(first)
    assert set(about_prices(stored)["quarter"]) == {"2026Q1", "2026Q2"}
    scored = about_prices(scores)
    assert scored.group_by("question").len().sort("question").rows() == [("price_band", 3), ("price_state", 3)]
    assert set(scored["happened"]) == {"inside", "realistic"}

    run_on(traded, LATER, now=noon(LATER) + timedelta(hours=2))
    assert frames(tmp_path, SCORES)[0].equals(scores)
    (events,) = frames(tmp_path, "ops.events")
    told = events.filter(pl.col("name").str.starts_with("Forecasts") & (pl.col("subject") == "Alibaba"))
    assert told["name"].to_list() == ["ForecastsIssued", "ForecastsIssued", "ForecastsScored"]


@pytest.mark.parametrize(("late_days", "origin"), [(6, "live"), (7, "hindsight")])
def test_live_is_what_is_stored_within_a_week(trade, run_on, tmp_path, late_days: int, origin: str) -> None:
    run_on(trade(AS_OF), AS_OF, now=noon(AS_OF) + timedelta(days=late_days))

    assert set(about_prices(frames(tmp_path, FORECASTS)[0])["origin"]) == {origin}


def test_a_day_that_has_not_come_is_not_forecast(trade, run_on, tmp_path) -> None:
    run_on(trade("2026-02-10"), "2026-02-20", now=noon("2026-02-10"))

    assert frames(tmp_path, FORECASTS)[0].is_empty()


def test_a_forecast_whose_outcome_is_public_when_it_is_stored_is_hindsight(trade, run_on, tmp_path) -> None:
    traded = trade(AS_OF)
    figures = traded / "reported_figures.csv"
    lines = figures.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    ends = [date(y, m, d) for y in (2023, 2024, 2025) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))]
    for i, end in enumerate(ends):
        # The quarter to December is published between the as-of and the day it is stored.
        published = "2026-01-17" if end == ends[-1] else (end + timedelta(days=40)).isoformat()
        row = {
            "company": "Amazon", "segment": "Total", "segment_basis": "as_reported", "metric": "capex",
            "period_start": end.replace(day=1).isoformat(), "period_end": end.isoformat(), "duration_months": "3",
            "value": str(10**9 * (i + 5)), "unit": "USD", "reported_on": published, "known_precision": "day",
            "verification": "source", "source": "test",
        }  # fmt: skip
        lines.append(",".join(row.get(name, "") for name in header))
    kept = [line for line in lines if not ("Amazon,Total" in line and "capex" in line and ",test," not in line)]
    figures.write_text("\n".join(kept) + "\n", encoding="utf-8")

    run_on(traded, AS_OF, now=noon("2026-01-19"))

    (stored,) = frames(tmp_path, FORECASTS)
    origins = {(c, q): o for c, q, o in stored.select("company", "question", "origin").unique().iter_rows()}
    assert origins["Amazon", "capex_above"] == "hindsight"
    assert origins["Alibaba", "price_state"] == "live"


def test_a_held_price_is_not_forecast_until_it_is_corrected(trade, run_on, tmp_path) -> None:
    run_on(trade(AS_OF, last_close="-1"), now=noon(AS_OF))
    (held,) = frames(tmp_path, FORECASTS)
    assert about_prices(held).is_empty()
    configuration = load_configuration(config_folder())
    with Warehouse(tmp_path / "home").read() as reader:
        view = view_of(reader, configuration, None)
        assert view is not None
        said = record_answer(reader, view, "Alibaba", noon(AS_OF))
    assert said["our_record_says"] == NO_RECORD
    reasons = {row["question"]: row["reason"] for row in said["not_asked"]}
    assert reasons["price_state"].startswith("an input is held: prices.csv")

    run_on(trade(AS_OF), now=noon("2026-01-16"))
    lifted = about_prices(frames(tmp_path, FORECASTS)[0])
    assert set(lifted["question"]) == {"price_state", "price_band"}
    assert set(lifted["origin"]) == {"live"}


def test_prices_that_were_drawn_are_not_forecast(recording_copy, run_on, tmp_path) -> None:
    run_on(recording_copy)

    assert about_prices(frames(tmp_path, FORECASTS)[0]).is_empty()
