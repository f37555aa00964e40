"""One amount told twice in a text is one announcement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.said import announcement
from transforms.announcements.records import CURRENCY_UNSAID
from transforms.announcements.repeated import told_once

OTHER = EventType.OTHER_NOT_CAPEX
BODY = announcement(amount=("CNY", 380e9), twins=(("USD", 52.4e9),), delta=(("CNY", 20e9),), quote="body")


def quotes(*found):
    return [one.quote for one in told_once(list(found))]


@pytest.mark.parametrize(
    "amount", [("CNY", 380e9), ("CNY", 370e9), ("USD", 53e9), ("USD", 52.4e9), ("CNY", 20e9)], ids=str
)
def test_a_title_that_tells_what_the_body_tells_is_left_out(amount):
    title = announcement(amount=amount, quote="title")
    assert quotes((title, 0), (BODY, 1)) == ["body"]
    assert quotes((title, 0)) == ["title"]


@pytest.mark.parametrize("amount", [("CNY", 340e9), ("EUR", 380e9), ("USD", 380e9), ("USD", 60e9)], ids=str)
def test_a_title_that_tells_more_stays(amount):
    title = announcement(amount=amount, quote="title")
    assert quotes((title, 0), (BODY, 1)) == ["title", "body"]


@pytest.mark.parametrize(
    ("advisory", "amount", "left"),
    [
        (CURRENCY_UNSAID, ("EUR", 52.4e9), ["body"]),
        (CURRENCY_UNSAID, ("EUR", 53e9), ["title", "body"]),
        (CURRENCY_UNSAID, ("CNY", 370e9), ["body"]),
        ("another doubt", ("EUR", 52.4e9), ["title", "body"]),
    ],
)
def test_a_title_that_leaves_out_the_currency_copies_the_number(advisory, amount, left):
    title = announcement(amount=amount, advisories=(advisory,), quote="title")
    assert quotes((title, 0), (BODY, 1)) == left


def test_a_title_without_a_sum_is_told_by_any_investment_of_the_body():
    title = announcement(amount=None, quote="title")
    assert quotes((title, 0), (BODY, 3)) == ["body"]
    assert quotes((title, 0), (announcement(kind=OTHER, quote="fine"), 3)) == ["title", "fine"]


def test_a_range_is_told_by_either_end():
    body = announcement(amount=("USD", 66e9), high=72e9, quote="body")
    for amount in (66e9, 72e9):
        assert quotes((announcement(amount=("USD", amount), quote="title"), 0), (body, 1)) == ["body"]


@pytest.mark.parametrize(
    ("change", "is_told_again"),
    [
        ({}, False),
        ({"kind": EventType.CAPEX_GUIDANCE}, False),
        ({"horizon": ("2025", "2028")}, False),
        ({"company": "SAP"}, True),
        ({"kind": OTHER}, True),
        ({"amount": ("USD", 380e9)}, True),
        ({"amount": ("CNY", 381e9)}, True),
        ({"high": 400e9}, True),
        ({"negated": True}, True),
    ],
)
def test_the_body_tells_each_thing_once(change, is_told_again):
    first, again = announcement(quote="first"), announcement(quote="again", **change)
    assert quotes((first, 1), (again, 2)) == (["first", "again"] if is_told_again else ["first"])


def test_another_sum_beside_the_one_announced_before_is_added():
    before = announcement(quote="before", restated=True)
    added = announcement(quote="added", kind=EventType.CAPEX_INCREASE)
    assert quotes((before, 1), (added, 1)) == ["before", "added"]
    assert quotes((added, 1), (before, 1)) == ["added", "before"]


SAID = st.builds(
    announcement,
    company=st.sampled_from(["Alibaba", "SAP", None]),
    kind=st.sampled_from([EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE, OTHER]),
    amount=st.sampled_from([None, ("CNY", 380e9), ("USD", 53e9), ("USD", 54e9)]),
    negated=st.booleans(),
    restated=st.booleans(),
)


@given(st.lists(st.tuples(SAID, st.integers(0, 2)), max_size=8))
def test_what_is_told_once_is_told_once_and_nothing_is_made_up(found):
    kept = told_once(found)
    positions = iter(found)
    assert all(any(one is other for other, _ in positions) for one in kept)
    assert told_once([(one, 1) for one in kept]) == kept
    assert bool(kept) == bool(found)
