"""The causal filter: which phase a segment is in, from the scores of the quarters up to now and of none after.

Here: the forward algorithm over states (phase, quarters spent in it, capped at the dwell). Not here: the scores
(`evidence`), the probabilities of moving (`config/phases.toml`).

From a state that has not dwelt long enough there is one way: to stay. Afterwards a segment stays, goes on to the next
phase, or is started over in phase 1 by a new wave. Maturity is left by a new wave only. At its first evidence a segment
may be in any phase with equal probability, and free to leave it: it was there before we looked.

Quarters overlap in what they know, so their scores are divided by a temperature before they count as log likelihoods;
else one announcement would be counted anew each quarter until it has faded.
"""

from __future__ import annotations

import numpy as np

from aicycle.model.parameters import CycleDynamics
from transforms.phases.figures import Floats
from transforms.phases.steps import Instants

LEAST_LIKELIHOOD = 1e-30
"""No single quarter rules a phase out for good, and no product of quarters becomes zero for all phases at once."""


def filter_phases(
    scores: Floats,
    first_step: Instants,
    dynamics: CycleDynamics,
    *,
    temperature_factor: float = 1.0,
    dwell_quarters: int | None = None,
) -> Floats:
    """Return the probability of each phase at each step, given the scores up to that step.

    Args:
        scores: steps x places x phases, nats.
        first_step: per place, where its history begins; before it, all phases are equally likely.
        dynamics: temperature, dwell, probabilities of moving.
        temperature_factor: multiplies the temperature; other than 1 only to see how much hangs on it.
        dwell_quarters: instead of the registered dwell; for the same purpose.

    Returns:
        Steps x places x phases; each place's probabilities sum to one at each step.
    """
    steps, places, phases = scores.shape
    dwell = dynamics.dwell_quarters.value if dwell_quarters is None else dwell_quarters
    tempered = scores / (dynamics.temperature.value * temperature_factor)
    likelihood = np.maximum(np.exp(tempered - tempered.max(axis=2, keepdims=True)), LEAST_LIKELIHOOD)
    start = np.zeros((places, phases, dwell))
    start[:, :, -1] = 1.0 / phases
    state = start
    found = np.empty((steps, places, phases))
    for step in range(steps):
        begun = (first_step < step)[:, None, None]
        state = np.where(begun, _moved(state, dynamics), start)
        is_evidence = (first_step <= step)[:, None]
        state = state * np.where(is_evidence, likelihood[step], 1.0)[:, :, None]
        state = state / _total(state)[:, None, None]
        found[step] = _added(state)
    return found


def _moved(state: Floats, dynamics: CycleDynamics) -> Floats:
    """Return the probabilities of the next quarter before its evidence."""
    advance, restart = dynamics.advance_frac.value, dynamics.restart_frac.value
    dwelt = state[:, :, -1]
    advancing = np.zeros_like(dwelt)
    advancing[:, :-1] = advance * dwelt[:, :-1]
    restarting = np.zeros_like(dwelt)
    restarting[:, 1:] = restart * dwelt[:, 1:]
    moved = np.zeros_like(state)
    moved[:, :, 1:] = state[:, :, :-1]
    moved[:, :, -1] += dwelt - advancing - restarting
    moved[:, 1:, 0] += advancing[:, :-1]
    for phase in range(1, state.shape[1]):
        moved[:, 0, 0] += restarting[:, phase]
    return moved


def _added(state: Floats) -> Floats:
    """Sum over the quarters spent, in a fixed order."""
    total = state[:, :, 0].copy()
    for spent in range(1, state.shape[2]):
        total += state[:, :, spent]
    return total


def _total(state: Floats) -> Floats:
    by_phase = _added(state)
    total = by_phase[:, 0].copy()
    for phase in range(1, by_phase.shape[1]):
        total += by_phase[:, phase]
    return total
