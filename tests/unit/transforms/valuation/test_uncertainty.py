"""Draws, percentiles and the two limits in which they are known exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import beta, spearmanr

from aicycle.model.parameters import Correlation
from transforms.valuation.draws import Dealer, pert_table, read_table, scores
from transforms.valuation.drivers import CHIPS, DEBT, GROWTH, STAKES, End, at_end
from transforms.valuation.uncertainty import CHUNK, simulate, valued
from transforms.valuation.worth import Model, discounted, path


@pytest.mark.parametrize(
    "shape", [(0.0, 0.5, 1.0), (0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (-2.0, 5.0, 6.0), (3.0, 3.1, 9.0)]
)
def test_the_table_errs_by_less_than_a_hundred_thousandth_of_the_range(small, shape) -> None:
    low, mode, high = shape
    grid = np.linspace(-5, 5, 20011)
    weight = (mode - low) / (high - low)
    exact = low + (high - low) * beta.ppf(_cdf(grid), 1 + 4 * weight, 5 - 4 * weight)
    found = read_table(pert_table(small.driver(*shape)), grid)
    assert np.abs(found - exact).max() < 1e-5 * (high - low)
    assert (np.diff(found) >= 0).all(), "the order stays"
    assert found.min() >= low
    assert found.max() <= high


def _cdf(grid: np.ndarray) -> np.ndarray:
    normal = NormalDist()
    return np.array([normal.cdf(z) for z in grid])


def test_scores_are_normal_and_correlated_as_registered(projection, small) -> None:
    pair = Correlation(first=GROWTH, second="margin:cloud", rho=small.number(0.6))
    other = Correlation(first="multiple", second="margin:cloud", rho=small.number(-0.4))
    drawn = scores(replace(projection, correlations=(pair, other)), seed=1, scrambling=0, draws_log2=14)
    for name, values in drawn.by_name.items():
        assert values.mean() == pytest.approx(0, abs=0.01), name
        assert values.std() == pytest.approx(1, abs=0.01), name
    found = np.corrcoef([drawn.by_name[n] for n in (GROWTH, "margin:cloud", "multiple", STAKES, CHIPS)])
    expected = np.eye(5)
    expected[0, 1] = expected[1, 0] = 0.6
    expected[1, 2] = expected[2, 1] = -0.4
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_drawn_drivers_stay_in_range_and_chips_are_withheld_as_often_as_registered(projection) -> None:
    scenario = projection.drivers_of("realistic")
    drivers = Dealer(projection, scenario).deal(scores(projection, seed=3, scrambling=0, draws_log2=13))
    growth = drivers[GROWTH]
    assert growth.min() >= 0.05
    assert growth.max() <= 0.08
    assert growth.mean() == pytest.approx((0.05 + 4 * 0.06 + 0.08) / 6, abs=1e-4), "PERT"
    assert drivers[CHIPS].mean() == pytest.approx(0.3, abs=0.002)
    assert set(np.unique(drivers[CHIPS])) == {0.0, 1.0}
    assert drivers["weight:shops"] == 1.0, "what has no spread stays one number"
    assert np.log(drivers["multiple"] / 10).std() == pytest.approx(0.2, abs=0.002)
    assert abs(spearmanr(growth, drivers[STAKES]).statistic) < 0.02


def test_without_spread_every_percentile_is_the_closed_form(model, projection, small) -> None:
    still = replace(model, projection=small.certain(projection))
    for scenario in still.projection.scenarios:
        modes = at_end(still.projection, scenario, End.MODE)
        closed = path(still, scenario, modes).worth_usd
        (spread,) = simulate(still, [scenario]).values()
        for row in spread.path_usd:
            np.testing.assert_allclose(row, closed, rtol=1e-12)
        np.testing.assert_allclose(spread.target_usd, discounted(still, modes, float(closed[-1])), rtol=1e-12)
        assert spread.path_error_frac.max() < 1e-12


def test_with_the_multiple_alone_the_percentiles_are_lognormal(model, projection, small, asked, facts) -> None:
    """No cash, no debt, no stakes: the value is proportional to the multiple."""
    nothing = replace(projection.shared, debt=small.driver(0.0), stakes=small.driver(0.0))
    alone = replace(
        small.certain(replace(projection, shared=nothing)),
        multiple_log_sd=small.number(0.3),
        draws_log2=replace(projection.draws_log2, value=16),
    )
    poor = replace(model, projection=alone, start=replace(model.start, cash=0.0))
    scenario = alone.drivers_of("realistic")
    closed = path(poor, scenario, at_end(alone, scenario, End.MODE)).worth_usd
    (spread,) = simulate(poor, [scenario]).values()
    for row, level in zip(spread.path_usd, (0.1, 0.5, 0.9), strict=True):
        expected = closed * math.exp(0.3 * NormalDist().inv_cdf(level))
        np.testing.assert_allclose(row, expected, rtol=5e-4)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others_within_the_error(model) -> None:
    (one,), (again,) = (list(simulate(model, model.projection.scenarios[:1]).values()) for _ in range(2))
    np.testing.assert_array_equal(one.path_usd, again.path_usd)
    reseeded = replace(model.projection, seed=replace(model.projection.seed, value=8))
    (other,) = simulate(replace(model, projection=reseeded), model.projection.scenarios[:1]).values()
    assert (one.path_usd != other.path_usd).all()
    error = one.path_error_frac * one.path_usd
    assert (np.abs(one.path_usd - other.path_usd) < 8 * error).all()
    assert (one.path_error_frac > 0).all()


def test_portions_change_nothing(model, monkeypatch) -> None:
    projection = replace(model.projection, draws_log2=replace(model.projection.draws_log2, value=13))
    whole = replace(model, projection=projection)
    scenario = projection.drivers_of("realistic")
    normal = scores(projection, seed=5, scrambling=0, draws_log2=13)
    assert normal.draws > CHUNK
    values = valued(whole, scenario, Dealer(projection, scenario), normal)
    monkeypatch.setattr("transforms.valuation.uncertainty.CHUNK", 2**13)
    np.testing.assert_array_equal(values, valued(whole, scenario, Dealer(projection, scenario), normal))


def test_percentiles_are_in_order_and_more_debt_lowers_them_all(model, small) -> None:
    assert isinstance(model, Model)
    deeper = replace(model.projection, shared=replace(model.projection.shared, debt=small.driver(30e9, 40e9, 50e9)))
    before = simulate(model, model.projection.scenarios)
    after = simulate(replace(model, projection=deeper), deeper.scenarios)
    assert DEBT == "debt"
    for name, spread in before.items():
        assert (np.diff(spread.path_usd, axis=0) > 0).all()
        assert (after[name].path_usd < spread.path_usd).all()
