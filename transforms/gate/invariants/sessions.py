"""Sessions that did not come: of one listing, of a whole exchange, of one currency pair, of all.

Here: completeness and freshness of `core.daily_bars` and `core.fx_rates`. Not here: which days are sessions
(`transforms.gate.sessions`), sessions that came and are none (`transforms.gate.measures.bars`).

Nothing is held against today's clock: what is newest anywhere says how far the data should reach, so that an old
recording is as complete today as it was. Exchanges that keep one calendar are one market.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import numpy as np
import polars as pl

from aicycle.model.parameters import Universe
from transforms.gate.bar_tracks import BARS, RATES
from transforms.gate.context import GateContext
from transforms.gate.invariants.schema import METRICS_SCHEMA
from transforms.gate.sessions import Days, scheduled_sessions
from transforms.staging.clocks import bar_clocks, fx_clocks

LEAST_RHYTHM = 3
"""Rates of a pair from which on the gaps between them tell its rhythm."""
LATEST_RATES = 60
"""The last so many tell it: a pair may have become more frequent."""
ENOUGH_PAIRS_FRAC = 0.5
"""A day is a fixing day if as many pairs have it: a single stray rate makes no day."""


def missing_bars(context: GateContext) -> pl.DataFrame:
    """Return, per listing, the sessions since its first on which its market was open, and that it lacks.

    A market was open if another of its listings has a bar, or if it never stays closed without notice.

    Args:
        context: what is believed of bars; the universe.

    Returns:
        `METRICS_SCHEMA`: value 1 per missing session, one line with value 0 for a listing that lacks none.
    """
    by_symbol = _bars(context)
    missing: list[_Missed] = []
    for code, symbols in _markets(by_symbol, context.universe).items():
        traded, sessions = _union(by_symbol[s] for s in symbols), scheduled_sessions(code)
        days = np.intersect1d(traded, sessions, assume_unique=True)
        if code not in _closing_without_notice(context.universe):
            # Nobody has a bar, and the market was open: what got lost is everybody's.
            days = sessions[np.searchsorted(sessions, traded[0]) : np.searchsorted(sessions, traded[-1], "right")]
        for symbol in symbols:
            own = by_symbol[symbol]
            lacking = np.setdiff1d(days[np.searchsorted(days, own[0]) :], own, assume_unique=True)
            missing += [
                _Missed(symbol, day, f"{symbol} has no bar for {day}, on which its market was open")
                for day in lacking.tolist()
            ]
    missing.sort(key=lambda missed: (missed.subject, missed.day))
    return _lines("sessions.missing", by_symbol, missing, context)


def bars_behind(context: GateContext) -> pl.DataFrame:
    """Return, per listing of a market that lags behind the newest of all by too many of its own sessions, by how many.

    Args:
        context: what is believed of bars; the universe; `lag_sessions`.

    Returns:
        `METRICS_SCHEMA`: one line per listing. A market that lags holds all its listings from its first missed session.
    """
    by_symbol = _bars(context)
    limit = context.rules.prices.lag_sessions.value
    parts = [METRICS_SCHEMA.to_frame()]
    if not by_symbol:
        return parts[0]
    anchor = max(days[-1] for days in by_symbol.values())
    for code, symbols in _markets(by_symbol, context.universe).items():
        sessions = scheduled_sessions(code)
        newest = max(by_symbol[symbol][-1] for symbol in symbols)
        missed = sessions[np.searchsorted(sessions, newest, "right") : np.searchsorted(sessions, anchor, "right")]
        since = f"nothing has come from its market since {newest}, {len(missed)} sessions before {anchor}"
        behind = [_Missed(s, missed[0].item(), f"{s}: {since}") for s in symbols] if len(missed) > limit else []
        parts.append(_lines("sessions.behind", symbols, behind, context, value=len(missed), limit=limit))
    return pl.concat(parts)


def closed_sessions(context: GateContext) -> pl.DataFrame:
    """Return, per market that may close without notice, the scheduled sessions on which no listing has a bar.

    Storms, mourning: such days are no fault, but they are worth a word.

    Args:
        context: what is believed of bars; the universe.

    Returns:
        `METRICS_SCHEMA`, subject kind `calendar`: value 1 per session, one line with value 0 for a market without.
    """
    by_symbol = _bars(context)
    parts = [METRICS_SCHEMA.to_frame()]
    for code, symbols in _markets(by_symbol, context.universe).items():
        if code not in _closing_without_notice(context.universe):
            continue
        days, sessions = _union(by_symbol[symbol] for symbol in symbols), scheduled_sessions(code)
        between = sessions[np.searchsorted(sessions, days[0]) : np.searchsorted(sessions, days[-1])]
        closed = [
            _Missed(
                min(symbols), day, f"{code} was to have a session on {day}, nobody has a bar: closed without notice?"
            )
            for day in np.setdiff1d(between, days, assume_unique=True).tolist()
        ]
        lines = _lines("sessions.closed", [] if closed else [code], closed, context)
        parts.append(
            lines.with_columns(
                subject_kind=pl.lit("calendar"),
                subject_id=pl.lit(code),
                metric=pl.lit("session"),
                row_key=pl.lit(None, pl.String),
            )
        )
    return pl.concat(parts)


def missing_rates(context: GateContext) -> pl.DataFrame:
    """Return, per pair, the fixing days since its first that it lacks. A day without any rate is a holiday.

    Args:
        context: what is believed of rates; the universe.

    Returns:
        `METRICS_SCHEMA`: value 1 per missing day, one line with value 0 for a pair that lacks none.
    """
    by_pair = _rates(context)
    missing: list[_Missed] = []
    if by_pair:
        days, counts = np.unique(np.concatenate(list(by_pair.values())), return_counts=True)
        firsts = np.sort([own[0] for own in by_pair.values()])
        fixings = days[counts >= np.searchsorted(firsts, days, "right") * ENOUGH_PAIRS_FRAC]
        for pair, own in by_pair.items():
            lacking = np.setdiff1d(fixings[np.searchsorted(fixings, own[0]) :], own, assume_unique=True)
            missing += [
                _Missed(pair, day, f"{pair} has no rate for {day}, on which other pairs have one")
                for day in lacking.tolist()
            ]
    return _lines("rates.missing", by_pair, missing, context)


def rates_behind(context: GateContext) -> pl.DataFrame:
    """Return, per pair, on how many sessions since the newest rate of all any exchange has traded.

    A pair that comes once a month is behind when several months have passed.

    Args:
        context: what is believed of rates and bars; the universe; `lag_sessions`, `young_lag_sessions`.

    Returns:
        `METRICS_SCHEMA`: one line per pair. Rates that lag are not to be believed from the day on which the next one
        was to come.
    """
    by_pair, by_symbol = _rates(context), _bars(context)
    parts = [METRICS_SCHEMA.to_frame()]
    if not by_pair:
        return parts[0]
    newest = max(days[-1] for days in by_pair.values())
    traded = _union(by_symbol.values()) if by_symbol else np.zeros(0, "datetime64[D]")
    since = traded[np.searchsorted(traded, newest, "right") :]
    alike: dict[tuple[int, float], list[str]] = {}
    for pair, own in by_pair.items():
        alike.setdefault(_rhythm(own, traded, context), []).append(pair)
    for (rhythm, limit), pairs in alike.items():
        said = f"no rate has come since {newest}, exchanges traded on {len(since)} days since"
        behind = [_Missed(p, since[rhythm - 1].item(), f"{p}: {said}") for p in pairs] if len(since) > limit else []
        parts.append(_lines("rates.behind", pairs, behind, context, value=len(since), limit=limit))
    return pl.concat(parts)


def _rhythm(own: Days, traded: Days, context: GateContext) -> tuple[int, float]:
    """Return on how many days exchanges trade from one rate of a pair to the next, and on how many it may lag."""
    rules = context.rules.prices
    if len(own) < LEAST_RHYTHM:
        return 1, rules.young_lag_sessions.value
    usual = np.median(np.diff(np.searchsorted(traded, own[-LATEST_RATES:])))
    rhythm = max(1, round(float(usual)))
    return rhythm, rules.lag_sessions.value * rhythm


@dataclass(frozen=True, slots=True)
class _Missed:
    """A session of a listing or pair that did not come."""

    subject: str
    day: date
    said: str


@lru_cache(maxsize=1)
def _bars(context: GateContext) -> Mapping[str, Days]:
    """Return the sessions that are believed of each listing, in order. All invariants of a context share the answer."""
    listed = {
        li.symbol for c in context.universe.companies for li in c.listings if context.universe.exchange(li.exchange)
    }
    return {symbol: days for symbol, days in _days_of(context, BARS, "symbol").items() if symbol in listed}


@lru_cache(maxsize=1)
def _rates(context: GateContext) -> Mapping[str, Days]:
    asked = set(context.universe.fx_pairs)
    return {pair: days for pair, days in _days_of(context, RATES, "pair").items() if pair in asked}


def _days_of(context: GateContext, table: str, subject: str) -> dict[str, Days]:
    grouped = (
        context.rows(table).lazy().group_by(subject).agg(pl.col("session").unique().sort()).sort(subject).collect()
    )
    ends = grouped["session"].list.len().cum_sum().to_list()
    days = grouped["session"].explode().to_numpy().astype("datetime64[D]")
    return dict(zip(grouped[subject].to_list(), np.split(days, ends[:-1]), strict=True)) if ends else {}


def _markets(by_symbol: Mapping[str, Days], universe: Universe) -> dict[str, list[str]]:
    """Return the listings of each calendar."""
    found: dict[str, list[str]] = {}
    for company in universe.companies:
        for listing in company.listings:
            exchange = universe.exchange(listing.exchange)
            if exchange is not None and exchange.calendar and listing.symbol in by_symbol:
                found.setdefault(exchange.calendar, []).append(listing.symbol)
    return {code: sorted(symbols) for code, symbols in sorted(found.items())}


def _closing_without_notice(universe: Universe) -> set[str]:
    return {e.calendar for e in universe.exchanges if e.closes_without_notice}


def _union(days: Iterable[Days]) -> Days:
    return np.unique(np.concatenate(list(days)))


def _lines(
    check_name: str,
    subjects: Iterable[str],
    missed: Sequence[_Missed],
    context: GateContext,
    *,
    value: float | None = None,
    limit: float = 0,
) -> pl.DataFrame:
    """Return one failing line per session that was missed, one passing line for each other subject."""
    kind, metric = ("pair", "rate") if check_name.startswith("rates") else ("symbol", "close")
    failing = {one.subject for one in missed}
    good = [subject for subject in subjects if subject not in failing]
    few = len(missed)
    return pl.DataFrame(
        {
            "check_name": [check_name] * (few + len(good)),
            "value": [1.0 if value is None else float(value)] * few
            + [0.0 if value is None else float(value)] * len(good),
            "limit": [float(limit)] * (few + len(good)),
            "said": [one.said for one in missed] + [None] * len(good),
            "subject_kind": [kind] * (few + len(good)),
            "subject_id": [one.subject for one in missed] + good,
            "metric": [metric] * (few + len(good)),
            "row_key": [json.dumps([one.subject, one.day.isoformat()]) for one in missed] + [None] * len(good),
            "known_at": [*_instants(kind, missed, context), *[None] * len(good)],
        },
        schema=METRICS_SCHEMA,
    )


def _instants(kind: str, missed: Sequence[_Missed], context: GateContext) -> list[datetime]:
    """Return when each missed session was to be known."""
    if not missed:
        return []
    # The clocks look at the currency only to object to it.
    clocks = bar_clocks(context.universe) if kind == "symbol" else fx_clocks(context.universe)
    rows = pl.DataFrame({kind: [one.subject for one in missed], "session": [one.day for one in missed]})
    return rows.select(clocks.known_at.cast(METRICS_SCHEMA["known_at"])).to_series().to_list()
