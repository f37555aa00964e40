"""Fading, saturation, ramps and silence, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aicycle.model.parameters import Reading
from transforms.phases.evidence import NEVER, Evidence, score
from transforms.phases.steps import US_PER_YEAR

YEAR = int(US_PER_YEAR)
GROWTH = ("revenue_yoy_frac", Reading.LEVEL, False)


@pytest.fixture
def rules(configuration):
    return configuration.phases


def evidence(rules, *votes: tuple[str, int, int], places: int = 1, growth: list[float] | None = None) -> Evidence:
    """Evidence of three steps, at year 0, 1 and 2; votes are feature, place, microseconds."""
    names = [f.name for f in rules.features]
    ordered = sorted(votes, key=lambda vote: names.index(vote[0]))
    keys = {(r.metric, r.reading, r.is_of_company) for f in rules.features for r in f.ramps}
    levels = {key: np.full((3, places), np.nan) for key in keys}
    if growth is not None:
        levels[GROWTH][:, 0] = growth
    return Evidence(
        steps=np.array([0, YEAR, 2 * YEAR]),
        place_count=places,
        vote_feature=np.array([names.index(name) for name, _, _ in ordered], dtype=np.int64),
        vote_place=np.array([place for _, place, _ in ordered], dtype=np.int64),
        vote_known=np.array([known for _, _, known in ordered], dtype=np.int64),
        levels=levels,
        figure_known=np.full(places, NEVER),
    )


def of(rules, name: str) -> int:
    return [f.name for f in rules.features].index(name)


def test_a_vote_halves_with_its_half_life_and_counts_from_its_first_step(rules) -> None:
    found = score(evidence(rules, ("region_launch", 0, YEAR // 2), ("regulation", 0, 0)), rules)
    assert found.faded[of(rules, "region_launch"), 0] == pytest.approx(2**-1.5)
    assert found.faded[of(rules, "regulation"), 0] == pytest.approx(2 ** (-2 / 4))
    weight = rules.features[of(rules, "region_launch")].weights.value[0]
    regulation = rules.features[of(rules, "regulation")].weights.value[0]
    votes, ruling = 2**-0.5, 2**-0.25
    expected = weight * votes / (votes + 1) + regulation * ruling / (ruling + 1)
    assert found.scores[1, 0, 0] == pytest.approx(expected)
    assert found.scores[0, 0, 0] == pytest.approx(regulation * 0.5), "not known in the first step"


def test_twenty_votes_are_not_twenty_times_one(rules) -> None:
    one = score(evidence(rules, ("model_release", 0, 2 * YEAR)), rules)
    twenty = score(evidence(rules, *[("model_release", 0, 2 * YEAR)] * 20), rules)
    position = of(rules, "model_release")
    assert (one.strengths[position, 0], twenty.strengths[position, 0]) == pytest.approx((0.5, 20 / 21))


def test_a_ramp_is_straight_between_its_edges_and_flat_outside(rules) -> None:
    zero_at, one_at = rules.features[of(rules, "fast_growth")].ramps[0].edges.value
    middle = (zero_at + one_at) / 2
    for level, strength in ((zero_at - 1, 0.0), (zero_at, 0.0), (middle, 0.5), (one_at, 1.0), (one_at + 9, 1.0)):
        found = score(evidence(rules, growth=[np.nan, np.nan, level]), rules)
        assert found.strengths[of(rules, "fast_growth"), 0] == pytest.approx(strength)


def test_a_falling_ramp_is_a_rising_one_turned(rules) -> None:
    found = score(evidence(rules, growth=[np.nan, np.nan, -0.02]), rules)
    assert found.strengths[of(rules, "stagnation"), 0] == 1.0


def test_where_one_figure_is_missing_the_product_is_missing_and_adds_nothing(rules) -> None:
    found = score(evidence(rules, growth=[0.1, 0.1, 0.1]), rules)
    squeezed = of(rules, "squeezed_margin")
    assert np.isnan(found.strengths[squeezed, 0])
    assert found.contributions[squeezed].tolist() == [[0.0] * 4]


def test_scores_of_the_last_step_are_the_sum_of_contributions(rules) -> None:
    votes = [("region_launch", 0, 5), ("model_release", 1, YEAR), ("competition", 0, YEAR), ("competition", 1, 7)]
    found = score(evidence(rules, *votes, places=2, growth=[0.1, 0.2, 0.3]), rules)
    assert found.contributions.sum(axis=0) == pytest.approx(found.scores[-1], abs=1e-12)


def test_history_begins_with_the_first_evidence_of_a_place(rules) -> None:
    found = score(evidence(rules, ("region_launch", 1, YEAR + 1), places=3, growth=[np.nan, 0.1, 0.1]), rules)
    assert found.first_step.tolist() == [1, 2, 3]


def test_a_half_life_factor_stretches_every_half_life(rules) -> None:
    votes = [("region_launch", 0, 0), ("regulation", 0, 0)]
    longer = replace(
        rules,
        features=tuple(
            replace(f, half_life_years=replace(f.half_life_years, value=2 * f.half_life_years.value))
            if f.half_life_years
            else f
            for f in rules.features
        ),
    )
    one, other = score(evidence(rules, *votes), rules, half_life_factor=2.0), score(evidence(rules, *votes), longer)
    assert one.scores.tolist() == other.scores.tolist()
