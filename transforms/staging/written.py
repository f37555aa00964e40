"""A row as its file would write it: the way back from values to cells, for corrections.

Here: cells of typed values, cells of a row's own bytes, and a file of one row. Not here: reading (`tables`), what a
correction may change (`transforms.gate.corrections`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from transforms.staging.lines import csv_records
from transforms.staging.tables import TableFormat

Cells = dict[str, str]
"""Column of the file -> text."""


def columns_of(table: TableFormat) -> dict[str, str]:
    """Return the columns a person may name, in the table or in its file -> column of the file."""
    return {name: column for column, wanted, _ in table.forms for name in (column, wanted)}


def cells_at(content: bytes, byte_start: int, byte_end: int, table: TableFormat) -> Cells | None:
    """Return the cells of the record at an address, as they were written; None where it is damaged.

    Args:
        content: a whole CSV file of the format.
        byte_start: of the record.
        byte_end: one past its last byte.
        table: the format.
    """
    header = next(csv_records(content), None)
    if header is None or header.trouble:
        return None
    record = next(csv_records(content[byte_start:byte_end], width=len(header.fields)), None)
    if record is None or record.trouble:
        return None
    cells = dict(zip((name.strip() for name in header.fields), record.fields, strict=True))
    return {column: cells.get(column, "") for column, _, _ in table.forms}


def cells_of(row: Mapping[str, object], table: TableFormat) -> Cells:
    """Return the cells of typed values; what only the clocks read is told from the row's clock.

    Args:
        row: a stored row, or a stopped one's content as JSON gives it.
        table: the format.
    """
    cells = {column: _text(row.get(wanted)) for column, wanted, _ in table.forms}
    stated = row.get("source_known_at")
    if "known_on" in cells and isinstance(stated, datetime):
        cells["known_on"] = stated.date().isoformat()
    return cells


def file_of(cells: Cells, table: TableFormat) -> bytes:
    """Return a file with a header and one row."""
    columns = [column for column, _, _ in table.forms]
    lines = [columns, [cells[column] for column in columns]]
    return "".join(",".join(_quoted(cell) for cell in line) + "\n" for line in lines).encode()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\r\n') else cell
