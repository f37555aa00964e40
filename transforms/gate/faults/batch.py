"""A batch's file while a fault is put into it, and its bytes afterwards.

Here: rows that remember what they were, and writing them in the recording format. Not here: what is done to them
(`injecting`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from transforms.gate.faults.recorded import RecordedFile, RecordedRow
from transforms.staging.lines import BYTE_ORDER_MARK


class NothingToHitError(Exception):
    """This kind of fault can't be put here: no such row, no earlier row, a cell that it would not change."""


@dataclass(slots=True, eq=False)
class BatchRow:
    """One row of the batch."""

    cells: dict[str, str]
    origin: RecordedRow
    """What it is, or is a copy of."""
    is_added: bool = False
    """It stands beside the clean batch's rows."""
    edits: list[Callable[[bytes], bytes]] = field(default_factory=list)
    """Done to its line once it is written."""

    @property
    def changed(self) -> tuple[str, ...]:
        """Columns whose cells are not what they were."""
        return tuple(name for name, text in self.cells.items() if text != self.origin.cells.get(name, ""))


@dataclass(slots=True, eq=False)
class BatchFile:
    """One file of a batch."""

    recorded: RecordedFile
    rows: list[BatchRow]
    hit: list[BatchRow] = field(default_factory=list)
    """The rows that the next operation works on."""
    dropped: list[BatchRow] = field(default_factory=list)
    is_shuffled: bool = False
    delimiter: str = ","
    line_end: str = "\n"
    has_mark: bool = False
    keep: float = 1.0
    """Share of the bytes that is sent."""
    edited_texts: dict[str, str] = field(default_factory=dict)
    """Name of a text file beside it -> the sentence added to it."""

    @property
    def is_hit_as_a_whole(self) -> bool:
        """Whether the file was changed beyond single rows."""
        return self.delimiter != "," or self.line_end != "\n" or self.has_mark or self.keep < 1


@dataclass(frozen=True, slots=True)
class Written:
    """A batch's file as it is sent."""

    content: bytes
    lines: dict[int, BatchRow]
    """Line at which a row begins -> the row."""


def batch_file(recorded: RecordedFile, rows: Sequence[RecordedRow]) -> BatchFile:
    """Return the clean file of a batch."""
    return BatchFile(recorded, [BatchRow(dict(row.cells), row) for row in rows])


def written(file: BatchFile) -> Written:
    """Return the bytes of a file in the recording format, and where its rows stand in them."""
    recorded, parts, lines, line = file.recorded, list[bytes](), dict[int, BatchRow](), 1
    end = file.line_end.encode()
    if recorded.is_table:
        header = file.delimiter.join(_quoted(name, file.delimiter) for name in recorded.columns).encode() + end
        parts.append(header)
        line += header.count(b"\n")
    for row in file.rows:
        raw = _line(row, file).encode()
        for edit in row.edits:
            raw = edit(raw)
        lines[line] = row
        parts.append(raw + end)
        line += parts[-1].count(b"\n")
    content = b"".join(parts)
    if file.keep < 1:
        content = content[: max(1, round(len(content) * file.keep))]
    return Written((BYTE_ORDER_MARK if file.has_mark else b"") + content, lines)


def _line(row: BatchRow, file: BatchFile) -> str:
    recorded = file.recorded
    if recorded.is_table:
        return file.delimiter.join(_quoted(row.cells.get(name, ""), file.delimiter) for name in recorded.columns)
    content = {name: _decoded(text) if name in recorded.encoded else text for name, text in row.cells.items() if text}
    return json.dumps(content, ensure_ascii=False)


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text  # a fault made it: what is no JSON any more is sent as the text it is


def _quoted(cell: str, delimiter: str) -> str:
    if any(character in cell for character in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
