"""Quarterly figures of the watched segments, ready to be compared: the selection every segment metric starts from.

Here: which reported figure stands for which segment and quarter, on what basis it compares, and the neighbours of a
quarter in time. Not here: what is computed from them (`transforms.segment_metrics`).

Quarters are found by the calendar month end nearest to their last day, never by a fiscal label: fiscal years end in
March, June or January, and a year of 52 or 53 weeks ends a few days off the month's end.

Every quarter carries two numbers whose last digits are its month: `series` (company, segment and comparison) and
`place` (company and segment). Twelve less is the same quarter a year before; a million rows join and sort by one number
in a third of the time that their three names take.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.contracts.marts_segment_metrics import ALL_TRACKED
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Verification
from aicycle.model.parameters import Company, Universe
from transforms.point_in_time import known_by, one_per_key

CLOUD = "cloud"
"""Segment name of what the cycle is about, where a company has it."""
GROUP = "group"
"""Segment name of the whole company."""
CLOUD = "cloud"
"""Segment name of what is compared across companies."""
CHIPS = "chips"
"""Segment name of those who sell chips: to data centres, where it is the players that are compared."""
PERCENT = "percent"
TOTAL = "Total"
"""What the whole company is called in reported figures."""
QUARTER_MONTHS = 3
YEAR_MONTHS = 12
HALF_MONTH = "-15d"
"""Moves a period's end so that its month is that of the nearest month end."""

MONTHS = 2**17
"""More months than there are from year 0 to 9999: what `series` and `place` count in."""

SUBJECT = ("company", "segment", "comparison")
VERIFICATIONS = [v.value for v in Verification]
TRUST = ("weakness", "known_at", "first_known_at")
"""What a value rests on; of several inputs the greatest counts."""


