"""Medians and the last believed row, held against plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.gate.tracks import Believed, Tracks, medians, medians_of_others

SERIES, SESSIONS = 4, 12


@pytest.fixture(scope="module")
def tracks() -> Tracks:
    rng = np.random.default_rng(7)
    rows = SERIES * SESSIONS
    return Tracks(
        series=np.repeat(np.arange(SERIES), SESSIONS),
        day=np.tile(np.arange(SESSIONS), SERIES),
        number=np.tile(np.arange(SESSIONS), SERIES),
        time=np.tile(np.arange(SESSIONS), SERIES) * 10 + np.repeat(np.arange(SERIES), SESSIONS),
        prices=rng.normal(0, 1, (rows, 4)),
        volume=np.ones(rows),
        is_claimed=np.ones(rows, bool),
        is_banned=np.zeros(rows, bool),
        is_believed=np.zeros(rows, bool),
        old_prices=np.full((rows, 4), np.nan),
        old_volume=np.full(rows, np.nan),
        offset=np.zeros(rows),
        groups=(np.array([0, 0, 0, 1]),),
        has_habits=np.ones(SERIES, bool),
        twin=np.array([1, 0, -1, -1]),
    )


numbers = st.one_of(st.just(float("nan")), st.floats(-9, 9))


@settings(max_examples=30)
@given(st.lists(st.lists(numbers, min_size=5, max_size=5), min_size=1, max_size=6))
def test_medians_are_those_of_the_numbers(windows):
    found, counts = medians(np.array(windows))
    for line, median, count in zip(windows, found, counts, strict=True):
        there = [x for x in line if not np.isnan(x)]
        assert count == len(there)
        assert median == pytest.approx(np.median(there)) if there else np.isnan(median)


@settings(max_examples=15)
@given(values=st.lists(numbers, min_size=SERIES * SESSIONS, max_size=SERIES * SESSIONS))
def test_medians_of_others_leave_the_row_itself_out(tracks, values):
    array = np.array(values)
    found = medians_of_others(tracks, array, tracks.groups[0])
    for row in range(len(array)):
        same = (tracks.day == tracks.day[row]) & (
            tracks.groups[0][tracks.series] == tracks.groups[0][tracks.series[row]]
        )
        same[row] = False
        others = array[same][~np.isnan(array[same])]
        assert found[row] == pytest.approx(np.median(others)) if len(others) else np.isnan(found[row])


@settings(max_examples=15)
@given(rejected=st.lists(st.booleans(), min_size=SERIES * SESSIONS, max_size=SERIES * SESSIONS))
def test_the_row_before_is_the_last_that_is_believed(tracks, rejected):
    believed = Believed(tracks, np.array(rejected))
    steps = []
    for row in range(len(rejected)):
        earlier = [r for r in range(row) if not rejected[r] and tracks.series[r] == tracks.series[row]]
        assert believed.before[row] == (earlier[-1] if earlier else -1)
        if row % SESSIONS == 0:
            steps = []
        window = believed.history(believed.step, np.array([row]), 3)[0]
        assert window[~np.isnan(window)] == pytest.approx(steps[-3:])
        if earlier and not rejected[row]:
            steps.append(tracks.prices[row, 3] - tracks.prices[earlier[-1], 3])
        twin = tracks.twin[tracks.series[row]]
        ago = [r for r in range(len(rejected)) if not rejected[r] and tracks.series[r] == twin]
        ago = [r for r in ago if tracks.time[r] < tracks.time[row]]
        assert believed.twin_before()[row] == (ago[-1] if ago and twin >= 0 else -1)


def test_what_was_believed_stands_in_for_a_rejected_claim(tracks):
    old = np.ones_like(tracks.prices)
    known = replace(tracks, is_believed=np.ones(len(tracks.series), bool), old_prices=old)
    rejected = np.zeros(len(tracks.series), bool)
    rejected[1] = True
    believed = Believed(known, rejected)
    assert believed.is_in.all()
    assert believed.prices[1].tolist() == [1.0] * 4
    assert believed.prices[2].tolist() == tracks.prices[2].tolist()
