"""The target bands against the drivers: one multiple fitted to each low edge, each high edge predicted.

Here: the fit, the six residuals, both readings of a target, how the multiples compare with those others used. Not here:
drivers and their sources (`config/scenarios/`), printing (`aicycle.cli`).

The value is linear in the multiple, so that the fit is exact: with all drivers at the low end of the value the low edge
comes out by construction and proves nothing. The high edge is then predicted with all drivers at the high end. There is
no tolerance to meet: what comes out is what is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Company, Parameter, Projection, ScenarioDrivers, ScenarioSet
from aicycle.model.parameters.valuation import MULTIPLE, TARGET_MEANINGS
from transforms.point_in_time import known_by
from transforms.scenarios.bands import Band
from transforms.valuation.drivers import End, at_end
from transforms.valuation.requirement import Requirement, target_usd, what_if
from transforms.valuation.worth import Model

FREE_PARAMETERS = 1
"""Per scenario: its multiple."""
MULTIPLE_METRICS = ("market_multiple", "price_target_multiple", "sotp_multiple_ecommerce")
"""Beginnings of metrics that hold a multiple of the whole group's profit, or of its largest part's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndependentMultiple:
    """A multiple somebody else used or observed."""

    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confronted:
    """One scenario under one reading of the target."""

    scenario: str
    meaning: str
    fitted_multiple: float | None
    """None: no multiple gives the low edge; `null_reason` says why."""
    null_reason: str | None
    is_within_independent: bool | None
    edge_low_usd: float
    edge_high_usd: float
    value_low_usd: float | None
    value_high_usd: float | None
    mode_usd: float | None
    """With every driver at its mode and the same multiple."""
    residual_low_usd: float | None
    """Zero by construction."""
    residual_low_frac: float | None
    residual_high_usd: float | None
    """Predicted minus the edge."""
    residual_high_frac: float | None
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confrontation:
    """All scenarios, both readings of the target; the registered reading first."""

    degrees_of_freedom: int
    """Six edges less the fitted multiples."""
    independent: tuple[IndependentMultiple, ...]
    independent_low: float
    independent_high: float
    scenarios: tuple[Confronted, ...]


def independent_multiples(
    projection: Projection, figures: pl.DataFrame, company: Company, *, scenario_set: ScenarioSet
) -> tuple[IndependentMultiple, ...]:
    """Return the multiples that others used for the group by the bands' day; without such facts the registered ones.

    Args:
        projection: the registered ones.
        figures: versions of `core.reported_figures`; what was reported after the bands' day does not count.
        company: whose; a source's own view stands as `<company> / <source>`.
        scenario_set: says the bands' day.
    """
    known = known_by(
        figures, REPORTED_FIGURES.key, end_of_day(scenario_set.bands_known_at), order=REPORTED_FIGURES.version_order
    ).filter(
        pl.col("company").str.starts_with(f"{company.name} / ")
        & pl.any_horizontal(pl.col("metric").str.starts_with(begin) for begin in MULTIPLE_METRICS)
    )
    found = [
        IndependentMultiple(
            value=row["value"],
            source=f"{row['company'].partition(' / ')[2]}, {row['metric']}, {row['period_end']}",
        )
        for row in known.sort("value", "company", "metric").iter_rows(named=True)
    ]
    if not found:
        found = [IndependentMultiple(value=n.value, source=n.source) for n in projection.independent_multiples]
    return tuple(sorted(found, key=lambda m: (m.value, m.source)))


def confront(model: Model, bands: Sequence[Band], independent: Sequence[IndependentMultiple]) -> Confrontation:
    """Fit one multiple per scenario to the low edge, predict the high edge.

    Args:
        model: start and quarters as of the bands' day: only what was known by then.
        bands: in units of the as-of day.
        independent: multiples that others used; at least one.
    """
    low, high = min(m.value for m in independent), max(m.value for m in independent)
    registered = model.projection.target_meaning.value
    meanings = (registered, *(m for m in TARGET_MEANINGS if m != registered))
    found = [
        _confronted(_read_as(model, meaning), model.projection.drivers_of(band.scenario), band, (low, high))
        for meaning in meanings
        for band in bands
    ]
    return Confrontation(
        degrees_of_freedom=2 * len(bands) - FREE_PARAMETERS * len(bands),
        independent=tuple(independent),
        independent_low=low,
        independent_high=high,
        scenarios=tuple(found),
    )


