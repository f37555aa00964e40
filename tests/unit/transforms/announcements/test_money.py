"""Amounts of a sentence: where they stand, what they are worth, ranges, twins and changes."""

from __future__ import annotations

import pytest

from tests.unit.transforms.announcements.readings import RULES
from transforms.announcements import Amount
from transforms.announcements.money import amounts, lead_in


def found(text, language="en"):
    return amounts(text, RULES[language])


def worths(text, language="en"):
    """Currency and both ends of each amount."""
    return [(m.currency, round(m.low, 6), round(m.high, 6)) for m in found(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "currency", "amount"),
    [
        ("It will spend $10 billion on chips.", "en", "USD", 10e9),
        ("It will spend US$1.5bn on chips.", "en", "USD", 1.5e9),
        ("It will spend 10 billion euros on chips.", "en", "EUR", 10e9),
        ("It will spend RMB33.4 billion on chips.", "en", "CNY", 33.4e9),
        ("It will spend a billion dollars on chips.", "en", "USD", 1e9),
        ("It will spend one point five billion pounds on chips.", "en", "GBP", 1.5e9),
        ("It will spend 50,000 crore rupees on chips.", "en", "INR", 500e9),
        ("Er will 1,5 Billionen Yuan in Chips stecken.", "de", "CNY", 1.5e12),
        ("Er will 2 billion Dollar in Chips stecken.", "de", "USD", 2e9),
        ("Er will anderthalb Milliarden Franken in Chips stecken.", "de", "CHF", 1.5e9),
        ("Er will 1.500 Mio. US-Dollar in Chips stecken.", "de", "USD", 1.5e9),
        ("计划投资3800亿元建设数据中心", "zh", None, 380e9),
        ("计划投资三千八百亿美元建设数据中心", "zh", "USD", 380e9),
        ("计划投资1.2万亿日元建设数据中心", "zh", "JPY", 1.2e12),
        ("计划投资500多亿港元建设数据中心", "zh", "HKD", 50e9),
        ("计划投资¥38亿建设数据中心", "zh", "CNY", 3.8e9),
        ("计划投资1亿5000万元建设数据中心", "zh", None, 1.5e8),
        ("计划投资12亿5千万元建设数据中心", "zh", None, 1.25e9),
        ("计划投资三亿五千万元建设数据中心", "zh", None, 3.5e8),
        ("计划投资1万2000亿日元建设数据中心", "zh", "JPY", 1.2e12),
        ("计划投资1兆2000亿日元建设数据中心", "zh", "JPY", 1.2e12),
    ],
)
def test_an_amount_is_number_times_scale_in_a_currency(text, language, currency, amount):
    assert worths(text, language) == [(currency, amount, amount)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It has 10 billion users.", "en"), ("It is 40 m wide.", "en"), ("It grew 10 million percent.", "en"),
        ("It is 40 m in length.", "en"),
        ("It pays a euro.", "en"), ("It spends 0 dollars.", "en"), ("It spends $2,000,000,000,000,000.", "en"),
        ("Das sind 3 Millionen Kunden.", "de"), ("Das sind 20 Prozent.", "de"), ("有3亿次下载", "zh"),
        ("增长三倍", "zh"),
    ],
)  # fmt: skip
def test_what_counts_something_else_is_no_amount(text, language):
    assert found(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "ends"),
    [
        ("It will spend $66-72 billion.", "en", ("USD", 66e9, 72e9)),
        ("It will spend $66 billion to $72 billion.", "en", ("USD", 66e9, 72e9)),
        ("It will spend between 66 and 72 billion dollars.", "en", ("USD", 66e9, 72e9)),
        ("It will spend $800 million to $1.2 billion.", "en", ("USD", 0.8e9, 1.2e9)),
        ("In a range from $66 billion to $72 billion.", "en", ("USD", 66e9, 72e9)),
        ("Er will 66 bis 72 Mrd. Dollar ausgeben.", "de", ("USD", 66e9, 72e9)),
        ("Er will zwischen 66 und 72 Mrd. Dollar ausgeben.", "de", ("USD", 66e9, 72e9)),
        ("计划投资660亿至720亿美元", "zh", ("USD", 66e9, 72e9)),
        ("计划投资660至720亿美元", "zh", ("USD", 66e9, 72e9)),
    ],
)
def test_the_ends_of_a_range_are_one_amount(text, language, ends):
    assert worths(text, language) == [ends]
    (money,) = found(text, language)
    assert "66" in text[money.start : money.end] or "800" in text[money.start : money.end]


