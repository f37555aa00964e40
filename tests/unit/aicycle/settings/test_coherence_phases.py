"""Rules of the phases that can't be computed are refused, with file and key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aicycle.errors import ConfigError
from aicycle.model.kinds import EventType
from aicycle.model.parameters import Configuration, PhaseFeature, PhaseRules
from aicycle.settings.coherence_phases import check_article_map, check_phases
from aicycle.settings.configuration import load_configuration


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


def valued(parameter, value):
    return replace(parameter, value=value)


def of_events(**changes) -> Callable[[PhaseRules], PhaseRules]:
    return lambda rules: replace(rules, features=(replace(rules.features[0], **changes), *rules.features[1:]))


def of_figures(change: Callable[[PhaseFeature], PhaseFeature]) -> Callable[[PhaseRules], PhaseRules]:
    def edit(rules: PhaseRules) -> PhaseRules:
        at = next(i for i, f in enumerate(rules.features) if f.quiet)
        return replace(rules, features=(change(rules.features[at]), *rules.features[:at], *rules.features[at + 1 :]))

    return edit


def of_dynamics(name: str, value: float) -> Callable[[PhaseRules], PhaseRules]:
    return lambda rules: replace(
        rules, dynamics=replace(rules.dynamics, **{name: valued(getattr(rules.dynamics, name), value)})
    )


def edges(*values: float) -> Callable[[PhaseFeature], PhaseFeature]:
    return lambda f: replace(f, ramps=(replace(f.ramps[0], edges=valued(f.ramps[0].edges, values)), *f.ramps[1:]))


REFUSED = {
    "no feature": (lambda r: replace(r, features=()), "features"),
    "a feature twice": (lambda r: replace(r, features=r.features * 2), "features"),
    "an event type in two features": (
        of_events(event_types=(EventType.MODEL_RELEASE,)), "features[].event_types"),
    "a feature of nothing": (of_events(event_types=()), "features[0]"),
    "events and figures at once": (of_figures(lambda f: replace(f, event_types=(EventType.RESULTS,))), "features[0]"),
    "events that do not fade": (of_events(half_life_years=None), "features[0].half_life_years"),
    "figures that fade": (
        lambda r: of_figures(lambda f: replace(f, half_life_years=r.features[0].half_life_years))(r),
        "features[0].half_life_years"),
    "no direction": (of_events(directions=()), "features[0].directions"),
    "a direction of two": (of_events(directions=(2,)), "features[0].directions"),
    "a ramp without width": (of_figures(edges(0.1, 0.1)), "features[0].ramps[0].edges.value"),
    "a ramp with three edges": (of_figures(edges(0.1, 0.2, 0.3)), "features[0].ramps[0].edges.value"),
    "the absence of what is not read": (of_figures(lambda f: replace(f, quiet=("peace",))), "features[0].quiet"),
    "the absence of figures": (of_figures(lambda f: replace(f, quiet=("fast_growth",))), "features[0].quiet"),
    "silence alone": (of_events(quiet=("model_release",)), "features[0].quiet"),
    "no temperature": (of_dynamics("temperature", 0.0), "dynamics.temperature.value"),
    "a probability above one": (of_dynamics("advance_frac", 1.5), "dynamics.advance_frac.value"),
    "a negative probability": (of_dynamics("restart_frac", -0.1), "dynamics.restart_frac.value"),
    "leaving more than surely": (of_dynamics("advance_frac", 0.99), "dynamics"),
    "no dwell": (of_dynamics("dwell_quarters", 0), "dynamics.dwell_quarters.value"),
    "no history": (of_dynamics("history_quarters", 0), "dynamics.history_quarters.value"),
    "a thousand years": (of_dynamics("history_quarters", 4000), "dynamics.history_quarters.value"),
    "no saturation": (lambda r: replace(r, saturation_votes=valued(r.saturation_votes, 0.0)), "saturation_votes.value"),
    "figures that never speak": (
        lambda r: replace(r, figure_life_years=valued(r.figure_life_years, 0.0)), "figure_life_years.value"),
    "a probability of two": (lambda r: replace(r, abstain_below=valued(r.abstain_below, 2.0)), "abstain_below.value"),
    "stale at once": (
        lambda r: replace(r, stale_after_years=valued(r.stale_after_years, 0.0)), "stale_after_years.value"),
    "a baseline for phase nought": (
        lambda r: replace(r, baseline=(replace(r.baseline[0], phase=valued(r.baseline[0].phase, 0)),)),
        "baseline[0].phase.value"),
}  # fmt: skip


@pytest.mark.parametrize("named", REFUSED)
def test_rules_are_refused_with_file_and_key(configuration: Configuration, named: str) -> None:
    edit, key = REFUSED[named]
    with pytest.raises(ConfigError) as caught:
        check_phases(edit(configuration.phases), "phases.toml")
    assert caught.value.where == f"config/phases.toml, key {key}"
    assert caught.value.expected
    assert caught.value.next_command


def test_the_projects_own_rules_pass(configuration: Configuration) -> None:
    check_phases(configuration.phases, "phases.toml")


def test_a_map_must_fit_the_universe(configuration: Configuration) -> None:
    article = configuration.article_map
    assert article is not None
    first = article.segments[0]
    on_another_day = replace(first, segment="chips", phase=replace(first.phase, known_at=date(2020, 1, 1)))
    refused = {
        "company": replace(article, company="Nobody"),
        "segments": replace(article, segments=()),
        "segments[0].segment": replace(article, segments=(replace(first, segment="films"),)),
        "segments[1].phase.known_at": replace(article, segments=(first, on_another_day)),
        "segments[0].phase.value": replace(article, segments=(replace(first, phase=replace(first.phase, value=7)),)),
    }
    for key, edited in refused.items():
        with pytest.raises(ConfigError) as caught:
            check_article_map(edited, "article_map.toml", configuration.universe, configuration.phases)
        assert caught.value.where == f"config/article_map.toml, key {key}"
    twice = replace(article, segments=(first, first))
    with pytest.raises(ConfigError, match="twice"):
        check_article_map(twice, "article_map.toml", configuration.universe, configuration.phases)
