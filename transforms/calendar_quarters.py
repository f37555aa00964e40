"""Calendar quarters by number: what happens on no fiscal calendar is counted in them.

Here: quarter numbers (four a year since year 0), their last days, and the last one that is over. Not here: quarters of
reported figures, which end when a company's do (`transforms.quarters`).
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from aicycle.model.instants import TICK, as_of_instant, end_of_span

QUARTERS = 4


def quarter_of(column: str) -> pl.Expr:
    """Return the number of the quarter a day or an instant (UTC) lies in."""
    return pl.col(column).dt.year().cast(pl.Int32) * QUARTERS + pl.col(column).dt.quarter().cast(pl.Int32) - 1


def quarter_end(number: pl.Expr) -> pl.Expr:
    """Return the last day of a quarter."""
    return pl.date(number // QUARTERS, number % QUARTERS * 3 + 3, 1).dt.month_end()


def end_instant(day: pl.Expr) -> pl.Expr:
    """Return the last instant of a day, UTC: from then on all of its quarter is known that ever will be by itself."""
    return day.cast(pl.Datetime("us")).dt.offset_by("1d").dt.offset_by("-1us").dt.replace_time_zone("UTC")


def last_full_quarter(as_of: datetime) -> int:
    """Return the number of the last quarter that is over at `as_of`; its last instant is the first at which it is.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    after = as_of_instant(as_of) + TICK
    return after.year * QUARTERS + (after.month - 1) // 3 - 1


def quarter_end_day(number: int) -> date:
    """Return the last day of a quarter."""
    return end_of_span(f"{number // QUARTERS:04}-{number % QUARTERS * 3 + 3:02}").date()
