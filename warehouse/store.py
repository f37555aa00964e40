"""The warehouse as flows see it: write in one transaction, publish, read what is published.

Here: the writer's turn, the transaction's life, publication and repair. Not here: SQL of any table
(`warehouse.transaction`, `warehouse.reader`), files (`warehouse.snapshots`, `warehouse.payloads`). A second backend
offers this module's `Warehouse` over another engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aicycle.errors import WarehouseError
from aicycle.model.instants import Clock, system_clock
from warehouse.ddl import ensure_schema, refuse_foreign
from warehouse.durable import make_folder, replace_text, sweep_beside, sync_folder
from warehouse.engine import open_live, open_snapshot
from warehouse.faults import Faults
from warehouse.inbox import Inbox
from warehouse.layout import Layout
from warehouse.payloads import PayloadStore
from warehouse.reader import Reader
from warehouse.snapshots import Snapshots
from warehouse.transaction import Transaction
from warehouse.writer_queue import WriterQueue


class Warehouse:
    """One home: a database with one writer at a time, its published snapshots, its payloads.

    Args:
        home: the folder; created by the first write.
        clock: gives the instants of our own bookkeeping.
        writer_wait_seconds: how long a writer waits for its turn.
        snapshots_kept: how many published copies stay beside leased ones.
        fault: name of a boundary to die at; for tests.
    """

    def __init__(
        self,
        home: Path,
        *,
        clock: Clock = system_clock,
        writer_wait_seconds: float = 60.0,
        snapshots_kept: int = 3,
        fault: str = "",
    ) -> None:
        self.layout = Layout(home.absolute())
        self.clock = clock
        self._faults = Faults(fault)
        self._queue = WriterQueue(self.layout.queue, writer_wait_seconds, clock)
        self._snapshots = Snapshots(self.layout, max(snapshots_kept, 1), self._faults)
        self.payloads = PayloadStore(self.layout, self._faults)
        self.inbox = Inbox(self.layout)

    # --- writing ----------------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, stage: str) -> Iterator[Transaction]:
        """Run one transaction in the writer's turn. It commits at the end if anything changed, or leaves no trace.

        Raises:
            WarehouseBusyError: another writer did not finish within the wait.
            WarehouseVersionError: a newer aicycle wrote this home.
        """
        self._claim_home()
        self._faults.stage = stage
        with self._queue.turn(stage):
            connection = open_live(self.layout.live)
            try:
                connection.execute("BEGIN")
                is_new = ensure_schema(connection, str(self.layout.live))
                transaction = Transaction(connection, self.clock)
                yield transaction
                if is_new or transaction.is_changed:
                    # The marker stands before the commit: a commit can then never go unnoticed.
                    self._faults.boundary("commit.before_marker")
                    replace_text(self.layout.unpublished, f"{stage}\n")
                    self._faults.boundary("commit.before_commit")
                    connection.execute("COMMIT")
                    self._faults.boundary("commit.after_commit")
                else:
                    connection.execute("ROLLBACK")
            finally:
                # Closing without COMMIT rolls back.
                connection.close()
            self._faults.boundary("commit.after_close")

    def publish(self) -> Path | None:
        """Show readers all that is committed; return the new snapshot, or None if they see it already.

        Raises:
            WarehouseBusyError: another writer did not finish within the wait.
        """
        if not self.layout.live.exists():
            return None
        self._faults.stage = "publish"
        with self._queue.turn("publish"):
            if not self._is_publication_due():
                return None
            self._faults.boundary("publish.before_checkpoint")
            connection = open_live(self.layout.live)
            try:
                has_tables = refuse_foreign(connection, str(self.layout.live))
                connection.execute("CHECKPOINT")
            finally:
                # Closed before its file is opened for copying: closing any descriptor of it drops POSIX locks.
                connection.close()
            if self.layout.write_ahead_log.exists() and self.layout.write_ahead_log.stat().st_size:
                raise WarehouseError(
                    "the write-ahead log is not empty after a checkpoint: a copy would lack commits",
                    where=str(self.layout.write_ahead_log),
                    next_command="run again; if it stays, report it with the file's size",
                )
            # Where the first commit was cut off there is nothing that a reader could ask for.
            snapshot = self._snapshots.publish_copy(self.layout.live) if has_tables else None
            self.layout.unpublished.unlink(missing_ok=True)
            sync_folder(self.layout.unpublished.parent)
            self._snapshots.retire()
            self._sweep()
            return snapshot

    def repair(self) -> Path | None:
        """Publish what an earlier process did not live to publish, or what was lost since; called when a run starts."""
        return self.publish() if self._is_publication_due() else None

    def _is_publication_due(self) -> bool:
        """Whether readers lack something: a commit may be unpublished, or the newest snapshot is not there."""
        return self.layout.unpublished.exists() or self._snapshots.is_lost()

    def _sweep(self) -> None:
        sweep_beside(self.layout.live.parent, f".{self.layout.unpublished.name}.*")
        self.payloads.sweep()

    def _claim_home(self) -> None:
        home = self.layout.home
        if home.exists() and not home.is_dir():
            raise WarehouseError(
                f"{home} is not a folder", expected="a folder, or nothing yet", next_command="aicycle --home DIR ..."
            )
        make_folder(self.layout.live.parent)

    # --- reading ----------------------------------------------------------------------------------------------------

    @contextmanager
    def read(self, *, may_touch_files: bool = False) -> Iterator[Reader]:
        """Read the newest snapshot. Never waits for a writer, never blocks one.

        Raises:
            NothingPublishedError: no run has ended in this home yet.
            WarehouseVersionError: a newer aicycle wrote this home.
        """
        with self._snapshots.lease() as snapshot:
            connection = open_snapshot(snapshot, may_touch_files=may_touch_files)
            try:
                refuse_foreign(connection, str(snapshot))
                yield Reader(connection, snapshot)
            finally:
                connection.close()

    def newest_snapshot(self) -> Path | None:
        """Return the path of the newest snapshot for other DuckDB clients, or None."""
        return self._snapshots.newest()
