"""The fit, the prediction, and what one driver would have to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from transforms.scenarios.bands import Band
from transforms.valuation.confrontation import (
    IndependentMultiple,
    confront,
    fitted_multiple,
    independent_multiples,
)  # fmt: skip
from transforms.valuation.drivers import DISCOUNT, GROWTH, LEAD_SHARE, TAX, End, at_end
from transforms.valuation.requirement import GROUP_MARGIN, target_usd, what_if
from transforms.valuation.worth import group_margin

BANDS = tuple(
    Band(scenario=name, low_usd=low, high_usd=high)
    for name, low, high in (("pessimistic", 20.0, 30.0), ("realistic", 50.0, 60.0), ("optimistic", 90.0, 99.0))
)
OTHERS = (IndependentMultiple(value=8.0, source="a"), IndependentMultiple(value=16.0, source="b"))


def test_the_low_edges_come_out_by_construction_and_the_high_ones_are_predicted(model) -> None:
    found = confront(model, BANDS, OTHERS)
    assert found.degrees_of_freedom == 3
    assert [(c.meaning, c.scenario) for c in found.scenarios] == [
        (meaning, band.scenario) for meaning in ("discounted_horizon", "twelve_months") for band in BANDS
    ]
    for confronted in found.scenarios:
        assert confronted.residual_low_usd == pytest.approx(0, abs=1e-9)
        assert confronted.residual_high_usd == pytest.approx(confronted.value_high_usd - confronted.edge_high_usd)
        assert confronted.residual_high_frac == pytest.approx(confronted.residual_high_usd / confronted.edge_high_usd)
        assert confronted.value_low_usd < confronted.mode_usd < confronted.value_high_usd
        assert confronted.is_within_independent is (8.0 <= confronted.fitted_multiple <= 16.0)
        assert f"{confronted.value_high_usd:.0f} USD" in confronted.explanation


def test_the_same_drivers_need_a_higher_multiple_for_a_higher_edge(model) -> None:
    scenario = model.projection.drivers_of("realistic")
    low, high = (fitted_multiple(model, scenario, edge) for edge in (40.0, 80.0))
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < high
    middle = fitted_multiple(model, scenario, 60.0)
    assert middle == pytest.approx((low + high) / 2, rel=1e-12), "the value is linear in it"


def test_what_cash_alone_exceeds_and_what_a_loss_can_not_give_has_no_multiple(model, small) -> None:
    scenario = model.projection.drivers_of("pessimistic")
    tiny = (replace(BANDS[0], low_usd=0.01), *BANDS[1:])
    found = confront(model, tiny, OTHERS).scenarios[0]
    assert (found.fitted_multiple, found.residual_low_usd, found.value_high_usd) == (None, None, None)
    assert "cash and stakes alone" in found.explanation
    ruined = tuple(replace(s, adj_ebita_margin_frac=small.driver(-0.9)) for s in scenario.segments)
    reason = fitted_multiple(model, replace(scenario, segments=ruined), 50.0)
    assert isinstance(reason, str)
    assert "loss" in reason


def test_ends_are_of_the_value_not_of_the_number(projection) -> None:
    scenario = projection.drivers_of("realistic")
    low, mode, high = (at_end(projection, scenario, end) for end in (End.LOW, End.MODE, End.HIGH))
    assert (low[GROWTH], mode[GROWTH], high[GROWTH]) == (0.05, 0.06, 0.08)
    assert (low[TAX], mode[TAX], high[TAX]) == (0.25, 0.2, 0.15)
    assert (low[DISCOUNT], high[DISCOUNT]) == (0.12, 0.08)
    assert (low["chip_restriction"], mode["chip_restriction"], high["chip_restriction"]) == (1.0, 0.0, 0.0)


# --- what must be true -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [30.0, 45.0, 60.0])
def test_what_is_needed_gives_exactly_the_target(model, target) -> None:
    projection = model.projection
    scenario = projection.drivers_of("realistic")
    modes = at_end(projection, scenario, End.MODE)
    meaning = projection.target_meaning.value
    found = {r.driver: r for r in what_if(model, scenario, target=target, multiples=(8.0, 12.0))}
    assert list(found) == [GROWTH, LEAD_SHARE, "margin:cloud", GROUP_MARGIN, "multiple"]
    for name in (GROWTH, LEAD_SHARE, "margin:cloud", "multiple"):
        requirement = found[name]
        if requirement.needed is None:
            assert requirement.reason.startswith("not reachable within bounds: at ")
            continue
        assert target_usd(model, scenario, {**modes, name: requirement.needed}, meaning) == pytest.approx(target)
        inside = requirement.range_low <= requirement.needed <= requirement.range_high
        assert requirement.is_within_range is inside
    points = found[GROUP_MARGIN].needed - float(group_margin(model, scenario, modes))
    per_point = 1.1
    moved = {f"margin:{s}": modes[f"margin:{s}"] + points / per_point for s in ("cloud", "shops")}
    assert target_usd(model, scenario, {**modes, **moved}, meaning) == pytest.approx(target)


def test_the_value_at_the_modes_needs_the_modes(model) -> None:
    scenario = model.projection.drivers_of("realistic")
    modes = at_end(model.projection, scenario, End.MODE)
    here = target_usd(model, scenario, modes, "discounted_horizon")
    for requirement in what_if(model, scenario, target=here, multiples=(8.0, 12.0)):
        if requirement.driver in modes:
            assert requirement.needed == pytest.approx(modes[requirement.driver], abs=1e-9)
        assert requirement.is_within_range


def test_out_of_reach_says_what_is_reached(model) -> None:
    scenario = model.projection.drivers_of("realistic")
    found = {r.driver: r for r in what_if(model, scenario, target=1e6, multiples=(8.0, 12.0))}
    assert all(r.needed is None and r.is_within_range is None for r in found.values())
    modes = at_end(model.projection, scenario, End.MODE)
    at_bound = target_usd(model, scenario, {**modes, "multiple": 200.0}, "discounted_horizon")
    assert found["multiple"].reason == f"not reachable within bounds: at 200 it is {at_bound:.2f} USD"


@pytest.mark.parametrize("target", [0.0, -3.0, float("nan")])
def test_what_is_no_price_is_refused(model, target) -> None:
    with pytest.raises(ValueError, match="no target price"):
        what_if(model, model.projection.drivers_of("realistic"), target=target, multiples=(1.0, 2.0))


# --- what others used ------------------------------------------------------------------------------------------------


def test_multiples_of_others_count_up_to_the_bands_day(scenario_set, configuration, small) -> None:
    company = configuration.universe.company("Alibaba")

    def said(source: str, metric: str, value: float, day: date) -> dict:
        row = {"company": source, "metric": metric, "value": value, "unit": "multiple", "period_end": day}
        return row | {"known_at": small.known(day, 1)}

    figures = small.figure_rows(
        said("Alibaba / A", "market_multiple_fy26", 22.0, date(2025, 9, 26)),
        said("Alibaba / B", "price_target_multiple_fy25", 11.0, date(2024, 11, 19)),
        said("Alibaba / B", "sotp_multiple_cloud", 7.0, date(2025, 9, 1)),
        said("Alibaba / C", "market_multiple", 40.0, date(2025, 9, 29)),
        said("Alibaba / D", "price_target", 200.0, date(2025, 9, 1)),
        said("Nvidia / D", "market_multiple", 50.0, date(2025, 9, 1)),
    )
    projection = scenario_set.projection
    found = independent_multiples(projection, figures, company, scenario_set=scenario_set)
    assert [m.value for m in found] == [11.0, 22.0]
    registered = independent_multiples(projection, figures.clear(), company, scenario_set=scenario_set)
    assert [m.value for m in registered] == [8.0, 12.0]
    assert isinstance(figures, pl.DataFrame)
