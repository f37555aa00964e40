"""From votes and figures to scores: how strong each feature is at each step, and what it adds to each phase.

Here: fading, saturation, ramps, silence, weights. Not here: where the votes and figures come from (`votes`, `figures`),
what follows from the scores (`filtering`).

All arrays run over steps x places; features are added in the rules' order, so that sums are the same on every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from aicycle.model.parameters import PhaseFeature, PhaseRules
from transforms.phases.figures import Figures, Floats, Key, key_of
from transforms.phases.steps import US_PER_YEAR, Instants

PHASES = 4
NEVER = int(np.iinfo(np.int64).min // 2)
"""An instant before all others, that a span can still be subtracted from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What is known, before any rule weighs it."""

    steps: Instants
    """Ends of the steps, microseconds; the last is the as-of instant."""
    place_count: int
    vote_place: Instants
    vote_feature: Instants
    vote_known: Instants
    """One entry a vote: its place, its feature's position in the rules, when its happening was first known."""
    levels: Mapping[Key, Floats]
    """Per reading: steps x places, NaN where nothing is said."""
    figure_known: Instants
    """Per place: first print of the newest figure, also of one too old to speak; `NEVER`, where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """What the rules make of it."""

    scores: Floats
    """Steps x places x phases, nats."""
    faded: Floats
    """Features x places, at the last step: faded votes; 0 for features of figures."""
    strengths: Floats
    """Features x places, at the last step: 0 to 1; NaN where a figure is missing."""
    contributions: Floats
    """Features x places x phases, at the last step: nats. Summed over features they are the last step's scores."""
    first_step: Instants
    """Per place: the first step with any evidence; the number of steps, where there is none."""


def evidence_of(votes: pl.DataFrame, figures: Mapping[Key, Figures], *, steps: Instants, place_count: int) -> Evidence:
    """Bundle votes (in `votes.VOTES`) and figures."""
    printed = [f.latest["first_known_at"].dt.epoch("us").fill_null(NEVER).to_numpy() for f in figures.values()]
    return Evidence(
        steps=steps,
        place_count=place_count,
        vote_place=votes["place"].to_numpy(),
        vote_feature=votes["feature"].to_numpy(),
        vote_known=votes["happening_known_at"].dt.epoch("us").to_numpy(),
        levels={key: found.levels for key, found in figures.items()},
        figure_known=np.max([np.full(place_count, NEVER), *printed], axis=0),
    )


def score(evidence: Evidence, rules: PhaseRules, *, half_life_factor: float = 1.0) -> Scored:
    """Weigh the evidence.

    Args:
        evidence: what is known.
        rules: features, weights, half-lives.
        half_life_factor: multiplies every half-life; other than 1 only to see how much hangs on them.
    """
    strengths, votes_left = strengths_of(evidence, rules, half_life_factor=half_life_factor)
    said = np.where(np.isnan(strengths), 0.0, strengths)
    by_phase = np.zeros((PHASES, evidence.steps.size, evidence.place_count))
    contributions = np.zeros((len(rules.features), evidence.place_count, PHASES))
    for position, feature in enumerate(rules.features):
        for phase, weight in enumerate(feature.weights.value):
            if weight:
                by_phase[phase] += weight * said[position]
                contributions[position, :, phase] = weight * said[position, -1]
    scores = np.ascontiguousarray(np.moveaxis(by_phase, 0, -1))
    return Scored(
        scores=scores,
        faded=votes_left,
        strengths=strengths[:, -1],
        contributions=contributions,
        first_step=_first_step(evidence),
    )


def strengths_of(evidence: Evidence, rules: PhaseRules, *, half_life_factor: float = 1.0) -> tuple[Floats, Floats]:
    """Return strengths (features x steps x places; NaN: a figure is missing) and, at the last step, faded votes."""
    strengths = np.empty((len(rules.features), evidence.steps.size, evidence.place_count))
    votes_left = np.zeros((len(rules.features), evidence.place_count))
    position_of = {feature.name: position for position, feature in enumerate(rules.features)}
    # Features of events first: those of figures may ask for their absence.
    for position, feature in _events_first(rules):
        if feature.half_life_years is not None:
            votes = _faded(evidence, position, feature.half_life_years.value * half_life_factor)
            strengths[position] = votes / (votes + rules.saturation_votes.value)
            votes_left[position] = votes[-1]
        else:
            strengths[position] = _scaled(evidence, feature)
            for name in feature.quiet:
                strengths[position] *= 1.0 - strengths[position_of[name]]
    return strengths, votes_left


def _events_first(rules: PhaseRules) -> list[tuple[int, PhaseFeature]]:
    numbered = list(enumerate(rules.features))
    return sorted(numbered, key=lambda pair: (not pair[1].event_types, pair[0]))


def _first_seen(evidence: Evidence) -> Instants:
    return np.searchsorted(evidence.steps, evidence.vote_known).astype(np.int64)


def _faded(evidence: Evidence, feature: int, half_life_years: float) -> Floats:
    """Return what is left of the feature's votes at each step and place."""
    mine = evidence.vote_feature == feature
    known, place = evidence.vote_known[mine], evidence.vote_place[mine]
    first = np.searchsorted(evidence.steps, known)
    half_life_us = half_life_years * US_PER_YEAR
    fresh = np.exp2((known - evidence.steps[first]) / half_life_us)
    size = evidence.steps.size * evidence.place_count
    # Of nothing, bincount counts in integers.
    fresh_sums = np.bincount(first * evidence.place_count + place, weights=fresh, minlength=size).astype(np.float64)
    faded: Floats = fresh_sums.reshape(evidence.steps.size, evidence.place_count)
    kept = np.exp2(-np.diff(evidence.steps) / half_life_us)
    for step, share in enumerate(kept, start=1):
        faded[step] += share * faded[step - 1]
    return faded


def _scaled(evidence: Evidence, feature: PhaseFeature) -> Floats:
    """Return the product of the feature's ramps; NaN where one has no figure."""
    strength = np.ones((evidence.steps.size, evidence.place_count))
    for ramp in feature.ramps:
        zero_at, one_at = ramp.edges.value
        strength = strength * np.clip((evidence.levels[key_of(ramp)] - zero_at) / (one_at - zero_at), 0.0, 1.0)
    return strength


def _first_step(evidence: Evidence) -> Instants:
    first = np.full(evidence.place_count, evidence.steps.size, dtype=np.int64)
    np.minimum.at(first, evidence.vote_place, _first_seen(evidence))
    for levels in evidence.levels.values():
        is_known = np.isfinite(levels)
        first = np.minimum(first, np.where(is_known.any(axis=0), is_known.argmax(axis=0), evidence.steps.size))
    return first
