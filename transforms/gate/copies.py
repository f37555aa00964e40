"""Copies: a bar that says again, to the last digit, what another bar said.

Here: the last sessions of the same series, and other symbols' bars of the same session or the last days. Not here: what
becomes of a copy (`transforms.gate.moves`).

Four prices that agree are proof where they differ among themselves: real bars of years never do. A line (one price) and
a bar of two prices agree by rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.gate.tracks import CLOSE, Believed, Claims, Flags, Floats, Ints, Tracks

SAME = 1e-7
"""Logarithms closer than this are one price: less than the last digit of any quote."""
HALF_A_UNIT = 0.5
DAYS_PER_SESSION = 1.4
ENOUGH_PRICES = 3
"""Different prices of a bar from which on it is told apart from another by them alone."""
NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Copies:
    """Claims whose four prices are those of another symbol's row, of the same or an earlier session."""

    claim: Ints
    row: Ints
    """Position of the other symbol's row in the tracks."""


NO_COPIES = Copies(claim=np.zeros(0, np.int64), row=np.zeros(0, np.int64))


def own_repeats(believed: Believed, claims: Claims, before: Ints, sessions: int) -> Ints:
    """Return, per claim, the position of the believed row of its series whose prices it repeats, or -1.

    The session before is repeated whatever the volume; a flat line without volume is a day without trade. Of an earlier
    one the volume is repeated as well, where both have one.

    Args:
        believed: what is believed of the series.
        claims: all claims.
        before: position of the last believed row before each, or -1.
        sessions: how many of the last believed rows are looked at.
    """
    prices, volume = claims.prices, claims.volume
    found = np.full(len(before), NONE)
    row = before
    for back in range(sessions):
        near = np.flatnonzero((row >= 0) & (np.abs(prices[:, CLOSE] - believed.prices[row, CLOSE]) < SAME))
        near = near[(found[near] < 0) & _agree(prices[near], believed.prices[row[near]])]
        if len(near):
            was = believed.volume[row[near]]
            if back == 0:
                is_told = (_different(prices[near]) > 1) | (volume[near] > 0)
            else:
                is_other = (volume[near] > 0) & (was > 0) & (np.abs(volume[near] - was) > HALF_A_UNIT)
                is_told = ~is_other & (_different(prices[near]) >= np.where(volume[near] > 0, 2, ENOUGH_PRICES))
            found[near[is_told]] = row[near[is_told]]
        row = np.where(row >= 0, believed.before[row], NONE)
    return found


def copies_of_others(
    tracks: Tracks, claims: Claims, claimed: Floats, quoted: Floats, *, symbols: Ints, sessions: int
) -> Copies:
    """Return which claims have the prices of another symbol's row.

    Args:
        tracks: all rows.
        claims: all claims.
        claimed: (claims, 4): logarithms of their prices as they were quoted.
        quoted: (rows, 4): those of the rows.
        symbols: per series: equal for series of one symbol.
        sessions: how far back other symbols' rows are looked at.
    """
    if not len(claimed) or not len(quoted):
        return NO_COPIES
    order = np.argsort(quoted[:, CLOSE], kind="stable")
    ordered = quoted[order, CLOSE]
    first = np.searchsorted(ordered, claimed[:, CLOSE] - SAME, side="left")
    counts = np.searchsorted(ordered, claimed[:, CLOSE] + SAME, side="right") - first
    claim = np.repeat(np.arange(len(claimed)), counts)
    within = np.arange(len(claim)) - np.repeat(np.cumsum(counts) - counts, counts)
    row = order[np.repeat(first, counts) + within]
    at = claims.at[claim]
    age = tracks.day[at] - tracks.day[row]
    is_other = symbols[tracks.series[at]] != symbols[tracks.series[row]]
    near = np.flatnonzero(is_other & (age >= 0) & (age <= sessions * DAYS_PER_SESSION))
    near = near[_agree(claimed[claim[near]], quoted[row[near]])]
    near = near[_different(claimed[claim[near]]) >= ENOUGH_PRICES]
    return Copies(claim=claim[near], row=row[near])


def blamed(copies: Copies, believed: Believed, claims: Claims, own: Floats) -> Ints:
    """Return, per claim, the position of the other symbol's row that it copies, or -1.

    Of two that are claimed for one session the one is to blame that fits its own past less.

    Args:
        copies: of these claims.
        believed: what is believed of the rows.
        claims: all claims.
        own: per claim: size of its move in usual moves; NaN: no past.
    """
    found = np.full(len(claims.at), NONE)
    if not len(copies.claim):
        return found
    tracks = believed.tracks
    at = claims.at[copies.claim]
    best = np.full(len(tracks.series), np.inf)
    np.fmin.at(best, claims.at, np.nan_to_num(own, nan=np.inf))
    is_beside = tracks.is_claimed[copies.row] & (tracks.day[copies.row] == tracks.day[at])
    fits_less = np.asarray(np.nan_to_num(own[copies.claim], nan=np.inf) >= best[copies.row], dtype=np.bool_)
    is_blamed = np.flatnonzero((is_beside & fits_less) | (~is_beside & believed.is_in[copies.row]))
    found[copies.claim[is_blamed]] = copies.row[is_blamed]
    return found


def _agree(one: Floats, other: Floats) -> Flags:
    same: Flags = np.max(np.abs(one - other), axis=1, initial=0.0) < SAME
    return same


def _different(prices: Floats) -> Ints:
    """Return how many different prices each bar has."""
    if not len(prices):
        return np.zeros(0, np.int64)
    steps: Ints = (np.diff(np.sort(prices, axis=1), axis=1) >= SAME).sum(axis=1)
    return steps + 1
