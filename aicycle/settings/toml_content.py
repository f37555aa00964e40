"""What a TOML file holds, as the JSON content that shapes are checked against.

Here: parsing, and what JSON has no word for. Not here: shapes (`configuration`, `faults`), how a file is refused
(`refusal`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ConfigDict

from aicycle.settings.refusal import key_path

STRICT = ConfigDict(strict=True, extra="forbid")
"""How shapes are checked: no "15" for 15, no true for 1, no key that is not known.

The detour by JSON lets pydantic be strict and still read enums and tuples, for which TOML has no types of its own. A
wrapping tuple carries the strictness into nested dataclasses."""

Refusing = Callable[..., NoReturn]
"""(what, key=..., expected=...): says no to the file that is read."""


def file_in(folder: Traversable | Path, name: str) -> Traversable | Path:
    """Return a file of a folder by its relative name, parts joined by `/`."""
    file = folder
    for part in name.split("/"):
        file = file / part
    return file


def toml_content(file: Traversable | Path, refuse: Refusing) -> dict[str, Any]:
    """Read a file as JSON content: days as text, numbers finite.

    Args:
        file: what is read.
        refuse: called with what is wrong, where in the file, and what was expected.

    Raises:
        OSError: it can't be read.
    """
    try:
        parsed = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        refuse(f"the file is no TOML: {error}", expected="UTF-8 text in TOML 1.0")
    content: dict[str, Any] = _plain(parsed, (), refuse)
    return content


def _plain(value: Any, key: tuple[str | int, ...], refuse: Refusing) -> Any:  # noqa: ANN401 - what a TOML file may hold
    if isinstance(value, dict):
        return {k: _plain(v, (*key, k), refuse) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v, (*key, i), refuse) for i, v in enumerate(value)]
    if isinstance(value, datetime | time):
        refuse("a time of day where a day is meant", key=key_path(key), expected="a date such as 2025-09-28")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value - value != 0:
        refuse(f"{value} is no number to compute with", key=key_path(key), expected="a finite number")
    return value
