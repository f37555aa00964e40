"""Projections that do not fit themselves are refused with file and key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aicycle.errors import ConfigError
from aicycle.model.parameters import Correlation, Projection, ScenarioSet
from aicycle.model.provenance import parameters_within
from aicycle.settings.coherence_valuation import check_projection
from aicycle.settings.configuration import load_configuration

Change = Callable[[Projection], Projection]


@pytest.fixture(scope="module")
def scenario_set(root: Path) -> ScenarioSet:
    found = load_configuration(root / "config").scenario_set("Alibaba")
    assert found is not None
    return found


def valued(parameter: Any, value: object) -> Any:
    return replace(parameter, value=value)


def shared(p: Projection, name: str, place: str, value: float) -> Projection:
    driver = getattr(p.shared, name)
    return replace(p, shared=replace(p.shared, **{name: replace(driver, **{place: valued(driver.mode, value)})}))


def first(p: Projection, **changed: Any) -> Projection:
    return replace(p, scenarios=(replace(p.scenarios[0], **changed), *p.scenarios[1:]))


def ranged(p: Projection, name: str, place: str, value: float) -> Projection:
    driver = getattr(p.scenarios[0], name)
    return first(p, **{name: replace(driver, **{place: valued(driver.mode, value)})})


def segment(p: Projection, position: int, **changed: Any) -> Projection:
    found = list(p.segments)
    found[position] = replace(found[position], **changed)
    return replace(p, segments=tuple(found))


def of_segment(p: Projection, position: int, **changed: Any) -> Projection:
    found = list(p.scenarios[0].segments)
    found[position] = replace(found[position], **changed)
    return first(p, segments=tuple(found))


def correlated(p: Projection, *pairs: tuple[str, str, float]) -> Projection:
    rho = p.correlations[0].rho
    return replace(p, correlations=tuple(Correlation(first=a, second=b, rho=valued(rho, r)) for a, b, r in pairs))


def chips(p: Projection, **changed: float) -> Projection:
    restriction = p.scenarios[0].chip_restriction
    values = {name: valued(getattr(restriction, name), value) for name, value in changed.items()}
    return first(p, chip_restriction=replace(restriction, **values))


REFUSED: dict[str, tuple[Change, str]] = {
    "a scenario without drivers": (lambda p: replace(p, scenarios=p.scenarios[:2]), "projection.scenarios"),
    "a scenario twice": (lambda p: replace(p, scenarios=(*p.scenarios, p.scenarios[0])), "projection.scenarios"),
    "an unknown scenario": (
        lambda p: replace(p, scenarios=(*p.scenarios, replace(p.scenarios[0], scenario="glorious"))),
        "projection.scenarios[3].scenario",
    ),
    "no segment": (lambda p: replace(p, segments=()), "projection.lead_segment"),
    "an unknown lead": (lambda p: replace(p, lead_segment="chips"), "projection.lead_segment"),
    "a segment twice": (lambda p: segment(p, 1, name="cloud"), "projection.segments"),
    "a segment from nowhere": (lambda p: segment(p, 1, reported_as=()), "projection.segments[1].reported_as"),
    "a basis without names": (
        lambda p: segment(p, 1, reported_as=(replace(p.segments[1].reported_as[0], names=()),)),
        "projection.segments[1].reported_as",
    ),
    "a basis twice": (
        lambda p: segment(p, 1, reported_as=p.segments[1].reported_as[:1] * 2),
        "projection.segments[1].reported_as",
    ),
    "a reported name twice": (
        lambda p: segment(p, 1, reported_as=p.segments[0].reported_as),
        "projection.segments[].reported_as",
    ),
    "a meaning that is none": (
        lambda p: replace(p, target_meaning=valued(p.target_meaning, "soon")),
        "projection.target_meaning.value",
    ),
    "a growth upside down": (lambda p: ranged(p, "revenue_growth_frac", "low", 0.2), "revenue_growth_frac"),
    "a mode above the high end": (lambda p: ranged(p, "lead_share_frac", "mode", 0.9), "lead_share_frac.high.value"),
    "a share above one": (lambda p: ranged(p, "lead_share_frac", "high", 1.1), "lead_share_frac.high.value"),
    "a negative plan": (lambda p: ranged(p, "capex_plan_per_year", "low", -1.0), "capex_plan_per_year.low.value"),
    "a life of nothing": (lambda p: shared(p, "useful_life_years", "low", 0.0), "shared.useful_life_years.low.value"),
    "all profit taxed away": (lambda p: shared(p, "tax_rate_frac", "high", 1.0), "shared.tax_rate_frac.high.value"),
    "a negative debt": (lambda p: shared(p, "debt", "low", -1.0), "shared.debt.low.value"),
    "a multiple below nothing": (
        lambda p: first(p, multiple=valued(p.scenarios[0].multiple, -1.0)),
        "scenarios[0].multiple.value",
    ),
    "a chance above one": (lambda p: chips(p, probability=1.5), "chip_restriction.probability.value"),
    "a loss of more than all": (lambda p: chips(p, lead_revenue_loss_frac=1.5), "lead_revenue_loss_frac.value"),
    "a segment without drivers": (
        lambda p: first(p, segments=p.scenarios[0].segments[:3]),
        "projection.scenarios[0].segments",
    ),
    "a lead with a weight": (
        lambda p: of_segment(p, 0, rest_weight_frac=p.scenarios[0].segments[1].rest_weight_frac),
        "segments[0].rest_weight_frac",
    ),
    "another without a weight": (lambda p: of_segment(p, 1, rest_weight_frac=None), "segments[1].rest_weight_frac"),
    "a margin of twice the revenue": (
        lambda p: of_segment(p, 1, adj_ebita_margin_frac=replace(
            p.scenarios[0].segments[1].adj_ebita_margin_frac, high=valued(p.multiple_log_sd, 2.0)
        )),
        "segments[1].adj_ebita_margin_frac.high.value",
    ),
    "no multiple of others": (lambda p: replace(p, independent_multiples=()), "projection.independent_multiples"),
    "a spread below nothing": (
        lambda p: replace(p, multiple_log_sd=valued(p.multiple_log_sd, -0.1)),
        "projection.multiple_log_sd.value",
    ),
    "no units": (
        lambda p: replace(p, units_outstanding=valued(p.units_outstanding, 0.0)),
        "projection.units_outstanding.value",
    ),
    "too few scramblings": (lambda p: replace(p, scramblings=valued(p.scramblings, 4)), "projection.scramblings.value"),
    "an odd number of scramblings": (
        lambda p: replace(p, scramblings=valued(p.scramblings, 9)),
        "projection.scramblings.value",
    ),
    "too few draws": (lambda p: replace(p, draws_log2=valued(p.draws_log2, 3)), "projection.draws_log2.value"),
    "too many draws": (lambda p: replace(p, draws_log2=valued(p.draws_log2, 40)), "projection.draws_log2.value"),
    "a seed below nothing": (lambda p: replace(p, seed=valued(p.seed, -1)), "projection.seed.value"),
    "a correlation with nobody": (
        lambda p: correlated(p, ("revenue_growth_frac", "mood", 0.1)),
        "projection.correlations[0].second",
    ),
    "a correlation with itself": (lambda p: correlated(p, ("debt", "debt", 0.1)), "projection.correlations[0]"),
    "a pair twice": (
        lambda p: correlated(p, ("debt", "stakes", 0.1), ("stakes", "debt", 0.1)),
        "projection.correlations[1]",
    ),
    "a correlation of one": (lambda p: correlated(p, ("debt", "stakes", 1.0)), "projection.correlations[0].rho.value"),
    "correlations that contradict each other": (
        lambda p: correlated(p, ("debt", "stakes", 0.9), ("debt", "multiple", 0.9), ("stakes", "multiple", -0.9)),
        "projection.correlations",
    ),
}  # fmt: skip


@pytest.mark.parametrize("named", REFUSED)
def test_refused_with_file_and_key(scenario_set: ScenarioSet, named: str) -> None:
    change, key = REFUSED[named]
    assert scenario_set.projection is not None
    with pytest.raises(ConfigError) as caught:
        check_projection(replace(scenario_set, projection=change(scenario_set.projection)), "scenarios/x.toml")
    assert caught.value.where.startswith("config/scenarios/x.toml, key projection.")
    assert key in caught.value.where
    assert caught.value.expected
    assert caught.value.next_command


def test_the_sets_of_the_project_pass_and_none_is_allowed(root: Path, scenario_set: ScenarioSet) -> None:
    sets = load_configuration(root / "config").scenario_sets
    assert {s.company for s in sets if s.projection is not None} == {"Alibaba", "Nvidia"}
    for found in sets:
        check_projection(found, "scenarios/x.toml")
    check_projection(replace(scenario_set, projection=None), "scenarios/x.toml")


def test_only_the_articles_numbers_are_the_articles_and_ours_are_dated(root: Path) -> None:
    for scenario_set in load_configuration(root / "config").scenario_sets:
        for path, parameter in parameters_within(scenario_set.projection):
            if parameter.status == "article":
                assert scenario_set.company == "Alibaba", path
                assert (str(parameter.known_at), parameter.source.startswith("article of 2025-09-28")) == (
                    "2025-09-28",
                    True,
                ), path
            if parameter.status == "assumption":
                assert str(parameter.known_at) == "2026-11-28", path
