"""File operations that survive a crash: written, synced, then renamed into place.

Here: the steps everybody needs in the same order, and clearing away what a killed process left half-way. Not here: what
is written.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def sync_folder(folder: Path) -> None:
    """Make renames and deletions in `folder` durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_file(path: Path) -> None:
    """Make the content of `path` durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Create `folder` and the parents it lacks, each made durable in its own parent before the next."""
    lacking = [f for f in (folder, *folder.parents) if not f.is_dir()]
    for new in reversed(lacking):
        new.mkdir(exist_ok=True)
        sync_folder(new.parent)


def replace_bytes(
    path: Path, content: bytes, *, beside_in: Path | None = None, before_rename: Callable[[], None] = lambda: None
) -> None:
    """Put `content` at `path` atomically: a reader sees the old or the new bytes, never a part.

    Args:
        path: in a folder that exists.
        content: the new bytes.
        beside_in: where they are written first, on the same file system; by default beside `path`.
        before_rename: called when the bytes are durable and not yet in place.
    """
    beside, file = _open_beside(beside_in or path.parent, path.name)
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            before_rename()
            beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_text(path: Path, content: str) -> None:
    """Put `content` at `path` atomically, as UTF-8; see `replace_bytes`."""
    replace_bytes(path, content.encode("utf-8"))


def sweep_beside(folder: Path, pattern: str) -> int:
    """Delete what killed processes left of their `replace_bytes`; return how many files went.

    Args:
        folder: where they were writing; it may be missing.
        pattern: of the names to look at. A file whose writer lives is locked, and stays.
    """
    gone = 0
    for left in folder.glob(pattern):
        try:
            fd = os.open(left, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            # Between the look and the lock its writer may have finished: then the name is gone already.
            left.unlink(missing_ok=True)
            gone += 1
        finally:
            os.close(fd)
    return gone


def _open_beside(folder: Path, name: str) -> tuple[Path, BinaryIO]:
    """Create a file nobody else writes to, locked for as long as it is open."""
    while True:
        # No process or thread id: both come again in another container that shares the folder.
        beside = folder / f".{name}.{secrets.token_hex(8)}"
        file = beside.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        # A sweep may have come between creation and lock.
        if os.fstat(file.fileno()).st_nlink:
            return beside, file
        file.close()
