"""The evaluation: what it counts, that chance is chance, and that it says so where there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from transforms.event_members import event_members
from transforms.phases.assessment import known_evidence
from transforms.phases.honesty import Facts, evaluate_phases
from transforms.phases.variations import ABSTAINED, DWELLS, FACTORS, of_places, permuted, phases_said

SPEAKING = {"cloud": "region_launch", "models": "model_release", "chips": "chip_release", "e-commerce": "competition",
            "logistics": "consolidation", "fintech": "competition"}  # fmt: skip


def happenings(given, *, each: int = 8, segments: dict[str, str] = SPEAKING) -> list[dict[str, Any]]:
    return [
        {
            "segment": segment, "type": kind, "company": "Ant" if segment == "fintech" else "Alibaba",
            "announcement_id": f"{segment} {n}", "cycle_event_id": f"{segment} {n}",
            "known_at": given.as_of - timedelta(days=60 * n),
        }
        for segment, kind in segments.items()
        for n in range(each)
    ]  # fmt: skip


@pytest.fixture
def evaluated(configuration, given) -> Callable[..., dict[str, Any]]:
    def evaluate(*rows: dict[str, Any], company: str = "Alibaba", seed: int = 0, rules=None) -> dict[str, Any]:
        events, announcements = given.events(*rows), given.announcements()
        return evaluate_phases(
            Facts(
                events=events,
                announcements=announcements,
                members=event_members(announcements, events),
                metrics_as_of=lambda _: given.metrics(),
            ),
            universe=configuration.universe,
            rules=rules or configuration.phases,
            article=configuration.article_map,
            company=company,
            as_of=given.as_of,
            seed=seed,
            permutations=200,
        )

    return evaluate


def test_hits_abstentions_and_errors_are_counted_apart(evaluated, given) -> None:
    wrong = SPEAKING | {"cloud": "model_release"}
    del wrong["chips"]
    found = evaluated(*happenings(given, segments=wrong))
    results = {line["segment"]: line["result"] for line in found["segments"]}
    assert results == {"cloud": "error", "models": "hit", "chips": "abstention", "e-commerce": "hit",
                       "fintech": "hit", "logistics": "hit"}  # fmt: skip
    assert (found["hits"], found["abstentions"], found["errors"]) == (4, 1, 1)
    assert found["not_assessed"] == ["chips"]
    by_segment = {line["segment"]: line for line in found["segments"]}
    assert by_segment["cloud"]["margin"] < 0 < by_segment["models"]["margin"]
    assert by_segment["chips"]["margin"] is None


def test_baselines_are_what_they_are_called(evaluated, given) -> None:
    found = evaluated(*happenings(given))
    hits = {line["name"]: line["hits"] for line in found["baselines"]}
    assert hits["dictionary"] == 6
    assert hits["majority phase"] == 3
    assert found["hits_beyond_baselines"] == 0
    young = evaluated(*(row | {"known_at": given.as_of} for row in happenings(given)))
    before = next(line for line in young["baselines"] if line["name"] == "never changes")
    assert (before["hits"], before["abstentions"]) == (0, 6), "a quarter ago nothing was known"


def test_permuted_happenings_hit_no_more_than_chance(evaluated, given) -> None:
    permutation = evaluated(*happenings(given))["permutation"]
    assert permutation["observed_accuracy"] == 1.0
    assert permutation["mean_accuracy"] == pytest.approx(permutation["chance_accuracy"], abs=0.08)
    assert permutation["mean_accuracy"] < 0.5
    assert permutation["p_value"] < 0.05


def test_the_same_seed_is_the_same_lot(evaluated, given) -> None:
    rows = happenings(given)
    one, again, other = (evaluated(*rows, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one["permutation"] != other["permutation"]


def test_a_permutation_deals_everything_and_loses_nothing(configuration, given) -> None:
    events = given.events(*happenings(given))
    known = known_evidence(
        events=events, announcements=given.announcements(), members=event_members(given.announcements(), events),
        metrics=given.metrics(), universe=configuration.universe, rules=configuration.phases, as_of=given.as_of,
    )  # fmt: skip
    said = permuted(known, configuration.phases, range(6), seed=3, count=50)
    assert said.shape == (50, 6)
    assert len({tuple(row) for row in said.tolist()}) > 10
    real = phases_said(of_places(known.evidence, range(6)), configuration.phases)
    assert real.tolist() == [1, 2, 2, 3, 3, 3]


def test_the_grid_is_wide_and_holds_what_is_registered(evaluated, given) -> None:
    sensitivity = evaluated(*happenings(given))["sensitivity"]
    assert sensitivity["cells"] == len(FACTORS) ** 2 * len(DWELLS) >= 27
    assert min(FACTORS) <= 0.5
    assert max(FACTORS) >= 2.0
    assert 1.0 in FACTORS
    assert set(DWELLS) == {1, 2, 3, 4}
    assert sensitivity["kept_frac"] == sensitivity["kept"] / sensitivity["cells"]
    assert all(line["kept_frac"] >= sensitivity["kept_frac"] for line in sensitivity["segments"])
    assert sensitivity["weights"]["cells"] == 200


def test_what_hangs_on_a_thread_is_not_kept(evaluated, given) -> None:
    shaky = [row for row in happenings(given) if row["segment"] != "cloud"]
    shaky += happenings(given, each=3, segments={"cloud": "region_launch"})
    shaky += [
        row | {"cycle_event_id": "x" + row["cycle_event_id"], "announcement_id": "x" + row["announcement_id"]}
        for row in happenings(given, each=2, segments={"cloud": "competition"})
    ]
    sensitivity = evaluated(*shaky)["sensitivity"]
    kept = {line["segment"]: line["kept_frac"] for line in sensitivity["segments"]}
    assert kept["cloud"] < kept["models"]


def test_a_family_is_needed_dormant_or_not_needed(evaluated, given, configuration) -> None:
    found = {line["family"]: line for line in evaluated(*happenings(given))["ablation"]}
    assert found["platform"]["state"] == "needed"
    assert found["platform"]["segment"] in {"models", "chips"}
    assert found["stability"]["state"] == "not needed", "there are no figures"
    elsewhere = evaluated({"company": "Nvidia", "segment": "chips", "type": "chip_release"})
    platform = next(line for line in elsewhere["ablation"] if line["family"] == "platform")
    assert platform["state"] == "dormant here"
    assert (platform["elsewhere"]["company"], platform["elsewhere"]["segment"]) == ("Nvidia", "chips")


def test_without_any_facts_it_abstains_and_says_so(evaluated) -> None:
    found = evaluated()
    assert (found["hits"], found["abstentions"], found["errors"]) == (0, 6, 0)
    assert len(found["not_assessed"]) == 6
    assert found["sensitivity"]["kept"] == 0
    assert found["permutation"]["mean_accuracy"] == 0.0
    assert found["permutation"]["p_value"] == 1.0


def test_a_company_without_a_map_is_compared_with_itself(evaluated, given) -> None:
    chips = happenings(given, segments={"chips": "chip_release"})
    found = evaluated(*(row | {"company": "Nvidia"} for row in chips), company="Nvidia")
    (line,) = found["segments"]
    assert (line["article_phase"], line["phase"], line["result"]) == (None, 2, "not mapped")
    assert found["sensitivity"]["against"] == "what the registered numbers say"
    assert found["permutation"]["mean_accuracy"] is None
    with pytest.raises(ValueError, match="Nobody"):
        evaluated(company="Nobody")


def test_elsewhere_is_labelled_hindsight(evaluated, given) -> None:
    found = evaluated(*happenings(given))["elsewhere"]
    assert {line["basis"] for line in found} == {"hindsight"}
    assert {line["as_of"].year for line in found if line["company"] == "Alibaba"} == {2021, 2022, 2023, 2024}
    assert {"Nvidia", "Huawei"} <= {line["company"] for line in found}


def test_half_a_company_is_the_same_half(configuration, given) -> None:
    events = given.events(*happenings(given))
    known = known_evidence(
        events=events, announcements=given.announcements(), members=event_members(given.announcements(), events),
        metrics=given.metrics(), universe=configuration.universe, rules=configuration.phases, as_of=given.as_of,
    )  # fmt: skip
    whole = phases_said(known.evidence, configuration.phases)
    half = phases_said(of_places(known.evidence, [4, 1]), configuration.phases)
    assert half.tolist() == whole[[4, 1]].tolist() == [3, 2]
    silent = replace(configuration.phases, min_votes=replace(configuration.phases.min_votes, value=99.0))
    assert np.all(phases_said(known.evidence, silent) == ABSTAINED)
