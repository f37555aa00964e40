"""Lineage: which output needs which subject and metric. Declared once; holds, receipts and recomputation follow it.

Here: the needs, as data. Not here: which company and segment a subject leads to (`transforms.lineage`, from
`config/universe.toml`).

What is not declared is not needed: a subject that leads to no output holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    ANNOUNCER = "announcer"
    """Announcements of a company, to the company or to the one that counts its events as its own."""


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
        output_metrics=("capex", "capex_ttm", "capex_intensity_frac"),
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
        output_metrics=("revenue_usd",),
        table="core.fx_rates",
        subject_kind="pair",
        metric="rate",
        reach=Reach.REPORTING_CURRENCY,
    ),
    Need(
        output="marts.phase_assessments",
        table="core.cycle_events",
        subject_kind="segment",
        metric="events",
        reach=Reach.EVENT_SEGMENT,
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
