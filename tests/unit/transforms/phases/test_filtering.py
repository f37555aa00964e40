"""The filter, where its answer is known without it. The rest: tests/property/test_phase_filter.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transforms.phases.filtering import filter_phases

FIRST = np.zeros(1, dtype=np.int64)


@pytest.fixture
def dynamics(configuration):
    return configuration.phases.dynamics


def speaking_for(*phases: int | None) -> np.ndarray:
    """Scores of one place: 8 nats for a phase a quarter; None: nothing."""
    scores = np.zeros((len(phases), 1, 4))
    for step, phase in enumerate(phases):
        if phase is not None:
            scores[step, 0, phase - 1] = 8.0
    return scores


def test_one_quarter_is_a_tempered_softmax(dynamics) -> None:
    scores = np.array([[[1.0, 2.0, -1.0, 0.5]]])
    expected = np.exp(scores[0, 0] / dynamics.temperature.value)
    assert filter_phases(scores, FIRST, dynamics)[0, 0] == pytest.approx(expected / expected.sum(), abs=1e-15)


def test_nothing_before_the_first_evidence(dynamics) -> None:
    found = filter_phases(speaking_for(1, 1, 2), np.array([2]), dynamics)
    assert found[:2, 0].tolist() == [[0.25] * 4] * 2
    assert found[2, 0].tolist() == pytest.approx(filter_phases(speaking_for(2), FIRST, dynamics)[0, 0].tolist())


def test_it_is_causal(dynamics) -> None:
    one, other = speaking_for(1, 1, 2, 3), speaking_for(1, 1, 2, 4)
    found, changed = (filter_phases(scores, FIRST, dynamics) for scores in (one, other))
    assert found[:3].tolist() == changed[:3].tolist()
    assert found[3].tolist() != changed[3].tolist()


def test_there_is_no_way_back_but_by_a_new_wave(dynamics) -> None:
    no_wave = replace(dynamics, restart_frac=replace(dynamics.restart_frac, value=0.0))
    history = speaking_for(*[3] * 12, *[1] * 8)
    assert filter_phases(history, FIRST, no_wave)[-1, 0].argmax() == 2
    assert filter_phases(history, FIRST, dynamics)[-1, 0].argmax() == 0


def test_a_phase_just_entered_is_not_left_before_its_dwell(dynamics) -> None:
    sharp = replace(
        dynamics,
        temperature=replace(dynamics.temperature, value=0.1),
        advance_frac=replace(dynamics.advance_frac, value=0.5),
    )
    history = speaking_for(1, 2, 3)
    slow = filter_phases(history, FIRST, sharp, dwell_quarters=2)[-1, 0]
    fast = filter_phases(history, FIRST, sharp, dwell_quarters=1)[-1, 0]
    assert fast.argmax() == 2
    assert slow[2] < fast[2]


def test_the_loudest_evidence_leaves_probabilities(dynamics) -> None:
    for loud in (1e4, 1e12, 1e300):
        found = filter_phases(speaking_for(*[4] * 20, *[1] * 20) * loud, FIRST, dynamics)
        assert np.isfinite(found).all()
        assert found.sum(axis=2) == pytest.approx(np.ones((40, 1)), abs=1e-12)


def test_a_lower_temperature_and_a_factor_are_the_same(dynamics) -> None:
    cooler = replace(dynamics, temperature=replace(dynamics.temperature, value=dynamics.temperature.value / 2))
    history = speaking_for(1, None, 2, 2)
    one = filter_phases(history, FIRST, cooler)
    assert one.tolist() == filter_phases(history, FIRST, dynamics, temperature_factor=0.5).tolist()
