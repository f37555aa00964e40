"""What must be true: the value of one driver alone that would give exactly a target price.

Here: root finding over one driver at a time, the others at their modes or at an end. Not here: the target's meaning
(registered in the scenario set), the value of a set of drivers (`transforms.valuation.worth`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aicycle.model.parameters import ScenarioDrivers
from aicycle.model.parameters.valuation import DISCOUNTED_HORIZON, MULTIPLE, margin_name
from transforms.valuation.drivers import GROWTH, LEAD_SHARE, End, Values, at_end, ranges
from transforms.valuation.worth import Model, discounted, group_margin, month_after_a_year, path

GROUP_MARGIN = "group_margin_frac"
"""No driver of its own: all margins moved by the same number of points."""
BOUNDS = {GROWTH: (-0.5, 1.0), LEAD_SHARE: (0.0, 1.0), MULTIPLE: (0.0, 200.0)}
MARGIN_BOUNDS = (-0.5, 0.9)
"""What a margin at the horizon can be at all: nobody keeps more than nine tenths of revenue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One driver of one scenario, and what it would have to be."""

    scenario: str
    driver: str
    needed: float | None
    """None: not reachable within the bounds; `reason` says what is reached there."""
    reason: str | None
    range_low: float
    range_high: float
    is_within_range: bool | None


def target_usd(model: Model, scenario: ScenarioDrivers, drivers: Mapping[str, Values], meaning: str) -> float:
    """Return the one value per unit that a target means: USD, in units of the as-of day."""
    worth = path(model, scenario, drivers).worth_usd
    if meaning == DISCOUNTED_HORIZON:
        return float(discounted(model, drivers, worth[-1]))
    return float(worth[month_after_a_year(model)])


def what_if(
    model: Model, scenario: ScenarioDrivers, *, target: float, multiples: tuple[float, float], end: End = End.MODE
) -> tuple[Requirement, ...]:
    """Return what each driver alone would have to be for a target price.

    Args:
        model: start, quarters, registered numbers.
        scenario: whose drivers.
        target: USD per unit of the as-of day, above 0.
        multiples: range of the independent multiples.
        end: where the others stand.

    Returns:
        Growth, lead share, margin of the lead, margin of the group at the horizon, multiple.

    Raises:
        ValueError: a target that is not positive.
    """
    if not target > 0:
        raise ValueError(f"{target} is no target price")
    projection = model.projection
    base = at_end(projection, scenario, end)
    sourced = ranges(projection, scenario)
    lead_margin = margin_name(projection.lead_segment)
    bounds = {**BOUNDS, lead_margin: MARGIN_BOUNDS}
    found = []
    for name in (GROWTH, LEAD_SHARE, lead_margin):
        driver = sourced[name]
        needed, reason = _solve(_one_driver(model, scenario, base, name), target, bounds[name])
        found.append(_requirement(scenario, name, needed, reason, (driver.low.value, driver.high.value)))
    found.append(_group_margin(model, scenario, base, target))
    needed, reason = _solve(_one_driver(model, scenario, base, MULTIPLE), target, bounds[MULTIPLE])
    found.append(_requirement(scenario, MULTIPLE, needed, reason, multiples))
    return tuple(found)


def _one_driver(
    model: Model, scenario: ScenarioDrivers, base: Mapping[str, Values], name: str
) -> Callable[[float], float]:
    meaning = model.projection.target_meaning.value
    return lambda x: target_usd(model, scenario, {**base, name: x}, meaning)


def _group_margin(model: Model, scenario: ScenarioDrivers, base: Mapping[str, Values], target: float) -> Requirement:
    meaning = model.projection.target_meaning.value
    names = [margin_name(segment.name) for segment in model.projection.segments]

    def moved(points: float) -> dict[str, Values]:
        return {**base, **{name: base[name] + points for name in names}}

    def margin_at(drivers: Mapping[str, Values]) -> float:
        return float(group_margin(model, scenario, drivers))

    at_modes = margin_at(base)
    per_point = margin_at(moved(1.0)) - at_modes
    ends = [(bound - at_modes) / per_point for bound in MARGIN_BOUNDS]
    points, reason = _solve(
        lambda x: target_usd(model, scenario, moved(x), meaning),
        target,
        (ends[0], ends[1]),
        shown=lambda x: margin_at(moved(x)),
    )
    ends_of_range = [margin_at(at_end(model.projection, scenario, end)) for end in (End.LOW, End.HIGH)]
    needed = None if points is None else margin_at(moved(points))
    return _requirement(scenario, GROUP_MARGIN, needed, reason, (min(ends_of_range), max(ends_of_range)))


def _solve(
    value: Callable[[float], float],
    target: float,
    bounds: tuple[float, float],
    *,
    shown: Callable[[float], float] = float,
) -> tuple[float | None, str | None]:
    """Return the point within the bounds at which the value is the target, or what is reached at the nearer bound."""
    at_bounds = [value(x) for x in bounds]
    misses = [v - target for v in at_bounds]
    if misses[0] * misses[1] > 0:
        nearer = 0 if abs(misses[0]) <= abs(misses[1]) else 1
        return None, (f"not reachable within bounds: at {shown(bounds[nearer]):.4g} it is {at_bounds[nearer]:.2f} USD")
    # Root finding takes a third of a second to load: commands that solve nothing do not wait for it.
    from scipy.optimize import brentq  # noqa: PLC0415

    root = brentq(lambda x: value(x) - target, *bounds, xtol=1e-12, rtol=1e-12)
    return float(root), None


def _requirement(
    scenario: ScenarioDrivers, name: str, needed: float | None, reason: str | None, bounds: tuple[float, float]
) -> Requirement:
    return Requirement(
        scenario=scenario.scenario,
        driver=name,
        needed=needed,
        reason=reason,
        range_low=bounds[0],
        range_high=bounds[1],
        is_within_range=None if needed is None else bounds[0] <= needed <= bounds[1],
    )
