"""Published copies: lost ones come again, leased ones stay, half-made ones go, each is durable before it is shown."""

from __future__ import annotations

import errno
import fcntl
import shutil

import pytest

import warehouse.store
from aicycle.contracts import SCHEMA_VERSION
from aicycle.errors import NothingPublishedError, WarehouseError, WarehouseVersionError
from warehouse import Warehouse
from warehouse.engine import open_live
from warehouse.faults import Faults
from warehouse.layout import Layout
from warehouse.snapshots import Snapshots


@pytest.fixture
def published(store, rates):
    """A warehouse with one rate, published."""
    with store.write("test") as transaction:
        transaction.store("core.fx_rates", rates((1, 7.1)), 1)
    store.publish()
    return store


@pytest.fixture
def commit(rates):
    def write(store, day):
        with store.write("test") as transaction:
            transaction.store("core.fx_rates", rates((day, 7.0 + day)), day)

    return write


def _lose_file(layout):
    (layout.snapshots / layout.current.read_text()).unlink()


def _lose_pointer(layout):
    layout.current.unlink()


def _empty_pointer(layout):
    layout.current.write_text("")


def _lose_all(layout):
    shutil.rmtree(layout.snapshots)


LOSSES = [_lose_file, _lose_pointer, _empty_pointer, _lose_all]


@pytest.mark.parametrize("how", ["publish", "repair"])
@pytest.mark.parametrize("lose", LOSSES)
def test_a_lost_snapshot_is_published_anew(published, lose, how):
    lose(published.layout)
    snapshot = getattr(published, how)()
    assert snapshot is not None
    with published.read() as reader:
        assert reader.path == snapshot
        assert reader.frame("core.fx_rates").height == 1
    assert getattr(published, how)() is None, "once"


def test_a_lost_snapshots_name_is_not_given_again_while_it_is_known(published):
    name = published.layout.current.read_text()
    _lose_file(published.layout)
    assert published.publish().name > name, "somebody may still have the file of that name open"


def test_files_of_others_among_the_snapshots_are_left_alone(published, commit):
    (published.layout.snapshots / "backup.duckdb").write_bytes(b"")
    for day in range(2, 8):
        commit(published, day)
        published.publish()
    assert (published.layout.snapshots / "backup.duckdb").exists()
    assert len(list(published.layout.snapshots.glob("0*.duckdb"))) == 3


def test_a_home_whose_first_commit_was_cut_off_shows_nothing(store):
    store.layout.live.parent.mkdir(parents=True)
    open_live(store.layout.live).close()
    store.layout.unpublished.write_text("ingest\n")
    assert store.repair() is None
    assert not store.layout.unpublished.exists()
    with pytest.raises(NothingPublishedError), store.read():
        pass


def test_retention_between_pointer_and_lock_sends_the_reader_to_the_next_snapshot(published, commit, monkeypatch):
    old = published.newest_snapshot()
    newest, looks = Snapshots.newest, []

    def overtaken(self):
        found = newest(self)
        looks.append(found)
        if len(looks) == 1:
            monkeypatch.setattr(Snapshots, "newest", newest)
            other = Warehouse(published.layout.home, snapshots_kept=1)
            commit(other, 2)
            other.publish()
            monkeypatch.setattr(Snapshots, "newest", overtaken)
        return found

    monkeypatch.setattr(Snapshots, "newest", overtaken)
    with published.read() as reader:
        assert looks[0] == old
        assert not old.exists()
        assert reader.path != old
        assert reader.frame("core.fx_rates").height == 2
    assert not old.with_suffix(".lease").exists(), "who loses the race leaves nothing behind"


def test_a_lease_that_was_deleted_before_it_was_locked_is_taken_again(published, monkeypatch):
    flock, locked = fcntl.flock, []

    def deleted_first(fd, operation):
        if not locked and operation == fcntl.LOCK_SH:
            locked.append(fd)
            published.newest_snapshot().with_suffix(".lease").unlink()
        flock(fd, operation)

    monkeypatch.setattr(fcntl, "flock", deleted_first)
    with published.read():
        lease = published.newest_snapshot().with_suffix(".lease")
        assert lease.exists()
        with lease.open("rb") as file, pytest.raises(BlockingIOError):
            flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_pointer_to_nothing_says_what_to_do_and_leaves_no_lease(published):
    _lose_file(published.layout)
    for lease in published.layout.snapshots.glob("*.lease"):
        lease.unlink()
    with pytest.raises(WarehouseError, match="publishes anew"), published.read():
        pass
    assert not list(published.layout.snapshots.glob("*.lease"))


