"""Paths of configured values, and which of them an answer can depend on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aicycle.settings.configuration import dump_configuration, load_configuration
from transforms.parameter_paths import configured_values, relevant_values

NUMBER = {"value": 1.0, "unit": "x", "status": "assumption", "source": "s", "why": "w", "known_at": "2026-11-28"}


@pytest.fixture(scope="module")
def values(root: Path):
    return configured_values(json.loads(dump_configuration(load_configuration(root / "config"))))


def test_a_parameter_is_one_line_with_its_provenance(values):
    line = values["scenario_sets[Alibaba].scenarios[optimistic].target_high_usd"]
    assert (line.value, line.unit, line.status, line.known_at) == (240, "USD per ADS", "article", "2025-09-28")
    assert line.source
    assert line.why
    assert line.file == "config/scenarios/"
    assert values["scenario_sets[Alibaba].version"].status is None


def test_a_neighbour_changes_no_path():
    one = {"names": [{"name": "b", "level": NUMBER}], "plain": [1, 2]}
    two = {"names": [{"name": "a", "level": NUMBER}, {"name": "b", "level": NUMBER}], "plain": [1, 2]}
    assert set(configured_values(one)) <= set(configured_values(two))
    assert configured_values(two)["names[b].level"].value == 1.0
    assert configured_values(two)["plain[1]"].value == 2


@pytest.mark.parametrize(
    ("neighbour", "item", "name"),
    [
        (
            {"rule_id": "a", "version": 1, "company": "Alibaba"},
            {"rule_id": "b", "version": 1, "company": "Nvidia"},
            "b/1",
        ),
        ({"target_id": "a", "company": "Alibaba"}, {"target_id": "b", "company": "Nvidia"}, "b"),
        ({"check_id": "a"}, {"check_id": "b"}, "b"),
        ({"first": "x", "second": "y"}, {"first": "x", "second": "z"}, "x/z"),
        (
            {"family": "f", "scenario": "up", "direction": 1},
            {"family": "f", "scenario": "down", "direction": 1},
            "f/down/1",
        ),
        ({"scenario": "up"}, {"scenario": "down"}, "down"),
        ({"segment": "cloud"}, {"segment": "chips"}, "chips"),
        ({"basis": "old", "name": "Total"}, {"basis": "new", "name": "Cloud"}, "new/Cloud"),
    ],
)
def test_a_neighbour_put_first_renames_nothing(neighbour, item, name):
    # Alone, beside one that differs, and beside one that differs in a single word.
    alone = configured_values({"list": [item | {"level": NUMBER}]})
    for other in (neighbour, neighbour | {k: v for k, v in item.items() if k in {"company", "name"}}):
        both = configured_values({"list": [part | {"level": NUMBER} for part in (other, item)]})
        assert both.keys() >= alone.keys() >= {f"list[{name}].level"}
        assert all(both[path] == line for path, line in alone.items())


def test_a_new_correlation_put_first_is_the_only_difference(root: Path):
    content = json.loads(dump_configuration(load_configuration(root / "config")))
    before = configured_values(content)
    new = {"first": "new", "second": "multiple", "rho": NUMBER}
    content["scenario_sets"][0]["projection"]["correlations"].insert(0, new)
    after = configured_values(content)
    assert {path for path in after if after[path] != before.get(path)} == {
        f"scenario_sets[Alibaba].projection.correlations[new/multiple].{name}" for name in ("first", "second", "rho")
    }
    assert before.keys() <= after.keys()


def test_one_rule_per_company_is_still_named_as_a_rule(root: Path):
    content = json.loads(dump_configuration(load_configuration(root / "config")))
    (rule, *_) = content["alert_rules"]
    alone = configured_values({"alert_rules": [rule]})
    two = configured_values({"alert_rules": [rule | {"rule_id": "nvda", "company": "Nvidia"}, rule]})
    assert all(path.startswith(f"alert_rules[{rule['rule_id']}/{rule['version']}]") for path in alone)
    assert alone.keys() <= two.keys()


def test_words_are_named_by_themselves_but_where_their_order_counts():
    assert set(configured_values({"quiet": ["b", "a"]})) == {"quiet[a]", "quiet[b]"}
    assert set(configured_values({"quiet": ["a", "a"]})) == {"quiet[0]", "quiet[1]"}
    named = configured_values({"phases": {"phase_names": ["b", "a"]}})
    assert {path: line.value for path, line in named.items()} == {
        "phases.phase_names[0]": "b", "phases.phase_names[1]": "a",
    }  # fmt: skip


def test_lists_whose_items_have_no_name_go_by_position():
    twice = {"items": [{"name": "a", "level": NUMBER}, {"name": "a", "level": NUMBER}]}
    assert {"items[0].level", "items[1].level"} <= set(configured_values(twice))
    assert set(configured_values({"items": [{"level": NUMBER}], "none": None})) == {"items[0].level"}


def test_what_cant_matter_is_left_out(values):
    scenario = relevant_values(values, "marts.scenario_runs", "Alibaba")
    phases = relevant_values(values, "marts.phase_assessments", "Alibaba")
    everybody = relevant_values(values, "marts.phase_assessments", None)
    heads = {path.partition(".")[0].partition("[")[0] for path in scenario}
    assert heads == {"universe", "scenario_sets"}
    assert {path.partition(".")[0].partition("[")[0] for path in phases} == {"universe", "phases"}
    assert not any("universe.companies[Nvidia]" in path for path in [*scenario, *phases])
    assert any("universe.companies[Nvidia]" in path for path in everybody)
    assert (
        relevant_values(values, "marts.scenario_runs", "Nvidia")
        .keys()
        .isdisjoint(path for path in values if path.startswith("scenario_sets[Alibaba]"))
    )


def test_what_is_new_in_config_counts_and_a_name_with_a_dot_is_one_name():
    content = {"drivers": {"growth": NUMBER}, "scenario_sets": [{"company": "Acme.com", "level": NUMBER}]}
    found = relevant_values(configured_values(content), "marts.scenario_runs", "Acme.com")
    assert {"drivers.growth", "scenario_sets[Acme.com].level"} <= set(found)
    assert "scenario_sets[Acme.com].level" not in relevant_values(
        configured_values(content), "marts.scenario_runs", "Acme"
    )
