"""How far clean data move by themselves: what a change has to exceed before anybody could tell it from news.

Here: yardsticks read from the recording, never from the gate's limits, and the share of clean days on which something
of the same class went at least as far. Not here: what the share means for the score (`score`).

The yardsticks, of which the sharpest counts:
- a number's own change from row to row of its series, less the median of all series on that day (prices, rates), and
  the same in units of the series' own habit;
- a figure's change less its change a year earlier, where there is one; figures of one metric, or where these are few
  all figures that never (or at times) are below zero, row by row;
- how far segments and their total drift apart from one period to the next (`sums`);
- the gap between two listings of one company, at the day's rate;
- the order of open, high, low and close within a bar, and of the ends of a range;
- a sign, or a word-like number, that the column never has;
- numbers that stood already in one of the last rows of the series.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import median

from aicycle.model.parameters import Universe
from transforms.gate.faults.batch import BatchFile, BatchRow
from transforms.gate.faults.choosing import number
from transforms.gate.faults.recorded import SHAPES, RecordedFile, RecordedRow
from transforms.gate.faults.sums import Parts, Report, drifts, excesses, moved_by, reports_of

Days = dict[date, float]
Yardstick = tuple[str, str, str]
"""Group of rows, column, kind of move."""

PRICES, RATES, FIGURES = "prices.csv", "fx.csv", "reported_figures.csv"
SIGNED_FIGURES = "figures that are below zero at times"
SUM: Yardstick = (FIGURES, "value", "sum")
TWIN, SINGLE, SIGNED = "twin listing", "single listing", "signed figure"
CALM, MIDDLING, LIVELY = "calm pair", "middling pair", "lively pair"
CALM_SHARE = 0.5
"""A pair whose habit is at most so much of the usual pair's is calm: somebody holds it. One above it is lively."""
CROSS_SECTION = (PRICES, RATES)
BAR = ("open", "high", "low", "close")
ANNOUNCEMENTS = "capex_events.csv"
REPEATED: dict[str, tuple[str, ...]] = {PRICES: BAR, RATES: ("rate",), FIGURES: ("value",)}
"""Columns that together seldom say the same again."""
LAST_ROWS = 10
"""How far back a number is searched for."""
YEAR = 4
"""Figures a year."""
ROUNDING = 1e-9
FEWEST_DAYS = 20
"""With fewer clean days of one metric all figures are compared with, row by row."""
MOST_WORDS = 12
"""A column of whole numbers with no more different ones is a list of words, as is a direction."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clean numbers of a column are."""

    is_ever_negative: bool
    words: frozenset[float]
    """All of them, where they are few whole numbers."""


