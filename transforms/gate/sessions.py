"""Which days an exchange has a session on, by its own calendar.

Here: the one door to the calendar library, as arrays of days. Not here: what a missing or an odd session means
(`transforms.gate.measures`, `transforms.gate.invariants`).

The library knows holidays, not weather: a day it calls a session may yet have none. It is loaded only when a calendar
is asked for: it brings pandas along and takes a second.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

Days = npt.NDArray[np.datetime64]
FIRST_DAY, LAST_DAY = "1990-01-01", "2049-12-31"
"""The span that is asked for. The library's own ends a year from today: an answer that rested on it would change."""


def scheduled_sessions(code: str) -> Days:
    """Return the scheduled sessions of an exchange, in order, dtype datetime64[D].

    Args:
        code: of the calendar, as `exchange_calendars` spells it.

    Raises:
        exchange_calendars.errors.InvalidCalendarName: there is no such calendar.
    """
    return _sessions(code)


def is_covered(code: str, days: Days) -> npt.NDArray[np.bool_]:
    """Return, per day, whether it lies in the span that the calendar knows."""
    sessions = _sessions(code)
    covered: npt.NDArray[np.bool_] = (days >= sessions[0]) & (days <= sessions[-1])
    return covered


def is_scheduled(code: str, days: Days) -> npt.NDArray[np.bool_]:
    """Return, per day, whether the calendar has a session on it."""
    sessions = _sessions(code)
    place = np.minimum(np.searchsorted(sessions, days), len(sessions) - 1)
    found: npt.NDArray[np.bool_] = sessions[place] == days
    return found


def session_numbers(code: str, days: Days) -> npt.NDArray[np.int64]:
    """Return, per day, how many scheduled sessions there were up to it, that day included."""
    return np.searchsorted(_sessions(code), days, side="right")


@lru_cache(maxsize=64)
def _sessions(code: str) -> Days:
    import exchange_calendars  # noqa: PLC0415 - a second and pandas: only where a calendar is asked for

    with warnings.catch_warnings():
        # The library's own calls of pandas: nothing a reader of ours could do about.
        warnings.simplefilter("ignore", DeprecationWarning)
        known = exchange_calendars.get_calendar(code)
        start, end = _within_bounds(known)
        sessions: Days = exchange_calendars.get_calendar(code, start=start, end=end).sessions.to_numpy()
    return sessions.astype("datetime64[D]")


def _within_bounds(known: ExchangeCalendar) -> tuple[str, str]:
    """Return the span that can be asked for: holidays of some exchanges are recorded for fewer years."""
    earliest, latest = known.bound_min(), known.bound_max()
    return (
        FIRST_DAY if earliest is None else max(FIRST_DAY, f"{earliest:%Y-%m-%d}"),
        LAST_DAY if latest is None else min(LAST_DAY, f"{latest:%Y-%m-%d}"),
    )
