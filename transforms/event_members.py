"""Which rows report the same happening, so that it votes once.

Here: membership by the announcement the source itself ties a row to. Not here: the weight of a vote, matching by
content.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_event_members import EVENT_MEMBERS

ORDER = ("member_table", "member_id", "known_at", "load_seq", "revision", "payload_sha256", "byte_start")


def event_members(announcements: pl.DataFrame, cycle_events: pl.DataFrame) -> pl.DataFrame:
    """Return the members of every happening; its id is the announcement's.

    A restatement of a member that leaves its announcement alone makes no new version: the happening stays known since
    its first.

    Args:
        announcements: versions of `core.announcements`.
        cycle_events: versions of `core.cycle_events`.

    Returns:
        `core.event_members` in its contract's schema, with the clocks, load and address of the member's row; sorted by
        member and time of knowledge. `revision` counts versions of the membership.
    """
    members = pl.concat(
        [
            _members(announcements, "core.announcements", "item_id"),
            _members(cycle_events, "core.cycle_events", "cycle_event_id"),
        ]
    ).sort(ORDER)
    before = pl.col("event_id").shift().over(EVENT_MEMBERS.key)
    changed = members.filter(before.is_null() | (before != pl.col("event_id")))
    return changed.with_columns(
        revision=pl.int_range(pl.len(), dtype=pl.Int64).over(EVENT_MEMBERS.key),
    ).select(EVENT_MEMBERS.column_names)


def _members(rows: pl.DataFrame, table: str, id_column: str) -> pl.DataFrame:
    return rows.with_columns(
        event_id=pl.col("announcement_id"),
        member_table=pl.lit(table),
        member_id=pl.col(id_column),
        matched_by=pl.lit("announcement_id"),
    ).select(EVENT_MEMBERS.column_names)
