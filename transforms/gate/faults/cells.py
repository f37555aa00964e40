"""Operations on the cells of a row that need nothing but the row.

Here: numbers, texts, days and instants as they stand in cells. Not here: cells that come from other rows
(`neighbours`).
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from aicycle.model.faults import operations as do
from transforms.gate.faults.batch import BatchFile, BatchRow, NothingToHitError
from transforms.gate.faults.choosing import number, one_of

MONTHS_A_YEAR = 12
PLACES = 6
"""Decimals that are written: more than any source gives of a price or a rate."""


Doing = Callable[[BatchFile, Any, np.random.Generator], None]
"""Does one operation to the rows of a file that are hit. `NothingToHitError`: a cell does not allow it."""


def as_cell(value: float, *, is_whole: bool = False) -> str:
    """Return a number as the recording format writes it."""
    if is_whole:
        return str(round(value))
    if value != 0 and abs(value) < 10**-PLACES * 1000:
        return repr(value)
    return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


def day_of(text: str) -> date:
    """Return a cell's day.

    Raises:
        NothingToHitError: it holds none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NothingToHitError("no day in the cell") from None


def months_between(earlier: date, later: date) -> int:
    """Return how many months lie between the months of two days."""
    return (later.year - earlier.year) * MONTHS_A_YEAR + later.month - earlier.month


def _inverse(value: float) -> float:
    if value == 0:
        raise NothingToHitError("zero has no inverse")
    return 1 / value


def _replacement(row: BatchRow, step: do.Replace) -> str:
    text = row.cells.get(step.column, "")
    if text not in step.by:
        raise NothingToHitError(f"nothing stands for {text!r}")
    return step.by[text]


def _inserted(text: str, piece: str, at: do.Place) -> str:
    position = {"start": 0, "middle": len(text) // 2, "end": len(text)}[at]
    return text[:position] + piece + text[position:]


def _misread(text: str) -> str:
    if text.isascii():
        raise NothingToHitError("ASCII is the same in both encodings")
    return text.encode("utf-8").decode("latin-1")


def _shifted(text: str, days: int, months: int) -> str:
    day = day_of(text)
    if months:
        is_last = day.day == calendar.monthrange(day.year, day.month)[1]
        count = day.year * MONTHS_A_YEAR + day.month - 1 + months
        year, month = divmod(count, MONTHS_A_YEAR)
        last = calendar.monthrange(year, month + 1)[1]
        day = date(year, month + 1, last if is_last else min(day.day, last))
    return (day + timedelta(days=days)).isoformat()


def _on_weekday(text: str, weekday: int) -> str:
    day = day_of(text)
    return (day - timedelta(days=(day.isoweekday() - weekday - 1) % 7 + 1)).isoformat()


def _later(text: str, hours: float) -> str:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise NothingToHitError("no instant in the cell") from None
    if instant.tzinfo is None:
        raise NothingToHitError("no instant in the cell")
    return (instant + timedelta(hours=hours)).isoformat()


def _set(file: BatchFile, step: do.Set, lot: np.random.Generator) -> None:
    for row in file.hit:
        for column in [one_of(step.columns, lot)] if step.one_of_columns else step.columns:
            row.cells[column] = step.to


def _replace(file: BatchFile, step: do.Replace, lot: np.random.Generator) -> None:
    del lot
    for row in file.hit:
        row.cells[step.column] = _replacement(row, step)


def _swap_columns(file: BatchFile, step: do.SwapColumns, lot: np.random.Generator) -> None:
    del lot
    first, second = step.columns
    for row in file.hit:
        row.cells[first], row.cells[second] = row.cells.get(second, ""), row.cells.get(first, "")


def _numbers(change: Callable[[Any, np.random.Generator], Callable[[float], float]]) -> Doing:
    """Return what changes numbers; a cell that is empty or holds none stays as it is."""

    def doing(file: BatchFile, step: Any, lot: np.random.Generator) -> None:  # noqa: ANN401 - one operation each
        whole, changed = file.recorded.whole_numbers(), change(step, lot)
        for row in file.hit:
            for column in step.columns:
                value = number(row.cells.get(column, ""))
                if value is not None:
                    row.cells[column] = as_cell(changed(value), is_whole=column in whole)

    return doing


def _texts(change: Callable[[Any, str], str]) -> Doing:
    """Return what changes texts; an empty cell stays empty."""

    def doing(file: BatchFile, step: Any, lot: np.random.Generator) -> None:  # noqa: ANN401 - one operation each
        del lot
        for row in file.hit:
            for column in step.columns:
                if text := row.cells.get(column, ""):
                    row.cells[column] = change(step, text)

    return doing


CELL_OPERATIONS: Mapping[type[do.Operation], Doing] = {
    do.Multiply: _numbers(lambda step, _: lambda value: value * float(step.by)),
    do.Add: _numbers(lambda step, _: lambda value: value + float(step.amount)),
    do.Noise: _numbers(lambda step, lot: lambda value: value * math.exp(float(step.sd) * lot.standard_normal())),
    do.Negate: _numbers(lambda _step, _lot: lambda value: -value),
    do.Invert: _numbers(lambda _step, _lot: _inverse),
    do.Set: _set,
    do.Replace: _replace,
    do.SwapColumns: _swap_columns,
    do.InsertText: _texts(lambda step, text: _inserted(text, step.text, step.at)),
    do.Mojibake: _texts(lambda _step, text: _misread(text)),
    do.CutText: _texts(lambda step, text: text[: int(len(text) * float(step.keep))]),
    do.ShiftDate: _texts(lambda step, text: _shifted(text, int(float(step.days)), int(float(step.months)))),
    do.ShiftToWeekday: _texts(lambda step, text: _on_weekday(text, step.weekday)),
    do.ShiftClock: _texts(lambda step, text: _later(text, float(step.hours))),
}
