"""Segment metrics: what the reported figures say about each segment, quarter by quarter.

Here: `marts.segment_metrics` from figures and rates known by an instant. Not here: which figure stands for which
segment and quarter (`transforms.quarters`), events, plans.

A metric has a row where its own figure is reported for the quarter. Its value is null, with the reason, where an input
is missing, does not compare, or makes it meaningless. Reported values keep the status `reported`; what is computed is
`derived`, and so is a figure that its own source derived. Growth that can't be computed is taken from the company's own
statement (`yoy_pct`) where it made one: rounded to whole percent, but said by those who know both bases.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.contracts.marts_segment_metrics import SEGMENT_METRICS
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import Universe
from transforms.point_in_time import known_by, one_per_key
from transforms.quarters import (
    GROUP,
    PERCENT,
    QUARTER_MONTHS,
    SUBJECT,
    VERIFICATIONS,
    quarterly_figures,
    trailing_year,
    year_before,
)

FIGURES = ("revenue", "adj_ebita", "capex", "yoy_pct")
OLDEST_RATE_DAYS = 31
"""An older rate is no rate of the period's end; a month, so that sources with month-end rates serve too."""
QUARTER = ("company", "segment", "month")


METRICS_SCHEMA = pl.Schema(
    {n: t for n, t in SEGMENT_METRICS.polars_schema().items() if n not in {"is_stale", "held_because"}}
)
"""The mart's columns but those that say whether an input is held."""


def segment_metrics(figures: pl.DataFrame, fx: pl.DataFrame, *, universe: Universe, as_of: datetime) -> pl.DataFrame:
    """Return the metrics of every watched segment known by `as_of`.

    Args:
        figures: versions of `core.reported_figures`.
        fx: versions of `core.fx_rates`.
        universe: companies, segments and the names they are reported under.
        as_of: instant with a time zone.

    Returns:
        `marts.segment_metrics` in its contract's schema, sorted by its key. Metrics: revenue, adj_ebita, capex
        (reporting currency); revenue_usd; revenue_yoy_frac, revenue_yoy_acceleration_frac, group_revenue_share_frac,
        adj_ebita_margin_frac, adj_ebita_margin_change_frac; for the group capex_ttm and capex_intensity_frac (trailing
        capex per trailing revenue).

    Raises:
        ValueError: `as_of` has no time zone.
    """
    quarters = quarterly_figures(figures, universe=universe, metrics=FIGURES, as_of=as_of)
    revenue, adj_ebita, all_capex, yoy_pct = (quarters.filter(pl.col("metric") == m) for m in FIGURES)
    capex = all_capex.filter(pl.col("segment") == GROUP)

    revenues = _settled(_reported(revenue))
    growth = _settled(pl.concat([_growth(revenue), _stated_growth(yoy_pct)]))
    margins = _margins(adj_ebita, revenue)
    capex_ttm = _settled(_trailing(capex, "capex_ttm"))
    rows = [
        revenues,
        _settled(_reported(adj_ebita)),
        _settled(_reported(capex)),
        _in_usd(revenues, known_by(fx, FX_RATES.key, as_of)),
        growth,
        _acceleration(growth),
        _group_share(revenues),
        _settled(margins),
        _settled(_margin_change(margins)),
        capex_ttm,
        _intensity(capex_ttm, _settled(_trailing(revenue.filter(pl.col("segment") == GROUP), "revenue_ttm"))),
    ]
    ranks = pl.col("weakness").replace_strict(list(range(len(VERIFICATIONS))), VERIFICATIONS, return_dtype=pl.String)
    return (
        pl.concat(rows)
        .with_columns(verification=ranks, detail=pl.lit(""), is_partial=pl.lit(value=False))
        .select(METRICS_SCHEMA.names())
        .match_to_schema(METRICS_SCHEMA)
        .sort(SEGMENT_METRICS.key)
    )


# --- the shape all metrics share ------------------------------------------------------------------------------------


def _metric(
    rows: pl.DataFrame, name: str | pl.Expr, *, unit: str | pl.Expr = "fraction", status: Status = Status.DERIVED
) -> pl.DataFrame:
    """Bring rows with value, null_reason, weakness and known_at into the shape that all metrics share."""
    return rows.select(
        *SUBJECT,
        "segment_basis",
        "month",
        "period_end",
        pl.col("weakness").cast(pl.Int8),
        "known_at",
        pl.col("value").cast(pl.Float64),
        pl.col("null_reason").cast(pl.String),
        metric=pl.lit(name) if isinstance(name, str) else name,
        unit=pl.lit(unit) if isinstance(unit, str) else unit,
        status=_honest(status),
    )


