"""Published copies: immutable files, one pointer, leases for whoever reads.

Here: the atomic switch, retention and leases. Not here: when to publish (`flows.publish`), what is in a snapshot.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aicycle.errors import NothingPublishedError, WarehouseError
from warehouse.durable import replace_text, sync_file, sync_folder
from warehouse.faults import Faults
from warehouse.layout import Layout

ATTEMPTS = 100
"""Looks at the pointer before giving up; each loses only against a publication that happened in between."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The published copies of one home."""

    layout: Layout
    kept: int
    faults: Faults

    def newest(self) -> Path | None:
        """Return the newest snapshot, or None before the first publication."""
        try:
            name = self.layout.current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return self.layout.snapshots / Path(name).name

    def publish_copy(self, live: Path) -> Path:
        """Copy the closed, checkpointed database and switch readers to the copy. The caller holds the writer's turn."""
        folder = self.layout.snapshots
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep_unfinished()
        numbers = [int(p.stem) for p in folder.glob("*.duckdb")]
        target = folder / f"{max(numbers, default=0) + 1:012d}.duckdb"
        beside = folder / f".{target.name}.unfinished"
        self.faults.boundary("publish.before_copy")
        shutil.copyfile(live, beside)
        sync_file(beside)
        self.faults.boundary("publish.before_rename")
        beside.rename(target)
        sync_folder(folder)
        self.faults.boundary("publish.before_switch")
        replace_text(self.layout.current, target.name)
        self.faults.boundary("publish.after_switch")
        return target

    @contextmanager
    def lease(self) -> Iterator[Path]:
        """Keep the newest snapshot from retention while it is read.

        Raises:
            NothingPublishedError: there is no snapshot yet.
            WarehouseError: the pointer names a file that is not there.
        """
        for _ in range(ATTEMPTS):
            snapshot = self.newest()
            if snapshot is None:
                raise NothingPublishedError(
                    "nothing is published yet",
                    where=str(self.layout.home),
                    expected="a home in which a run has ended once",
                    next_command="aicycle demo, or aicycle run --recording DIR (and the same --home)",
                )
            fd = os.open(_lease_of(snapshot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(fd, fcntl.LOCK_SH)
                # Retention may have taken snapshot and lease between the pointer and the lock.
                if not snapshot.exists():
                    continue
                yield snapshot
                return
            finally:
                os.close(fd)
        raise WarehouseError(
            f"the pointer {self.layout.current} names a snapshot that is not there",
            expected="a file beside the pointer",
            next_command="aicycle run (publishes anew)",
        )

    def retire(self) -> int:
        """Delete all but the newest `kept` snapshots, leaving any that is leased; return how many went."""
        self.faults.boundary("publish.before_retention")
        newest = self.newest()
        gone = 0
        for snapshot in sorted(self.layout.snapshots.glob("*.duckdb"))[: -self.kept]:
            if snapshot == newest:
                continue
            fd = os.open(_lease_of(snapshot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                snapshot.unlink(missing_ok=True)
                _lease_of(snapshot).unlink(missing_ok=True)
                gone += 1
            finally:
                os.close(fd)
        return gone

    def _sweep_unfinished(self) -> None:
        for left in self.layout.snapshots.glob(".*.unfinished"):
            left.unlink(missing_ok=True)


def _lease_of(snapshot: Path) -> Path:
    return snapshot.with_suffix(".lease")
