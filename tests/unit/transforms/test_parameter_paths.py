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
