"""Sessions that did not come: of one listing, of a whole exchange, of one currency pair, of all.

Here: completeness and freshness of `core.daily_bars` and `core.fx_rates`. Not here: which days are sessions
(`transforms.gate.sessions`), sessions that came and are none (`transforms.gate.measures.bars`).

Nothing is held against today's clock: what is newest anywhere says how far the data should reach, so that an old
recording is as complete today as it was. Exchanges that keep one calendar are one market.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from transforms.gate.bar_tracks import BARS, RATES, listings_frame
from transforms.gate.context import GateContext
from transforms.gate.invariants.schema import METRICS_SCHEMA
from transforms.gate.sessions import scheduled_sessions
from transforms.staging.clocks import bar_clocks, fx_clocks

ENOUGH_PAIRS_FRAC = 0.5
"""A day is a fixing day if as many pairs have it: a single stray rate makes no day."""


def missing_bars(context: GateContext) -> pl.DataFrame:
    """Return, per listing, the scheduled sessions since its first that another listing of its calendar has, it has not.

    Args:
        context: what is believed of bars; the universe.

    Returns:
        `METRICS_SCHEMA`: value 1 per missing session, one line with value 0 for a listing that lacks none.
    """
    bars = _bars(context)
    parts = []
    for code, market in _by_calendar(bars):
        days = np.intersect1d(market["session"].unique().to_numpy(), scheduled_sessions(code))
        wanted = (
            market.group_by("symbol")
            .agg(first=pl.col("session").min())
            .join(pl.DataFrame({"session": days}, schema={"session": pl.Date()}), how="cross")
            .filter(pl.col("session") >= pl.col("first"))
        )
        parts.append(wanted.join(market, on=["symbol", "session"], how="anti").select("symbol", "session"))
    missing = pl.concat([_NO_BARS.to_frame(), *parts]).sort("symbol", "session")
    said = pl.format("{} has no bar for {}, a session on which its market traded", "symbol", "session")
    found = _bar_findings(missing, said, context, check_name="sessions.missing")
    whole = bars.join(missing, on="symbol", how="anti")["symbol"].unique().sort()
    return pl.concat([found, _good("sessions.missing", "symbol", whole.to_list(), "close")])


def bars_behind(context: GateContext) -> pl.DataFrame:
    """Return, per listing of a market that lags behind the newest of all by too many of its own sessions, by how many.

    Args:
        context: what is believed of bars; the universe; `lag_sessions`.

    Returns:
        `METRICS_SCHEMA`: one line per listing. A market that lags holds all its listings from its first missed session.
    """
    bars = _bars(context)
    limit = context.rules.prices.lag_sessions.value
    parts = [METRICS_SCHEMA.to_frame()]
    if bars.is_empty():
        return parts[0]
    anchor = _newest(bars)
    for code, market in _by_calendar(bars):
        sessions = scheduled_sessions(code)
        newest = _newest(market)
        missed = sessions[(sessions > np.datetime64(newest)) & (sessions <= np.datetime64(anchor))]
        symbols = market["symbol"].unique().sort()
        if len(missed) <= limit:
            parts.append(_good("sessions.behind", "symbol", symbols.to_list(), "close", value=len(missed), limit=limit))
            continue
        first = pl.DataFrame({"symbol": symbols}).with_columns(session=pl.lit(missed[0].item()))
        said = pl.format(
            "{}: nothing has come from its market since " + f"{newest}, {len(missed)} sessions before {anchor}",
            "symbol",
        )
        parts.append(_bar_findings(first, said, context, check_name="sessions.behind", value=len(missed), limit=limit))
    return pl.concat(parts)


def closed_sessions(context: GateContext) -> pl.DataFrame:
    """Return, per market, the scheduled sessions between its first and its newest that no listing has.

    Storms, mourning: such days are no fault, but they are worth a word.

    Args:
        context: what is believed of bars; the universe.

    Returns:
        `METRICS_SCHEMA`, subject kind `calendar`: value 1 per session, one line with value 0 for a market without.
    """
    parts = [METRICS_SCHEMA.to_frame()]
    for code, market in _by_calendar(_bars(context)):
        days, sessions = market["session"].unique().sort().to_numpy(), scheduled_sessions(code)
        closed = np.setdiff1d(sessions[(sessions > days[0]) & (sessions < days[-1])], days)
        if not len(closed):
            parts.append(_good("sessions.closed", "calendar", [code], "session"))
            continue
        frame = pl.DataFrame({"session": closed}, schema={"session": pl.Date()}).with_columns(
            symbol=pl.lit(market["symbol"].min())
        )
        said = pl.format(code + " was to have a session on {}, nobody has a bar: closed without notice?", "session")
        parts.append(
            _bar_findings(frame, said, context, check_name="sessions.closed").with_columns(
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
    rates = _rates(context)
    spans = rates.group_by("pair").agg(first=pl.col("session").min())
    days = rates.group_by("session").len()
    wanted = spans.join(days, how="cross").filter(pl.col("session") >= pl.col("first"))
    is_fixing = pl.col("len") >= pl.len().over("session") * ENOUGH_PAIRS_FRAC
    missing = wanted.filter(is_fixing).join(rates, on=["pair", "session"], how="anti").sort("pair", "session")
    said = pl.format("{} has no rate for {}, on which other pairs have one", "pair", "session")
    found = _rate_findings(missing, said, context, check_name="rates.missing")
    whole = rates.join(missing, on="pair", how="anti")["pair"].unique().sort()
    return pl.concat([found, _good("rates.missing", "pair", whole.to_list(), "rate")])


def rates_behind(context: GateContext) -> pl.DataFrame:
    """Return, per pair, on how many sessions since the newest rate of all any exchange has traded.

    Args:
        context: what is believed of rates and bars; the universe; `lag_sessions`.

    Returns:
        `METRICS_SCHEMA`: one line per pair. Rates that lag are not to be believed from the first such session on.
    """
    rates, limit = _rates(context), context.rules.prices.lag_sessions.value
    pairs = rates["pair"].unique().sort()
    if rates.is_empty():
        return METRICS_SCHEMA.to_frame()
    newest = _newest(rates)
    since = _bars(context).filter(pl.col("session") > newest)["session"].unique().sort()
    if len(since) <= limit:
        return _good("rates.behind", "pair", pairs.to_list(), "rate", value=len(since), limit=limit)
    first = pl.DataFrame({"pair": pairs}).with_columns(session=pl.lit(since[0]))
    said = pl.format("{}: no rate has come " + f"since {newest}, exchanges traded on {len(since)} days since", "pair")
    return _rate_findings(first, said, context, check_name="rates.behind", value=len(since), limit=limit)


_NO_BARS = pl.Schema({"symbol": pl.String(), "session": pl.Date()})


def _bars(context: GateContext) -> pl.DataFrame:
    """Return symbol, session, calendar of what is believed of listings."""
    listings = listings_frame(context.universe).select("symbol", "calendar")
    return context.rows(BARS).select("symbol", "session").join(listings, on="symbol", how="inner")


def _newest(frame: pl.DataFrame) -> date:
    days: list[date] = frame["session"].to_list()
    return max(days)


def _by_calendar(bars: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    codes = sorted(set(bars["calendar"]) - {""})
    return [(code, bars.filter(pl.col("calendar") == code)) for code in codes]


def _rates(context: GateContext) -> pl.DataFrame:
    return context.rows(RATES).filter(pl.col("pair").is_in(list(context.universe.fx_pairs))).select("pair", "session")


def _bar_findings(
    rows: pl.DataFrame, said: pl.Expr, context: GateContext, *, check_name: str, value: float = 1, limit: float = 0
) -> pl.DataFrame:
    """Return one failing line per row (symbol, session)."""
    # The clocks look at the currency only to object to it.
    known_at = bar_clocks(context.universe).known_at
    return _findings(rows, "symbol", "close", said, known_at, check_name=check_name, value=value, limit=limit)


def _rate_findings(
    rows: pl.DataFrame, said: pl.Expr, context: GateContext, *, check_name: str, value: float = 1, limit: float = 0
) -> pl.DataFrame:
    """Return one failing line per row (pair, session)."""
    known_at = fx_clocks(context.universe).known_at
    return _findings(rows, "pair", "rate", said, known_at, check_name=check_name, value=value, limit=limit)


def _findings(
    rows: pl.DataFrame,
    kind: str,
    metric: str,
    said: pl.Expr,
    known_at: pl.Expr,
    *,
    check_name: str,
    value: float,
    limit: float,
) -> pl.DataFrame:
    keys = [json.dumps([subject, day.isoformat()]) for subject, day in rows.select(kind, "session").rows()]
    return rows.with_columns(
        check_name=pl.lit(check_name),
        value=pl.lit(float(value)),
        limit=pl.lit(float(limit)),
        said=said,
        subject_kind=pl.lit(kind),
        subject_id=pl.col(kind),
        metric=pl.lit(metric),
        row_key=pl.Series(keys, dtype=pl.String),
        known_at=known_at.cast(METRICS_SCHEMA["known_at"]),
    ).select(METRICS_SCHEMA.names())


def _good(
    check_name: str, kind: str, subjects: Sequence[str], metric: str, *, value: float = 0, limit: float = 0
) -> pl.DataFrame:
    """Return one passing line per subject."""
    return pl.DataFrame(
        {"subject_id": subjects},
        schema={"subject_id": pl.String()},
    ).select(
        check_name=pl.lit(check_name),
        value=pl.lit(float(value)),
        limit=pl.lit(float(limit)),
        said=pl.lit(None, pl.String),
        subject_kind=pl.lit(kind),
        subject_id="subject_id",
        metric=pl.lit(metric),
        row_key=pl.lit(None, pl.String),
        known_at=pl.lit(None, METRICS_SCHEMA["known_at"]),
    )
