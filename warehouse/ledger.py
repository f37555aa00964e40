"""Storing rows that passed the gate: what of a batch is new, what restates, what is known already.

Here: the one comparison of a staged batch with the stored versions. Not here: whether rows may be believed (the gate
decided that before), or the load row that reports the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.schema import Clock, TableContract
from aicycle.model.decisions import MANUAL
from warehouse.ddl import column_list, literal, quoted
from warehouse.engine import stage_frame


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: `stored + duplicate` rows came in."""

    stored: int = 0
    restated: int = 0
    """Of the stored: new versions of a key that was known."""
    duplicate: int = 0


def store_rows(
    connection: duckdb.DuckDBPyConnection, contract: TableContract, batch: pl.DataFrame, load_seq: int
) -> Stored:
    """Append the rows of a staged batch that say something new.

    A row repeats or restates the stored one that makes the same statement (`TableContract.statement`). If it says the
    same as that statement's newest version, it is a duplicate. If not, the source changed what it says: that became
    known when we received it, so the restatement's `known_at` is the fetch, not the date it claims. A new statement
    keeps its own date: it may have been knowable long before it arrived.

    What a person corrected stays corrected: a source that goes on repeating the statement as it stood before says
    nothing new, and a correction that is read again does not undo what came after it.

    Args:
        connection: inside a transaction.
        contract: a core table, or a raw table of lines (which has no clocks: its key alone is the statement).
        batch: rows that passed the gate, as staged (content, clocks, address, `fetched_at`, `row_id`).
        load_seq: the load they belong to.
    """
    if batch.is_empty():
        return Stored()
    stage_frame(connection, batch)
    table, key = contract.full_name, list(contract.key)
    has_clock = contract.schema == "core"
    statement = list(contract.statement)
    said = [c.name for c in content_columns(contract) if c.name not in contract.key]
    if has_clock and contract.clock is Clock.STATED:
        said.append("source_known_at")
    same, same_as_before = (
        " AND ".join(f"s.{quoted(n)} IS NOT DISTINCT FROM {v}.{quoted(n)}" for n in said) or "true" for v in ("v", "b")
    )
    manual = f"(SELECT payload_sha256 FROM raw.payloads WHERE source = {literal(MANUAL)})"
    is_correction = connection.execute(f"SELECT count(*) FROM staged WHERE payload_sha256 IN {manual}").fetchall()[0][0]
    said_before = (
        f"EXISTS (FROM {table} AS o WHERE o.payload_sha256 = s.payload_sha256 AND {_equal('s', 'o', statement)})"
        if is_correction
        else f"b.load_seq IS NOT NULL AND {same_as_before}"
    )
    newest = f"""QUALIFY row_number() OVER (
    PARTITION BY {column_list(statement, "v.")} ORDER BY v.load_seq DESC, v.revision DESC) = 1"""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS
WITH versions AS (
  SELECT v.* FROM {table} AS v SEMI JOIN staged AS s ON {_equal("s", "v", statement)}
  {newest}
), corrected AS (
  SELECT c.* FROM versions AS c WHERE c.payload_sha256 IN {manual}
), before AS (
  SELECT v.* FROM {table} AS v SEMI JOIN corrected AS c ON {_equal("c", "v", statement)}
  WHERE v.payload_sha256 NOT IN {manual}
  {newest}
), known AS (
  SELECT {column_list(key, "v.")}, max(v.revision) AS last_revision
  FROM {table} AS v SEMI JOIN staged AS s ON {_equal("s", "v", key)} GROUP BY {column_list(key, "v.")}
)
SELECT s.*, v.load_seq IS NOT NULL AS is_known_statement,
  v.load_seq IS NOT NULL AND (({same}) OR ({said_before})) AS is_duplicate, k.last_revision
FROM staged AS s
LEFT JOIN versions AS v ON {_equal("s", "v", statement)}
LEFT JOIN before AS b ON {_equal("s", "b", statement)}
LEFT JOIN known AS k ON {_equal("s", "k", key)}"""
    )
    order = "source_known_at, row_id" if has_clock else "row_id"
    moved = {
        "known_at": "CASE WHEN is_known_statement THEN greatest(known_at, fetched_at) ELSE known_at END",
        "known_precision": "CASE WHEN is_known_statement THEN 'instant' ELSE known_precision END",
        "revision": f"coalesce(last_revision + 1, 0) + row_number() OVER (PARTITION BY {column_list(key)} "
        f"ORDER BY {order}) - 1",
        "load_seq": str(int(load_seq)),
    }
    values = ", ".join(moved.get(n, quoted(n)) for n in contract.column_names)
    connection.execute(
        f"INSERT INTO {table} ({column_list(contract.column_names)}) "
        f"SELECT {values} FROM judged WHERE NOT is_duplicate ORDER BY row_id"
    )
    counts = connection.execute(
        "SELECT count(*) FILTER (NOT is_duplicate), count(*) FILTER (is_duplicate), "
        f"(SELECT count(*) FROM {table} WHERE load_seq = {int(load_seq)} AND revision > 0) FROM judged"
    ).fetchall()[0]
    return Stored(stored=int(counts[0]), duplicate=int(counts[1]), restated=int(counts[2]))


def _equal(left: str, right: str, names: list[str]) -> str:
    return " AND ".join(f"{left}.{quoted(n)} = {right}.{quoted(n)}" for n in names)
