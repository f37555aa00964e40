"""What the tests of the phases share: rows of the facts, and one segment's answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration, PhaseRules
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.phases import PhaseAnswer, assess_phases

AS_OF = end_of_day(date(2025, 9, 28))
LEDGER = {
    "known_precision": "day", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1,
}  # fmt: skip
METRICS = {**CONTRACTS["marts.segment_metrics"].polars_schema(), "first_known_at": pl.Datetime("us", "UTC")}

Row = dict[str, Any]


class Given:
    """Builds facts; every method takes rows that say only what differs."""

    as_of = AS_OF
    year = timedelta(days=365.25)

    @staticmethod
    def events(*rows: Row) -> pl.DataFrame:
        common = LEDGER | {
            "event_time": date(2025, 9, 1), "company": "Alibaba", "segment": "cloud", "direction": 1, "country": "CN",
            "is_realised": True, "title": "something", "source": "somewhere", "verification": "source",
            "known_at": AS_OF,
        }  # fmt: skip
        numbered = [
            common | {"cycle_event_id": f"row {i}", "announcement_id": f"announcement {i}"} | row
            for i, row in enumerate(rows)
        ]
        return pl.DataFrame(numbered, schema=CONTRACTS["core.cycle_events"].polars_schema())

    @staticmethod
    def announcements(*rows: Row) -> pl.DataFrame:
        common = LEDGER | {
            "company": "Alibaba", "kind": "capex_plan", "is_hypothetical": False, "origin": "row",
            "verification": "source", "known_at": AS_OF, "wording": "a plan",
        }  # fmt: skip
        numbered = [
            common | {"item_id": f"item {i}", "announcement_id": f"plan {i}"} | row for i, row in enumerate(rows)
        ]
        return pl.DataFrame(numbered, schema=CONTRACTS["core.announcements"].polars_schema())

    @staticmethod
    def metrics(*rows: Row) -> pl.DataFrame:
        common = {
            "company": "Alibaba", "segment": "cloud", "metric": "revenue_yoy_frac", "detail": "",
            "period_end": date(2025, 6, 30), "unit": "fraction", "segment_basis": "b", "status": "derived",
            "verification": "source", "is_partial": False, "known_at": datetime.fromisoformat("2025-08-29T23:59:59Z"),
        }  # fmt: skip
        filled = [common | row for row in rows]
        return pl.DataFrame([r | {"first_known_at": r.get("first_known_at", r["known_at"])} for r in filled], METRICS)


@pytest.fixture(scope="session")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture
def given() -> type[Given]:
    return Given


@pytest.fixture
def answer(configuration: Configuration) -> Callable[..., PhaseAnswer]:
    """`answer(events=..., ...)`: the whole answer; what is not given is empty."""

    def assess(
        *,
        events: pl.DataFrame | None = None,
        announcements: pl.DataFrame | None = None,
        metrics: pl.DataFrame | None = None,
        rules: PhaseRules | None = None,
        as_of: datetime = AS_OF,
    ) -> PhaseAnswer:
        events = Given.events() if events is None else events
        announcements = Given.announcements() if announcements is None else announcements
        return assess_phases(
            events=events,
            announcements=announcements,
            members=event_members(announcements, events),
            metrics=Given.metrics() if metrics is None else metrics,
            universe=configuration.universe,
            rules=rules or configuration.phases,
            as_of=as_of,
        )

    return assess


@pytest.fixture
def assessed(answer: Callable[..., PhaseAnswer]) -> Callable[..., Row]:
    """`assessed(*events, segment=..., ...)`: one row of the answer, reasons parsed, with its features by name."""

    def assess(*events: Row, segment: str = "cloud", company: str = "Alibaba", **others: Any) -> Row:
        found = answer(events=Given.events(*events), **others)
        mine = (pl.col("company") == company) & (pl.col("segment") == segment)
        row = found.assessments.row(by_predicate=mine, named=True)
        features = {f["feature"]: f for f in found.features.filter(mine).iter_rows(named=True)}
        return row | {
            "reasons": json.loads(row["reasons"]),
            "features": features,
            "shares": [row[f"probability_{phase}"] for phase in (1, 2, 3, 4)],
        }

    return assess
