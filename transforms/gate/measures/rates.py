"""Measures of reference rates: does a rate fit its pair's past, the other pairs of the day, and other ways across?

Here: the checks' numbers and sentences, rates as tracks. Not here: the order in which rates are believed and the
witnesses (`transforms.gate.moves`).

A pair's own habits set the scale, so a pegged pair is held to its peg and a floating one to its tides. The dollar moves
all pairs at once: what the other pairs did bears a move out, up to what the dollar ever did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from aicycle.model.parameters.gate_prices import PriceRules
from transforms.gate.bar_tracks import RATES
from transforms.gate.context import GateContext
from transforms.gate.measures.lines import day_of, framed, in_words, lines
from transforms.gate.moves import judge_in_order
from transforms.gate.tracks import CLOSE, Claims, Flags, Floats, Tracks
from transforms.gate.verdicts import Tolerances, Verdicts

REPEAT, JUMP, SURPRISE = "session.repeat", "rate.jump", "rate.surprise"
MARKET, CROSS, SAME = "session.market", "rate.cross", "rate.repeat"
RATE_CHECKS = (REPEAT, JUMP, SURPRISE, MARKET, CROSS, SAME)

HALF = 0.5
LEAST_PAIRS = 3
"""Of fewer pairs a day can't be said to repeat."""
ODD_MOVE = 3.0
"""Usual moves from which on a rate may be the one to blame for two ways across that disagree."""
HISTORY_DAYS_PER_SESSION = 3
UNCHANGED = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _RateTracks:
    tracks: Tracks
    claims: Claims
    rows: pl.DataFrame
    is_main: Flags
    is_same: Flags
    """Per claim: the rate of the row before it once more."""
    repeated: Floats
    """Per claim: share of the day's pairs that are; NaN: too few pairs to tell."""
    pairs: tuple[str, ...]
    """Per series."""


