"""A figure against its own series: what is too far, and who is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
GROWING = [20e9, 21e9, 22e9, 22.5e9, 23.6e9, 24.9e9, 26.1e9, 26.4e9, 28.2e9, 29.5e9, 31.2e9, 31.6e9]
"""Twelve quarters of a growing business."""
EARLY, RELATED = 2, 7


def series(values=GROWING, **more):
    return [figure(number, value, **more) for number, value in enumerate(values)]


def test_a_growing_series_passes(figures, failures, nothing_known):
    assert failures(TABLE, figures(*series()), nothing_known) == set()


@pytest.mark.parametrize("place", [2, 4, 8, 11])
@pytest.mark.parametrize("factor", [2, 3, 7.1, 8, 10, 100, 1e3, 1e6, 1 / 3, 1 / 8, 0.1, 0.01, 1e-3, 1e-6])
def test_a_value_in_another_unit_is_stopped_and_nobody_else(figures, stopped, nothing_known, place, factor):
    rows = series()
    rows[place]["value"] *= factor
    if place == EARLY and 1 / RELATED < factor < RELATED:
        return  # three are no habit yet: only what the later ones rule out is stopped
    assert {row for row, _ in stopped(TABLE, figures(*rows), nothing_known)} == {place}


@pytest.mark.parametrize("factor", [2, 10, 1e3, 0.1])
def test_one_after_the_other_is_judged_alike(figures, stopped, nothing_known, factor):
    rows = series()
    rows[8]["value"] *= factor
    context, found = nothing_known, set()
    for number, row in enumerate(rows):
        frame = figures(row, start=number)
        bad = stopped(TABLE, frame, context)
        found |= bad
        if not bad:
            context = context.believing(TABLE, frame)
    assert found == stopped(TABLE, figures(*rows), nothing_known) == {(8, "value.size")}


@settings(max_examples=15)
@given(order=st.permutations(range(12)), place=st.integers(4, 11))
def test_the_order_of_rows_does_not_matter(figures, stopped, nothing_known, order, place):
    rows = series()
    rows[place]["value"] *= 100
    frame = figures(*rows)
    assert stopped(TABLE, frame[list(order)], nothing_known) == stopped(TABLE, frame, nothing_known)


def test_a_lively_series_may_double(figures, stopped, nothing_known):
    capex = series([8e9, 12e9, 7e9, 13e9, 9e9, 16e9, 11e9, 24e9], metric="capex", segment="Total")
    assert stopped(TABLE, figures(*capex), nothing_known) == set()


def test_what_follows_a_jump_that_was_stopped_is_not_stopped_for_ever(figures, stopped, nothing_known):
    jump = series([2.7e8, 2.9e8, 2.5e8, 2.9e8, 2.8e8, 2.6e8, 3.0e8, 8.1e8, 8.3e8, 8.6e8, 8.9e8], metric="capex")
    assert {row for row, _ in stopped(TABLE, figures(*jump), nothing_known)} == {7, 8}


def test_buybacks_may_dry_up(figures, stopped, nothing_known):
    bought = series([3.5e9, 2.1e9, 3.3e9, 1.9e9, 3.1e9, 1.7e9, 4.8e9, 2.4e8, 0.0], months=0, metric="share_repurchase")
    assert stopped(TABLE, figures(*bought), nothing_known) == set()


def test_a_season_is_no_fault(figures, stopped, nothing_known):
    seasonal = [93e9, 115e9, 98e9, 129e9, 94e9, 113e9, 99e9, 136e9, 101e9, 118e9, 103e9, 141e9]
    assert stopped(TABLE, figures(*series(seasonal)), nothing_known) == set()


def test_the_history_may_be_on_another_basis(figures, stopped, nothing_known):
    before = series(segment_basis="legacy")
    after = figure(12, 32e9, segment_basis="2023_six_groups")
    assert stopped(TABLE, figures(*before, after), nothing_known) == set()
    assert stopped(TABLE, figures(*before, after | {"value": 32e6}), nothing_known) == {(12, "value.size")}


def test_without_any_history_the_company_gives_the_scale(figures, stopped, nothing_known):
    known = [*series(), *series([v * 8 for v in GROWING], segment="Total")]
    new = figure(11, 6e9, metric="goodwill_impairment", segment="Total")
    assert stopped(TABLE, figures(*known, new), nothing_known) == set()
    assert stopped(TABLE, figures(*known, new | {"value": 6e3}), nothing_known) == {(24, "value.scale")}
    assert stopped(TABLE, figures(*known, new | {"value": 6e15}), nothing_known) == {(24, "value.scale")}


def test_what_is_never_negative_is_stopped_below_zero(figures, stopped, nothing_known):
    assert (0, "value.sign") in stopped(TABLE, figures(figure(value=-1e9)), nothing_known)
    assert stopped(TABLE, figures(figure(value=-1e9, metric="adj_ebita")), nothing_known) == set()


def test_a_profit_flips_only_where_it_never_did(figures, stopped, nothing_known):
    steady = series([40e9, 45e9, 38e9, 52e9, 44e9, 47e9, 41e9, 50e9], metric="adj_ebita")
    flipped = [*steady[:-1], steady[-1] | {"value": -50e9}]
    small_loss = [*steady[:-1], steady[-1] | {"value": -4e9}]
    wavering = series([9e8, 8e8, -13e8, 6e8, -5e8, 2e8, 5e8, -6e8], metric="adj_ebita")
    assert stopped(TABLE, figures(*flipped), nothing_known) == {(7, "value.size")}
    for rows in (steady, small_loss, wavering):
        assert stopped(TABLE, figures(*rows), nothing_known) == set()


@pytest.mark.parametrize(("metric", "value"), [("cloud_share", 101), ("yoy_pct", -101)])
def test_percent_that_can_not_be(figures, stopped, nothing_known, metric, value):
    row = figure(value=value, metric=metric, unit="percent")
    assert stopped(TABLE, figures(row), nothing_known) == {(0, "value.possible")}
    assert stopped(TABLE, figures(row | {"value": 50.0}), nothing_known) == set()


def test_a_unit_label_is_held_against_the_rate(figures, failures, stopped, with_rates):
    rows = series()
    mislabelled = [*rows[:-1], rows[-1] | {"unit": "USD"}]
    translated = [*rows[:-1], rows[-1] | {"unit": "USD", "value": GROWING[-1] / 7}]
    elsewhere = [*rows[:-1], rows[-1] | {"unit": "HKD"}]
    shares = [*rows[:-1], rows[-1] | {"unit": "shares"}]
    for wrong in (mislabelled, elsewhere, shares):
        assert stopped(TABLE, figures(*wrong), with_rates) == {(11, "unit.usual")}
    assert failures(TABLE, figures(*translated), with_rates) == {(11, "unit.reporting_currency")}


def test_the_value_of_the_quarter_before_is_a_repeat(figures, stopped, nothing_known):
    rows = series([20.111e9, 20.9e9, 21.732e9, 21.732e9, 22.8e9])
    assert stopped(TABLE, figures(*rows), nothing_known) == {(3, "value.repeated")}
    rounded = series([20e9, 21e9, 21e9, 22e9])
    assert stopped(TABLE, figures(*rounded), nothing_known) == set()


def test_the_value_of_another_segment_is_a_repeat(figures, stopped, nothing_known):
    own = [v + 1e6 for v in GROWING]
    other = series([v * 1.3 for v in own], segment="AIDC")
    rows = [*series(own), *other]
    rows[8] = rows[8] | {"value": rows[20]["value"]}
    assert stopped(TABLE, figures(*rows), nothing_known) == {(8, "value.repeated")}


def test_a_year_given_as_a_quarter_is_stopped(figures, failures, nothing_known):
    rows = series()
    rows[11]["value"] = sum(GROWING[8:])
    assert {(11, "value.size"), (11, "value.accumulated")} == failures(TABLE, figures(*rows), nothing_known)


def test_two_swapped_segments_are_both_stopped(figures, stopped, nothing_known):
    rows = [*series(), *series([v * 1.5 for v in GROWING], segment="AIDC")]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()
    rows[10]["value"], rows[22]["value"] = rows[22]["value"], rows[10]["value"]
    caught = {row for row, _ in stopped(TABLE, figures(*rows), nothing_known)}
    assert caught in ({10, 22}, set()), "one without the other would be blamed for nothing"


def test_a_figure_that_is_loaded_again_is_no_witness_for_itself(figures, stopped, nothing_known):
    rows = series()
    rows[8]["value"] *= 1_000
    context = nothing_known.believing(TABLE, figures(*rows))
    assert stopped(TABLE, figures(*rows), context) == {(8, "value.size")}


def test_nothing_is_measured_of_nothing(figures, failures, nothing_known):
    assert failures(TABLE, figures(figure()).head(0), nothing_known) == set()
