"""Which time of its sentence an amount is for."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import clues
from transforms.announcements.horizons import horizon_of

MAY = date(2025, 5, 20)
PLAN, ACTUAL, GUIDANCE = EventType.CAPEX_PLAN, EventType.CAPEX_ACTUAL, EventType.CAPEX_GUIDANCE


def horizons(text, language="en", kind=PLAN, *, is_restated=False, published=MAY, year_end=12):
    """The time of each amount of a sentence."""
    found = clues(text, language)
    return [
        horizon_of(found, money, kind, is_restated=is_restated, published=published, fiscal_year_end_month=year_end)
        for money in found.money
    ]


@pytest.mark.parametrize(
    ("text", "language", "horizon"),
    [
        ("It will spend $10 billion over three years.", "en", ("2025", "2028")),
        ("Over three years it will spend $10 billion on chips.", "en", ("2025", "2028")),
        ("Er will bis 2028 rund 10 Mrd. Euro investieren.", "de", ("2025", "2028")),
        ("公司计划未来三年投资100亿元", "zh", ("2025", "2028")),
        ("It will spend $10 billion.", "en", None),
    ],
)
def test_an_amount_is_for_the_time_beside_it(text, language, horizon):
    assert horizons(text, language) == [horizon]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It will spend $3 billion in 2026 and $4 billion in 2027.", "en"),
        ("Er steckt 3 Mrd. Euro im Jahr 2026 und 4 Mrd. Euro im Jahr 2027 in Chips.", "de"),
        ("公司计划2026年投资30亿元，2027年投资40亿元", "zh"),
    ],
)
def test_each_amount_has_its_own_time(text, language):
    assert horizons(text, language) == [("2026", "2026"), ("2027", "2027")]


def test_a_time_that_opens_the_sentence_holds_for_all_of_it():
    text = "In 2026 it will build, so the plan that was shown to all of the owners said, two sites for $3 billion."
    assert horizons(text) == [("2026", "2026")]
    assert horizons(text.replace("In 2026 it", "That in 2026 it")) == [None]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It had announced in 2024 that it will spend $2 billion.", "en"),
        ("Er hatte 2024 angekündigt, 2 Mrd. Euro zu investieren.", "de"),
        ("公司去年宣布投资20亿元", "zh"),
    ],
)
def test_what_is_planned_does_not_lie_behind(text, language):
    assert horizons(text, language) == [None]
    assert horizons(text, language, ACTUAL) == [("2024", "2024")]


def test_what_was_spent_lies_behind_where_both_are_named():
    text = "It spent $2 billion last year, and this year more will be spent."
    assert horizons(text, kind=ACTUAL) == [("2024", "2024")]
    assert horizons(text) == [("2025", "2025")]


def test_of_what_was_spent_the_past_counts_though_something_else_is_nearer():
    assert horizons("It spent $2 billion of its 2030 budget last year.", kind=ACTUAL) == [("2024", "2024")]


def test_a_year_beside_already_announced_is_when_it_was_said():
    text = "It confirmed in 2025 that $2 billion will be spent."
    assert horizons(text) == [("2025", "2025")]
    assert horizons(text, is_restated=True) == [None]
    assert horizons("It confirmed that $2 billion will be spent by 2027.", is_restated=True) == [("2025", "2027")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It will spend $2 billion on a plant that opens in 2027.", "en"),
        ("Er baut für 2 Mrd. Euro ein Werk, das 2027 in Betrieb geht.", "de"),
        ("公司投资20亿元建厂，新厂2027年将投产", "zh"),
    ],
)
def test_spending_does_not_end_with_the_day_something_starts_to_work(text, language):
    assert horizons(text, language) == [None]


def test_a_time_of_somebody_else_is_not_taken():
    text = "Amazon builds in 2026, while Microsoft will spend $3 billion."
    assert horizons(text) == [None]
    assert horizons("Amazon builds in 2026, while it will spend $3 billion.") == [("2026", "2026")]


def test_quarters_and_fiscal_years_are_those_of_kind_and_company():
    text = "It will spend $2 billion in the second quarter."
    assert horizons(text) == [("2025-04", "2025-06")]
    assert horizons(text, kind=ACTUAL) == [("2024-04", "2024-06")]
    text = "It will spend $2 billion this fiscal year."
    assert horizons(text, kind=GUIDANCE, year_end=6) == [("2024-07", "2025-06")]


def test_without_a_day_of_publication_only_what_names_its_year_is_known():
    assert horizons("It will spend $2 billion next year.", published=None) == [None]
    assert horizons("It will spend $2 billion in 2026.", published=None) == [("2026", "2026")]
