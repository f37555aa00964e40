"""Kin: what a series was to do in a session by what those did that usually move with it.

Here: one ridge regression per claim on the other members of its group. Not here: how far from it is far
(`transforms.gate.moves`).

The median of all others says what everybody did; of two that hardly move or of neighbours the others say more: the
Swiss franc follows the euro, the Hong Kong dollar nobody.
"""

from __future__ import annotations

import numpy as np

from transforms.gate.tracks import Floats, Ints, Tracks

RIDGE = 0.3
"""Weight of the penalty, in variances of a series: a few sessions in common prove no kinship."""
MOST_SIZES = 4.0
"""Moves of the past count for no more than so many of their usual sizes: one crash makes no kinship."""
LEAST_SIZE = 1e-4
LEAST_KIN = 3
"""Of fewer others nobody can say who is kin."""


def moves_of_kin(tracks: Tracks, past: Floats, now: Floats, at: Ints, groups: Ints, *, length: int) -> Floats:
    """Return, per place, the move that the other members of its group let expect; NaN where there are too few.

    Args:
        tracks: whose rows they are.
        past: per row: its move, NaN where nothing is believed.
        now: per row: its move as it counts for others of the same session, NaN where it does not.
        at: positions.
        groups: per series.
        length: sessions of the past.
    """
    found = np.full(len(at), np.nan)
    group = groups[tracks.series]
    for name in np.unique(group[at]):
        members = np.flatnonzero(group == name)
        series, column = np.unique(tracks.series[members], return_inverse=True)
        days, line = np.unique(tracks.day[members], return_inverse=True)
        mine = np.flatnonzero(group[at] == name)
        if len(series) <= LEAST_KIN:
            continue
        table, today = (np.full((len(days), len(series)), np.nan) for _ in range(2))
        table[line, column], today[line, column] = past[members], now[members]
        where = np.searchsorted(days, tracks.day[at[mine]])
        own = np.searchsorted(series, tracks.series[at[mine]])
        for session in np.unique(where[where >= length]):
            asked = mine[where == session], own[where == session]
            found[asked[0]] = _expected(table[session - length : session], today[session], asked[1])
    return found


def _expected(window: Floats, now: Floats, columns: Ints) -> Floats:
    """Return the moves that a session's other members let expect of some."""
    window = np.nan_to_num(window)
    size = np.sqrt((window**2).mean(axis=0)) + LEAST_SIZE
    common = np.clip(window / size, -MOST_SIZES, MOST_SIZES)
    covariance = common.T @ common / len(window)
    told = np.isfinite(now)
    found = np.full(len(columns), np.nan)
    for place, column in enumerate(columns):
        others = np.flatnonzero(told & (np.arange(len(now)) != column))
        if len(others) >= LEAST_KIN:
            inner = covariance[np.ix_(others, others)] + RIDGE * np.eye(len(others))
            weights = np.linalg.solve(inner, covariance[others, column])
            found[place] = size[column] * (now[others] / size[others]) @ weights
    return found