def test_half_made_files_of_killed_processes_are_swept(published, commit):
    layout = published.layout
    left = [
        layout.snapshots / ".000000000009.duckdb.unfinished",
        layout.snapshots / ".current.4711",
        layout.snapshots / "000000000000.lease",
        layout.live.parent / ".unpublished.4711",
        layout.payloads / f".{'a' * 64}.4711",
    ]
    layout.payloads.mkdir()
    for path in left:
        path.write_bytes(b"half")
    commit(published, 2)
    published.publish()
    assert [p.name for p in left if p.exists()] == []


def test_a_snapshot_is_durable_before_the_pointer_shows_it(tmp_path, disk, was_made_durable):
    layout = Layout(tmp_path)
    live = tmp_path / "live.duckdb"
    live.write_bytes(b"database")
    snapshot = Snapshots(layout, 3, Faults()).publish_copy(live)
    assert was_made_durable(snapshot)
    assert was_made_durable(layout.current)
    folder = layout.snapshots.stat().st_ino
    shown = disk.index(("rename", layout.current.stat().st_ino, "current"))
    named = disk.index(("rename", snapshot.stat().st_ino, snapshot.name))
    assert ("sync", folder) in disk[named:shown]
    assert ("sync", tmp_path.stat().st_ino) in disk[:named], "the new folder itself is durable in the home"


def test_a_marker_is_durable_before_the_commit_and_its_deletion_after_the_publication(published, commit, disk):
    folder = published.layout.unpublished.parent.stat().st_ino
    commit(published, 2)
    assert [what[2] for what in disk if what[0] == "rename" and what[2] == "unpublished"] == ["unpublished"]
    del disk[:]
    published.publish()
    shown = next(n for n, what in enumerate(disk) if what[0] == "rename" and what[2] == "current")
    assert ("sync", folder) in disk[shown:]


def test_the_folders_of_a_new_home_are_durable(tmp_path, disk):
    store = Warehouse(tmp_path / "far" / "home")
    with store.write("test"):
        pass
    made = [tmp_path, tmp_path / "far", tmp_path / "far" / "home"]
    assert disk[:3] == [("sync", f.stat().st_ino) for f in made]


def test_a_copy_without_the_write_ahead_log_is_not_published(published, commit, monkeypatch):
    class Uncheckpointed:
        """A connection that leaves its log behind."""

        def __init__(self, connection, log):
            self._connection, self._log = connection, log

        def execute(self, *arguments):
            return self._connection.execute(*arguments)

        def close(self):
            self._connection.close()
            self._log.write_bytes(b"commits")

    commit(published, 2)
    before = published.newest_snapshot()
    log = published.layout.write_ahead_log
    monkeypatch.setattr(warehouse.store, "open_live", lambda path: Uncheckpointed(open_live(path), log))
    with pytest.raises(WarehouseError, match="a copy would lack commits"):
        published.publish()
    assert published.newest_snapshot() == before
    assert published.layout.unpublished.exists(), "the commit stays to be published"


def test_a_newer_database_is_not_published(published, commit):
    commit(published, 2)
    before = published.newest_snapshot()
    connection = open_live(published.layout.live)
    connection.execute("UPDATE ops.schema_version SET version = ?", [SCHEMA_VERSION + 1])
    connection.close()
    with pytest.raises(WarehouseVersionError, match=f"schema version {SCHEMA_VERSION + 1}"):
        published.publish()
    assert published.newest_snapshot() == before


def test_a_leased_snapshot_outlives_retention_beside_an_orphaned_lease(published, commit):
    with published.read() as reader:
        for day in range(2, 8):
            commit(published, day)
            published.publish()
        assert reader.path.exists()
        assert reader.path.with_suffix(".lease").exists()


def test_who_may_only_read_a_home_reads_it(store, rates, monkeypatch):
    with store.write("test") as transaction:
        transaction.store("core.fx_rates", rates((1, 7.1)), 1)
    store.publish()

    def refuse(_snapshot):
        raise PermissionError(errno.EACCES, "not yours")

    monkeypatch.setattr("warehouse.snapshots._open_lease", refuse)
    with store.read() as reader:
        assert reader.frame("core.fx_rates").height == 1
