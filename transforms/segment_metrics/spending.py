"""Capital expenditure of the group: a trailing year, and what part of revenue it takes.

Here: sums of four quarters and their quotient. Not here: announced plans (`plans`).

Sources differ in the sign of spending. A negative quarter may be a cash-flow statement's outflow or a refund; we can't
tell, so no sum is made of it.
"""

from __future__ import annotations

import polars as pl

from transforms.quarters import trailing_year
from transforms.segment_metrics.shape import beside, divided, metric_rows, rests_on, settled, unusable


def capex_ttm(capex: pl.DataFrame) -> pl.DataFrame:
    """Return capex_ttm of the group, one row a quarter."""
    summed = trailing_year(capex)
    is_negative = pl.col("least_value") < 0
    reason = pl.when(is_negative).then(pl.lit("capex of one of the four quarters is negative: its sign is unclear"))
    rows = summed.with_columns(
        value=pl.when(~is_negative).then("value"), null_reason=pl.coalesce("null_reason", reason)
    )
    return settled(metric_rows(rows, "capex_ttm", unit=pl.col("unit")))


def revenue_ttm(revenue: pl.DataFrame) -> pl.DataFrame:
    """Return the trailing revenue of the group, one row a quarter; not a metric of its own."""
    return settled(metric_rows(trailing_year(revenue), "revenue_ttm", unit=pl.col("unit")))


def capex_intensity(capex: pl.DataFrame, revenue: pl.DataFrame) -> pl.DataFrame:
    """Divide by the revenue of the same four quarters; totals are the whole company on every basis."""
    divisor = beside(revenue, "revenue", "place", revenue_reason="null_reason")
    rows = capex.join(divisor, on="place", how="left").with_columns(
        *rests_on("revenue"),
        null_reason=pl.coalesce(
            "null_reason",
            pl.format("group revenue: {}", "revenue_reason"),
            pl.when(pl.col("revenue").is_null()).then(pl.lit("no group revenue is reported for the quarter")),
            unusable("revenue", "revenue"),
        ),
    )
    return metric_rows(rows.with_columns(value=divided("value", "revenue")), "capex_intensity_frac")
