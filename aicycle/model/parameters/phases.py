"""How a segment's phase is read: the shapes of `config/phases.toml`, and of the map it is held against.

Here: rules, which name no company and no segment, and the article's map, which names them. Not here: applying them
(`transforms.phases`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aicycle.model.kinds import EventType
from aicycle.model.parameters.base import Number, Numbers, Parameter


class Reading(StrEnum):
    """What is read off a reported metric."""

    LEVEL = "level"
    MAGNITUDE = "magnitude"
    """The level without its sign: how far from zero, whichever way."""
    YEAR_ON_YEAR = "year_on_year"
    """Relative change against the same quarter of the year before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseVote:
    """The dictionary's line for one event type: which phase it speaks for and how fast that fades."""

    event_type: EventType
    phase: Parameter[int]
    half_life_years: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A metric, scaled: 0 at the first edge and before it, 1 at the second and beyond, straight in between."""

    metric: str
    """As `marts.segment_metrics` calls it."""
    reading: Reading = Reading.LEVEL
    is_of_company: bool = False
    """The whole company's figure; read only for segments that take its capital expenditure."""
    edges: Numbers
    """Two levels in the metric's unit, different; the first may be the higher one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseFeature:
    """One thing that speaks for or against phases: faded events, or scaled figures."""

    name: str
    family: str
    weights: Numbers
    """Nats to the score of phases 1 to 4 where the feature is at its full strength of 1."""
    event_types: tuple[EventType, ...] = ()
    directions: tuple[int, ...] = (-1, 0, 1)
    """Which directions of an event, from the company's view, count."""
    half_life_years: Number | None = None
    ramps: tuple[Ramp, ...] = ()
    """Multiplied with each other: all must hold at once."""
    quiet: tuple[str, ...] = ()
    """Features of events whose absence it needs: it is multiplied by what each of them lacks to full strength."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDynamics:
    """How a segment moves through the phases from one quarter to the next, before anything is read off it."""

    advance_frac: Number
    """Probability a quarter to go on to the next phase, once the dwell is over."""
    restart_frac: Number
    """Probability a quarter that a new wave starts it over in phase 1, once the dwell is over."""
    dwell_quarters: Parameter[int]
    """Quarters a phase lasts at least."""
    temperature: Number
    """What scores are divided by before they count as log likelihoods."""
    history_quarters: Parameter[int]
    """How far back the filter begins at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRules:
    """`config/phases.toml`: rules name no company and no segment."""

    version: str
    phase_names: tuple[str, ...]
    features: tuple[PhaseFeature, ...]
    dynamics: CycleDynamics
    saturation_votes: Number
    """Faded votes at which a feature of events has half its strength."""
    figure_life_years: Number
    """How long a figure speaks after its first print, if no newer one comes."""
    abstain_below: Number
    """Probability below which no phase is stated."""
    min_votes: Number
    """Faded votes and figures below which there is nothing to decide from."""
    stale_after_years: Number
    """Age of the newest evidence beyond which nothing is stated."""
    baseline: tuple[PhaseVote, ...]
    """The dictionary: the named baseline the model is printed beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedSegment:
    """Where the article puts one segment."""

    segment: str
    phase: Parameter[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMap:
    """`config/article_map.toml`: what the model is held against; no rule reads it."""

    company: str
    segments: tuple[MappedSegment, ...]
