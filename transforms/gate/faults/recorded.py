"""The files of a recording as rows of text, each with the day it became known on and its place in its series.

Here: reading files into cells as they are written. Not here: what a cell means (`transforms.staging`), faults
(`injecting`).
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aicycle.contracts.schema import DType
from transforms.staging.json_lines import json_records
from transforms.staging.lines import csv_records
from transforms.staging.tables import TABLE_FORMATS

Series = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileShape:
    """What a file's rows are, seen from the faults that may hit them."""

    called: str
    """What one row is: the class of the scorecard's cells."""
    series: tuple[str, ...]
    """Columns whose values name a series of rows."""
    order: str
    """Column by which a series runs."""


SHAPES: dict[str, FileShape] = {
    "prices.csv": FileShape("listing", ("symbol",), "session"),
    "actions.csv": FileShape("action", ("symbol", "kind"), "ex_date"),
    "fx.csv": FileShape("pair", ("pair",), "session"),
    "reported_figures.csv": FileShape(
        "figure", ("company", "segment", "segment_basis", "metric", "duration_months", "unit"), "period_end"
    ),
    "capex_events.csv": FileShape("announcement", ("company", "kind"), "known_on"),
    "cycle_events.csv": FileShape("event", ("company", "segment", "type"), "known_on"),
    "documents.jsonl": FileShape("document", ("language",), "published"),
    "headlines.jsonl": FileShape("headline", ("feed",), "published"),
}
"""The files that faults may hit, by name."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRow:
    """One row as it stands in the recording."""

    cells: Mapping[str, str]
    """Column -> text; an empty text is an empty cell, or a key that an object lacks."""
    known_on: date | None
    """Day, UTC, on which it became known; None where that can't be told."""
    series: Series
    place: int
    """Position in its series."""
    known_before: int = 0
    """Rows before it in its series that became known on an earlier day."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedFile:
    """One file."""

    name: str
    columns: tuple[str, ...]
    encoded: frozenset[str]
    """Of JSON lines: keys whose values are no texts; their cells are JSON."""
    rows: tuple[RecordedRow, ...]
    series: Mapping[Series, tuple[RecordedRow, ...]]
    by_day: Mapping[date, tuple[RecordedRow, ...]]

    @property
    def is_table(self) -> bool:
        """Whether it is a CSV file."""
        return self.name in TABLE_FORMATS

    def column_types(self) -> dict[str, DType]:
        """Return, of a CSV file, what the cells of each column that is read are meant to be."""
        table = TABLE_FORMATS.get(self.name)
        return {} if table is None else {name: dtype for name, _, dtype in table.forms}

    def numbers(self) -> tuple[str, ...]:
        """Return the columns with measured numbers."""
        measured = (DType.NUMBER, DType.INTEGER)
        keys = SHAPES[self.name].series
        return tuple(n for n, dtype in self.column_types().items() if dtype in measured and n not in keys)

    def whole_numbers(self) -> frozenset[str]:
        """Return the columns in which only whole numbers can be read."""
        return frozenset(name for name, dtype in self.column_types().items() if dtype is DType.INTEGER)


def recorded_file(name: str, content: bytes, known_on: Mapping[int, date]) -> RecordedFile:
    """Return a file's rows.

    Args:
        name: one of `SHAPES`.
        content: its bytes.
        known_on: line at which a row begins -> day, UTC, on which it became known. Damaged rows are not in it.
    """
    columns, encoded, lines = _table(content) if name in TABLE_FORMATS else _objects(content)
    shape = SHAPES[name]
    found: dict[Series, list[tuple[str, int, Mapping[str, str]]]] = {}
    for line, cells in lines:
        series = tuple(cells.get(column, "") for column in shape.series)
        found.setdefault(series, []).append((cells.get(shape.order, ""), line, cells))
    rows: dict[int, RecordedRow] = {}
    in_series: dict[Series, tuple[RecordedRow, ...]] = {}
    for series, members in found.items():
        ordered = sorted(members, key=lambda member: member[:2])
        days = [known_on.get(line) for _, line, _ in ordered]
        known = _known_before(days)
        made = [RecordedRow(cells, days[at], series, at, known[at]) for at, (_, _, cells) in enumerate(ordered)]
        in_series[series] = tuple(made)
        rows |= {line: row for (_, line, _), row in zip(ordered, made, strict=True)}
    in_order = tuple(rows[line] for line in sorted(rows))
    return RecordedFile(name, tuple(columns), frozenset(encoded), in_order, in_series, _by_day(in_order))


def _known_before(days: Sequence[date | None]) -> list[int]:
    """Return, for each row of a series, how many before it became known on an earlier day."""
    earlier: list[date] = []
    found = []
    for day in days:
        found.append(0 if day is None else bisect_left(earlier, day))
        if day is not None:
            insort(earlier, day)
    return found


def _by_day(rows: Sequence[RecordedRow]) -> dict[date, tuple[RecordedRow, ...]]:
    days: dict[date, list[RecordedRow]] = {}
    for row in rows:
        if row.known_on is not None:
            days.setdefault(row.known_on, []).append(row)
    return {day: tuple(members) for day, members in days.items()}


def _table(content: bytes) -> tuple[list[str], set[str], list[tuple[int, dict[str, str]]]]:
    records = csv_records(content)
    header = next(records, None)
    columns = [name.strip() for name in header.fields] if header else []
    lines = [
        (record.line, dict(zip(columns, record.fields, strict=True)))
        for record in records
        if not record.trouble and len(record.fields) == len(columns)
    ]
    return columns, set(), lines


def _objects(content: bytes) -> tuple[list[str], set[str], list[tuple[int, dict[str, str]]]]:
    values = [(record.line, record.value) for record in json_records(content) if record.value is not None]
    columns = list(dict.fromkeys(key for _, value in values for key in value))
    encoded = {k for _, value in values for k, v in value.items() if v is not None and not isinstance(v, str)}
    lines = [
        (line, {key: _cell(value.get(key), is_encoded=key in encoded) for key in columns}) for line, value in values
    ]
    return columns, encoded, lines


def _cell(value: object, *, is_encoded: bool) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if is_encoded else str(value)
