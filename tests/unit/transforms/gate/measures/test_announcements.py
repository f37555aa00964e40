"""Announced amounts against what stands around them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.announcements"


def plan(amount=380e9, **more):
    return {"amount_low": amount, "amount_high": amount, **more}


@pytest.fixture
def said_of(announced, failures, with_rates):
    return lambda row: {check for _, check in failures(TABLE, announced(row), with_rates)}


@pytest.mark.parametrize(
    ("twin", "expected"),
    [
        ({"twin_amount": 54e9, "twin_currency": "USD"}, set()),
        ({"twin_amount": 50e9, "twin_currency": "USD"}, {"amount.twin_rounding"}),
        ({"twin_amount": 540e9, "twin_currency": "USD"}, {"amount.twin"}),
        ({"twin_amount": 380e9, "twin_currency": "USD"}, {"amount.twin"}),
        ({"twin_amount": 54e9, "twin_currency": "HKD"}, {"amount.twin"}),
    ],
)
def test_an_amount_and_its_twin_are_the_same_money(said_of, twin, expected):
    assert said_of(plan(**twin)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "wording", "expected"),
    [
        (380e9, "CNY", "at least RMB 380bn (about USD 53bn)", set()),
        (380e9, "CNY", "three-year plan of 3800 亿元", set()),
        (380e9, "CNY", "380 Milliarden Yuan", set()),
        (380e9, "CNY", "more than the past ten years", set()),
        (380e6, "CNY", "at least RMB 380bn", {"amount.as_worded"}),
        (38e9, "CNY", "at least RMB 380bn", {"amount.as_worded"}),
        (380e9, "USD", "at least RMB 380bn", {"currency.as_worded"}),
        (85e9, "USD", "raised by USD 10bn", {"amount.in_its_wording"}),
        (92.5e9, "USD", "USD 92.5-93 bn", set()),
    ],
)
def test_an_amount_is_what_its_wording_says(said_of, amount, currency, wording, expected):
    assert said_of(plan(amount, currency=currency, wording=wording)) == expected


def test_no_amount_is_out_of_all_proportion(announced, figures, stopped, with_rates):
    others = [plan(value, item_id=f"o{n}", announcement_id=f"o{n}") for n, value in enumerate((200e9, 30e9, 38e9))]
    revenue = figures(*(figure(n, 240e9, segment="Total", metric="revenue") for n in range(16)))
    context = with_rates.believing("core.reported_figures", revenue)
    for amount, expected in ((380e9, set()), (3.8e12, {"amount.not_too_large"}), (380.0, {"amount.not_too_small"})):
        frame = announced(*others, plan(amount))
        assert {check for _, check in stopped(TABLE, frame, context)} == expected
        assert all(row == 3 for row, _ in stopped(TABLE, frame, context))


def test_what_was_spent_is_what_is_reported(announced, figures, stopped, with_rates):
    capex = figures(*(figure(n, 30e9 + n * 1e9, segment="Total", metric="capex") for n in range(16)))
    context = with_rates.believing("core.reported_figures", capex)
    quarter = {"kind": "capex_actual", "horizon_start": "2024-10", "horizon_end": "2024-12"}
    assert stopped(TABLE, announced(plan(46e9, **quarter)), context) == set()
    assert stopped(TABLE, announced(plan(460e9, **quarter)), context) == {(0, "amount.as_reported")}
    year = quarter | {"horizon_start": "2024-01"}
    assert stopped(TABLE, announced(plan(170e9, **year)), context) == set()


def test_one_number_has_one_currency(announced, stopped, with_rates):
    told = plan(item_id="b", announcement_id="b", currency="USD")
    known = [plan(), plan(30e9, item_id="c", announcement_id="c"), told]
    assert (2, "currency.of_the_amount") in stopped(TABLE, announced(*known), with_rates)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-02", "2028-02", set()),
        ("2025", "2025", set()),
        ("2024-07", "2025-06-30", set()),
        (None, "2040", set()),
        ("2028-02", "2025-02", {"horizon_end.after_start"}),
        ("2015", "2018", {"horizon.about_then"}),
        ("2025", "2085", {"horizon.about_then"}),
    ],
)
def test_money_is_for_a_time_to_come(said_of, start, end, expected):
    assert said_of(plan(horizon_start=start, horizon_end=end)) == expected


def test_a_copy_is_said(announced, failures, with_rates):
    copy = plan(item_id="b", announcement_id="b", known_on=date(2025, 2, 26))
    assert failures(TABLE, announced(plan(), copy), with_rates) == {(1, "announcement.told_once")}
    later = copy | {"known_on": date(2025, 8, 26)}
    assert failures(TABLE, announced(plan(), later), with_rates) == set()


def named(count=12):
    return [
        plan(None, item_id=f"i{n}", announcement_id=f"alibaba-2025-0{n % 9 + 1}-15", known_on=date(2025, n % 9 + 1, 15))
        for n in range(count)
    ]


def test_ids_that_carry_a_day_and_a_company_are_believed(announced, stopped, with_rates):
    meta = plan(None, item_id="m", announcement_id="meta-2025-03-15", company="Meta", known_on=date(2025, 3, 15))
    rows = [*named(), meta]
    assert stopped(TABLE, announced(*rows), with_rates) == set()
    other_day = [*rows, meta | {"item_id": "x", "announcement_id": "meta-2025-03-16", "known_on": date(2024, 3, 16)}]
    assert stopped(TABLE, announced(*other_day), with_rates) == {(13, "announcement_id.of_its_day")}
    other_company = [*rows, meta | {"item_id": "x", "company": "Alibaba"}]
    assert stopped(TABLE, announced(*other_company), with_rates) == {(13, "company.of_its_announcement")}
    few = announced(*named(3), meta | {"company": "Alibaba"})
    assert stopped(TABLE, few, with_rates) == set()