@pytest.mark.parametrize(
    ("text", "language", "both"),
    [
        ("It pays $1 billion and $2 billion.", "en", [1e9, 2e9]),
        ("It raised it from $75 billion to $85 billion.", "en", [75e9, 85e9]),
        ("Er erhöhte von 75 Mrd. auf 85 Mrd. Euro.", "de", [75e9, 85e9]),
        ("由750亿元上调至850亿元", "zh", [75e9, 85e9]),
        ("It pays $1 billion to €2 billion.", "en", [1e9, 2e9]),
    ],
)
def test_what_is_left_behind_is_no_end_of_a_range(text, language, both):
    assert [m.high for m in found(text, language)] == both


@pytest.mark.parametrize(
    ("text", "language", "twin"),
    [
        ("It will spend 380 billion yuan ($53 billion).", "en", Amount("USD", 53e9)),
        ("It will spend 380 billion yuan, or about $53 billion.", "en", Amount("USD", 53e9)),
        ("Er will 380 Mrd. Yuan (umgerechnet rund 49 Mrd. Euro) ausgeben.", "de", Amount("EUR", 49e9)),
        ("计划投资3800亿元（约合530亿美元）", "zh", Amount("USD", 53e9)),
    ],
)
def test_the_same_amount_in_another_currency_is_a_twin(text, language, twin):
    (money,) = found(text, language)
    assert (money.high, money.twins) == (380e9, [twin])
    assert money.end < money.reach <= len(text)


@pytest.mark.parametrize("text", ["It spent $5 billion ($3 billion).", "It spent $5 billion and 3 billion euros."])
def test_a_second_amount_is_no_twin_for_standing_there(text):
    assert [m.twins for m in found(text)] == [[], []]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It raised its budget by $10 billion to $85 billion.", "en"),
        ("It raised its budget to $85 billion, up $10 billion.", "en"),
        ("Er erhöht das Budget um 10 Mrd. auf 85 Mrd. Dollar.", "de"),
    ],
)
def test_by_how_much_belongs_to_what_it_changes_to(text, language):
    (money,) = found(text, language)
    assert (money.high, money.is_target, money.delta) == (85e9, True, [Amount("USD", 10e9)])


def test_what_falls_is_no_range_and_what_it_fell_by_is_no_sum_of_its_own():
    assert worths("It pays 80 to 66 billion dollars.") == [("USD", 66e9, 66e9)]
    (money,) = found("It spends $85 billion this year, down $10 billion.")
    assert (money.high, money.is_target, money.delta) == (85e9, False, [Amount("USD", 10e9)])


def test_roles_of_amounts_in_a_change():
    before, after = found("It raised its budget from $75 billion to $85 billion.")
    assert (before.is_left_behind, before.is_target) == (True, False)
    assert (after.is_left_behind, after.is_target) == (False, True)
    (change,) = found("Er erhöht das Budget um rund 10 Mrd. Dollar.", "de")
    assert (change.is_change, change.is_target) == (True, False)


def test_a_currency_is_lent_by_a_neighbour_and_marked():
    first, second = found("It spends 3 billion in 2025 and $4 billion in 2026.")
    assert (first.currency, first.is_inferred) == ("USD", True)
    assert (second.currency, second.is_inferred) == ("USD", False)


def test_what_leads_in_is_looked_for_before_about_and_its_like():
    text = "It raised its budget to at least about $85 billion."
    assert lead_in(text, text.index("$"), RULES["en"]).rstrip().endswith("to")
    assert found(text)[0].lead == len("It raised its budget to ")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It will spend a quarter of a billion dollars on chips.", "en"),
        ("It will spend a third of a billion euros on chips.", "en"),
        ("Er will drei Viertel einer Milliarde Euro in Chips stecken.", "de"),
        ("Er will einen Bruchteil einer Milliarde Euro in Chips stecken.", "de"),
        ("计划投资数百亿美元建设数据中心", "zh"),
        ("计划投资几百亿元建设数据中心", "zh"),
        ("计划投资十几亿美元建设数据中心", "zh"),
        ("计划投资两三百亿元建设数据中心", "zh"),
    ],
)
def test_what_only_tells_a_size_is_no_amount(text, language):
    assert found(text, language) == []
