"""Spreading: from the subject that is held to the outputs that need it, and no further.

Here: the declared lineage (`aicycle.contracts.lineage`) applied to the universe, and which holds stand at an instant.
Not here: why a subject is held (`transforms.gate.holds`), what becomes of a held output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import polars as pl

from aicycle.contracts.lineage import LINEAGE, Reach
from aicycle.contracts.ops_holds import HOLDS, SUBJECT
from aicycle.model.instants import TICK, as_of_instant
from aicycle.model.parameters import Company, Projection, ScenarioSet, Universe
from transforms.happenings import WHOLE_MARKET
from transforms.quarters import CHIPS, CLOUD, GROUP, TOTAL, headline_segment

ANY_SEGMENT = "*"
"""Stands for the segment part of a subject where a need takes all of a company's events."""

DOWNSTREAM_SCHEMA = pl.Schema(
    {
        "output": pl.String(),
        "company": pl.String(),
        "segment": pl.String(),
        **{name: dtype for name, dtype in HOLDS.polars_schema().items() if name in {"cause", "since", "until"}},
        "subject_kind": pl.String(),
        "subject_id": pl.String(),
        "metric": pl.String(),
        "output_metrics": pl.String(),
    }
)


def downstream(holds: pl.DataFrame, universe: Universe, scenario_sets: Sequence[ScenarioSet] = ()) -> pl.DataFrame:
    """Return the outputs that holds reach.

    Args:
        holds: rows of `ops.holds`, standing or not.
        universe: companies, listings, segments.
        scenario_sets: their projections name further figures that a run needs.

    Returns:
        One row per output, company, segment and hold: output (full table name), company, segment (null: the company's
        one output), cause, since, until, subject_kind, subject_id, metric, output_metrics (metrics of a long output
        joined by |; null: all of the row); sorted. Companies without a scenario set are listed too: a run they do not
        have is not held by it.
    """
    on_any_segment = (pl.col("metric") == "events") & (pl.col("subject_kind") == "segment")
    # Events are looked up under their company's id too. A company's name may hold a slash, an event's segment does not.
    company_of_event = pl.col("subject_id").str.replace(r"/[^/]*$", f"/{ANY_SEGMENT}")
    aliases = pl.concat(
        [
            holds.with_columns(alias=pl.col("subject_id")),
            holds.filter(on_any_segment).with_columns(alias=company_of_event),
        ]
    )
    reached = aliases.join(
        needed_subjects(universe, scenario_sets), left_on=["subject_kind", "alias", "metric"], right_on=list(SUBJECT)
    )
    spread = ["output", "company", "segment", *SUBJECT, "since", "until", "cause"]
    return (
        reached.group_by(spread)
        .agg(pl.col("output_metrics").str.split("|").explode().unique().sort())
        .with_columns(
            pl.when(pl.col("output_metrics").list.drop_nulls().list.len() > 0).then(
                pl.col("output_metrics").list.drop_nulls().list.join("|")
            )
        )
        .select(DOWNSTREAM_SCHEMA.names())
        .match_to_schema(DOWNSTREAM_SCHEMA)
        .sort(DOWNSTREAM_SCHEMA.names(), nulls_last=True)
    )


