"""What sentences of one text say of each other, and what is said of an amount beside its record."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import read
from transforms.announcements import Amount

PUBLISHED = date(2025, 11, 5)


def announced(text: str, language: str = "en"):
    return read(text, language, PUBLISHED).announcements


@pytest.mark.parametrize(
    ("twin", "is_doubtful"),
    [("$53 billion", False), ("$53 million", True), ("$80 billion", True), ("50 billion euros", False)],
)
def test_a_twin_that_no_rate_bears_out_is_said(twin, is_doubtful):
    (plan,) = announced(f"Alibaba will invest 380 billion yuan ({twin}) in data centres.")
    assert len(plan.twins) == 1
    assert any("at any rate since 2020" in said for said in plan.advisories) == is_doubtful


@pytest.mark.parametrize(
    ("company", "kind"),
    [("The German government", EventType.OTHER_NOT_CAPEX), ("Infineon", EventType.CAPEX_PLAN)],
)
def test_what_a_state_pays_is_no_company_s_investment(company, kind):
    (told,) = announced(f"{company} will spend 5 billion euros on a chip factory in Dresden.")
    assert (told.kind, told.currency, told.amount_high) == (kind, "EUR", 5e9)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("台積電今年資本支出400億元。", "TWD"),
        ("台积电今年资本支出400亿元。", "TWD"),
        ("一家晶片廠宣布投資50億元興建新廠。", "TWD"),
        ("一家公司宣布投資50億港元。另外投資20億元興建數據中心。", "HKD"),
        ("騰訊第三季資本開支為130億元。", "CNY"),
        ("亚马逊计划投资50亿元建设数据中心。", "CNY"),
    ],
)
def test_the_shared_word_for_money_is_the_company_s_or_the_text_s(text, currency):
    assert announced(text, "zh")[-1].currency == currency


@pytest.mark.parametrize(
    ("text", "language", "ends"),
    [
        ("SAP will invest 20 billion euros in its cloud. The money is to be spent over ten years.", "en", "2035"),
        ("SAP will invest 2 billion euros in a data centre. Construction should be completed by 2027.", "en", "2027"),
        ("SAP investiert 2 Mrd. Euro in ein Rechenzentrum. Der Bau soll Ende 2027 abgeschlossen sein.", "de", "2027"),
        ("SAP will invest 2 billion euros in a data centre. The first customers arrive by 2027.", "en", None),
    ],
)
def test_a_later_sentence_says_for_how_long(text, language, ends):
    (plan,) = announced(text, language)
    assert plan.horizon_end == ends


def test_a_later_sentence_gives_a_plan_up():
    text = "Intel wollte 10 Milliarden Euro in ein Werk stecken. Daraus wird nichts."
    assert [a.is_negated for a in announced(text, "de")] == [True]
    assert [a.is_negated for a in announced(text.replace("wird nichts", "wird ein Werk"), "de")] == [False]


def test_spending_is_of_the_quarter_whose_results_are_told():
    text = "Meta reported third-quarter revenue of $51.2 billion. Capital expenditures were $19.4 billion."
    assert [a.horizon_end for a in announced(text) if a.is_capex] == ["2025-09"]
    assert [a.horizon_end for a in announced(text.replace("third-quarter ", "")) if a.is_capex] == [None]


def test_by_how_much_more_is_no_amount_of_its_own():
    (raised,) = announced(
        "Alphabet will in diesem Jahr 180 Milliarden Dollar investieren, fünf Milliarden mehr als im Februar erwartet.",
        "de",
    )
    assert (raised.amount_high, raised.delta, raised.kind) == (
        180e9,
        (Amount("USD", 5e9),),
        EventType.CAPEX_INCREASE,
    )


def test_a_place_in_the_title_is_for_what_is_planned_there_and_not_for_all_that_is_spent():
    title = "Intel builds in Ohio"
    (plan,) = read(f"{title}\nIntel will invest $20 billion in two plants.").announcements
    (total,) = read(f"{title}\nIntel expects capital expenditures of $18 billion in 2025.").announcements
    assert (plan.regions, total.regions) == (("US-OH",), ())
