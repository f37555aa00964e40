"""Which rows of a batch a kind of fault hits.

Here: conditions on rows, and the choice by lot among those that fulfil them. Not here: what happens to the rows
(`injecting`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from aicycle.model.faults import FaultKind, RowCondition
from transforms.gate.faults.batch import BatchFile, BatchRow, NothingToHitError
from transforms.gate.faults.recorded import RecordedRow

Item = TypeVar("Item")


def may_hit(row: RecordedRow, kind: FaultKind) -> bool:
    """Return whether a kind may hit a row."""
    return row.known_before >= kind.rows.earlier and fulfils(row.cells, kind.rows.where)


def choose(file: BatchFile, kind: FaultKind, lead: RecordedRow, lot: np.random.Generator) -> list[BatchRow]:
    """Return the rows of a batch that are hit.

    Args:
        file: the clean file.
        kind: what hits it.
        lead: a row of it that may be hit; where one is enough, it is that one.
        lot: decides among the others.

    Raises:
        NothingToHitError: the row is not in the batch, or too few or too many are there beside it.
    """
    own = [row for row in file.rows if row.origin is lead]
    able = [row for row in file.rows if may_hit(row.origin, kind)]
    if not own:
        raise NothingToHitError("the row is not in the batch")
    rows = kind.rows
    beside = sum(all(row.cells.get(c) == lead.cells.get(c) for c in rows.group) for row in file.rows) - 1
    if beside < rows.beside_least or (rows.beside_most is not None and beside > rows.beside_most):
        raise NothingToHitError("too few or too many rows are there beside it")
    if rows.take == "one":
        return own
    if rows.take == "group":
        return [row for row in able if all(row.cells.get(c) == lead.cells.get(c) for c in rows.group)]
    if rows.take == "all":
        return able
    wanted = max(1, round(len(able) * rows.share))
    if rows.largest is not None:
        column = rows.largest
        return sorted(able, key=lambda row: -(number(row.cells.get(column, "")) or 0.0))[:wanted]
    others = [row for row in able if row.origin is not lead]
    return own + [others[int(at)] for at in lot.permutation(len(others))[: wanted - 1]]


def fulfils(cells: Mapping[str, str], conditions: Sequence[RowCondition]) -> bool:
    """Return whether a row's cells fulfil all conditions. A cell that is no number is in no range."""
    return all(_fulfils(cells.get(condition.column, ""), condition) for condition in conditions)


def _fulfils(text: str, condition: RowCondition) -> bool:
    wanted = [
        condition.equals is None or text == condition.equals,
        condition.among is None or text in condition.among,
        condition.not_among is None or text not in condition.not_among,
        condition.given is None or bool(text.strip()) == condition.given,
    ]
    if condition.at_least is not None or condition.at_most is not None:
        value = number(text)
        low = -math.inf if condition.at_least is None else condition.at_least
        high = math.inf if condition.at_most is None else condition.at_most
        wanted.append(value is not None and low <= value <= high)
    return all(wanted) and (condition.matches is None or re.search(condition.matches, text) is not None)


def number(text: str) -> float | None:
    """Return a cell's finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def one_of(items: Sequence[Item], lot: np.random.Generator) -> Item:
    """Return one of several, by lot.

    Raises:
        NothingToHitError: there are none.
    """
    if not items:
        raise NothingToHitError("no row or cell to choose from")
    return items[int(lot.integers(len(items)))]
