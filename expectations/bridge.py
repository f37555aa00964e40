"""From Polars to the pandas frame that Great Expectations reads, without losing what pandas can't tell apart.

Here: the conversion and the views beside the columns. Not here: any judgement: what a view may say is a check's matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from aicycle.contracts.schema import DType, TableContract
from aicycle.model.kinds import KnownPrecision
from expectations.checks import FETCHED_ON, FINITE_WORD, KNOWN_AT_LIMIT, kind_view

if TYPE_CHECKING:
    import pandas as pd

EASTERNMOST_HOURS = 14
"""A source's calendar day may begin this long before the same day does in UTC."""


def as_pandas(frame: pl.DataFrame, contract: TableContract) -> pd.DataFrame:
    """Return a staged frame with its views, one row per row.

    Args:
        frame: columns of `transforms.staging.batch.staged_schema(contract)`.
        contract: the table it was staged for.

    Returns:
        The same columns, days as timestamps, and per number column `<name>__kind` (`finite`, `infinite`, `NaN`, or
        missing): to pandas NaN and NULL are one. For core tables also `known_at_limit` and `fetched_on`.
    """
    views = [_kind(c.name).alias(kind_view(c.name)) for c in contract.columns if c.dtype is DType.NUMBER]
    if contract.schema == "core":
        views += [_known_at_limit().alias(KNOWN_AT_LIMIT), _latest_day().dt.date().alias(FETCHED_ON)]
    table = frame.with_columns(views).to_arrow()
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
