"""Reading one file that somebody else may have put there: regular files alone, within a limit, whole.

Here: the look before, the reading, the look after. Not here: which files are read (`recording`, `document`).
"""

from __future__ import annotations

import os
import stat

from aicycle.errors import RefusedFileError

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK, opening a pipe would wait for a writer.
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def bytes_of(folder: int, file_name: str, max_bytes: int) -> bytes:
    """Read a regular file through its folder's descriptor.

    Raises:
        RefusedFileError: it is no regular file, empty, too large, or changed meanwhile.
        OSError: it can't be opened or read.
    """
    # Looked at before it is opened: opening a device can have an effect.
    check(os.stat(file_name, dir_fd=folder, follow_symlinks=False), max_bytes)
    descriptor = os.open(file_name, FILE_FLAGS, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        check(before, max_bytes)
        content = file.read(max_bytes + 1)
        after = os.fstat(descriptor)
    if len(content) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise RefusedFileError("it changed while it was read", expected="a file nobody writes to; run again")
    return content


def check(status: os.stat_result, max_bytes: int) -> None:
    """Refuse what is no regular file within the limits."""
    if stat.S_ISLNK(status.st_mode):
        raise RefusedFileError("it is a symbolic link", expected="a regular file inside the folder")
    if not stat.S_ISREG(status.st_mode):
        raise RefusedFileError("it is no regular file", expected="a regular file inside the folder")
    if status.st_size == 0:
        raise RefusedFileError("it is empty", expected="at least a header")
    if status.st_size > max_bytes:
        raise RefusedFileError(f"it has {status.st_size} bytes", expected=f"at most {max_bytes}")
