"""Measures of daily bars: does a bar fit its listing, its past, its market and its twin?

Here: the checks' numbers and sentences. Not here: what a bar is held against (`transforms.gate.bar_tracks`), the order
in which bars are believed and the witnesses (`transforms.gate.moves`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from aicycle.model.parameters.gate_prices import PriceRules
from transforms.gate.bar_tracks import ACTIONS, RATES, BarTracks, bar_tracks
from transforms.gate.context import GateContext
from transforms.gate.measures.lines import day_of, framed, in_words, lines
from transforms.gate.moves import judge_in_order
from transforms.gate.verdicts import Tolerances, Verdicts

SCHEDULED, CURRENCY, REVISION = "session.scheduled", "currency.of_listing", "prices.revision"
REPEAT, OTHER_SYMBOL = "prices.repeat", "prices.of_other_symbol"
JUMP, SURPRISE, TWIN = "close.jump", "close.surprise", "close.twin"
SWAP, NEWS, TWIN_NEWS = "symbol.swapped", "close.news", "close.twin_news"
BAR_CHECKS = (SCHEDULED, CURRENCY, REVISION, REPEAT, OTHER_SYMBOL, JUMP, SURPRISE, TWIN, SWAP, NEWS, TWIN_NEWS)

HALF = 0.5
"""Limit of a measure that is 0 or 1."""
NEAR_LOG = 0.12
"""A factor this close to one with a name is given that name."""
SCALES = {8.0: "the shares per unit", 100.0: "hundredths for whole units", 1000.0: "thousands for units"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sentences draw on."""

    bars: BarTracks
    verdicts: Verdicts
    names: Callable[[], dict[float, str]]
    """Factor -> what would explain it. Asked for only where there is something to explain."""

    def bar(self, place: int) -> str:
        row = self.bars.rows.row(place, named=True)
        return f"close {row['close']:g} {row['currency']} of {row['session']}"

    def move(self, place: int) -> str:
        """The move against what it was held against, and what would explain it."""
        verdicts, row = self.verdicts, self.bars.rows.row(place, named=True)
        before = int(verdicts.before[place])
        level = float(np.exp(verdicts.reference[place])) * row["ratio"]
        whose = f"of {day_of(self.bars.tracks.day[before])}" if before >= 0 else "in the middle of its first closes"
        move = float(verdicts.move[place])
        return f"is {in_words(move)} the {level:.6g} {whose}{self._explained(move)}"

    def _explained(self, move: float) -> str:
        for factor, name in self.names().items():
            if abs(abs(move) - np.log(factor)) < NEAR_LOG:
                return f" (about {factor:g}: {name}?)"
        return ""


