"""Corrections: from what a person said to a file that the pipeline reads like any other.

Here: which row is meant, as it is believed or as it was stopped, and its file. Only reads. Not here: what may be
changed (`transforms.gate.corrections`), landing it (`flows.steps.deciding`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts.schema import TableContract
from aicycle.errors import UsageError, WarehouseError
from aicycle.model.decisions import Decision
from aicycle.model.parameters import Universe
from transforms.gate.corrections import (
    CorrectedRow,
    corrected_row,
    fixed_columns,
    format_of,
    newest_under,
    says_the_same,
)
from transforms.staging import RECORDING
from transforms.staging.cells import read_cells
from transforms.staging.tables import TableFormat
from transforms.staging.written import Cells, cells_at, cells_of, columns_of
from warehouse import Reader
from warehouse.payloads import PayloadStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction that can land."""

    row: CorrectedRow
    table: str
    row_key: str
    """Business key as a JSON list."""
    address: Mapping[str, Any]
    """Of the row it is about: payload_sha256, byte_start, byte_end."""
    load_seq: int
    """The load that met the row it is about."""


class Corrector:
    """Makes corrections from one state of the warehouse."""

    def __init__(self, view: Reader, payloads: PayloadStore, universe: Universe) -> None:
        """Take what is stored, the payloads beside it and today's universe."""
        self._view, self._payloads, self._universe = view, payloads, universe

    def correction(self, decision: Decision, stopped: Mapping[str, Any] | None, now: datetime) -> Correction:
        """Return what a decision to correct comes to.

        Args:
            decision: to correct.
            stopped: the row of `ops.quarantine` it is about; None: a stored row.
            now: when it is received.

        Raises:
            UsageError: no such row, no such column, a value that can't be read, or nothing would change.
        """
        table = str(stopped["table_name"] if stopped is not None else decision.table_name)
        _, table_format = format_of(table)
        contract = table_format.contract
        if stopped is None:
            meant = self._stored(decision.key, table_format)
            cells, fixed = self._cells(meant, table_format), fixed_columns(table_format)
        else:
            meant = dict(stopped)
            cells, fixed = self._stopped_cells(stopped, table_format)
        made = corrected_row(contract.full_name, cells, decision.changes, fixed=fixed, universe=self._universe, now=now)
        key = {name: made.row[name] for name in contract.key}
        believed = newest_under(self._view.frame(contract.full_name), key, contract)
        if not made.changed or (believed is not None and says_the_same(made.row, believed, contract)):
            raise UsageError(
                "nothing would change: the row says this already",
                where=f"{contract.full_name} {_shown(key)}",
                expected="--set with another value",
                next_command="aicycle quarantine discard ID, where the stopped row is wrong",
            )
        return Correction(
            row=made,
            table=contract.full_name,
            row_key=json.dumps([_plain(value) for value in key.values()], ensure_ascii=False),
            address={name: meant[name] for name in ("payload_sha256", "byte_start", "byte_end")},
            load_seq=int(meant["load_seq"]),
        )

    def _stored(self, texts: Mapping[str, str], table_format: TableFormat) -> dict[str, Any]:
        contract = table_format.contract
        found = newest_under(self._view.frame(contract.full_name), _typed_key(texts, contract), contract)
        if found is None:
            raise UsageError(
                f"{contract.full_name} has no row {_shown(texts)}",
                expected=f"the key of a stored row: {', '.join(contract.key)}",
                next_command=f'aicycle sql "FROM {contract.full_name} LIMIT 20"',
            )
        _require_own(found, table_format)
        return found

    def _cells(self, row: Mapping[str, Any], table_format: TableFormat) -> Cells:
        return self._written(row, table_format) or cells_of(row, table_format)

    def _stopped_cells(self, stopped: Mapping[str, Any], table_format: TableFormat) -> tuple[Cells, frozenset[str]]:
        """Return a stopped row's cells, and those of its key that could be read: they stay."""
        columns = columns_of(table_format)
        try:
            content = json.loads(stopped["row_content"])
        except ValueError:  # cut: longer than what is kept of a row
            content = {}
        cells = self._written(stopped, table_format) or cells_of(content, table_format)
        key = {columns[name] for name in table_format.contract.key if content.get(name) is not None}
        return cells, frozenset(key)

    def _written(self, row: Mapping[str, Any], table_format: TableFormat) -> Cells | None:
        """Return a row's cells as its file has them; None if it was read from something else, or can't be read."""
        sha256 = row["payload_sha256"]
        landed = self._view.frame("raw.payloads").filter(pl.col("payload_sha256") == sha256)["format"].to_list()
        file_name, _ = format_of(table_format.contract.full_name)
        if RECORDING + file_name not in landed:
            return None
        try:
            content = self._payloads.fetch(sha256)
        except WarehouseError:
            return None
        return cells_at(content, row["byte_start"], row["byte_end"], table_format)


def _typed_key(texts: Mapping[str, str], contract: TableContract) -> dict[str, object]:
    """Return the values of a key that a person typed.

    Raises:
        UsageError: a part is missing, is none of the key, or can't be read.
    """
    hint = " ".join(f"--key {name}=..." for name in contract.key)
    if set(texts) != set(contract.key):
        raise UsageError(
            f"the key {_shown(texts)} names no one row of {contract.full_name}",
            expected=f"exactly {', '.join(contract.key)}",
            next_command=f"aicycle correct {contract.full_name} {hint} --set COLUMN=VALUE",
        )
    forms = [(name, name, contract.column(name).dtype) for name in contract.key]
    values, notes = read_cells(pl.DataFrame({name: [texts[name]] for name in contract.key}), forms)
    row = values.row(0, named=True)
    problem = notes[0] or ", ".join(f"{name} is blank" for name, value in row.items() if value is None)
    if problem:
        raise UsageError(
            f"the key can't be read: {problem}",
            where=contract.full_name,
            expected=f"{', '.join(contract.key)} as docs/data_dictionary.md describes them",
            next_command=f"aicycle correct {contract.full_name} {hint} --set COLUMN=VALUE",
        )
    return row


def _require_own(row: Mapping[str, Any], table_format: TableFormat) -> None:
    """Refuse a row that says more than a line of the table's file can: what has no column there would be lost."""
    contract = table_format.contract
    beyond = [name for name in table_format.unstated if row[name] is not None]
    # What was read in a text and is corrected is a row from then on: it is a person who says it.
    beyond += [name for name, value in table_format.always.items() if row[name] != value and name != "origin"]
    if beyond:
        raise UsageError(
            f"this row of {contract.full_name} was not read from a table ({', '.join(sorted(beyond))} would be lost)",
            expected="a row that a recording's CSV file brought",
            next_command="correct the document it was read from, and run again",
        )


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _shown(key: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={str(value)!r}" for name, value in key.items()) or "(none)"
