"""Whether a scenario set's projection fits itself. Each check refuses with file and key.

Here: ranges, shares, names, correlations. Not here: bands and evidence (`coherence`), types and missing keys
(`configuration`), what follows from the numbers (`transforms.valuation`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from aicycle.model.parameters import Driver, Number, Parameter, Projection, ScenarioDrivers, ScenarioSet
from aicycle.model.parameters.valuation import TARGET_MEANINGS
from aicycle.settings.refusal import refuse

FEWEST_SCRAMBLINGS = 8
MOST_DRAWS_LOG2 = 20
MULTIPLES = (0.1, 1000.0)
"""Of a year's profit; nobody pays less than a tenth of it for a group that earns something."""
SHARE = (0.0, 1.0)
POINTS = (-1.0, 1.0)
"""Margins may be losses, but not of more than the revenue."""
POSITIVE = (math.ulp(0.0), math.inf)
NOT_NEGATIVE = (0.0, math.inf)
BELOW_ONE = (0.0, math.nextafter(1.0, 0.0))
GROWTH = (-0.9, 2.0)


def check_projection(scenario_set: ScenarioSet, file: str) -> None:
    """Refuse ranges in disorder, shares outside of 0 to 1, names that do not exist, correlations that can't be.

    A set without a projection passes: it gives bands and probabilities.
    """
    projection = scenario_set.projection
    if projection is None:
        return
    _check_segments(projection, file)
    _check_choices(projection, file)
    _check_scenarios(scenario_set, projection, file)
    for name, driver, bounds in _shared(projection):
        _check_driver(driver, bounds, file, f"projection.shared.{name}")
    _check_correlations(projection, file)


def _check_segments(projection: Projection, file: str) -> None:
    names = [segment.name for segment in projection.segments]
    _once(names, file, "projection.segments", "segment")
    if projection.lead_segment not in names:
        refuse(
            f"lead segment '{projection.lead_segment}' is not among the segments",
            file=file,
            key="projection.lead_segment",
            expected="one of " + (", ".join(names) or "[[projection.segments]], which are missing"),
        )
    for i, segment in enumerate(projection.segments):
        key = f"projection.segments[{i}]"
        if not segment.reported_as and (segment.revenue_per_year is None or segment.adj_ebita_margin_frac is None):
            refuse(
                f"'{segment.name}' is reported under no name and has no numbers of its own",
                file=file,
                key=f"{key}.reported_as",
                expected="names on a segment basis, or revenue_per_year and adj_ebita_margin_frac",
            )
        _once((reported.basis for reported in segment.reported_as), file, f"{key}.reported_as", "basis")
        for reported in segment.reported_as:
            if not reported.names:
                refuse("no name", file=file, key=f"{key}.reported_as", expected="at least one name on each basis")
        _check_number(segment.revenue_per_year, NOT_NEGATIVE, file, f"{key}.revenue_per_year")
        _check_number(segment.adj_ebita_margin_frac, POINTS, file, f"{key}.adj_ebita_margin_frac")
    taken = [(r.basis, name) for s in projection.segments for r in s.reported_as for name in r.names]
    _once((f"{name} on {basis}" for basis, name in taken), file, "projection.segments[].reported_as", "reported name")


def _check_choices(projection: Projection, file: str) -> None:
    if projection.target_meaning.value not in TARGET_MEANINGS:
        refuse(
            f"'{projection.target_meaning.value}' is no meaning of a target",
            file=file,
            key="projection.target_meaning.value",
            expected="one of " + ", ".join(TARGET_MEANINGS),
        )
    for name, bounds in (
        ("profit_years_ahead", SHARE),
        ("depreciation_today_frac", SHARE),
        ("capex_plan_years", NOT_NEGATIVE),
        ("multiple_log_sd", (0.0, 2.0)),
        ("cash", NOT_NEGATIVE),
        ("units_outstanding", POSITIVE),
        ("usd_rate", POSITIVE),
    ):
        _check_number(getattr(projection, name), bounds, file, f"projection.{name}")
    if not projection.independent_multiples:
        refuse(
            "no independent multiple",
            file=file,
            key="projection.independent_multiples",
            expected="at least one: the fitted multiples are held against them",
        )
    for i, number in enumerate(projection.independent_multiples):
        _check_number(number, MULTIPLES, file, f"projection.independent_multiples[{i}]")
    _check_draws(projection, file)


