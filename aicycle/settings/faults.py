"""Reads fault catalogues and what else the gate's scorecard is told, or refuses it with file and key.

Here: TOML to the shapes of `aicycle.model.faults`. Not here: whether a kind finds rows to hit (`transforms.gate.faults`
tries), the gate's own limits (`configuration`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from dataclasses import replace
from functools import cache, partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from aicycle.model.faults import OPERATIONS, FaultKind, JudgedAlarm, RedundantCheck, ScoringRules
from aicycle.model.faults.operations import Operation
from aicycle.settings import coherence
from aicycle.settings.refusal import key_path, refuse
from aicycle.settings.toml_content import STRICT, file_in, toml_content

BUNDLED = "gate/faults.toml"
SCORECARD, JUDGED_ALARMS, REDUNDANT = "gate/scorecard.toml", "gate/judged_alarms.toml", "gate/redundant_checks.toml"
DOCUMENTED_IN = "docs/gate_faults.md"
NAME = re.compile(r"[a-z][a-z0-9_]*")

LARGEST_FILE = 10_000_000
"""Bytes: a catalogue of a hundred thousand kinds."""

Shape = TypeVar("Shape")


def load_faults(folder: Traversable | Path, own: Path | None = None) -> tuple[FaultKind, ...]:
    """Return the kinds of the bundled catalogue, and those a person adds.

    Args:
        folder: `config/`.
        own: a further catalogue in the same format.

    Raises:
        ConfigError: a file is missing or no TOML, a key or an operation is not known, two kinds share a name.
    """
    kinds = _kinds(file_in(folder, BUNDLED), f"config/{BUNDLED}")
    if own is not None:
        kinds = (*kinds, *_kinds(own, str(own)))
    names = [kind.name for kind in kinds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        _refuse(
            f"two kinds are called {', '.join(twice)}",
            str(own or f"config/{BUNDLED}"),
            "kinds",
            "a name of its own for each kind, also beside the bundled ones",
        )
    return kinds


def load_scoring_rules(folder: Traversable | Path) -> ScoringRules:
    """Return `config/gate/scorecard.toml`.

    Raises:
        ConfigError: the file is missing or can't be believed.
    """
    shown = f"config/{SCORECARD}"
    rules = _checked(_parsed(file_in(folder, SCORECARD), shown), ScoringRules, shown, ())
    coherence.check_parameters(rules, SCORECARD)
    return rules


def load_judged_alarms(folder: Traversable | Path) -> tuple[JudgedAlarm, ...]:
    """Return what people found behind alarms; nothing where the file is absent.

    Raises:
        ConfigError: the file can't be believed.
    """
    return _list(folder, JUDGED_ALARMS, "alarms", JudgedAlarm)


def load_redundant_checks(folder: Traversable | Path) -> tuple[RedundantCheck, ...]:
    """Return why checks stay that catch nothing alone; nothing where the file is absent.

    Raises:
        ConfigError: the file can't be believed.
    """
    return _list(folder, REDUNDANT, "checks", RedundantCheck)


def _list(folder: Traversable | Path, name: str, key: str, shape: type[Shape]) -> tuple[Shape, ...]:
    file, shown = file_in(folder, name), f"config/{name}"
    if not file.is_file():
        return ()
    entries = _entries(_parsed(file, shown), key, shown)
    return tuple(_checked(entry, shape, shown, (key, place)) for place, entry in enumerate(entries))


def _kinds(file: Traversable | Path, shown: str) -> tuple[FaultKind, ...]:
    entries = _entries(_parsed(file, shown), "kinds", shown)
    return tuple(_kind(entry, shown, ("kinds", place)) for place, entry in enumerate(entries))


def _kind(entry: Any, shown: str, at: tuple[str | int, ...]) -> FaultKind:  # noqa: ANN401 - what a TOML file may hold
    steps = entry.get("do") if isinstance(entry, dict) else None
    if not isinstance(steps, list) or not steps:
        _refuse("a kind does nothing", shown, key_path((*at, "do")), "one or more [[kinds.do]], each with its `op`")
    kind = _checked({**entry, "do": []}, FaultKind, shown, at)
    if not NAME.fullmatch(kind.name):
        _refuse(f"{kind.name!r} is no name", shown, key_path((*at, "name")), "lower case letters, digits, _")
    is_possible = kind.days >= 1 and 0 < kind.rows.share <= 1 and kind.rows.earlier >= 0
    if not is_possible or (kind.trials is not None and kind.trials < 1):
        expected = "days >= 1, trials >= 1, 0 < rows.share <= 1, rows.earlier >= 0"
        _refuse("a number is out of range", shown, key_path(at), expected)
    for place, declared in enumerate(kind.undetectable):
        if declared.size not in (kind.sizes or (None,)) or not declared.why:
            where = key_path((*at, "undetectable", place))
            _refuse("a size is declared that is none, or without a reason", shown, where, "one of `sizes`, and `why`")
    for place, condition in enumerate(kind.rows.where):
        try:
            re.compile(condition.matches or "")
        except re.error as error:
            where = key_path((*at, "rows", "where", place, "matches"))
            _refuse(f"no regular expression: {error}", shown, where, "a pattern as Python's re reads it")
    return replace(kind, do=tuple(_operation(step, shown, (*at, "do", place)) for place, step in enumerate(steps)))


def _operation(step: Any, shown: str, at: tuple[str | int, ...]) -> Operation:  # noqa: ANN401 - what a TOML file may hold
    name = step.get("op") if isinstance(step, dict) else None
    if name not in OPERATIONS:
        expected = f"one of {', '.join(OPERATIONS)}"
        _refuse(f"the operation {name!r} is not known", shown, key_path((*at, "op")), expected)
    return _checked(step, OPERATIONS[name], shown, at)


def _parsed(file: Traversable | Path, shown: str) -> Any:  # noqa: ANN401 - what a TOML file may hold
    if isinstance(file, Path) and file.exists() and (not file.is_file() or file.stat().st_size > LARGEST_FILE):
        _refuse("the file is no catalogue", shown, "", f"a regular file of at most {LARGEST_FILE:,} bytes")
    try:
        return toml_content(file, partial(_refuse, shown=shown))
    except OSError as error:
        _refuse(f"the file can't be read: {error.strerror}", shown, "", "a readable file in TOML 1.0")


def _entries(content: Any, key: str, shown: str) -> list[Any]:  # noqa: ANN401 - what a TOML file may hold
    entries = content.get(key, [])
    if set(content) - {key} or not isinstance(entries, list):
        odd = ", ".join(sorted(set(content) - {key})) or key
        _refuse("a table that is not known", shown, odd, f"[[{key}]] and nothing else")
    return entries


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a cached function takes no type variable
    """Return what checks a shape; making it takes longer than using it a hundred times."""
    return TypeAdapter(tuple[shape], config=STRICT)


def _checked(content: Any, shape: type[Shape], shown: str, at: tuple[str | int, ...]) -> Shape:  # noqa: ANN401 - what a TOML file may hold
    try:
        checked: Shape = _adapter(cast("Hashable", shape)).validate_json(json.dumps([content]))[0]
    except ValidationError as error:
        first = error.errors()[0]
        # What pydantic calls the members of a union stands behind the keys and is no key.
        keys = [part for part in first["loc"][1:] if not str(part).startswith(("literal[", "float", "str", "function"))]
        _refuse(f"{first['input']!r} does not fit: {first['msg']}", shown, key_path((*at, *keys)), shape.__doc__ or "")
    return checked


def _refuse(what: str, shown: str, key: str = "", expected: str = "") -> NoReturn:
    where = shown + (f", key {key}" if key else "")
    refuse(
        what, file=shown, folder="", key=key, expected=expected, next_command=f"correct {where}; see {DOCUMENTED_IN}"
    )
