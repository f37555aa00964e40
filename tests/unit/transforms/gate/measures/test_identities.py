"""Figures that must agree, and who is to blame where they do not."""

from __future__ import annotations

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
PARTS = {"Cloud Intelligence Group": 26e9, "AIDC": 29e9, "Taobao and Tmall Group": 110e9, "All others": 50e9}
ELIMINATED = 0.09


def report(number, growth=1.03, **changed):
    """All segments and the total of one quarter, nine percent of which the group sells to itself."""
    parts = {name: round(value * growth**number) for name, value in PARTS.items()}
    total = round(sum(parts.values()) / (1 + ELIMINATED + 0.001 * (number % 3)))
    values = {**parts, "Total": total, **changed}
    return [figure(number, value, segment=name) for name, value in values.items() if value is not None]


def reports(last, **changed):
    return [row for number in range(last) for row in report(number)] + report(last, **changed)


def test_segments_may_exceed_the_total_by_what_they_usually_do(figures, failures, nothing_known):
    assert failures(TABLE, figures(*reports(8)), nothing_known) == set()


def test_a_missing_segment_is_said_and_stops_nobody(figures, failures, nothing_known):
    rows = reports(8, **{"All others": None})
    assert {check for _, check in failures(TABLE, figures(*rows), nothing_known)} == {"segments.complete"}


def test_a_segment_by_subtraction_is_stopped_alone(figures, stopped, nothing_known):
    good = report(8)
    total, parts = good[-1]["value"], {row["segment"]: row["value"] for row in good[:-1]}
    cloud = total - sum(value for name, value in parts.items() if name != "Cloud Intelligence Group")
    rows = reports(8, **{"Cloud Intelligence Group": cloud})
    assert {row for row, _ in stopped(TABLE, figures(*rows), nothing_known)} == {40}


def test_a_segment_that_is_a_third_too_large_is_stopped_alone(figures, stopped, nothing_known):
    rows = reports(8, **{"Taobao and Tmall Group": 1.3 * report(8)[2]["value"]})
    assert stopped(TABLE, figures(*rows), nothing_known) == {(42, "segments.add_up")}


def test_parts_of_a_segment_are_no_addends(figures, stopped, nothing_known):
    rows = [*reports(8), figure(8, 20e9, segment="of which quick commerce")]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


def test_a_company_that_is_watched_in_part_never_adds_up(figures, stopped, nothing_known):
    rows = [row for row in reports(8) if row["segment"] in {"AIDC", "All others", "Total"}]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


EARNED = {"Cloud Intelligence Group": 2e9, "AIDC": -3e9, "Taobao and Tmall Group": 45e9}
UNALLOCATED = 3e9


def profits(number, **changed):
    """Profits of all segments that any is given for, and of the group, which keeps some costs for itself."""
    parts = {name: value + 3e8 * (number % 4) for name, value in EARNED.items()}
    values = {**parts, "Total": sum(parts.values()) - UNALLOCATED, **changed}
    return [figure(number, value, segment=name, metric="adj_ebita") for name, value in values.items()]


def test_profits_add_up_although_some_segments_never_tell_theirs(figures, failures, stopped, nothing_known):
    before = [row for number in range(8) for row in (*report(number), *profits(number))]
    assert failures(TABLE, figures(*before, *report(8), *profits(8)), nothing_known) == set()
    # What one segment earned and the group's own: each fits its own history, and not the others'.
    good = {row["segment"]: row["value"] for row in profits(8)}
    wrong = profits(8, Total=good["Taobao and Tmall Group"] + 6e9)
    found = stopped(TABLE, figures(*before, *report(8), *wrong), nothing_known)
    assert found == {(len(before) + 5 + 3, "segments.add_up")}


def test_what_a_group_keeps_for_itself_may_grow(figures, stopped, nothing_known):
    """Thirteen percent of the segments' sizes for years, and then sixteen."""
    sizes = sum(abs(value) for value in EARNED.values())
    rows = []
    for number in range(8):
        kept = (0.13 if number < 7 else 0.159) * sizes
        values = {**EARNED, "Total": sum(EARNED.values()) - kept}
        rows += [figure(number, value, segment=name, metric="adj_ebita") for name, value in values.items()]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


QUARTERS = [10e9, 11e9, 10.5e9, 12e9, 11e9, 12.1e9, 11.6e9, 13.2e9]


def year(number=7, **more):
    quarters = [figure(n, value, metric="capex", segment="Total") for n, value in enumerate(QUARTERS)]
    sums = [
        figure(number, sum(QUARTERS[number - k + 1 : number + 1]), 3 * k, metric="capex", segment="Total", **more)
        for k in (2, 3, 4)
    ]
    return [*quarters, *sums]


def test_quarters_add_up_to_longer_periods(figures, failures, nothing_known):
    assert failures(TABLE, figures(*year()), nothing_known) == set()


@pytest.mark.parametrize("place", [7, 8, 9, 10])
def test_whoever_spoils_the_sums_is_stopped_alone(figures, stopped, nothing_known, place):
    rows = year()
    rows[place]["value"] *= 1.25
    assert {row for row, _ in stopped(TABLE, figures(*rows), nothing_known)} == {place}


def test_a_stated_growth_agrees_with_the_figures(figures, failures, stopped, nothing_known):
    values = [20e9 * 1.05**n for n in range(9)]
    rows = [figure(n, value) for n, value in enumerate(values)]
    stated = [
        figure(n, 21.6, metric="yoy_pct", unit="percent", segment="Cloud", segment_basis="group") for n in range(4, 9)
    ]
    assert failures(TABLE, figures(*rows, *stated), nothing_known) == set()
    stated[-1] = stated[-1] | {"value": 31.6}
    assert (13, "growth.agrees") in stopped(TABLE, figures(*rows, *stated), nothing_known)


def shares(ratio=8.0):
    ads = [figure(n, 2.5e9 - n * 1e7, 0, metric="ads_outstanding", unit="ADS", segment="Total") for n in range(6)]
    ordinary = [
        row | {"metric": "ordinary_shares_outstanding", "unit": "shares", "value": row["value"] * 8} for row in ads
    ]
    ordinary[-1]["value"] *= ratio / 8
    return [*ads, *ordinary]


def test_eight_ordinary_shares_are_one_depositary_share(figures, stopped, nothing_known):
    assert stopped(TABLE, figures(*shares()), nothing_known) == set()
    assert {row for row, _ in stopped(TABLE, figures(*shares(ratio=1.0)), nothing_known)} == {11}
    assert stopped(TABLE, figures(*shares(ratio=9.0)), nothing_known) == {(11, "shares.agree")}


def test_a_total_is_the_same_on_every_basis(figures, stopped, nothing_known):
    totals = [figure(n, 200e9 * 1.02**n, segment="Total") for n in range(6)]
    again = figure(5, totals[-1]["value"], segment="Total", segment_basis="group")
    assert stopped(TABLE, figures(*totals, again), nothing_known) == set()
    other = figures(*totals, again | {"value": again["value"] * 1.2})
    assert {check for _, check in stopped(TABLE, other, nothing_known)} == {"bases.agree"}


def test_what_is_believed_is_blamed_silently(figures, stopped, nothing_known):
    rows = year()
    rows[6]["value"] *= 1.35
    believed = nothing_known.believing(TABLE, figures(*rows[:7]))
    assert (7, "value.size") not in stopped(TABLE, figures(*rows[7:], start=7), believed)
