"""The sum of the parts against one worked by hand, and what each driver does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from transforms.valuation.drivers import (
    BUYBACK,
    CAPEX_MAINTENANCE,
    CAPEX_PLAN,
    CHIPS,
    DEBT,
    DISCOUNT,
    GROWTH,
    LEAD_SHARE,
    LIFE,
    STAKES,
    TAX,
    End,
    at_end,
)  # fmt: skip
from transforms.valuation.horizon import month_end, month_of, quarters_to, years_between
from transforms.valuation.worth import discounted, month_after_a_year, path

GAINS = (GROWTH, LIFE, BUYBACK, STAKES, "margin:cloud", "margin:shops", "multiple")
LOSSES = (CAPEX_PLAN, CAPEX_MAINTENANCE, TAX, DEBT)


@pytest.fixture
def scenario(projection):
    return projection.drivers_of("realistic")


@pytest.fixture
def modes(projection, scenario):
    return at_end(projection, scenario, End.MODE)


def by_hand(modes) -> float:
    """The horizon's value in USD, in plain Python: 400 bn of revenue in June 2025, 5.5 years to go."""
    revenue, worn_share, plan_end = 400e9, 0.03, date(2027, 9, 28)
    property_worth = worn_share * revenue * 5.0
    share_at_end = 44e9 / revenue
    quarter = date(2025, 6, 30)
    for step in range(1, 23):
        worn = property_worth / 5.0
        month = 2025 * 12 + 6 + 3 * step
        revenue = 400e9 * 1.06 ** (step / 4)
        quarter = month_end(month)
        if quarter <= date(2027, 9, 30):
            spent, share_at_end = 44e9, 44e9 / revenue
        else:
            way = (month - (2027 * 12 + 9)) / (2030 * 12 + 12 - (2027 * 12 + 9))
            spent = (share_at_end + way * (0.06 - share_at_end)) * revenue
        property_worth += (spent - worn) / 4
    assert quarter == date(2030, 12, 31)
    assert plan_end < date(2027, 9, 30)
    ebita = revenue * (0.25 * 0.15 + (1.1 - 0.25) * 0.25 - 0.01)
    drag = max(property_worth / 5.0 - worn_share * revenue, 0.0)
    units = 2e9 * 0.99**5.5
    return (10.0 * (ebita - drag) * 0.8 + 120e9 - 20e9 + 5e9) / 7.0 / units


def test_the_horizon_is_worth_what_a_hand_finds(model, scenario, modes) -> None:
    found = path(model, scenario, modes)
    assert found.worth_usd.shape == (21,)
    assert found.worth_usd[-1] == pytest.approx(by_hand(modes), rel=1e-12)


def test_many_draws_at_once_are_each_what_one_alone_is(model, scenario, modes) -> None:
    growths = np.array([0.01, 0.06, 0.11])
    together = path(model, scenario, {**modes, GROWTH: growths})
    assert together.worth_usd.shape == (21, 3)
    for i, growth in enumerate(growths):
        alone = path(model, scenario, {**modes, GROWTH: float(growth)})
        np.testing.assert_allclose(together.worth_usd[:, i], alone.worth_usd, rtol=1e-14)


@pytest.mark.parametrize("name", [*GAINS, *LOSSES])
def test_each_driver_moves_the_value_its_own_way(model, scenario, modes, name) -> None:
    more = path(model, scenario, {**modes, name: modes[name] * 1.05}).worth_usd[-1]
    before = path(model, scenario, modes).worth_usd[-1]
    assert bool(more > before) is (name in GAINS)
    assert more != pytest.approx(before, rel=1e-6)


def test_a_larger_share_of_the_richer_part_is_worth_more(model, scenario, modes) -> None:
    def worth(**changed: float) -> float:
        return float(path(model, scenario, {**modes, **changed}).worth_usd[-1])

    rich = {"margin:cloud": 0.4, "margin:shops": 0.1}
    assert worth(**rich, lead_share_frac=0.3) > worth(**rich, lead_share_frac=0.2)
    poor = {"margin:cloud": 0.1, "margin:shops": 0.4}
    assert worth(**poor, lead_share_frac=0.3) < worth(**poor, lead_share_frac=0.2)
    assert LEAD_SHARE == "lead_share_frac"


