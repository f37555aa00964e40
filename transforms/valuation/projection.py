"""A scenario set's projection as of an instant: percentiles for its bands and its paths, or why there are none.

Here: from facts to rows of `marts.scenario_bands` and `marts.scenario_paths`. Not here: what a unit is worth
(`transforms.valuation.worth`), probabilities (`transforms.scenarios`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from aicycle.contracts.marts_scenario_paths import SCENARIO_PATHS
from aicycle.model.kinds import Status, weakest
from aicycle.model.parameters import Company, Listing, ScenarioSet, Universe
from aicycle.model.provenance import status_of
from transforms.valuation.drivers import End, at_end
from transforms.valuation.horizon import quarters_to
from transforms.valuation.requirement import target_usd
from transforms.valuation.start import NoProjection, starting_point
from transforms.valuation.uncertainty import Spread, simulate
from transforms.valuation.worth import Model, path

PATHS_SCHEMA = pl.Schema({n: t for n, t in SCENARIO_PATHS.polars_schema().items() if n != "run_id"})
NO_DRIVERS = "the scenario set has no projection: no drivers are registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetValue:
    """What one scenario's target is projected at; USD per unit of the as-of day."""

    p10_usd: float
    p50_usd: float
    p90_usd: float
    closed_form_usd: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projected:
    """A projection, or the reason why there is none."""

    null_reason: str | None
    targets: dict[str, TargetValue]
    """By scenario; empty where there is a reason."""
    paths: pl.DataFrame
    """`marts.scenario_paths` without run_id, by scenario and quarter_end; empty where there is a reason."""
    status: Status
    """Weakest of the facts and numbers used; of nothing used, `assumption`."""


def model_of(
    scenario_set: ScenarioSet,
    company: Company,
    listing: Listing,
    *,
    figures: pl.DataFrame,
    fx: pl.DataFrame,
    actions: pl.DataFrame,
    universe: Universe,
    as_of: datetime,
) -> Model | NoProjection:
    """Return what no driver moves: the starting point and the quarters from there, or why there is none.

    Args:
        scenario_set: bands' day, horizon and projection.
        company: whose.
        listing: in whose units.
        figures: versions of `core.reported_figures`.
        fx: versions of `core.fx_rates`.
        actions: versions of `core.corporate_actions`.
        universe: says which names are the group's total.
        as_of: instant with a time zone; nothing known later counts.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    projection = scenario_set.projection
    if projection is None:
        return NoProjection(NO_DRIVERS)
    start = starting_point(
        projection, company, listing, figures=figures, fx=fx, actions=actions, universe=universe, as_of=as_of
    )
    if isinstance(start, NoProjection):
        return start
    quarters = quarters_to(
        scenario_set.horizon,
        observed_month=max(start.revenue_month, start.mix.mix_month),
        bands_known_at=scenario_set.bands_known_at,
        as_of_day=start.as_of_day,
        plan_years=projection.capex_plan_years.value,
    )
    if not quarters.shown:
        return NoProjection(f"the horizon {scenario_set.horizon} has passed")
    return Model(start=start, quarters=quarters, projection=projection)


def project(scenario_set: ScenarioSet, model: Model | NoProjection) -> Projected:
    """Return percentiles of every scenario, or why there are none.

    A scenario in which the group loses money in the horizon's year has no value as a multiple, and with it the set has
    none: its scenarios are compared with each other.
    """
    if isinstance(model, NoProjection):
        return _nothing(model.reason)
    projection = model.projection
    scenarios = [projection.drivers_of(band.name) for band in scenario_set.scenarios]
    modes = {s.scenario: path(model, s, at_end(projection, s, End.MODE)) for s in scenarios}
    for name, expected in modes.items():
        if not expected.profit[-1] > 0:
            return _nothing(f"{name}: the group loses money in the year to {model.quarters.shown[-1]}, at the modes")
    spreads = simulate(model, scenarios)
    for name, spread in spreads.items():
        if not (spread.path_usd.min() > 0 and spread.target_usd.min() > 0 and modes[name].worth_usd.min() > 0):
            return _nothing(f"{name}: in one of ten draws debt exceeds what the group is worth")
    meaning = projection.target_meaning.value
    targets = {}
    for s in scenarios:
        p10, p50, p90 = (float(v) for v in spreads[s.scenario].target_usd)
        closed = target_usd(model, s, at_end(projection, s, End.MODE), meaning)
        targets[s.scenario] = TargetValue(p10_usd=p10, p50_usd=p50, p90_usd=p90, closed_form_usd=closed)
    return Projected(
        null_reason=None,
        targets=targets,
        paths=_paths(model, spreads, {name: expected.worth_usd.tolist() for name, expected in modes.items()}),
        status=weakest([model.start.status, status_of(projection)]),
    )


def _paths(model: Model, spreads: dict[str, Spread], modes: dict[str, list[float]]) -> pl.DataFrame:
    frames = [
        pl.DataFrame(
            {
                "scenario": [name] * len(model.quarters.shown),
                "quarter_end": list(model.quarters.shown),
                **{f"p{level}_usd": spread.path_usd[i] for i, level in enumerate((10, 50, 90))},
                "closed_form_usd": modes[name],
                **{f"se_p{level}_frac": spread.path_error_frac[i] for i, level in enumerate((10, 50, 90))},
            }
        )
        for name, spread in spreads.items()
    ]
    return pl.concat(frames).select(PATHS_SCHEMA.names()).match_to_schema(PATHS_SCHEMA).sort("scenario", "quarter_end")


def _nothing(reason: str) -> Projected:
    return Projected(null_reason=reason, targets={}, paths=PATHS_SCHEMA.to_frame(), status=Status.ASSUMPTION)
