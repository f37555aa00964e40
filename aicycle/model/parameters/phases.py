"""How a segment's phase is read: the shapes of `config/phases.toml`.

Here: rules, which name no company and no segment. Not here: applying them (`transforms.phases`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.kinds import EventType
from aicycle.model.parameters.base import Number, Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseVote:
    """The dictionary's line for one event type: which phase it speaks for and how fast that fades."""

    event_type: EventType
    phase: Parameter[int]
    half_life_years: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRules:
    """`config/phases.toml`: rules name no company and no segment."""

    version: str
    phase_names: tuple[str, ...]
    votes: tuple[PhaseVote, ...]
    abstain_below: Number
    """Probability below which no phase is stated."""
    min_votes: Number
    """Decayed votes below which there is nothing to decide from."""
