"""Segment metrics: what figures, events, plans and targets say about each segment, quarter by quarter.

Here: `marts.segment_metrics` from facts known by an instant, put together from the modules of this package. Not here:
which figure stands for which segment and quarter (`transforms.quarters`), or who is marked as held (`flows`).

A metric of figures has a row where its own figure is reported for the quarter. Its value is null, with the reason,
where an input is missing, does not compare, or makes it meaningless. Reported values keep the status `reported`; what
is computed is `derived`, and so is a figure that its own source derived. Growth that can't be computed is taken from
the company's own statement (`yoy_pct`) where it made one: rounded to whole percent, but said by those who know both
bases. Nothing is filled in: no fourth quarter from a year less nine months, no quarter from an annual figure.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.model.kinds import Status
from aicycle.model.parameters import MetricRules, Universe
from transforms.facts import Facts
from transforms.quarters import GROUP, quarterly_figures, segment_places
from transforms.segment_metrics.concentration import concentration
from transforms.segment_metrics.dollars import dollar_rates, in_dollars
from transforms.segment_metrics.event_counts import event_counts
from transforms.segment_metrics.expected_paths import expected_paths
from transforms.segment_metrics.growth import acceleration, group_share, growth
from transforms.segment_metrics.margins import margin_change, margins
from transforms.segment_metrics.plans import plan_progress
from transforms.segment_metrics.shape import METRICS_SCHEMA, as_mart, metric_rows, settled
from transforms.segment_metrics.spending import capex_intensity, capex_ttm, revenue_ttm

__all__ = ["FIGURES", "METRICS_SCHEMA", "all_metrics", "figure_metrics", "segment_metrics"]

FIGURES = ("revenue", "adj_ebita", "capex", "yoy_pct")


def all_metrics(facts: Facts, *, universe: Universe, rules: MetricRules, as_of: datetime) -> pl.DataFrame:
    """Return every metric of every watched segment known by `as_of`.

    Args:
        facts: all versions; of those known later none counts.
        universe: companies, segments and the names they are reported under.
        rules: `config/metrics.toml`.
        as_of: instant with a time zone.

    Returns:
        `METRICS_SCHEMA`, sorted by the mart's key: the metrics of `segment_metrics`, and events_4q_count (count, detail
        event type), plan_spent_frac and plan_elapsed_frac (fraction, detail plan), expected_path_index (index, detail
        target).

    Raises:
        ValueError: `as_of` has no time zone.
    """
    frames = figure_metrics(facts.reported_figures, facts.fx_rates, universe=universe, as_of=as_of)
    others = [
        concentration(frames["revenue_usd"], universe=universe),
        event_counts(facts.cycle_events, facts.announcements, facts.event_members, universe=universe, as_of=as_of),
        plan_progress(
            facts.announcements,
            facts.event_members,
            frames["capex"],
            universe=universe,
            start_rule=rules.start_rule,
            as_of=as_of,
        ),
        expected_paths(rules.targets, as_of=as_of),
    ]
    return as_mart(list(frames.values()), others, universe)


def segment_metrics(figures: pl.DataFrame, fx: pl.DataFrame, *, universe: Universe, as_of: datetime) -> pl.DataFrame:
    """Return the metrics that rest on reported figures alone, of every watched segment known by `as_of`.

    Args:
        figures: versions of `core.reported_figures`.
        fx: versions of `core.fx_rates`.
        universe: companies, segments and the names they are reported under.
        as_of: instant with a time zone.

    Returns:
        `METRICS_SCHEMA`, sorted by the mart's key. Metrics: revenue, adj_ebita, capex (reporting currency);
        revenue_usd; revenue_yoy_frac, revenue_yoy_acceleration_frac, group_revenue_share_frac, adj_ebita_margin_frac,
        adj_ebita_margin_change_frac; for the group capex_ttm, capex_ttm_usd and capex_intensity_frac (trailing capex
        per trailing revenue); for all tracked companies tracked_cloud_revenue_hhi_index and
        tracked_cloud_revenue_coverage_frac.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    frames = figure_metrics(figures, fx, universe=universe, as_of=as_of)
    return as_mart(list(frames.values()), [concentration(frames["revenue_usd"], universe=universe)], universe)


def figure_metrics(
    figures: pl.DataFrame, fx: pl.DataFrame, *, universe: Universe, as_of: datetime
) -> dict[str, pl.DataFrame]:
    """Return the metrics of reported figures before they are put into the mart's order; arguments as there.

    Returns:
        By metric, `shape.metric_rows`: one row a place and quarter, with the `series` its value was computed in.
    """
    quarters = quarterly_figures(figures, universe=universe, metrics=FIGURES, as_of=as_of)
    revenue, adj_ebita, all_capex, yoy_pct = (quarters.filter(pl.col("metric") == m) for m in FIGURES)
    is_group = pl.col("segment") == GROUP
    rates = dollar_rates(fx, as_of)

    revenues = settled(_reported(revenue))
    growths = growth(revenue, yoy_pct)
    all_margins = margins(adj_ebita, revenue)
    spent = capex_ttm(all_capex.filter(is_group))
    return {
        "revenue": revenues,
        "adj_ebita": settled(_reported(adj_ebita)),
        "capex": settled(_reported(all_capex.filter(is_group))),
        "revenue_usd": in_dollars(revenues, rates, "revenue_usd", status=Status.REPORTED),
        "revenue_yoy_frac": growths,
        "revenue_yoy_acceleration_frac": acceleration(growths),
        "group_revenue_share_frac": group_share(revenues, segment_places(universe)),
        "adj_ebita_margin_frac": settled(all_margins),
        "adj_ebita_margin_change_frac": settled(margin_change(all_margins)),
        "capex_ttm": spent,
        "capex_ttm_usd": in_dollars(spent, rates, "capex_ttm_usd", status=Status.DERIVED),
        "capex_intensity_frac": capex_intensity(spent, revenue_ttm(revenue.filter(is_group))),
    }


def _reported(quarters: pl.DataFrame) -> pl.DataFrame:
    rows = quarters.with_columns(null_reason=None)
    return metric_rows(rows, pl.col("metric"), unit=pl.col("unit"), status=Status.REPORTED)
