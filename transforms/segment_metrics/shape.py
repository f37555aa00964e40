"""The shape all segment metrics share while they are computed, and the way from there to the mart.

Here: columns of a metric row, what a row rests on, which of several bases speaks, the mart's order. Not here: any
metric (the modules beside this one).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from aicycle.contracts.marts_segment_metrics import SEGMENT_METRICS
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import Universe
from transforms.point_in_time import one_per_key
from transforms.quarters import MONTHS, TRUST, VERIFICATIONS, segment_places

INSTANT = pl.Datetime("us", "UTC")
METRICS_SCHEMA = pl.Schema(
    {n: t for n, t in SEGMENT_METRICS.polars_schema().items() if n not in {"is_stale", "held_because"}}
    | {"first_known_at": INSTANT}
)
"""The mart's columns but those that say whether an input is held; and `first_known_at`, which is not stored: when the
first print of the last of the inputs became known. Newest values, first times: a restatement makes nothing young."""

NOT_FINITE = "the result is too great to be a number"
FIRST_DAY = 2**20
DAYS = 2**23
"""More days than there are between the years 0 and 9999; the first one lies 2**20 before 1970."""


def metric_rows(
    rows: pl.DataFrame,
    name: str | pl.Expr,
    *,
    unit: str | pl.Expr = "fraction",
    status: Status = Status.DERIVED,
    is_stated: bool = False,
) -> pl.DataFrame:
    """Bring rows with series, place, period_end, value, null_reason and what they rest on into the shape all share.

    A value that is no finite number (a sum or quotient beyond the greatest float) becomes null with that reason.
    """
    value = pl.col("value").cast(pl.Float64)
    is_finite = value.is_finite()
    return rows.select(
        "series",
        "place",
        "segment_basis",
        "period_end",
        pl.col("weakness").cast(pl.Int8),
        "known_at",
        "first_known_at",
        value=pl.when(is_finite).then(value),
        null_reason=pl.coalesce(pl.col("null_reason").cast(pl.String), pl.when(~is_finite).then(pl.lit(NOT_FINITE))),
        metric=pl.lit(name) if isinstance(name, str) else name,
        unit=pl.lit(unit) if isinstance(unit, str) else unit,
        status=honest(status),
        is_stated=pl.lit(is_stated),
    )


def honest(status: Status) -> pl.Expr:
    """Return `status`, but `derived` where the weakest input was derived by its own source."""
    is_derived = pl.col("weakness") == VERIFICATIONS.index(Verification.DERIVED)
    return pl.when(is_derived).then(pl.lit(Status.DERIVED.value)).otherwise(pl.lit(status.value))


def settled(candidates: pl.DataFrame) -> pl.DataFrame:
    """Keep one row per quarter where several bases give one: a value, if there is any, computed, newest.

    It counts as first known when any of those that give a value did.
    """
    key = ["place", "metric"]
    is_contested = candidates.select(key).is_duplicated()
    if not is_contested.any():
        return candidates
    is_missing = pl.col("value").is_null()
    contested = candidates.filter(is_contested).with_columns(
        pl.col("first_known_at").min().over(*key, is_missing), is_missing=is_missing
    )
    chosen = one_per_key(
        contested,
        key,
        ["is_missing", "is_stated", "known_at", "weakness", "segment_basis", "series"],
        descending=[False, False, True, False, False, False],
    )
    return pl.concat([candidates.filter(~is_contested), chosen.drop("is_missing")])


def beside(rows: pl.DataFrame, prefix: str, *on: pl.Expr | str, **more: str) -> pl.DataFrame:
    """Return value and trust of `rows` under a prefix, to be joined `on` to others; `prefix` itself is the value."""
    return rows.select(*on, pl.col("value").alias(prefix), **{f"{prefix}_{name}": name for name in TRUST}, **more)


def rests_on(*prefixes: str) -> list[pl.Expr]:
    """Return weakness and times of the row and of the inputs set beside it: the weakest, the last known."""
    return [pl.max_horizontal(name, *(f"{prefix}_{name}" for prefix in prefixes)).alias(name) for name in TRUST]


def unusable(column: str, what: str) -> pl.Expr:
    """Return why a divisor can't be divided by, or null."""
    return (
        pl.when(pl.col(column) == 0)
        .then(pl.lit(f"{what} is zero"))
        .when(pl.col(column) < 0)
        .then(pl.lit(f"{what} is negative"))
    )


def negative(column: str, what: str) -> pl.Expr:
    """Return why a negative amount makes no share and no growth, or null."""
    return pl.when(pl.col(column) < 0).then(pl.lit(f"{what} is negative"))


def divided(numerator: str, divisor: str) -> pl.Expr:
    """Return the quotient where nothing speaks against it."""
    return pl.when(pl.col("null_reason").is_null()).then(pl.col(numerator) / pl.col(divisor))


def verification_of(column: str) -> pl.Expr:
    """Return the word for a weakness."""
    return pl.col(column).replace_strict(list(range(len(VERIFICATIONS))), VERIFICATIONS, return_dtype=pl.String)


def as_mart(figures: Sequence[pl.DataFrame], others: Sequence[pl.DataFrame], universe: Universe) -> pl.DataFrame:
    """Return all metrics in `METRICS_SCHEMA`, sorted by the mart's key.

    Args:
        figures: frames of `metric_rows`.
        others: frames in `METRICS_SCHEMA`.
        universe: names the places.
    """
    places = segment_places(universe)
    rows = pl.concat(figures).with_columns(place_number=pl.col("place") // MONTHS)
    plain = rows.with_columns(
        places["company"].gather(rows["place_number"]),
        places["segment"].gather(rows["place_number"]),
        verification=verification_of("weakness"),
        detail=pl.lit(""),
        is_partial=pl.lit(value=False),
    ).select(*METRICS_SCHEMA.names(), "place_number")
    named = [frame.join(places, on=["company", "segment"]).select(plain.columns) for frame in others]
    together = pl.concat([plain, *named])
    if together.is_empty():
        return METRICS_SCHEMA.to_frame()
    # One whole number a row sorts three times as fast as five columns of text do.
    metrics, details = (_ranks(together[name]) for name in ("metric", "detail"))
    order = together.select(
        ((pl.col("place_number") * len(metrics) + _rank("metric", metrics)) * len(details) + _rank("detail", details))
        * DAYS
        + pl.col("period_end").cast(pl.Int64)
        + FIRST_DAY
    ).to_series()
    return together[order.arg_sort()].select(METRICS_SCHEMA.names()).match_to_schema(METRICS_SCHEMA)


def _ranks(texts: pl.Series) -> list[str]:
    return [str(text) for text in texts.unique().sort()]


def _rank(column: str, ranked: Sequence[str]) -> pl.Expr:
    return pl.col(column).replace_strict(ranked, list(range(len(ranked))), return_dtype=pl.Int64)
