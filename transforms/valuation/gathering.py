"""What a projection has taken from where, and what was missing.

Here: facts and registered numbers with their statuses, as they are taken one by one. Not here: which are taken
(`transforms.valuation.parts`, `transforms.valuation.start`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aicycle.model.kinds import Status
from aicycle.model.parameters import Number
from aicycle.model.provenance import status_of


@dataclass(slots=True)
class Gathering:
    """What has been taken so far, and whether it will do."""

    statuses: list[Status] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def fact(self, row: Mapping[str, Any], said: str) -> None:
        """Take a fact."""
        self.statuses.append(status_of(verifications=[row["verification"]]))
        self.facts.append(said)

    def registered(self, number: Number, what: str) -> float:
        """Take a registered number; return it."""
        self.statuses.append(number.status)
        self.facts.append(f"{what}: {number.value:g} {number.unit}, registered ({number.status.value})")
        return number.value


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
