"""What the gate tolerates in bars, rates and sessions: the shape of `config/gate/prices.toml`.

Here: limits. Not here: how they are applied (`transforms.gate.measures`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRules:
    """`config/gate/prices.toml`."""

    history_sessions: Number
    """Sessions before a bar that its symbol's own habits are read from."""
