"""What the gate may be told: the shapes of `config/gate/`.

Here: the bundle and the rules that hold for every table. Not here: limits of prices and rates (`gate_prices`), of
figures, announcements and events (`gate_statements`), what is judged by them (`transforms.gate`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number
from aicycle.model.parameters.gate_prices import PriceRules
from aicycle.model.parameters.gate_statements import StatementRules


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRules:
    """`config/gate/batches.toml`: the error budget of a batch, and how long a hold may last."""

    budget_rows: Number
    """More stopped rows than this, and the batch waits whole."""
    budget_share_frac: Number
    """A greater share of stopped rows than this, and the batch waits whole ..."""
    budget_share_from_rows: Number
    """... but not before this many rows were stopped: of three rows one is no flood."""
    hold_limit_days: Number
    """A hold that lasts longer is escalated, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """All of `config/gate/`."""

    batches: BatchRules
    prices: PriceRules
    statements: StatementRules
