"""Tables from contracts: DDL, COMMENTs and the as-of table macros.

Here: SQL text made of contracts, and bringing a database up to them. Not here: any table's own definition.
"""

from __future__ import annotations

import hashlib

import duckdb

from aicycle.contracts import CONTRACTS, CORE_TABLES, SCHEMA_VERSION
from aicycle.contracts.schema import Column, DType, TableContract
from aicycle.errors import WarehouseVersionError

SQL_TYPE = {
    DType.TEXT: "VARCHAR",
    DType.INTEGER: "BIGINT",
    DType.NUMBER: "DOUBLE",
    DType.FLAG: "BOOLEAN",
    DType.DAY: "DATE",
    DType.INSTANT: "TIMESTAMPTZ",
}

AS_OF_INSTANT = """CASE WHEN length(as_of::VARCHAR) = 10
    THEN timezone('UTC', as_of::VARCHAR::DATE + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND)
    ELSE as_of::TIMESTAMPTZ END"""
"""A day means its end in UTC, whatever the client's time zone."""
NEW_HOME = "run again into a new home (aicycle --home DIR ...): the payloads can be read anew"


def quoted(name: str) -> str:
    """Return an identifier of ours, quoted (some are SQL words: open, close, type, until)."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text literal."""
    return "'" + text.replace("'", "''") + "'"


def column_list(names: tuple[str, ...] | list[str], prefix: str = "") -> str:
    """Return quoted names, comma-separated."""
    return ", ".join(prefix + quoted(n) for n in names)


def _column_comment(column: Column) -> str:
    parts = [column.meaning]
    if column.unit:
        parts.append(f"unit: {column.unit}")
    if column.domain:
        parts.append("one of: " + ", ".join(column.domain))
    return "; ".join(parts)


def create_statements(contract: TableContract) -> list[str]:
    """Return what creates one table. No keys or indexes: uniqueness is the gate's and the merge's work."""
    columns = ",\n  ".join(
        f"{quoted(c.name)} {SQL_TYPE[c.dtype]}{'' if c.nullable else ' NOT NULL'}" for c in contract.columns
    )
    comment = f"{contract.grain}. Time: {contract.time}. Key: {', '.join(contract.key)}."
    return [
        f"CREATE TABLE IF NOT EXISTS {contract.full_name} (\n  {columns}\n)",
        f"COMMENT ON TABLE {contract.full_name} IS {literal(comment)}",
        *(
            f"COMMENT ON COLUMN {contract.full_name}.{quoted(c.name)} IS {literal(_column_comment(c))}"
            for c in contract.columns
        ),
    ]


def as_of_macro(contract: TableContract) -> str:
    """Return the table macro that reads one core table as it was known: `core.daily_bars_as_of('2024-03-28')`."""
    key = column_list(contract.key)
    order = ", ".join(f"{quoted(name)} DESC" for name in contract.version_order)
    return f"""CREATE OR REPLACE MACRO {contract.full_name}_as_of(as_of) AS TABLE
SELECT * FROM {contract.full_name} WHERE known_at <= {AS_OF_INSTANT}
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1"""


