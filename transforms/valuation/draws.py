"""Draws of all drivers at once: scrambled Sobol points, a Gaussian copula, PERT ranges.

Here: from a seed to one array per driver. Not here: ranges (`config/scenarios/`), what follows from the draws
(`transforms.valuation.uncertainty`).

A PERT driver is a beta on its range with the mode given; its quantile is tabulated over the normal score and read by
straight lines, which keeps the order and errs by less than 1e-5 of the range: inverting the beta for every draw would
take a hundred times as long. The multiple is lognormal.

SciPy is imported where it is used: it takes a second to load, and commands that draw nothing do not wait for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aicycle.model.parameters import Driver, Projection, ScenarioDrivers
from aicycle.model.parameters.valuation import MULTIPLE
from transforms.valuation.drivers import CHIPS, Floats, Values, correlation_matrix, ranges

WIDEST_SCORE = 8.0
"""Normal scores beyond it do not occur among the draws: Sobol points have 30 bits."""
TABLE_SIZE = 2001
SCRAMBLINGS_APART = 1_000_003
"""Seeds of the scramblings of one seed lie this far from each other's: another seed shares none with it."""
PERT_WEIGHT = 4.0
SMALLEST_POINT = 2.0**-33


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Correlated normal scores: one row per driver, and one for the chip restriction; one column per draw."""

    by_name: Mapping[str, Floats]
    draws: int

    def chunks(self, size: int) -> Iterator[Scores]:
        """Yield the draws in portions, in their order."""
        for first in range(0, self.draws, size):
            part = {name: scores[first : first + size] for name, scores in self.by_name.items()}
            yield Scores(by_name=part, draws=min(size, self.draws - first))


def scores(projection: Projection, *, seed: int, scrambling: int, draws_log2: int) -> Scores:
    """Return the normal scores of one scrambling.

    Args:
        projection: names of the drivers, and their correlations.
        seed: of the whole simulation.
        scrambling: 0, 1, ...: each an independent repetition.
        draws_log2: 2 to this power are drawn.
    """
    from scipy.special import ndtri  # noqa: PLC0415
    from scipy.stats.qmc import Sobol  # noqa: PLC0415

    names = projection.driver_names()
    engine = Sobol(len(names) + 1, scramble=True, rng=seed * SCRAMBLINGS_APART + scrambling)
    points = np.maximum(engine.random_base2(draws_log2).T, SMALLEST_POINT)
    independent = ndtri(np.ascontiguousarray(points))
    root = np.linalg.cholesky(correlation_matrix(projection))
    correlated = {CHIPS: independent[-1]}
    for i, name in enumerate(names):
        # Summed one by one in a fixed order: a matrix product may order its sums by the number of processors.
        total = root[i, i] * independent[i]
        for j in range(i):
            if root[i, j]:
                total = total + root[i, j] * independent[j]
        correlated[name] = total
    return Scores(by_name=correlated, draws=2**draws_log2)


def drawn(projection: Projection, scenario: ScenarioDrivers, normal: Scores) -> dict[str, Values]:
    """Return a scenario's drivers at these scores; what has no spread stays one number."""
    return Dealer(projection, scenario).deal(normal)


class Dealer:
    """One scenario's quantiles, made once for many portions of draws."""

    def __init__(self, projection: Projection, scenario: ScenarioDrivers) -> None:
        self._fixed: dict[str, float] = {}
        self._tables: dict[str, Floats] = {}
        for name, driver in ranges(projection, scenario).items():
            if driver.low.value == driver.high.value:
                self._fixed[name] = driver.mode.value
            else:
                self._tables[name] = pert_table(driver)
        self._multiple = scenario.multiple.value
        self._log_sd = projection.multiple_log_sd.value
        self._chance = scenario.chip_restriction.probability.value

    def deal(self, normal: Scores) -> dict[str, Values]:
        """Return the drivers at these scores."""
        dealt: dict[str, Values] = dict(self._fixed)
        for name, table in self._tables.items():
            dealt[name] = read_table(table, normal.by_name[name])
        dealt[MULTIPLE] = self._multiple
        if self._log_sd:
            dealt[MULTIPLE] = self._multiple * np.exp(self._log_sd * normal.by_name[MULTIPLE])
        dealt[CHIPS] = float(self._chance >= 1)
        if 0 < self._chance < 1:
            from scipy.special import ndtri  # noqa: PLC0415

            dealt[CHIPS] = (normal.by_name[CHIPS] < ndtri(self._chance)).astype(np.float64)
        return dealt


def pert_table(driver: Driver) -> Floats:
    """Return a PERT driver's quantiles over evenly spaced normal scores."""
    low, mode, high = driver.low.value, driver.mode.value, driver.high.value
    return low + (high - low) * _unit_table((mode - low) / (high - low))


@lru_cache(maxsize=256)
def _unit_table(mode: float) -> Floats:
    from scipy.special import betaincinv, ndtr  # noqa: PLC0415

    grid = np.linspace(-WIDEST_SCORE, WIDEST_SCORE, TABLE_SIZE)
    table: Floats = betaincinv(1.0 + PERT_WEIGHT * mode, 1.0 + PERT_WEIGHT * (1.0 - mode), ndtr(grid))
    table.flags.writeable = False
    return table


def read_table(table: Floats, normal_scores: Floats) -> Floats:
    """Return a table's values at normal scores, on straight lines between its points."""
    place = (normal_scores + WIDEST_SCORE) * ((TABLE_SIZE - 1) / (2 * WIDEST_SCORE))
    np.clip(place, 0.0, math.nextafter(TABLE_SIZE - 1, 0.0), out=place)
    below = place.astype(np.intp)
    place -= below
    steps = np.diff(table)
    read: Floats = table[below] + place * steps[below]
    return read


def percentiles(values: Floats, at: Sequence[float]) -> Floats:
    """Return percentiles over the last axis, one row per percentile."""
    found: Floats = np.quantile(values, at, axis=-1)
    return found
