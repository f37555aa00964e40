"""Documents put together by what they report; in our own words."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.said import announcement, document, text_event
from transforms.announcements.clusters import b_cubed, cluster_documents

PLAN = announcement(twins=(("USD", 53e9),), horizon=("2025", "2028"))


def together(*documents) -> set[frozenset[str]]:
    clusters = cluster_documents(documents)
    return {frozenset(n for n, c in clusters.items() if c == name) for name in clusters.values()}


def test_three_languages_that_name_one_amount_of_one_company_report_one_happening():
    a = document("en", announcement(horizon=("2025", "2028")))
    b = document("de", announcement(twins=(("USD", 52.4e9),)), language="de", day="2025-02-25")
    c = document("zh", announcement(amount=("CNY", 380e9)), language="zh", day="2025-02-26")
    assert together(a, b, c) == {frozenset({"en", "de", "zh"})}


def test_a_report_in_dollars_alone_meets_the_plan_by_the_conversion_of_another():
    a = document("both", announcement(twins=(("USD", 53e9),)))
    b = document("dollars", announcement(amount=("USD", 52.4e9)), day="2025-02-25")
    assert together(a, b) == {frozenset({"both", "dollars"})}


@pytest.mark.parametrize(
    "other",
    [
        announcement(company="Tencent", horizon=("2025", "2028")),
        announcement(kind=EventType.OTHER_NOT_CAPEX),
        announcement(kind=EventType.FINANCING),
        announcement(amount=("CNY", 390e9)),
        announcement(amount=("HKD", 380e9)),
        announcement(horizon=("2030", "2033")),
        announcement(negated=True),
    ],
    ids=["company", "not capex", "financing", "amount", "currency", "years", "denied"],
)
def test_what_differs_in_one_thing_is_another_happening(other):
    assert len(together(document("a", PLAN), document("b", other))) == 2


def test_the_same_amount_for_another_place_is_another_plan():
    a = document("a", announcement(company="Amazon", amount=("USD", 20e9), regions=("US-PA",)))
    b = document("b", announcement(company="Amazon", amount=("USD", 20e9), regions=("US-NC",)), day="2025-03-10")
    c = document("c", announcement(company="Amazon", amount=("USD", 20e9), regions=("US",)), day="2025-03-10")
    d = document("d", announcement(company="Amazon", amount=("USD", 20e9), regions=("AU",)))
    assert len(together(a, b)) == 2
    assert len(together(a, c)) == 1
    assert len(together(a, d)) == 2


def test_within_one_piece_of_news_the_place_where_it_was_told_contradicts_nothing():
    told = document("told", announcement(amount=("EUR", 1e9), regions=("DE-BE",)))
    built = document("built", announcement(amount=("EUR", 1e9), regions=("DE-BY",)), day="2025-02-25")
    assert len(together(told, built)) == 1


def test_a_report_of_a_new_site_that_recalls_an_old_plan_does_not_report_the_plan():
    recalled = announcement(restated=True)
    later = document("site", text_event(regions=("KR",)), recalled, day="2025-06-19")
    assert len(together(document("plan", PLAN), later)) == 2
    assert len(together(document("plan", PLAN), document("recalled", recalled, day="2025-06-19"))) == 2
    unflagged = document("site", text_event(regions=("KR",), start=0), announcement(), day="2025-06-19")
    assert len(together(document("plan", PLAN), unflagged)) == 2


def test_what_a_raised_figure_was_before_is_not_what_is_reported():
    before = announcement(amount=("USD", 75e9), superseded=True, start=40)
    raised = announcement(company="Alibaba", kind=EventType.CAPEX_INCREASE, amount=("USD", 85e9))
    old = document("old", announcement(amount=("USD", 75e9)), day="2025-02-24")
    new = document("new", before, raised, day="2025-02-26")
    assert len(together(old, new)) == 2


def test_raised_by_and_raised_to_are_one_raise():
    to = announcement(kind=EventType.CAPEX_INCREASE, amount=("USD", 85e9), delta=(("USD", 10e9),))
    by = announcement(kind=EventType.CAPEX_INCREASE, amount=("USD", 10e9))
    assert len(together(document("to", to), document("by", by))) == 1
    assert len(together(document("to", to), document("by", by, day="2025-03-24"))) == 2


def test_a_range_is_met_by_its_upper_end_and_not_by_another_range():
    span = document("a", announcement(amount=("USD", 66e9), high=72e9))
    assert len(together(span, document("b", announcement(amount=("USD", 72e9))))) == 1
    assert len(together(span, document("b", announcement(amount=("USD", 70e9), high=72e9)))) == 2


def test_a_copy_with_nothing_in_it_that_could_be_read_is_a_copy():
    text = "Storm over the harbour\n" + " ".join(f"word{n}" for n in range(60))
    a, b = document("a", text=text), document("b", text=text + " (agency)", day="2025-03-01")
    c = document("c", text=text.replace("word7 ", "word8000 "), day="2025-03-02")
    assert together(a, b, c) == {frozenset({"a", "b"}), frozenset({"c"})}


def test_two_texts_of_one_address_are_editions_and_a_bare_site_is_no_address():
    one, two = announcement(), announcement(amount=("CNY", 38e9))
    at = "https://news.example/2025/plan"
    a, b = document("a", one, address=at), document("b", two, address=at.replace("https", "http") + "/")
    assert len(together(a, b)) == 1
    site = "https://news.example/"
    assert len(together(document("a", one, address=site), document("b", two, address=site))) == 2


def test_a_release_is_recognised_by_the_name_of_what_is_released():
    release = {"kind": EventType.MODEL_RELEASE, "segment": "models", "regions": ("CN",)}
    a = document("a", text_event(quote="Alibaba shows Qwen9-Max", **release))
    b = document("b", text_event(quote="阿里发布Qwen9-Max", **release), language="zh")
    c = document("c", text_event(quote="Alibaba shows Wan7-Video", **release))
    assert together(a, b, c) == {frozenset({"a", "b"}), frozenset({"c"})}


def test_order_does_not_matter_and_later_documents_move_no_earlier_one():
    said = [
        document("a", PLAN),
        document("b", announcement(amount=("USD", 53e9)), day="2025-02-25"),
        document("c", announcement(twins=(("USD", 52.4e9),)), day="2025-02-26"),
        document("d", announcement(company="Tencent", amount=("CNY", 90e9)), day="2025-02-26"),
        document("e", announcement(restated=True), day="2025-07-01"),
    ]
    clusters = cluster_documents(said)
    for seed in range(5):
        assert cluster_documents(random.Random(seed).sample(said, len(said))) == clusters  # noqa: S311 - an order
    for earlier, later in pairwise([cluster_documents(said[:n]) for n in range(len(said) + 1)]):
        assert earlier.items() <= later.items()


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="same id"):
        cluster_documents([document("a", PLAN), document("a", PLAN)])


def test_b_cubed_counts_companions():
    expected = {"a": "1", "b": "1", "c": "2", "d": "2"}
    assert b_cubed(expected, expected).f1 == 1
    one = b_cubed(dict.fromkeys("abcd", "x"), expected)
    assert (one.precision, one.recall) == (0.5, 1.0)
    alone = b_cubed({}, expected)
    assert (alone.precision, alone.recall, alone.documents) == (1.0, 0.5, 4)
    assert b_cubed({}, {}).f1 == 1
    # a, b: 2 of 3 companions are theirs; c: 1 of 3; d: alone, half of what it belongs with.
    mixed = b_cubed({"a": "x", "b": "x", "c": "x", "d": "y"}, expected)
    assert mixed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert mixed.recall == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