def standing(holds: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return the holds that stand at `as_of`: begun, and not ended.

    Args:
        holds: any frame with `since` and `until`, half open; `until` null: not ended.
        as_of: instant with a time zone.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    is_open = pl.col("until").is_null() | (pl.col("until") > instant)
    return holds.filter((pl.col("since") <= instant) & is_open)


def last_good_instant(spread: pl.DataFrame, as_of: datetime) -> datetime:
    """Return the latest instant up to `as_of` at which none of these holds stands; `as_of` itself, if none does.

    The instant before one hold may lie within another: it is stepped back until all are open.

    Args:
        spread: holds with `since` and `until`, of one output.
        as_of: instant with a time zone.
    """
    instant = as_of_instant(as_of)
    while True:
        since = standing(spread, instant)["since"].min()
        if not isinstance(since, datetime):
            return instant
        instant = since - TICK


def needed_subjects(universe: Universe, scenario_sets: Sequence[ScenarioSet]) -> pl.DataFrame:
    """Return every subject some output needs.

    Returns:
        The subject's columns, table (which speaks about it), output, company, segment (null: the company's one output),
        output_metrics; sorted.
    """
    projections = {s.company: s.projection for s in scenario_sets if s.projection is not None}
    rows = [
        (
            *(need.subject_kind, subject_id, need.metric, need.table),
            *(need.output, need.company or company.name, segment, "|".join(need.output_metrics)),
        )
        for need in LINEAGE
        for company in universe.companies
        for subject_id, segment in _reached(need.reach, company, projections.get(company.name))
    ]
    columns = (*SUBJECT, "table", "output", "company", "segment", "output_metrics")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").unique()
    return frame.with_columns(pl.col("output_metrics").replace("", None)).sort(columns, nulls_last=True)


Reached = Iterator[tuple[str, str | None]]
"""Pairs of subject id and the company's segment it leads to; None: to the company as such."""


def _reached(reach: Reach, company: Company, projection: Projection | None) -> Reached:
    if reach in REACHES:
        return REACHES[reach](company)
    return iter(()) if projection is None else PROJECTION_REACHES[reach](company, projection)


def _primary_listing(company: Company) -> Reached:
    return ((listing.symbol, None) for listing in company.listings if listing.is_primary)


def _reporting_currency(company: Company) -> Reached:
    currency = company.reporting_currency
    if currency != "USD":
        for segment in _reported_segments(company):
            yield f"USD{currency}", segment
            yield f"{currency}USD", segment


def _reported_segment(company: Company) -> Reached:
    yield f"{company.name}/{TOTAL}", GROUP
    for segment in company.segments:
        for reported in segment.reported_as:
            yield f"{company.name}/{reported.name}", segment.name


def _headline_segment(company: Company) -> Reached:
    headline = headline_segment(company)
    return ((subject_id, segment) for subject_id, segment in _reported_segment(company) if segment == headline)


def _group_total(company: Company) -> Reached:
    return ((subject_id, segment) for subject_id, segment in _reported_segment(company) if segment == GROUP)


def _company_total(company: Company) -> Reached:
    return ((f"{company.name}/{TOTAL}", name) for name in _reported_segments(company) if name != GROUP)


def _event_segment(company: Company) -> Reached:
    for segment in company.segments:
        if segment.name != GROUP:
            for source in (company.name, *segment.event_companies):
                yield f"{source}/{segment.name}", segment.name


def _event_company(company: Company) -> Reached:
    for source in _event_sources(company):
        yield f"{source}/{ANY_SEGMENT}", None
    for name in {*(segment.name for segment in company.segments), GROUP, WHOLE_MARKET}:
        yield f"{WHOLE_MARKET}/{name}", None


def _assessed_segment(company: Company) -> Reached:
    for segment in company.segments:
        if segment.name != GROUP:
            for reported in segment.reported_as:
                yield f"{company.name}/{reported.name}", segment.name


def _capex_taker(company: Company) -> Reached:
    totals = {TOTAL, *(r.name for s in company.segments if s.name == GROUP for r in s.reported_as)}
    return ((f"{company.name}/{total}", name) for total in totals for name, _ in _capex_takers(company))


def _capex_announcer(company: Company) -> Reached:
    for name, event_companies in _capex_takers(company):
        for source in (company.name, *event_companies):
            yield source, name


def _capex_takers(company: Company) -> list[tuple[str, tuple[str, ...]]]:
    return [(s.name, s.event_companies) for s in company.segments if s.takes_capex and s.name != GROUP]


def _announcer(company: Company) -> Reached:
    return ((source, None) for source in _event_sources(company))


def _counted_segment(company: Company) -> Reached:
    yield from _event_segment(company)
    yield f"{company.name}/{GROUP}", GROUP
    for segment in company.segments:
        if segment.name == GROUP:
            yield from ((f"{source}/{GROUP}", GROUP) for source in segment.event_companies)


def _announcing_group(company: Company) -> Reached:
    return iter([(company.name, GROUP)])


def _tracked_cloud(company: Company) -> Reached:
    return ((subject_id, segment) for subject_id, segment in _reported_segment(company) if segment == CLOUD)


def _tracked_currency(company: Company) -> Reached:
    return ((pair, segment) for pair, segment in _reporting_currency(company) if segment == CLOUD)


def _tracked_compute(company: Company) -> Reached:
    return ((subject_id, None) for subject_id, segment in _reported_segment(company) if segment in {CLOUD, CHIPS})


def _tracked_total(company: Company) -> Reached:
    return iter([(f"{company.name}/{TOTAL}", None)])


def _tracked_events(company: Company) -> Reached:
    return ((f"{source}/{ANY_SEGMENT}", None) for source in _event_sources(company))


def _tracked_pair(company: Company) -> Reached:
    return ((pair, None) for pair, _ in _reporting_currency(company))


def _projected_segment(company: Company, projection: Projection) -> Reached:
    names = {name for s in projection.segments for reported in s.reported_as for name in reported.names}
    return ((f"{company.name}/{name}", None) for name in sorted(names))


def _projected_total(company: Company, _projection: Projection) -> Reached:
    yield f"{company.name}/{TOTAL}", None


def _projected_currency(company: Company, _projection: Projection) -> Reached:
    if company.reporting_currency != "USD":
        yield f"USD{company.reporting_currency}", None
        yield f"{company.reporting_currency}USD", None


def _event_sources(company: Company) -> list[str]:
    return [company.name, *(name for segment in company.segments for name in segment.event_companies)]


def _reported_segments(company: Company) -> list[str]:
    return [GROUP, *(s.name for s in company.segments if s.reported_as and s.name != GROUP)]


REACHES: dict[Reach, Callable[[Company], Reached]] = {
    Reach.PRIMARY_LISTING: _primary_listing,
    Reach.REPORTING_CURRENCY: _reporting_currency,
    Reach.REPORTED_SEGMENT: _reported_segment,
    Reach.HEADLINE_SEGMENT: _headline_segment,
    Reach.GROUP_TOTAL: _group_total,
    Reach.COMPANY_TOTAL: _company_total,
    Reach.EVENT_SEGMENT: _event_segment,
    Reach.EVENT_COMPANY: _event_company,
    Reach.ASSESSED_SEGMENT: _assessed_segment,
    Reach.CAPEX_TAKER: _capex_taker,
    Reach.CAPEX_ANNOUNCER: _capex_announcer,
    Reach.ANNOUNCER: _announcer,
    Reach.COUNTED_SEGMENT: _counted_segment,
    Reach.ANNOUNCING_GROUP: _announcing_group,
    Reach.TRACKED_CLOUD: _tracked_cloud,
    Reach.TRACKED_CURRENCY: _tracked_currency,
    Reach.TRACKED_COMPUTE: _tracked_compute,
    Reach.TRACKED_TOTAL: _tracked_total,
    Reach.TRACKED_EVENTS: _tracked_events,
    Reach.TRACKED_PAIR: _tracked_pair,
}
PROJECTION_REACHES: dict[Reach, Callable[[Company, Projection], Reached]] = {
    Reach.PROJECTED_SEGMENT: _projected_segment,
    Reach.PROJECTED_TOTAL: _projected_total,
    Reach.PROJECTED_CURRENCY: _projected_currency,
}
