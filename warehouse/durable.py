"""File operations that survive a crash: written, synced, then renamed into place.

Here: the three steps everybody needs in the same order. Not here: what is written.
"""

from __future__ import annotations

import os
from pathlib import Path


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


def replace_text(path: Path, content: str) -> None:
    """Put `content` at `path` atomically: a reader sees the old or the new text, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(content, encoding="utf-8")
    sync_file(beside)
    beside.replace(path)
    sync_folder(path.parent)
