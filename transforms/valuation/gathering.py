"""What a projection has taken from where, and what was missing.

Here: facts and registered numbers with their statuses, as they are taken one by one. Not here: which are taken
(`transforms.valuation.parts`, `transforms.valuation.start`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aicycle.model.kinds import Status
from aicycle.model.parameters import Number
from aicycle.model.provenance import status_of

Row = Mapping[str, Any]


class StartingValue(StrEnum):
    """What a projection starts from."""

    REVENUE = "revenue"
    MIX = "mix"
    MARGINS = "margins"
    CASH = "cash"
    UNITS = "units"
    RATE = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One thing that was taken for a starting value: rows of a core table, or a registered number."""

    value_of: StartingValue
    said: str
    """In words."""
    table: str | None = None
    """Full name; None: a registered number."""
    rows: tuple[Row, ...] = ()
    """As they stand in that table."""
    path: str | None = None
    """Of a registered number: where it stands in the configuration."""


@dataclass(slots=True)
class Gathering:
    """What has been taken so far, and whether it will do."""

    statuses: list[Status] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def fact(self, value_of: StartingValue, said: str, *rows: Row, verification: str | None = None) -> None:
        """Take reported figures; `verification` is theirs together, by default that of the one row."""
        self.statuses.append(status_of(verifications=[verification or rows[0]["verification"]]))
        self.taken.append(Taken(value_of=value_of, said=said, table="core.reported_figures", rows=rows))

    def split(self, row: Row, said: str) -> None:
        """Take a split by which units are carried to another day."""
        self.taken.append(Taken(value_of=StartingValue.UNITS, said=said, table="core.corporate_actions", rows=(row,)))

    def defined(self, value_of: StartingValue, number: Number, what: str, path: str) -> float:
        """Take a number that belongs to a definition, and stands in for no fact; return it."""
        self.taken.append(Taken(value_of=value_of, said=f"{what}: {number.value:g} {number.unit}", path=path))
        return number.value

    def registered(self, value_of: StartingValue, number: Number, what: str, path: str) -> float:
        """Take a registered number; return it."""
        self.statuses.append(number.status)
        said = f"{what}: {number.value:g} {number.unit}, registered ({number.status.value})"
        self.taken.append(Taken(value_of=value_of, said=said, path=path))
        return number.value


def projection_path(company: str, name: str) -> str:
    """Return where a number of a company's projection stands in the configuration, e.g. `cash`."""
    return f"scenario_sets[{company}].projection.{name}"


class MissingError(Exception):
    """A needed fact is not known and nothing is registered for it. Never leaves this package."""


def positive(amount: float, what: str) -> float:
    """Return an amount that can be projected from.

    Raises:
        MissingError: it is not above zero.
    """
    if not amount > 0:
        raise MissingError(f"{what}: {amount:g} is nothing to project from")
    return amount
