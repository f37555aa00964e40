"""Moves: how far a claim lies from the last believed close of its series, and whether anything bears it out.

Here: the witnesses, their joint verdict, and the order in which claims are believed. Not here: the arrays
(`transforms.gate.tracks`), what is compared bar by bar (`copies`, `swaps`), the sentences (`transforms.gate.measures`).

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

import numpy as np

from transforms.gate.copies import NO_COPIES, Copies, blamed, own_repeats
from transforms.gate.kin import moves_of_kin
from transforms.gate.swaps import try_in_each_others_place
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
from transforms.gate.verdicts import Tolerances, Verdicts

UNRELATED = 5.0
"""A series that lies so many times nearer to its own past than to its group does not follow it, as a peg does not."""
MOST_ROUNDS = 40
"""A batch in which nothing fits would take one round a session: from then on a rejected claim stays rejected."""


def judge_in_order(
    tracks: Tracks, claims: Claims, is_main: Flags, tolerances: Tolerances, copies: Copies = NO_COPIES
) -> Verdicts:
    """Return what is to be thought of each claim when all are judged in the order of their sessions.

    Args:
        tracks: what is believed and, where something is claimed, the main claim.
        claims: all claims.
        is_main: per claim: it is the one that stands in the tracks.
        tolerances: how far is far.
        copies: which claims have another symbol's prices.
    """
    rejected = _jumping(tracks, tolerances)
    for round_number in range(MOST_ROUNDS * 2):
        verdicts = _judge(Believed(tracks, rejected), claims, tolerances, copies)
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


def _judge(believed: Believed, claims: Claims, tolerances: Tolerances, copies: Copies) -> Verdicts:
    tracks, at = believed.tracks, claims.at
    before = believed.before[at]
    is_first = before < 0
    reference = np.where(is_first, _first_levels(tracks, tolerances.first_rows)[tracks.series[at]], 0.0)
    reference = np.where(is_first, reference, believed.prices[before, CLOSE])
    move = claims.prices[:, CLOSE] - reference
    own_scale = _scale(believed.history(believed.step, at, tolerances.history), tolerances)
    own = np.where(is_first, np.nan, np.abs(move) / own_scale)
    twin_value, twin_gap, twin_scale = _against_twins(believed, claims, tolerances)
    # What follows a session that was left out may be its confirmation: only a jump is stopped then. A twin that traded
    # can tell: what it does not bear out is no better for being said twice.
    is_adjacent = tracks.number[at] - tracks.number[before] <= 1
    is_next = ~is_first & (is_adjacent | ~np.isnan(twin_gap)) & tracks.has_habits[tracks.series[at]]
    with np.errstate(invalid="ignore"):
        is_wide = np.abs(move) > min(tolerances.parted_least, tolerances.twin_parted)
        doubtful = np.flatnonzero(is_next & ((own > min(tolerances.surprise, tolerances.wide_surprise)) | is_wide))
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
        repeated=own_repeats(believed, claims, before, tolerances.repeat_sessions),
        copied=blamed(copies, believed, claims, own),
        swap=np.full(len(at), np.nan),
    )
    if len(doubtful):
        _hear_witnesses(believed, claims, doubtful, verdicts, tolerances)
    if tolerances.swap < math.inf:
        try_in_each_others_place(believed, claims, verdicts, tolerances)
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
    alone, counts = medians(np.abs(believed.history(believed.step, at, tolerances.history)))
    alone *= TO_SD
    said = [verdicts.own[doubtful]]
    gaps = [verdicts.twin_gap[doubtful]]
    for number, groups in enumerate(tracks.groups):
        beside = medians_of_others(tracks, believed.step, groups)
        habit = _scale(believed.history(believed.step - beside, at, tolerances.history), tolerances, early=np.nan)
        now = medians_of_others(tracks, steps, groups)[at]
        is_followed = ~(habit > UNRELATED * alone)
        said.append(np.where(is_followed, np.abs(move - now) / habit, np.nan))
        gaps.append(verdicts.twin_gap[doubtful] - now)
        if number == 0:
            verdicts.market[doubtful] = now
            said.append(np.abs(opening - medians_of_others(tracks, openings, groups)[at]) / own_scale)
    said.append(np.abs(verdicts.twin_gap[doubtful]) / verdicts.twin_scale[doubtful])
    usual, _ = medians(believed.history(believed.volume, at, tolerances.volume_history))
    busy = claims.volume[doubtful] / np.maximum(usual, 1.0)
    verdicts.volume_ratio[doubtful] = busy
    least = np.fmin.reduce(said)
    weight = np.where(np.abs(move) > tolerances.wide_move, tolerances.surprise / tolerances.wide_surprise, 1.0)
    is_lonely = np.isnan(verdicts.market[doubtful]) | (tolerances.needs_volume & ~(claims.volume[doubtful] > 0))
    weight = np.where(is_lonely, weight * tolerances.surprise / tolerances.lonely_surprise, weight)
    confirmed = np.maximum(np.nan_to_num(busy, nan=1.0), 1.0) ** tolerances.volume_power
    verdicts.surprise[doubtful] = least * weight / confirmed
    if tolerances.parted_least < math.inf:
        known = np.where(counts >= tolerances.least_history, alone, np.nan)
        _part_from_kin(believed, claims, doubtful, verdicts, tolerances, steps=steps, alone=known)
    if tolerances.twin_parted < math.inf:
        _part_from_twins(claims, doubtful, verdicts, gaps, tolerances)


def _part_from_kin(
    believed: Believed,
    claims: Claims,
    doubtful: Ints,
    verdicts: Verdicts,
    tolerances: Tolerances,
    *,
    steps: Floats,
    alone: Floats,
) -> None:
    """Let a claim be surprising that moved too far, whatever is usual, by itself and against its kin."""
    tracks, at, move = believed.tracks, claims.at[doubtful], verdicts.move[doubtful]
    expected = moves_of_kin(tracks, believed.step, steps, at, tracks.groups[0], length=tolerances.history)
    limit = np.clip(tolerances.parted * alone, tolerances.parted_least, tolerances.parted_most)
    apart = np.minimum(np.abs(move), np.abs(move - expected)) / limit
    verdicts.surprise[doubtful] = np.fmax(verdicts.surprise[doubtful], tolerances.surprise * apart)


def _part_from_twins(
    claims: Claims, doubtful: Ints, verdicts: Verdicts, gaps: list[Floats], tolerances: Tolerances
) -> None:
    """Let a claim be surprising that left its twin without much volume, its market's move allowed for or not.

    What a market did since the twin's last close is in the one gap and not in the other: the lesser speaks.
    """
    move, busy = verdicts.move[doubtful], verdicts.volume_ratio[doubtful]
    limit = np.maximum(tolerances.twin_parted, tolerances.twin_parted_scales * verdicts.twin_scale[doubtful])
    least = np.minimum(np.abs(move), np.fmin.reduce([np.abs(gap) for gap in gaps]))
    apart = least / np.maximum(busy, 1.0) ** tolerances.twin_parted_power / limit
    is_told = (claims.volume[doubtful] > 0) & ~np.isnan(verdicts.market[doubtful])
    found = np.where(is_told, tolerances.surprise * apart, np.nan)
    verdicts.surprise[doubtful] = np.fmax(verdicts.surprise[doubtful], found)


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
