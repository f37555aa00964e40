"""Operations that need other rows: of the batch, or known before it.

Here: swaps, copies, sums over a series, a total's remainder. Not here: what a row can do alone (`cells`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

import numpy as np

from aicycle.model.faults import RowCondition
from aicycle.model.faults import operations as do
from transforms.gate.faults.batch import BatchFile, BatchRow, NothingToHitError
from transforms.gate.faults.cells import Doing, as_cell, day_of, months_between
from transforms.gate.faults.choosing import fulfils, number, one_of
from transforms.gate.faults.recorded import RecordedRow

LATEST = 10
"""Of earlier rows that fit, one of these last ones is taken."""


def back(file: BatchFile, row: BatchRow, rows: int) -> RecordedRow:
    """Return the row so many earlier in the same series; later, where `rows` is negative.

    Raises:
        NothingToHitError: the series does not reach that far.
    """
    series, place = file.recorded.series[row.origin.series], row.origin.place - rows
    if not 0 <= place < len(series):
        raise NothingToHitError("the series does not reach that far")
    return series[place]


def known(file: BatchFile, row: BatchRow, rows: int) -> RecordedRow:
    """Return the row so many earlier in the same series, of those that were known on an earlier day.

    Raises:
        NothingToHitError: there are not so many.
    """
    day, series = row.origin.known_on, file.recorded.series[row.origin.series]
    earlier = [r for r in series[: row.origin.place] if r.known_on is not None and day is not None and r.known_on < day]
    if rows < 1 or len(earlier) < rows:
        raise NothingToHitError("the series does not reach that far")
    return earlier[-rows]


def _swap(file: BatchFile, step: do.SwapRows, lot: np.random.Generator) -> None:
    partners = []
    for row in file.hit:
        others = [
            o
            for o in file.rows
            if o is not row
            and _fits(o.cells, row.cells, step.same, step.differ, step.where)
            and _are_apart(o.cells, row.cells, step)
        ]
        other = one_of(others, lot)
        for column in step.columns:
            row.cells[column], other.cells[column] = other.cells.get(column, ""), row.cells.get(column, "")
        partners.append(other)
    file.hit = [*file.hit, *(row for row in partners if row not in file.hit)]


def _are_apart(cells: Mapping[str, str], against: Mapping[str, str], step: do.SwapRows) -> bool:
    if step.apart_least is None and step.apart_most is None:
        return True
    least = 1.0 if step.apart_least is None else float(step.apart_least)
    most = math.inf if step.apart_most is None else float(step.apart_most)
    return all(least <= _times(cells.get(c, ""), against.get(c, "")) <= most for c in step.columns)


def _times(cell: str, other: str) -> float:
    """Return how many times the larger number is of the smaller one; NaN where there is none."""
    a, b = number(cell), number(other)
    if a is None or b is None:
        return math.nan
    return math.inf if 0 in (a, b) or (a < 0) != (b < 0) else max(abs(a), abs(b)) / min(abs(a), abs(b))


def _another(file: BatchFile, row: BatchRow, step: do.CopyFrom, lot: np.random.Generator) -> Mapping[str, str]:
    """Return the cells of another row: of the batch, else one of the latest that were known before it."""
    mates: list[Mapping[str, str]] = [o.cells for o in file.rows if o is not row]
    fitting = [cells for cells in mates if _fits(cells, row.cells, step.same, step.differ, step.where)]
    if not fitting:
        known = (o.cells for o in _known_before(file, row))
        fitting = list(islice((c for c in known if _fits(c, row.cells, step.same, step.differ, step.where)), LATEST))
    return one_of(fitting, lot)


def _known_before(file: BatchFile, row: BatchRow) -> Iterator[RecordedRow]:
    """Yield the file's rows that were known when this one came, the latest first."""
    day = row.origin.known_on
    by_day = file.recorded.by_day
    for known_on in sorted((d for d in by_day if day is None or d <= day), reverse=True):
        yield from (other for other in by_day[known_on] if other is not row.origin)


def _fits(
    cells: Mapping[str, str],
    against: Mapping[str, str],
    same: Sequence[str],
    differ: Sequence[str],
    where: Sequence[RowCondition],
) -> bool:
    return (
        all(cells.get(c) == against.get(c) for c in same)
        and all(cells.get(c) != against.get(c) for c in differ)
        and fulfils(cells, where)
    )


def _sum(file: BatchFile, row: BatchRow, step: do.SumBack) -> None:
    members = [row.origin, *(back(file, row, at) for at in range(1, int(float(step.periods))))]
    days = [day_of(member.cells.get(step.order, "")) for member in members]
    if any(months_between(e, later) != step.months_apart for later, e in pairwise(days)):
        raise NothingToHitError("the periods before it are not all there")
    whole = file.recorded.whole_numbers()
    for column in step.columns:
        values = [number(member.cells.get(column, "")) for member in members]
        total = sum(value for value in values if value is not None)
        if None in values:
            raise NothingToHitError("a period before it has no number")
        row.cells[column] = as_cell(total, is_whole=column in whole)


def _remainder(file: BatchFile, row: BatchRow, step: do.Remainder) -> str:
    own = row.cells.get(step.part, "")
    parts: dict[str, float] = {}
    for other in (*(o.origin for o in file.rows), *_known_before(file, row)):
        name, value = other.cells.get(step.part, ""), number(other.cells.get(step.column, ""))
        if value is not None and name not in {own, *parts} and _fits(other.cells, row.cells, step.same, (), ()):
            parts[name] = value
    total = parts.pop(step.total, None)
    if total is None or not parts:
        raise NothingToHitError("no total with other parts")
    return as_cell(total - sum(parts.values()))


def _copy_from(file: BatchFile, step: do.CopyFrom, lot: np.random.Generator) -> None:
    for row in file.hit:
        other = _another(file, row, step, lot)
        row.cells |= {column: other.get(column, "") for column in step.columns}


def _copy_back(file: BatchFile, step: do.CopyBack, lot: np.random.Generator) -> None:
    del lot
    for row in file.hit:
        earlier = back(file, row, int(float(step.rows))).cells
        row.cells |= {column: earlier.get(column, "") for column in step.columns}


def _sum_back(file: BatchFile, step: do.SumBack, lot: np.random.Generator) -> None:
    del lot
    for row in file.hit:
        _sum(file, row, step)


def _less_the_others(file: BatchFile, step: do.Remainder, lot: np.random.Generator) -> None:
    del lot
    for row in file.hit:
        row.cells[step.column] = _remainder(file, row, step)


def _shuffle_column(file: BatchFile, step: do.ShuffleColumn, lot: np.random.Generator) -> None:
    kept = [{column: row.cells.get(column, "") for column in step.columns} for row in file.hit]
    for row, at in zip(file.hit, lot.permutation(len(kept)), strict=True):
        row.cells |= kept[int(at)]


NEIGHBOUR_OPERATIONS: Mapping[type[do.Operation], Doing] = {
    do.SwapRows: _swap,
    do.CopyFrom: _copy_from,
    do.CopyBack: _copy_back,
    do.SumBack: _sum_back,
    do.Remainder: _less_the_others,
    do.ShuffleColumn: _shuffle_column,
}
