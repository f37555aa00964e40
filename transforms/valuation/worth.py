"""The sum of the parts: what a unit is worth at every quarter's end, for one set of drivers or for many draws at once.

Here: the path from the starting point to the horizon, in plain array arithmetic. Not here: where drivers come from
(`transforms.valuation.drivers`, `transforms.valuation.draws`), or what is made of the values.

- Group revenue grows evenly. The lead segment's share, the others' weights and all margins move in a straight line
  from what was last observed to the driver.
- Capital spending follows the announced plan, from its end in a straight line to the maintenance level as a share of
  revenue. Property wears off by a constant fraction a year, one over its useful life. What that takes beyond the share
  of revenue that today's margins already bear is the drag.
- Value = multiple x after-tax (EBITA - drag) + cash - debt + stakes. Cash stays at today's level: what comes in pays
  for the units bought back and for dividends, which are not counted. A multiple of a loss is no value: it counts zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aicycle.model.parameters import Projection, ScenarioDrivers
from aicycle.model.parameters.valuation import MULTIPLE, margin_name, weight_name
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
    Floats,
    Values,
)
from transforms.valuation.horizon import YEAR_MONTHS, Quarters, month_of, years_between
from transforms.valuation.start import StartingPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything about a projection that no driver moves."""

    start: StartingPoint
    quarters: Quarters
    projection: Projection


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Values at the shown quarters' ends; each an array over quarters, or over quarters and draws."""

    profit: Floats
    """After tax and drag, of the year the multiple is of; reporting currency, may be negative."""
    per_unit: Floats
    """Units of the as-of day then outstanding."""
    worth_usd: Floats
    """USD per unit, then."""


def path(model: Model, scenario: ScenarioDrivers, drivers: Mapping[str, Values]) -> Path:
    """Return what a unit is worth at each shown quarter's end.

    Args:
        model: start, quarters, registered numbers.
        scenario: whose chip restriction applies.
        drivers: by name, one number or an array over draws each; all arrays of one length.

    Returns:
        Arrays of shape (quarters,) or (quarters, draws).
    """
    start, quarters, projection = model.start, model.quarters, model.projection
    months, begin = quarters.months, len(quarters.months) - len(quarters.shown)
    shape = np.broadcast_shapes(*(np.shape(value) for value in drivers.values()))
    profits, counts, worths = (np.empty((len(quarters.shown), *shape)) for _ in range(3))

    mix = _Mix(model, scenario, drivers)
    spending = _Spending(model, drivers)
    growth, life = 1.0 + drivers[GROWTH], drivers[LIFE]
    quarter_growth, kept = growth**0.25, (1.0 - drivers[BUYBACK]) ** 0.25
    ahead = growth**projection.profit_years_ahead.value
    after_tax = 1.0 - drivers[TAX]
    worn_share = projection.depreciation_today_frac.value
    property_worth = worn_share * start.revenue_per_year * life
    held = start.cash - drivers[DEBT] + drivers[STAKES]

    revenue: Values = 0.0
    units: Values = 0.0
    earlier = start.revenue_month
    for number, month in enumerate(months):
        years = (month - earlier) / YEAR_MONTHS
        if number == 0:
            revenue = start.revenue_per_year * growth**years
            units = start.units * (1.0 - drivers[BUYBACK]) ** ((month - start.units_month) / YEAR_MONTHS)
        else:
            revenue = revenue * quarter_growth
            units = units * kept
        worn = property_worth / life
        property_worth = property_worth + years * (spending.at(month, revenue) - worn)
        earlier = month
        if number < begin:
            continue
        drag = np.maximum(property_worth / life - worn_share * revenue, 0.0)
        profit = (mix.margin(month) * revenue - drag) * after_tax * ahead
        row = number - begin
        profits[row] = profit
        counts[row] = units
        worths[row] = (drivers[MULTIPLE] * np.maximum(profit, 0.0) + held) / (units * start.usd_rate)
    return Path(profit=profits, per_unit=counts, worth_usd=worths)


