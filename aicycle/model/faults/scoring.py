"""How the gate is scored, and what people have said about its alarms and its checks.

Here: the shapes of `config/gate/scorecard.toml`, `judged_alarms.toml` and `redundant_checks.toml`. Not here: the score
(`transforms.gate.faults.score`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringRules:
    """`config/gate/scorecard.toml`."""

    trials: Number
    """Faults of each kind, size and class."""
    false_alarm_budget_frac: Number
    """What happens by itself in a greater share of clean batches can't be told from a fault."""
    warm_up_days: Number
    """Days of the recording before the first day on which a fault is put in."""
    fetch_delay_hours: Number
    """A day's batch is fetched this long after the day has ended, UTC."""
    alarms_from_year: Number
    alarms_to_year: Number
    """Real daily batches of these years are searched for false alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAlarm:
    """What a person found behind an alarm about real data."""

    day: date
    check: str
    verdict: Literal["fault", "false alarm"]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedundantCheck:
    """Why a check stays although it caught nothing alone. `check` is `table/check`; `*` stands for anything."""

    check: str
    why: str
