"""Tracks: what is believed of many series, and what is claimed of them, side by side in arrays.

Here: the arrays, the last believed row before each row, windows of believed history, medians of the others. Not here:
where the numbers come from (`transforms.gate.measures.bars`, `rates`), what is made of them (`transforms.gate.moves`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

OPEN, HIGH, LOW, CLOSE = 0, 1, 2, 3
TO_SD = 1.4826
"""Median absolute deviation to standard deviation, of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tracks:
    """Rows of all series, one per series and session, sorted by them. Prices are logarithms on one footing."""

    series: Ints
    day: Ints
    """Days since 1970-01-01."""
    number: Ints
    """Counts sessions: the difference of two rows of a series is how many sessions lie from one to the other."""
    time: Ints
    """When the session closed, in any unit."""
    prices: Floats
    """(rows, 4): open, high, low, close. Of what is claimed where something is claimed, else of what is believed."""
    volume: Floats
    is_claimed: Flags
    is_banned: Flags
    """Claimed, and wrong by itself: it counts for nothing."""
    is_believed: Flags
    """Something was believed under this key before."""
    old_prices: Floats
    """(rows, 4): what was believed, where something was."""
    old_volume: Floats
    offset: Floats
    """Added to a close it gives the value of one ordinary share in a common currency; NaN where that is not known."""
    groups: tuple[Ints, ...]
    """Per series: which series move with it. Group -1 has no members."""
    has_habits: Flags
    """Per series: its moves say something of the next one. Drawn prices have none."""
    twin: Ints
    """Per series: another listing of the same company, or -1."""

    @property
    def starts(self) -> Ints:
        """Position of the first row of each series; one more for the end."""
        return np.searchsorted(self.series, np.arange(len(self.twin) + 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claims:
    """Rows to be judged: where each stands in the tracks, and what it says. Two may claim the same place."""

    at: Ints
    prices: Floats
    volume: Floats


class Believed:
    """Tracks as they look when some claims are believed and others are not."""

    def __init__(self, tracks: Tracks, rejected: Flags) -> None:
        self.tracks = tracks
        falls_back = rejected & tracks.is_believed
        self.is_in = ~rejected | falls_back
        self.prices = np.where(falls_back[:, None], tracks.old_prices, tracks.prices)
        self.volume = np.where(falls_back, tracks.old_volume, tracks.volume)
        rows, starts = np.arange(len(tracks.series)), tracks.starts
        newest = np.maximum.accumulate(np.where(self.is_in, rows, -1)) if len(rows) else rows
        before = np.concatenate([[-1], newest[:-1]])[: len(rows)]
        self.before = np.where(before >= starts[tracks.series], before, -1)
        """Per row: position of the last believed row of its series before it, or -1."""
        self.step = np.where(self.is_in, self.from_before(self.prices[:, CLOSE]), np.nan)
        """Per believed row: its close over the believed close before it, as a logarithm."""
        has_step = self.is_in & (self.before >= 0)
        self.moved = np.flatnonzero(has_step)
        counts = np.concatenate([[0], np.cumsum(has_step)])
        self._earlier = counts[:-1]
        self._first = counts[starts]

    def from_before(self, values: Floats) -> Floats:
        """Return, per row, a logarithm of its own over the believed close before it; NaN where there is none."""
        there = self.before >= 0
        return np.where(there, values - self.prices[self.before, CLOSE], np.nan)

    def history(self, values: Floats, at: Ints, length: int) -> Floats:
        """Return (len(at), length): the values of the believed rows before each place, NaN where there are fewer.

        Args:
            values: per row of the tracks.
            at: positions.
            length: of the history.
        """
        if not len(self.moved):
            return np.full((len(at), length), np.nan)
        places = self._earlier[at][:, None] + np.arange(-length, 0)
        is_own = places >= self._first[self.tracks.series[at]][:, None]
        return np.where(is_own, values[self.moved[np.maximum(places, 0)]], np.nan)

    def twins(self, series: int) -> tuple[Ints, Ints]:
        """Return, for the rows of a series, their positions and that of the twin's last believed row before each."""
        tracks, starts = self.tracks, self.tracks.starts
        own = np.arange(starts[series], starts[series + 1])
        twin = tracks.twin[series]
        others = np.arange(starts[twin], starts[twin + 1])
        others = others[self.is_in[others]]
        found = np.searchsorted(tracks.time[others], tracks.time[own], side="left") - 1
        return own, np.where(found >= 0, others[np.maximum(found, 0)] if len(others) else -1, -1)

    def twin_before(self) -> Ints:
        """Return, per row, the position of its twin's last believed row before it, or -1."""
        before = np.full(len(self.tracks.series), -1)
        for series in np.flatnonzero(self.tracks.twin >= 0):
            own, others = self.twins(int(series))
            before[own] = others
        return before


def medians(windows: Floats) -> tuple[Floats, Ints]:
    """Return the median of each line, without its NaN, and how many numbers it had."""
    length = windows.shape[1]
    counts = length - np.isnan(windows).sum(axis=1)
    found = np.full(len(windows), np.nan)
    is_full = counts == length
    if is_full.any():
        low, high = (length - 1) // 2, length // 2
        parted = np.partition(windows[is_full], (low, high), axis=1)
        found[is_full] = (parted[:, low] + parted[:, high]) / 2
    some = np.flatnonzero(~is_full & (counts > 0))
    if len(some):
        ordered, n = np.sort(windows[some], axis=1), counts[some]
        lines = np.arange(len(some))
        found[some] = (ordered[lines, (n - 1) // 2] + ordered[lines, n // 2]) / 2
    return found, counts


def medians_of_others(tracks: Tracks, values: Floats, groups: Ints) -> Floats:
    """Return, per row, the median of the other members of its group in the same session; NaN without any.

    Args:
        tracks: whose rows they are.
        values: per row; NaN does not count.
        groups: per series.
    """
    found = np.full(len(values), np.nan)
    _, session = np.unique(tracks.day, return_inverse=True)
    group = groups[tracks.series]
    for name in np.unique(groups[groups >= 0]):
        members = np.flatnonzero(group == name)
        columns = np.unique(tracks.series[members], return_inverse=True)[1]
        table = np.full((session.max() + 1, columns.max() + 1), np.nan)
        table[session[members], columns] = values[members]
        found[members] = _median_without_each(table)[session[members], columns]
    return found


def _median_without_each(table: Floats) -> Floats:
    """Return, per cell, the median of the other cells of its line; a cell without a number has all as others."""
    order = np.argsort(table, axis=1)  # NaN last
    ordered = np.take_along_axis(table, order, axis=1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(table.shape[1]), table.shape).copy(), axis=1)
    is_there = ~np.isnan(table)
    others = is_there.sum(axis=1)[:, None] - is_there
    rank = np.where(is_there, rank, table.shape[1])
    low, high = np.maximum(others - 1, 0) // 2, others // 2
    last = table.shape[1] - 1
    low, high = (np.minimum(place + (place >= rank), last) for place in (low, high))
    middle = (np.take_along_axis(ordered, low, axis=1) + np.take_along_axis(ordered, high, axis=1)) / 2
    return np.where(others > 0, middle, np.nan)