def segment_places(universe: Universe) -> pl.DataFrame:
    """Return every company and segment that can have a metric, numbered in their order; the company itself is `group`.

    Returns:
        company, segment, place_number (0, 1, ...), sorted.
    """
    places = {(company.name, name) for company in universe.companies for name in segments_of(company)}
    rows = [(*place, number) for number, place in enumerate(sorted({*places, (ALL_TRACKED, CLOUD)}))]
    schema = {"company": pl.String, "segment": pl.String, "place_number": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def segments_of(company: Company) -> list[str]:
    """Return the company's segments; the whole company first, named or not."""
    return [GROUP, *(segment.name for segment in company.segments if segment.name != GROUP)]


def headline_segment(company: Company) -> str | None:
    """Return the segment a company's growth is spoken of: the cloud where it is reported, else the first that is.

    Returns:
        The group only where no other segment is reported; None where no figures are read at all.
    """
    reported = [segment.name for segment in company.segments if segment.reported_as]
    if CLOUD in reported:
        return CLOUD
    return next((name for name in reported if name != GROUP), GROUP if reported else None)


def segment_names(universe: Universe) -> pl.DataFrame:
    """Return under which names the watched segments are reported.

    Returns:
        company, segment, segment_basis, reported_segment, comparison (figures with equal `comparison` compare),
        reporting_currency.
    """
    rows = [
        (
            company.name,
            segment.name,
            reported.basis,
            reported.name,
            f"tag {reported.comparable}" if reported.comparable else f"basis {reported.basis}",
            company.reporting_currency,
        )
        for company in universe.companies
        for segment in company.segments
        for reported in segment.reported_as
    ]
    columns = ("company", "segment", "segment_basis", "reported_segment", "comparison", "reporting_currency")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def quarterly_figures(
    figures: pl.DataFrame,
    *,
    universe: Universe,
    metrics: tuple[str, ...],
    as_of: datetime,
    keep: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Return the three-month figures of the watched segments known by `as_of`.

    Amounts count in the company's reporting currency only: convenience translations are another rounding of the same.
    Totals on a basis that the universe does not name belong to the group and compare within that basis.

    Args:
        figures: versions of `core.reported_figures`.
        universe: what is watched.
        metrics: metrics wanted.
        as_of: instant with a time zone.
        keep: further columns of `figures` that are carried along.

    Returns:
        company, segment, comparison, series, place, segment_basis, metric, month (months since year 0), period_end,
        value, unit, weakness (index in `Verification`), known_at, first_known_at (when any version of it was first
        known); one row per company, segment, comparison, metric and month: the newest known where several bases or
        sources give one; sorted by series and metric.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    wanted = figures.filter(
        (pl.col("known_at") <= as_of_instant(as_of))
        & (pl.col("duration_months") == QUARTER_MONTHS)
        & pl.col("metric").is_in(metrics)
    ).rename({"segment": "reported_segment"})
    month = _month("period_end")
    candidates = (
        wanted.join(_reported_names(wanted, universe), on=REPORTED_NAME)
        .filter((pl.col("unit") == PERCENT) | (pl.col("unit") == pl.col("reporting_currency")))
        .with_columns(
            month=month,
            series=pl.col("series_number") * MONTHS + month,
            place=pl.col("place_number") * MONTHS + month,
            weakness=weakness("verification"),
            first_known_at="known_at",
        )
    )
    columns = (
        *SUBJECT,
        "series",
        "place",
        "segment_basis",
        "metric",
        "month",
        "period_end",
        "value",
        "unit",
        *TRUST,
        *keep,
    )
    # One row is the rule; only where versions, bases or sources compete is there anything to choose.
    is_contested = candidates.select("metric", "series").is_duplicated()
    settled = _newest(candidates.filter(is_contested), as_of)
    # In order, neighbours in time are neighbours in memory: all that follows takes half the time.
    return pl.concat([candidates.filter(~is_contested).select(columns), settled.select(columns)]).sort(
        "series", "metric"
    )


REPORTED_NAME = ("company", "segment_basis", "reported_segment")


def _reported_names(figures: pl.DataFrame, universe: Universe) -> pl.DataFrame:
    """Return `segment_names` and the totals that the universe does not name, numbered by series and place."""
    names = segment_names(universe)
    currencies = pl.DataFrame(
        [(c.name, c.reporting_currency) for c in universe.companies],
        schema={"company": pl.String, "reporting_currency": pl.String},
        orient="row",
    )
    unnamed_totals = (
        figures.filter(pl.col("reported_segment") == TOTAL)
        .select(REPORTED_NAME)
        .unique()
        .join(names, on=REPORTED_NAME, how="anti")
        .join(currencies, on="company")
        .with_columns(segment=pl.lit(GROUP), comparison=pl.concat_str(pl.lit("basis "), "segment_basis"))
    )
    return (
        pl.concat([names, unnamed_totals.select(names.columns)])
        .join(segment_places(universe), on=["company", "segment"])
        .sort(*SUBJECT, *REPORTED_NAME[1:])
        .with_columns(series_number=pl.struct(SUBJECT).rle_id().cast(pl.Int64))
    )


def _newest(candidates: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    key = ["metric", "series"]
    first = candidates.group_by(key).agg(pl.col("known_at").min().alias("first_known_at"))
    reported_key = tuple("reported_segment" if name == "segment" else name for name in REPORTED_FIGURES.key)
    newest = known_by(candidates, (*reported_key, "segment"), as_of, order=REPORTED_FIGURES.version_order)
    return one_per_key(
        newest.drop("first_known_at").join(first, on=key),
        key,
        ["known_at", "weakness", "load_seq", "period_end", "segment_basis", "reported_segment", "unit", "value"],
        descending=[True, False, True, True, False, False, False, False],
    )


def year_before(quarters: pl.DataFrame) -> pl.DataFrame:
    """Set beside each quarter the same quarter a year before, on a comparable basis.

    Args:
        quarters: `quarterly_figures` of one metric, or a metric of the same shape.

    Returns:
        The rows with before_value, before_weakness, before_known_at, before_first_known_at (null where there is none)
        and `break_reason`: null where there is one, else why not.
    """
    same = quarters.select(
        pl.col("series") + YEAR_MONTHS,
        has_before=pl.lit(value=True),
        before_value="value",
        **{f"before_{name}": name for name in TRUST},
    )
    joined = quarters.join(same, on="series", how="left")
    # Why there is none is asked for the few that have none.
    alone = joined.filter(pl.col("has_before").is_null()).select("place").unique()
    on_other_basis = quarters.with_columns(pl.col("place") + YEAR_MONTHS).join(alone, on="place", how="semi")
    elsewhere = one_per_key(on_other_basis, ["place"], ["known_at", "segment_basis"], descending=[True, False])
    return (
        joined.join(elsewhere.select("place", other_basis="segment_basis"), on="place", how="left")
        .with_columns(
            break_reason=pl.when(pl.col("has_before"))
            .then(None)
            .when(pl.col("other_basis").is_null())
            .then(pl.lit("nothing is reported for the same quarter a year before"))
            .otherwise(
                pl.format(
                    "the segment basis changed from {} to {} within the year: not comparable",
                    "other_basis",
                    "segment_basis",
                )
            )
        )
        .drop("has_before", "other_basis")
    )


def trailing_year(quarters: pl.DataFrame) -> pl.DataFrame:
    """Sum each quarter with the three before it.

    Args:
        quarters: `quarterly_figures` of one metric.

    Returns:
        The rows with `value` summed, the `least_value` of the four and `null_reason`; where one of the four is missing
        on a comparable basis, value is null with the reason. Weakness, known_at and first_known_at are those of the
        weakest and the last known of the four.
    """
    ordered = quarters.sort("series")
    shifts = (1, 2, 3)
    # Another series is more than a hundred thousand months away: no gap reaches over into it.
    gaps = [pl.col("series") - pl.col("series").shift(k) for k in shifts]
    is_complete = pl.all_horizontal(
        (gap == QUARTER_MONTHS * k).fill_null(value=False) for k, gap in zip(shifts, gaps, strict=True)
    )
    known_quarters = pl.sum_horizontal(
        pl.lit(1), *(gap.is_in([3, 6, 9]).fill_null(value=False).cast(pl.Int32) for gap in gaps)
    )

    def of_the_four(column: str) -> list[pl.Expr]:
        return [pl.col(column), *(pl.col(column).shift(k) for k in shifts)]

    first, second, third, fourth = of_the_four("value")
    return ordered.with_columns(
        value=pl.when(is_complete).then(first + second + third + fourth),
        least_value=pl.when(is_complete).then(pl.min_horizontal(of_the_four("value"))),
        **{name: pl.when(is_complete).then(pl.max_horizontal(of_the_four(name))).otherwise(name) for name in TRUST},
        null_reason=pl.when(~is_complete).then(
            pl.format(
                "only {} of the four quarters up to {} are reported on a comparable basis", known_quarters, "period_end"
            )
        ),
    )


def weakness(column: str) -> pl.Expr:
    """Return how weak a verification is: its index in `Verification`; a word unknown to us is the weakest."""
    weakest = len(VERIFICATIONS) - 1
    return pl.col(column).replace_strict(
        VERIFICATIONS, list(range(len(VERIFICATIONS))), default=weakest, return_dtype=pl.Int8
    )


def _month(column: str) -> pl.Expr:
    """Return the month whose end is nearest to a day, counted in months since year 0."""
    near = pl.col(column).dt.offset_by(HALF_MONTH)
    return near.dt.year().cast(pl.Int32) * YEAR_MONTHS + near.dt.month().cast(pl.Int32)
