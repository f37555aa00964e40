"""Whose happening it is: events and spending announcements by the segment that counts them.

Here: rows known by an instant, each with the happening it reports, since when, and the company and segment that own it.
Not here: which rows are one happening (`transforms.event_members`), or what is counted (`transforms.segment_metrics`,
`transforms.player_influence`).

A happening is young once: it is timed by the first print of the rows that make it count here, whatever was restated
since, and whatever another table or company said of the same announcement.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.schema import TableContract
from aicycle.model.kinds import EventType
from aicycle.model.parameters import Universe
from transforms.happenings import known_happenings
from transforms.quarters import GROUP, weakness

CAPEX_KINDS = tuple(
    kind.value
    for kind in (EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE, EventType.CAPEX_GUIDANCE, EventType.CAPEX_ACTUAL)
)


def segment_events(events: pl.DataFrame, members: pl.DataFrame, *, universe: Universe, as_of: datetime) -> pl.DataFrame:
    """Return the events of the watched segments known by `as_of`.

    Args:
        events: versions of `core.cycle_events`.
        members: versions of `core.event_members`.
        universe: companies, segments and whose events they count beside their own; `group`, the whole company, counts
            the events that are about it.
        as_of: instant with a time zone.

    Returns:
        owner, segment, type, event_id, company (whom the event is about), country, direction, first_known_at, known_at,
        weakness; one row per event row, sorted by its id. What is retracted is left out.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    sources = {
        (company.name, segment.name, source)
        for company in universe.companies
        for segment in company.segments
        for source in (company.name, *segment.event_companies)
    } | {(company.name, GROUP, company.name) for company in universe.companies}
    owners = pl.DataFrame(
        sorted(sources), schema=dict.fromkeys(("owner", "segment", "company"), pl.String), orient="row"
    )
    known = _timed(events, members, CYCLE_EVENTS, as_of).join(owners, on=["company", "segment"])
    return known.sort("owner", "segment", "cycle_event_id").select(
        "owner", "segment", "type", "event_id", "company", "country", "direction", "first_known_at", "known_at",
        "weakness",
    )  # fmt: skip


def capex_announcements(
    announcements: pl.DataFrame, members: pl.DataFrame, *, universe: Universe, as_of: datetime
) -> pl.DataFrame:
    """Return what the watched companies themselves said of their spending, as stated by `as_of`.

    Args:
        announcements: versions of `core.announcements`.
        members: versions of `core.event_members`.
        universe: companies.
        as_of: instant with a time zone.

    Returns:
        The columns of `core.announcements`, `event_id`, `statement_id`, `first_known_at` and `weakness`, sorted by
        item_id; kinds of `CAPEX_KINDS` only. What `transforms.happenings` takes for no report is left out.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    return (
        _timed(announcements, members, ANNOUNCEMENTS, as_of)
        .filter(
            pl.col("kind").is_in(CAPEX_KINDS)
            & pl.col("company").is_in([company.name for company in universe.companies])
        )
        .sort("item_id")
    )


def _timed(rows: pl.DataFrame, members: pl.DataFrame, contract: TableContract, as_of: datetime) -> pl.DataFrame:
    return known_happenings(rows, members, contract, as_of=as_of).with_columns(weakness=weakness("verification"))
