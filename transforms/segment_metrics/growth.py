"""Revenue in time and within the group: growth, acceleration, share.

Here: like-for-like comparisons of revenue, and the company's own statement where none can be computed. Not here: which
quarters compare (`transforms.quarters`).
"""

from __future__ import annotations

import polars as pl

from aicycle.model.kinds import Status
from transforms.quarters import GROUP, MONTHS, PERCENT, QUARTER_MONTHS, year_before
from transforms.segment_metrics.shape import beside, divided, metric_rows, negative, rests_on, settled, unusable


def growth(revenue: pl.DataFrame, yoy_pct: pl.DataFrame) -> pl.DataFrame:
    """Return revenue_yoy_frac, one row a quarter: computed where it can be, else as the company stated it."""
    return settled(pl.concat([_computed(revenue), _stated(yoy_pct)]))


def _computed(revenue: pl.DataFrame) -> pl.DataFrame:
    rows = year_before(revenue).with_columns(
        *rests_on("before"),
        null_reason=pl.coalesce(
            "break_reason", unusable("before_value", "revenue a year before"), negative("value", "revenue")
        ),
    )
    return metric_rows(rows.with_columns(value=divided("value", "before_value") - 1), "revenue_yoy_frac")


def _stated(yoy_pct: pl.DataFrame) -> pl.DataFrame:
    stated = yoy_pct.filter(pl.col("unit") == PERCENT).with_columns(value=pl.col("value") / 100, null_reason=None)
    return metric_rows(stated, "revenue_yoy_frac", status=Status.REPORTED, is_stated=True)


def acceleration(growth: pl.DataFrame) -> pl.DataFrame:
    """Subtract the growth of the quarter before; both are like for like, so their bases may differ."""
    before = beside(growth, "before", pl.col("place") + QUARTER_MONTHS, before_reason="null_reason")
    rows = growth.join(before.with_columns(has_before=pl.lit(value=True)), on="place", how="left").with_columns(
        *rests_on("before"),
        null_reason=pl.coalesce(
            "null_reason",
            pl.when(pl.col("has_before").is_null()).then(pl.lit("nothing is reported for the quarter before")),
            pl.format("growth of the quarter before: {}", "before_reason"),
        ),
        value=pl.col("value") - pl.col("before"),
    )
    return metric_rows(rows, "revenue_yoy_acceleration_frac")


def group_share(revenues: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Divide by the group's revenue. Segments sell to each other: shares need not add up to one.

    Args:
        revenues: settled revenue of segments and groups.
        places: `segment_places`.
    """
    groups = places.filter(pl.col("segment") == GROUP).select("company", group_number="place_number")
    of_company = places.join(groups, on="company").select("place_number", "group_number")
    numbered = revenues.with_columns(place_number=pl.col("place") // MONTHS).join(of_company, on="place_number")
    is_group = pl.col("place_number") == pl.col("group_number")
    numbered = numbered.with_columns(group_place=pl.col("group_number") * MONTHS + pl.col("place") % MONTHS)
    group = beside(numbered.filter(is_group), "group", "group_place")
    rows = numbered.filter(~is_group).join(group, on="group_place", how="left")
    rows = rows.with_columns(
        *rests_on("group"),
        null_reason=pl.coalesce(
            pl.when(pl.col("group").is_null()).then(pl.lit("no group revenue is reported for the quarter")),
            unusable("group", "group revenue"),
            negative("value", "revenue"),
        ),
    )
    return metric_rows(rows.with_columns(value=divided("value", "group")), "group_revenue_share_frac")
