"""Announced amounts: against their twin, their wording, the company's other amounts and revenue, their period.

Here: what stands around an announcement. Not here: reading amounts out of texts, which statements are one happening
(`transforms.event_members`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.kinds import EventType, RowOrigin
from aicycle.model.parameters.gate_statements import AnnouncementRules
from transforms.gate.context import GateContext
from transforms.gate.measures import announced_by, twins
from transforms.gate.measures.announced_by import measure_ids
from transforms.gate.measures.exchange import rate_between
from transforms.gate.measures.partial_days import day_of_span
from transforms.gate.measures.revenues import yearly_revenue_usd
from transforms.gate.measures.saying import Row, amount, marked, numbers, times
from transforms.gate.measures.twins import named
from transforms.gate.measures.wordings import amounts_in
from transforms.quarters import QUARTER_MONTHS, TOTAL

LARGE, SMALL, WORDED, OTHERWISE, WORDED_CURRENCY, SPENT, SAME_AMOUNT, HORIZON, PERIOD, RETOLD = OWN = (
    "amount.not_too_large",
    "amount.not_too_small",
    "amount.as_worded",
    "amount.in_its_wording",
    "currency.as_worded",
    "amount.as_reported",
    "currency.of_the_amount",
    "horizon_end.after_start",
    "horizon.about_then",
    "announcement.told_once",
)
CHECKS = (*twins.CHECKS, *OWN, *announced_by.CHECKS)
READ_IN_TEXT = pl.col("origin").eq_missing(RowOrigin.EXTRACTED)
SPENDING = (EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE, EventType.CAPEX_GUIDANCE, EventType.CAPEX_ACTUAL)
YEAR_DAYS = 365.25
SLIPS = (10, 100, 1e3, 1e4, 1e6, 1e9)
CLOSE = 1.06
WITNESSES = 2


def measure_announcements(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure announcements by what stands around them.

    Args:
        rows: staged rows of `core.announcements`.
        context: announcements, figures and exchange rates that are believed.

    Returns:
        Numbers of `CHECKS`: factors for amounts, days for periods, 1 where wrong for the rest.
    """
    rules = context.rules.statements.announcements
    columns = ["item_id", "announcement_id", "company", "kind", "amount_low", "amount_high", "currency", "known_at"]
    columns += ["known_precision", "wording", "purpose", "horizon_start", "horizon_end"]
    columns += ["origin"]
    believed = context.rows(ANNOUNCEMENTS.full_name).join(rows, on="item_id", how="anti").select(columns)
    together = pl.concat(
        [rows.select("row_id", *columns), believed.select(pl.lit(None, pl.Int64).alias("row_id"), *columns)]
    ).with_columns(known_on=pl.col("known_at").dt.date(), top=pl.coalesce("amount_high", "amount_low"))
    together = together.with_columns(usd=pl.Series(_in_usd(together, context), dtype=pl.Float64))
    new = rows.with_columns(known_on=pl.col("known_at").dt.date(), top=pl.coalesce("amount_high", "amount_low")).join(
        together.filter(pl.col("row_id").is_not_null()).select("row_id", "usd"), on="row_id"
    )
    # What was read in texts is no witness against a source's own rows. It is told many times, under ids made of its
    # document, in a sentence that may name several amounts: what says so of rows says nothing of it.
    own, stated = together.filter(~READ_IN_TEXT), new.filter(~READ_IN_TEXT)
    return pl.concat(
        [
            *twins.measure_twins(new, stated, own, context),
            _large(new, own, context),
            _small(new, rules),
            *_worded(new),
            _spent(new, context),
            _same_amount(stated, own),
            *_periods(new, rules),
            *measure_ids(stated, own, "item_id"),
            _told_once(stated, own, context.rules.statements.texts.copy_days.value),
        ]
    )


def _in_usd(frame: pl.DataFrame, context: GateContext) -> list[float | None]:
    """Return the upper amounts in dollars of their day, as far as rates are known; to the power of ten is enough."""
    known: dict[tuple[str, date], float | None] = {}
    found: list[float | None] = []
    for top, currency, day in frame.select("top", "currency", "known_on").iter_rows():
        if top is None or currency is None:
            found.append(None)
            continue
        if (currency, day) not in known:
            known[currency, day] = rate_between(context, currency, "USD", day)
        rate = known[currency, day]
        found.append(None if rate is None else top * rate)
    return found


