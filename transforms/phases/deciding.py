"""Whether a phase is stated, or why not.

Here: abstention. Not here: the probabilities (`filtering`), the words (`sentences`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aicycle.model.parameters import PhaseRules
from transforms.phases.evidence import NEVER, Evidence, Scored
from transforms.phases.figures import Floats
from transforms.phases.steps import US_PER_YEAR, Instants

TIE = 1e-9
"""Probabilities closer than this are equal: the difference is rounding."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decision:
    """What is said of each place."""

    leader: Instants
    """The likeliest phase, counted from 0."""
    tied: Instants
    """How many phases are that likely."""
    weight: Floats
    """Faded votes and figures that speak."""
    figure_count: Instants
    newest_known: Instants
    """When the newest evidence was first known, microseconds; `NEVER`, where there is none."""
    is_nothing: Flags
    is_stale: Flags
    is_too_little: Flags

    is_phase: Flags
    """The leader is stated as the phase."""

    @property
    def is_told(self) -> Flags:
        """There is enough fresh evidence to give probabilities."""
        return ~(self.is_nothing | self.is_stale | self.is_too_little)


def decide(evidence: Evidence, scored: Scored, probabilities: Floats, rules: PhaseRules) -> Decision:
    """Decide from the last step's probabilities (places x phases) and from how much they rest on."""
    figure_count = np.zeros(evidence.place_count, dtype=np.int64)
    # A metric that is read in two ways is one figure.
    for metric in dict.fromkeys(metric for metric, _, _ in evidence.levels):
        readings = [levels[-1] for (name, _, _), levels in evidence.levels.items() if name == metric]
        figure_count += np.any(np.isfinite(readings), axis=0)
    votes_left = np.zeros(evidence.place_count)
    for faded in scored.faded:
        votes_left += faded
    newest = evidence.figure_known.copy()
    np.maximum.at(newest, evidence.vote_place, evidence.vote_known)

    weight = votes_left + figure_count
    is_nothing = newest == NEVER
    is_stale = ~is_nothing & (evidence.steps[-1] - newest > rules.stale_after_years.value * US_PER_YEAR)
    is_too_little = weight < rules.min_votes.value
    is_silent = is_nothing | is_stale | is_too_little
    return Decision(
        leader=probabilities.argmax(axis=1),
        tied=_tied(probabilities),
        weight=weight,
        figure_count=figure_count,
        newest_known=newest,
        is_nothing=is_nothing,
        is_stale=is_stale,
        is_too_little=is_too_little,
        is_phase=~is_silent & is_clear(probabilities, rules),
    )


def is_clear(probabilities: Floats, rules: PhaseRules) -> Flags:
    """Return where one phase alone is the likeliest, and likely enough to be stated."""
    is_said: Flags = (probabilities.max(axis=1) >= rules.abstain_below.value) & (_tied(probabilities) == 1)
    return is_said


def _tied(probabilities: Floats) -> Instants:
    is_best = probabilities >= probabilities.max(axis=1, keepdims=True) - TIE
    return np.asarray(np.count_nonzero(is_best, axis=1), dtype=np.int64)
