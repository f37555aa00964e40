"""What the gate tolerates in figures, announcements and events: the shape of `config/gate/statements.toml`.

Here: limits, and words that say what kind of figure a metric is. Not here: how they are applied
(`transforms.gate.measures`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWords:
    """Words between the underscores of a metric's name. The first list that holds one of them decides."""

    outlook: tuple[str, ...]
    """Said of what lies ahead: no measurement, so it may be known before its period is over."""
    signed: tuple[str, ...]
    """May lie on both sides of zero, and fall through it."""
    intermittent: tuple[str, ...]
    """Never below zero, and at the company's pleasure: any quarter may have little of it, or nothing."""
    positive: tuple[str, ...]
    """Never below zero, and never far from what it was. A metric without any word is taken for a signed one."""
    told_by_others: tuple[str, ...]
    """Whatever its kind: others say it of a company or a market, of several in one table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRules:
    """How far a figure may be from its own series."""

    least_observations: Number
    """Fewer earlier ones than this are no habit."""
    change_factor: Number
    """A steady figure may change by this much from what is expected ..."""
    habit_multiple: Number
    """... and by this multiple of its usual step (in logarithms) on top ..."""
    miss_multiple: Number
    """... or, once expectations have been seen to miss, of what four fifths of the misses were below ..."""
    gap_factor: Number
    """... and by this factor for each year without an observation ..."""
    change_cap_factor: Number
    """... but never by more than this: a slip of the decimal point must not pass for a habit."""
    rise_factor: Number
    """A signed figure may exceed the largest of its recent absolute values by this much, and its habit on top."""
    fall_factor: Number
    """One whose recent values have one sign and one size may fall below the least of them by this much."""
    one_size_frac: Number
    """The least of the recent absolute values is at least this share of the largest: they have one size."""
    dried_up_factor: Number
    """A signed figure this much below the middle of its history has lost its thousands."""
    related_factor: Number
    """Where its own history is too short: how far it may be from the same metric on other bases and durations."""
    company_above_factor: Number
    """Where there is none of that either: how far above the company's largest figure in that currency."""
    company_below_factor: Number
    """And how far below the middle of them."""
    repeat_digits: Number
    """Two figures of a flow that agree in this many digits are one figure told twice."""
    unit_share_frac: Number
    """A metric that has been given in one unit this often is given in that unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRules:
    """When two figures of one report stand in each other's place."""

    odd_frac: Number
    """Two steady values are odd where they stand if their distances, in limits, add up to this ..."""
    fitting_frac: Number
    """... and are swapped if each fits in the other's place within this share of a limit."""
    leap_steps: Number
    """Two signed values leapt if each is further than this from its last one, in usual steps ..."""
    nearer_steps: Number
    """... and are swapped if in each other's place they would be nearer by more than this, together ..."""
    near_steps: Number
    """... and each nearer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRules:
    """How exactly figures that belong together must agree."""

    periods_tolerance_frac: Number
    """Quarters and the longer period they make up."""
    growth_tolerance_points: Number
    """A stated growth and the one that follows from the figures."""
    shares_tolerance_frac: Number
    """Ordinary shares and what the depositary shares stand for."""
    elimination_low_frac: Number
    """Segments less total, as a share of the total: least that is believed of any company ..."""
    elimination_high_frac: Number
    """... and most."""
    elimination_margin_frac: Number
    """How far beyond the company's own range it may drift from one quarter to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRules:
    """When and where figures are reported."""

    period_slack_days: Number
    """A fiscal quarter of 12 to 14 weeks is this much off three calendar months."""
    latest_days: Number
    """Reported later after the period's end than this, a figure was dug out."""
    earliest_days: Number
    """Reported earlier than this, the books were hardly closed."""
    usual_slack_days: Number
    """Or this much later than its series is usually reported; so much later than its report it was told anew."""
    same_report_days: Number
    """Figures of one report are dated no further apart than this, in its issuer's time zone or another."""
    filing_addresses: tuple[str, ...]
    """Parts of addresses of filings: a filing is one company's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementRules:
    """How large an announced amount can be, and when it is for."""

    twin_unit_factor: Number
    """Amount and its twin in another currency, this far apart at the day's rate, are in wrong units."""
    twin_rounding_frac: Number
    """Less than that, but more than this: rounded very freely."""
    rate_age_days: Number
    """An exchange rate older than this says nothing about the day."""
    times_largest: Number
    """More than this multiple of the company's largest other amount ..."""
    times_largest_alone: Number
    """(or than this one, where no revenue is known) ..."""
    times_revenue: Number
    """... and of its yearly revenue is no plan."""
    largest_usd: Number
    smallest_usd: Number
    spent_factor: Number
    """What was spent may differ by this much from the capital expenditure that is reported: leases, deposits."""
    past_days: Number
    """A period that was over this long before the announcement is not what it is about."""
    ahead_years: Number
    """Nobody announces spending further ahead than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """Events and documents."""

    event_distance_days: Number
    """An event further from the day it became known is looked at."""
    foreseen_days: Number
    """An event that is said to have happened this long after it became known contradicts itself."""
    copy_days: Number
    """The same thing told again within this many days is a copy."""
    alike_frac: Number
    """Share of words that two titles have in common when they tell the same thing."""
    one_direction_events: Number
    """So many events of a kind in one direction make the other direction odd."""
    longest_title: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRules:
    """`config/gate/statements.toml`."""

    revision_tolerance_frac: Number
    """A figure may be restated by this much of its first print; more is looked at by a person."""
    words: FigureWords
    history: HistoryRules
    swaps: SwapRules
    identities: IdentityRules
    reports: ReportRules
    announcements: AnnouncementRules
    texts: TextRules
