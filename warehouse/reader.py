"""Reading: frames of tables, as stored or as known, and SQL for analysts.

Here: what can be asked of one open database. Not here: which database (`warehouse.store`), what the rows mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import UsageError
from warehouse.engine import read_frame


class Reader:
    """One open database, read-only by use: a published snapshot, or a writer's own view inside its transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None = None) -> None:
        self._connection = connection
        self.path = path

    def frame(self, table: str) -> pl.DataFrame:
        """Return a whole table in its contract's schema, sorted by key."""
        return read_frame(self._connection, CONTRACTS[table])

    def frames(self, tables: Iterable[str]) -> dict[str, pl.DataFrame]:
        """Return several whole tables."""
        return {t: self.frame(t) for t in tables}

    def row_counts(self) -> dict[str, int]:
        """Return the number of rows of every table."""
        return {t: int(self._connection.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0]) for t in CONTRACTS}

    def sql(self, query: str) -> pl.DataFrame:
        """Run one query of an analyst.

        Raises:
            UsageError: DuckDB refuses it; its own words are kept.
        """
        try:
            if len(self._connection.extract_statements(query)) != 1:
                raise UsageError("the query can't be run: it is not one statement", expected="one that reads")
            return self._connection.execute(query).pl()
        except duckdb.Error as error:
            raise UsageError(
                f"the query can't be run: {error}",
                expected="one SQL statement that reads",
                next_command='aicycle sql "SELECT table_schema, table_name FROM information_schema.tables"',
            ) from None
