"""Time as aicycle means it: instants in UTC, as-of days that end with their last microsecond.

Here: what "known by" and "the end of that span" mean. Not here: a clock. Whoever needs one is given it.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

Clock = Callable[[], datetime]
"""Gives the present instant, with a time zone."""

LAST_MOMENT = time(23, 59, 59, 999999, tzinfo=UTC)
"""The end of a day, inclusive: one microsecond, the warehouse's resolution, before the next."""

TICK = timedelta(microseconds=1)


def system_clock() -> datetime:
    """Return the machine's present instant in UTC. The only place that reads it."""
    return datetime.now(UTC)


def end_of_day(day: date) -> datetime:
    """Return the last instant of `day` in UTC."""
    return datetime.combine(day, LAST_MOMENT)


def end_of_span(text: str) -> datetime:
    """Return the last instant, UTC, of the day, month or year that `text` names.

    Args:
        text: `2025-09-28`, `2025-09` or `2025`.

    Raises:
        ValueError: the text is none of the three, or no such day exists.
    """
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1 and len(text) == len("2025"):
        return end_of_day(date(parts[0], 12, 31))
    if len(parts) == 2 and len(text) == len("2025-09"):  # noqa: PLR2004
        return end_of_day(date(parts[0], parts[1], calendar.monthrange(parts[0], parts[1])[1]))
    return end_of_day(date.fromisoformat(text))


def as_of_instant(as_of: date | datetime) -> datetime:
    """Return the instant up to which, inclusive, facts count as known.

    Args:
        as_of: a day (then: its end in UTC) or an instant with a time zone.

    Raises:
        ValueError: an instant without a time zone.
    """
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            msg = f"as-of instant {as_of.isoformat()} has no time zone"
            raise ValueError(msg)
        return as_of.astimezone(UTC)
    return end_of_day(as_of)


def parse_as_of(text: str) -> datetime:
    """Read a day, or an ISO 8601 instant with its offset, as an as-of instant.

    Raises:
        ValueError: neither, or an instant without an offset.
    """
    if "T" in text or " " in text:
        return as_of_instant(datetime.fromisoformat(text))
    return as_of_instant(date.fromisoformat(text))
