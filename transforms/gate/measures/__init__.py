"""Measures: numbers about a row that its contract can't give, because they need what stands around it.

Here: what a measure is, which table has which, and the one way to take them. Not here: the verdict: a measure says how
far a row is from what was to be expected and how far is far (`expectations` lets Great Expectations compare the two).

A measure sees only rows that passed their own checks, so one unreadable cell does not spoil its neighbours' habits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from transforms.gate.context import GateContext
from transforms.gate.measures import announcements, document_texts, figure_reports, happenings, reported, texts
from transforms.gate.measures.actions import ACTION_CHECKS, measure_actions
from transforms.gate.measures.bars import BAR_CHECKS, measure_bars
from transforms.gate.measures.rates import RATE_CHECKS, measure_rates
from transforms.gate.measures.schema import MEASURED_SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One function and the checks whose numbers it gives."""

    name: str
    checks: tuple[str, ...]
    take: Callable[[pl.DataFrame, GateContext], pl.DataFrame]
    """(rows, context) -> MEASURED_SCHEMA. Rows: staged rows of one table, of all batches that are judged together, with
    `row_id` unique among them. Pure: neither order nor repetition of a call changes the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What all measures of a table said."""

    numbers: pl.DataFrame
    """In `MEASURED_SCHEMA`."""
    broken: dict[str, str]
    """Check -> why it could not be measured: nothing it was to judge passes."""


TEXTS = Measure(name="texts", checks=texts.CHECKS, take=texts.measure_texts)

MEASURES: dict[str, tuple[Measure, ...]] = {
    "core.daily_bars": (Measure(name="bars", checks=BAR_CHECKS, take=measure_bars),),
    "core.fx_rates": (Measure(name="rates", checks=RATE_CHECKS, take=measure_rates),),
    "core.corporate_actions": (Measure(name="actions", checks=ACTION_CHECKS, take=measure_actions),),
    "core.reported_figures": (
        Measure(name="figures", checks=reported.CHECKS, take=reported.measure_figures),
        Measure(name="reports", checks=figure_reports.CHECKS, take=figure_reports.measure_reports),
        TEXTS,
    ),
    "core.announcements": (
        Measure(name="announcements", checks=announcements.CHECKS, take=announcements.measure_announcements),
        TEXTS,
    ),
    "core.cycle_events": (
        Measure(name="events", checks=happenings.CHECKS, take=happenings.measure_events),
        TEXTS,
    ),
    "core.documents": (
        Measure(name="documents", checks=document_texts.CHECKS, take=document_texts.measure_documents),
        TEXTS,
    ),
}
"""By full table name."""


def take_measures(table: str, rows: pl.DataFrame, context: GateContext) -> Measured:
    """Return what the measures of a table say about rows.

    Args:
        table: full name.
        rows: staged rows that passed their own checks, `row_id` unique.
        context: what they are judged against.
    """
    parts: list[pl.DataFrame] = [MEASURED_SCHEMA.to_frame()]
    broken: dict[str, str] = {}
    for measure in MEASURES.get(table, ()):
        try:
            parts.append(_held_to_its_word(measure, measure.take(rows, context)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it stops rows and not the run
            broken |= dict.fromkeys(measure.checks, f"{measure.name}: {str(error).strip() or type(error).__name__}")
    return Measured(numbers=pl.concat(parts), broken=broken)


def _held_to_its_word(measure: Measure, numbers: pl.DataFrame) -> pl.DataFrame:
    numbers = numbers.match_to_schema(MEASURED_SCHEMA)
    odd = set(numbers["check_name"]) - set(measure.checks)
    if odd:
        raise ValueError(f"numbers for checks it does not have: {', '.join(sorted(map(str, odd)))}")
    if numbers.select("row_id", "check_name").is_duplicated().any():
        raise ValueError("two numbers for one row and check")
    # To the library NaN is a missing value, and a missing value is passed over.
    vague = numbers.filter(pl.any_horizontal(pl.col("value", "limit").is_null() | pl.col("value", "limit").is_nan()))
    if not vague.is_empty():
        raise ValueError(f"no number for {vague['check_name'][0]} in {vague.height} rows")
    return numbers


__all__ = ["MEASURED_SCHEMA", "MEASURES", "Measure", "Measured", "take_measures"]
