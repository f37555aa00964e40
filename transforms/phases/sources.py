"""Which stored rows a segment's features were made of: those that voted, and the figures that were read.

Here: the way back from a feature to rows of core tables, for receipts. Not here: the features (`assessment`), which
figures a metric compares (`transforms.segment_metrics`).

The way back is the way there: the same votes, the same newest period, the same basis. What only belongs to the subject
- an event that does not count, a figure of another quarter - is behind no feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.instants import as_of_instant
from aicycle.model.parameters import PhaseFeature, PhaseRules, Ramp, Reading, Universe
from transforms.facts import Facts
from transforms.phases.assessment import Known, known_evidence
from transforms.phases.figures import key_of
from transforms.phases.votes import voting_rows
from transforms.quarters import GROUP, MONTHS, QUARTER_MONTHS, YEAR_MONTHS, quarterly_figures, segment_places
from transforms.segment_metrics import FIGURES, figure_metrics, segment_metrics
from transforms.segment_metrics.spending import revenue_ttm

NOW, YEAR_AGO = (0,), (0, YEAR_MONTHS)
TRAILING_YEAR = tuple(QUARTER_MONTHS * k for k in range(4))
HALF_MONTH = timedelta(days=15)

COMPUTED_FROM: dict[str, dict[str, tuple[int, ...]]] = {
    "revenue": {"revenue": NOW},
    "revenue_usd": {"revenue": NOW},
    "revenue_yoy_frac": {"revenue": YEAR_AGO},
    "group_revenue_share_frac": {"revenue": NOW},
    "adj_ebita": {"adj_ebita": NOW},
    "adj_ebita_margin_frac": {"adj_ebita": NOW, "revenue": NOW},
    "adj_ebita_margin_change_frac": {"adj_ebita": YEAR_AGO, "revenue": YEAR_AGO},
    "capex": {"capex": NOW},
    "capex_ttm": {"capex": TRAILING_YEAR},
    "capex_ttm_usd": {"capex": TRAILING_YEAR},
    "capex_intensity_frac": {"capex": TRAILING_YEAR},
    "revenue_ttm": {"revenue": TRAILING_YEAR},
}
"""Per metric: the figures of its own series it is computed from, and how many months back."""
BESIDE = {"capex_intensity_frac": "revenue_ttm"}
"""Metrics that are divided by another of the same place, whatever its basis."""


def facts_behind(
    facts: Facts, *, company: str, segment: str, universe: Universe, rules: PhaseRules, as_of: datetime
) -> dict[str, dict[str, pl.DataFrame]]:
    """Return, per feature of a segment, the rows its value was made of.

    Args:
        facts: all versions; of those known later none counts.
        company: of the universe.
        segment: of that company; `group` has no phase.
        universe: companies and segments.
        rules: the features.
        as_of: the instant whose facts the assessment rests on.

    Returns:
        By the feature's name and the table's full name: rows of that table, none twice; without what is empty.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    mine = replace(facts, reported_figures=facts.reported_figures.filter(pl.col("company") == company))
    known = known_evidence(
        events=mine.cycle_events,
        announcements=mine.announcements,
        members=mine.event_members,
        metrics=segment_metrics(mine.reported_figures, mine.fx_rates, universe=universe, as_of=instant),
        universe=universe,
        rules=rules,
        as_of=instant,
    )
    places = known.places.segments.filter((pl.col("company") == company) & (pl.col("segment") == segment))
    if places.is_empty():
        return {}
    place = int(places["place"][0])
    voted = _voted(mine, known, place, rules, instant)
    reading = _reading_of(mine, universe, instant)
    found = {}
    for position, feature in enumerate(rules.features):
        tables = {
            **voted.get(position, {}),
            REPORTED_FIGURES.full_name: mine.reported_figures[_rows_read(feature, known, place, reading)],
        }
        found[feature.name] = {table: frame for table, frame in tables.items() if not frame.is_empty()}
    return found


