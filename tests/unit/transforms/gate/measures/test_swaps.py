"""Two figures of one report that stand in each other's place."""

from __future__ import annotations

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
SWAPPED = "value.in_its_place"
EARNED = {
    "Cloud Intelligence Group": [1.2e9, 1.4e9, 2.4e9, 1.5e9, 2.3e9, 2.7e9, 3.1e9, 2.4e9],
    "Digital Media and Entertainment": [0.1e9, -0.2e9, -0.5e9, -0.4e9, -0.1e9, -0.2e9, -0.3e9, 0.04e9],
    "Local Services Group": [-2.0e9, -2.5e9, -2.1e9, -3.2e9, -0.9e9, -1.4e9, -1.6e9, -2.3e9],
}


def profits(earned=EARNED, **more):
    return [
        figure(number, value, segment=segment, metric="adj_ebita", **more)
        for segment, values in earned.items()
        for number, value in enumerate(values)
    ]


def swapped(rows, one, other):
    rows = [dict(row) for row in rows]
    rows[one]["value"], rows[other]["value"] = rows[other]["value"], rows[one]["value"]
    return rows


def swaps(found):
    return {row for row, check in found if check == SWAPPED}


def test_profits_and_losses_of_segments_pass(figures, stopped, nothing_known):
    assert stopped(TABLE, figures(*profits()), nothing_known) == set()


@pytest.mark.parametrize("number", [3, 5, 7])
def test_a_profit_and_a_loss_that_are_swapped_are_both_stopped(figures, stopped, nothing_known, number):
    rows = swapped(profits(), number, 8 + number)
    assert swaps(stopped(TABLE, figures(*rows), nothing_known)) == {number, 8 + number}


def test_without_three_quarters_before_nothing_is_said(figures, stopped, nothing_known):
    assert swaps(stopped(TABLE, figures(*swapped(profits(), 2, 10)), nothing_known)) == set()


def test_two_segments_of_like_size_can_not_be_told_apart(figures, stopped, nothing_known):
    like = {**EARNED, "AIDC": [-1.6e9, -2.9e9, -2.2e9, -2.4e9, -1.8e9, -1.1e9, -1.9e9, -2.0e9]}
    assert swaps(stopped(TABLE, figures(*swapped(profits(like), 23, 31)), nothing_known)) == set()


def test_two_that_move_together_are_told_by_what_lies_between_them(figures, stopped, nothing_known):
    """Each value alone would fit either place; their difference has always had the other sign."""
    moving = [40e9, 62e9, 35e9, 66e9, 44e9, 58e9, 39e9, 60e9]
    two = {"Taobao and Tmall Group": moving, "China commerce retail": [value - 5e9 for value in moving]}
    assert stopped(TABLE, figures(*profits(two)), nothing_known) == set()
    assert swaps(stopped(TABLE, figures(*swapped(profits(two), 7, 15)), nothing_known)) == {7, 15}


def test_values_that_fit_no_place_are_not_called_swapped(figures, stopped, nothing_known):
    rows = profits()
    rows[7]["value"], rows[15]["value"] = -9e9, 9e9
    assert swaps(stopped(TABLE, figures(*rows), nothing_known)) == set()


def test_another_report_is_no_place(figures, stopped, nothing_known):
    rows = profits()
    for row in rows[8:16]:
        row["segment_basis"] = "2025_four_segments"
    assert swaps(stopped(TABLE, figures(*swapped(rows, 7, 15)), nothing_known)) == set()


def test_what_was_believed_is_the_history(figures, stopped, nothing_known):
    rows = profits()
    before = [row for number, row in enumerate(rows) if number % 8 < 7]
    context = nothing_known.believing(TABLE, figures(*before))
    last = [rows[7], rows[15], rows[23]]
    assert stopped(TABLE, figures(*last, start=30), context) == set()
    assert swaps(stopped(TABLE, figures(*swapped(last, 0, 1), start=30), context)) == {30, 31}


def test_the_newest_statement_stands_for_a_period(figures, stopped, nothing_known):
    rows = profits()
    again = [rows[3] | {"known_on": rows[5]["known_on"]}, rows[11] | {"known_on": rows[5]["known_on"]}]
    assert stopped(TABLE, figures(*rows, *again), nothing_known) == set()
    assert swaps(stopped(TABLE, figures(*rows, *swapped(again, 0, 1)), nothing_known)) == {24, 25}


def test_segments_that_never_earned_anything_have_no_place(figures, stopped, nothing_known):
    nothing = {**EARNED, "AIDC": [0.0] * 8, "Cainiao": [0.0] * 7 + [1e9]}
    assert swaps(stopped(TABLE, figures(*profits(nothing)), nothing_known)) == set()
