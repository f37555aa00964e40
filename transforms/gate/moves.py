"""Moves: how far a claim lies from the last believed close of its series, and whether anything bears it out.

Here: the witnesses, their joint verdict, and the order in which claims are believed. Not here: the arrays
(`transforms.gate.tracks`), the sentences (`transforms.gate.measures`).

A fault is odd in every light: against the series' own habits, against the market, against the peers, against the twin
listing, at the opening. News is odd in some lights only, or many shares changed hands. So the least odd witness speaks,
and a busy session counts for more.

Claims are believed one session after the other, each against the last one *believed*: behind a poisoned bar its
innocent successor looks as odd as the bar itself. What is claimed together is judged as if it had come day by day:
starting from believing all that does not jump, verdicts are passed again under the last round's rejections until they
stay. A verdict rests on earlier sessions only, so each round settles at least one more session and the end is the same
as day by day; three rounds are usual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from transforms.gate.tracks import (
    CLOSE,
    OPEN,
    TO_SD,
    Believed,
    Claims,
    Flags,
    Floats,
    Ints,
    Tracks,
    medians,
    medians_of_others,
)

UNRELATED = 5.0
"""A series that lies so many times nearer to its own past than to its group does not follow it, as a peg does not."""
MOST_ROUNDS = 40
"""A batch in which nothing fits would take one round a session: from then on a rejected claim stays rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far is far. Moves are differences of natural logarithms."""

    history: int
    least_history: int
    early_scale: float
    """Taken for a series' usual move while it has less than `least_history` steps."""
    least_scale: float
    """A usual move counts for no less: a series that hardly moves is no proof that it can't."""
    volume_history: int
    volume_power: float
    surprise: float
    """In usual moves, after the volume's say."""
    lonely_surprise: float
    """Likewise, of a claim whose market says nothing: less would bear its news out."""
    jump: float
    twin_gap: float
    swap: float
    first_rows: int
    twin_days: int
    """A twin whose last close is older bears no witness."""
    wide_move: float = math.inf
    """A move wider than this is a surprise from `wide_surprise` on."""
    wide_surprise: float = math.inf
    market: float = math.inf
    """A surprised claim whose market moved further than this is stopped: all of it is odd."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdicts:
    """Per claim. NaN: could not be measured."""

    reference: Floats
    """The logarithm it was held against."""
    before: Ints
    """Position of the last believed row before it, or -1."""
    move: Floats
    surprise: Floats
    own_scale: Floats
    own: Floats
    """Size of the move in the series' usual moves."""
    volume_ratio: Floats
    """Volume in usual volumes; computed where the surprise is in doubt."""
    market: Floats
    """What the rest of the market did meanwhile; computed likewise."""
    twin_value: Floats
    """The close that the twin stands for, as a logarithm."""
    twin_gap: Floats
    """How far it is from what the twin stands for, beyond what is usual."""
    twin_scale: Floats
    twin_oddness: Floats
    """The gap to the twin, as far as the claim's own move made it: the other listing may be the odd one."""
    is_repeat: Flags
    swap: Floats
    """How much better two claims of a session would fit in each other's place, in usual moves; computed where close."""

    def failing(self, tolerances: Tolerances) -> Flags:
        """Return which claims can't be believed."""
        with np.errstate(invalid="ignore"):
            return (
                (np.abs(self.move) > tolerances.jump)
                | (self.surprise > tolerances.surprise)
                | (self.twin_oddness > tolerances.twin_gap)
                | (np.abs(self.market) > tolerances.market)
                | (self.swap > tolerances.swap)
                | self.is_repeat
            )


