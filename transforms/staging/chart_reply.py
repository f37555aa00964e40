"""The shape of a v8 chart reply: from bytes to the few parts that are read, each checked.

Here: JSON, arrays of one length, numbers that are numbers. Not here: what they mean (`chart`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from aicycle.errors import RefusedFileError
from transforms.staging.assemble import Place
from transforms.staging.batch import Payload
from transforms.staging.cells import SHOWN_CHARACTERS

QUOTES = {"open": float, "high": float, "low": float, "close": float, "volume": int}
DAILY = "1d"
LATEST_STAMP = 7_258_118_400
"""2200-01-01: a later one is no time stamp in seconds."""

BARS = pl.Schema(
    {
        "stamp": pl.Int64(),
        **{name: pl.Int64() if kind is int else pl.Float64() for name, kind in QUOTES.items()},
        "trouble": pl.String(),
    }
)
ACTIONS = pl.Schema(
    {
        "stamp": pl.Int64(),
        "kind": pl.String(),
        "ratio": pl.Float64(),
        "amount": pl.Float64(),
        "currency": pl.String(),
        "trouble": pl.String(),
    }
)

_RESULT = re.compile(r'"result"\s*:\s*\[\s*')


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartReply:
    """The parts of a reply that are read."""

    symbol: str
    currency: str | None
    time_zone: str
    bars: pl.DataFrame
    """Columns of `BARS`: epoch seconds, prices, volume, and per row what could not be read (null: nothing)."""
    actions: pl.DataFrame
    """Columns of `ACTIONS`, ordered by time and kind."""
    place: Place
    """Where the result object stands in the payload."""


def refused(payload: Payload, problem: str) -> RefusedFileError:
    """Return the error for a reply that can't be taken."""
    return RefusedFileError(
        f"{payload.name}: {problem}",
        where=f"payload {payload.sha256[:12]}",
        expected="a v8 chart reply with daily bars of one symbol",
        next_command="run again later; if it stays, the vendor changed its reply",
    )


def chart_reply(payload: Payload) -> ChartReply:
    """Read a reply.

    Raises:
        RefusedFileError: it is an error, no chart, about another symbol, or not about daily bars.
    """
    text, result = _result(payload)
    meta = _part(payload, result, "meta")
    symbol, time_zone, currency = (meta.get(key) for key in ("symbol", "exchangeTimezoneName", "currency"))
    if not isinstance(symbol, str) or not isinstance(time_zone, str):
        raise refused(payload, "meta.symbol or meta.exchangeTimezoneName is missing")
    asked = payload.name.removeprefix("chart/")
    if asked not in {payload.name, symbol}:
        raise refused(payload, f"the reply is about {symbol!r}, {asked!r} was asked for")
    if meta.get("dataGranularity", DAILY) != DAILY:
        raise refused(payload, f"granularity is {meta['dataGranularity']!r}")
    return ChartReply(
        symbol=symbol,
        currency=currency if isinstance(currency, str) else None,
        time_zone=time_zone,
        bars=_bars(payload, result),
        actions=_actions(result),
        place=_place(payload, text, result),
    )


def _result(payload: Payload) -> tuple[str, Mapping[str, object]]:
    """Return the reply's text and its one result object."""
    try:
        text = payload.content.decode("utf-8")
        reply = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(payload, f"not JSON ({error})") from error
    chart = reply.get("chart") if isinstance(reply, dict) else None
    if not isinstance(chart, dict):
        raise refused(payload, "no chart in it")
    if chart.get("error"):
        raise refused(payload, f"the vendor answers {json.dumps(chart['error'])[:200]}")
    results = chart.get("result")
    if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], dict):
        raise refused(payload, "chart.result is not a list of one object")
    return text, results[0]


