"""Which time an amount is for where its own clause does not say, and what that tells of its kind."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import read

PLAN, ACTUAL, GUIDANCE = EventType.CAPEX_PLAN, EventType.CAPEX_ACTUAL, EventType.CAPEX_GUIDANCE
OTHER, FINANCING, STAKE = EventType.OTHER_NOT_CAPEX, EventType.FINANCING, EventType.STAKE_PURCHASE
MARCH, AUGUST = date(2026, 3, 10), date(2026, 8, 10)


def told(text, language="en", published=AUGUST):
    """Kind, highest amount in billions, and time of each announcement."""
    return [
        (a.kind, a.amount_high / 1e9, a.horizon_start, a.horizon_end)
        for a in read(text, language, published=published).announcements
    ]


def test_of_several_amounts_each_has_the_time_behind_it():
    assert told(
        "Acme put $2 billion into capital expenditures in the second quarter and $7 billion over the past 12 months."
    ) == [
        (ACTUAL, 2, "2026-04", "2026-06"),
        (ACTUAL, 7, "2025-07", "2026-06"),
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Micron reiterated that it will spend about $5 billion on capex this year.", "en"),
        ("Micron bekräftigte, dieses Jahr rund 5 Milliarden Dollar an Investitionsausgaben zu planen.", "de"),
        ("美光重申，今年资本支出约50亿美元。", "zh"),
    ],
)
def test_a_forecast_that_is_confirmed_is_for_its_year(text, language):
    assert told(text, language) == [(GUIDANCE, 5, "2026", "2026")]


def test_a_plan_that_was_announced_this_year_has_no_time_by_that():
    assert told("Micron had already announced this year that it will invest $5 billion in a plant.")[0][2:] == (
        None,
        None,
    )


def test_what_was_approved_in_a_month_that_has_passed_is_not_for_that_month():
    ((kind, _, start, end),) = told(
        "Für das Werk waren bereits im Februar 2022 zwei Milliarden Euro bewilligt worden.", "de"
    )
    assert kind is not ACTUAL
    assert (start, end) == (None, None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Micron forecasts 2027 revenue of $40 billion. Capital expenditures are seen at $9 billion.", "en"),
        (
            "Micron erwartet 2027 einen Umsatz von 40 Mrd. Dollar. Die Investitionsausgaben sollen 9 Mrd. betragen.",
            "de",
        ),
        ("美光2027年资本支出计划出炉\n美光公布财报。资本支出预计为90亿美元。", "zh"),
    ],
)
def test_a_forecast_is_for_the_year_that_the_sentence_before_or_the_title_looks_ahead_to(text, language):
    assert told(text, language)[-1] == (GUIDANCE, 9, "2027", "2027")


def test_a_year_two_sentences_before_is_no_longer_meant():
    text = "Micron expects 2027 revenue of $40 billion. Its shares rose. Capital expenditures are seen at $9 billion."
    assert told(text)[-1] == (GUIDANCE, 9, None, None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Alphabet plans capex of $60 billion for 2026 to 2028; Meta will invest $20 billion over the same period.",
            "en",
        ),
        (
            "Alphabet steckt von 2026 bis 2028 60 Mrd. Dollar in Chips, Meta im gleichen Zeitraum 20 Mrd. Dollar.",
            "de",
        ),
        ("谷歌2026至2028年的资本开支预计为600亿美元；Meta同期将投资200亿美元。", "zh"),
    ],
)
def test_the_same_period_is_the_one_named_before(text, language):
    assert told(text, language)[-1][1:] == (20, "2026", "2028")


def test_without_a_period_before_it_the_same_period_says_nothing():
    assert told("Meta will invest $20 billion in data centers over the same period.")[0][2:] == (None, None)


def test_a_part_is_for_the_time_of_the_whole():
    found = told("百度2027年度投资总额不超过200亿元，其中固定资产投资不超过180亿元。", "zh")
    assert [one[1:] for one in found] == [(20, "2027", "2027"), (18, "2027", "2027")]


@pytest.mark.parametrize("published", [MARCH, AUGUST])
def test_the_full_year_that_something_is_planned_for_is_not_the_last_one(published):
    assert told("Amazon will im Gesamtjahr rund 200 Milliarden Dollar investieren.", "de", published)[0][2:] == (
        "2026",
        "2026",
    )


def test_months_that_money_was_spent_in_have_passed():
    assert told("Für Sachanlagen wandte Amazon in drei Monaten 44 Milliarden Dollar auf.", "de") == [
        (ACTUAL, 44, "2026-04", "2026-06")
    ]
    assert told("Amazon has invested $44 billion in data centers over three years.") == [(ACTUAL, 44, "2023", "2026")]
    assert told("Amazon will invest $44 billion in data centers over three years.") == [(PLAN, 44, "2026", "2029")]
    assert told("Amazon signed orders worth $44 billion over three years.") == [(OTHER, 44, "2026", "2029")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("百度发布年报，2025年营收1300亿元，资本开支150亿元。", "zh"),
        ("In 2025 Baidu had revenue of CNY 130 billion, capital expenditures of CNY 15 billion.", "en"),
    ],
)
def test_capex_beside_the_revenue_of_a_year_that_has_passed_was_spent_in_it(text, language):
    assert told(text, language)[-1] == (ACTUAL, 15, "2025", "2025")


def test_capex_beside_the_revenue_of_a_year_to_come_is_a_forecast():
    assert told("百度预计2027年营收1300亿元，资本开支150亿元。", "zh")[-1][0] is GUIDANCE


def test_what_rose_from_last_years_was_spent_too():
    before, after = told("百度公布，二季度营收330亿元。资本支出由上年同期的20亿元升至38亿元。", "zh")[1:]
    assert before == (ACTUAL, 2, "2025-04", "2025-06")
    assert after == (ACTUAL, 3.8, "2026-04", "2026-06")


def test_a_sum_said_when_it_was_approved_is_not_spent_yet():
    (one,) = told("The M15X plant, for which more than $20 billion was earmarked last year, opens soon.")
    assert one == (PLAN, 20, None, None)


def test_what_a_given_up_project_would_have_cost_is_not_meant():
    for text, language in (
        ("鸿海宣布，不再推进建厂的计划。该项目估计耗资195亿美元。", "zh"),
        ("Foxconn has scrapped its plan for a chip plant. The project would have cost $19.5 billion.", "en"),
    ):
        (one,) = read(text, language, published=AUGUST).announcements
        assert (one.amount_high, one.is_negated, one.is_hypothetical) == (19.5e9, True, False)
    (kept,) = read("Foxconn starts its chip plant. The project costs $19.5 billion.", "en").announcements
    assert not kept.is_negated


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        (
            "Bei den Investitionen waren es 2025 72 Milliarden Dollar, Finanzierungsleasing inbegriffen.",
            "de",
            ACTUAL,
        ),
        (
            "Operating profit at the division that makes chips fell to $400 million in the quarter, Micron said.",
            "en",
            OTHER,
        ),
        ("Total government backing for Intel comes to $8 billion.", "en", OTHER),
        ("百度股权投资不超过20亿元。", "zh", STAKE),
        ("廣達斥1.3億美元增資美國子公司，擴充伺服器產能。", "zh", PLAN),
        ("廣達宣布增資1.3億美元。", "zh", FINANCING),
        ("Micron puts the cost of the plant at about $5 billion.", "en", PLAN),
        ("Micron calls it a $10 billion capital investment in Idaho.", "en", PLAN),
    ],
)
def test_what_a_word_stands_for_depends_on_the_words_around_it(text, language, kind):
    assert [one[0] for one in told(text, language)] == [kind]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Every additional gigawatt costs about $50 billion.", "en"),
        ("Je Gigawatt kostet ein Rechenzentrum 40 Milliarden Dollar.", "de"),
        ("数据中心每吉瓦造价约500亿美元。", "zh"),
    ],
)
def test_what_a_unit_of_power_costs_is_no_plan(text, language):
    assert [one[0] for one in told(text, language)] == [OTHER]


def test_what_last_years_amount_rose_to_is_not_for_last_year():
    before, after = told("百度资本支出由去年的20亿元升至38亿元。", "zh")
    assert before[1:] == (2, "2025", "2025")
    assert after[1:] == (3.8, None, None)


def test_a_forecast_is_for_the_only_year_that_its_sentence_names():
    text = (
        "Meta raised its estimate for this year's capital expenditures: where $35 billion had been pencilled in, it is "
        "now $40 billion."
    )
    assert told(text)[-1] == (GUIDANCE, 40, "2026", "2026")


def test_what_was_pledged_last_year_is_a_plan():
    ((kind, *_),) = told(
        "Acht Milliarden Pfund sind für Rechenzentren, die Amazon bereits im vergangenen Jahr zugesagt hatte.", "de"
    )
    assert kind is PLAN


@pytest.mark.parametrize("year", ["", "For 2027 it is: "])
def test_capex_beside_revenue_is_not_spent_yet_where_no_year_has_passed(year):
    assert told(f"{year}revenue of $40 billion, capital expenditures of $9 billion.")[-1][0] is not ACTUAL


def test_a_part_far_behind_is_for_the_time_of_the_whole_too():
    text = (
        "Amazon said that over the next three years it will invest $40 billion in sites of many kinds in England and "
        "Scotland and Wales and Northern Ireland, of which $8 billion are for data centers."
    )
    assert [one[1:] for one in told(text)] == [(40, "2026", "2029"), (8, "2026", "2029")]


@pytest.mark.parametrize(
    "text",
    [
        "Foxconn has scrapped its plan for a chip plant. Micron will invest $5 billion in a plant.",
        "Intel scrapped its plan for a plant of $30 billion in Magdeburg. The project in Ohio costs $5 billion.",
    ],
)
def test_a_plan_after_one_that_was_given_up_stands(text):
    *_, last = read(text, published=AUGUST).announcements
    assert (last.amount_high, last.is_negated) == (5e9, False)


def test_what_the_division_that_makes_things_earned_is_no_spending():
    text = "Operating profit at the division that makes memory and logic chips plunged to 0.4 trillion won in summer."
    assert [one[0] for one in told(text)] == [OTHER]
