"""Operations on the cells of a row that need nothing but the row.

Here: numbers, texts, days and instants as they stand in cells. Not here: cells that come from other rows
(`neighbours`).
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np

from aicycle.model.faults import operations as do
from transforms.gate.faults.batch import BatchFile, BatchRow, NothingToHitError
from transforms.gate.faults.choosing import number, one_of

MONTHS_A_YEAR = 12
PLACES = 6
"""Decimals that are written: more than any source gives of a price or a rate."""


def change_cells(file: BatchFile, step: do.Operation, lot: np.random.Generator) -> bool:
    """Do an operation to the rows that are hit, if it is one of these.

    Returns:
        Whether it was.

    Raises:
        NothingToHitError: a cell does not allow it.
    """
    whole = file.recorded.whole_numbers()
    match step:
        case do.Multiply():
            _numbers(file, step.columns, whole, lambda value: value * _factor(step.by))
        case do.Add():
            _numbers(file, step.columns, whole, lambda value: value + float(step.amount))
        case do.Noise():
            _numbers(file, step.columns, whole, lambda value: value * math.exp(float(step.sd) * lot.standard_normal()))
        case do.Negate():
            _numbers(file, step.columns, whole, lambda value: -value)
        case do.Invert():
            _numbers(file, step.columns, whole, _inverse)
        case do.Set():
            for row in file.hit:
                for column in [one_of(step.columns, lot)] if step.one_of_columns else step.columns:
                    row.cells[column] = step.to
        case do.Replace():
            for row in file.hit:
                row.cells[step.column] = _replacement(row, step)
        case do.SwapColumns():
            first, second = step.columns
            for row in file.hit:
                row.cells[first], row.cells[second] = row.cells.get(second, ""), row.cells.get(first, "")
        case do.InsertText():
            _texts(file, step.columns, lambda text: _inserted(text, step.text, step.at))
        case do.Mojibake():
            _texts(file, step.columns, _misread)
        case do.CutText():
            _texts(file, step.columns, lambda text: text[: int(len(text) * float(step.keep))])
        case do.ShiftDate():
            _texts(file, step.columns, lambda text: _shifted(text, int(float(step.days)), int(float(step.months))))
        case do.ShiftToWeekday():
            _texts(file, step.columns, lambda text: _on_weekday(text, step.weekday))
        case do.ShiftClock():
            _texts(file, step.columns, lambda text: _later(text, float(step.hours)))
        case _:
            return False
    return True


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


def _factor(by: float | str) -> float:
    value = float(by)
    if not math.isfinite(value):
        raise NothingToHitError("no factor")
    return value


def _inverse(value: float) -> float:
    if value == 0:
        raise NothingToHitError("zero has no inverse")
    return 1 / value


def _numbers(
    file: BatchFile, columns: tuple[str, ...], whole: frozenset[str], change: Callable[[float], float]
) -> None:
    """Change numbers; a cell that is empty or holds none stays as it is."""
    for row in file.hit:
        for column in columns:
            value = number(row.cells.get(column, ""))
            if value is not None:
                row.cells[column] = as_cell(change(value), is_whole=column in whole)


def _texts(file: BatchFile, columns: tuple[str, ...], change: Callable[[str], str]) -> None:
    """Change texts; an empty cell stays empty."""
    for row in file.hit:
        for column in columns:
            if text := row.cells.get(column, ""):
                row.cells[column] = change(text)


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
