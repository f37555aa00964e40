"""Lineage: which output needs which subject and metric. Declared once; holds, receipts and recomputation follow it.

Here: the needs, as data. Not here: which company and segment a subject leads to (`transforms.lineage`, from
`config/universe.toml` and the projections of `config/scenarios/`).

What is not declared is not needed: a subject that leads to no output holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aicycle.contracts.marts_segment_metrics import ALL_TRACKED


class Reach(StrEnum):
    """How a subject leads to the companies and segments whose output needs it."""

    PRIMARY_LISTING = "primary_listing"
    """A listing, to the company whose primary line it is."""
    REPORTING_CURRENCY = "reporting_currency"
    """A pair with the dollar, to all segments with figures of the companies that report in its other currency."""
    REPORTED_SEGMENT = "reported_segment"
    """A segment as reported, to the segment that is reported under this name; the total, to the group."""
    HEADLINE_SEGMENT = "headline_segment"
    """A segment as reported, to the company's one segment whose growth is forecast, if it is that."""
    GROUP_TOTAL = "group_total"
    """The total of a company, to the group."""
    COMPANY_TOTAL = "company_total"
    """The total of a company, to each of its segments with reported figures."""
    EVENT_SEGMENT = "event_segment"
    """Events of a company and segment, to that segment, or to the one that counts this company's events as its own."""
    EVENT_COMPANY = "event_company"
    """Events of a company, whatever the segment, to the company or to the one that counts its events as its own; events
    of a whole market, to the companies that are in it with a segment."""
    ASSESSED_SEGMENT = "assessed_segment"
    """A segment as reported, to the segment that is reported under this name; the group has no phase."""
    CAPEX_TAKER = "capex_taker"
    """The total of a company, to its segments that take its capital expenditure."""
    CAPEX_ANNOUNCER = "capex_announcer"
    """Announcements of a company, to its segments that take its capital expenditure, or to another's that do and count
    this company's events as their own."""
    PROJECTED_SEGMENT = "projected_segment"
    """A segment as reported, to the company whose projection sums it."""
    PROJECTED_TOTAL = "projected_total"
    """The total of a company that has a projection, to that company."""
    PROJECTED_CURRENCY = "projected_currency"
    """A pair with the dollar, to the companies that have a projection and report in its other currency."""
    ANNOUNCER = "announcer"
    """Announcements of a company, to the company or to the one that counts its events as its own."""
    COUNTED_SEGMENT = "counted_segment"
    """Like `EVENT_SEGMENT`, and events about a whole company, to its group."""
    ANNOUNCING_GROUP = "announcing_group"
    """Announcements of a company, to its own group."""
    TRACKED_CLOUD = "tracked_cloud"
    """A cloud as reported, to what all companies with a cloud make together."""
    TRACKED_COMPUTE = "tracked_compute"
    """A cloud or data-centre chips as reported, to what all companies make together."""
    TRACKED_TOTAL = "tracked_total"
    """The total of a company, to what all companies make together."""
    TRACKED_EVENTS = "tracked_events"
    """Events of a company, whatever the segment, to what all companies make together."""
    TRACKED_PAIR = "tracked_pair"
    """A pair with the dollar, to what all companies make together, where one of them reports in its other currency."""
    TRACKED_CURRENCY = "tracked_currency"
    """A pair with the dollar, to what all companies with a cloud make together, where one of them reports in its other
    currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of the lineage: `output` needs `metric` of a subject in `table`."""

    output: str
    output_metrics: tuple[str, ...] = ()
    """Metrics of a long output that depend on it; empty: the whole row does."""
    table: str
    subject_kind: str
    metric: str
    reach: Reach
    company: str = ""
    """Company of an output that is about all of them together; empty: the company that is reached."""


