"""Views beside the columns, and from Polars to the pandas frame that Great Expectations reads.

Here: what checks may name beside columns, computed only where it is named, and the conversion. Not here: any judgement:
what a view may say is a check's matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import polars as pl

from aicycle.model.kinds import KnownPrecision
from expectations.checks import FETCHED_ON, FINITE_WORD, KNOWN_AT_LIMIT, Check, kind_view

if TYPE_CHECKING:
    import pandas as pd

EASTERNMOST_HOURS = 14
"""A source's calendar day may begin this long before the same day does in UTC."""


def columns_of(checks: Sequence[Check]) -> tuple[str, ...]:
    """Return the columns and views that the checks' expectations name, in order, each once."""
    named: list[str] = []
    for check in checks:
        arguments = check.arguments
        named += [str(arguments[name]) for name in ("column", "column_A", "column_B") if name in arguments]
        several = arguments.get("column_list")
        named += [str(name) for name in several] if isinstance(several, list) else []
        named += [check.condition.column] if check.condition else []
    return tuple(dict.fromkeys(named))


def views_for(names: Iterable[str], schema: pl.Schema) -> dict[str, pl.Expr]:
    """Return the views among the names, as expressions over a frame's columns.

    Args:
        names: of columns and views: `<number>__kind` (`finite`, `infinite`, `NaN`, or missing: to pandas NaN and NULL
            are one), `known_at_limit`, `fetched_on`. Whatever is neither is left to whoever asks for it.
        schema: of the frame, in which a column of that name goes before a view.
    """
    kinds = {kind_view(name): name for name, dtype in schema.items() if dtype.is_float()}
    views: dict[str, pl.Expr] = {}
    for name in names:
        if name in schema:
            continue
        if name in kinds:
            views[name] = _kind(kinds[name])
        elif name == KNOWN_AT_LIMIT and {"fetched_at", "known_precision"} <= set(schema):
            views[name] = _known_at_limit()
        elif name == FETCHED_ON and "fetched_at" in schema:
            views[name] = _latest_day().dt.date()
    return views


def as_pandas(frame: pl.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return what the library needs of a frame.

    Args:
        frame: with `row_id`.
        columns: of the frame, or views of it.

    Returns:
        `row_id` and those of the columns that there are, row by row, days as timestamps.
    """
    wanted = dict.fromkeys(("row_id", *columns))
    views = views_for(wanted, frame.schema)
    kept = [name for name in wanted if name in frame.schema or name in views]
    table = frame.with_columns(**views).select(kept).to_arrow()
    rows: pd.DataFrame = table.to_pandas(date_as_object=False)
    return rows


def _kind(column: str) -> pl.Expr:
    value = pl.col(column)
    return (
        pl.when(value.is_null())
        .then(None)
        .when(value.is_nan())
        .then(pl.lit("NaN"))
        .when(value.is_infinite())
        .then(pl.lit("infinite"))
        .otherwise(pl.lit(FINITE_WORD))
    )


def _latest_day() -> pl.Expr:
    return (pl.col("fetched_at") + pl.duration(hours=EASTERNMOST_HOURS)).dt.truncate("1d")


def _known_at_limit() -> pl.Expr:
    """Latest `known_at` of a fact that was there when it was fetched, by how precisely it is known.

    What is known by day carries the end of that day, so today's news ends after it was fetched; an assumed instant may
    lie ahead of the fetch and only delays.
    """
    fetched_at, precision = pl.col("fetched_at"), pl.col("known_precision")
    latest_day = _latest_day()
    before_next = pl.duration(microseconds=-1)
    return (
        pl.when(precision == KnownPrecision.ASSUMED)
        .then(None)
        .when(precision == KnownPrecision.DAY)
        .then(latest_day.dt.offset_by("1d") + before_next)
        .when(precision == KnownPrecision.MONTH)
        .then(latest_day.dt.truncate("1mo").dt.offset_by("1mo") + before_next)
        .when(precision == KnownPrecision.YEAR)
        .then(latest_day.dt.truncate("1y").dt.offset_by("1y") + before_next)
        .otherwise(fetched_at)
    )