def judge_in_order(tracks: Tracks, claims: Claims, is_main: Flags, tolerances: Tolerances) -> Verdicts:
    """Return what is to be thought of each claim when all are judged in the order of their sessions.

    Args:
        tracks: what is believed and, where something is claimed, the main claim.
        claims: all claims.
        is_main: per claim: it is the one that stands in the tracks.
        tolerances: how far is far.
    """
    rejected = _jumping(tracks, tolerances)
    for round_number in range(MOST_ROUNDS * 2):
        verdicts = _judge(Believed(tracks, rejected), claims, tolerances)
        found = tracks.is_banned.copy()
        found[claims.at[is_main & verdicts.failing(tolerances)]] = True
        if round_number >= MOST_ROUNDS:
            found |= rejected
        if (found == rejected).all():
            break
        rejected = found
    return verdicts


def _jumping(tracks: Tracks, tolerances: Tolerances) -> Flags:
    """Return which claims are wrong by themselves or jump: where the rounds start from.

    From anywhere they end at the same verdicts; from here a level that was wrong for months takes no round a session.
    """
    rejected, close, starts = tracks.is_banned.copy(), tracks.prices[:, CLOSE], tracks.starts
    leaps = np.abs(np.diff(close, prepend=close[:1])) > tolerances.jump
    leaps[starts[:-1][starts[:-1] < len(close)]] = False
    firsts = _first_levels(tracks, tolerances.first_rows)
    for series in np.unique(tracks.series[leaps]):
        level = firsts[series]
        for row in range(starts[series], starts[series + 1]):
            if tracks.is_claimed[row] and (rejected[row] or abs(close[row] - level) > tolerances.jump):
                rejected[row] = True
                level = tracks.old_prices[row, CLOSE] if tracks.is_believed[row] else level
            else:
                level = close[row]
    return rejected


def _judge(believed: Believed, claims: Claims, tolerances: Tolerances) -> Verdicts:
    tracks, at = believed.tracks, claims.at
    before = believed.before[at]
    is_first = before < 0
    reference = np.where(is_first, _first_levels(tracks, tolerances.first_rows)[tracks.series[at]], 0.0)
    reference = np.where(is_first, reference, believed.prices[before, CLOSE])
    move = claims.prices[:, CLOSE] - reference
    own_scale = _scale(believed.history(believed.step, at, tolerances.history), tolerances)
    own = np.where(is_first, np.nan, np.abs(move) / own_scale)
    # What follows a session that was left out may be its confirmation: only a jump is stopped then.
    is_next = ~is_first & (tracks.number[at] - tracks.number[before] <= 1) & tracks.has_habits[tracks.series[at]]
    with np.errstate(invalid="ignore"):
        doubtful = np.flatnonzero(is_next & (own > min(tolerances.surprise, tolerances.wide_surprise)))
    twin_value, twin_gap, twin_scale = _against_twins(believed, claims, tolerances)
    twin_oddness = np.where(is_next | is_first, np.minimum(np.abs(twin_gap), np.abs(move)), np.nan)
    verdicts = Verdicts(
        reference=reference,
        before=before,
        move=move,
        surprise=np.where(is_next, own, np.nan),
        own_scale=own_scale,
        own=own,
        volume_ratio=np.full(len(at), np.nan),
        market=np.full(len(at), np.nan),
        twin_value=twin_value,
        twin_gap=twin_gap,
        twin_scale=twin_scale,
        twin_oddness=twin_oddness,
        is_repeat=_repeats(believed, claims, before),
        swap=np.full(len(at), np.nan),
    )
    if len(doubtful):
        _hear_witnesses(believed, claims, doubtful, verdicts, tolerances)
    if tolerances.swap < math.inf:
        _try_in_each_others_place(believed, claims, verdicts, tolerances)
    return verdicts


