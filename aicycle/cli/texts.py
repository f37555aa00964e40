"""Texts that are named on the command line, and what they are read by.

Here: a file's or standard input's bytes up to a limit, the lexicon, a day. Not here: labelled files (`gold_files`), or
what a text says (`transforms.announcements`).
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import BinaryIO

from aicycle.errors import RefusedFileError, SourceError, UsageError
from aicycle.model.instants import end_of_span
from aicycle.model.parameters.lexicon import Lexicon
from aicycle.settings.environment import load_settings
from aicycle.settings.lexicon import load_lexicon
from aicycle.settings.resources import config_folder

LARGEST_TEXT_BYTES = 16 << 20
"""16 MiB: five thousand pages. A longer text is no report, and what it says would not be read by anybody."""

STANDARD_INPUT = "-"
AUTO = "auto"
YEARS = range(1900, 2200)
"""Days that are read anywhere else lie in these."""


def bytes_of_text(file: str, *, next_command: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`.

    Raises:
        SourceError: it can't be opened or read.
        RefusedFileError: it is larger than `LARGEST_TEXT_BYTES`.
    """
    if file == STANDARD_INPUT:
        return _limited(sys.stdin.buffer, "standard input", next_command)
    try:
        with Path(file).open("rb") as stream:
            return _limited(stream, file, next_command)
    except OSError as error:
        raise SourceError(
            f"the text can't be read: {error.strerror or error}",
            where=file,
            expected="a readable file",
            next_command=next_command,
        ) from error


def _limited(stream: BinaryIO, where: str, next_command: str) -> bytes:
    content = stream.read(LARGEST_TEXT_BYTES + 1)
    if len(content) > LARGEST_TEXT_BYTES:
        raise RefusedFileError(
            f"the text has more than {LARGEST_TEXT_BYTES:,} bytes",
            where=where,
            expected=f"at most {LARGEST_TEXT_BYTES:,}",
            next_command=f"cut it into parts, then {next_command}",
        )
    return content


def lexicon_in_use() -> Lexicon:
    """Read the lexicon of the configuration in use.

    Raises:
        ConfigError: it can't be believed.
    """
    return load_lexicon(load_settings().config or config_folder())


def language_of(option: str, lexicon: Lexicon) -> str | None:
    """Return the language an option declares; None for `auto`.

    Raises:
        UsageError: it is neither `auto` nor a language that texts are read in.
    """
    known = sorted(language.code for language in lexicon.languages)
    if option == AUTO:
        return None
    if option not in known:
        raise UsageError(
            f"--lang {option!r} is no language that texts are read in",
            expected=f"auto, or one of {', '.join(known)}, of which each is a file of config/announcements/languages",
            next_command="the same command with --lang auto",
        )
    return option


def published_day(option: str | None) -> date | None:
    """Return the day an option names; of a month or a year its last.

    Raises:
        UsageError: it names none.
    """
    if option is None:
        return None
    try:
        day = end_of_span(option).date()
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise UsageError(
            f"--published {option!r} is no day",
            expected=f"a day such as 2025-09-28, a month or a year, from {YEARS[0]} to {YEARS[-1]}",
            next_command="aicycle extract FILE --published 2025-09-28",
        )
    return day
