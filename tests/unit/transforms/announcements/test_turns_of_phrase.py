"""Turns of phrase that were read wrongly once: each stands for a rule of its language, not for a text."""

from __future__ import annotations

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import read

PLAN, INCREASE, GUIDANCE = EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE, EventType.CAPEX_GUIDANCE
OTHER, FINANCING = EventType.OTHER_NOT_CAPEX, EventType.FINANCING


def said(text, language="en"):
    return read(text, language).announcements


def asserted(text, language):
    return [a.amount_high for a in said(text, language) if a.is_capex and not (a.is_hypothetical or a.is_negated)]


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("up from a prior estimate of", INCREASE),
        ("up from its previous guidance of", INCREASE),
        ("up from an earlier forecast of", INCREASE),
        ("down from a previous target of", GUIDANCE),
    ],
)
def test_what_was_expected_before_is_superseded(before, kind):
    low, high = ("95", "85") if before.startswith("down") else ("75", "85")
    first, old = said(f"Alphabet expects capital expenditures of ${high} billion in 2025, {before} ${low} billion.")
    assert (first.kind, first.is_superseded) == (kind, False)
    assert (old.amount_high, old.is_superseded, old.direction) == (float(low) * 1e9, True, "none")


def test_what_was_planned_and_is_no_more_is_superseded():
    old, new = said("Microsoft had planned to spend $80 billion on capex but will now spend $90 billion.")
    assert (old.is_superseded, new.is_superseded, new.amount_high) == (True, False, 90e9)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("百度将追加投资50亿元建设数据中心。", "zh"),
        ("百度将额外投入50亿元建设数据中心。", "zh"),
        ("百度将再投资50亿元建设数据中心。", "zh"),
        ("Samsung doubles its investment in Texas to $44 billion.", "en"),
        ("Samsung verdoppelt seine Investition in Texas auf 44 Milliarden Dollar.", "de"),
    ],
)
def test_more_of_it_is_an_increase(text, language):
    (one,) = said(text, language)
    assert one.kind is INCREASE


@pytest.mark.parametrize(
    "text",
    [
        "腾讯获批投资1000亿元建设数据中心。",
        "获批后，英伟达将投资1000亿美元建厂。",
        "亚马逊获奖后宣布投资100亿美元建设数据中心。",
    ],
)
def test_to_be_allowed_to_invest_is_no_financing(text):
    (one,) = said(text, "zh")
    assert one.is_capex


def test_a_forecast_that_a_company_raises_by_an_amount_is_its_own():
    (one,) = said(
        "Meta raised its 2025 capital expenditure forecast by $5 billion to between $66 billion and $72 billion."
    )
    assert (one.amount_low, one.amount_high, one.is_hypothetical, one.is_third_party) == (66e9, 72e9, False, False)
    assert [d.amount for d in one.delta] == [5e9]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Meta will not spend more than $40 billion on capex this year.", "en"),
        ("Meta will not spend less than $40 billion on capex this year.", "en"),
        ("Amazon will nicht mehr als 40 Milliarden Euro in Rechenzentren investieren.", "de"),
        ("Microsoft does not plan to cut its $40 billion capex budget.", "en"),
    ],
)
def test_a_cap_or_a_cut_that_is_denied_denies_no_spending(text, language):
    assert asserted(text, language) == [40e9]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Meta wird im kommenden Jahr deutlich mehr in Rechenzentren investieren.", "de"),
        ("Meta will im kommenden Jahr mehr Geld in Rechenzentren stecken.", "de"),
        ("Meta will spend significantly more on AI infrastructure next year.", "en"),
    ],
)
def test_more_without_an_amount_is_told_without_one(text, language):
    (one,) = said(text, language)
    assert (one.is_capex, one.amount_low, one.direction) == (True, None, "up")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Washington supports Micron's American projects with $6.2 billion.", "en"),
        ("For the year capital expenditure was $20 billion; it earned $5.2 billion in its first quarter.", "en"),
        ("Alphabet to Buy Intersect for $4.75 Billion to Secure Data Center Power", "en"),
        ("Mit Chips für KI-Rechenzentren will Infineon in diesem Jahr 1,5 Milliarden Euro umsetzen.", "de"),
        ("Der deutsche Cloud-Markt soll 2025 auf 20 Milliarden Euro wachsen.", "de"),
        ("Aleph Alpha erhält von SAP und weiteren Geldgebern mehr als 500 Millionen Dollar.", "de"),
        ("Microsoft hat OpenAI 13 Milliarden Dollar zugesagt.", "de"),
        ("Microsoft gave OpenAI $13 billion.", "en"),
        ("对OpenAI的投资使净利润减少31亿美元。", "zh"),
        ("OpenAI承诺向微软采购2500亿美元的Azure服务。", "zh"),
    ],
)
def test_what_is_earned_given_or_paid_for_is_no_plan(text, language):
    assert [a for a in said(text, language) if a.kind is PLAN] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ein Werk in Polen, in das Intel 4,6 Milliarden Dollar investieren wollte, entfällt.", "de"),
        (
            "Intel wollte in Ohio 3,6 Milliarden Dollar ausgeben, doch fehlt das Wasser; das Vorhaben ist vom Tisch.",
            "de",
        ),
        ("A $1.1 billion data center project of Microsoft in Caledonia was dropped last month.", "en"),
    ],
)
def test_what_is_given_up_in_a_later_clause_is_not_asserted(text, language):
    (one,) = said(text, language)
    assert one.is_negated


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("消息称字节跳动明年拟斥资1000亿元采购英伟达芯片", "zh"),
        ("Humain said to weigh $10 billion US data center project", "en"),
        ("Micron plans to spend $9.6 billion on a plant, the Nikkei reported without naming its sources.", "en"),
    ],
)
def test_hearsay_is_hypothetical(text, language):
    (one,) = said(text, language)
    assert one.is_hypothetical


def test_a_place_that_ends_in_a_word_for_profit_is_no_profit():
    (one,) = said("台积电此前已承诺在亚利桑那州投资650亿美元。", "zh")
    assert one.is_capex


def test_after_what_a_government_gives_the_group_is_whom_it_gives_it():
    _, plan = said(
        "The US Commerce Department awarded Samsung $4.75 billion in subsidies. "
        "The group intends to spend about $37 billion on its sites in Taylor."
    )
    assert (plan.company, plan.is_capex, plan.amount_high) == ("Samsung", True, 37e9)


@pytest.mark.parametrize(
    ("text", "language", "regions"),
    [
        ("Amazon invests $11 billion in Ohio and $10 billion in Mississippi.", "en", [("US-OH",), ("US-MS",)]),
        ("Oracle investiert 2 Milliarden Euro in Spanien und 1 Milliarde Euro in Italien.", "de", [("ES",), ("IT",)]),
        ("甲骨文将在德国投资20亿美元,在荷兰投资10亿美元。", "zh", [("DE",), ("NL",)]),
        ("Amazon invests $11 billion, of it $2 billion in chips, in Ohio and Texas.", "en", [("US-OH", "US-TX")] * 2),
    ],
)
def test_each_amount_has_the_place_that_follows_it(text, language, regions):
    assert [a.regions for a in said(text, language)] == regions


def test_a_plan_for_years_is_no_part_of_the_bond_before_it():
    bond, plan = said("阿里巴巴拟发行约120亿港元债券。公司今年2月宣布三年投入三千八百亿元以上。", "zh")
    assert (bond.kind, plan.is_capex, plan.amount_high) == (FINANCING, True, 380e9)
