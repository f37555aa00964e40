"""Synthetic v8 chart replies in our own numbers: what the vendor's look like, small enough to read."""

from __future__ import annotations

import json
import struct
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

ZONES = {"HK": "Asia/Hong_Kong", "=X": "Europe/London"}


def single(value: float | None) -> float | None:
    """The value as the vendor writes it: a 32-bit float, widened."""
    return None if value is None else struct.unpack("f", struct.pack("f", value))[0]


def stamp(day: date, zone: str, clock: time) -> int:
    """Epoch seconds of a local time."""
    return int(datetime.combine(day, clock, ZoneInfo(zone)).timestamp())


def v8_reply(symbol: str, bars, *, currency="USD", dividends=(), splits=(), meta=None, quote=None) -> bytes:
    """A chart reply.

    Args:
        symbol: in the vendor's spelling.
        bars: (day, open, high, low, close, volume), or (day, local time, open, ...) for another stamp than the open.
        currency: of the prices.
        dividends: (day, amount).
        splits: (day, numerator, denominator).
        meta: replaces parts of `meta`.
        quote: replaces arrays of the quote.
    """
    zone = ZONES.get(symbol[-2:], "America/New_York")
    opens = time(0, 0) if symbol.endswith("=X") else time(9, 30)
    rows = [bar if isinstance(bar[1], time) else (bar[0], opens, *bar[1:]) for bar in bars]
    arrays = {name: [single(row[2 + at]) for row in rows] for at, name in enumerate(("open", "high", "low", "close"))}
    arrays["volume"] = [row[6] for row in rows]
    result = {
        "meta": {
            "currency": currency,
            "symbol": symbol,
            "instrumentType": "CURRENCY" if symbol.endswith("=X") else "EQUITY",
            "exchangeTimezoneName": zone,
            "dataGranularity": "1d",
            "validRanges": ["1d", "max"],
            "currentTradingPeriod": {
                part: {"timezone": "X", "start": 0, "end": 0, "gmtoffset": 0} for part in ("pre", "regular", "post")
            },
        }
        | (meta or {}),
        "timestamp": [stamp(row[0], zone, row[1]) for row in rows],
        "indicators": {"quote": [arrays | (quote or {})], "adjclose": [{"adjclose": arrays["close"]}]},
    }
    events = {}
    if dividends:
        listed = [(stamp(day, zone, opens), amount) for day, amount in dividends]
        events["dividends"] = {str(at): {"amount": amount, "date": at} for at, amount in listed}
    if splits:
        listed = [(stamp(day, zone, opens), up, down) for day, up, down in splits]
        events["splits"] = {
            str(at): {"date": at, "numerator": up, "denominator": down, "splitRatio": f"{up}:{down}"}
            for at, up, down in listed
        }
    if events:
        result["events"] = events
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()