def measure_bars(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Return what is measured of bars.

    Args:
        rows: staged rows of `core.daily_bars` that passed their own checks, `row_id` unique.
        context: what is believed of bars, actions and rates; the universe; the limits.

    Returns:
        `MEASURED_SCHEMA`, checks `BAR_CHECKS`. A row that repeats what is believed is measured no more: it was let in.
    """
    rules = context.rules.prices
    bars = bar_tracks(rows, context)
    verdicts = judge_in_order(bars.tracks, bars.claims, bars.is_main, _tolerances(rules), bars.copies)
    told = _Told(bars, verdicts, cache(lambda: _names(context)))
    ids = bars.rows["row_id"].to_numpy()
    stopped = verdicts.failing(_tolerances(rules)) | bars.tracks.is_banned[bars.claims.at]
    with np.errstate(invalid="ignore"):
        twin_size = np.abs(verdicts.twin_gap) / verdicts.twin_scale
    parts = [
        lines(SCHEDULED, ids, _flag(bars.is_unscheduled, bars.is_uncovered), HALF, lambda i: _no_session(told, i)),
        lines(CURRENCY, ids, _flag((bars.rows["currency"] != bars.rows["listed_currency"]).to_numpy()), HALF,
              lambda i: _other_currency(told, i)),
        lines(REVISION, ids, bars.rows["revision_size"].to_numpy(), 1.0, lambda i: _revised(told, i)),
        lines(REPEAT, ids, _flag(verdicts.repeated >= 0), HALF, lambda i: _repeated(told, i)),
        lines(OTHER_SYMBOL, ids, _flag(verdicts.copied >= 0), HALF, lambda i: _of_other_symbol(told, i)),
        lines(JUMP, ids, np.abs(verdicts.move), rules.jump_limit_log.value, lambda i: _jumped(told, i, rules)),
        lines(SURPRISE, ids, verdicts.surprise, rules.surprise_limit.value, lambda i: _surprised(told, i, rules)),
        lines(TWIN, ids, verdicts.twin_oddness, rules.twin_gap_limit_log.value, lambda i: _apart(told, i, rules)),
        lines(SWAP, ids, verdicts.swap, rules.swap_limit.value, lambda i: (
            f"{told.bar(i)} {told.move(i)}: another bar of the session and it would fit better in each other's place")),
        lines(NEWS, ids, np.where(stopped, np.nan, verdicts.own), rules.news_limit.value, lambda i: _news(told, i)),
        lines(TWIN_NEWS, ids, np.where(stopped, np.nan, twin_size), rules.twin_news_limit.value,
              lambda i: _twin_news(told, i)),
    ]  # fmt: skip
    return framed(parts)


def _tolerances(rules: PriceRules) -> Tolerances:
    return Tolerances(
        history=int(rules.history_sessions.value),
        least_history=int(rules.least_history_sessions.value),
        early_scale=rules.early_move_log.value,
        least_scale=rules.least_move_log.value,
        volume_history=int(rules.volume_sessions.value),
        volume_power=rules.volume_power.value,
        surprise=rules.surprise_limit.value,
        lonely_surprise=rules.lonely_surprise_limit.value,
        jump=rules.jump_limit_log.value,
        twin_gap=rules.twin_gap_limit_log.value,
        swap=rules.swap_limit.value,
        first_rows=int(rules.first_rows.value),
        twin_days=int(rules.twin_days.value),
        repeat_sessions=int(rules.repeat_sessions.value),
        twin_parted=rules.twin_parted_log.value,
        twin_parted_scales=rules.twin_parted_gaps.value,
        twin_parted_power=rules.twin_parted_power.value,
        needs_volume=True,
    )


def _names(context: GateContext) -> dict[float, str]:
    """Return factors that have a name: units, currencies, splits."""
    newest = context.rows(RATES).sort("session").unique("pair", keep="last", maintain_order=True).sort("pair")
    rates = {rate: f"{pair}, a price in another currency" for pair, rate in newest.select("pair", "rate").rows()}
    splits = context.rows(ACTIONS).filter(pl.col("ratio").is_not_null()).select("ratio", "symbol", "ex_date").rows()
    return {
        **{rate if rate > 1 else 1 / rate: name for rate, name in rates.items() if abs(np.log(rate)) > NEAR_LOG},
        **SCALES,
        **{max(ratio, 1 / ratio): f"the split of {symbol} on {day}" for ratio, symbol, day in splits},
    }


def _no_session(told: _Told, place: int) -> str:
    row = told.bars.rows.row(place, named=True)
    return f"{row['session']} ({row['session']:%A}) is no session of {row['symbol']}'s exchange by {row['calendar']}"


def _other_currency(told: _Told, place: int) -> str:
    row = told.bars.rows.row(place, named=True)
    return f"currency {row['currency']}, but {row['symbol']} is quoted in {row['listed_currency']}"


def _revised(told: _Told, place: int) -> str:
    row = told.bars.rows.row(place, named=True)
    was = row["old_close"] * row["ratio"]
    return (
        f"{told.bar(place)} restates {was:.6g}: its prices differ by up to {np.expm1(row['revision']):.2%}, more "
        f"than a correction does, and no known split explains it"
    )


def _repeated(told: _Told, place: int) -> str:
    tracks, row = told.bars.tracks, int(told.verdicts.repeated[place])
    back = int(tracks.number[told.bars.claims.at[place]] - tracks.number[row])
    how = "a stale repeat" if back <= 1 else f"{back} sessions old"
    return f"open, high, low and close are those of {day_of(tracks.day[row])}: {how}"


def _of_other_symbol(told: _Told, place: int) -> str:
    tracks, row = told.bars.tracks, int(told.verdicts.copied[place])
    other = told.bars.symbols[int(tracks.series[row])]
    return f"open, high, low and close are those of {other} on {day_of(tracks.day[row])}: another symbol's answer"


def _jumped(told: _Told, place: int, rules: PriceRules) -> str:
    most = np.exp(rules.jump_limit_log.value)
    return f"{told.bar(place)} {told.move(place)}; no news moves a price by a factor of {most:.2g}"


def _surprised(told: _Told, place: int, rules: PriceRules) -> str:
    verdicts = told.verdicts
    market = verdicts.market[place]
    beside = "" if np.isnan(market) else f"its market moved {np.expm1(market):+.1%}, "
    excess = verdicts.surprise[place] / rules.surprise_limit.value
    return (
        f"{told.bar(place)} {told.move(place)}; {beside}{_twin_words(told, place)}volume is "
        f"{verdicts.volume_ratio[place]:.2g} times its usual: {excess:.1f} times what passes unconfirmed"
    )


def _twin_words(told: _Told, place: int) -> str:
    value = told.verdicts.twin_value[place]
    if np.isnan(value):
        return ""
    level = float(np.exp(value)) * told.bars.rows["ratio"][place]
    return f"{_twin_of(told, place)} stands for {level:.6g}, "


def _apart(told: _Told, place: int, rules: PriceRules) -> str:
    limit = np.expm1(rules.twin_gap_limit_log.value)
    gap = in_words(float(told.verdicts.twin_gap[place]))
    return (
        f"{told.bar(place)} {told.move(place)} and {gap} what {_twin_of(told, place)} stands for: "
        f"more than {limit:.0%} both ways"
    )


def _news(told: _Told, place: int) -> str:
    return f"{told.bar(place)} {told.move(place)}: {told.verdicts.own[place]:.1f} usual moves, borne out: news"


def _twin_news(told: _Told, place: int) -> str:
    gap = in_words(float(told.verdicts.twin_gap[place]))
    return f"{told.bar(place)} is {gap} what {_twin_of(told, place)} stands for: news between two closes?"


def _twin_of(told: _Told, place: int) -> str:
    tracks = told.bars.tracks
    return told.bars.symbols[int(tracks.twin[tracks.series[told.bars.claims.at[place]]])]


def _flag(is_so: np.ndarray, is_unknown: np.ndarray | None = None) -> np.ndarray:
    flags = is_so.astype(np.float64)
    return flags if is_unknown is None else np.where(is_unknown, np.nan, flags)
