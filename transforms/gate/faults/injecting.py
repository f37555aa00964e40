"""Putting one fault into one file of a batch.

Here: the operations in their order, sizes in the place of `$size`, rows that come and go, bytes. Not here: operations
on cells (`cells`, `neighbours`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np

from aicycle.model.faults import FaultKind, Size
from aicycle.model.faults import operations as do
from transforms.gate.faults.batch import BatchFile, BatchRow, NothingToHitError, written
from transforms.gate.faults.cells import CELL_OPERATIONS, Doing
from transforms.gate.faults.choosing import choose
from transforms.gate.faults.neighbours import NEIGHBOUR_OPERATIONS, known
from transforms.gate.faults.recorded import RecordedRow


def inject(file: BatchFile, kind: FaultKind, size: Size | None, lead: RecordedRow, lot: np.random.Generator) -> None:
    """Put a fault into a clean file.

    Args:
        file: the clean file; it is changed.
        kind: what happens to it.
        size: stands for `$size`.
        lead: the row it happens to, or one of them.
        lot: decides what is left open.

    Raises:
        NothingToHitError: it can't happen here, or would change nothing.
    """
    clean = written(file).content
    file.hit = choose(file, kind, lead, lot)
    for step in kind.do:
        DOING[type(step)](file, sized(step, size), lot)
    if written(file).content == clean and not file.edited_texts:
        raise NothingToHitError("it would change nothing")


def sized(step: do.Operation, size: Size | None) -> do.Operation:
    """Return an operation with the size in the place of `$size`.

    Raises:
        NothingToHitError: a size is asked for and there is none, or it is no number where one is needed.
    """
    changed: dict[str, Any] = {field.name: _sized(getattr(step, field.name), size) for field in fields(step)}
    answer: do.Operation = replace(step, **changed)
    return answer


def _sized(value: object, size: Size | None) -> object:
    if isinstance(value, tuple):
        return tuple(_sized(part, size) for part in value)
    if not isinstance(value, str) or do.SIZE not in value:
        return value
    if size is None:
        raise NothingToHitError("the kind has no sizes")
    if value == do.SIZE:
        return size
    try:
        number = float(size)
    except ValueError:
        return value.replace(do.SIZE, str(size))
    return {f"-{do.SIZE}": -number, f"1/{do.SIZE}": 1 / number if number else 0.0}.get(
        value, value.replace(do.SIZE, str(size))
    )


def _add(file: BatchFile, rows: list[BatchRow]) -> None:
    file.rows += rows
    file.hit = rows


def _copy(row: RecordedRow, cells: Mapping[str, str] | None = None) -> BatchRow:
    return BatchRow(dict(row.cells if cells is None else cells), row, is_added=True)


def _edit_lines(file: BatchFile, edit: Callable[[bytes], bytes]) -> None:
    for row in file.hit:
        row.edits.append(edit)


def _with_bytes(line: bytes, *, piece: bytes, at: do.Place) -> bytes:
    position = {"start": 0, "middle": len(line) // 2, "end": len(line)}[at]
    return line[:position] + piece + line[position:]


def _cut(line: bytes, *, keep: float) -> bytes:
    return line[: int(len(line) * keep)]


def _drop(file: BatchFile) -> None:
    file.rows = [row for row in file.rows if row not in file.hit]
    file.dropped += file.hit


def _shuffle_rows(file: BatchFile, step: do.ShuffleRows, lot: np.random.Generator) -> None:
    del step
    file.rows = [file.rows[int(at)] for at in lot.permutation(len(file.rows))]
    file.is_shuffled = True


def _edit_texts(file: BatchFile, text: str) -> None:
    file.edited_texts |= {row.cells.get("file", ""): text for row in file.hit}


def _simply(change: Callable[[BatchFile, Any], None]) -> Doing:
    """Return an operation that leaves nothing to chance."""
    return lambda file, step, _: change(file, step)


DOING: Mapping[type[do.Operation], Doing] = {
    **CELL_OPERATIONS,
    **NEIGHBOUR_OPERATIONS,
    do.Drop: _simply(lambda file, _: _drop(file)),
    do.Duplicate: _simply(lambda file, _: _add(file, [_copy(row.origin, row.cells) for row in file.hit])),
    do.Resend: _simply(lambda file, step: _add(file, [_copy(known(file, r, int(float(step.rows)))) for r in file.hit])),
    do.ShuffleRows: _shuffle_rows,
    do.EditText: _simply(lambda file, step: _edit_texts(file, step.text)),
    do.InsertBytes: _simply(
        lambda file, step: _edit_lines(file, partial(_with_bytes, piece=bytes.fromhex(step.bytes), at=step.at))
    ),
    do.CutLine: _simply(lambda file, step: _edit_lines(file, partial(_cut, keep=float(step.keep)))),
    do.CutFile: _simply(lambda file, step: setattr(file, "keep", float(step.keep))),
    do.Delimiter: _simply(lambda file, step: setattr(file, "delimiter", step.character)),
    do.ByteOrderMark: _simply(lambda file, _: setattr(file, "has_mark", True)),
    do.LineEnds: _simply(lambda file, _: setattr(file, "line_end", "\r\n")),
}
"""Operation -> what does it. Every one of the catalogue's is here."""
