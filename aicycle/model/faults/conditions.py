"""Which rows: conditions on the cells of a row.

Here: the shape of a condition. Not here: whether a row fulfils it (`transforms.gate.faults.choosing`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCondition:
    """Something that must hold for a cell. Every key that is given must hold."""

    column: str
    equals: str | None = None
    among: tuple[str, ...] | None = None
    not_among: tuple[str, ...] | None = None
    matches: str | None = None
    """Regular expression that is found in the cell."""
    given: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
