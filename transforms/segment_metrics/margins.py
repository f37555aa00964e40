"""Adjusted EBITA per revenue, and its change within a year.

Here: margins on a comparable basis of the same quarter. Not here: what companies adjust (nobody defines it alike:
margins compare within a company, hardly between two).
"""

from __future__ import annotations

import polars as pl

from transforms.quarters import year_before
from transforms.segment_metrics.shape import beside, divided, metric_rows, rests_on, unusable


def margins(adj_ebita: pl.DataFrame, revenue: pl.DataFrame) -> pl.DataFrame:
    """Divide by revenue on a comparable basis of the same quarter; candidates, one per basis."""
    rows = adj_ebita.join(beside(revenue, "revenue", "series"), on="series", how="left").with_columns(
        *rests_on("revenue"),
        null_reason=pl.coalesce(
            pl.when(pl.col("revenue").is_null()).then(pl.lit("no revenue is reported for the quarter on this basis")),
            unusable("revenue", "revenue"),
        ),
    )
    return metric_rows(rows.with_columns(value=divided("value", "revenue")), "adj_ebita_margin_frac")


def margin_change(margins: pl.DataFrame) -> pl.DataFrame:
    """Subtract the margin a year before, on a comparable basis; candidates, one per basis."""
    rows = year_before(margins).with_columns(
        *rests_on("before"),
        null_reason=pl.coalesce(
            "null_reason",
            "break_reason",
            pl.when(pl.col("before_value").is_null()).then(pl.lit("no margin a year before")),
        ),
        value=pl.col("value") - pl.col("before_value"),
    )
    return metric_rows(rows, "adj_ebita_margin_change_frac")
