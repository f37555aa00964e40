"""Sums and softmax."""

from __future__ import annotations

import math

import polars as pl
import pytest

from transforms.scenarios.probabilities import log_odds, probabilities


def test_log_odds_are_exact_sums_in_any_order() -> None:
    contributions = [1e16, 1.0, -1e16, 0.1]
    for order in (contributions, contributions[::-1]):
        frame = pl.DataFrame({"scenario": ["b"] * 4 + ["a"], "contribution_nats": [*order, 0.5]})
        assert log_odds(frame) == {"a": 0.5, "b": 1.1}
    assert sum(contributions) != 1.1, "an ordinary sum would not pass this test"


def test_equal_odds_are_equal_chances() -> None:
    assert probabilities({"a": 0.0, "b": 0.0, "c": 0.0}) == pytest.approx(dict.fromkeys("abc", 1 / 3))


def test_odds_come_back_out() -> None:
    chances = probabilities({"reference": 0.0, "other": math.log(3)})
    assert chances == pytest.approx({"reference": 0.25, "other": 0.75})


def test_extreme_odds_do_not_overflow() -> None:
    assert probabilities({"a": 0.0, "b": 5000.0})["b"] == 1.0
    assert probabilities({"a": 0.0, "b": -5000.0})["a"] == 1.0


@pytest.mark.parametrize("odds", [{}, {"a": math.nan}, {"a": math.inf, "b": 0.0}])
def test_no_probabilities_from_nothing(odds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no probabilities"):
        probabilities(odds)