def _read_as(model: Model, meaning: str) -> Model:
    registered: Parameter[str] = model.projection.target_meaning
    return replace(model, projection=replace(model.projection, target_meaning=replace(registered, value=meaning)))


def fitted_multiple(model: Model, scenario: ScenarioDrivers, edge_usd: float) -> float | str:
    """Return the multiple at which all drivers at the low end give `edge_usd`, or why there is none."""
    meaning = model.projection.target_meaning.value
    lowest = at_end(model.projection, scenario, End.LOW)
    without, with_one = (target_usd(model, scenario, {**lowest, MULTIPLE: m}, meaning) for m in (0.0, 1.0))
    slope = with_one - without
    if not slope > 0:
        return "at the low end the group earns nothing: a multiple of a loss is no value"
    fitted = (edge_usd - without) / slope
    if fitted < 0:
        return f"cash and stakes alone are {without:.2f} USD, more than the edge: no multiple gives it"
    return fitted


def _confronted(model: Model, scenario: ScenarioDrivers, band: Band, independent: tuple[float, float]) -> Confronted:
    meaning = model.projection.target_meaning.value
    fitted = fitted_multiple(model, scenario, band.low_usd)
    if isinstance(fitted, str):
        return Confronted(
            scenario=band.scenario,
            meaning=meaning,
            fitted_multiple=None,
            null_reason=fitted,
            is_within_independent=None,
            edge_low_usd=band.low_usd,
            edge_high_usd=band.high_usd,
            value_low_usd=None,
            value_high_usd=None,
            mode_usd=None,
            residual_low_usd=None,
            residual_low_frac=None,
            residual_high_usd=None,
            residual_high_frac=None,
            explanation=fitted,
        )
    values = {
        end: target_usd(model, scenario, {**at_end(model.projection, scenario, end), MULTIPLE: fitted}, meaning)
        for end in End
    }
    miss_low, miss_high = values[End.LOW] - band.low_usd, values[End.HIGH] - band.high_usd
    at_fit = replace(scenario, multiple=replace(scenario.multiple, value=fitted))
    needed = what_if(model, at_fit, target=band.high_usd, multiples=independent, end=End.HIGH)
    return Confronted(
        scenario=band.scenario,
        meaning=meaning,
        fitted_multiple=fitted,
        null_reason=None,
        is_within_independent=independent[0] <= fitted <= independent[1],
        edge_low_usd=band.low_usd,
        edge_high_usd=band.high_usd,
        value_low_usd=values[End.LOW],
        value_high_usd=values[End.HIGH],
        mode_usd=values[End.MODE],
        residual_low_usd=miss_low,
        residual_low_frac=miss_low / band.low_usd,
        residual_high_usd=miss_high,
        residual_high_frac=miss_high / band.high_usd,
        explanation=_explained(band, fitted, values, needed, independent),
    )


def _explained(
    band: Band,
    fitted: float,
    values: dict[End, float],
    needed: Sequence[Requirement],
    independent: tuple[float, float],
) -> str:
    """Say what a residual means: which driver alone would have to be what."""
    misses = values[End.HIGH] - band.high_usd
    side = "above" if misses >= 0 else "below"
    high = f"{values[End.HIGH]:.0f} USD, {abs(misses):.0f} USD ({abs(misses) / band.high_usd:.0%}) {side} it"
    said = [f"the low edge is fitted and says nothing; the high edge is predicted at {high}"]
    spread, width = values[End.HIGH] / values[End.LOW], band.high_usd / band.low_usd
    said.append(f"from end to end the drivers move the value by a factor of {spread:.2f}, the band by {width:.2f}")
    ways = [f"{r.driver} {r.needed:.3g}" for r in needed if r.needed is not None]
    said.append(
        "with the others at the high end it would take " + (" or ".join(ways) if ways else "more than one of them")
    )
    if not independent[0] <= fitted <= independent[1]:
        side = "above" if fitted > independent[1] else "below"
        said.append(
            f"a multiple of {fitted:.1f} lies {side} the {independent[0]:g} to {independent[1]:g} that others used"
        )
    return "; ".join(said)