def _hear_witnesses(
    believed: Believed, claims: Claims, doubtful: Ints, verdicts: Verdicts, tolerances: Tolerances
) -> None:
    """Fill in what the other witnesses say of the doubtful claims."""
    tracks, at, move = believed.tracks, claims.at[doubtful], verdicts.move[doubtful]
    own_scale = verdicts.own_scale[doubtful]
    opening = claims.prices[doubtful, OPEN] - verdicts.reference[doubtful]
    # Of a session that is being judged everybody counts who is not wrong by himself and does not jump: a median bears
    # with mild faults, but of two neighbours one that jumps would carry it away.
    now_said = np.where(tracks.is_banned[:, None], believed.prices, tracks.prices)
    steps = believed.from_before(now_said[:, CLOSE])
    with np.errstate(invalid="ignore"):
        is_out = (tracks.is_banned & ~tracks.is_believed) | (np.abs(steps) > tolerances.jump)
    steps = np.where(is_out, np.nan, steps)
    openings = np.where(is_out, np.nan, believed.from_before(now_said[:, OPEN]))
    alone = TO_SD * medians(np.abs(believed.history(believed.step, at, tolerances.history)))[0]
    said = [verdicts.own[doubtful]]
    for number, groups in enumerate(tracks.groups):
        beside = medians_of_others(tracks, believed.step, groups)
        habit = _scale(believed.history(believed.step - beside, at, tolerances.history), tolerances, early=np.nan)
        now = medians_of_others(tracks, steps, groups)[at]
        is_followed = ~(habit > UNRELATED * alone)
        said.append(np.where(is_followed, np.abs(move - now) / habit, np.nan))
        if number == 0:
            verdicts.market[doubtful] = now
            said.append(np.abs(opening - medians_of_others(tracks, openings, groups)[at]) / own_scale)
    said.append(np.abs(verdicts.twin_gap[doubtful]) / verdicts.twin_scale[doubtful])
    usual, _ = medians(believed.history(believed.volume, at, tolerances.volume_history))
    busy = claims.volume[doubtful] / np.maximum(usual, 1.0)
    verdicts.volume_ratio[doubtful] = busy
    least = np.fmin.reduce(said)
    weight = np.where(np.abs(move) > tolerances.wide_move, tolerances.surprise / tolerances.wide_surprise, 1.0)
    is_lonely = np.isnan(verdicts.market[doubtful])
    weight = np.where(is_lonely, weight * tolerances.surprise / tolerances.lonely_surprise, weight)
    confirmed = np.maximum(np.nan_to_num(busy, nan=1.0), 1.0) ** tolerances.volume_power
    verdicts.surprise[doubtful] = least * weight / confirmed


def _try_in_each_others_place(believed: Believed, claims: Claims, verdicts: Verdicts, tolerances: Tolerances) -> None:
    """Fill in how much better neighbouring claims of a session would fit in each other's place.

    Listings whose prices are far apart need no such test: swapped, they jump.
    """
    tracks, reference = believed.tracks, verdicts.reference
    group = tracks.groups[0][tracks.series[claims.at]]
    day = tracks.day[claims.at]
    order = np.lexsort((reference, group, day))
    order = order[(verdicts.before[order] >= 0) & tracks.has_habits[tracks.series[claims.at[order]]]]
    for apart in range(1, NEIGHBOURS + 1):
        one, two = order[:-apart], order[apart:]
        is_pair = (day[one] == day[two]) & (group[one] == group[two]) & (claims.at[one] != claims.at[two])
        is_pair &= np.abs(reference[one] - reference[two]) < tolerances.jump
        one, two = one[is_pair], two[is_pair]
        home_one, home_two = _misfit(claims, verdicts, one, one), _misfit(claims, verdicts, two, two)
        there, here = _misfit(claims, verdicts, one, two), _misfit(claims, verdicts, two, one)
        gain = home_one + home_two - there - here
        # One bar that fits nowhere would be better off anywhere: swapped ones both fit, and neither loses much.
        hopeful = (gain > -tolerances.swap) & (np.maximum(there, here) < FITS)
        hopeful &= (there < home_one + NO_LOSS) & (here < home_two + NO_LOSS)
        one, two, gain = one[hopeful], two[hopeful], gain[hopeful]
        usual = [
            medians(believed.history(believed.volume, claims.at[x], tolerances.volume_history))[0] for x in (one, two)
        ]
        said = [claims.volume[one], claims.volume[two]]
        with np.errstate(divide="ignore", invalid="ignore"):
            own, cross = (
                np.abs(np.log(said[0] / usual[a])) + np.abs(np.log(said[1] / usual[b])) for a, b in ((0, 1), (1, 0))
            )
            louder = (own - cross) / VOLUME_SCALE
        gain += np.where(np.isfinite(louder), louder, 0.0)
        for place in (one, two):
            np.fmax.at(verdicts.swap, place, gain)


