"""What follows from the provenance every configured number carries: since when it counts, how much it is worth.

Here: walking definitions for their parameters, live or hindsight, weakest status. Not here: the shapes
(`aicycle.model.parameters`) or the checks on load (`aicycle.settings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from aicycle.model.kinds import Basis, Status, Verification, weakest
from aicycle.model.parameters import Parameter

STATUS_OF_VERIFICATION = {
    Verification.SOURCE: Status.REPORTED,
    Verification.CROSSCHECK: Status.REPORTED,
    Verification.DERIVED: Status.DERIVED,
    Verification.UNCHECKED: Status.ASSUMPTION,
}
"""What a fact is worth by how well its source was checked: unchecked, we assume it."""

KeyPath = tuple[str | int, ...]


def parameters_within(content: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Parameter[Any]]]:
    """Yield every parameter in dataclasses, tuples and dicts, with the keys and positions that lead to it."""
    if isinstance(content, Parameter):
        yield path, content
    elif is_dataclass(content) and not isinstance(content, type):
        for field in fields(content):
            yield from parameters_within(getattr(content, field.name), (*path, field.name))
    elif isinstance(content, tuple):
        for i, item in enumerate(content):
            yield from parameters_within(item, (*path, i))
    elif isinstance(content, dict):
        for name, item in content.items():
            yield from parameters_within(item, (*path, name))


def basis_on(as_of: datetime, known_dates: Iterable[date]) -> Basis:
    """Return `live` if every definition was known on the as-of day (UTC), else `hindsight`.

    Args:
        as_of: instant with a time zone.
        known_dates: since when each definition counts.
    """
    day = as_of.astimezone(UTC).date()
    return Basis.HINDSIGHT if any(known > day for known in known_dates) else Basis.LIVE


def known_dates_of(*definitions: object) -> list[date]:
    """Return since when each parameter within `definitions` counts."""
    return [parameter.known_at for definition in definitions for _, parameter in parameters_within(definition)]


def status_of(*definitions: object, verifications: Iterable[str] = ()) -> Status:
    """Return the weakest status among the parameters within `definitions` and facts of these verifications.

    Raises:
        ValueError: a word that is no verification.
    """
    return weakest(
        [parameter.status for definition in definitions for _, parameter in parameters_within(definition)]
        + [STATUS_OF_VERIFICATION[Verification(word)] for word in verifications]
    )
