"""Which happening a row reports, since when that was known, and how much of it is left.

Here: rows of events or announcements, tied to their happenings, and fading. Not here: who is a member of what
(`transforms.event_members`), or what a happening speaks for (`transforms.phases`, `transforms.scenarios`).
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.core_event_members import EVENT_MEMBERS
from aicycle.contracts.schema import TableContract
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import RowOrigin
from transforms.point_in_time import known_by

DAYS_PER_YEAR = 365.25
MICROSECONDS_PER_DAY = 86_400_000_000

WHOLE_MARKET = "none"
"""Company of an event that is about a whole market."""


def known_happenings(
    rows: pl.DataFrame, members: pl.DataFrame, contract: TableContract, *, as_of: datetime
) -> pl.DataFrame:
    """Return the rows that report something by `as_of`, each with its happening.

    A happening is dated by the first print of the rows that report it here: of its company, in this table, and still
    standing. What is restated since, under the same announcement or another, makes nothing young again; what another
    table or company says of the same announcement, or said and took back, moves nothing.

    What is retracted or denied, only possible, said by others, said before, or named only as what it was before reports
    nothing and dates nothing. A row of an edition that a later one has replaced dates its happening and counts no more.
    So does what was read in a text and is what a source's own row says: the row says it better.

    Args:
        rows: all versions of `core.cycle_events` or `core.announcements`: with the newest alone, a restated row would
            count from its restatement on.
        members: versions of `core.event_members`.
        contract: the contract of `rows`.
        as_of: instant with a time zone.

    Returns:
        Rows in the newest version of each, plus `event_id`, `statement_id` (the first row that says the same),
        `first_known_at` (when the row was first known, in any version) and `happening_known_at`; sorted by key. A row
        without a member counts as a happening of its announcement.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    (key,) = contract.key
    known = rows.filter(pl.col("known_at") <= as_of_instant(as_of))
    first = known.group_by(key).agg(first_known_at=pl.col("known_at").min())
    memberships = known_by(members, EVENT_MEMBERS.key, as_of).filter(pl.col("member_table") == contract.full_name)
    return (
        _reporting(known_by(known, contract.key, as_of))
        .join(first, on=key)
        .join(
            memberships.select("member_id", "event_id", "statement_id", "is_replaced"),
            left_on=key,
            right_on="member_id",
            how="left",
        )
        .with_columns(pl.coalesce("event_id", "announcement_id"), pl.coalesce("statement_id", key))
        .with_columns(happening_known_at=pl.col("first_known_at").min().over("event_id", "company"))
        .filter(~pl.col("is_replaced").fill_null(value=False) & ~_said_by_a_row())
        .drop("is_replaced")
        .sort(key)
    )


def _said_by_a_row() -> pl.Expr:
    is_read = pl.col("origin").eq_missing(RowOrigin.EXTRACTED)
    return is_read & ~is_read.all().over("statement_id", "company")


NO_REPORT = ("is_retracted", "is_negated", "is_hypothetical", "is_third_party", "is_superseded", "is_restated")
"""Flags of a row that reports nothing that has happened or is announced now."""


def _reporting(rows: pl.DataFrame) -> pl.DataFrame:
    """Drop what reports nothing. Its history stays in core; of what was taken back, as of a later day, it never was."""
    flags = [pl.col(name).fill_null(value=False) for name in NO_REPORT if name in rows.columns]
    return rows.filter(~pl.any_horizontal(flags))


def left_of_it(known_at: pl.Expr, half_life_years: pl.Expr, *, as_of: datetime) -> pl.Expr:
    """Return what is left, 0 to 1, at `as_of` of something known since `known_at` that halves in `half_life_years`.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    age_us = (pl.lit(as_of_instant(as_of)).cast(pl.Datetime("us", "UTC")) - known_at).dt.total_microseconds()
    age_years = age_us / (MICROSECONDS_PER_DAY * DAYS_PER_YEAR)
    return pl.lit(0.5).pow(age_years / half_life_years)
