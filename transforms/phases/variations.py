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
from transforms.phases.deciding import decide, is_clear
from transforms.phases.evidence import PHASES, Evidence, score, strengths_of
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


def phases_said(evidence: Evidence, rules: PhaseRules) -> Phases:
    """Return the phase stated for each place at the last step, or `ABSTAINED`."""
    scored = score(evidence, rules)
    history = filter_phases(scored.scores, scored.first_step, rules.dynamics)
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
    cells = []
    for half_life in FACTORS:
        scored = score(mine, rules, half_life_factor=half_life)
        for temperature in FACTORS:
            for dwell in DWELLS:
                history = filter_phases(
                    scored.scores,
                    scored.first_step,
                    rules.dynamics,
                    temperature_factor=temperature,
                    dwell_quarters=dwell,
                )
                decision = decide(mine, scored, history[-1], rules)
                cells.append(np.where(decision.is_phase, decision.leader + 1, ABSTAINED))
    axes = {"half_life_factors": FACTORS, "temperature_factors": FACTORS, "dwell_quarters": DWELLS}
    return axes, cells


def with_weights_by_lot(evidence: Evidence, rules: PhaseRules, places: Sequence[int], *, seed: int) -> list[Phases]:
    """Return, for `WEIGHT_DRAWS` sets of weights, each moved by a factor of its own, the phases stated for `places`."""
    lots = np.random.default_rng(seed)
    mine = of_places(evidence, places)
    strengths, _ = strengths_of(mine, rules)
    factors = np.exp(lots.normal(0.0, WEIGHT_SPREAD, (WEIGHT_DRAWS, len(rules.features), PHASES)))
    # All draws side by side, as if each had places of its own.
    scores = np.zeros((mine.steps.size, WEIGHT_DRAWS, mine.place_count, PHASES))
    for position, feature in enumerate(rules.features):
        weights = np.array(feature.weights.value) * factors[:, position]
        scores += np.nan_to_num(strengths[position])[:, None, :, None] * weights[None, :, None, :]
    scored = score(mine, rules)
    side_by_side = scores.reshape(mine.steps.size, -1, PHASES)
    history = filter_phases(side_by_side, np.tile(scored.first_step, WEIGHT_DRAWS), rules.dynamics)
    # How much there is to decide from does not hang on the weights.
    is_told = np.tile(decide(mine, scored, history[-1, : mine.place_count], rules).is_told, WEIGHT_DRAWS)
    is_stated = is_told & is_clear(history[-1], rules)
    said = np.where(is_stated, history[-1].argmax(axis=1) + 1, ABSTAINED)
    return list(said.reshape(WEIGHT_DRAWS, mine.place_count))


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
