"""The warehouse's life: commit or nothing, publish, repair, versions, read-only readers."""

from __future__ import annotations

import pytest

from aicycle.contracts import CONTRACTS, SCHEMA_VERSION
from aicycle.errors import NothingPublishedError, UsageError, WarehouseError, WarehouseVersionError
from aicycle.model.kinds import EventName
from warehouse import Warehouse
from warehouse.engine import open_live


def _write(store, rates, *rows, seq=1):
    with store.write("test") as transaction:
        transaction.store("core.fx_rates", rates(*rows), seq)


def test_nothing_is_read_before_the_first_publication(store):
    with pytest.raises(NothingPublishedError, match="aicycle demo"), store.read():
        pass


def test_readers_see_what_was_published_and_nothing_else(store, rates):
    _write(store, rates, (1, 7.1))
    store.publish()
    _write(store, rates, (2, 7.2), seq=2)
    with store.read() as reader:
        assert reader.frame("core.fx_rates").height == 1
    store.publish()
    with store.read() as reader:
        assert reader.frame("core.fx_rates").height == 2


def test_an_open_reader_keeps_its_snapshot_while_others_are_published(home, rates):
    store = Warehouse(home, snapshots_kept=1)
    _write(store, rates, (1, 7.1))
    store.publish()
    with store.read() as reader:
        for day in range(2, 6):
            _write(store, rates, (day, 7.0 + day), seq=day)
            store.publish()
        assert reader.path is not None
        assert reader.path.exists(), "a leased snapshot stays"
        assert reader.frame("core.fx_rates").height == 1
    _write(store, rates, (9, 7.9), seq=9)
    store.publish()
    assert len(list(store.layout.snapshots.glob("*.duckdb"))) == 1
    assert not reader.path.exists()


def test_nothing_new_is_not_published_again(store, rates):
    _write(store, rates, (1, 7.1))
    assert store.publish() is not None
    assert store.publish() is None
    with store.write("idle"):
        pass
    assert store.publish() is None, "a transaction that changes nothing leaves no trace"


def test_an_error_inside_a_transaction_leaves_no_trace(store, rates):
    _write(store, rates, (1, 7.1))
    store.publish()

    def fail_on_the_way():
        with store.write("test") as transaction:
            transaction.store("core.fx_rates", rates((2, 7.2)), 2)
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        fail_on_the_way()
    assert store.publish() is None
    with store.write("test") as transaction:
        assert transaction.frame("core.fx_rates").height == 1


def test_a_commit_that_was_not_published_is_published_at_the_next_start(store, rates):
    _write(store, rates, (1, 7.1))
    assert store.repair() is not None
    assert store.repair() is None


def test_a_newer_database_is_refused(store, rates):
    _write(store, rates, (1, 7.1))
    store.publish()
    snapshot = store.newest_snapshot()
    connection = open_live(store.layout.live)
    connection.execute("UPDATE ops.schema_version SET version = ?", [SCHEMA_VERSION + 1])
    connection.close()
    with pytest.raises(WarehouseVersionError, match=f"schema version {SCHEMA_VERSION + 1}"), store.write("test"):
        pass
    connection = open_live(snapshot)
    connection.execute("UPDATE ops.schema_version SET version = ?", [SCHEMA_VERSION + 1])
    connection.close()
    with pytest.raises(WarehouseVersionError, match="upgrade aicycle"), store.read():
        pass


def test_a_database_of_another_shape_is_refused(store, rates):
    _write(store, rates, (1, 7.1))
    connection = open_live(store.layout.live)
    connection.execute("UPDATE ops.schema_version SET shape = 'other'")
    connection.close()
    with pytest.raises(WarehouseVersionError, match="tables differ"), store.write("test"):
        pass


def test_a_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(WarehouseError, match="is not a folder"), Warehouse(tmp_path / "home").write("test"):
        pass


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE t AS SELECT 1",
        "DELETE FROM core.fx_rates",
        "COPY (SELECT 1) TO '/tmp/never.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH '/tmp/never.duckdb'",
        "SET enable_external_access = true",
        "SELECT no_such_column",
        "",
    ],
)
def test_queries_of_analysts_can_only_read_this_snapshot(store, rates, query):
    _write(store, rates, (1, 7.1))
    store.publish()
    with store.read() as reader, pytest.raises(UsageError, match="can't be run"):
        reader.sql(query)


def test_the_ledger_of_events_holds_each_happening_once(store):
    for _ in range(2):
        with store.write("test") as transaction:
            transaction.record(EventName.PRICES_LANDED, "core.fx_rates", {"rows": 3})
    with store.write("test") as transaction:
        events = transaction.frame("ops.events")
    assert events["name"].to_list() == ["PricesLanded"]
    assert events["event_seq"].to_list() == [1]


def test_frames_that_do_not_fit_are_refused(store, rates):
    lacking = rates((1, 7.1)).drop("rate")
    with pytest.raises(WarehouseError, match="rate is missing"), store.write("test") as transaction:
        transaction.append("core.fx_rates", lacking)


def test_replacing_a_derived_table_with_itself_changes_nothing(store):
    contract = CONTRACTS["ops.holds"]
    rows = contract.polars_schema().to_frame()
    with store.write("test") as transaction:
        assert not transaction.replace("ops.holds", rows)
        assert not transaction.is_changed
