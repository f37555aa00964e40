"""Amounts that stand beside spending, or that only look like it: each case stands for a rule, not for a text."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import read

PLAN, ACTUAL, INCREASE = EventType.CAPEX_PLAN, EventType.CAPEX_ACTUAL, EventType.CAPEX_INCREASE
OTHER = EventType.OTHER_NOT_CAPEX
DECEMBER = date(2025, 12, 11)


def said(text, language="en"):
    return read(text, language, published=DECEMBER).announcements


def kinds(text, language="en"):
    return [a.kind for a in said(text, language)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Bund hatte dafür Hilfen von 9,9 Milliarden Euro zugesagt.", "de"),
        ("SAP hat ein neues Rückkaufprogramm im Volumen von zehn Milliarden Euro aufgelegt.", "de"),
        ("Auch die Übernahme der Robotiksparte von ABB will bezahlt sein, sie kostet 5,4 Milliarden Dollar.", "de"),
        ("Tokyo has set aside about 5.7 trillion yen to revive domestic chip production.", "en"),
        ("Investors bought in, valuing the data center operator at $18 billion.", "en"),
        ("由于计入159亿美元的一次性税项支出，Meta纯利大跌。", "zh"),
    ],
)
def test_aid_buybacks_takeovers_values_and_taxes_are_no_spending(text, language):
    assert kinds(text, language) == [OTHER]


def test_a_part_of_sales_is_no_spending_though_a_thing_stands_beside_it():
    assert kinds("SAP setzte 36,8 Mrd. Euro um, davon 21 Mrd. Euro mit Cloud-Diensten.", "de") == [OTHER, OTHER]
    assert kinds("Allein das Geschäft mit Rechenzentren steuerte 51,2 Milliarden Dollar bei.", "de") == [OTHER]


def test_free_cash_flow_in_the_next_clause_says_nothing_of_the_outlays_before_it():
    assert kinds(
        "Outlays in the second quarter alone came to $12 billion, leaving free cash flow at minus $10 billion."
    ) == [
        ACTUAL,
        OTHER,
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A site near Wroclaw, for which Intel had budgeted $4.6 billion, will not be built either.", "en"),
        ("Die Fabriken in Magdeburg, die Intel 30 Milliarden Euro kosten sollten, werden nicht gebaut.", "de"),
        ("鸿海不再推进与韦丹塔集团（Vedanta）总额195亿美元的合资建厂计划。", "zh"),
    ],
)
def test_what_will_not_be_built_is_negated(text, language):
    (one,) = said(text, language)
    assert (one.is_negated, one.is_hypothetical) == (True, False)


def test_what_people_are_cited_with_is_hypothetical():
    (one,) = said(
        "Micron plans to invest $9.6 billion in a plant, a newspaper reported, citing people briefed on the matter."
    )
    assert one.is_hypothetical


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2025 flossen 35 Mrd. Dollar in Rechenzentren, nachdem es im Jahr davor noch 20 Mrd. gewesen waren.", 20e9),
        ("TSMC will heuer 52 Mrd. Dollar investieren. 2024 waren es 40,9 Mrd., wie der Finanzchef sagte.", 40.9e9),
    ],
)  # fmt: skip
def test_what_is_compared_is_of_the_currency_named_before(text, before):
    *_, last = said(text, "de")
    assert (last.kind, last.currency, last.amount_high) == (ACTUAL, "USD", before)


def test_what_is_counted_is_no_amount_though_a_year_stands_beside_it():
    first, *others = said(
        "TSMC will 52 Milliarden Dollar investieren. 2024 waren es 3 Milliarden Chips, wie der Chef sagte.", "de"
    )
    assert (first.kind, others) == (PLAN, [])


def test_a_rise_and_what_it_leads_to_are_one_amount():
    (one,) = said("甲骨文将2026财年资本支出预期再提高150亿美元，至约500亿美元。", "zh")
    assert (one.kind, one.amount_high, [d.amount for d in one.delta]) == (INCREASE, 50e9, [15e9])


@pytest.mark.parametrize(
    ("text", "language", "horizon"),
    [
        ("Im Geschäftsjahr 2025/26 will Infineon 2,7 Milliarden Euro investieren.", "de", ("2025-10", "2026-09")),
        ("In the first three months of the year capex had been $27.5 billion.", "en", ("2025-01", "2025-03")),
        ("Meta will die Investitionen des laufenden Jahres auf 72 Milliarden Dollar bringen.", "de", ("2025", "2025")),
    ],
)
def test_spans_have_the_ends_that_are_meant(text, language, horizon):
    (one,) = said(text, language)
    assert (one.horizon_start, one.horizon_end) == horizon


def test_what_was_pledged_in_a_month_is_a_plan():
    (one,) = said("The company pledged 380 billion yuan in February 2025 for cloud and AI infrastructure.")
    assert (one.kind, one.is_restated) == (PLAN, True)


def test_what_went_into_something_was_spent():
    (one,) = said("Roughly 120 billion yuan went into AI infrastructure over the four quarters through September.")
    assert one.kind is ACTUAL


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Am Anleihemarkt haben die Konzerne 120 Milliarden Dollar aufgenommen.", "de"),
        ("Meta hat bei Banken 27 Milliarden Dollar aufgenommen.", "de"),
    ],
)
def test_what_is_taken_up_is_financing(text, language):
    assert kinds(text, language) == [EventType.FINANCING]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Anthropic承诺购买300亿美元的Azure算力。", "zh"),
        ("CoreWeave has signed a contract to supply Meta with computing power worth up to $14.2 billion.", "en"),
        ("OpenAI has agreed to buy another $250 billion of Azure services.", "en"),
        ("Shares rose after the first $100 billion quarter.", "en"),
    ],
)
def test_what_is_bought_as_a_service_and_what_a_quarter_brought_is_no_spending(text, language):
    assert kinds(text, language) == [OTHER]


def test_equipment_that_is_bought_is_spending():
    assert kinds("鴻海公告，董事會通過以不超過420億元採購設備，建置AI運算叢集。", "zh") == [PLAN]


def test_what_is_given_as_well_is_a_stake_too():
    assert (
        kinds("英伟达将向Anthropic投资至多100亿美元，微软将投资至多50亿美元。", "zh") == [EventType.STAKE_PURCHASE] * 2
    )
    first, second = kinds("英伟达将向Anthropic投资100亿美元，微软将投资50亿美元建设数据中心。", "zh")
    assert (first, second) == (EventType.STAKE_PURCHASE, PLAN)


def test_leasing_that_is_included_is_no_whole_of_which_the_amount_is_a_part():
    result = "Der Gewinn lag im zweiten Quartal bei 27 Mrd. Dollar."
    capex = "Die Investitionen einschließlich Finanzierungsleasing betrugen im zweiten Quartal 24 Mrd. Dollar."
    assert kinds(f"{result} {capex}", "de") == [OTHER, ACTUAL]


@pytest.mark.parametrize(
    ("ending", "is_hearsay"), [(" - sources", True), (", sources say", True), (" - Reuters", False)]
)
def test_a_headline_that_ends_with_its_sources_is_hearsay(ending, is_hearsay):
    (one,) = said(f"ByteDance plans 160 bln yuan of capex in 2026{ending}")
    assert one.is_hypothetical is is_hearsay


def test_neither_nor_denies_both():
    found = said(
        "Intel will no longer pursue its 30 billion euro plant in Magdeburg, nor a $4.6 billion site near Wroclaw."
    )
    assert [one.is_negated for one in found] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        "Im Raum stehe eine Investition von drei Mrd. Euro in ein Rechenzentrum.",
        "Die Telekom plane ein Rechenzentrum für drei Mrd. Euro, sagten zwei mit den Gesprächen vertraute Personen.",
    ],
)
def test_what_is_only_talked_about_is_hypothetical(text):
    (one,) = said(text, "de")
    assert one.is_hypothetical


def test_the_halves_of_a_chinese_headline_are_clauses_far_apart():
    (one,) = said("聯電否認與格芯合併 今年資本支出維持18億美元", "zh")
    assert (one.is_negated, one.company) == (False, "UMC")


def test_a_venture_for_data_centers_is_a_plan():
    assert kinds("Equinix and GIC team up in $15 billion venture for hyperscale data centers") == [PLAN]
