"""How `config/metrics.toml` and the homes of companies are refused: with file and key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aicycle.errors import ConfigError
from aicycle.model.kinds import Status
from aicycle.model.parameters import Configuration
from aicycle.settings.coherence_metrics import check_home_countries, check_metrics
from aicycle.settings.configuration import load_configuration


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


def test_the_target_is_the_articles_and_says_that_nobody_confirmed_it(configuration: Configuration):
    (target,) = configuration.metrics.targets

    assert (target.company, target.segment, target.multiple.value) == ("Alibaba", "cloud", 5.0)
    assert (target.base_on, target.due_on) == (date(2022, 12, 31), date(2030, 12, 31))
    assert (target.multiple.status, target.multiple.known_at) == (Status.ARTICLE, date(2025, 9, 28))
    assert "not confirmed by a second source" in target.multiple.source
    assert configuration.metrics.plan_start.status is Status.ASSUMPTION


def test_every_company_is_at_home_somewhere(configuration: Configuration):
    homes = {c.name: c.home_country for c in configuration.universe.companies}

    assert homes["Alibaba"] == homes["Huawei"] == "CN"
    assert all(homes.values())


@pytest.mark.parametrize(
    ("change", "key", "what"),
    [
        ({"company": "Nobody"}, "segment", "not watched"),
        ({"segment": "nothing"}, "segment", "not watched"),
        ({"base_on": date(2022, 12, 30)}, "base_on", "no quarter's last day"),
        ({"due_on": date(2030, 11, 30)}, "due_on", "no quarter's last day"),
        ({"due_on": date(2022, 12, 31)}, "due_on", "not after its base"),
        ({"target_id": " "}, "target_id", "stands twice or has no name"),
    ],
    ids=str,
)
def test_a_target_that_leads_nowhere_is_refused(
    configuration: Configuration, change: dict[str, Any], key: str, what: str
):
    rules = replace(configuration.metrics, targets=(replace(configuration.metrics.targets[0], **change),))

    with pytest.raises(ConfigError, match=what) as caught:
        check_metrics(rules, "metrics.toml", configuration.universe)
    assert caught.value.where == f"config/metrics.toml, key targets[0].{key}"


def test_a_target_of_the_group_is_fine_and_twice_the_same_is_not(configuration: Configuration):
    target = replace(configuration.metrics.targets[0], segment="group")
    check_metrics(replace(configuration.metrics, targets=(target,)), "metrics.toml", configuration.universe)

    with pytest.raises(ConfigError, match="stands twice"):
        check_metrics(replace(configuration.metrics, targets=(target, target)), "metrics.toml", configuration.universe)


@pytest.mark.parametrize("multiple", [0.0, -5.0])
def test_a_multiple_is_positive(configuration: Configuration, multiple: float):
    target = configuration.metrics.targets[0]
    wrong = replace(target, multiple=replace(target.multiple, value=multiple))

    with pytest.raises(ConfigError, match="multiple"):
        check_metrics(replace(configuration.metrics, targets=(wrong,)), "metrics.toml", configuration.universe)


def test_an_unknown_start_rule_is_refused(configuration: Configuration):
    rules = replace(configuration.metrics, plan_start=replace(configuration.metrics.plan_start, value="soon"))

    with pytest.raises(ConfigError, match="start rule 'soon'") as caught:
        check_metrics(rules, "metrics.toml", configuration.universe)
    assert caught.value.expected == "first_full_quarter | quarter_of_start"


@pytest.mark.parametrize(
    ("change", "key"), [({"home_country": "China"}, "home_country"), ({"name": "all tracked"}, "name")], ids=str
)
def test_a_company_from_nowhere_or_with_everybodys_name_is_refused(
    configuration: Configuration, change: dict[str, Any], key: str
):
    first, *others = configuration.universe.companies
    universe = replace(configuration.universe, companies=(replace(first, **change), *others))

    with pytest.raises(ConfigError) as caught:
        check_home_countries(universe, "universe.toml")
    assert caught.value.where == f"config/universe.toml, key companies[0].{key}"