def test_withheld_chips_cost_revenue_and_margin_of_the_lead(model, scenario, modes) -> None:
    free, withheld = (path(model, scenario, {**modes, CHIPS: c}).profit[-1] for c in (0.0, 1.0))
    revenue = 400e9 * 1.06**5.5
    lost = revenue * 0.25 * (0.15 - 0.8 * (0.15 - 0.05)) * 0.8
    assert free - withheld == pytest.approx(lost, rel=1e-12)


def test_a_loss_is_no_value_but_cash_is(model, scenario, modes) -> None:
    ruined = {**modes, "margin:cloud": -0.5, "margin:shops": -0.5}
    found = path(model, scenario, ruined)
    assert found.profit[-1] < 0
    assert found.worth_usd[-1] == pytest.approx(105e9 / 7.0 / (2e9 * 0.99**5.5))


def test_today_is_what_was_observed_whatever_the_horizon_holds(model, scenario, modes) -> None:
    """Half a year on, one eleventh of the way: the driver of the horizon counts for an eleventh."""
    margins = [path(model, scenario, {**modes, "margin:shops": m}).profit[0] for m in (0.0, 0.22)]
    revenue = 400e9 * 1.06**0.5
    share = 0.2 + (0.25 - 0.2) / 11
    assert margins[1] - margins[0] == pytest.approx(revenue * (1.1 - share) * 0.22 / 11 * 0.8, rel=1e-12)


def test_the_coming_year_is_a_year_of_growth_more(model, scenario, modes, small) -> None:
    ahead = replace(model, projection=replace(model.projection, profit_years_ahead=small.number(1.0)))
    assert path(ahead, scenario, modes).profit[-1] == pytest.approx(path(model, scenario, modes).profit[-1] * 1.06)


def test_discounting_goes_back_to_the_as_of_day(model, modes) -> None:
    years = (date(2030, 12, 31) - date(2025, 9, 28)).days / 365.25
    assert discounted(model, modes, 100.0) == pytest.approx(100 / 1.1**years)
    assert discounted(model, {**modes, DISCOUNT: 0.0}, 100.0) == 100.0
    assert month_after_a_year(model) == 3, "2026-09-30"


# --- quarters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2025, 6, 30), 6),
        (date(2025, 7, 27), 7),
        (date(2025, 8, 2), 7),
        (date(2026, 1, 5), 12),
        (date(2024, 2, 29), 2),
    ],
)
def test_a_day_belongs_to_the_month_whose_end_is_nearest(day, month) -> None:
    assert (month_of(day) - 1) % 12 + 1 == month


def test_month_ends_come_back() -> None:
    for year in (2024, 2025):
        for month in range(1, 13):
            end = month_end(year * 12 + month)
            assert (end.year, end.month) == (year, month)
            assert month_of(end) == year * 12 + month


def test_quarters_past_are_not_shown_and_odd_fiscal_ends_are_met() -> None:
    def quarters(as_of_day: date, observed: int):
        return quarters_to(
            date(2030, 12, 31),
            observed_month=observed,
            bands_known_at=date(2025, 9, 28),
            as_of_day=as_of_day,
            plan_years=2.0,
        )

    first = quarters(date(2025, 9, 28), 2025 * 12 + 6)
    assert (first.shown[0], len(first.shown), len(first.months)) == (date(2025, 12, 31), 21, 22)
    later = quarters(date(2027, 3, 31), 2026 * 12 + 12)
    assert later.shown[0] == date(2027, 6, 30), "a quarter that ends on the day is past"
    before = quarters(date(2024, 12, 31), 2024 * 12 + 9)
    assert before.shown == first.shown, "never before the bands"
    july = quarters(date(2025, 9, 28), 2025 * 12 + 7)
    assert july.months[0] == 2025 * 12 + 9
    assert years_between(date(2025, 1, 1), date(2026, 1, 1)) == pytest.approx(1, abs=0.001)
