"""Which family of evidence moved which probability: Shapley values, exact, over families.

Here: the attribution of a move between two sets of log-odds. Not here: contributions in nats (they add up by
themselves, `transforms.scenarios.evidence`), probabilities (`transforms.scenarios.probabilities`).

Log-odds add up, probabilities do not: what a family does to a probability depends on the others. Its Shapley value is
the mean of what it does over all orders in which families could come in; these add up to the whole move. What the
probability would be without the family is another number, does not add up, and is given beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import polars as pl

from aicycle.contracts.marts_scenario_moves import SCENARIO_MOVES
from aicycle.model.parameters.scenarios import MOST_FAMILIES
from transforms.scenarios.evidence import PRIOR

SCHEMA = pl.Schema({n: t for n, t in SCENARIO_MOVES.polars_schema().items() if n != "run_id"})
Parts = Mapping[str, Mapping[str, float]]
"""Scenario -> family -> nats of log-odds."""


def parts_of(evidence: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Return each scenario's log-odds by family, the prior among them; exact sums, whatever the order of rows.

    Args:
        evidence: scenario, family, contribution_nats.
    """
    parts: dict[str, dict[str, float]] = {}
    nats: dict[tuple[str, str], list[float]] = {}
    for scenario, family, contribution in evidence.select("scenario", "family", "contribution_nats").iter_rows():
        nats.setdefault((scenario, family), []).append(contribution)
    for scenario, family in sorted(nats):
        parts.setdefault(scenario, {})[family] = math.fsum(nats[scenario, family])
    return parts


def moves_from_prior(evidence: pl.DataFrame) -> pl.DataFrame:
    """Return what each family did to each probability, from the prior alone to the whole evidence.

    Args:
        evidence: scenario, family, contribution_nats; family `prior` is where the move begins.

    Returns:
        `marts.scenario_moves` without run_id, sorted by scenario and family; a scenario's `shapley_frac` sum to its
        probability less its prior one. No rows without evidence beside the prior.
    """
    after = parts_of(evidence)
    before = {scenario: {f: nats for f, nats in own.items() if f == PRIOR} for scenario, own in after.items()}
    return moves_between(before, after)


def moves_between(before: Parts, after: Parts) -> pl.DataFrame:
    """Return what each family's change did to each probability.

    Args:
        before: log-odds of every scenario, by family; a family that is missing has 0.
        after: the same scenarios.

    Returns:
        scenario, family, shapley_frac, without_it_frac (the probability after all changes but this family's); sorted.
        Families that change nothing for any scenario are left out.

    Raises:
        ValueError: other scenarios after than before, or more than 12 families that change.
    """
    scenarios = sorted(after)
    if scenarios != sorted(before):
        raise ValueError(f"scenarios {', '.join(scenarios)} after, {', '.join(sorted(before))} before")
    every = sorted({family for parts in (before, after) for own in parts.values() for family in own})
    changed = [f for f in every if any(before[s].get(f, 0.0) != after[s].get(f, 0.0) for s in scenarios)]
    if len(changed) > MOST_FAMILIES:
        raise ValueError(f"{len(changed)} families move; up to {MOST_FAMILIES} can be told apart")
    if not changed:
        return SCHEMA.to_frame()
    probabilities = _of_every_subset(before, after, scenarios, every, changed)
    full = len(probabilities) - 1
    subsets = np.arange(full + 1)
    sizes = np.array([int(subset).bit_count() for subset in subsets])
    count = len(changed)
    rows = []
    for position, family in enumerate(changed):
        bit = 1 << position
        without = subsets[(subsets & bit) == 0]
        weights = np.array(
            [math.factorial(k) * math.factorial(count - k - 1) / math.factorial(count) for k in sizes[without]]
        )
        gains = probabilities[without | bit] - probabilities[without]
        for column, scenario in enumerate(scenarios):
            rows.append(
                {
                    "scenario": scenario,
                    "family": family,
                    "shapley_frac": math.fsum(weights * gains[:, column]),
                    "without_it_frac": float(probabilities[full & ~bit, column]),
                }
            )
    return pl.DataFrame(rows, schema=SCHEMA).sort("scenario", "family")


def _of_every_subset(
    before: Parts, after: Parts, scenarios: list[str], every: list[str], changed: list[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return probabilities, one row per subset of `changed` (as a bit mask) that has come in, one column a scenario."""
    fixed = [f for f in every if f not in changed]
    odds = np.empty((1 << len(changed), len(scenarios)))
    for column, scenario in enumerate(scenarios):
        own_before, own_after = before[scenario], after[scenario]
        base = [own_after.get(f, 0.0) for f in fixed]
        for subset in range(len(odds)):
            chosen = [
                (own_after if subset >> position & 1 else own_before).get(family, 0.0)
                for position, family in enumerate(changed)
            ]
            odds[subset, column] = math.fsum([*base, *chosen])
    weights = np.exp(odds - odds.max(axis=1, keepdims=True))
    result: np.ndarray[tuple[int, int], np.dtype[np.float64]] = weights / weights.sum(axis=1, keepdims=True)
    return result
