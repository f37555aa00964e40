"""The errors people see: what happened, where, what was expected, the next command.

Here: one small tree of exceptions, each with the exit code it ends the command line with. Not here: rows that are
merely bad (they are quarantined with a reason and never raised).
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process of ours ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    HELD = 3
    BUSY = 4


class AicycleError(Exception):
    """Base of all errors that are reported without a traceback.

    Args:
        what: what happened, one sentence.
        where: file, table, option or address it happened at.
        expected: what would have been right.
        next_command: what to type or do next.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, what: str, *, where: str = "", expected: str = "", next_command: str = "") -> None:
        self.what, self.where, self.expected, self.next_command = what, where, expected, next_command
        parts = [what]
        if where:
            parts.append(f"where: {where}")
        if expected:
            parts.append(f"expected: {expected}")
        if next_command:
            parts.append(f"next: {next_command}")
        super().__init__("\n  ".join(parts))


class UsageError(AicycleError):
    """The call itself was wrong: an option, a date, a missing home."""

    exit_code = ExitCode.USAGE


class ConfigError(AicycleError):
    """A file in `config/` can't be believed: a number without status, a band upside down."""


class SourceError(AicycleError):
    """A source can't be read at all: no such folder, no network, a refused file set."""


class RefusedFileError(SourceError):
    """One file or reply can't be taken as a whole: wrong header, empty, too large, not a regular file."""


class SourceDownError(SourceError):
    """A source did not answer, or answered with a refusal: worth another try later."""


class NoDataError(SourceError):
    """A source answered that it has nothing for this request: not worth another try."""


class WarehouseError(AicycleError):
    """The warehouse can't do what was asked."""


class WarehouseBusyError(WarehouseError):
    """Another process writes and did not finish within the wait."""

    exit_code = ExitCode.BUSY


class WarehouseVersionError(WarehouseError):
    """The database was written by a newer version of aicycle."""


class NothingPublishedError(WarehouseError):
    """There is no snapshot to read yet."""


class NotKnownYetError(AicycleError):
    """An answer was asked for a day before the first fact it needs."""


class GateError(AicycleError):
    """A suite does not fit its contract, or a check could not be run."""