def quoted_bars_macro() -> str:
    """Return the macro for bars as quoted on the as-of day: vendor prices with later splits undone.

    `transforms.prices.quoted_bars` is the definition; a contract test holds this macro against it.
    """
    return f"""CREATE OR REPLACE MACRO core.quoted_closes_as_of(as_of) AS TABLE
WITH bars AS (
  SELECT b.*, (SELECT min(p.fetched_at) FROM raw.payloads AS p WHERE p.payload_sha256 = b.payload_sha256) AS fetched_at
  FROM core.daily_bars_as_of(as_of) AS b
), stored AS (
  SELECT symbol, ex_date, ratio FROM (
    SELECT symbol, ex_date, ratio FROM core.corporate_actions WHERE kind = 'split'
    QUALIFY row_number() OVER (PARTITION BY symbol, ex_date, kind ORDER BY known_at DESC, load_seq DESC) = 1
  ) AS newest WHERE ratio IS NOT NULL
), in_effect AS (
  SELECT symbol, ex_date, ratio FROM core.corporate_actions_as_of(as_of)
  WHERE kind = 'split' AND ratio IS NOT NULL AND ex_date <= timezone('UTC', {AS_OF_INSTANT})::DATE
), undone AS (
  SELECT b.symbol, b.session, product(s.ratio) AS ratio
  FROM bars AS b JOIN stored AS s ON s.symbol = b.symbol AND s.ex_date > b.session
    AND (b.fetched_at IS NULL OR s.ex_date <= timezone('UTC', b.fetched_at)::DATE)
  ANTI JOIN in_effect AS n ON n.symbol = s.symbol AND n.ex_date = s.ex_date
  GROUP BY b.symbol, b.session
), applied AS (
  SELECT b.symbol, b.session, product(n.ratio) AS ratio
  FROM bars AS b JOIN in_effect AS n ON n.symbol = b.symbol AND n.ex_date > b.session
  GROUP BY b.symbol, b.session
)
SELECT b.symbol, b.session,
  CASE WHEN b.price_basis IN ('as_traded', 'simulated') THEN b.close / coalesce(a.ratio, 1)
    ELSE b.close * coalesce(u.ratio, 1) END AS close_quoted,
  b.currency, b.price_basis, b.known_at
FROM bars AS b
LEFT JOIN undone AS u ON u.symbol = b.symbol AND u.session = b.session
LEFT JOIN applied AS a ON a.symbol = b.symbol AND a.session = b.session
ORDER BY b.symbol, b.session"""


def shape_digest() -> str:
    """Return the digest of all tables' columns, types and nullability: what a database must agree with."""
    shape = [
        f"{contract.full_name}.{c.name} {c.dtype} {c.nullable}"
        for contract in CONTRACTS.values()
        for c in contract.columns
    ]
    return hashlib.sha256("\n".join(shape).encode()).hexdigest()


def stored_version(connection: duckdb.DuckDBPyConnection) -> tuple[int, str] | None:
    """Return schema version and shape a database was written with, or None if it is new."""
    found = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'schema_version'"
    ).fetchall()
    if not found[0][0]:
        return None
    version, shape = connection.execute("SELECT version, shape FROM ops.schema_version").fetchall()[0]
    return int(version), str(shape)


def refuse_foreign(connection: duckdb.DuckDBPyConnection, where: str) -> bool:
    """Return whether the database holds our tables already.

    Raises:
        WarehouseVersionError: it was written by a newer or an older aicycle, or by another build of this version.
    """
    stored = stored_version(connection)
    if stored is None:
        return False
    version, shape = stored
    if version > SCHEMA_VERSION:
        raise WarehouseVersionError(
            f"this database has schema version {version}; this aicycle knows versions up to {SCHEMA_VERSION}",
            where=where,
            expected=f"a database of schema version {SCHEMA_VERSION}",
            next_command="upgrade aicycle, or give another home: aicycle --home DIR ...",
        )
    if version < SCHEMA_VERSION:
        raise WarehouseVersionError(
            f"this database has schema version {version}, written by an older aicycle; this one reads "
            f"version {SCHEMA_VERSION} only",
            where=where,
            expected=f"a database of schema version {SCHEMA_VERSION}: older ones are not converted",
            next_command=NEW_HOME,
        )
    if shape != shape_digest():
        raise WarehouseVersionError(
            f"this database's tables differ from this aicycle's, though both say schema version {SCHEMA_VERSION}",
            where=where,
            expected="a database written by the same build",
            next_command=NEW_HOME,
        )
    return True


def ensure_schema(connection: duckdb.DuckDBPyConnection, where: str) -> bool:
    """Create the tables in a new database; return whether it was new.

    Raises:
        WarehouseVersionError: the database was written by a newer or an older aicycle, or by another build of this
            version.
    """
    if refuse_foreign(connection, where):
        return False
    for schema in sorted({c.schema for c in CONTRACTS.values()}):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for contract in CONTRACTS.values():
        for statement in create_statements(contract):
            connection.execute(statement)
    for name in CORE_TABLES:
        connection.execute(as_of_macro(CONTRACTS[name]))
    connection.execute(quoted_bars_macro())
    connection.execute(
        "CREATE TABLE ops.schema_version AS SELECT ?::BIGINT AS version, ?::VARCHAR AS shape",
        [SCHEMA_VERSION, shape_digest()],
    )
    connection.execute(
        "COMMENT ON TABLE ops.schema_version IS 'version and shape of the contracts this database was written with'"
    )
    return True