LINEAGE: tuple[Need, ...] = (
    Need(
        output="marts.segment_metrics",
        output_metrics=(
            "revenue",
            "revenue_usd",
            "revenue_yoy_frac",
            "revenue_yoy_acceleration_frac",
            "group_revenue_share_frac",
            "adj_ebita_margin_frac",
            "adj_ebita_margin_change_frac",
            "capex_intensity_frac",
        ),
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.REPORTED_SEGMENT,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("group_revenue_share_frac",),
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.COMPANY_TOTAL,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("adj_ebita", "adj_ebita_margin_frac", "adj_ebita_margin_change_frac"),
        table="core.reported_figures",
        subject_kind="segment",
        metric="adj_ebita",
        reach=Reach.REPORTED_SEGMENT,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=(
            "capex",
            "capex_ttm",
            "capex_ttm_usd",
            "capex_intensity_frac",
            "plan_spent_frac",
            "plan_elapsed_frac",
        ),
        table="core.reported_figures",
        subject_kind="segment",
        metric="capex",
        reach=Reach.REPORTED_SEGMENT,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("revenue_yoy_frac", "revenue_yoy_acceleration_frac"),
        table="core.reported_figures",
        subject_kind="segment",
        metric="yoy_pct",
        reach=Reach.REPORTED_SEGMENT,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("revenue_usd", "capex_ttm_usd"),
        table="core.fx_rates",
        subject_kind="pair",
        metric="rate",
        reach=Reach.REPORTING_CURRENCY,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("tracked_cloud_revenue_hhi_index", "tracked_cloud_revenue_coverage_frac"),
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.TRACKED_CLOUD,
        company=ALL_TRACKED,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("tracked_cloud_revenue_hhi_index", "tracked_cloud_revenue_coverage_frac"),
        table="core.fx_rates",
        subject_kind="pair",
        metric="rate",
        reach=Reach.TRACKED_CURRENCY,
        company=ALL_TRACKED,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("events_4q_count",),
        table="core.cycle_events",
        subject_kind="segment",
        metric="events",
        reach=Reach.COUNTED_SEGMENT,
    ),
    Need(
        output="marts.segment_metrics",
        output_metrics=("events_4q_count", "plan_spent_frac", "plan_elapsed_frac"),
        table="core.announcements",
        subject_kind="company",
        metric="announcements",
        reach=Reach.ANNOUNCING_GROUP,
    ),
    *(
        Need(
            output="marts.player_influence",
            table=table,
            subject_kind=subject_kind,
            metric=metric,
            reach=reach,
            company=ALL_TRACKED,
        )
        for table, subject_kind, metric, reach in (
            # A share is a player's part of all players': what moves one of them moves every one.
            ("core.reported_figures", "segment", "revenue", Reach.TRACKED_COMPUTE),
            ("core.reported_figures", "segment", "yoy_pct", Reach.TRACKED_COMPUTE),
            ("core.reported_figures", "segment", "capex", Reach.TRACKED_TOTAL),
            ("core.fx_rates", "pair", "rate", Reach.TRACKED_PAIR),
            ("core.cycle_events", "segment", "events", Reach.TRACKED_EVENTS),
        )
    ),
    Need(
        output="marts.phase_assessments",
        table="core.cycle_events",
        subject_kind="segment",
        metric="events",
        reach=Reach.EVENT_SEGMENT,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.ASSESSED_SEGMENT,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.reported_figures",
        subject_kind="segment",
        metric="adj_ebita",
        reach=Reach.ASSESSED_SEGMENT,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.reported_figures",
        subject_kind="segment",
        metric="yoy_pct",
        reach=Reach.ASSESSED_SEGMENT,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.reported_figures",
        subject_kind="segment",
        metric="capex",
        reach=Reach.CAPEX_TAKER,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.CAPEX_TAKER,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.announcements",
        subject_kind="company",
        metric="announcements",
        reach=Reach.CAPEX_ANNOUNCER,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.daily_bars",
        subject_kind="symbol",
        metric="close",
        reach=Reach.PRIMARY_LISTING,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.corporate_actions",
        subject_kind="symbol",
        metric="actions",
        reach=Reach.PRIMARY_LISTING,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.cycle_events",
        subject_kind="segment",
        metric="events",
        reach=Reach.EVENT_COMPANY,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.announcements",
        subject_kind="company",
        metric="announcements",
        reach=Reach.ANNOUNCER,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.PROJECTED_SEGMENT,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.PROJECTED_TOTAL,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="adj_ebita",
        reach=Reach.PROJECTED_SEGMENT,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="adj_ebita",
        reach=Reach.PROJECTED_TOTAL,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="ads_outstanding",
        reach=Reach.PROJECTED_TOTAL,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="cash_and_liquid_investments",
        reach=Reach.PROJECTED_TOTAL,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.reported_figures",
        subject_kind="segment",
        metric="ordinary_shares_outstanding",
        reach=Reach.PROJECTED_TOTAL,
    ),
    Need(
        output="marts.scenario_runs",
        table="core.fx_rates",
        subject_kind="pair",
        metric="rate",
        reach=Reach.PROJECTED_CURRENCY,
    ),
    Need(
        output="marts.forecasts",
        table="core.reported_figures",
        subject_kind="segment",
        metric="revenue",
        reach=Reach.HEADLINE_SEGMENT,
    ),
    Need(
        output="marts.forecasts",
        table="core.reported_figures",
        subject_kind="segment",
        metric="yoy_pct",
        reach=Reach.HEADLINE_SEGMENT,
    ),
    Need(
        output="marts.forecasts",
        table="core.reported_figures",
        subject_kind="segment",
        metric="capex",
        reach=Reach.GROUP_TOTAL,
    ),
    Need(
        output="marts.forecasts",
        table="core.daily_bars",
        subject_kind="symbol",
        metric="close",
        reach=Reach.PRIMARY_LISTING,
    ),
    Need(
        output="marts.forecasts",
        table="core.corporate_actions",
        subject_kind="symbol",
        metric="actions",
        reach=Reach.PRIMARY_LISTING,
    ),
    Need(
        output="marts.forecasts",
        table="core.cycle_events",
        subject_kind="segment",
        metric="events",
        reach=Reach.EVENT_COMPANY,
    ),
    Need(
        output="marts.forecasts",
        table="core.announcements",
        subject_kind="company",
        metric="announcements",
        reach=Reach.ANNOUNCER,
    ),
)
