"""The same evidence under other rules, and other evidence under the same rules.

Here: grid, permutations and ablation as arrays. Not here: what is concluded from them (`honesty`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aicycle.model.parameters import PhaseRules
from transforms.phases.assessment import Known
from transforms.phases.deciding import decide
from transforms.phases.evidence import PHASES, Evidence, score
from transforms.phases.figures import Floats
from transforms.phases.filtering import filter_phases

ABSTAINED = 0
"""Stands for a phase where none is stated."""
FACTORS = (0.25, 0.5, 0.7071067811865476, 1.0, 1.4142135623730951, 2.0, 4.0)
"""On half-lives and temperature: a quarter to four times, denser around what is registered."""
DWELLS = (1, 2, 3, 4)
"""Quarters."""
WEIGHT_DRAWS = 200
WEIGHT_SPREAD = 0.5
"""Standard deviation of the logarithm of the factor on each weight: a third are moved beyond 0.6 to 1.65 times."""
Phases = NDArray[np.int64]


def phases_said(
    evidence: Evidence,
    rules: PhaseRules,
    *,
    half_life_factor: float = 1.0,
    temperature_factor: float = 1.0,
    dwell_quarters: int | None = None,
) -> Phases:
    """Return the phase stated for each place at the last step, or `ABSTAINED`."""
    scored = score(evidence, rules, half_life_factor=half_life_factor)
    history = filter_phases(
        scored.scores,
        scored.first_step,
        rules.dynamics,
        temperature_factor=temperature_factor,
        dwell_quarters=dwell_quarters,
    )
    decision = decide(evidence, scored, history[-1], rules)
    return np.where(decision.is_phase, decision.leader + 1, ABSTAINED)


def of_places(evidence: Evidence, places: Sequence[int]) -> Evidence:
    """Return the evidence of some places alone, renumbered in their order."""
    chosen = np.array(places, dtype=np.int64)
    number = np.full(evidence.place_count, -1, dtype=np.int64)
    number[chosen] = np.arange(chosen.size)
    is_mine = number[evidence.vote_place] >= 0
    return replace(
        evidence,
        place_count=chosen.size,
        vote_place=number[evidence.vote_place[is_mine]],
        vote_feature=evidence.vote_feature[is_mine],
        vote_known=evidence.vote_known[is_mine],
        levels={key: levels[:, chosen] for key, levels in evidence.levels.items()},
        figure_known=evidence.figure_known[chosen],
    )


def grid(
    evidence: Evidence, rules: PhaseRules, places: Sequence[int]
) -> tuple[dict[str, tuple[float, ...]], list[Phases]]:
    """Return the axes, and for each cell the phases stated for `places`."""
    mine = of_places(evidence, places)
    cells = [
        phases_said(mine, rules, half_life_factor=half_life, temperature_factor=temperature, dwell_quarters=dwell)
        for half_life in FACTORS
        for temperature in FACTORS
        for dwell in DWELLS
    ]
    axes = {"half_life_factors": FACTORS, "temperature_factors": FACTORS, "dwell_quarters": DWELLS}
    return axes, cells


def with_weights_by_lot(evidence: Evidence, rules: PhaseRules, places: Sequence[int], *, seed: int) -> list[Phases]:
    """Return, for `WEIGHT_DRAWS` sets of weights, each moved by a factor of its own, the phases stated for `places`."""
    lots = np.random.default_rng(seed)
    mine = of_places(evidence, places)
    found = []
    for _ in range(WEIGHT_DRAWS):
        factors = np.exp(lots.normal(0.0, WEIGHT_SPREAD, (len(rules.features), PHASES))).tolist()
        features = tuple(
            replace(f, weights=replace(f.weights, value=tuple(map(float.__mul__, f.weights.value, of_feature))))
            for f, of_feature in zip(rules.features, factors, strict=True)
        )
        found.append(phases_said(mine, replace(rules, features=features)))
    return found


def permuted(known: Known, rules: PhaseRules, places: Sequence[int], *, seed: int, count: int) -> Phases:
    """Return the phases stated for `places` when their evidence is dealt to them by lot: permutations x places.

    A happening keeps its type, its day and all its votes, and goes to the segment the lot says; as many go to each
    segment as before. The figures of a segment stay together and go to another one.
    """
    lots = np.random.default_rng(seed)
    mine = of_places(known.evidence, places)
    size = mine.place_count
    # What moves together: the votes of one happening in one place.
    is_mine = np.isin(known.evidence.vote_place, np.array(places, dtype=np.int64))
    event_ids = known.votes["event_id"].to_numpy()[is_mine]
    _, ids = np.unique(event_ids.astype(str), return_inverse=True)
    _, first, unit = np.unique(ids * size + mine.vote_place, return_index=True, return_inverse=True)
    dealt = lots.permuted(np.tile(mine.vote_place[first], (count, 1)), axis=1)
    columns = lots.permuted(np.tile(np.arange(size), (count, 1)), axis=1)
    shift = np.arange(count)[:, None] * size
    together = replace(
        mine,
        place_count=count * size,
        vote_place=(dealt[:, unit] + shift).ravel(),
        vote_feature=np.tile(mine.vote_feature, count),
        vote_known=np.tile(mine.vote_known, count),
        levels={key: levels[:, columns.ravel()] for key, levels in mine.levels.items()},
        figure_known=mine.figure_known[columns.ravel()],
    )
    return phases_said(together, rules).reshape(count, size)


def ablated(evidence: Evidence, rules: PhaseRules, family: str) -> Floats:
    """Return the probabilities (steps x places x phases) when a family's features weigh nothing."""
    features = tuple(
        replace(f, weights=replace(f.weights, value=(0.0,) * PHASES)) if f.family == family else f
        for f in rules.features
    )
    scored = score(evidence, replace(rules, features=features))
    return filter_phases(scored.scores, scored.first_step, rules.dynamics)
