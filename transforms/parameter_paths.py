"""The content of `config/` as flat lines: a path, a value, and the provenance of a number.

Here: paths that stay the same when a neighbour is added, and which of them an answer can depend on. Not here: reading
the content (`aicycle.settings.configuration`), comparing two (`transforms.differences`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PROVENANCE = ("value", "unit", "status", "source", "why", "known_at")
"""What makes a table a parameter."""

NAMING = (
    ("rule_id", "version"), ("target_id",), ("check_id",), ("family", "scenario", "direction"), ("first", "second"),
    ("basis", "name"), ("company",), ("name",), ("symbol",), ("event_type",), ("scenario",), ("segment",), ("basis",),
    ("indicator",), ("metric",),
)  # fmt: skip
"""Keys by which the tables of a list are told apart, the first that fits; else their position.

What is told apart by several words stands before what one of them could be: one rule per company is still a rule, and
the second one of a company must not rename the first."""

ORDERED = ("phase_names",)
"""Lists of words in which a word's position says something: the name of phase 1 comes first."""

FILES = {
    "universe": "config/universe.toml",
    "phases": "config/phases.toml",
    "scenario_sets": "config/scenarios/",
    "alert_rules": "config/alert_rules.toml",
    "metrics": "config/metrics.toml",
    "players": "config/players.toml",
    "forecasts": "config/forecasts.toml",
    "gate": "config/gate/",
}

FOR_OTHER_OUTPUTS = ("alert_rules", "metrics", "players", "forecasts", "gate")
"""Parts of the configuration that neither scenarios nor phases read. The gate's limits decide which facts there are:
they stand in the version of its rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredValue:
    """One line of `config/`: a parameter, or a plain value such as a version or a name."""

    path: str
    value: Any
    unit: str | None = None
    status: str | None = None
    """article, reported, derived or assumption; None: a plain value, part of a definition."""
    source: str | None = None
    why: str | None = None
    known_at: str | None = None

    @property
    def file(self) -> str:
        """Where people change it."""
        return FILES.get(self.path.split(".")[0].split("[")[0], "config/")


def configured_values(content: Mapping[str, Any]) -> dict[str, ConfiguredValue]:
    """Return every value by its path, e.g. `scenario_sets[Alibaba].tempering`.

    Args:
        content: the configuration as plain JSON content.
    """
    return {line.path: line for line in _walk(content, "")}


def relevant_values(
    values: Mapping[str, ConfiguredValue], output: str, company: str | None
) -> dict[str, ConfiguredValue]:
    """Return the values an answer can depend on.

    Named is what can't matter, so that what is new in `config/` counts until somebody says otherwise.

    Args:
        values: by path.
        output: full table name of the answer.
        company: whose answer; None: everybody's.
    """
    others = ("phases",) if output != "marts.phase_assessments" else ("scenario_sets",)
    cant_matter = tuple(f"{name}{mark}" for name in (*FOR_OTHER_OUTPUTS, *others) for mark in (".", "["))
    return {
        path: line
        for path, line in values.items()
        if not path.startswith(cant_matter) and not _is_of_another_company(path, company)
    }


def _is_of_another_company(path: str, company: str | None) -> bool:
    return company is not None and any(
        path.startswith(whose) and not path.startswith(f"{whose}{company}]")
        for whose in ("scenario_sets[", "universe.companies[")
    )


def _walk(content: object, path: str) -> Iterator[ConfiguredValue]:
    if isinstance(content, Mapping):
        if set(PROVENANCE) <= set(content):
            yield ConfiguredValue(path=path, **{name: content[name] for name in PROVENANCE})
            return
        for name in content:
            yield from _walk(content[name], f"{path}.{name}" if path else str(name))
    elif isinstance(content, list | tuple):
        is_ordered = path.rpartition(".")[2] in ORDERED
        names = _positions(content) if is_ordered else _names(content)
        for name, item in zip(names, content, strict=True):
            yield from _walk(item, f"{path}[{name}]")
    elif content is not None:
        yield ConfiguredValue(path=path, value=content)


def _names(items: list[Any] | tuple[Any, ...]) -> list[str]:
    """Return what tells the items of a list apart: what they are called, where that is unique."""
    if all(isinstance(item, str) for item in items) and len(set(items)) == len(items):
        return [str(item) for item in items]
    for keys in NAMING:
        if all(isinstance(item, Mapping) and all(_is_name(item.get(key)) for key in keys) for item in items):
            names = ["/".join(str(item[key]) for key in keys) for item in items]
            if len(set(names)) == len(names):
                return names
    return _positions(items)


def _positions(items: list[Any] | tuple[Any, ...]) -> list[str]:
    return [str(position) for position in range(len(items))]


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
