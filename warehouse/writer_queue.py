"""Who writes next: a fair, bounded queue of writers across processes.

Here: tickets in order of arrival and the lock they lead to. Locks are `flock`, which the kernel releases when a process
dies, so a killed writer never blocks the next. Not here: what is written.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aicycle.errors import WarehouseBusyError
from aicycle.model.instants import Clock, system_clock
from warehouse.durable import sweep_beside

POLL_SECONDS = 0.02
"""How often a waiting writer looks; short against the shortest write (about 50 ms)."""


@dataclass(frozen=True, slots=True)
class WriterQueue:
    """Writers take a ticket and are served in order; who waits longer than `wait_seconds` gives up and says why."""

    folder: Path
    wait_seconds: float
    clock: Clock = system_clock
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    @contextmanager
    def turn(self, stage: str) -> Iterator[None]:
        """Hold the right to write, for `stage`.

        Raises:
            WarehouseBusyError: somebody else held it for the whole wait.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        ticket, ticket_fd = self._take_ticket()
        try:
            lock_fd = self._await_turn(ticket)
        finally:
            # Served or not, the ticket goes: the queue behind must not wait for it.
            ticket.unlink(missing_ok=True)
            os.close(ticket_fd)
        try:
            self._say_holder(stage)
            yield
        finally:
            with suppress(FileNotFoundError):
                self._holder.unlink()
            os.close(lock_fd)

    @property
    def _holder(self) -> Path:
        return self.folder / "holder.json"

    @contextmanager
    def _mutex(self) -> Iterator[None]:
        """Serialise looking at and changing the tickets. Held for microseconds."""
        fd = os.open(self.folder / "tickets.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def _tickets(self) -> list[Path]:
        return sorted(self.folder.glob("*.ticket"))

    def _take_ticket(self) -> tuple[Path, int]:
        with self._mutex():
            last = max((int(t.stem) for t in self._tickets()), default=0)
            ticket = self.folder / f"{last + 1:012d}.ticket"
            fd = os.open(ticket, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return ticket, fd

    def _is_first(self, ticket: Path) -> bool:
        with self._mutex():
            for earlier in self._tickets():
                if earlier == ticket:
                    return True
                if _is_alive(earlier):
                    return False
                earlier.unlink(missing_ok=True)
        return True

    def _await_turn(self, ticket: Path) -> int:
        deadline = self.monotonic() + self.wait_seconds
        lock_fd = os.open(self.folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            while not (self._is_first(ticket) and _try_lock(lock_fd)):
                self._give_up_after(deadline)
                self.sleep(POLL_SECONDS)
        except BaseException:
            os.close(lock_fd)
            raise
        return lock_fd

    def _say_holder(self, stage: str) -> None:
        # In the writer's turn nobody else says who holds it: what lies here was left by the killed.
        sweep_beside(self.folder, f".{self._holder.stem}.*")
        content = {"pid": os.getpid(), "stage": stage, "since": self.clock().isoformat(timespec="seconds")}
        beside = self._holder.with_name(f".holder.{os.getpid()}")
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self._holder)

    def _give_up_after(self, deadline: float) -> None:
        if self.monotonic() < deadline:
            return
        try:
            held = json.loads(self._holder.read_text(encoding="utf-8"))
            who = f"process {held['pid']} ({held['stage']}) holds the writer lock since {held['since']}"
        except (OSError, ValueError, KeyError):
            who = "another process holds the writer lock"
        raise WarehouseBusyError(
            f"the warehouse is busy: {who}; gave up after {self.wait_seconds:g} s",
            where=str(self.folder / "writer.lock"),
            expected="the lock to be free; it is released when its holder ends or dies",
            next_command="try again, or set AICYCLE_WRITER_WAIT_SECONDS to wait longer",
        )


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(ticket: Path) -> bool:
    """Whether the ticket's owner lives: it holds a lock on its ticket until it is served, gives up or dies."""
    try:
        fd = os.open(ticket, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(fd)
    finally:
        os.close(fd)
