"""Daily bars of the sample: real closes on a few days, a seeded walk through them on all others.

Here: how sessions between two facts are filled, and how a row says which of the two it is. Not here: the facts
(`sample_facts/closes.csv`) and the files of the sample (`build_sample.py`).

A row is wholly a fact or wholly simulated. A fact is known by its close alone, so its open, high and low repeat the
close and its volume is 0: nothing is claimed about that day's range. All other rows say `simulated`.
"""

from __future__ import annotations

import csv
import math
import random
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import exchange_calendars

SEED = 20250928
BARS_HEADER = ("symbol", "session", "open", "high", "low", "close", "volume", "currency", "price_basis")
NORMAL = NormalDist()
SHARES_PER_ADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A listing and how it is walked."""

    symbol: str
    exchange: str
    """ISO 10383 code of the exchange, whose sessions are real."""
    currency: str
    daily_volatility: float
    """Standard deviation of a simulated session's log return."""
    typical_volume: int
    """Median of the simulated volume, in units of the last session."""
    splits: tuple[tuple[date, int], ...] = ()
    """First session on the new footing, new units per old one."""


LINES = (
    Line(symbol="9988.HK", exchange="XHKG", currency="HKD", daily_volatility=0.005, typical_volume=60_000_000),
    Line(symbol="BABA", exchange="XNYS", currency="USD", daily_volatility=0.020, typical_volume=15_000_000),
    Line(symbol="BIDU", exchange="XNYS", currency="USD", daily_volatility=0.024, typical_volume=3_000_000),
    Line(symbol="MSFT", exchange="XNYS", currency="USD", daily_volatility=0.013, typical_volume=21_000_000),
    Line(
        symbol="NVDA",
        exchange="XNYS",
        currency="USD",
        daily_volatility=0.028,
        typical_volume=250_000_000,
        splits=((date(2024, 6, 10), 10),),
    ),
)
"""The Hong Kong line's volatility is that of its premium over the New York line, which it is walked beside."""


def closes_of(table: Sequence[Mapping[str, str]], symbol: str) -> dict[date, float]:
    """Return the real closes of one listing, as traded, by session."""
    return {date.fromisoformat(row["session"]): float(row[symbol]) for row in table if row[symbol]}


def sessions(exchange: str, first: date, last: date) -> list[date]:
    """Return the exchange's sessions from `first` to `last`, both inclusive."""
    with warnings.catch_warnings():
        # exchange_calendars 4.13 uses two things that pandas 3.1 is about to take away.
        outdated = r"(Series\.values returning|DatetimeIndex\.weekday is)"
        warnings.filterwarnings("ignore", message=outdated, category=DeprecationWarning)
        found = exchange_calendars.get_calendar(exchange).sessions_in_range(str(first), str(last))
    return [stamp.date() for stamp in found]


def draws(*names: str) -> Iterator[float]:
    """Yield standard normal draws that depend on the names and the seed alone.

    `random.random` is promised to stay the same between Python versions, `random.gauss` is not.
    """
    source = random.Random("/".join((str(SEED), *names)))  # noqa: S311 - a reproducible walk, not a secret
    while True:
        yield NORMAL.inv_cdf(min(max(source.random(), 1e-12), 1 - 1e-12))


def bridged(anchors: Mapping[int, float], volatility: float, draw: Iterator[float]) -> list[float]:
    """Return a Brownian bridge through the anchors.

    Args:
        anchors: value by position; position 0 and the last position are among them.
        volatility: standard deviation of one step.
        draw: standard normal draws.
    """
    places = sorted(anchors)
    path = [anchors[places[0]]]
    for left, right in pairwise(places):
        steps = [volatility * next(draw) for _ in range(right - left)]
        drift = (anchors[right] - anchors[left] - math.fsum(steps)) / (right - left)
        value = anchors[left]
        for step in steps[:-1]:
            value += drift + step
            path.append(value)
        path.append(anchors[right])
    return path


def units_later(line: Line, session: date) -> int:
    """Return how many of the last session's units one unit of `session` has become by splits."""
    return math.prod(ratio for day, ratio in line.splits if session < day)


