"""How a file in `config/` is refused: always with file and key.

Here: the one way to say no. Not here: the reasons (`configuration`, `coherence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from aicycle.errors import ConfigError


def refuse(
    what: str, *, file: str, key: str = "", expected: str = "", next_command: str = "", folder: str = "config/"
) -> NoReturn:
    """Refuse a file.

    Args:
        what: what is wrong.
        file: relative to `folder`.
        key: path of the key, e.g. `scenarios[0].target_low_usd.why`.
        expected: what would have been right.
        next_command: what to do; by default, to correct the key.
        folder: shown before the file; by default the configuration folder.

    Raises:
        ConfigError: always.
    """
    where = f"{folder}{file}" + (f", key {key}" if key else "")
    raise ConfigError(what, where=where, expected=expected, next_command=next_command or f"correct {where}")


def key_path(parts: Sequence[str | int]) -> str:
    """Return a path of keys and positions as people write it: `exchanges[1].delay_minutes.why`."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