def _voted(
    facts: Facts, known: Known, place: int, rules: PhaseRules, as_of: datetime
) -> dict[int, dict[str, pl.DataFrame]]:
    """Return the rows that voted, in their newest version, by the feature's position and table."""
    rows = voting_rows(
        events=facts.cycle_events,
        announcements=facts.announcements,
        members=facts.event_members,
        places=known.places,
        rules=rules,
        as_of=as_of,
    ).filter(pl.col("place") == place)
    tables = facts.known_by(as_of).tables()
    found: dict[int, dict[str, pl.DataFrame]] = {}
    for contract in (ANNOUNCEMENTS, CYCLE_EVENTS):
        (key,) = contract.key
        of_table = rows.filter(pl.col("table") == contract.full_name)
        for position in of_table["feature"].unique().sort():
            ids = of_table.filter(pl.col("feature") == position).select(pl.col("row_id").alias(key)).unique()
            frame = tables[contract.full_name].join(ids, on=key, how="semi", maintain_order="left")
            found.setdefault(position, {})[contract.full_name] = frame
    return found


# --- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reading:
    """A company's metrics and figures, by place or series (both with their month, as `transforms.quarters` says)."""

    place_numbers: Mapping[tuple[str, str], int]
    computed: Mapping[tuple[str, int], tuple[int, bool]]
    """By metric and place: the series its value comes from, and whether the company stated it itself."""
    figures: Mapping[tuple[str, int], int]
    """By reported metric and series: the row."""


def _reading_of(facts: Facts, universe: Universe, as_of: datetime) -> _Reading:
    numbered = facts.reported_figures.with_row_index("row")
    quarters = quarterly_figures(numbered, universe=universe, metrics=FIGURES, as_of=as_of, keep=("row",))
    of_groups = quarters.filter((pl.col("metric") == "revenue") & (pl.col("segment") == GROUP))
    metrics = figure_metrics(facts.reported_figures, facts.fx_rates, universe=universe, as_of=as_of) | {
        "revenue_ttm": revenue_ttm(of_groups)
    }
    return _Reading(
        place_numbers={(c, s): number for c, s, number in segment_places(universe).iter_rows()},
        computed={
            (metric, place): (series, is_stated)
            for metric, frame in metrics.items()
            for place, series, is_stated in frame.select("place", "series", "is_stated").iter_rows()
        },
        figures={
            (metric, series): row for metric, series, row in quarters.select("metric", "series", "row").iter_rows()
        },
    )


def _rows_read(feature: PhaseFeature, known: Known, place: int, reading: _Reading) -> list[int]:
    """Return the rows a feature's ramps read: those of the newest period that was printed."""
    _, company, segment, _ = known.places.segments.row(place)
    rows: set[int] = set()
    for ramp in feature.ramps:
        period_end = known.figures[key_of(ramp)].latest["period_end"][place]
        number = reading.place_numbers[company, GROUP if ramp.is_of_company else segment]
        if period_end is not None:
            rows |= _of_ramp(ramp, number * MONTHS + _month(period_end), reading)
    return sorted(rows)


def _of_ramp(ramp: Ramp, place: int, reading: _Reading) -> set[int]:
    back = YEAR_AGO if ramp.reading is Reading.YEAR_ON_YEAR else NOW
    return set().union(*(_of_metric(ramp.metric, place - months, reading) for months in back))


def _of_metric(metric: str, place: int, reading: _Reading) -> set[int]:
    """Return the rows one metric of one place and quarter was computed from."""
    if (metric, place) not in reading.computed:
        return set()
    if metric == "revenue_yoy_acceleration_frac":
        growth = (_of_metric("revenue_yoy_frac", place - months, reading) for months in (0, QUARTER_MONTHS))
        return set().union(*growth)
    series, is_stated = reading.computed[metric, place]
    parts = {"yoy_pct": NOW} if is_stated else COMPUTED_FROM[metric]
    wanted = [(name, series - months) for name, back in parts.items() for months in back]
    rows = {reading.figures[figure] for figure in wanted if figure in reading.figures}
    if metric == "group_revenue_share_frac":
        rows |= _of_metric("revenue", _group_of(place, reading), reading)
    return rows | (_of_metric(BESIDE[metric], place, reading) if metric in BESIDE else set())


def _group_of(place: int, reading: _Reading) -> int:
    names = {number: name for name, number in reading.place_numbers.items()}
    company, _ = names[place // MONTHS]
    return reading.place_numbers[company, GROUP] * MONTHS + place % MONTHS


def _month(period_end: date) -> int:
    """Return the month whose end is nearest to a day, as `transforms.quarters` counts it."""
    near = period_end - HALF_MONTH
    return near.year * YEAR_MONTHS + near.month
