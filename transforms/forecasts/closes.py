"""Questions about the close in a quarter: the volatility of total returns, and what it makes likely.

Here: the history of one listing's closes, its trailing variance, and the outlooks of both price questions. Not here:
quotes (`transforms.prices`), bands (`transforms.scenarios.bands`), the numbers (`config/forecasts.toml`).

The model: the logarithm of the close moves without drift, with the variance of the trailing year's total returns. So
the median is the newest close. No drift from the scenarios: they speak of 2030, the question of one quarter, and what
they would add is small against the spread. Returns count dividends, so that an ex-day is no fall; the dividends of the
quarter ahead are left out of its close: they are small against its spread too.

Closes of one quarter resemble each other: sixty of them are one observation, not sixty. Frequencies of the past are
therefore weighed as the number of horizons the history is long.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist

import polars as pl

from aicycle.contracts.core_corporate_actions import CORPORATE_ACTIONS
from aicycle.errors import ConfigError
from aicycle.model.kinds import PriceBasis
from aicycle.model.parameters import ForecastRules, Listing
from transforms.forecasts.outlooks import NoForecastError, Outlook, as_it_is, smoothed, spread_out
from transforms.point_in_time import known_by
from transforms.prices import closes_of, quoted_bars
from transforms.scenarios.bands import STATES, Band, market_state
from transforms.units import units_per_unit

INSIDE, OUTSIDE = "inside", "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseHistory:
    """Closes of one listing known by an instant, in USD per unit of its day."""

    sessions: tuple[date, ...]
    closes_usd: tuple[float, ...]
    spread: float
    """Standard deviation of the log of the close at the horizon."""

    @property
    def newest_usd(self) -> float:
        """The newest close."""
        return self.closes_usd[-1]

    def horizons(self, rules: ForecastRules) -> float:
        """Return how many horizons long the history is: what its closes count as independent observations."""
        return (self.sessions[-1] - self.sessions[0]).days / rules.horizon_days.value


def close_history(
    bars: pl.DataFrame,
    actions: pl.DataFrame,
    *,
    listing: Listing | None,
    rules: ForecastRules,
    as_of: datetime,
    received: pl.DataFrame | None,
) -> CloseHistory:
    """Return the closes known by `as_of` and the spread they make likely.

    Args:
        bars: all versions of `core.daily_bars`.
        actions: all versions of `core.corporate_actions`, also those known later (see `transforms.prices`).
        listing: the primary one, if the company has one.
        rules: horizon, window, least number of returns.
        as_of: instant with a time zone.
        received: as for `transforms.prices.quoted_bars`.

    Raises:
        NoForecastError: no listing in US dollars, too few closes, an old newest one, or closes that were drawn.
    """
    if listing is None:
        raise NoForecastError("there is no primary listing")
    if listing.currency != "USD":
        raise NoForecastError(
            f"the primary listing {listing.symbol} is quoted in {listing.currency}, not in US dollars"
        )
    own = bars.filter(pl.col("symbol") == listing.symbol)
    try:
        closes = closes_of(quoted_bars(own, actions, as_of=as_of, received=received), listing.symbol)
    except ConfigError as error:
        raise NoForecastError(error.what) from error
    day = as_of.date()
    window = closes.filter(pl.col("session") >= day - timedelta(days=rules.volatility_days.value))
    if window.is_empty() or (day - window["session"][-1]).days > rules.close_tolerance_days.value:
        if closes.is_empty():
            raise NoForecastError(f"no close of {listing.symbol} is known")
        raise NoForecastError(f"the newest close of {listing.symbol} is of {closes['session'][-1]}")
    if (window["price_basis"] == PriceBasis.SIMULATED.value).any():
        raise NoForecastError(f"closes of {listing.symbol} within the last year were drawn and never traded")
    returns = _total_returns(window, actions, listing.symbol, as_of)
    if len(returns) < rules.min_returns.value:
        raise NoForecastError(
            f"too little history: {len(returns)} daily returns of {listing.symbol} within "
            f"{rules.volatility_days.value} days, {rules.min_returns.value} are asked for"
        )
    span_days = (window["session"][-1] - window["session"][0]).days
    variance = math.fsum(r * r for r in returns) / span_days * rules.horizon_days.value
    if variance <= 0:
        raise NoForecastError(f"the close of {listing.symbol} has not moved within the last year")
    traded = closes.filter(pl.col("price_basis") != PriceBasis.SIMULATED.value)
    return CloseHistory(
        sessions=tuple(traded["session"].to_list()),
        closes_usd=tuple(traded["close_quoted_usd"].to_list()),
        spread=math.sqrt(variance),
    )


def state_outlook(history: CloseHistory, bands: Sequence[Band], rules: ForecastRules) -> Outlook:
    """Return how likely each market state is at the horizon, among bands in units of the as-of day."""
    normal = NormalDist(math.log(history.newest_usd), history.spread)
    edges = [edge for band in bands for edge in (band.low_usd, band.high_usd)]
    below = [0.0, *(normal.cdf(math.log(edge)) for edge in edges), 1.0]
    model = {state.value: below[i + 1] - below[i] for i, state in enumerate(STATES)}
    counts = dict.fromkeys(model, 0.0)
    weight = history.horizons(rules) / len(history.closes_usd)
    seen = [market_state(close, bands).value for close in history.closes_usd]
    for state in counts:
        counts[state] = seen.count(state) * weight
    return Outlook(
        model=spread_out(model, rules.floor_frac.value),
        climatology=spread_out(smoothed(counts, rules), rules.floor_frac.value),
        persistence=as_it_is(seen[-1], list(model), rules),
    )


def likely_band(history: CloseHistory, rules: ForecastRules) -> tuple[float, float]:
    """Return the band that holds `band_coverage_frac` of the outcomes, USD per unit of the as-of day."""
    coverage = rules.band_coverage_frac.value
    reach = NormalDist().inv_cdf(0.5 + coverage / 2) * history.spread
    return history.newest_usd * math.exp(-reach), history.newest_usd * math.exp(reach)


def band_outlook(history: CloseHistory, rules: ForecastRules) -> Outlook:
    """Return how likely the close lies inside `likely_band`; climatology: how often a band as wide would have held."""
    coverage = rules.band_coverage_frac.value
    reach = math.log(likely_band(history, rules)[1] / history.newest_usd)
    moves = _moves_over_the_horizon(history, rules)
    inside = sum(abs(move) <= reach for move in moves)
    weight = history.horizons(rules) / len(moves) if moves else 0.0
    counts = {INSIDE: inside * weight, OUTSIDE: (len(moves) - inside) * weight}
    return Outlook(
        model={INSIDE: coverage, OUTSIDE: 1 - coverage},
        climatology=spread_out(smoothed(counts, rules), rules.floor_frac.value),
        persistence=as_it_is(INSIDE, (INSIDE, OUTSIDE), rules),
    )


def _moves_over_the_horizon(history: CloseHistory, rules: ForecastRules) -> list[float]:
    """Return the log of close over close a horizon before, for every session that has one in the tolerance."""
    moves = []
    for session, close in zip(history.sessions, history.closes_usd, strict=True):
        due = session + timedelta(days=rules.horizon_days.value)
        at = bisect_left(history.sessions, due)
        tolerance = timedelta(days=rules.close_tolerance_days.value)
        if at < len(history.sessions) and history.sessions[at] <= due + tolerance:
            moves.append(math.log(history.closes_usd[at] / close))
    return moves


def _total_returns(window: pl.DataFrame, actions: pl.DataFrame, symbol: str, as_of: datetime) -> list[float]:
    """Return the daily log returns, dividends counted on their ex-day; days whose return is not known are left out."""
    known = known_by(actions, CORPORATE_ACTIONS.key, as_of).filter(
        (pl.col("symbol") == symbol) & (pl.col("kind") != "split")
    )
    paid: dict[date, float] = {}
    unknown: set[date] = set()
    sessions = window["session"].to_list()
    for row in known.sort("ex_date", "kind").iter_rows(named=True):
        at = bisect_left(sessions, row["ex_date"])
        if at == len(sessions):
            continue
        if row["kind"] != "cash_dividend" or row["amount"] is None or row["currency"] != "USD":
            unknown.add(sessions[at])
            continue
        ratio = units_per_unit(
            actions, symbol=symbol, from_day=row["ex_date"], to_day=as_of.date(), known_by_instant=as_of
        )
        paid[sessions[at]] = paid.get(sessions[at], 0.0) + ratio.rescaled(row["amount"])
    closes = window["close_quoted_usd"].to_list()
    return [
        math.log((closes[i] + paid.get(sessions[i], 0.0)) / closes[i - 1])
        for i in range(1, len(closes))
        if sessions[i] not in unknown
    ]
