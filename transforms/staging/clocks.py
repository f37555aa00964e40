"""When a staged row could first be known: the project's rules for each kind of source, as Polars expressions.

Here: closes of exchanges, fixings, announcements, assumed reporting delays. Not here: what an instant or an as-of day
is (`aicycle.model.instants`), and the later arrival of a restatement (`warehouse`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import time, timedelta

import polars as pl

from aicycle.contracts.schema import POLARS, DType
from aicycle.model.instants import TICK
from aicycle.model.kinds import KnownPrecision
from aicycle.model.parameters import Exchange, Universe

UNIVERSE_FILE = "config/universe.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How the clocks of a frame follow from its other columns."""

    known_at: pl.Expr
    known_precision: pl.Expr
    notes: tuple[pl.Expr, ...] = ()
    """Why a row's clock can't be told, or must not be believed; null where it can."""


def bar_clocks(universe: Universe) -> Clocks:
    """Return the clocks of bars: the exchange's regular close plus its delay.

    Reads columns symbol, session, currency. A half day closes earlier: nothing is known too early.
    """
    closes = [
        pl.when(pl.col("symbol").is_in(_symbols_at(universe, exchange))).then(
            local_instant(
                pl.col("session"), exchange.close_local, exchange.timezone, minutes=exchange.delay_minutes.value
            )
        )
        for exchange in universe.exchanges
        if _symbols_at(universe, exchange)
    ]
    currency_of = {listing.symbol: listing.currency for company in universe.companies for listing in company.listings}
    expected = _looked_up("symbol", currency_of)
    is_other = pl.col("currency").is_not_null() & (pl.col("currency") != expected)
    other_currency = pl.format("currency: '{}' is not {}, the listing's", pl.col("currency"), expected)
    return Clocks(
        known_at=pl.coalesce(pl.lit(None, dtype=POLARS[DType.INSTANT]), *closes),
        known_precision=pl.lit(KnownPrecision.INSTANT.value),
        notes=(unknown_symbol(universe), pl.when(is_other).then(other_currency)),
    )


def fx_clocks(universe: Universe) -> Clocks:
    """Return the clocks of reference rates: the fixing plus its delay. Reads columns pair, session."""
    return Clocks(
        known_at=local_instant(
            pl.col("session"),
            universe.fx_close_local,
            universe.fx_timezone,
            minutes=universe.fx_delay_minutes.value,
        ),
        known_precision=pl.lit(KnownPrecision.INSTANT.value),
        notes=(unknown_pair(universe),),
    )


def action_clocks(universe: Universe) -> Clocks:
    """Return the clocks of corporate actions: the end of the announcement's day. Reads columns symbol, known_on."""
    return Clocks(
        known_at=end_of_day(pl.col("known_on")),
        known_precision=pl.lit(KnownPrecision.DAY.value),
        notes=(unknown_symbol(universe),),
    )


def announced_clocks(_universe: Universe) -> Clocks:
    """Return the clocks of announcements: the end of the day, month or year. Reads known_on, known_precision."""
    return Clocks(known_at=end_of_stated_span("known_on"), known_precision=pl.col("known_precision"))


def figure_clocks(universe: Universe) -> Clocks:
    """Return the clocks of reported figures: the publication, else the period's end plus the assumed delay.

    Reads columns reported_on, known_precision, period_end.
    """
    delay = timedelta(days=math.ceil(universe.reporting_delay_days.value))
    assumed = end_of_day(pl.col("period_end") + delay)
    is_stated = pl.col("reported_on").is_not_null()
    return Clocks(
        known_at=pl.when(is_stated).then(end_of_stated_span("reported_on")).otherwise(assumed),
        known_precision=pl.when(is_stated)
        .then(pl.col("known_precision"))
        .otherwise(pl.lit(KnownPrecision.ASSUMED.value)),
    )


def local_instant(day: pl.Expr, clock: str, timezone: str, *, minutes: float) -> pl.Expr:
    """Return the instant, UTC, `minutes` after local time `clock` (`HH:MM`) of `day`."""
    local = day.dt.combine(time.fromisoformat(clock)).dt.replace_time_zone(
        timezone, ambiguous="latest", non_existent="null"
    )
    return local.dt.convert_time_zone("UTC") + timedelta(minutes=minutes)


def end_of_day(day: pl.Expr) -> pl.Expr:
    """Return the last instant of a day in UTC."""
    return day.cast(pl.Datetime("us")).dt.replace_time_zone("UTC") + (timedelta(days=1) - TICK)


def end_of_stated_span(column: str) -> pl.Expr:
    """Return the last instant of the day, month or year (column known_precision) that `column` lies in."""
    day, precision = pl.col(column), pl.col("known_precision")
    last_day = (
        pl.when(precision == KnownPrecision.MONTH.value)
        .then(day.dt.month_end())
        .when(precision == KnownPrecision.YEAR.value)
        .then(pl.date(day.dt.year(), 12, 31))
        .otherwise(day)
    )
    return end_of_day(last_day)


def unknown_symbol(universe: Universe) -> pl.Expr:
    """Return a note where column symbol is no listing of the universe on one of its exchanges."""
    known = [symbol for exchange in universe.exchanges for symbol in _symbols_at(universe, exchange)]
    note = pl.format("symbol '{}' is not in " + UNIVERSE_FILE, pl.col("symbol"))
    return pl.when(~pl.col("symbol").is_in(known)).then(note)


def unknown_pair(universe: Universe) -> pl.Expr:
    """Return a note where column pair is no pair of the universe."""
    note = pl.format("pair '{}' is not in " + UNIVERSE_FILE, pl.col("pair"))
    return pl.when(~pl.col("pair").is_in(list(universe.fx_pairs))).then(note)


def _symbols_at(universe: Universe, exchange: Exchange) -> list[str]:
    """Return the symbols listed at one exchange."""
    return [li.symbol for c in universe.companies for li in c.listings if li.exchange == exchange.name]


def _looked_up(column: str, mapping: dict[str, str]) -> pl.Expr:
    """Return what `mapping` has for a text column, null where it has nothing."""
    return pl.col(column).replace_strict(list(mapping), list(mapping.values()), default=None, return_dtype=pl.String)
