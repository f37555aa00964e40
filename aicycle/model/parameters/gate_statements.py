"""What the gate tolerates in figures, announcements and events: the shape of `config/gate/statements.toml`.

Here: limits. Not here: how they are applied (`transforms.gate.measures`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRules:
    """`config/gate/statements.toml`."""

    revision_tolerance_frac: Number
    """A figure may be restated by this much of its first print; more is looked at by a person."""
