"""Spans that are given as a day, a month or a year, as the days they begin and end on.

Here: the reading, as an expression. Not here: what is measured between such days (`announcements`).
"""

from __future__ import annotations

import polars as pl


def day_of_span(column: str, *, is_end: bool) -> pl.Expr:
    """Return the first or last day of a span given as a day, month or year; null where there is no such day."""
    text = pl.col(column)
    month = (text.str.slice(0, 7) + "-01").str.to_date("%Y-%m-%d", strict=False)
    year = (text.str.slice(0, 4) + ("-12-31" if is_end else "-01-01")).str.to_date("%Y-%m-%d", strict=False)
    return (
        pl.when(text.str.len_chars() == len("2025-09-26"))
        .then(text.str.to_date("%Y-%m-%d", strict=False))
        .when(text.str.len_chars() == len("2025-09"))
        .then(month.dt.month_end() if is_end else month)
        .otherwise(year)
    )