def _check_draws(projection: Projection, file: str) -> None:
    count = projection.scramblings.value
    if count < FEWEST_SCRAMBLINGS or count & (count - 1):
        refuse(
            f"{count} scramblings",
            file=file,
            key="projection.scramblings.value",
            expected=f"a power of two, {FEWEST_SCRAMBLINGS} or more: draws are shared out evenly among them",
        )
    smallest = count.bit_length()
    if not smallest <= projection.draws_log2.value <= MOST_DRAWS_LOG2:
        refuse(
            f"2 to the power of {projection.draws_log2.value} draws",
            file=file,
            key="projection.draws_log2.value",
            expected=f"{smallest} to {MOST_DRAWS_LOG2}",
        )
    if projection.seed.value < 0:
        refuse(f"seed {projection.seed.value}", file=file, key="projection.seed.value", expected="0 or more")


def _check_scenarios(scenario_set: ScenarioSet, projection: Projection, file: str) -> None:
    wanted = [band.name for band in scenario_set.scenarios]
    given = [scenario.scenario for scenario in projection.scenarios]
    _once(given, file, "projection.scenarios", "scenario")
    for name in wanted:
        if name not in given:
            refuse(
                f"scenario '{name}' has no drivers",
                file=file,
                key="projection.scenarios",
                expected="drivers for each of " + ", ".join(wanted) + ", or no projection at all",
            )
    for i, scenario in enumerate(projection.scenarios):
        if scenario.scenario not in wanted:
            refuse(
                f"there is no scenario '{scenario.scenario}'",
                file=file,
                key=f"projection.scenarios[{i}].scenario",
                expected="one of " + ", ".join(wanted),
            )
        _check_drivers(projection, scenario, file, f"projection.scenarios[{i}]")


def _check_drivers(projection: Projection, scenario: ScenarioDrivers, file: str, key: str) -> None:
    _check_number(scenario.multiple, MULTIPLES, file, f"{key}.multiple")
    for name, bounds in (
        ("revenue_growth_frac", GROWTH),
        ("lead_share_frac", SHARE),
        ("capex_plan_per_year", NOT_NEGATIVE),
        ("capex_maintenance_frac", SHARE),
    ):
        _check_driver(getattr(scenario, name), bounds, file, f"{key}.{name}")
    for name in ("probability", "lead_revenue_loss_frac", "lead_margin_loss_frac"):
        _check_number(getattr(scenario.chip_restriction, name), SHARE, file, f"{key}.chip_restriction.{name}")
    names = [segment.name for segment in projection.segments]
    given = [segment.segment for segment in scenario.segments]
    _once(given, file, f"{key}.segments", "segment")
    if set(given) != set(names):
        odd = sorted(set(given) ^ set(names))
        refuse(
            f"{', '.join(odd)}: without drivers, or no segment of the projection",
            file=file,
            key=f"{key}.segments",
            expected="drivers for each of " + ", ".join(names),
        )
    for i, segment in enumerate(scenario.segments):
        at = f"{key}.segments[{i}]"
        _check_driver(segment.adj_ebita_margin_frac, POINTS, file, f"{at}.adj_ebita_margin_frac")
        if (segment.rest_weight_frac is None) != (segment.segment == projection.lead_segment):
            refuse(
                f"'{segment.segment}' " + ("has no weight" if segment.rest_weight_frac is None else "has a weight"),
                file=file,
                key=f"{at}.rest_weight_frac",
                expected="one for each segment but the lead, whose share is lead_share_frac",
            )
        if segment.rest_weight_frac is not None:
            _check_driver(segment.rest_weight_frac, SHARE, file, f"{at}.rest_weight_frac")
    lows = [s.rest_weight_frac.low.value for s in scenario.segments if s.rest_weight_frac is not None]
    if lows and not math.fsum(lows) > 0:
        refuse(
            "the weights may all be 0",
            file=file,
            key=f"{key}.segments[].rest_weight_frac.low.value",
            expected="more than 0 for at least one: they are brought to a sum of one",
        )


