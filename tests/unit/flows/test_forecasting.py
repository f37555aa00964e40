"""What the recompute stage stores of forecasts: once, live or hindsight by the clock, scored when they come out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.settings.configuration import load_configuration
from flows.steps.accepting import Acceptance
from flows.steps.deriving import View
from flows.steps.forecasting import open_forecasts, record_forecasts
from transforms.facts import Facts
from transforms.prices import RECEIVED_SCHEMA
from warehouse import Warehouse

FIRST, AS_OF, LATER = date(2024, 12, 2), date(2026, 1, 15), date(2026, 4, 30)
ENDS = [date(y, m, d) for y in (2023, 2024, 2025) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))]
LEDGER = {
    "known_precision": "day", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0,
    "byte_end": 1, "verification": "source",
}  # fmt: skip
FORECASTS, SCORES = "marts.forecasts", "marts.forecast_scores"
Record = Callable[..., int]


def frame(table: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    names = CONTRACTS[table].column_names
    kept = [{k: v for k, v in (LEDGER | row).items() if k in names} for row in rows]
    return pl.DataFrame(kept, schema=CONTRACTS[table].polars_schema())


def bars(until: date) -> list[dict[str, Any]]:
    days = [FIRST + timedelta(days=n) for n in range((until - FIRST).days + 1)]
    sessions = [day for day in days if day.weekday() < 5]
    row = {"symbol": "BABA", "currency": "USD", "price_basis": "as_traded", "volume": 1}
    return [
        row
        | {"session": session, "known_at": datetime.combine(session, time(21, 15), UTC)}
        | dict.fromkeys(("open", "high", "low", "close"), 150 * math.exp(0.01 * (i % 2)))
        for i, session in enumerate(sessions)
    ]


def capex(last_published: date) -> list[dict[str, Any]]:
    published = [*(end + timedelta(days=40) for end in ENDS[:-1]), last_published]
    return [
        {
            "company": "Amazon", "segment": "Total", "segment_basis": "as_reported", "metric": "capex", "unit": "USD",
            "period_end": end, "duration_months": 3, "value": 1e9 * (i + 5),
        }
        | dict.fromkeys(("known_at", "source_known_at"), end_of_day(on))
        for i, (end, on) in enumerate(zip(ENDS, published, strict=True))
    ]  # fmt: skip


@pytest.fixture
def record(tmp_path: Path, root: Path) -> Record:
    """`record(as_of)`: run the step as of a day, by default half a day after its end."""

    def run(as_of: date, *, late: timedelta = timedelta(hours=12), held: str = "", published: date = LATER) -> int:
        facts = {
            "core.daily_bars": frame("core.daily_bars", bars(as_of)),
            "core.reported_figures": frame("core.reported_figures", capex(published)),
        }
        hold = {"subject_kind": "symbol", "subject_id": "BABA", "metric": held, "cause": "prices.csv:7: broken"}
        hold |= {"since": end_of_day(as_of - timedelta(days=1)), "quarantine_id": "q", "load_seq": 1}
        view = View(
            facts=Facts.from_tables(facts),
            received=RECEIVED_SCHEMA.to_frame(),
            received_at=None,
            holds=frame("ops.holds", [hold] if held else []),
            configuration=load_configuration(root / "config"),
            as_of=end_of_day(as_of),
            load_seq=1,
            rules_version="gate-test",
        )
        warehouse = Warehouse(tmp_path / "home", clock=lambda: view.as_of + late)
        with warehouse.write("test") as transaction:
            new = record_forecasts(transaction, view, Acceptance(transaction, view.load_seq))
            run.view, run.stored = view, transaction.frame(FORECASTS)  # type: ignore[attr-defined]
            run.scores, run.events = transaction.frame(SCORES), transaction.frame("ops.events")  # type: ignore[attr-defined]
        return new

    return run


def questions(frame: pl.DataFrame) -> dict[tuple[str, str], str]:
    return {(c, q): origin for c, q, origin in frame.select("company", "question", "origin").unique().iter_rows()}


def test_a_quarter_is_forecast_once_and_scored_once(record) -> None:
    assert record(AS_OF) == 3
    first = record.stored
    assert set(questions(first)) == {
        ("Alibaba", "price_state"),
        ("Alibaba", "price_band"),
        ("Amazon", "capex_above"),
    }
    assert set(first["origin"]) == {"live"}
    assert record.scores.is_empty()

    assert record(AS_OF) == 0
    assert record(AS_OF + timedelta(days=5)) == 0
    assert record.stored.equals(first), "a second run in the quarter adds nothing and changes nothing"
    assert record.scores.is_empty()
    waiting = open_forecasts(record.view, first)
    assert waiting["state"].to_list() == ["open"] * 3

    assert record(LATER) == 3
    assert record.stored.join(first, on=["forecast_id", "outcome"], how="semi").equals(first)
    scores = record.scores
    assert scores.group_by("question").len().sort("question").rows() == [
        ("capex_above", 3),
        ("price_band", 3),
        ("price_state", 3),
    ]
    assert set(scores["happened"]) == {"inside", "realistic", "above"}
    assert set(scores["forecast_id"]) == set(first["forecast_id"])

    assert record(LATER) == 0
    assert record.scores.equals(scores)
    told = record.events.filter(pl.col("subject") == "Alibaba")["name"].to_list()
    assert told == ["ForecastsIssued", "ForecastsIssued", "ForecastsScored"]


def test_an_earlier_day_adds_no_score_that_it_could_not_know(record) -> None:
    record(AS_OF)
    record(AS_OF + timedelta(days=1), late=timedelta(days=200))

    assert record.scores.is_empty()


@pytest.mark.parametrize(
    ("late", "origin"),
    [
        (timedelta(0), "live"),
        (timedelta(days=-1, hours=1), "live"),
        (timedelta(days=7), "live"),
        (timedelta(days=7, microseconds=1), "hindsight"),
        (timedelta(days=400), "hindsight"),
    ],
)
def test_live_is_what_is_stored_within_a_week(record, late: timedelta, origin: str) -> None:
    record(AS_OF, late=late)

    assert set(record.stored["origin"]) == {origin}


def test_a_day_that_has_not_come_is_not_forecast(record) -> None:
    assert record(AS_OF, late=timedelta(days=-2)) == 0


def test_live_and_hindsight_of_one_quarter_are_two_forecasts(record) -> None:
    record(AS_OF, late=timedelta(days=30))
    record(AS_OF + timedelta(days=40))

    bands = record.stored.filter((pl.col("question") == "price_band") & (pl.col("outcome") == "inside"))
    assert sorted(bands["origin"]) == ["hindsight", "live"]


def test_a_forecast_whose_outcome_is_public_when_it_is_stored_is_hindsight(record) -> None:
    record(AS_OF, late=timedelta(days=3), published=AS_OF + timedelta(days=1))

    assert questions(record.stored) == {
        ("Alibaba", "price_state"): "live",
        ("Alibaba", "price_band"): "live",
        ("Amazon", "capex_above"): "hindsight",
    }
    # And the next run does not take it for a new one.
    assert record(AS_OF, late=timedelta(days=3), published=AS_OF + timedelta(days=1)) == 0


def test_what_is_held_is_not_asked_until_it_is_lifted_and_not_scored_either(record) -> None:
    record(AS_OF, held="close")
    assert set(questions(record.stored)) == {("Amazon", "capex_above")}
    record(AS_OF + timedelta(days=1))
    assert ("Alibaba", "price_state") in questions(record.stored)

    record(LATER, held="close")
    assert set(record.scores["question"]) == {"capex_above"}
    record(LATER + timedelta(days=1))
    assert set(record.scores["question"]) == {"capex_above", "price_state", "price_band"}