def tick(line: Line, price: float) -> float:
    """Return the exchange's price step: a cent in New York, growing with the price in Hong Kong."""
    if line.exchange == "XNYS":
        return 0.01
    return 0.05 if price < 100 else 0.1 if price < 200 else 0.2  # noqa: PLR2004 - the exchange's spread table


def rounded(line: Line, price: float) -> float:
    """Return the price on the exchange's grid."""
    step = tick(line, price)
    return round(round(price / step) * step, 2)


def bars(line: Line, days: Sequence[date], path: Sequence[float], facts: Mapping[date, float]) -> list[dict[str, str]]:
    """Return one row a session.

    Args:
        line: the listing.
        days: its sessions, ascending.
        path: log price of each session, in units of the last session.
        facts: real closes by session, as traded.
    """
    draw = draws(line.symbol, "bars")
    rows = []
    for place, day in enumerate(days):
        ratio = units_later(line, day)
        gap, above, below, busy = (next(draw) for _ in range(4))
        if day in facts:
            first = high = low = close = facts[day]
            volume = 0
        else:
            close = rounded(line, math.exp(path[place]) * ratio)
            first = rounded(line, math.exp(path[place - 1] + 0.008 * gap) * ratio)
            high = rounded(line, max(first, close) * math.exp(0.006 * abs(above)))
            low = rounded(line, min(first, close) * math.exp(-0.006 * abs(below)))
            volume = round(line.typical_volume / ratio * math.exp(0.35 * busy) / 100) * 100
        values = (line.symbol, day, *(f"{price:.2f}" for price in (first, high, low, close)), volume, line.currency)
        basis = "as_traded" if day in facts else "simulated"
        rows.append(dict(zip(BARS_HEADER, (*map(str, values), basis), strict=True)))
    return rows


def hong_kong_path(
    days: Sequence[date],
    facts: Mapping[date, float],
    new_york: Mapping[date, float],
    hkd_per_usd: Mapping[date, float],
    line: Line,
) -> list[float]:
    """Return the log price of the Hong Kong line: New York's, in Hong Kong dollars, times a walked premium.

    Walked on its own it would drift away from the same company's other line by more than it ever did.
    """
    listed, fixed = sorted(new_york), sorted(hkd_per_usd)

    def parity(day: date) -> float:
        reference = new_york[listed[bisect_right(listed, day) - 1]]
        return reference + math.log(hkd_per_usd[fixed[bisect_right(fixed, day) - 1]] / SHARES_PER_ADS)

    anchors = {place: math.log(facts[day]) - parity(day) for place, day in enumerate(days) if day in facts}
    premium = bridged(anchors, line.daily_volatility, draws(line.symbol, "premium"))
    return [parity(day) + over for day, over in zip(days, premium, strict=True)]


def price_rows(closes: Path, hkd_per_usd: Mapping[date, float]) -> list[dict[str, str]]:
    """Return the rows of `prices.csv`, by symbol and session.

    Args:
        closes: the table of real closes.
        hkd_per_usd: reference rate by day.
    """
    with closes.open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    first, last = (date.fromisoformat(table[place]["session"]) for place in (0, -1))
    days = {exchange: sessions(exchange, first, last) for exchange in {line.exchange for line in LINES}}
    paths: dict[str, list[float]] = {}
    facts = {line.symbol: closes_of(table, line.symbol) for line in LINES}
    for line in sorted(LINES, key=lambda line: line.exchange == "XHKG"):
        if line.exchange == "XHKG":
            new_york = dict(zip(days["XNYS"], paths["BABA"], strict=True))
            paths[line.symbol] = hong_kong_path(days["XHKG"], facts[line.symbol], new_york, hkd_per_usd, line)
            continue
        anchors = {
            place: math.log(facts[line.symbol][day] / units_later(line, day))
            for place, day in enumerate(days[line.exchange])
            if day in facts[line.symbol]
        }
        paths[line.symbol] = bridged(anchors, line.daily_volatility, draws(line.symbol, "walk"))
    return [row for line in LINES for row in bars(line, days[line.exchange], paths[line.symbol], facts[line.symbol])]
