"""Two figures of one report that stand in each other's place."""

from __future__ import annotations

from datetime import timedelta

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


def test_profits_that_cross_step_by_step_are_not_swapped(figures, stopped, nothing_known):
    crossing = {"AIDC": [2e9 * 1.1**n for n in range(12)], "Cainiao": [5e9 * 0.93**n for n in range(12)]}
    rows = profits(crossing)
    assert swaps(stopped(TABLE, figures(*rows), nothing_known)) == set()
    context = nothing_known
    for number in range(12):
        batch = figures(rows[number], rows[12 + number], start=2 * number)
        assert swaps(stopped(TABLE, batch, context)) == set()
        context = context.believing(TABLE, batch)


@pytest.mark.parametrize("at_once", [True, False])
def test_what_follows_a_swap_is_right_again(figures, stopped, nothing_known, at_once):
    rows = swapped(profits(), 4, 12)
    if at_once:
        assert swaps(stopped(TABLE, figures(*rows), nothing_known)) == {4, 12}
        return
    before = figures(*(row for n, row in enumerate(rows) if n % 8 < 4))
    context = nothing_known.believing(TABLE, before)
    assert swaps(stopped(TABLE, figures(rows[4], rows[12], start=4), context)) == {4, 5}
    assert stopped(TABLE, figures(rows[5], rows[13], start=5), context) == set()


def test_a_wrong_first_print_is_stopped_and_not_what_puts_it_right(figures, stopped, nothing_known):
    first, right = swapped(profits(), 7, 15), profits()
    later = [row | {"known_on": row["known_on"] + timedelta(days=90)} for row in (right[7], right[15])]
    assert swaps(stopped(TABLE, figures(*first, *later), nothing_known)) == {7, 15}


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


def test_segments_that_never_earned_anything_have_no_place(figures, stopped, nothing_known):
    nothing = {**EARNED, "AIDC": [0.0] * 8, "Cainiao": [0.0] * 7 + [1e9]}
    assert swaps(stopped(TABLE, figures(*profits(nothing)), nothing_known)) == set()


def test_one_that_leaps_alone_is_not_swapped(figures, stopped, nothing_known):
    """Cainiao is where it usually is, however well the two would fit each other's place."""
    one = {"Cainiao": [2e9, 1.5e9, 2e9, 1.5e9, 2e9, 1.5e9, 2e9, 2.4e9], "AIDC": [2.3e9] * 7 + [0.55e9]}
    assert swaps(stopped(TABLE, figures(*profits(one)), nothing_known)) == set()


GROWING = {"Cloud Intelligence Group": [30e9 * 1.02**n for n in range(9)], "AIDC": [26e9 * 1.02**n for n in range(9)]}


def sales(sold, **more):
    return [
        figure(number, value, segment=segment, **more)
        for segment, values in sold.items()
        for number, value in enumerate(values)
    ]


def test_revenues_a_seventh_apart_that_are_swapped_are_both_a_little_odd(figures, stopped, nothing_known):
    assert stopped(TABLE, figures(*sales(GROWING)), nothing_known) == set()
    assert swaps(stopped(TABLE, figures(*swapped(sales(GROWING), 8, 17)), nothing_known)) == {8, 17}


def test_revenues_that_fit_the_other_place_no_better_than_roughly_are_not_swapped(figures, stopped, nothing_known):
    rows = swapped(sales(GROWING | {"AIDC": [20e9 * 1.02**n for n in range(9)]}), 8, 17)
    assert swaps(stopped(TABLE, figures(*rows), nothing_known)) == {8, 17}
    for at in (8, 17):
        rows[at]["value"] *= 1.2
    assert swaps(stopped(TABLE, figures(*rows), nothing_known)) == set()