def discounted(model: Model, drivers: Mapping[str, Values], horizon_worth_usd: Values) -> Values:
    """Return the horizon's value discounted to the as-of day, USD per unit."""
    years = years_between(model.start.as_of_day, model.quarters.shown[-1])
    return horizon_worth_usd / (1.0 + drivers[DISCOUNT]) ** years


def group_margin(model: Model, scenario: ScenarioDrivers, drivers: Mapping[str, Values]) -> Values:
    """Return the group's adjusted EBITA per revenue at the horizon, before the drag."""
    return _Mix(model, scenario, drivers).margin(model.quarters.months[-1])


class _Mix:
    """The group's EBITA margin month by month, before the drag."""

    def __init__(self, model: Model, scenario: ScenarioDrivers, drivers: Mapping[str, Values]) -> None:
        start, projection = model.start, model.projection
        names = [segment.name for segment in projection.segments]
        lead = names.index(projection.lead_segment)
        others = [name for name in names if name != projection.lead_segment]
        chips = scenario.chip_restriction
        total: Values = sum((drivers[weight_name(name)] for name in others), 0.0)
        self._first, self._span = start.mix.mix_month, model.quarters.months[-1] - start.mix.mix_month
        self._total = start.mix.segments_per_group_revenue
        self._unallocated = start.mix.unallocated_frac
        self._share = start.mix.lead_share_frac, drivers[LEAD_SHARE] - start.mix.lead_share_frac
        self._lost = drivers[CHIPS] * chips.lead_revenue_loss_frac.value
        lead_end = drivers[margin_name(names[lead])] - drivers[CHIPS] * chips.lead_margin_loss_frac.value
        self._lead = start.mix.margins_frac[lead], lead_end - start.mix.margins_frac[lead]
        rest_margins = [margin for i, margin in enumerate(start.mix.margins_frac) if i != lead]
        self._rest = [
            (w, drivers[weight_name(name)] / total - w, m, drivers[margin_name(name)] - m)
            for name, w, m in zip(others, start.mix.rest_weights_frac, rest_margins, strict=True)
        ]

    def margin(self, month: int) -> Values:
        """Return EBITA per group revenue, had no chips been withheld: what is lost counts against it."""
        way = min(max((month - self._first) / self._span, 0.0), 1.0) if self._span > 0 else 1.0
        share = self._share[0] + way * self._share[1]
        lead = share * (1.0 - way * self._lost) * (self._lead[0] + way * self._lead[1])
        rest: Values = 0.0
        for weight, weight_change, margin, margin_change in self._rest:
            rest = rest + (weight + way * weight_change) * (margin + way * margin_change)
        return lead + np.maximum(self._total - share, 0.0) * rest + self._unallocated


class _Spending:
    """Capital spending a year, month by month."""

    def __init__(self, model: Model, drivers: Mapping[str, Values]) -> None:
        self._plan, self._end = drivers[CAPEX_PLAN], drivers[CAPEX_MAINTENANCE]
        self._plan_end = max(model.quarters.plan_end_month, model.start.revenue_month)
        self._last = model.quarters.months[-1]
        self._share: Values = self._plan / model.start.revenue_per_year

    def at(self, month: int, revenue: Values) -> Values:
        """Return it; to be asked in the order of months."""
        if month <= self._plan_end:
            self._share = self._plan / revenue
            return self._plan
        way = (month - self._plan_end) / (self._last - self._plan_end)
        return (self._share + way * (self._end - self._share)) * revenue


def month_after_a_year(model: Model) -> int:
    """Return the position of the shown quarter whose end is nearest to twelve months after the as-of day."""
    target = month_of(model.start.as_of_day) + YEAR_MONTHS
    distances = [abs(month_of(day) - target) for day in model.quarters.shown]
    return distances.index(min(distances))
