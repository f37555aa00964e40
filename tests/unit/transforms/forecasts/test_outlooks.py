"""Smoothing, shifting, persistence: what is likely, and what may not be called impossible."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.settings.configuration import load_configuration
from transforms.forecasts.outlooks import (
    ABOVE,
    NOT_ABOVE,
    NoForecastError,
    above_outlook,
    as_it_is,
    smoothed,
    spread_out,
)

RULES = load_configuration(Path(__file__).parents[4] / "config").forecasts
UNSHIFTED = replace(
    RULES,
    momentum_nats=replace(RULES.momentum_nats, value=0.0),
    evidence_weight=replace(RULES.evidence_weight, value=0.0),
)
distances = st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=30)


def test_frequencies_are_smoothed_by_laplaces_rule() -> None:
    assert smoothed({"a": 3, "b": 0}, RULES) == {"a": 4 / 5, "b": 1 / 5}
    assert smoothed({"a": 0, "b": 0, "c": 0}, RULES) == pytest.approx(dict.fromkeys("abc", 1 / 3))


def test_persistence_leaves_its_doubt_to_all_equally() -> None:
    assert as_it_is("a", ["a", "b"], RULES) == pytest.approx({"a": 0.95, "b": 0.05})


def test_the_floor_is_shared_out_equally() -> None:
    assert spread_out({"a": 1.0, "b": 0.0}, 0.01) == pytest.approx({"a": 0.995, "b": 0.005})


def test_without_shift_the_model_is_climatology() -> None:
    outlook = above_outlook([1.0, -1.0, 1.0, 1.0], UNSHIFTED, tilt_nats=3.0)

    assert outlook.climatology[ABOVE] == pytest.approx(0.99 * 4 / 6 + 0.005)
    assert outlook.model == pytest.approx(outlook.climatology)


def test_momentum_is_the_newest_distance_in_typical_ones() -> None:
    # Each as far as the others: the newest counts for one typical distance.
    up = above_outlook([1.0, -1.0, -1.0, 1.0], RULES, tilt_nats=0.0)

    assert up.model[ABOVE] == pytest.approx(0.99 / (1 + math.exp(-0.5)) + 0.005)


def test_one_extraordinary_quarter_counts_for_two() -> None:
    # The newest is sqrt(8) typical distances away.
    moved = above_outlook([0.0] * 7 + [100.0], RULES, tilt_nats=0.0)
    limited = math.log(2 / 8) + 0.5 * 2

    assert moved.model[ABOVE] == pytest.approx(0.99 / (1 + math.exp(-limited)) + 0.005)


def test_evidence_tilts_by_its_weight() -> None:
    tilted = above_outlook([1.0, -1.0, 1.0, -1.0], RULES, tilt_nats=1.0)
    level = above_outlook([1.0, -1.0, 1.0, -1.0], RULES, tilt_nats=0.0)

    def odds(share: float) -> float:
        bare = (share - 0.005) / 0.99
        return math.log(bare / (1 - bare))

    assert odds(tilted.model[ABOVE]) - odds(level.model[ABOVE]) == pytest.approx(0.5)


def test_an_answer_on_the_threshold_is_not_above_it() -> None:
    outlook = above_outlook([0.0, 0.0, 0.0, 0.0], RULES, tilt_nats=0.0)

    assert outlook.persistence[NOT_ABOVE] == pytest.approx(0.95)
    assert outlook.climatology[ABOVE] == pytest.approx(0.99 / 6 + 0.005)


def test_too_little_history_is_no_forecast() -> None:
    with pytest.raises(NoForecastError, match="3 past answers, 4 are asked for"):
        above_outlook([1.0, 1.0, -1.0], RULES, tilt_nats=0.0)


@given(distances, st.floats(-800, 800))
def test_all_shares_sum_to_one_and_nothing_is_impossible(past: list[float], tilt: float) -> None:
    outlook = above_outlook(past, RULES, tilt_nats=tilt)
    for shares in (outlook.model, outlook.climatology, outlook.persistence):
        assert math.fsum(shares.values()) == pytest.approx(1.0, abs=1e-12)
        assert min(shares.values()) >= 0.0049


@given(distances, st.floats(-5, 5), st.floats(0, 5))
def test_better_evidence_never_makes_it_less_likely(past: list[float], tilt: float, more: float) -> None:
    less = above_outlook(past, RULES, tilt_nats=tilt).model[ABOVE]
    assert above_outlook(past, RULES, tilt_nats=tilt + more).model[ABOVE] >= less
