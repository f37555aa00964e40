"""The parameter itself: one configured value and the provenance it can't do without.

Here: the shape every number in `config/` has. Not here: what the numbers are about (the modules beside this one).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from aicycle.model.kinds import Status

Value = TypeVar("Value", float, int, str, tuple[float, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[Value]):
    """One configured value with its provenance. A value without all five companions fails loading."""

    value: Value
    unit: str
    status: Status
    source: str
    why: str
    known_at: date
    """Since when the definition counts; the article's from its publication, ours from registration."""


Number = Parameter[float]
Numbers = Parameter[tuple[float, ...]]
"""Numbers that mean something only together, e.g. one a phase: one unit and one reason for all of them."""
