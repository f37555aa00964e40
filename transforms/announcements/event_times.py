"""When an event happens, as far as its sentence says so.

Here: days and months by name, and phrases of `spans`, brought to a year, month or day. Not here: spans of spending
(`horizons`).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from transforms.announcements.clues import Clues, Place
from transforms.announcements.spans import MONTHS, resolved

POINTS = frozenset(
    {"year", "until_year", "until_month", "quarter", "fiscal_quarter", "last_quarter", "this_quarter", "next_quarter",
     "quarter_to_month", "half_year", "this_year", "next_year", "last_year"}
)  # fmt: skip
"""Phrases that say when something happens, not for how long."""
HAN_DAY = re.compile(r"(?:(?P<year>20\d\d)年)?(?P<month>1[0-2]|[1-9])月(?:(?P<day>[12]\d|3[01]|[1-9])[日号])?")
LAST_DAY = 31


def event_time(
    clues: Clues, place: Place, *, company: str | None, published: date | None, is_ahead: bool
) -> str | None:
    """Return the year, month or day a sentence gives for an event; None where it gives none, or several.

    Args:
        clues: the sentence.
        place: where the event stands.
        company: whose fiscal quarters are meant.
        published: day of publication; None: a month without year stays open.
        is_ahead: whether it is still to come: "in June" is then the next one, else the last.
    """
    start, end = clues.clause(*place)
    days = [_day(clues, found, published, is_ahead=is_ahead) for found in _days(clues).finditer(clues.text)]
    # "Postponed until December" is not when it is postponed.
    until = clues.event_cue("until")
    named = [day for day in days if day is not None and not any(e <= day[0] <= e + 2 for _, e in until)]
    # Of another clause only what stands before: "By the end of June, ...".
    own = [t for at, t in named if start <= at < end] or [t for at, t in named if at < start]
    if own:
        return own[0] if len(set(own)) == 1 else None
    known = clues.compiled.known.get((company or "").split("+")[0])
    year_end = known.fiscal_year_end_month if known is not None else MONTHS
    spans = [
        (p.start, found[1])
        for p in clues.phrases
        if p.means in POINTS
        and not any(s <= p.start <= e + 2 for s, e in until)
        and (found := resolved(p, published=published, fiscal_year_end_month=year_end, is_ahead=is_ahead)) is not None
    ]
    times = {t for at, t in spans if start <= at < end} or {t for at, t in spans if at < start}
    return times.pop() if len(times) == 1 else None


def _days(clues: Clues) -> re.Pattern[str]:
    return _pattern(tuple(clues.rules.language.months)) if clues.rules.language.is_spaced else HAN_DAY


@lru_cache(maxsize=8)
def _pattern(months: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(month.capitalize()) for month in sorted(months, key=len, reverse=True))
    return re.compile(
        rf"(?<![\w])(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s(?:of\s)?)?(?P<month>{names})(?!\w)"
        r"(?:\s(?P<day2>\d{1,2})(?:st|nd|rd|th)?(?![\d.:]))?(?:,?\s(?P<year>20\d\d))?"
    )


def _day(clues: Clues, found: re.Match[str], published: date | None, *, is_ahead: bool) -> tuple[int, str] | None:
    groups = found.groupdict()
    month = int(groups["month"]) if groups["month"].isdigit() else clues.rules.language.months[groups["month"].lower()]
    day = groups.get("day") or groups.get("day2")
    year = int(groups["year"]) if groups["year"] else _year(month, published, is_ahead=is_ahead)
    if year is None:
        return None
    is_day = day is not None and 1 <= int(day) <= LAST_DAY
    return found.start(), f"{year:04d}-{month:02d}-{int(day):02d}" if is_day and day else f"{year:04d}-{month:02d}"


def _year(month: int, published: date | None, *, is_ahead: bool) -> int | None:
    """Return the year of the nearest such month, to come or past, the one of publication included."""
    if published is None:
        return None
    if is_ahead:
        return published.year + (month < published.month)
    return published.year - (month > published.month)