def _place(payload: Payload, text: str, result: Mapping[str, object]) -> Place:
    """Return where the result object stands; the whole payload if that can't be told."""
    decoder = json.JSONDecoder()
    for found in _RESULT.finditer(text):
        try:
            value, end = decoder.raw_decode(text, found.end())
        except ValueError:
            continue
        if value == result:
            start = len(text[: found.end()].encode())
            return text.count("\n", 0, found.end()) + 1, start, start + len(text[found.end() : end].encode())
    return 1, 0, len(payload.content)


def _part(payload: Payload, parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return an object within an object."""
    part = parent.get(key)
    if not isinstance(part, dict):
        raise refused(payload, f"{key} is missing")
    return part


def _bars(payload: Payload, result: Mapping[str, object]) -> pl.DataFrame:
    """Return the quote arrays as a frame."""
    stamps = result.get("timestamp")
    quotes = _part(payload, result, "indicators").get("quote")
    if not isinstance(stamps, list) or not stamps or not isinstance(quotes, list) or not quotes or not quotes[0]:
        raise refused(payload, "no bars in it")
    if not all(isinstance(stamp, int) and 0 <= stamp < LATEST_STAMP for stamp in stamps):
        raise refused(payload, "timestamp holds what is no time")
    if not isinstance(quotes[0], dict):
        raise refused(payload, "indicators.quote is not a list of objects")
    troubles: list[list[str]] = [[] for _ in stamps]
    columns: dict[str, list[float | int | None]] = {}
    for name, kind in QUOTES.items():
        values = quotes[0].get(name)
        if not isinstance(values, list) or len(values) != len(stamps):
            raise refused(payload, f"{name} does not hold one value per time stamp")
        columns[name] = [_number(value, name, kind, trouble) for value, trouble in zip(values, troubles, strict=True)]
    joined = ["; ".join(trouble) or None for trouble in troubles]
    return pl.DataFrame({"stamp": stamps, **columns, "trouble": joined}, schema=BARS)


def _actions(result: Mapping[str, object]) -> pl.DataFrame:
    """Return splits and dividends as a frame."""
    events = result.get("events")
    rows: list[dict[str, object]] = []
    for name, kind in (("dividends", "cash_dividend"), ("splits", "split")):
        listed = events.get(name) if isinstance(events, dict) else None
        rows.extend(_action(kind, event) for event in (listed.values() if isinstance(listed, dict) else ()))
    return pl.DataFrame(rows, schema=ACTIONS).sort("stamp", "kind", maintain_order=True, nulls_last=True)


def _action(kind: str, event: object) -> dict[str, object]:
    """Return one event as a row."""
    given: Mapping[str, object] = event if isinstance(event, dict) else {}
    trouble: list[str] = []
    stamp, currency = given.get("date"), given.get("currency")
    if not isinstance(stamp, int) or not 0 <= stamp < LATEST_STAMP:
        trouble.append(f"date: {str(stamp)[:SHOWN_CHARACTERS]} is not a time stamp")
        stamp = None
    parts = ("amount",) if kind == "cash_dividend" else ("numerator", "denominator")
    values = [_number(given.get(part), part, float, trouble) for part in parts]
    is_whole = all(value is not None and value > 0 for value in values)
    if not is_whole and not trouble:
        trouble.append(f"{' or '.join(parts)}: missing or not above zero")
    ratio = values[0] / values[1] if is_whole and kind == "split" and values[0] and values[1] else None
    return {
        "stamp": stamp,
        "kind": kind,
        "ratio": ratio,
        "amount": values[0] if kind == "cash_dividend" else None,
        "currency": currency if isinstance(currency, str) and currency else None,
        "trouble": "; ".join(trouble) or None,
    }


def _number(value: object, name: str, kind: type, trouble: list[str]) -> float | int | None:
    """Return a number of `kind`, or None with a note unless it is null."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63:
        if kind is float and math.isfinite(value):
            return float(value)
        if kind is int and value == int(value):
            return int(value)
    trouble.append(f"{name}: {str(value)[:SHOWN_CHARACTERS]!r} is not a {'whole ' * (kind is int)}number")
    return None
