"""How far announced spending plans have come: money spent of what was announced, time gone of what was allowed.

Here: `plan_spent_frac` and `plan_elapsed_frac` of every plan that gave an amount. Not here: reading plans from texts,
or adding an increase to the plan it raises: an increase without an amount leaves the plan as it was announced.

What a plan's money was spent on nobody reports: the group's whole capital expenditure since the start is held against
it, which is the most that can have gone into it. Spending starts where the registered rule says.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.model.kinds import EventType, RowOrigin, Status
from aicycle.model.parameters import PlanStart, Universe
from transforms.calendar_quarters import end_instant, last_full_quarter, quarter_end_day
from transforms.quarters import GROUP, MONTHS, QUARTER_MONTHS, TRUST, YEAR_MONTHS, segment_places
from transforms.segment_events import capex_announcements
from transforms.segment_metrics.shape import METRICS_SCHEMA, honest, verification_of

PLAN = ("company", "item_id")


def plan_progress(
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    capex: pl.DataFrame,
    *,
    universe: Universe,
    start_rule: PlanStart,
    as_of: datetime,
) -> pl.DataFrame:
    """Return both metrics of each plan, detail = item, for the quarter ends of reported capex from its start on.

    Args:
        announcements: versions of `core.announcements`.
        members: versions of `core.event_members`: a plan that several rows and texts state is one plan.
        capex: settled quarterly capex of the groups, metric rows in the reporting currency.
        universe: currencies and home countries.
        start_rule: from which quarter on spending counts.
        as_of: instant with a time zone.

    Returns:
        `METRICS_SCHEMA`. More than one is said as it is: of the time it means overdue. A plan of which no quarter is
        reported yet has one row, at the last calendar quarter that is over, with the reason.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    plans = _measurable(_plans(announcements, members, universe, as_of), start_rule)
    quarters = _quarters_since(plans, capex)
    rows = pl.concat([quarters, _waiting(plans, quarters, capex, as_of).select(quarters.columns)])
    return pl.concat([_spent(rows), _elapsed(rows)])


def _plans(announcements: pl.DataFrame, members: pl.DataFrame, universe: Universe, as_of: datetime) -> pl.DataFrame:
    """Return plans that gave an amount, with their horizon as days and their company's currency and home.

    A partial day means the first day of its span as a start, the last one as an end. Of those that state one plan, the
    row of a source speaks before what was read from a text, then the one known first.
    """
    said = capex_announcements(announcements, members, universe=universe, as_of=as_of)
    companies = pl.DataFrame(
        [(c.name, c.reporting_currency, c.home_country) for c in universe.companies],
        schema=dict.fromkeys(("company", "reporting_currency", "home_country"), pl.String),
        orient="row",
    )
    groups = segment_places(universe).filter(pl.col("segment") == GROUP).select("company", "place_number")
    is_day = pl.col("horizon_end").str.len_chars() == len("2025-09-28")
    end = (pl.col("horizon_end") + "-12-01").str.slice(0, len("2025-12-01")).str.to_date(strict=False)
    return (
        said.filter(pl.col("kind") == EventType.CAPEX_PLAN.value)
        .filter(pl.col("amount_low").is_not_null() | pl.col("twin_amount").is_not_null())
        .sort(pl.col("origin") == RowOrigin.EXTRACTED, "first_known_at", "item_id")
        .unique(["company", "statement_id"], keep="first", maintain_order=True)
        .join(companies.join(groups, on="company"), on="company")
        .with_columns(
            starts_on=(pl.col("horizon_start") + "-01-01").str.slice(0, len("2025-01-01")).str.to_date(strict=False),
            ends_on=pl.when(is_day).then(end).otherwise(end.dt.month_end()),
        )
    )


def _measurable(plans: pl.DataFrame, start_rule: PlanStart) -> pl.DataFrame:
    """Say of each plan from which month on quarters count, how much is announced, or why it can't be measured.

    Returns:
        company, item_id, place_number, starts_on, ends_on, announced (reporting currency), first_month (a quarter
        counts if it ends in this month or later; months since year 0), no_start, no_amount (reasons), and what it rests
        on, with `plan_`.
    """
    in_currency, in_twin = (pl.col(c) == pl.col("reporting_currency") for c in ("currency", "twin_currency"))
    is_regional = (pl.col("regions").fill_null("") != "") & (pl.col("regions") != pl.col("home_country"))
    announced = pl.when(in_currency).then("amount_low").when(in_twin).then("twin_amount")
    no_currency = pl.col("currency").fill_null("no currency")
    start = _month_number(pl.col("starts_on"))
    if start_rule is PlanStart.FIRST_FULL_QUARTER:
        is_month_begin = pl.col("starts_on").dt.day() == 1
        start = pl.when(is_month_begin).then(start).otherwise(start + 1) + QUARTER_MONTHS - 1
    return plans.with_columns(
        announced=announced,
        # Where no start is stated, the quarters since the announcement say so.
        first_month=pl.coalesce(start, _month_number(pl.col("first_known_at"))),
        no_start=pl.coalesce(
            pl.when(pl.col("starts_on").is_null()).then(pl.lit("the plan states no start that can be read")),
            pl.when(pl.col("ends_on") < pl.col("starts_on")).then(pl.lit("the plan ends before it starts")),
        ),
        no_amount=pl.coalesce(
            pl.when(is_regional).then(
                pl.format("the plan is for {} only; the group's capex is not reported by region", "regions")
            ),
            pl.when(announced.is_null()).then(
                pl.format("announced in {}, while capex is reported in {}", no_currency, "reporting_currency")
            ),
            pl.when(announced <= 0).then(pl.lit("the announced amount is zero")),
        ),
    ).select(
        *PLAN, "place_number", "starts_on", "ends_on", "announced", "first_month", "no_start", "no_amount",
        **{f"plan_{name}": name for name in TRUST},
    )  # fmt: skip


