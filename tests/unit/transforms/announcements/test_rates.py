"""Rates and their intervals."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from transforms.announcements.rates import mean_over_texts, rates_of, share
from transforms.announcements.scoring import Counts


def test_precision_recall_and_f1():
    rates = rates_of(Counts(labelled=10, found=8, right=6))
    assert rates.precision.value == pytest.approx(0.75)
    assert rates.recall.value == pytest.approx(0.6)
    assert rates.f1.value == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    for rate in (rates.precision, rates.recall, rates.f1):
        assert 0 < rate.low < rate.value < rate.high < 1


def test_all_right_is_not_certain():
    rates = rates_of(Counts(20, 20, 20))
    assert (rates.f1.value, rates.f1.high) == (1.0, 1.0)
    assert rates.f1.low == pytest.approx(2 * 0.8389 / 1.8389, abs=1e-3)
    assert rates.precision.low == pytest.approx(0.8389, abs=1e-3)


def test_of_nothing_there_is_no_rate():
    rates = rates_of(Counts())
    assert (rates.precision, rates.recall, rates.f1) == (None, None, None)
    assert rates_of(Counts(labelled=3)).precision is None
    assert rates_of(Counts(labelled=3)).f1.value == 0.0
    assert share(0, 0) is None


def test_the_interval_is_wilsons():
    expected = binomtest(7, 9).proportion_ci(0.95, method="wilson")
    assert (share(7, 9).low, share(7, 9).high) == (expected.low, expected.high)


def test_a_mean_over_texts_is_drawn_from_texts():
    texts = [[1.0, 1.0, 1.0], [0.0], [], [0.5, 0.7]]
    rate = mean_over_texts(texts, seed=1)
    assert rate.value == pytest.approx(4.2 / 6)
    assert rate.low < rate.value < rate.high
    assert mean_over_texts(texts, seed=1) == rate
    assert mean_over_texts([[], []], seed=1) is None
    assert mean_over_texts([[0.5, 0.7]], seed=1).low == pytest.approx(0.6)