def measure_rates(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Return what is measured of rates.

    Args:
        rows: staged rows of `core.fx_rates` that passed their own checks, `row_id` unique.
        context: what is believed of rates; the limits.

    Returns:
        `MEASURED_SCHEMA`, checks `RATE_CHECKS`. A row that repeats what is believed under its key is measured no more.
    """
    rules = context.rules.prices
    tolerances = _tolerances(rules)
    rates = _rate_tracks(rows, context)
    verdicts = judge_in_order(rates.tracks, rates.claims, rates.is_main, tolerances)
    ids = rates.rows["row_id"].to_numpy()
    gap, other_way = _other_ways(rates, verdicts)
    share = rules.rates.repeat_share_frac.value
    surprise = tolerances.surprise

    def moved(place: int) -> str:
        return _claim(rates, verdicts, place)

    return framed(
        [
            lines(REPEAT, ids, np.where(rates.is_same, rates.repeated, np.nan), share,
                  lambda i: f"{rates.repeated[i]:.0%} of the day's rates are those of the day before: a stale repeat"),
            lines(JUMP, ids, np.abs(verdicts.move), tolerances.jump, lambda i: f"{moved(i)}; no rate moves so far"),
            lines(SURPRISE, ids, verdicts.surprise, surprise, lambda i: (
                f"{moved(i)}, {verdicts.own[i]:.0f} times its usual move, and the other pairs do not bear it out")),
            lines(MARKET, ids, np.abs(verdicts.market), tolerances.market, lambda i: (
                f"{moved(i)} and the other pairs moved {np.expm1(verdicts.market[i]):+.1%}: the whole day is odd")),
            lines(CROSS, ids, gap, rules.rates.cross_limit_log.value, lambda i: (
                f"{moved(i)} and {in_words(float(verdicts.move[i] + verdicts.reference[i] - other_way[i]))} "
                f"the {np.exp(other_way[i]):.6g} that two other pairs of the day come to")),
            lines(SAME, ids, rates.is_same.astype(np.float64), HALF, lambda i: (
                f"rate {rates.rows['rate'][i]:g} is that of the day before, to the last digit")),
        ]
    )  # fmt: skip


def _claim(rates: _RateTracks, verdicts: Verdicts, place: int) -> str:
    row = rates.rows.row(place, named=True)
    move, level = float(verdicts.move[place]), float(np.exp(verdicts.reference[place]))
    before = verdicts.before[place]
    whose = f"of {day_of(rates.tracks.day[before])}" if before >= 0 else "in the middle of its first rates"
    upside_down = abs(np.log(row["rate"] * level)) < abs(move) / 2
    hint = f" (upside down? 1/{row['rate']:g} is {1 / row['rate']:.6g})" if upside_down else ""
    return f"{row['pair']} {row['rate']:g} of {row['session']} is {in_words(move)} the {level:.6g} {whose}{hint}"


def _tolerances(rules: PriceRules) -> Tolerances:
    rates = rules.rates
    return Tolerances(
        history=int(rules.history_sessions.value),
        least_history=int(rules.least_history_sessions.value),
        early_scale=rates.early_move_log.value,
        least_scale=rates.least_move_log.value,
        volume_history=1,
        volume_power=1.0,
        repeat_sessions=1,
        parted=rates.parted_usual.value,
        parted_least=rates.parted_least_log.value,
        parted_most=rates.parted_most_log.value,
        surprise=rates.surprise_limit.value,
        lonely_surprise=rates.surprise_limit.value,
        jump=rates.jump_limit_log.value,
        twin_gap=np.inf,
        swap=np.inf,
        first_rows=int(rules.first_rows.value),
        twin_days=0,
        wide_move=rates.wide_move_log.value,
        wide_surprise=rates.wide_surprise_limit.value,
        market=rates.market_limit_log.value,
    )


def _rate_tracks(rows: pl.DataFrame, context: GateContext) -> _RateTracks:
    key = ["pair", "session"]
    believed = context.rows(RATES).select(*key, old="rate")
    order = pl.struct("fetched_at", "payload_sha256", "byte_start")
    claims = (
        rows.select("row_id", *key, "rate", rank=order.rank("ordinal", descending=True))
        .join(believed, on=key, how="left")
        .filter(((pl.col("rate") / pl.col("old")).log().abs() > UNCHANGED).fill_null(value=True))
        .sort(*key, "rank")
    )
    if claims.height:
        days = int(context.rules.prices.history_sessions.value) * HISTORY_DAYS_PER_SESSION
        believed = believed.filter(pl.col("session") >= claims["session"].min() - pl.duration(days=days))
    main = claims.unique(key, keep="first", maintain_order=True)
    together = pl.concat(
        [
            main.select(*key, "rate", "old", claim=pl.lit(value=True)),
            believed.join(main, on=key, how="anti").select(
                *key, rate="old", old=pl.lit(None, pl.Float64), claim=pl.lit(value=False)
            ),
        ]
    ).sort(key)
    together = together.with_columns(
        is_same=((pl.col("rate") / pl.col("rate").shift(1).over("pair")).log().abs() < UNCHANGED).fill_null(value=False)
    ).with_columns(
        repeated=pl.when(pl.len().over("session") >= LEAST_PAIRS).then(pl.col("is_same").mean().over("session"))
    )
    at = claims.select(key).join(together.with_row_index("at"), on=key, how="left", maintain_order="left")
    place = at["at"].to_numpy().astype(np.int64)
    is_main = np.concatenate([[True], place[1:] != place[:-1]]) if len(place) else np.zeros(0, np.bool_)
    repeated = at["repeated"].fill_null(float("nan")).to_numpy()
    is_same = at["is_same"].to_numpy() if len(place) else np.zeros(0, np.bool_)
    banned = np.zeros(together.height, np.bool_)
    with np.errstate(invalid="ignore"):
        banned[place[is_main & is_same & (repeated > context.rules.prices.rates.repeat_share_frac.value)]] = True
    return _RateTracks(
        tracks=_tracks(together, banned),
        claims=Claims(at=place, prices=_four(claims["rate"]), volume=np.zeros(len(place))),
        rows=claims,
        is_main=is_main,
        is_same=is_same,
        repeated=repeated,
        pairs=tuple(together["pair"].unique().sort()),
    )


def _tracks(together: pl.DataFrame, banned: Flags) -> Tracks:
    pairs = together["pair"].unique().sort()
    days = together["session"].to_numpy().astype("datetime64[D]").astype(np.int64)
    bases = pairs.str.slice(0, 3).rank("dense").to_numpy().astype(np.int64)
    return Tracks(
        series=np.searchsorted(pairs.to_numpy(), together["pair"].to_numpy()).astype(np.int64),
        day=days,
        number=np.unique(days, return_inverse=True)[1].astype(np.int64),
        time=days,
        prices=_four(together["rate"]),
        volume=np.zeros(together.height),
        is_claimed=together["claim"].to_numpy(),
        is_banned=banned,
        is_believed=(~together["claim"] | together["old"].is_not_null()).to_numpy(),
        old_prices=_four(together["old"].fill_null(float("nan"))),
        old_volume=np.zeros(together.height),
        offset=np.zeros(together.height),
        groups=(bases,),
        has_habits=np.ones(len(pairs), np.bool_),
        twin=np.full(len(pairs), -1),
    )


def _four(rate: pl.Series) -> Floats:
    return np.repeat(np.log(rate.to_numpy())[:, None], 4, axis=1)


def _other_ways(rates: _RateTracks, verdicts: Verdicts) -> tuple[Floats, Floats]:
    """Return, per claim, how far it is from two other pairs of its day that lead the same way, and what they come to.

    Where several ways do, the one that agrees best. A claim that did not move oddly itself is not the one to blame.
    """
    gap, other = np.full(len(rates.claims.at), np.nan), np.full(len(rates.claims.at), np.nan)
    pairs = rates.rows["pair"].to_list()
    bases = {pair[:3] for pair in pairs} | {pair[:3] for pair in _pairs_of(rates)}
    if len(bases) <= 1:
        return gap, other  # every pair counts from one currency: there is only one way to each
    by_day: dict[int, dict[tuple[str, str], float]] = {}
    for pair, day, level in zip(_pairs_of(rates), rates.tracks.day, rates.tracks.prices[:, CLOSE], strict=True):
        by_day.setdefault(int(day), {})[pair[:3], pair[3:]] = float(level)
    for place, (pair, at) in enumerate(zip(pairs, rates.claims.at, strict=True)):
        base, quote = pair[:3], pair[3:]
        known = {k: v for k, v in by_day[int(rates.tracks.day[at])].items() if k != (base, quote)}
        known |= {(b, a): -v for (a, b), v in known.items() if (b, a) not in known}
        ways = [known[base, c] + known[c, quote] for b, c in known if b == base and (c, quote) in known]
        ways += [known[base, quote]] if (base, quote) in known else []
        if ways:
            level = float(rates.claims.prices[place, CLOSE])
            other[place] = min(ways, key=lambda way: abs(level - way))
            is_odd = verdicts.own[place] > ODD_MOVE
            gap[place] = abs(level - other[place]) if is_odd else 0.0
    return gap, other


def _pairs_of(rates: _RateTracks) -> list[str]:
    """Return the pair of each row of the tracks."""
    return [rates.pairs[series] for series in rates.tracks.series]
