"""Questions about a company's worth: the bands confronted, and what must be true for a price.

Here: what is read and in which shape it is answered. Not here: printing (`confronting`), the arithmetic
(`transforms.valuation`).
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from aicycle.errors import NotKnownYetError, UsageError
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Listing, Projection, ScenarioSet
from aicycle.model.parameters.valuation import TARGET_MEANINGS
from flows.steps.deriving import View
from transforms.scenarios.bands import bands_on
from transforms.valuation.confrontation import confront, independent_multiples
from transforms.valuation.projection import model_of
from transforms.valuation.requirement import what_if
from transforms.valuation.start import NoProjection
from transforms.valuation.worth import Model

Answer = dict[str, Any]


def confrontation_answer(view: View, company: str) -> Answer:
    """Return how a company's bands stand against its drivers, from what was known by the bands' own day.

    Raises:
        UsageError: no such company, or it has no projection.
        NotKnownYetError: too little was known by that day.
    """
    scenario_set, projection, found, listing = _asked_for(view, company)
    instant = end_of_day(scenario_set.bands_known_at)
    model = _model(view, scenario_set, found, listing, instant)
    independent = independent_multiples(projection, view.facts.reported_figures, found, scenario_set=scenario_set)
    own = [number for number in projection.independent_multiples if number.status is Status.ASSUMPTION]
    bands = bands_on(scenario_set, view.facts.corporate_actions, symbol=listing.symbol, as_of=instant)
    result = confront(model, bands, independent)
    return {
        "company": company,
        "as_of": scenario_set.bands_known_at,
        "registered_meaning": projection.target_meaning.value,
        **asdict(result),
        "registered_multiples": {s.scenario: s.multiple.value for s in projection.scenarios},
        "are_multiples_our_own": all(m.source in {n.source for n in own} for m in independent),
        "facts": list(model.start.facts),
        "status": model.start.status.value,
    }


def what_if_answer(view: View, company: str, target: float) -> Answer:
    """Return what each driver alone would have to be for a target price, under both readings of a target.

    Raises:
        UsageError: no such company, no projection, or a target that is no price.
        NotKnownYetError: too little is known as of the view.
    """
    if not 0 < target < float("inf"):
        raise UsageError(
            f"{target:g} is no target price",
            expected="USD per unit, more than 0",
            next_command="aicycle what-if --target 180",
        )
    scenario_set, projection, found, listing = _asked_for(view, company)
    independent = independent_multiples(projection, view.facts.reported_figures, found, scenario_set=scenario_set)
    multiples = min(m.value for m in independent), max(m.value for m in independent)
    model = _model(view, scenario_set, found, listing, view.as_of)
    registered = projection.target_meaning
    readings = {}
    for meaning in (registered.value, *(m for m in TARGET_MEANINGS if m != registered.value)):
        read = replace(projection, target_meaning=replace(registered, value=meaning))
        readings[meaning] = [
            asdict(requirement)
            for band in scenario_set.scenarios
            for requirement in what_if(
                replace(model, projection=read), read.drivers_of(band.name), target=target, multiples=multiples
            )
        ]
    return {
        "company": company,
        "as_of": view.as_of,
        "target_usd": target,
        "registered_meaning": registered.value,
        "readings": readings,
        "status": model.start.status.value,
    }


def _asked_for(view: View, company: str) -> tuple[ScenarioSet, Projection, Company, Listing]:
    universe = view.configuration.universe
    scenario_set = view.configuration.scenario_set(company)
    found, listing = universe.company(company), universe.primary_listing(company)
    if scenario_set is None or scenario_set.projection is None or found is None or listing is None:
        with_one = [s.company for s in view.configuration.scenario_sets if s.projection is not None]
        raise UsageError(
            f"there is no projection of {company!r}",
            where="config/scenarios/",
            expected="one of " + (", ".join(with_one) or "a scenario set with [projection]"),
            next_command=f"aicycle eval scenarios --company {with_one[0]}" if with_one else "write one",
        )
    return scenario_set, scenario_set.projection, found, listing


def _model(view: View, scenario_set: ScenarioSet, company: Company, listing: Listing, as_of: datetime) -> Model:
    model = model_of(
        scenario_set,
        company,
        listing,
        figures=view.facts.reported_figures,
        fx=view.facts.fx_rates,
        actions=view.facts.corporate_actions,
        universe=view.configuration.universe,
        as_of=as_of,
    )
    if isinstance(model, NoProjection):
        raise NotKnownYetError(
            f"nothing can be projected of {company.name}: {model.reason}",
            where=f"as of {as_of.date().isoformat()}",
            expected="the figures that [projection] of its scenario set names",
            next_command="bring them with aicycle run --recording DIR, or ask for a later day",
        )
    return model
