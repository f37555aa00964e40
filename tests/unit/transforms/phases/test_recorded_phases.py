"""The phases of the recorded data against the article's map. What is asserted is what docs/model.md may claim."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.model.parameters import Configuration
from tests.first_load import tables_of_first_load
from transforms.event_members import event_members
from transforms.facts import Facts as AllFacts
from transforms.phases.honesty import Facts, evaluate_phases
from transforms.segment_metrics import segment_metrics

pytestmark = pytest.mark.recording

FILES = ("fx.csv", "reported_figures.csv", "cycle_events.csv", "capex_events.csv")


@pytest.fixture(scope="module")
def facts(recording_dir: Path, configuration: Configuration) -> AllFacts:
    tables = tables_of_first_load(recording_dir, FILES, configuration.universe)
    tables["core.event_members"] = event_members(tables["core.announcements"], tables["core.cycle_events"])
    return AllFacts.from_tables(tables)


@pytest.fixture(scope="module")
def found(facts: AllFacts, configuration: Configuration) -> dict[str, Any]:
    def metrics_as_of(instant: datetime) -> pl.DataFrame:
        metrics = segment_metrics(
            facts.reported_figures, facts.fx_rates, universe=configuration.universe, as_of=instant
        )
        return metrics if "first_known_at" in metrics.columns else metrics.with_columns(first_known_at="known_at")

    return evaluate_phases(
        Facts(
            events=facts.cycle_events,
            announcements=facts.announcements,
            members=facts.event_members,
            metrics_as_of=metrics_as_of,
        ),
        universe=configuration.universe,
        rules=configuration.phases,
        article=configuration.article_map,
        company="Alibaba",
        as_of=datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC),
        seed=0,
        permutations=200,
    )


def test_the_map_is_met_and_most_settings_keep_it(found) -> None:
    assert (found["hits"], found["abstentions"], found["errors"]) == (6, 0, 0)
    assert found["sensitivity"]["kept_frac"] >= 0.6
    assert found["sensitivity"]["weights"]["kept_frac"] >= 0.6
    assert all(line["margin"] > 0.5 for line in found["segments"])


def test_the_dictionary_hits_as_much_so_nothing_is_claimed(found) -> None:
    hits = {line["name"]: line["hits"] for line in found["baselines"]}
    assert hits["dictionary"] == 6
    assert found["hits_beyond_baselines"] == 0


def test_dealt_by_lot_the_evidence_hits_no_more_than_chance(found) -> None:
    permutation = found["permutation"]
    assert permutation["mean_accuracy"] <= permutation["chance_accuracy"] + 0.05
    assert permutation["p_value"] < 0.05


def test_every_family_is_needed_here_or_moves_something_elsewhere(found) -> None:
    states = {line["family"]: line["state"] for line in found["ablation"]}
    assert states == {
        "investment": "needed", "growth": "needed", "platform": "needed", "competition": "needed",
        "stability": "dormant here",
    }  # fmt: skip
    stability = next(line for line in found["ablation"] if line["family"] == "stability")
    assert stability["elsewhere"]["largest_change"] >= 0.02