def _shared(projection: Projection) -> Iterator[tuple[str, Driver, tuple[float, float]]]:
    shared = projection.shared
    yield "useful_life_years", shared.useful_life_years, (1.0, 50.0)
    yield "tax_rate_frac", shared.tax_rate_frac, BELOW_ONE
    yield "net_buyback_frac", shared.net_buyback_frac, (-0.5, 0.5)
    yield "stakes", shared.stakes, NOT_NEGATIVE
    yield "debt", shared.debt, NOT_NEGATIVE
    yield "discount_rate_frac", shared.discount_rate_frac, SHARE


def _check_driver(driver: Driver, bounds: tuple[float, float], file: str, key: str) -> None:
    for place in ("low", "mode", "high"):
        _check_number(getattr(driver, place), bounds, file, f"{key}.{place}")
    low, mode, high = driver.low.value, driver.mode.value, driver.high.value
    if not low <= mode <= high:
        refuse(
            f"the range is in disorder: low {low:g}, mode {mode:g}, high {high:g}",
            file=file,
            key=f"{key}.{'high' if high < low or high < mode else 'mode'}.value",
            expected="low at most mode, mode at most high",
        )


def _check_number(number: Number | Parameter[int] | None, bounds: tuple[float, float], file: str, key: str) -> None:
    if number is not None and not bounds[0] <= number.value <= bounds[1]:
        refuse(
            f"{number.value:g} lies outside",
            file=file,
            key=f"{key}.value",
            expected=f"between {bounds[0]:g} and {bounds[1]:g}" if bounds[1] < math.inf else f"{bounds[0]:.3g} or more",
        )


def _check_correlations(projection: Projection, file: str) -> None:
    names = projection.driver_names()
    matrix = np.eye(len(names))
    for i, pair in enumerate(projection.correlations):
        key = f"projection.correlations[{i}]"
        for place in ("first", "second"):
            if getattr(pair, place) not in names:
                refuse(
                    f"there is no driver '{getattr(pair, place)}'",
                    file=file,
                    key=f"{key}.{place}",
                    expected="one of " + ", ".join(names),
                )
        first, second = names.index(pair.first), names.index(pair.second)
        if first == second or matrix[first, second] != 0:
            refuse(
                f"'{pair.first}' and '{pair.second}': one and the same, or a pair that stands twice",
                file=file,
                key=key,
                expected="each pair of two drivers once",
            )
        if not -1 < pair.rho.value < 1 or pair.rho.value == 0:
            refuse(
                f"a correlation of {pair.rho.value:g}",
                file=file,
                key=f"{key}.rho.value",
                expected="between -1 and 1, exclusive, and not 0: pairs that are not named have none",
            )
        matrix[first, second] = matrix[second, first] = pair.rho.value
    if np.linalg.eigvalsh(matrix).min() < 1e-8:  # noqa: PLR2004 - nearer to zero the root is noise
        refuse(
            "the correlations contradict each other: their matrix is not positive definite",
            file=file,
            key="projection.correlations",
            expected="weaker ones: what goes with the same thing goes together",
        )


def _once(names: Iterable[str], file: str, key: str, what: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            refuse(f"'{name}' stands twice", file=file, key=key, expected=f"each {what} once")
