"""What a unit may be worth: percentiles over draws, and how sure they are.

Here: P10, P50 and P90 of each quarter and of the target, with standard errors from independent scramblings. Not here:
the draws (`transforms.valuation.draws`), one draw's value (`transforms.valuation.worth`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aicycle.model.parameters import ScenarioDrivers
from aicycle.model.parameters.valuation import DISCOUNTED_HORIZON
from transforms.valuation.draws import Dealer, Scores, percentiles, scores
from transforms.valuation.drivers import Floats
from transforms.valuation.worth import Model, discounted, month_after_a_year, path

LEVELS = (0.1, 0.5, 0.9)
CHUNK = 4096
"""Draws worked at a time: two dozen arrays of them fit into a processor's second-level cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Percentiles over all draws; one row per level of `LEVELS`."""

    path_usd: Floats
    """Shape (3, quarters), USD per unit then."""
    path_error_frac: Floats
    """Standard errors of them, as fractions."""
    target_usd: Floats
    """Shape (3,): of the target in its registered meaning, USD per unit."""
    target_error_frac: Floats


def simulate(model: Model, scenarios: Sequence[ScenarioDrivers]) -> dict[str, Spread]:
    """Return the spread of each scenario. All see the same draws: they differ by their drivers alone.

    2 to the power of `draws_log2` draws are shared out evenly among the scramblings.

    Args:
        model: start, quarters, registered numbers.
        scenarios: whose drivers.
    """
    projection = model.projection
    count = projection.scramblings.value
    power = projection.draws_log2.value - (count - 1).bit_length()
    sets = [
        scores(projection, seed=projection.seed.value, scrambling=number, draws_log2=power) for number in range(count)
    ]
    return {scenario.scenario: _spread(model, scenario, sets) for scenario in scenarios}


def _spread(model: Model, scenario: ScenarioDrivers, sets: Sequence[Scores]) -> Spread:
    dealer = Dealer(model.projection, scenario)
    values = np.stack([valued(model, scenario, dealer, normal) for normal in sets], axis=1)
    together = percentiles(values.reshape(values.shape[0], -1), LEVELS)
    apart = percentiles(values, LEVELS)
    error = apart.std(axis=-1, ddof=1) / np.sqrt(len(sets))
    fraction = np.divide(error, together, out=np.zeros_like(error), where=together != 0)
    return Spread(
        path_usd=together[:, :-1],
        path_error_frac=np.abs(fraction[:, :-1]),
        target_usd=together[:, -1],
        target_error_frac=np.abs(fraction[:, -1]),
    )


def valued(model: Model, scenario: ScenarioDrivers, dealer: Dealer, normal: Scores) -> Floats:
    """Return every draw's values: one row per shown quarter, and a last one for the target."""
    quarters = len(model.quarters.shown)
    values = np.empty((quarters + 1, normal.draws))
    for number, portion in enumerate(normal.chunks(CHUNK)):
        drivers = dealer.deal(portion)
        columns = slice(number * CHUNK, number * CHUNK + portion.draws)
        worth = path(model, scenario, drivers).worth_usd
        values[:quarters, columns] = worth if worth.ndim > 1 else worth[:, np.newaxis]
        if model.projection.target_meaning.value == DISCOUNTED_HORIZON:
            values[quarters, columns] = discounted(model, drivers, worth[-1])
        else:
            values[quarters, columns] = worth[month_after_a_year(model)]
    return values
