"""The engine behind the warehouse: how a DuckDB connection is opened, and frames go in and out.

Here: connection settings and the bridge to Polars. Not here: transactions (`warehouse.store`), snapshots.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from aicycle.contracts.schema import TableContract
from aicycle.errors import WarehouseError
from warehouse.ddl import column_list

# 1.5.x: arms of a UNION ALL that share a join can be wrong with this optimiser on.
SETTINGS = ("SET TimeZone = 'UTC'", "SET disabled_optimizers = 'common_subplan'", "SET threads = 2")


def open_live(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the database for its one writer, creating it if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _prepared(duckdb.connect(str(path)))


def open_snapshot(path: Path, *, may_touch_files: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a published snapshot read-only; unless asked, its SQL can reach no file and no address."""
    connection = duckdb.connect(str(path), read_only=True)
    # A second connection of this process to the same file shares its settings, locked ones included.
    locked = connection.execute("SELECT current_setting('lock_configuration')").fetchall()[0][0]
    if locked:
        return connection
    _prepared(connection)
    if not may_touch_files:
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    return connection


def _prepared(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for setting in SETTINGS:
        connection.execute(setting)
    return connection


def read_frame(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> pl.DataFrame:
    """Return rows of a table in its contract's schema, sorted by key and load order."""
    order = [n for n in (*contract.key, "known_at", "load_seq") if n in contract.column_names]
    sql = f"SELECT {column_list(contract.column_names)} FROM {contract.full_name} ORDER BY {column_list(order)}"
    return connection.execute(sql).pl().cast(dict(contract.polars_schema()))  # type: ignore[arg-type]


def stage_frame(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> None:
    """Put a frame into the temporary table `staged`.

    Staged first, because 1.5.5 treats NaN wrongly when filters are pushed into a scanned frame.
    """
    connection.register("incoming", frame.to_arrow())
    connection.execute("CREATE OR REPLACE TEMP TABLE staged AS FROM incoming")
    connection.unregister("incoming")


def checked(frame: pl.DataFrame, contract: TableContract) -> pl.DataFrame:
    """Return the frame in stored order.

    Raises:
        WarehouseError: it lacks a column of the contract or has another type there.
    """
    want = contract.polars_schema()
    lacking = [n for n in want if n not in frame.columns]
    wrong = [
        f"{n} is {frame.schema[n]}, not {t}" for n, t in want.items() if n in frame.columns and frame.schema[n] != t
    ]
    if lacking or wrong:
        raise WarehouseError(
            f"a frame does not fit the contract of {contract.full_name}: "
            + "; ".join([*(f"{n} is missing" for n in lacking), *wrong]),
            expected="the columns and types of the contract",
        )
    return frame.select(list(want))
