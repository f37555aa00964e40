"""Drivers as the sum of the parts takes them: by name, at their modes, at either end, or drawn.

Here: the names, the ends, the correlation matrix. Not here: drawing (`transforms.valuation.draws`), or the value that
follows (`transforms.valuation.worth`).

`margin:<segment>` is a segment's margin at the horizon, `weight:<segment>` its weight among those beside the lead.
"""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aicycle.model.parameters import Driver, Projection, ScenarioDrivers, SharedDrivers
from aicycle.model.parameters.valuation import MULTIPLE, OF_SCENARIO, margin_name, weight_name

Floats = NDArray[np.float64]
Values = Floats | float
"""One number, or one for each draw."""

GROWTH, LEAD_SHARE, CAPEX_PLAN, CAPEX_MAINTENANCE = OF_SCENARIO
LIFE, TAX, BUYBACK = "useful_life_years", "tax_rate_frac", "net_buyback_frac"
STAKES, DEBT, DISCOUNT = "stakes", "debt", "discount_rate_frac"
CHIPS = "chip_restriction"
DEARER_IS_WORSE = frozenset({CAPEX_PLAN, CAPEX_MAINTENANCE, TAX, DEBT, DISCOUNT})
"""Drivers of which more is worth less: at the low end of the value they stand at their high."""
EVEN_ODDS = 0.5


class End(StrEnum):
    """Where in their ranges all drivers stand at once."""

    LOW = "low"
    """Each where it makes the least of the value."""
    MODE = "mode"
    HIGH = "high"


def ranges(projection: Projection, scenario: ScenarioDrivers) -> dict[str, Driver]:
    """Return every driver with a range, by name, in the order in which draws are dealt out."""
    found = {name: getattr(scenario, name) for name in OF_SCENARIO}
    found |= {field.name: getattr(projection.shared, field.name) for field in fields(SharedDrivers)}
    found |= {margin_name(s.segment): s.adj_ebita_margin_frac for s in scenario.segments}
    found |= {weight_name(s.segment): s.rest_weight_frac for s in scenario.segments if s.rest_weight_frac}
    return {name: found[name] for name in projection.driver_names() if name in found}


def at_end(projection: Projection, scenario: ScenarioDrivers, end: End) -> dict[str, Values]:
    """Return all drivers of a scenario at one end of the value, or at their modes.

    Weights stay at their modes: they are parts of one whole and can't all be low. At the low end chips are withheld if
    that is possible at all, at the high end only if it is certain, at the modes if it is likelier than not.
    """
    taken: dict[str, Values] = {}
    for name, driver in ranges(projection, scenario).items():
        where = End.MODE if name.startswith("weight:") else end
        if where is not End.MODE and name in DEARER_IS_WORSE:
            where = End.LOW if where is End.HIGH else End.HIGH
        taken[name] = float(getattr(driver, where.value).value)
    chance = scenario.chip_restriction.probability.value
    is_withheld = {End.LOW: chance > 0, End.MODE: chance > EVEN_ODDS, End.HIGH: chance >= 1}[end]
    return taken | {MULTIPLE: scenario.multiple.value, CHIPS: float(is_withheld)}


def correlation_matrix(projection: Projection) -> Floats:
    """Return the drivers' correlations in the order of `Projection.driver_names`."""
    names = projection.driver_names()
    matrix = np.eye(len(names))
    for pair in projection.correlations:
        i, j = names.index(pair.first), names.index(pair.second)
        matrix[i, j] = matrix[j, i] = pair.rho.value
    return matrix