def _honest(status: Status) -> pl.Expr:
    """Return `status`, but `derived` where the weakest input was derived by its own source."""
    is_derived = pl.col("weakness") == VERIFICATIONS.index(Verification.DERIVED)
    return pl.when(is_derived).then(pl.lit(Status.DERIVED.value)).otherwise(pl.lit(status.value))


def _settled(candidates: pl.DataFrame) -> pl.DataFrame:
    """Keep one row per quarter where several bases give one: a value, if there is any, computed, newest."""
    marked = candidates.with_columns(is_missing=pl.col("value").is_null(), is_stated=pl.col("comparison") == STATED)
    return one_per_key(
        marked,
        [*QUARTER, "metric"],
        ["is_missing", "is_stated", "known_at", "weakness", "segment_basis", "comparison"],
        descending=[False, False, True, False, False, False],
    ).drop("is_missing", "is_stated")


def _latest(*columns: str) -> pl.Expr:
    return pl.max_horizontal(columns)


def _unusable(column: str, what: str) -> pl.Expr:
    """Return why a divisor can't be divided by, or null."""
    return (
        pl.when(pl.col(column) == 0)
        .then(pl.lit(f"{what} is zero"))
        .when(pl.col(column) < 0)
        .then(pl.lit(f"{what} is negative"))
    )


def _divided(numerator: str, divisor: str) -> pl.Expr:
    return pl.when(pl.col("null_reason").is_null()).then(pl.col(numerator) / pl.col(divisor))


# --- as reported, and in dollars ------------------------------------------------------------------------------------


def _reported(quarters: pl.DataFrame) -> pl.DataFrame:
    rows = quarters.with_columns(null_reason=None)
    return _metric(rows, pl.col("metric"), unit=pl.col("unit"), status=Status.REPORTED)


