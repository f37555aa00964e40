"""Spending that changes by an amount nobody names."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import clues
from transforms.announcements.kinds import sorted_amounts
from transforms.announcements.unstated import unstated

MAY = date(2025, 5, 20)
INCREASE, GUIDANCE = EventType.CAPEX_INCREASE, EventType.CAPEX_GUIDANCE


def announced(text, language="en", published=MAY, year_end=12):
    found = clues(text, language)
    kinds = sorted_amounts(found, published, None)
    return unstated(found, kinds, published=published, fiscal_year_end_month=year_end)


@pytest.mark.parametrize(
    ("text", "language", "kind", "direction"),
    [
        ("Capital expenditures will increase further.", "en", INCREASE, "up"),
        ("It will raise its capital spending.", "en", INCREASE, "up"),
        ("It lowered its capex guidance.", "en", GUIDANCE, "down"),
        ("Er will die Investitionen deutlich erhöhen.", "de", INCREASE, "up"),
        ("Er senkt seine Investitionen.", "de", GUIDANCE, "down"),
        ("公司将进一步加大资本开支", "zh", INCREASE, "up"),
        ("公司将削减资本开支", "zh", GUIDANCE, "down"),
    ],
)
def test_a_change_without_an_amount_is_announced(text, language, kind, direction):
    found = announced(text, language)
    assert (found.kind, found.direction, found.horizon) == (kind, direction, None)
    start, end = found.place
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    ("text", "language", "horizon"),
    [
        ("Capital expenditures will increase in 2026.", "en", ("2026", "2026")),
        ("Die Investitionen im Jahr 2026 deutlich erhöhen.", "de", ("2026", "2026")),
        ("明年资本开支将会增加", "zh", ("2026", "2026")),
        ("Capital expenditures will increase next quarter.", "en", ("2025-07", "2025-09")),
    ],
)
def test_what_is_said_for_one_time_is_guidance(text, language, horizon):
    found = announced(text, language)
    assert (found.kind, found.direction, found.horizon) == (GUIDANCE, "up", horizon)


def test_a_fiscal_year_is_the_companys():
    found = announced("Capital expenditures will increase in fiscal year 2026.", year_end=6)
    assert found.horizon == ("2025-07", "2026-06")


def test_a_time_of_many_years_is_no_guidance():
    assert announced("Capital expenditures will increase over three years.").kind is INCREASE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It will raise its capital spending to $10 billion.", "en"),
        ("It will raise its capital spending by $10 billion.", "en"),
        ("It will raise its capital spending plan, now $10 billion.", "en"),
        ("It reduces its capex plan of $10 billion.", "en"),
        ("Er will die Investitionen auf 10 Mrd. Euro erhöhen.", "de"),
        ("公司将资本开支上调至100亿元", "zh"),
        ("It builds.", "en"),
        ("Revenue will increase further.", "en"),
    ],
)
def test_what_names_its_amount_or_is_no_spending_is_not_announced_again(text, language):
    assert announced(text, language) is None


def test_an_amount_that_is_something_else_does_not_count():
    assert announced("Revenue rose to $30 billion, and capital expenditures will increase further.").kind is INCREASE


def test_the_programme_that_is_extended_is_not_what_it_is_extended_to():
    found = announced("Er will das Programm von 380 Mrd. Yuan deutlich ausweiten.", "de")
    assert (found.kind, found.direction) == (INCREASE, "up")