NEIGHBOURS = 3
"""Listings next to each other by price that are tried in each other's place."""
FITS = 4.0
"""Usual moves up to which a bar fits in another's place."""
NO_LOSS = 1.5
"""Usual moves by which a bar may fit worse in another's place: between close prices volume tells them apart."""
VOLUME_SCALE = 0.35
"""Usual spread of the logarithm of a volume ratio."""


def _misfit(claims: Claims, verdicts: Verdicts, claim: Ints, place: Ints) -> Floats:
    """Return how far claims would move in given places, in the usual moves there."""
    move: Floats = np.abs(claims.prices[claim, CLOSE] - verdicts.reference[place])
    return move / verdicts.own_scale[place]


def _against_twins(believed: Believed, claims: Claims, tolerances: Tolerances) -> tuple[Floats, Floats, Floats]:
    """Return the close that the twin stands for, how far the claim lies from it, and how far is usual."""
    tracks, at = believed.tracks, claims.at
    twin = believed.twin_before()
    is_fresh = (twin >= 0) & (tracks.day - tracks.day[twin] <= tolerances.twin_days)
    stands_for = np.where(is_fresh, believed.prices[twin, CLOSE] + tracks.offset[twin] - tracks.offset, np.nan)
    gaps = believed.prices[:, CLOSE] - stands_for
    has_twin = np.flatnonzero(~np.isnan(stands_for[at]))
    usual, scale = np.zeros(len(at)), np.full(len(at), np.nan)
    if len(has_twin):
        window = believed.history(gaps, at[has_twin], tolerances.history)
        middle, counts = medians(window)
        is_enough = counts >= tolerances.least_history
        usual[has_twin] = np.where(is_enough, middle, 0.0)
        spread = TO_SD * medians(np.abs(window - middle[:, None]))[0]
        scale[has_twin] = np.where(is_enough, np.maximum(spread, tolerances.least_scale), tolerances.early_scale)
    value = stands_for[at] + usual
    return value, claims.prices[:, CLOSE] - value, scale


def _repeats(believed: Believed, claims: Claims, before: Ints) -> Flags:
    """Return which claims repeat all four prices of the session before.

    A flat line without volume is no repeat but a day without trade.
    """
    same: Flags = (np.abs(claims.prices - believed.prices[before]) < SAME).all(axis=1) & (before >= 0)
    is_flat = np.ptp(claims.prices, axis=1) < SAME
    is_repeat: Flags = same & ~(is_flat & ~(claims.volume > 0))
    return is_repeat


SAME = 1e-7
"""Logarithms closer than this are one price: less than the last digit of any quote."""


def _first_levels(tracks: Tracks, rows: int) -> Floats:
    """Return, per series, the middle of its first closes; NaN where there are too few to tell which one is odd."""
    levels = np.full(len(tracks.twin), np.nan)
    starts = tracks.starts
    for series in np.unique(tracks.series):
        own = np.arange(starts[series], starts[series + 1])
        first = own[~tracks.is_banned[own]][:rows]
        if len(first) >= min(rows, LEAST_FIRST_ROWS):
            levels[series] = np.median(tracks.prices[first, CLOSE])
    return levels


LEAST_FIRST_ROWS = 3
"""Of two that differ nobody can say which is odd."""


def _scale(window: Floats, tolerances: Tolerances, *, early: float | None = None) -> Floats:
    middle, counts = medians(np.abs(window))
    usual = np.maximum(TO_SD * middle, tolerances.least_scale)
    return np.where(counts >= tolerances.least_history, usual, tolerances.early_scale if early is None else early)
