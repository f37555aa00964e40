"""Writing: what a flow may do inside its one transaction.

Here: appending facts, ledger rows, marts and outbox rows, each idempotent by key. Not here: when it commits
(`warehouse.store`), what the rows mean.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import Clock
from aicycle.model.kinds import EventName
from warehouse.ddl import column_list, quoted
from warehouse.engine import checked, stage_frame
from warehouse.ledger import Stored, store_rows
from warehouse.reader import Reader


def event_id_of(name: str, subject: str, body: str) -> str:
    """Return the id of an event: the digest of its columns name, subject and payload."""
    return hashlib.sha256(f"{name}\n{subject}\n{body}".encode()).hexdigest()


class Transaction(Reader):
    """A writer's view and its means to change it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, clock: Clock) -> None:
        super().__init__(connection)
        self.clock = clock
        self.is_changed = False

    def next_number(self, table: str, column: str) -> int:
        """Return one more than the greatest number in a column: the next in an unbroken history."""
        found = self._connection.execute(
            f"SELECT coalesce(max({quoted(column)}), 0) + 1 FROM {CONTRACTS[table].full_name}"
        ).fetchall()
        return int(found[0][0])

    def store(self, table: str, batch: pl.DataFrame, load_seq: int) -> Stored:
        """Append the rows of an audited batch that say something new; see `warehouse.ledger.store_rows`."""
        stored = store_rows(self._connection, CONTRACTS[table], batch, load_seq)
        self.is_changed |= stored.stored > 0
        return stored

    def append(self, table: str, rows: pl.DataFrame) -> int:
        """Append rows as they are; return how many."""
        contract = CONTRACTS[table]
        rows = checked(rows, contract)
        if rows.is_empty():
            return 0
        stage_frame(self._connection, rows)
        columns = column_list(contract.column_names)
        self._connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM staged")
        self.is_changed = True
        return rows.height

    def append_new(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Append the rows whose key is not there yet; return them."""
        contract = CONTRACTS[table]
        key = list(contract.key)
        known = self.frame(table).select(key)
        fresh = checked(rows, contract).join(known, on=key, how="anti", nulls_equal=True, maintain_order="left")
        self.append(table, fresh)
        return fresh

    def replace(self, table: str, rows: pl.DataFrame) -> bool:
        """Make a derived table hold exactly these rows; return whether that changed anything."""
        contract = CONTRACTS[table]
        rows = checked(rows, contract).sort(list(contract.key))
        if self.frame(table).equals(rows, null_equal=True):
            return False
        self._connection.execute(f"DELETE FROM {table}")
        self.append(table, rows)
        self.is_changed = True
        return True

    def update_status(self, table: str, key_values: list[str], status: str) -> None:
        """Set `status` of the rows with these values of a one-column key."""
        (key,) = CONTRACTS[table].key
        for value in key_values:
            self._connection.execute(f"UPDATE {table} SET status = ? WHERE {quoted(key)} = ?", [status, value])
            self.is_changed = True

    def record(self, name: EventName, subject: str, payload: Mapping[str, Any]) -> bool:
        """Write what happened into the ledger of events, once; return whether it was new."""
        body = json.dumps(payload, sort_keys=True, ensure_ascii=False)
        event_id = event_id_of(str(name), subject, body)
        known = self._connection.execute("SELECT 1 FROM ops.events WHERE event_id = ?", [event_id]).fetchall()
        if known:
            return False
        self._connection.execute(
            "INSERT INTO ops.events (event_seq, event_id, name, subject, payload, recorded_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [self.next_number("ops.events", "event_seq"), event_id, str(name), subject, body, self.clock()],
        )
        self.is_changed = True
        return True