def _large(new: pl.DataFrame, together: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Compare an amount with the company's other ones and its revenue; where there is neither, with all the world's."""
    rules = context.rules.statements.announcements
    largest = (
        together.filter(pl.col("usd").is_not_null())
        .group_by("company")
        .agg(tops=pl.col("usd").sort(descending=True).head(2), amounts=pl.len())
    )
    judged = (
        new.filter(pl.col("top") > 0)
        # In a currency without a rate an amount still has its digits.
        .with_columns(usd=pl.coalesce("usd", pl.when(pl.col("currency") == "USD").then("top")))
        .filter(pl.col("usd").is_not_null())
        .join(largest, on="company", how="left")
        .join(yearly_revenue_usd(context), on="company", how="left")
        .with_columns(
            amounts=pl.col("amounts") + READ_IN_TEXT,
            other=pl.when(~READ_IN_TEXT & (pl.col("usd") >= pl.col("tops").list.first()))
            .then(pl.col("tops").list.get(1, null_on_oob=True))
            .otherwise(pl.col("tops").list.first()),
        )
    )
    # One other amount may be a single site: with two there is a habit.
    in_habit = pl.when(pl.col("amounts") > WITNESSES).then(
        pl.col("other")
        * pl.when(pl.col("revenue_usd").is_null())
        .then(rules.times_largest_alone.value)
        .otherwise(rules.times_largest.value)
    )
    bound = pl.min_horizontal(
        pl.lit(rules.largest_usd.value),
        pl.max_horizontal(in_habit, pl.col("revenue_usd") * rules.times_revenue.value),
    )
    return numbers(
        LARGE,
        judged.with_columns(bound=bound),
        value=pl.col("usd"),
        limit=pl.col("bound"),
        said=lambda row: (
            f"{named(row)}: {amount(row['top'], row['currency'])} are {amount(row['usd'], 'USD')}, more than "
            f"can be meant: at most {amount(row['bound'])} would be in line with its other amounts and its revenue"
        ),
    )


def _small(new: pl.DataFrame, rules: AnnouncementRules) -> pl.DataFrame:
    spent = new.filter(pl.col("kind").is_in(SPENDING) & (pl.col("top") > 0)).with_columns(usd=pl.coalesce("usd", "top"))
    return numbers(
        SMALL,
        spent,
        value=rules.smallest_usd.value / pl.col("usd"),
        limit=pl.lit(1.0),
        said=lambda row: (
            f"{named(row)}: {amount(row['top'], row['currency'])} is nothing a company announces: the amount "
            "has lost its millions or billions"
        ),
    )


def _worded(new: pl.DataFrame) -> list[pl.DataFrame]:
    """Compare an amount and its currency with what its own wording gives.

    Equal but for a power of ten is a slip. Any other difference is only doubtful: a wording may give just the increase.
    """
    worded = new.filter((pl.col("top") > 0) & pl.col("wording").str.contains("[0-9]"))
    slips: dict[int, str] = {}
    others: dict[int, str] = {}
    currencies: dict[int, str] = {}
    for row in worded.iter_rows(named=True):
        said = amounts_in(row["wording"])
        own = [value for value in (row["amount_low"], row["amount_high"]) if value]
        also = [*own, *(value for value in (row["twin_amount"], row["usd"]) if value)]
        stated = f"{named(row)}: {amount(row['top'], row['currency'])}"
        wording = f"'{row['wording'][:80]}'"
        said_in = {
            currency for value, currency in said if currency and any(_ratio(value, mine) < CLOSE for mine in own)
        }
        if said_in and row["currency"] and row["currency"] not in said_in:
            currencies[row["row_id"]] = f"{stated}, and its wording says {' and '.join(sorted(said_in))}: {wording}"
        if not said or any(_ratio(value, mine) < CLOSE for value, _ in said for mine in also):
            continue
        ratios = [_ratio(value, mine) for value, _ in said for mine in own]
        slip = next((factor for factor in SLIPS if any(_ratio(ratio, factor) < CLOSE for ratio in ratios)), None)
        if slip is not None:
            slips[row["row_id"]] = f"{stated} is {times(slip)} times more or less than its wording says: {wording}"
        else:
            others[row["row_id"]] = f"{stated} is not among the amounts of its wording: {wording}"
    return [
        marked(WORDED, worded, slips),
        marked(OTHERWISE, worded, others),
        marked(WORDED_CURRENCY, worded, currencies),
    ]


def _ratio(a: float, b: float) -> float:
    return max(a / b, b / a)


def _spent(new: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Compare what was spent in a period with the capital expenditure that is reported for it."""
    rules = context.rules.statements.announcements
    spent = new.filter((pl.col("kind") == EventType.CAPEX_ACTUAL) & (pl.col("top") > 0)).with_columns(
        start=day_of_span("horizon_start", is_end=False), end=day_of_span("horizon_end", is_end=True)
    )
    reported = context.rows(REPORTED_FIGURES.full_name).filter(
        (pl.col("metric") == "capex") & (pl.col("segment") == TOTAL) & (pl.col("duration_months") == QUARTER_MONTHS)
    )
    quarters = reported.select("company", "period_end", currency="unit", reported="value").unique(
        ["company", "period_end", "currency"], keep="any"
    )
    sums = (
        spent.filter(pl.col("start").is_not_null() & pl.col("end").is_not_null())
        .join(quarters, on=["company", "currency"])
        .filter(
            pl.col("period_end").is_between(pl.col("start") + timedelta(days=45), pl.col("end") + timedelta(days=15))
        )
        .group_by("row_id")
        .agg(pl.col("reported").sum(), quarters=pl.len())
    )
    days = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    judged = (
        spent.join(sums, on="row_id")
        .filter((pl.col("quarters") == (days / (YEAR_DAYS / 4)).round()) & (pl.col("reported") > 0))
        .with_columns(ratio=pl.col("top") / pl.col("reported"))
    )
    return numbers(
        SPENT,
        judged,
        value=pl.max_horizontal(pl.col("ratio"), 1 / pl.col("ratio")),
        limit=pl.lit(rules.spent_factor.value),
        said=lambda row: (
            f"{named(row)}: {amount(row['top'], row['currency'])} were spent from {row['start']} to "
            f"{row['end']}, and {amount(row['reported'])} are reported as capital expenditure"
        ),
    )


def _same_amount(new: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Find an amount that the company has announced number for number in another currency."""
    stated = new.filter((pl.col("top") > 0) & pl.col("currency").is_not_null())
    others = together.filter(pl.col("top") > 0).select(
        "company", "top", other_id="item_id", other_currency="currency", other_on="known_on"
    )
    company_usual = (
        together.filter(pl.col("currency").is_not_null())
        .group_by("company")
        .agg(
            usual=pl.col("currency").mode().sort().first(),
            share=(pl.col("currency") == pl.col("currency").mode().sort().first()).mean(),
        )
    )
    pairs = (
        stated.join(others, on=["company", "top"])
        .join(company_usual, on="company")
        .filter((pl.col("other_id") != pl.col("item_id")) & (pl.col("other_currency") != pl.col("currency")))
        # The one that is said in the company's usual currency is right; else the later one is looked at.
        .filter(
            (pl.col("currency") != pl.col("usual"))
            & ((pl.col("other_currency") == pl.col("usual")) | (pl.col("known_on") >= pl.col("other_on")))
        )
    )
    sentences = {
        row[
            "row_id"
        ]: f"{named(row)}: {amount(row['top'], row['currency'])}, and {row['other_id']} gives the same number "
        f"in {row['other_currency']}"
        for row in pairs.sort("other_id").iter_rows(named=True)
    }
    return marked(SAME_AMOUNT, stated, sentences)


def _periods(new: pl.DataFrame, rules: AnnouncementRules) -> list[pl.DataFrame]:
    """Compare the period the money is for with itself and with the day of the announcement."""
    ends = new.with_columns(
        start=day_of_span("horizon_start", is_end=False), end=day_of_span("horizon_end", is_end=True)
    )
    both = ends.filter(pl.col("start").is_not_null() & pl.col("end").is_not_null())
    # What is recalled may be of any time.
    is_recalled = pl.col("is_restated").fill_null(value=False) | pl.col("is_superseded").fill_null(value=False)
    any_end = ends.filter((pl.col("start").is_not_null() | pl.col("end").is_not_null()) & ~is_recalled)
    past = (pl.col("known_on") - pl.coalesce("end", "start")).dt.total_days() - rules.past_days.value
    ahead = (
        pl.max_horizontal("start", "end") - pl.col("known_on")
    ).dt.total_days() - rules.ahead_years.value * YEAR_DAYS

    def said(row: Row) -> str:
        return (
            f"{named(row)}: announced on {row['known_on']} for {row['horizon_start'] or '?'} to "
            f"{row['horizon_end'] or '?'}"
        )

    backwards: Callable[[Row], str] = lambda row: f"{said(row)}, which ends before it begins"  # noqa: E731
    return [
        numbers(
            HORIZON, both, value=(pl.col("start") - pl.col("end")).dt.total_days(), limit=pl.lit(0), said=backwards
        ),
        numbers(
            PERIOD,
            any_end,
            value=pl.max_horizontal(past, ahead),
            limit=pl.lit(0.0),
            said=lambda row: f"{said(row)}: nobody announces spending that far away",
        ),
    ]


def _told_once(new: pl.DataFrame, together: pl.DataFrame, days: float) -> pl.DataFrame:
    """Find what was told before under another announcement: a copy that was not recognised as one."""
    stated = new.filter(pl.col("top") > 0)
    before = together.filter(pl.col("top") > 0).select(
        *("company", "kind", "currency", "top"),
        other_announcement="announcement_id",
        other_id="item_id",
        other_on="known_on",
    )
    copies = stated.join(before, on=["company", "kind", "currency", "top"]).filter(
        (pl.col("announcement_id") != pl.col("other_announcement"))
        & ((pl.col("known_on") - pl.col("other_on")).dt.total_days().is_between(0, days))
    )
    sentences = {
        row[
            "row_id"
        ]: f"{named(row)}: told on {row['other_on']} already as {row['other_announcement']}: one announcement "
        "has one vote"
        for row in copies.sort("other_id").iter_rows(named=True)
    }
    return marked(RETOLD, stated, sentences)
