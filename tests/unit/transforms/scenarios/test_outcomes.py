"""A band read as the middle of a lognormal."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from transforms.scenarios.outcomes import band_outcomes


def test_with_four_fifths_inside_the_edges_are_the_outer_tenths() -> None:
    outcomes = band_outcomes(140.0, 180.0, coverage_frac=0.8)
    assert outcomes.p10_usd == pytest.approx(140.0, rel=1e-12)
    assert outcomes.p90_usd == pytest.approx(180.0, rel=1e-12)
    assert outcomes.p50_usd == pytest.approx(math.sqrt(140.0 * 180.0), rel=1e-12)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95])
def test_the_band_holds_what_it_is_read_to_hold(coverage: float) -> None:
    outcomes = band_outcomes(70.0, 90.0, coverage_frac=coverage)
    scale = math.log(outcomes.p90_usd / outcomes.p50_usd) / NormalDist().inv_cdf(0.9)
    fitted = NormalDist(math.log(outcomes.p50_usd), scale)
    assert fitted.cdf(math.log(90.0)) - fitted.cdf(math.log(70.0)) == pytest.approx(coverage, abs=1e-12)


def test_the_less_a_band_holds_the_wider_the_outcomes() -> None:
    narrow, wide = (band_outcomes(70.0, 90.0, coverage_frac=c) for c in (0.95, 0.5))
    assert wide.p10_usd < narrow.p10_usd < narrow.p50_usd == wide.p50_usd < narrow.p90_usd < wide.p90_usd


def test_a_band_without_width_has_one_outcome() -> None:
    outcomes = band_outcomes(100.0, 100.0, coverage_frac=0.8)
    assert {outcomes.p10_usd, outcomes.p50_usd, outcomes.p90_usd} == {outcomes.p50_usd}
    assert outcomes.p50_usd == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("low", "high", "coverage"),
    [(0.0, 1.0, 0.8), (2.0, 1.0, 0.8), (1.0, math.inf, 0.8), (math.nan, 1.0, 0.8), (1.0, 2.0, 0.0), (1.0, 2.0, 1.0)],
)
def test_what_is_no_band_has_no_outcomes(low: float, high: float, coverage: float) -> None:
    with pytest.raises(ValueError, match="no outcomes"):
        band_outcomes(low, high, coverage_frac=coverage)
