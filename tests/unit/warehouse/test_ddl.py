"""Tables are what their contracts say, with every word of it as a COMMENT."""

from __future__ import annotations

import duckdb
import pytest

from aicycle.contracts import CONTRACTS, CORE_TABLES, SCHEMA_VERSION
from aicycle.errors import WarehouseVersionError
from warehouse.ddl import SQL_TYPE, ensure_schema, refuse_foreign

TYPE_NAMES = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}


@pytest.fixture
def reader(store, rates):
    with store.write("test") as transaction:
        transaction.store("core.fx_rates", rates((1, 7.1), (2, 7.2)), 1)
    store.publish()
    with store.read() as reader:
        yield reader


@pytest.mark.parametrize("name", CONTRACTS)
def test_columns_types_and_comments_derive_from_the_contract(reader, name):
    contract = CONTRACTS[name]
    stored = reader.sql(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        f"WHERE schema_name = '{contract.schema}' AND table_name = '{contract.name}' ORDER BY column_index"
    )
    assert stored["column_name"].to_list() == list(contract.column_names)
    for row, column in zip(stored.iter_rows(named=True), contract.columns, strict=True):
        sql_type = SQL_TYPE[column.dtype]
        assert row["data_type"] == TYPE_NAMES.get(sql_type, sql_type)
        assert row["is_nullable"] == column.nullable
        assert row["comment"].startswith(column.meaning)
    comment = reader.sql(
        "SELECT comment FROM duckdb_tables() "
        f"WHERE schema_name = '{contract.schema}' AND table_name = '{contract.name}'"
    )["comment"][0]
    assert contract.grain in comment
    assert contract.time in comment


@pytest.mark.parametrize("name", CORE_TABLES)
def test_every_core_table_can_be_read_as_it_was_known(reader, name):
    assert reader.sql(f"SELECT * FROM {name}_as_of('2025-12-31')").columns == list(CONTRACTS[name].column_names)


def test_a_day_means_its_end_in_utc_whatever_the_clients_zone(reader):
    for day, rows in (("2024-12-31", 0), ("2025-01-01", 1), ("2025-01-02", 2)):
        assert reader.sql(f"SELECT * FROM core.fx_rates_as_of('{day}')").height == rows
        assert reader.sql(f"SELECT * FROM core.fx_rates_as_of(DATE '{day}')").height == rows
    assert reader.sql("SELECT * FROM core.fx_rates_as_of('2025-01-01T14:59:59+00:00')").height == 0
    assert reader.sql("SELECT * FROM core.fx_rates_as_of('2025-01-01T15:00:00+00:00')").height == 1


def test_a_database_of_an_older_version_is_refused_with_both_versions_and_the_way_on():
    with duckdb.connect() as connection:
        ensure_schema(connection, "here")
        # Older tables have another shape too: the version is the cause, and is said.
        connection.execute("UPDATE ops.schema_version SET version = ?, shape = 'old'", [SCHEMA_VERSION - 1])
        with pytest.raises(WarehouseVersionError) as caught:
            refuse_foreign(connection, "here")
    error = caught.value
    assert f"has schema version {SCHEMA_VERSION - 1}" in error.what
    assert f"reads version {SCHEMA_VERSION} only" in error.what
    assert "both say" not in error.what
    assert "new home" in error.next_command
    assert "payloads can be read anew" in error.next_command
