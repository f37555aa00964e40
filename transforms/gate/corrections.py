"""A correction: one row of a table with some cells changed, as a file of its own.

Here: what may be changed, and whether what comes out can be read. Not here: which row is meant
(`flows.steps.correcting`), whether the corrected row may be believed (the gate judges it like any other).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.schema import Clock, Column, TableContract
from aicycle.errors import RefusedFileError, UsageError
from aicycle.model.decisions import MANUAL
from aicycle.model.parameters import Universe
from transforms.staging import RECORDING
from transforms.staging.batch import Payload
from transforms.staging.tables import TABLE_FORMATS, TableFormat, read_table
from transforms.staging.written import Cells, columns_of, file_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedRow:
    """A correction that can be read."""

    file_name: str
    format: str
    content: bytes
    changed: Mapping[str, tuple[str, str]]
    """Column of the file -> text before, text after."""
    row: Mapping[str, Any]
    """As staged."""


def format_of(table: str) -> tuple[str, TableFormat]:
    """Return file name and format of a table named with or without its schema, or by its file.

    Raises:
        UsageError: rows of it can't be written as a line of a file.
    """
    for file_name, table_format in TABLE_FORMATS.items():
        contract = table_format.contract
        if table in {file_name, contract.name, contract.full_name}:
            return file_name, table_format
    raise UsageError(
        f"rows of {table!r} can't be corrected one by one",
        expected="one of " + ", ".join(f.contract.full_name for f in TABLE_FORMATS.values()),
        next_command="aicycle correct --help; a text is corrected where it came from",
    )


def corrected_row(
    table: str, cells: Cells, changes: Mapping[str, str], *, fixed: frozenset[str], universe: Universe, now: datetime
) -> CorrectedRow:
    """Return a row with some cells changed, after reading it back.

    Args:
        table: name of the table.
        cells: the row as it is.
        changes: column -> text, by the columns' names in the table or in its file.
        fixed: columns of the file that must stay what they are.
        universe: which listings and pairs are watched.
        now: when the correction is received.

    Raises:
        UsageError: no such column, one that must stay, or a value that can't be read.
    """
    file_name, table_format = format_of(table)
    contract = table_format.contract
    changed = _changes(cells, changes, table_format, fixed)
    content = file_of(cells | {column: after for column, (_, after) in changed.items()}, table_format)
    payload = Payload(
        source=MANUAL, name=file_name, format=RECORDING + file_name, sha256="0" * 64, content=content, fetched_at=now
    )
    try:
        (batch,) = read_table(payload, table_format, universe)
    except RefusedFileError as error:
        raise _unreadable(contract, error.what) from None
    if batch.frame.height != 1:
        raise _unreadable(contract, f"the corrected row reads as {batch.frame.height} rows")
    row = batch.frame.row(0, named=True)
    problem = row["unreadable"] or _unstorable(row, contract)
    if problem:
        raise _unreadable(contract, problem)
    return CorrectedRow(file_name=file_name, format=payload.format, content=content, changed=changed, row=row)


def fixed_columns(table_format: TableFormat) -> frozenset[str]:
    """Return the columns of the file that say which stored row is meant: a correction keeps them."""
    names = set(table_format.contract.key)
    # Several dated statements share a key: another date would be another statement, not a correction of this one.
    if table_format.contract.clock is Clock.DATED:
        names |= {"reported_on", "known_precision", "known_on"}
    columns = columns_of(table_format)
    return frozenset(columns[name] for name in names if name in columns)


def says_the_same(row: Mapping[str, Any], believed: Mapping[str, Any], contract: TableContract) -> bool:
    """Return whether a corrected row says nothing that the stored one does not."""
    names = [c.name for c in content_columns(contract)]
    if contract.schema == "core" and contract.clock is not Clock.DERIVED:
        names.append("source_known_at")
    return all(row[name] == believed[name] for name in names)


def _changes(
    cells: Cells, changes: Mapping[str, str], table_format: TableFormat, fixed: frozenset[str]
) -> dict[str, tuple[str, str]]:
    columns = columns_of(table_format)
    may_change = [column for column, _, _ in table_format.forms if column not in fixed]
    changed: dict[str, tuple[str, str]] = {}
    for name, after in changes.items():
        column = columns.get(name)
        if column is None or column in fixed:
            why = "has no such column" if column is None else "is found by it: a correction keeps it"
            raise UsageError(
                f"{name} can't be set: {table_format.contract.full_name} {why}",
                expected=f"one of {', '.join(may_change)}",
                next_command="--set a column that may change; a row found under the wrong key is discarded, and comes "
                "again from its source: aicycle quarantine discard ID",
            )
        before = cells[column]
        if before.strip() != after.strip():
            changed[column] = (before, after)
    return changed


def _unstorable(row: Mapping[str, Any], contract: TableContract) -> str:
    """Return what keeps a row from being stored, as far as its contract says so by itself; empty: nothing."""
    columns = content_columns(contract)
    missing = [c.name for c in columns if not c.nullable and row[c.name] is None]
    said = [f"{', '.join(missing)} would be missing"] if missing else []
    said += [
        f"{c.name} {row[c.name]!r} is not one of {', '.join(c.domain)}"
        for c in columns
        if c.domain and row[c.name] is not None and row[c.name] not in c.domain
    ]
    said += [problem for c in columns if (problem := _out_of_range(row[c.name], c))]
    said += [
        f"{rule.column} {row[rule.column]} is below {rule.other} {row[rule.other]}"
        for rule in contract.rules
        if row[rule.column] is not None and row[rule.other] is not None and row[rule.column] < row[rule.other]
    ]
    if contract.schema == "core" and row["known_at"] is None and not missing:
        said.append("nothing says when it could be known")
    return "; ".join(said)


def _out_of_range(value: object, column: Column) -> str:
    if not isinstance(value, int | float):
        return ""
    if column.above is not None and value <= column.above:
        return f"{column.name} {value} is not above {column.above:g}"
    if column.minimum is not None and value < column.minimum:
        return f"{column.name} {value} is below {column.minimum:g}"
    if column.maximum is not None and value > column.maximum:
        return f"{column.name} {value} is above {column.maximum:g}"
    return ""


def _unreadable(contract: TableContract, problem: str) -> UsageError:
    return UsageError(
        f"the corrected row can't be stored: {problem}",
        where=contract.full_name,
        expected="values as docs/recording_format.md writes them, which docs/data_dictionary.md allows",
        next_command="the same command with another --set COLUMN=VALUE",
    )


def newest_under(frame: pl.DataFrame, key: Mapping[str, object], contract: TableContract) -> dict[str, Any] | None:
    """Return the newest version of the row with this key, or None.

    Args:
        frame: all versions of the table's rows.
        key: typed values of the contract's key.
        contract: the table's.
    """
    order = [name for name in contract.version_order if name in frame.columns]
    mine = frame.filter(*(pl.col(name).eq_missing(pl.lit(value)) for name, value in key.items()))
    found = mine.sort(order, descending=True)
    return None if found.is_empty() else found.row(0, named=True)
