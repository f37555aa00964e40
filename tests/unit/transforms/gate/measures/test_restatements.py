"""Figures that are stated again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
VALUES = [20e9 * 1.04**n for n in range(8)]


def known():
    return [figure(n, value) for n, value in enumerate(VALUES)]


def again(number, value, days=400):
    row = figure(number, value)
    day = row["period_end"] + timedelta(days=days)
    return row | {"reported_on": day, "known_on": day}


@pytest.mark.parametrize("days", [40, 400])
def test_a_revision_is_small(figures, stopped, nothing_known, days):
    context = nothing_known.believing(TABLE, figures(*known()))
    for factor, expected in ((1.0, set()), (1.05, set()), (1.2, {"value.restated"})):
        frame = figures(again(3, VALUES[3] * factor, days))
        assert {check for _, check in stopped(TABLE, frame, context)} == expected


def test_the_first_print_stays_innocent(figures, stopped, nothing_known):
    rows = [*known(), again(3, VALUES[3] * 1.2)]
    assert stopped(TABLE, figures(*rows), nothing_known) == {(8, "value.restated")}


def test_the_right_figure_may_follow_a_wrong_first_print(figures, stopped, nothing_known):
    rows = known()
    rows[6]["value"] *= 1_000
    assert stopped(TABLE, figures(*rows, again(6, VALUES[6])), nothing_known) == {(6, "value.size")}


def test_a_revision_in_place_of_the_quarter_that_is_due(figures, stopped, nothing_known):
    rows = known()
    late = again(6, VALUES[7], days=40 + 91)
    assert stopped(TABLE, figures(*rows[:7], late), nothing_known) == {(7, "period_end.of_its_report")}
    assert stopped(TABLE, figures(*rows, late | {"value": VALUES[7] + 1e6}), nothing_known) == set()
