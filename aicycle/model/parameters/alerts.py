"""When somebody is told: the shapes of `config/alert_rules.toml` and `config/freshness.toml`.

Here: levels and limits. Not here: what crosses them (`transforms.crossings`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.kinds import Severity
from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One line of `config/alert_rules.toml`, versioned; a change is a new version, appended."""

    rule_id: str
    version: int
    company: str
    metric: str
    """`price_usd`, or `probability:<scenario>`."""
    comparison: str
    """`above`, `at_or_above`, `below` or `at_or_below`: which closes are inside the rule's state."""
    enter_level: Number
    exit_level: Number
    """Hysteresis: the state ends only beyond this level."""
    severity: Severity
    grouping_key: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessLimit:
    """One line of `config/freshness.toml`: how old a table's newest fact may be before it is called stale."""

    table: str
    max_age_days: Number
