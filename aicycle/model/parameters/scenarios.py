"""A company's scenarios to 2030: the shapes of `config/scenarios/*.toml`.

Here: bands, priors, weights of evidence. Not here: the drivers of their value (`valuation`), what follows from them
(`transforms.scenarios`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aicycle.model.kinds import EventType
from aicycle.model.parameters.base import Number
from aicycle.model.parameters.valuation import Projection

MOST_FAMILIES = 12
"""Families of evidence a set may have: every subset of them is weighed to say which one moved what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioBand:
    """One scenario: its target band, and its probability before any evidence."""

    name: str
    target_low_usd: Number
    target_high_usd: Number
    prior_probability: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWeight:
    """How much one deduplicated event of a family speaks for a scenario, against the reference scenario."""

    family: str
    event_types: tuple[EventType, ...]
    direction: int
    """+1 or -1: which direction of the event, from the company's view, this line is about."""
    scenario: str
    nats: Number
    """Log likelihood ratio per event, before fading, cap and tempering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSet:
    """`config/scenarios/<company>.toml`: the scenarios of one company to 2030."""

    version: str
    company: str
    horizon: date
    bands_known_at: date
    """When the target bands were published; edges are USD per unit of this day."""
    reference_scenario: str
    scenarios: tuple[ScenarioBand, ...]
    """Ordered from the lowest band to the highest."""
    evidence: tuple[EvidenceWeight, ...]
    family_cap_nats: Number
    tempering: Number
    evidence_half_life_years: Number
    evidence_stale_days: Number
    """Age of the newest evidence from which on no probabilities are stated."""
    price_stale_days: Number
    """Age of the newest session from which on no market state is stated."""
    projection: Projection | None = None
    """What a value is projected from; None: bands and probabilities only."""
