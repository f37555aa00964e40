"""Reads one file of `config/` into a frozen dataclass, or refuses it with file and key.

Here: from TOML to a shape, strict about types and unknown keys. Not here: TOML (`toml_content`), or which file has
which shape (`configuration`, `lexicon`).
"""

from __future__ import annotations

import json
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from aicycle.model.parameters import Parameter
from aicycle.settings import coherence
from aicycle.settings.refusal import key_path, refuse
from aicycle.settings.toml_content import STRICT, file_in, toml_content

Shape = TypeVar("Shape")
PARAMETER_KEYS = ", ".join(Parameter.__dataclass_fields__)


def read_list(folder: Traversable | Path, name: str, key: str, shape: type[Shape]) -> tuple[Shape, ...]:
    """Read a file that is one list of tables under `key`, and nothing else."""
    content = read_shape(folder, name, dict[str, tuple[shape, ...]])  # type: ignore[valid-type]
    if set(content) != {key}:
        refuse("a table that is not known", file=name, key=", ".join(content), expected=f"[[{key}]] and nothing else")
    return content[key]


def read_shape(folder: Traversable | Path, name: str, shape: type[Shape]) -> Shape:
    """Read one file into `shape`, which is a dataclass of parameters or made of them."""
    try:
        content = toml_content(file_in(folder, name), partial(refuse, file=name))
    except FileNotFoundError:
        refuse(
            "the file is missing", file=name, expected=f"{name} in {folder}", next_command="restore it from the project"
        )
    adapter = TypeAdapter(tuple[shape], config=STRICT)  # type: ignore[valid-type]
    try:
        checked: Shape = adapter.validate_json(json.dumps([content]))[0]
    except ValidationError as error:
        _refuse_shape(error.errors()[0], name)
    coherence.check_parameters(checked, name)
    return checked


def _refuse_shape(error: ErrorDetails, name: str) -> NoReturn:
    key = key_path(error["loc"][1:])
    match error["type"]:
        case "missing":
            what, expected = "a key is missing", "every key of its table; a number has " + PARAMETER_KEYS
        case "unexpected_keyword_argument":
            what, expected = "a key that is not known", "only keys that aicycle/model/parameters/ names"
        case "dataclass_type":
            what, expected = f"{error['input']!r} stands there bare", "a table with " + PARAMETER_KEYS
        case _:
            what, expected = f"{error['input']!r} does not fit", error["msg"][:1].lower() + error["msg"][1:]
    refuse(what, file=name, key=key, expected=expected)