def _quarters_since(plans: pl.DataFrame, capex: pl.DataFrame) -> pl.DataFrame:
    """Set beside each plan the quarters of reported capex that count, with what was spent up to each."""
    spending = capex.select(
        pl.col("place") // MONTHS, month=pl.col("place") % MONTHS, period_end="period_end", spent="value",
        **{name: name for name in TRUST},
    ).rename({"place": "place_number"})  # fmt: skip
    beside = (
        plans.join(spending, on="place_number").filter(pl.col("month") >= pl.col("first_month")).sort(*PLAN, "month")
    )
    since_start = (pl.col("month") - pl.col("first_month")) // QUARTER_MONTHS + 1
    reported = pl.int_range(1, pl.len() + 1).over(PLAN)
    is_negative = pl.col("spent").cum_min().over(PLAN) < 0
    return beside.with_columns(
        pl.col("spent").cum_sum().over(PLAN),
        *(pl.col(name).cum_max().over(PLAN) for name in TRUST),
        no_sum=pl.coalesce(
            pl.when(reported < since_start).then(
                pl.format(
                    "capex of only {} of the {} quarters since the plan's start is reported", reported, since_start
                )
            ),
            pl.when(is_negative).then(pl.lit("capex of one of the quarters is negative: its sign is unclear")),
        ),
    )


def _waiting(plans: pl.DataFrame, quarters: pl.DataFrame, capex: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return plans of which no quarter is reported, at the last calendar quarter that is over, with the reason."""
    with_capex = capex.select(pl.col("place") // MONTHS).unique().rename({"place": "place_number"})
    alone = plans.join(quarters.select(PLAN).unique(), on=PLAN, how="anti")
    return (
        alone.join(with_capex.with_columns(has_capex=pl.lit(value=True)), on="place_number", how="left")
        .with_columns(
            month=pl.lit(None, pl.Int64),
            period_end=pl.lit(quarter_end_day(last_full_quarter(as_of))),
            spent=pl.lit(None, pl.Float64),
            no_sum=pl.when(pl.col("has_capex"))
            .then(pl.format("no quarter since the plan's start on {} is reported yet", "starts_on"))
            .otherwise(pl.lit("no quarterly capex of the group is reported")),
            weakness="plan_weakness",
        )
        .with_columns(known_at=end_instant(pl.col("period_end")), first_known_at=end_instant(pl.col("period_end")))
    )


def _spent(rows: pl.DataFrame) -> pl.DataFrame:
    reason = pl.coalesce("no_start", "no_amount", "no_sum")
    value = pl.col("spent") / pl.col("announced")
    return _as_metric(rows.with_columns(null_reason=reason, value=value), "plan_spent_frac")


def _elapsed(rows: pl.DataFrame) -> pl.DataFrame:
    """Divide the days gone by the days the plan allows, both from the stated start; none are gone before it."""
    no_end = pl.when(pl.col("ends_on").is_null()).then(pl.lit("the plan states no end that can be read"))
    gone = (pl.col("period_end") - pl.col("starts_on")).dt.total_days() + 1
    allowed = (pl.col("ends_on") - pl.col("starts_on")).dt.total_days() + 1
    value = pl.max_horizontal(gone, pl.lit(0)) / allowed
    return _as_metric(rows.with_columns(null_reason=pl.coalesce("no_start", no_end), value=value), "plan_elapsed_frac")


def _as_metric(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    trust = {column: pl.max_horizontal(column, f"plan_{column}") for column in TRUST}
    return (
        rows.with_columns(
            **trust,
            value=pl.when(pl.col("null_reason").is_null()).then("value"),
            segment=pl.lit(GROUP),
            metric=pl.lit(name),
            detail="item_id",
            unit=pl.lit("fraction"),
            segment_basis=pl.lit("announcements"),
            is_partial=pl.lit(value=False),
        )
        .with_columns(status=honest(Status.DERIVED), verification=verification_of("weakness"))
        .select(METRICS_SCHEMA.names())
        .match_to_schema(METRICS_SCHEMA)
    )


def _month_number(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * YEAR_MONTHS + day.dt.month().cast(pl.Int64)