@dataclass(slots=True)
class NaturalMoves:
    """The furthest move of each clean day, by yardstick."""

    twins: frozenset[str]
    """Symbols of companies with two listings in the recording."""
    days: dict[Yardstick, list[float]] = field(default_factory=dict)
    """Sorted."""
    habits: dict[tuple[str, tuple[str, ...], str], float] = field(default_factory=dict)
    """File, series, column -> median of its own moves."""
    pairs: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Series of rates -> their class: a fault that is small for lively pairs is not for calm ones."""
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)
    """File, column -> what its clean numbers are."""
    signed: frozenset[str] = frozenset()
    """Metrics whose figures are below zero at times."""
    reports: Mapping[Report, Parts] = field(default_factory=dict)
    excess: Mapping[Report, float] = field(default_factory=dict)
    """Of the segments over their total."""

    def share_at_least(self, yardstick: Yardstick, effect: float) -> float | None:
        """Return the share of clean days on which something moved at least that far; None: nothing to compare with.

        A change of sign, or from or to nought, is as far as another one, and no measure for what keeps its sign.
        """
        days = self.days.get(yardstick)
        if not days:
            return None
        furthest = len(days) if math.isinf(effect) else bisect_left(days, math.inf)
        return (furthest - bisect_left(days, effect * (1 - ROUNDING))) / len(days)

    def class_of(self, file: RecordedFile, row: RecordedRow, *, by_move: bool) -> str:
        """Return the class under which a fault is counted.

        Where numbers are moved, listings with a twin stand apart, calm and lively pairs, and figures that are below
        zero at times.
        """
        if file.name == PRICES and by_move:
            return TWIN if row.cells.get("symbol") in self.twins else SINGLE
        if file.name == RATES and by_move:
            return self.pairs.get(row.series, MIDDLING)
        if file.name == FIGURES and by_move and row.cells.get("metric") in self.signed:
            return SIGNED
        return SHAPES[file.name].called


def natural_moves(files: Mapping[str, RecordedFile], universe: Universe) -> NaturalMoves:
    """Return how far the rows of a recording move by themselves.

    Args:
        files: the recording's files by name.
        universe: which listings belong together.
    """
    moves = NaturalMoves(twins=_twins(files, universe))
    if FIGURES in files:
        moves.signed = _signed_metrics(files[FIGURES])
        moves.reports = reports_of(files[FIGURES])
        moves.excess = excesses(moves.reports)
    found: dict[Yardstick, Days] = {}
    for file in files.values():
        for column in file.numbers():
            moves.seen[file.name, column] = _seen(file, column)
            _own_moves(file, column, moves, found)
        if file.name in REPEATED:
            for day, rows in file.by_day.items():
                _count(found, (file.name, "", "repeats"), day, sum(_repeats(file, r, r.cells) for r in rows))
        if file.name in {PRICES, ANNOUNCEMENTS}:
            for day, rows in file.by_day.items():
                _count(found, (file.name, "", "order"), day, sum(_is_disordered(file, row.cells) for row in rows))
    if PRICES in files and RATES in files:
        for day, gap in _gaps(files[PRICES], files[RATES], universe):
            _furthest(found, (TWIN, "close", "parity"), day, gap)
    moves.days |= {yardstick: sorted(days.values()) for yardstick, days in found.items()}
    moves.days[SUM] = drifts(moves.excess)
    return moves


def natural_share(file: BatchFile, moves: NaturalMoves) -> float | None:
    """Return the share of clean days on which something moved by itself as far as a fault moved a batch's rows.

    Zero where the fault is no move of numbers: a text, a row that comes or goes, bytes. None where the recording has
    nothing to compare with.
    """
    if file.is_hit_as_a_whole or file.is_shuffled or file.dropped or file.edited_texts:
        return 0.0
    moved = [row for row in file.rows if row.changed or row.is_added or row.edits]
    measured = set(file.recorded.numbers())
    if any(row.is_added or row.edits or set(row.changed) - measured for row in moved):
        return 0.0
    name = file.recorded.name
    if any(_is_impossible(row.cells.get(c, ""), moves.seen[name, c]) for row in moved for c in row.changed):
        return 0.0
    shares = [moves.share_at_least(*asked) for row in moved for asked in _asked(file.recorded, row, moves)]
    repeated = sum(_repeats(file.recorded, row.origin, row.cells) for row in moved)
    if name == FIGURES and (drift := moved_by(moved, moves.reports, moves.excess)):
        shares.append(moves.share_at_least(SUM, drift))
    if repeated:
        shares.append(moves.share_at_least((name, "", "repeats"), repeated))
    disordered = sum(_is_disordered(file.recorded, row.cells) for row in moved)
    if disordered:
        shares.append(moves.share_at_least((name, "", "order"), disordered))
    return min((share for share in shares if share is not None), default=None)


def _asked(file: RecordedFile, row: BatchRow, moves: NaturalMoves) -> Iterator[tuple[Yardstick, float]]:
    group = _group(file, row.origin, moves)
    for column in row.changed:
        effect = _distance(row.origin.cells.get(column, ""), row.cells.get(column, ""))
        for kind in ("own", "year"):
            is_enough = file.name != FIGURES or len(moves.days.get((group, column, kind), ())) >= FEWEST_DAYS
            yield (group if is_enough else _pool(row.origin, moves), column, kind), effect
        habit = moves.habits.get((file.name, row.origin.series, column))
        if habit:
            yield (group, column, "habit"), effect / habit
        if group == TWIN:
            yield (group, column, "parity"), effect


def _group(file: RecordedFile, row: RecordedRow, moves: NaturalMoves) -> str:
    """Return which rows a row is compared with: figures of one metric, listings or pairs of one class."""
    if file.name == FIGURES:
        return row.cells.get("metric", "")
    return moves.class_of(file, row, by_move=True)


def _pool(row: RecordedRow, moves: NaturalMoves) -> str:
    """Return the figures among which a metric with few figures is compared: profits swing as revenues never do."""
    return SIGNED_FIGURES if row.cells.get("metric") in moves.signed else FIGURES


def _signed_metrics(file: RecordedFile) -> frozenset[str]:
    values = ((row.cells.get("metric", ""), number(row.cells.get("value", ""))) for row in file.rows)
    return frozenset(metric for metric, value in values if value is not None and value < 0)


def _distance(before: str, after: str) -> float:
    """Return |log(after / before)|; a change of sign, from or to zero, or to no number is infinitely far."""
    a, b = number(before), number(after)
    if a is None or b is None or a == 0 or b == 0 or (a < 0) != (b < 0):
        return math.inf
    return abs(math.log(b / a))


def _own_moves(file: RecordedFile, column: str, moves: NaturalMoves, found: dict[Yardstick, Days]) -> None:
    changes = _changes(file, column)
    by_place = {(row.series, row.place): change for row, change, _ in changes}
    if file.name in CROSS_SECTION:
        _learn_habits(file, column, changes, moves)
    for row, change, move in changes:
        day, group = row.known_on, _group(file, row, moves)
        if day is None:
            continue
        _furthest(found, (group, column, "own"), day, move)
        if habit := moves.habits.get((file.name, row.series, column)):
            _furthest(found, (group, column, "habit"), day, move / habit)
        if file.name != FIGURES:
            continue
        pool = _pool(row, moves)
        moves.days.setdefault((pool, column, "own"), []).append(move)
        year_ago = by_place.get((row.series, row.place - YEAR), math.inf)
        if math.isfinite(year_ago):
            # A change of sign stays infinitely far, whatever there was a year ago.
            _furthest(found, (group, column, "year"), day, abs(change - year_ago))
            moves.days.setdefault((pool, column, "year"), []).append(abs(change - year_ago))
    for pool in (FIGURES, SIGNED_FIGURES):
        for kind in ("own", "year"):
            moves.days.get((pool, column, kind), []).sort()


def _learn_habits(
    file: RecordedFile, column: str, changes: Sequence[tuple[RecordedRow, float, float]], moves: NaturalMoves
) -> None:
    own: dict[tuple[str, ...], list[float]] = {}
    for row, _, move in changes:
        own.setdefault(row.series, []).append(move)
    habits = {series: median(values) for series, values in own.items()}
    moves.habits |= {(file.name, series, column): habit for series, habit in habits.items()}
    if file.name == RATES and habits:
        moves.pairs = _classes(changes)


def _classes(changes: Sequence[tuple[RecordedRow, float, float]]) -> dict[tuple[str, ...], str]:
    """Return the class of each pair by how far it usually moves, whatever the others do."""
    sizes: dict[tuple[str, ...], list[float]] = {}
    for row, change, _ in changes:
        sizes.setdefault(row.series, []).append(abs(change))
    habits = {series: median(values) for series, values in sizes.items()}
    usual = median(habits.values())
    return {
        series: CALM if habit <= usual * CALM_SHARE else LIVELY if habit > usual else MIDDLING
        for series, habit in habits.items()
    }


def _changes(file: RecordedFile, column: str) -> list[tuple[RecordedRow, float, float]]:
    """Return each row with its change from the row before, and how far that is from what all rows did that day."""
    order = SHAPES[file.name].order
    given = [
        (row, change)
        for series in file.series.values()
        for before, row in pairwise(series)
        if before.cells.get(order) != row.cells.get(order) and row.known_on is not None
        if (change := _signed(before.cells.get(column, ""), row.cells.get(column, ""))) is not None
    ]
    if file.name not in CROSS_SECTION:
        return [(row, change, abs(change)) for row, change in given]
    by_moment: dict[str, list[float]] = {}
    for row, change in given:
        by_moment.setdefault(row.cells.get(order, ""), []).append(change)
    middle = {moment: median(values) for moment, values in by_moment.items()}
    return [(row, change, _apart(change, middle[row.cells.get(order, "")])) for row, change in given]


def _apart(change: float, middle: float) -> float:
    return abs(change - middle) if math.isfinite(middle) else abs(change)


def _signed(before: str, after: str) -> float | None:
    a, b = number(before), number(after)
    if a is None or b is None:
        return None
    if a == 0 or b == 0 or (a < 0) != (b < 0):
        return 0.0 if a == b else math.inf
    return math.log(b / a)


def _repeats(file: RecordedFile, row: RecordedRow, cells: Mapping[str, str]) -> bool:
    """Return whether a row says again what one of the last rows of its series said."""
    columns = REPEATED.get(file.name, ())
    said = [number(cells.get(c, "")) for c in columns]
    if not said or None in said:
        return False
    earlier = file.series[row.series][max(0, row.place - LAST_ROWS) : row.place]
    return any(said == [number(other.cells.get(c, "")) for c in columns] for other in reversed(earlier))


def _is_disordered(file: RecordedFile, cells: Mapping[str, str]) -> bool:
    if file.name == PRICES:
        opened, high, low, closed = (number(cells.get(c, "")) for c in BAR)
        if opened is None or high is None or low is None or closed is None:
            return False
        return high < max(opened, low, closed) or low > min(opened, high, closed)
    if file.name == ANNOUNCEMENTS:
        least, most = number(cells.get("amount_low", "")), number(cells.get("amount_high", ""))
        return least is not None and most is not None and least > most
    return False


def _seen(file: RecordedFile, column: str) -> Seen:
    values = {value for row in file.rows if (value := number(row.cells.get(column, ""))) is not None}
    is_few = column in file.whole_numbers() and len(values) <= MOST_WORDS
    return Seen(any(value < 0 for value in values), frozenset(values) if is_few else frozenset())


def _is_impossible(text: str, seen: Seen) -> bool:
    """Return whether a changed cell holds what no clean one does."""
    value = number(text)
    if value is None:
        return True
    return (value < 0 and not seen.is_ever_negative) or bool(seen.words and value not in seen.words)


def _twins(files: Mapping[str, RecordedFile], universe: Universe) -> frozenset[str]:
    there = {series[0] for series in files[PRICES].series} if PRICES in files else set()
    listed = [[li.symbol for li in c.listings if li.symbol in there] for c in universe.companies]
    return frozenset(symbol for symbols in listed if len(symbols) > 1 for symbol in symbols)


def _gaps(prices: RecordedFile, rates: RecordedFile, universe: Universe) -> Iterator[tuple[date, float]]:
    """Yield the gaps between listings of one company, less what is usual for the two."""
    for company in universe.companies:
        listings = [listing for listing in company.listings if (listing.symbol,) in prices.series]
        for first, second in pairwise(listings):
            ours, theirs = (
                dict(_dollars(prices.series[li.symbol,], rates, li.currency, li.shares_per_unit.value))
                for li in (first, second)
            )
            gaps = {moment: (ours[moment][0] - theirs[moment][0], ours[moment][1]) for moment in ours.keys() & theirs}
            usual = median([gap for gap, _ in gaps.values()]) if gaps else 0.0
            yield from ((day, abs(gap - usual)) for gap, day in gaps.values())


def _dollars(
    bars: Iterable[RecordedRow], rates: RecordedFile, currency: str, shares: float
) -> Iterator[tuple[str, tuple[float, date]]]:
    """Yield, per session, the logarithm of a share's close in US dollars, and the day it became known."""
    quoted = rates.series.get((f"USD{currency}",), ())
    sessions = [row.cells.get("session", "") for row in quoted]
    for bar in bars:
        session, close = bar.cells.get("session", ""), number(bar.cells.get("close", ""))
        at = bisect_right(sessions, session) - 1
        rate = 1.0 if currency == "USD" else number(quoted[at].cells.get("rate", "")) if at >= 0 else None
        if close and rate and close > 0 and rate > 0 and bar.known_on is not None:
            yield session, (math.log(close / rate / shares), bar.known_on)


def _furthest(found: dict[Yardstick, Days], yardstick: Yardstick, day: date, move: float) -> None:
    days = found.setdefault(yardstick, {})
    days[day] = max(days.get(day, 0.0), move)


def _count(found: dict[Yardstick, Days], yardstick: Yardstick, day: date, rows: int) -> None:
    found.setdefault(yardstick, {})[day] = float(rows)
