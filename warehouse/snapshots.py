"""Published copies: immutable files, one pointer, leases for whoever reads.

Here: the atomic switch, retention and leases. Not here: when to publish (`flows.publish`), what is in a snapshot.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aicycle.errors import NothingPublishedError, WarehouseError
from warehouse.durable import make_folder, replace_text, sweep_beside, sync_file, sync_folder
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
        """Return the snapshot the pointer names, or None before the first publication. It may have been lost."""
        try:
            name = self.layout.current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return self.layout.snapshots / Path(name).name if name else None

    def is_lost(self) -> bool:
        """Whether there is nothing to read: no pointer, or one to a file that is not there."""
        newest = self.newest()
        return newest is None or not newest.is_file()

    def publish_copy(self, live: Path) -> Path:
        """Copy the closed, checkpointed database and switch readers to the copy. The caller holds the writer's turn."""
        folder = self.layout.snapshots
        make_folder(folder)
        self._sweep_unfinished()
        target = folder / f"{self._last_number() + 1:012d}.duckdb"
        beside = folder / f".{target.name}.unfinished"
        self.faults.boundary("publish.before_copy")
        shutil.copyfile(live, beside)
        sync_file(beside)
        self.faults.boundary("publish.before_rename")
        os.close(_open_lease(target))
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
            fd = _open_readers_lease(snapshot)
            if fd is None:
                continue
            try:
                fcntl.flock(fd, fcntl.LOCK_SH)
                # Retention may have taken snapshot and lease between the pointer and the lock.
                if not snapshot.is_file():
                    with suppress(PermissionError):
                        _drop_lease(snapshot, fd)
                    continue
                # Somebody who lost the same race may have taken the lease alone: then nobody sees this lock.
                if not _is_lease(snapshot, fd):
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
        """Delete all but the newest `kept` snapshots, leaving any that is leased; return how many went.

        The caller holds the writer's turn.
        """
        self.faults.boundary("publish.before_retention")
        newest = self.newest()
        gone = 0
        for snapshot in self._numbered("duckdb")[: -self.kept]:
            if snapshot == newest:
                continue
            fd = _open_lease(snapshot)
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
        for lease in self._numbered("lease"):
            if not (snapshot := lease.with_suffix(".duckdb")).is_file():
                fd = _open_lease(snapshot)
                try:
                    _drop_lease(snapshot, fd)
                finally:
                    os.close(fd)
        return gone

    def _numbered(self, suffix: str) -> list[Path]:
        """Return our own files of one kind, oldest first; what somebody else put here is left alone."""
        return sorted(p for p in self.layout.snapshots.glob(f"*.{suffix}") if p.stem.isdecimal())

    def _last_number(self) -> int:
        # Names of lost snapshots count: a reader may still have the file of that name open.
        newest = self.newest()
        named = [newest] if newest is not None and newest.stem.isdecimal() else []
        return max((int(p.stem) for p in (*self._numbered("duckdb"), *self._numbered("lease"), *named)), default=0)

    def _sweep_unfinished(self) -> None:
        for left in self.layout.snapshots.glob(".*.unfinished"):
            left.unlink(missing_ok=True)
        sweep_beside(self.layout.snapshots, f".{self.layout.current.name}.*")


def _lease_of(snapshot: Path) -> Path:
    return snapshot.with_suffix(".lease")


def _open_lease(snapshot: Path) -> int:
    return os.open(_lease_of(snapshot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _open_readers_lease(snapshot: Path) -> int | None:
    """Open the lease; who may not write here takes the one publication left. None: it is gone, the race is lost."""
    try:
        return _open_lease(snapshot)
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
    try:
        return os.open(_lease_of(snapshot), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None


def _is_lease(snapshot: Path, fd: int) -> bool:
    """Whether `fd` is open on the file that bears the lease's name now."""
    try:
        return os.path.samestat(os.fstat(fd), _lease_of(snapshot).stat())
    except FileNotFoundError:
        return False


def _drop_lease(snapshot: Path, fd: int) -> None:
    """Delete the lease of a snapshot that is not there, unless somebody else holds or renewed it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if _is_lease(snapshot, fd) and not snapshot.is_file():
        _lease_of(snapshot).unlink(missing_ok=True)
