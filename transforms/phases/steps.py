"""The filter's steps in time: calendar quarters up to the one that contains the as-of instant.

Here: their ends. Not here: what was known by then. The number of steps is fixed by the rules and not by the first fact:
no segment's answer can depend on how far back another one's facts reach.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from aicycle.model.instants import as_of_instant, end_of_day

MONTHS = 12
QUARTER = 3
TICK_US = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US_PER_YEAR = 365.25 * 86_400_000_000

Instants = NDArray[np.int64]
"""Microseconds since 1970 in UTC, as the frames store them."""


def microseconds(instant: datetime) -> int:
    """Return an instant in microseconds since 1970."""
    return (instant - EPOCH) // TICK_US


def quarter_ends(as_of: datetime, count: int) -> list[datetime]:
    """Return the last instants of `count` quarters, the earliest first; the last one is `as_of` itself.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    first_month = instant.year * MONTHS + (instant.month - 1) // QUARTER * QUARTER
    ends = [_day_before(first_month - QUARTER * back) for back in range(count - 1)]
    return [*reversed(ends), instant]


def _day_before(month: int) -> datetime:
    return end_of_day(date(month // MONTHS, month % MONTHS + 1, 1) - timedelta(days=1))
