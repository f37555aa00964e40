"""The inbox: what people decided, one small file each, until the next writer applies it.

Here: putting a file down, looking through what lies there, taking away what was applied or refused. Not here: what a
file says (`aicycle.model.decisions`), when it is applied (`flows.steps.deciding`).

The folder is open to whoever may write into the home: what is no small regular file is not read but moved aside.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aicycle.errors import WarehouseError
from warehouse.durable import make_folder, replace_bytes, replace_text, sweep_beside, sync_folder
from warehouse.layout import Layout

LARGEST_FILE_BYTES = 1 << 20
"""1 MiB: far above any decision, far below what could trouble a run."""
MOST_FILES = 1_000
"""Files that are looked at in one go; the others wait for the next."""
LONGEST_SHOWN_NAME = 120
REASON_SUFFIX = ".why.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One file that lies in the inbox."""

    name: str
    content: bytes | None
    """None: it can't be read, `problem` says why."""
    problem: str = ""

    @property
    def shown(self) -> str:
        """Its name, fit for being stored and printed."""
        return (self.name if self.name.isprintable() else ascii(self.name)[1:-1])[:LONGEST_SHOWN_NAME]


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of one home."""

    layout: Layout

    def put(self, name: str, content: bytes) -> Path:
        """Put a file down, durably and atomically; return where.

        Raises:
            WarehouseError: it is larger than what would be read.
        """
        if len(content) > LARGEST_FILE_BYTES:
            raise WarehouseError(
                f"a decision of {len(content)} bytes is too large", expected=f"at most {LARGEST_FILE_BYTES} bytes"
            )
        path = self.layout.inbox / name
        make_folder(self.layout.inbox)
        replace_bytes(path, content)
        return path

    def waiting(self) -> list[Waiting]:
        """Return what lies in the inbox, by name; what is just being written is not there yet."""
        try:
            folder = os.open(self.layout.inbox, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return []
        try:
            names = sorted(n for n in os.listdir(folder) if not n.startswith("."))  # noqa: PTH208 - a descriptor
            waiting = [n for n in names if n != self.layout.refused_inbox.name]
            return [_looked_at(folder, n) for n in waiting[:MOST_FILES]]
        finally:
            os.close(folder)

    def remove(self, name: str) -> None:
        """Take away a file that was applied."""
        (self.layout.inbox / name).unlink(missing_ok=True)
        sync_folder(self.layout.inbox)
        sweep_beside(self.layout.inbox, ".*.json.*")

    def set_aside(self, waiting: Waiting, reason: str) -> Path:
        """Move a file that can't be applied out of the way, with the reason beside it; return where it lies now."""
        folder = self.layout.refused_inbox
        make_folder(folder)
        place = _free(lambda n: folder / (waiting.name if not n else f"{waiting.name}.{n}"))
        # A link or a folder moves as it is; nothing behind it is touched.
        with contextlib.suppress(FileNotFoundError):
            (self.layout.inbox / waiting.name).rename(place)
        note = place.with_name((place.name if place.name.isprintable() else "unprintable")[:LONGEST_SHOWN_NAME])
        replace_text(note.with_name(note.name + REASON_SUFFIX), reason + "\n")
        sync_folder(self.layout.inbox)
        return place

    def refused(self) -> list[tuple[str, str]]:
        """Return name and reason of the files that were set aside, by name."""
        notes = sorted(self.layout.refused_inbox.glob(f"*{REASON_SUFFIX}"), key=_named)
        return [
            (_named(note), note.read_text(encoding="utf-8", errors="replace").strip())
            for note in notes
            if note.is_file() and not note.is_symlink()
        ]


def _named(note: Path) -> str:
    return note.name.removesuffix(REASON_SUFFIX)


def _free(path: Callable[[int], Path]) -> Path:
    n = 0
    while os.path.lexists(path(n)):
        n += 1
    return path(n)


def _looked_at(folder: int, name: str) -> Waiting:
    """Read one name through its folder's descriptor: the path could be swapped meanwhile."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        problem = _objection(status)
        if problem:
            return Waiting(name=name, content=None, problem=problem)
        # Without O_NONBLOCK, opening a pipe that took the file's place would wait for a writer.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
            problem = _objection(os.fstat(file.fileno()))
            if problem:
                return Waiting(name=name, content=None, problem=problem)
            return Waiting(name=name, content=file.read(LARGEST_FILE_BYTES))
    except OSError as error:
        return Waiting(name=name, content=None, problem=f"it can't be read: {error.strerror}")


def _objection(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "it is a symbolic link; expected a regular file"
    if not stat.S_ISREG(status.st_mode):
        return "it is no regular file"
    if status.st_nlink > 1:
        return "it has other names elsewhere; expected a file of its own"
    if status.st_size > LARGEST_FILE_BYTES:
        return f"it has {status.st_size} bytes; expected at most {LARGEST_FILE_BYTES}"
    return ""