def _in_usd(revenues: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Convert at the last rate at or before the period's end; what is reported in dollars stays as reported."""
    is_dollar = pl.col("unit") == "USD"
    per_usd = rates.filter(pl.col("pair").str.starts_with("USD")).select(
        "session", unit=pl.col("pair").str.slice(3), units_per_usd="rate", rate_known_at="known_at"
    )
    per_unit = rates.filter(pl.col("pair").str.ends_with("USD")).select(
        "session", unit=pl.col("pair").str.slice(0, 3), units_per_usd=1 / pl.col("rate"), rate_known_at="known_at"
    )
    both = pl.concat([per_usd, per_unit]).unique(subset=["session", "unit"], keep="first", maintain_order=True)
    converted = revenues.sort("period_end").join_asof(
        both.sort("session"),
        left_on="period_end",
        right_on="session",
        by="unit",
        strategy="backward",
        tolerance=f"{OLDEST_RATE_DAYS}d",
        check_sortedness=False,  # sorted just here; with `by` polars can't see it
    )
    no_rate = pl.format(f"no rate between USD and {{}} in the {OLDEST_RATE_DAYS} days up to {{}}", "unit", "period_end")
    rows = converted.with_columns(
        value=pl.when(is_dollar).then("value").otherwise(pl.col("value") / pl.col("units_per_usd")),
        null_reason=pl.when(~is_dollar & pl.col("units_per_usd").is_null()).then(no_rate),
        known_at=pl.when(is_dollar).then("known_at").otherwise(_latest("known_at", "rate_known_at")),
    )
    reported = _metric(rows.filter(is_dollar), "revenue_usd", unit="USD", status=Status.REPORTED)
    return pl.concat([reported, _metric(rows.filter(~is_dollar), "revenue_usd", unit="USD")])


# --- growth ---------------------------------------------------------------------------------------------------------

STATED = "stated by the company"
"""Comparison of growth that the company itself computed."""


def _growth(revenue: pl.DataFrame) -> pl.DataFrame:
    rows = year_before(revenue).with_columns(
        null_reason=pl.coalesce("break_reason", _unusable("before_value", "revenue a year before")),
        weakness=_latest("weakness", "before_weakness"),
        known_at=_latest("known_at", "before_known_at"),
    )
    return _metric(rows.with_columns(value=_divided("value", "before_value") - 1), "revenue_yoy_frac")


def _stated_growth(yoy_pct: pl.DataFrame) -> pl.DataFrame:
    stated = yoy_pct.filter(pl.col("unit") == PERCENT).with_columns(
        value=pl.col("value") / 100, null_reason=None, comparison=pl.lit(STATED)
    )
    return _metric(stated, "revenue_yoy_frac", status=Status.REPORTED)


def _acceleration(growth: pl.DataFrame) -> pl.DataFrame:
    """Subtract the growth of the quarter before; both are like for like, so their bases may differ."""
    before = growth.select(
        "company",
        "segment",
        pl.col("month") + QUARTER_MONTHS,
        has_before=pl.lit(value=True),
        before_value="value",
        before_reason="null_reason",
        before_weakness="weakness",
        before_known_at="known_at",
    )
    rows = growth.join(before, on=QUARTER, how="left").with_columns(
        null_reason=pl.coalesce(
            "null_reason",
            pl.when(pl.col("has_before").is_null()).then(pl.lit("nothing is reported for the quarter before")),
            pl.format("growth of the quarter before: {}", "before_reason"),
        ),
        value=pl.col("value") - pl.col("before_value"),
        weakness=_latest("weakness", "before_weakness"),
        known_at=_latest("known_at", "before_known_at"),
    )
    return _metric(rows, "revenue_yoy_acceleration_frac")


# --- shares and margins ---------------------------------------------------------------------------------------------


def _group_share(revenues: pl.DataFrame) -> pl.DataFrame:
    """Divide by the group's revenue. Segments sell to each other: shares need not add up to one."""
    is_group = pl.col("segment") == GROUP
    group = revenues.filter(is_group).select(
        "company", "month", group_value="value", group_weakness="weakness", group_known_at="known_at"
    )
    rows = revenues.filter(~is_group).join(group, on=["company", "month"], how="left")
    rows = rows.with_columns(
        null_reason=pl.coalesce(
            pl.when(pl.col("group_value").is_null()).then(pl.lit("no group revenue is reported for the quarter")),
            _unusable("group_value", "group revenue"),
        ),
        weakness=_latest("weakness", "group_weakness"),
        known_at=_latest("known_at", "group_known_at"),
    )
    return _metric(rows.with_columns(value=_divided("value", "group_value")), "group_revenue_share_frac")


def _margins(adj_ebita: pl.DataFrame, revenue: pl.DataFrame) -> pl.DataFrame:
    """Divide by revenue on a comparable basis of the same quarter; candidates, one per basis."""
    divisor = revenue.select(
        *SUBJECT, "month", revenue="value", revenue_weakness="weakness", revenue_known_at="known_at"
    )
    rows = adj_ebita.join(divisor, on=[*SUBJECT, "month"], how="left").with_columns(
        null_reason=pl.coalesce(
            pl.when(pl.col("revenue").is_null()).then(pl.lit("no revenue is reported for the quarter on this basis")),
            _unusable("revenue", "revenue"),
        ),
        weakness=_latest("weakness", "revenue_weakness"),
        known_at=_latest("known_at", "revenue_known_at"),
    )
    return _metric(rows.with_columns(value=_divided("value", "revenue")), "adj_ebita_margin_frac")


def _margin_change(margins: pl.DataFrame) -> pl.DataFrame:
    rows = year_before(margins).with_columns(
        null_reason=pl.coalesce(
            "null_reason",
            "break_reason",
            pl.when(pl.col("before_value").is_null()).then(pl.lit("no margin a year before")),
        ),
        value=pl.col("value") - pl.col("before_value"),
        weakness=_latest("weakness", "before_weakness"),
        known_at=_latest("known_at", "before_known_at"),
    )
    return _metric(rows, "adj_ebita_margin_change_frac")


# --- capital expenditure --------------------------------------------------------------------------------------------


def _trailing(quarters: pl.DataFrame, name: str) -> pl.DataFrame:
    return _metric(trailing_year(quarters), name, unit=pl.col("unit"))


def _intensity(capex_ttm: pl.DataFrame, revenue_ttm: pl.DataFrame) -> pl.DataFrame:
    """Divide by the revenue of the same four quarters; totals are the whole company on every basis."""
    divisor = revenue_ttm.select(
        *QUARTER,
        revenue="value",
        revenue_reason="null_reason",
        revenue_weakness="weakness",
        revenue_known_at="known_at",
    )
    rows = capex_ttm.join(divisor, on=QUARTER, how="left").with_columns(
        null_reason=pl.coalesce(
            "null_reason",
            pl.format("group revenue: {}", "revenue_reason"),
            pl.when(pl.col("revenue").is_null()).then(pl.lit("no group revenue is reported for the quarter")),
            _unusable("revenue", "revenue"),
        ),
        weakness=_latest("weakness", "revenue_weakness"),
        known_at=_latest("known_at", "revenue_known_at"),
    )
    return _metric(rows.with_columns(value=_divided("value", "revenue")), "capex_intensity_frac")
