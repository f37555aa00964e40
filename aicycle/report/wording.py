"""How values are worded for people, and how foreign text is made harmless.

Here: numbers, days, amounts and texts from data as short strings, null included. Not here: HTML (the templates escape
everything) and sentences about the data (`aicycle.report.sections`).
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime

MISSING = "\u2013"
"""What stands where there is no value."""

DASH = "\u2013"
"""Stands between the ends of a range."""

UNREADABLE = 1e15
"""From here on digits are not read any more."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, direction overrides (they can make a text read as another) and half surrogates."""

_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def plain(value: object, limit: int = 2000) -> str:
    """Return `value` as one line of printable text of at most `limit` code points; null as `MISSING`."""
    if value is None:
        return MISSING
    text = " ".join(_UNPRINTABLE.sub("\ufffd", str(value)).split())
    if not text:
        return MISSING
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def chart_text(value: object, limit: int = 120) -> str:
    """Return `value` for a text inside a chart: plotly reads a subset of HTML there, so none may be left."""
    return plain(value, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def finite(value: object) -> float | None:
    """Return a finite number, else None: NaN and infinities are no values."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def number(value: object, digits: int = 2) -> str:
    """Return a number with `digits` decimals and thousands separators."""
    found = finite(value)
    if found is None:
        return MISSING
    text = f"{found:,.{digits}f}" if abs(found) < UNREADABLE else f"{found:.2e}"
    return text.replace("-", "\u2212")


def whole(value: object) -> str:
    """Return a count with thousands separators."""
    return number(value, 0)


def signed(value: object, digits: int = 3) -> str:
    """Return a number that always shows its sign, zero apart."""
    found = finite(value)
    return MISSING if found is None else ("+" if found > 0 else "") + number(found, digits)


def percent(frac: object, digits: int = 0) -> str:
    """Return a fraction as a percentage."""
    found = finite(frac)
    return MISSING if found is None else f"{number(found * 100, digits)}%"


def points(frac: object, digits: int = 1) -> str:
    """Return a difference of fractions in percentage points, its sign always shown, zero apart."""
    found = finite(frac)
    return MISSING if found is None else signed(round(found * 100, digits) + 0.0, digits)


def compact(value: object) -> str:
    """Return an amount in its natural scale: `380 bn`."""
    found = finite(value)
    if found is None:
        return MISSING
    for scale, name in _SCALES:
        if abs(found) >= scale:
            return f"{_short(found / scale)} {name}"
    return _short(found)


def amount_range(low: object, high: object, currency: object) -> str:
    """Return an amount or a range as it was announced; both ends null: `no amount given`."""
    low_value, high_value = finite(low), finite(high)
    if low_value is None and high_value is None:
        return "no amount given"
    unit = plain(currency, 8) if currency is not None else "currency unknown"
    ends = [compact(end) for end in (low_value, high_value) if end is not None]
    if len(ends) > 1 and ends[0] == ends[1]:
        ends = ends[:1]
    if len(ends) > 1 and ends[0].rpartition(" ")[2] == ends[1].rpartition(" ")[2]:
        ends[0] = ends[0].rpartition(" ")[0] or ends[0]
    return f"{unit} {DASH.join(ends)}"


def day(value: object) -> str:
    """Return a day, or the day of an instant, as ISO 8601."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else plain(value)


def month(value: date) -> str:
    """Return a day's month, whatever the machine's language: `Jun 2025`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def between(low: object, high: object, digits: int = 0) -> str:
    """Return the ends of a range of numbers; both null: `MISSING`."""
    if finite(low) is None and finite(high) is None:
        return MISSING
    return f"{number(low, digits)}{DASH}{number(high, digits)}"


def instant(value: object) -> str:
    """Return an instant to the minute; the last moment of a day is that day."""
    if not isinstance(value, datetime):
        return day(value)
    if (value.hour, value.minute, value.second) == (23, 59, 59):
        return value.date().isoformat()
    return f"{value:%Y-%m-%d %H:%M} UTC"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: `1 row`, `2 rows`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _short(value: float) -> str:
    text = number(value, 1 if abs(value) < 100 else 0)  # noqa: PLR2004 - three digits are enough to read
    return text.removesuffix(".0")
