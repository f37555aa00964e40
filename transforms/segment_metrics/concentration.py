"""How concentrated the tracked clouds' revenue is.

Here: `tracked_cloud_revenue_hhi_index` and the share of tracked companies it covers. Not here: the market: what is not
tracked, or does not report, is in no number of ours, and the index is partial for that.

Companies are joined by the calendar quarter end nearest to their own. Each counts with the newest known revenue of the
quarter, on whatever basis: a level is compared with other companies' levels, not with its own past. So the index may
jump where one of them redefines its cloud (Microsoft's in the third quarter of 2024) without anybody having moved.
"""

from __future__ import annotations

import math

import polars as pl

from aicycle.contracts.marts_segment_metrics import ALL_TRACKED
from aicycle.model.kinds import Status
from aicycle.model.parameters import Universe
from transforms.point_in_time import one_per_key
from transforms.quarters import CLOUD, MONTHS, QUARTER_MONTHS, TRUST, YEAR_MONTHS, segment_places
from transforms.segment_metrics.shape import METRICS_SCHEMA, verification_of

FEWEST = 2
"""One company alone is always fully concentrated: that says nothing."""


def concentration(revenue_usd: pl.DataFrame, *, universe: Universe) -> pl.DataFrame:
    """Return both metrics of all tracked companies, per calendar quarter in which a tracked cloud reports.

    Args:
        revenue_usd: metric rows of all segments; those of the clouds count.
        universe: every company with a cloud segment is tracked, whether it reports one or not.

    Returns:
        `METRICS_SCHEMA`; the index (sum of squared shares, 1 / companies to 1) and the coverage (those that report per
        those that are tracked).
    """
    clouds = segment_places(universe).filter((pl.col("segment") == CLOUD) & (pl.col("company") != ALL_TRACKED))
    month = pl.col("place") % MONTHS
    # Two months off is one month off the next quarter: 1 goes down, 2 goes up.
    off = (month + 1) % QUARTER_MONTHS - 1
    of_clouds = (
        revenue_usd.with_columns(place_number=pl.col("place") // MONTHS)
        .join(clouds, on="place_number", how="semi")
        .with_columns(quarter_month=month - off, distance=off.abs())
    )
    rows = one_per_key(
        of_clouds, ["place_number", "quarter_month"], ["distance", "period_end"], descending=[False, True]
    ).sort("quarter_month", "place_number")
    is_reporting = pl.col("value").is_not_null() & (pl.col("value") >= 0)
    quarters = rows.group_by("quarter_month", maintain_order=True).agg(
        pl.col("value").filter(is_reporting).alias("revenues"), *(pl.col(name).max() for name in TRUST)
    )
    indices = [_index(revenues) for revenues in quarters["revenues"].to_list()]
    reporting = pl.col("revenues").list.len()
    reason = (
        pl.when(reporting < FEWEST)
        .then(
            pl.format(
                "of {} tracked clouds only {} has revenue in dollars: nothing to compare",
                pl.lit(clouds.height),
                reporting,
            )
        )
        .when(pl.col("index").is_null())
        .then(pl.lit("the tracked clouds' revenue is zero or too great to be added"))
    )
    measured = quarters.with_columns(index=pl.Series(indices, dtype=pl.Float64)).with_columns(
        period_end=pl.date(
            (pl.col("quarter_month") - 1) // YEAR_MONTHS, (pl.col("quarter_month") - 1) % YEAR_MONTHS + 1, 1
        ).dt.month_end(),
        coverage=reporting / clouds.height,
        reason=reason,
    )
    index = pl.when(pl.col("reason").is_null()).then("index")
    return pl.concat(
        [
            _as_metric(measured, "tracked_cloud_revenue_hhi_index", index, "index", pl.col("reason"), is_partial=True),
            _as_metric(
                measured, "tracked_cloud_revenue_coverage_frac", pl.col("coverage"), "fraction",
                pl.lit(None, pl.String), is_partial=False,
            ),
        ]
    )  # fmt: skip


def _index(revenues: list[float]) -> float | None:
    """Return the sum of squared shares; summed exactly, so that the order of companies can't move the last digit."""
    try:
        total = math.fsum(revenues)
    except OverflowError:
        return None
    return math.fsum((revenue / total) ** 2 for revenue in revenues) if total > 0 else None


def _as_metric(
    quarters: pl.DataFrame, name: str, value: pl.Expr, unit: str, null_reason: pl.Expr, *, is_partial: bool
) -> pl.DataFrame:
    return (
        quarters.with_columns(
            company=pl.lit(ALL_TRACKED),
            segment=pl.lit(CLOUD),
            metric=pl.lit(name),
            detail=pl.lit(""),
            value=value,
            unit=pl.lit(unit),
            null_reason=null_reason,
            segment_basis=pl.lit("tracked companies"),
            status=pl.lit(Status.DERIVED.value),
            verification=verification_of("weakness"),
            is_partial=pl.lit(is_partial),
        )
        .select(METRICS_SCHEMA.names())
        .match_to_schema(METRICS_SCHEMA)
    )
