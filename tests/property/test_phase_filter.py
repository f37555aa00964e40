"""The forward algorithm against the sum over all paths, written down as the model describes them."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aicycle.model.parameters import CycleDynamics
from aicycle.settings.configuration import load_configuration
from transforms.phases.filtering import LEAST_LIKELIHOOD, filter_phases

DYNAMICS = load_configuration(Path(__file__).parents[2] / "config").phases.dynamics
PHASES = (1, 2, 3, 4)


def dynamics(advance: float, restart: float, temperature: float, dwell: int) -> CycleDynamics:
    return replace(
        DYNAMICS,
        advance_frac=replace(DYNAMICS.advance_frac, value=advance),
        restart_frac=replace(DYNAMICS.restart_frac, value=restart),
        temperature=replace(DYNAMICS.temperature, value=temperature),
        dwell_quarters=replace(DYNAMICS.dwell_quarters, value=dwell),
    )


def enumerated(scores: list[list[float]], rules: CycleDynamics) -> list[float]:
    """Sum the probability of every path of phases; how long the last one lasted decides whether it may be left."""
    likelihood = [
        [max(math.exp((s - max(row)) / rules.temperature.value), LEAST_LIKELIHOOD) for s in row] for row in scores
    ]
    total = dict.fromkeys(PHASES, 0.0)
    # A path is where one is in each quarter, and for each quarter after the first whether a new phase began there:
    # a new wave that finds phase 1 is none, so from 1 to 1 there is one way only.
    for path in itertools.product(PHASES, repeat=len(scores)):
        weight = 0.25 * likelihood[0][path[0] - 1]
        spent = rules.dwell_quarters.value
        for quarter in range(1, len(path)):
            before, now = path[quarter - 1], path[quarter]
            may_leave = spent >= rules.dwell_quarters.value
            ways = moves(before, rules) if may_leave else {before: 1.0}
            weight *= ways.get(now, 0.0) * likelihood[quarter][now - 1]
            spent = spent + 1 if now == before else 1
        total[path[-1]] += weight
    whole = math.fsum(total.values())
    return [total[phase] / whole for phase in PHASES]


def moves(phase: int, rules: CycleDynamics) -> dict[int, float]:
    """Where a phase that may be left leads."""
    ways: dict[int, float] = {}
    if phase < 4:
        ways[phase + 1] = rules.advance_frac.value
    if phase > 1:
        ways[1] = rules.restart_frac.value
    ways[phase] = 1.0 - sum(ways.values())
    return ways


chances = st.floats(0.0, 0.5)


ONWARDS = [[3.0, 0.0, 0.0, 0.0], [0.0, 3.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0], [3.0, 0.0, 0.0, 0.0]]
"""A history in which it matters how soon a phase may be left."""


@settings(max_examples=150, deadline=None)
@example(scores=ONWARDS, advance=0.3, restart=0.2, temperature=1.0, dwell=2)
@example(scores=ONWARDS, advance=0.3, restart=0.2, temperature=1.0, dwell=1)
@given(
    scores=st.lists(st.lists(st.floats(-8, 8), min_size=4, max_size=4), min_size=1, max_size=5),
    advance=chances,
    restart=chances,
    temperature=st.floats(0.3, 10),
    dwell=st.integers(1, 4),
)
def test_the_filter_equals_the_sum_over_all_paths(scores, advance, restart, temperature, dwell) -> None:
    rules = dynamics(advance, restart, temperature, dwell)
    history = np.array(scores)[:, None, :]
    found = filter_phases(history, np.zeros(1, dtype=np.int64), rules)
    for last in range(len(scores)):
        assert found[last, 0].tolist() == pytest.approx(enumerated(scores[: last + 1], rules), abs=1e-12)
    assert found.sum(axis=2) == pytest.approx(np.ones((len(scores), 1)), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    places=st.integers(2, 6),
    steps=st.integers(1, 12),
)
def test_places_do_not_touch_each_other(seed: int, places: int, steps: int) -> None:
    lots = np.random.default_rng(seed)
    scores = lots.normal(0, 4, (steps, places, 4))
    first = lots.integers(0, steps + 1, places)
    together = filter_phases(scores, first, DYNAMICS)
    for place in range(places):
        alone = filter_phases(scores[:, [place]], first[[place]], DYNAMICS)
        assert alone[:, 0] == pytest.approx(together[:, place], abs=1e-14)
