"""What `config/players.toml` must say, and how it is refused: with file and key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aicycle.errors import ConfigError
from aicycle.model.kinds import Status
from aicycle.model.parameters import Configuration, IndicatorWeight, PlayerRules
from aicycle.settings.coherence_players import check_players
from aicycle.settings.configuration import load_configuration


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


def refusal(rules: PlayerRules, configuration: Configuration) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        check_players(rules, "players.toml", configuration.universe)
    return caught.value


def test_the_ordering_is_the_articles_and_the_weights_are_ours(configuration: Configuration):
    rules = configuration.players

    assert [wave.number for wave in rules.waves] == [1, 2, 3]
    assert {(c.claim.status, c.claim.known_at) for c in rules.checks} == {(Status.ARTICLE, date(2025, 9, 28))}
    weights = [line.weight for wave in rules.waves for line in wave.weights]
    assert {(w.status, w.known_at) for w in weights} == {(Status.ASSUMPTION, date(2026, 11, 28))}
    for wave in rules.waves:
        assert sum(line.weight.value for line in wave.weights) == pytest.approx(1.0)


def test_each_statement_of_the_article_is_checked(configuration: Configuration):
    stated = {(c.above, c.above_wave, c.below, c.below_wave) for c in configuration.players.checks}
    leaders = ("Microsoft", "Amazon", "Alphabet")

    assert {(("Nvidia",), 1, (), 1), (("Nvidia",), 1, ("Nvidia",), 2), (("Nvidia",), 1, ("Nvidia",), 3)} <= stated
    assert (("Alibaba",), 2, ("Alibaba",), 1) in stated
    for other in ("Alibaba", "Tencent", "Baidu", "Huawei"):
        assert {(leaders, 2, (other,), 2), (leaders, 3, (other,), 3)} <= stated
    for other in ("Tencent", "Baidu", "Huawei"):
        assert {((other,), 2, ("Alibaba",), 2), (("Alibaba",), 2, (other,), 2)} <= stated


@pytest.mark.parametrize(
    ("change", "key", "what"),
    [
        ({"indicator": "fame_index"}, "weights[0].indicator", "does not exist"),
        ({"weight": -0.1}, "weights[0].weight.value", "a weight of -0.1"),
        ({"indicator": "cloud_home_share_frac"}, "weights[0].weight.value", "a weight of 0.4"),
        ({"indicator": "capex_ttm_usd"}, "weights[].indicator", "stands twice"),
    ],
    ids=str,
)
def test_a_weight_that_can_not_count_is_refused(
    configuration: Configuration, change: dict[str, Any], key: str, what: str
):
    first, *others = configuration.players.waves
    line, *lines = first.weights
    wrong = IndicatorWeight(
        indicator=change.get("indicator", line.indicator),
        weight=replace(line.weight, value=change.get("weight", line.weight.value)),
    )
    rules = replace(configuration.players, waves=(replace(first, weights=(wrong, *lines)), *others))

    error = refusal(rules, configuration)

    assert what in str(error)
    assert error.where == f"config/players.toml, key waves[0].{key}"


def test_a_wave_without_weight_and_no_wave_at_all_are_refused(configuration: Configuration):
    first, *others = configuration.players.waves

    nothing = refusal(replace(configuration.players, waves=(replace(first, weights=()), *others)), configuration)
    none = refusal(replace(configuration.players, waves=()), configuration)
    twice = refusal(replace(configuration.players, waves=(first, first)), configuration)

    assert "wave 1 has no weight" in str(nothing)
    assert "there is no wave" in str(none)
    assert "stands twice" in str(twice)


@pytest.mark.parametrize(
    ("change", "key", "what"),
    [
        ({"above": ()}, "above", "nobody"),
        ({"above": ("Nobody",)}, "above", "not watched"),
        ({"below": ("Nobody",)}, "below", "not watched"),
        ({"below_wave": 4}, "below_wave", "wave 4 does not exist"),
        ({"indicator": "model_releases_count"}, "indicator", "not shown in wave 1"),
    ],
    ids=str,
)
def test_a_check_of_nobody_is_refused(configuration: Configuration, change: dict[str, Any], key: str, what: str):
    first, *others = configuration.players.checks
    rules = replace(configuration.players, checks=(replace(first, **change), *others))

    error = refusal(rules, configuration)

    assert what in str(error)
    assert error.where == f"config/players.toml, key checks[0].{key}"


@pytest.mark.parametrize("name", ["event_window_years", "home_window_years", "oldest_figure_days"])
def test_a_window_of_no_length_is_refused(configuration: Configuration, name: str):
    number = getattr(configuration.players, name)

    error = refusal(replace(configuration.players, **{name: replace(number, value=0.0)}), configuration)

    assert error.where == f"config/players.toml, key {name}.value"
