"""What segment metrics can't read from facts alone: the shapes of `config/metrics.toml`.

Here: the start rule of plans, and stated targets. Not here: what follows from them (`transforms.segment_metrics`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aicycle.model.parameters.base import Number, Parameter


class PlanStart(StrEnum):
    """From which quarter on spending counts towards a plan."""

    FIRST_FULL_QUARTER = "first_full_quarter"
    """The first that begins on the plan's start or later."""
    QUARTER_OF_START = "quarter_of_start"
    """The one the plan's start lies in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTarget:
    """Something a company said it would reach: a multiple of a base by a day."""

    target_id: str
    company: str
    segment: str
    base_on: date
    """Quarter end at which the index is 1."""
    due_on: date
    """Quarter end at which it is to be `multiple`."""
    multiple: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRules:
    """`config/metrics.toml`."""

    plan_start: Parameter[str]
    """A `PlanStart`."""
    targets: tuple[StatedTarget, ...] = ()

    @property
    def start_rule(self) -> PlanStart:
        """The start rule as the word it is."""
        return PlanStart(self.plan_start.value)
