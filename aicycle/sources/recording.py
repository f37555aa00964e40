"""A folder in the recording format as a source: each file's bytes, as they are.

Here: which files belong to the format, and that only regular files inside the folder are read. Not here: what is in
them (`transforms.staging`, `docs/recording_format.md`).

A folder is somebody else's: symbolic links, pipes, devices, files over the limit and files that change while they are
read are refused one by one, with a reason, before a byte of them is believed. Other subfolders are left aside.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aicycle.errors import RefusedFileError, SourceError
from aicycle.model.instants import Clock
from aicycle.sources.protocol import Fetched, Refused
from aicycle.sources.regular_file import FOLDER_FLAGS, bytes_of
from transforms.staging import READERS, RECORDING, TEXT

LARGEST_FILE_BYTES = 256 << 20
"""256 MiB: a hundred times the largest known recording file, and what a small machine can hold."""

FILES = tuple(name.removeprefix(RECORDING) for name in READERS if name.startswith(RECORDING) and name != TEXT)
"""Files of the format, in the order they are handed over."""

REFERS_TO_TEXTS = "documents.jsonl"
TEXT_FOLDER = "documents"
TEXT_SUFFIX = ".txt"
SILENT = re.compile(r"(?i:readme.*\.md|licen[cs]e(?:\..*)?)|\..*")
"""Files that belong to a folder and not to its data."""

PLAIN_NAME = re.compile(r"\w[\w .\-]{0,199}")
"""Letters and digits of any script, blank, dot, dash; nothing that a path, a shell or a log could take otherwise."""

NEXT_COMMAND = "aicycle run --recording DIR, with a folder as docs/recording_format.md describes"


@dataclass(frozen=True, slots=True)
class RecordingSource:
    """The source `recording`: one folder.

    Args:
        folder: the folder; it may itself be reached by a link, what is in it may not.
        clock: says when a file was read.
        max_file_bytes: files above are refused unread.
        only: the one file of the format that is meant, with the texts if it refers to them; None: all there is.
    """

    folder: Path
    clock: Clock
    max_file_bytes: int = LARGEST_FILE_BYTES
    only: str | None = None

    @property
    def name(self) -> str:
        """Name in the ledger."""
        return "recording"

    def fetch(self) -> Iterator[Fetched | Refused]:
        """Hand over texts first, then the files that refer to them, then what was left out: always in this order.

        Raises:
            SourceError: there is no such folder, or no file of the format in it.
        """
        with self._opened_folder() as folder:
            listed = _names_in(folder)
            if self.only is not None:
                yield from self._one(folder, self.only, listed)
                return
            if not set(FILES) & set(listed):
                raise SourceError(
                    "no file of the recording format in the folder",
                    where=str(self.folder),
                    expected=f"one or more of {', '.join(FILES)}",
                    next_command=NEXT_COMMAND,
                )
            if TEXT_FOLDER in listed:
                yield from self._texts(folder)
            for file_name in FILES:
                if file_name in listed:
                    yield self._taken(folder, file_name, file_name, RECORDING + file_name)
            yield from self._left_out(folder, listed)

    @contextmanager
    def _opened_folder(self) -> Iterator[int]:
        try:
            folder = os.open(self.folder, FOLDER_FLAGS)
        except OSError as error:
            raise SourceError(
                f"the recording folder can't be opened: {error.strerror}",
                where=str(self.folder),
                expected="a readable folder",
                next_command=NEXT_COMMAND,
            ) from error
        try:
            yield folder
        finally:
            os.close(folder)

    def _one(self, folder: int, file_name: str, listed: list[str]) -> Iterator[Fetched | Refused]:
        """Hand over one file, after the texts that it may refer to."""
        if file_name == REFERS_TO_TEXTS and TEXT_FOLDER in listed:
            yield from self._texts(folder)
        yield self._taken(folder, file_name, file_name, RECORDING + file_name)

    def _texts(self, folder: int) -> Iterator[Fetched | Refused]:
        """Hand over the texts in `documents/`."""
        try:
            texts = os.open(TEXT_FOLDER, FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)
        except OSError as error:
            yield Refused(
                name=TEXT_FOLDER,
                reason=f"{TEXT_FOLDER}/ is not taken: {error.strerror}; expected a folder, not a link to one",
            )
            return
        try:
            for file_name in _names_in(texts):
                name = f"{TEXT_FOLDER}/{file_name}"
                if file_name.endswith(TEXT_SUFFIX):
                    yield self._taken(texts, file_name, name, TEXT)
                elif not SILENT.fullmatch(file_name):
                    yield Refused(name=_shown(name), reason=f"expected only texts, *{TEXT_SUFFIX}", is_ignored=True)
        finally:
            os.close(texts)

    def _taken(self, folder: int, file_name: str, name: str, payload_format: str) -> Fetched | Refused:
        """Read one file."""
        try:
            if not PLAIN_NAME.fullmatch(file_name):
                return Refused(name=_shown(name), reason="refused: its name holds more than letters, digits, . - _")
            content = bytes_of(folder, file_name, self.max_file_bytes)
        except OSError as error:
            return Refused(name=_shown(name), reason=f"can't be read: {error.strerror}")
        except RefusedFileError as error:
            return Refused(name=_shown(name), reason=f"{error.what}; expected {error.expected}")
        return Fetched(name=name, format=payload_format, request="", content=content, fetched_at=self.clock())

    def _left_out(self, folder: int, listed: list[str]) -> Iterator[Refused]:
        """Name the files that are not part of the format."""
        for file_name in listed:
            if file_name in FILES or file_name == TEXT_FOLDER or SILENT.fullmatch(file_name):
                continue
            if _is_folder(folder, file_name):
                continue
            yield Refused(
                name=_shown(file_name),
                reason=f"not a file of the recording format; expected one of {', '.join(FILES)}",
                is_ignored=True,
            )


def _names_in(folder: int) -> list[str]:
    """Return what an opened folder holds, in order. A path could be swapped meanwhile, a descriptor can't."""
    return sorted(os.listdir(folder))


def _is_folder(folder: int, file_name: str) -> bool:
    """Say whether a name stands for a folder; what has gone meanwhile is none."""
    try:
        return stat.S_ISDIR(os.stat(file_name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _shown(name: str) -> str:
    """Return a name that can be stored and printed."""
    return ascii(name)[1:-1] if not name.isprintable() else name
