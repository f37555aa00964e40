"""What each amount of a sentence is for."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import clues
from transforms.announcements.kinds import sorted_amounts
from transforms.announcements.spending import Sorted

MAY = date(2025, 5, 20)
PLAN, INCREASE = EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE
ACTUAL, GUIDANCE = EventType.CAPEX_ACTUAL, EventType.CAPEX_GUIDANCE
OTHER, STAKE, FINANCING = EventType.OTHER_NOT_CAPEX, EventType.STAKE_PURCHASE, EventType.FINANCING


def sorted_of(text, language="en", before=None):
    return sorted_amounts(clues(text, language), MAY, before)


def kinds(text, language="en", before=None):
    return [one.kind for one in sorted_of(text, language, before)]


@pytest.mark.parametrize(
    ("kind", "english", "german", "chinese"),
    [
        (
            PLAN,
            "Amazon will invest $10 billion in data centres.",
            "Amazon will 10 Mrd. Euro in Rechenzentren investieren.",
            "亚马逊计划投资100亿美元建设数据中心",
        ),
        (
            GUIDANCE,
            "Amazon expects capital expenditures of $10 billion in 2025.",
            "Amazon rechnet für 2025 mit Investitionsausgaben von 10 Mrd. Euro.",
            "亚马逊预计2025年资本开支为100亿美元",
        ),
        (
            INCREASE,
            "Amazon raised its capex forecast to $10 billion.",
            "Amazon erhöht sein Investitionsbudget auf 10 Mrd. Euro.",
            "亚马逊将资本开支预算上调至100亿美元",
        ),
        (
            ACTUAL,
            "Capital expenditures were $10 billion last quarter.",
            "Die Investitionsausgaben lagen im vergangenen Quartal bei 10 Mrd. Euro.",
            "上季度资本开支录得100亿美元",
        ),
        (
            STAKE,
            "Amazon bought a stake in Anthropic for $10 billion.",
            "Amazon kauft für 10 Mrd. Euro einen Anteil an Anthropic.",
            "亚马逊斥资100亿美元入股Anthropic",
        ),
        (
            FINANCING,
            "Amazon sold bonds of $10 billion.",
            "Amazon begibt eine Anleihe über 10 Mrd. Euro.",
            "亚马逊发行100亿美元债券",
        ),
        (
            OTHER,
            "Amazon had revenue of $10 billion.",
            "Der Umsatz von Amazon betrug 10 Mrd. Euro.",
            "亚马逊营收100亿美元",
        ),
    ],
)
def test_an_amount_is_for_the_same_in_each_language(kind, english, german, chinese):
    assert [kinds(english), kinds(german, "de"), kinds(chinese, "zh")] == [[kind], [kind], [kind]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amazon raises $10 billion for data centres.", [FINANCING]),
        ("Amazon raises its capex plan by $10 billion.", [INCREASE]),
        ("Amazon cut its capex forecast to $10 billion.", [GUIDANCE]),
        ("Amazon will invest an additional $10 billion in data centres.", [INCREASE]),
        ("Amazon invests $10 billion in OpenAI.", [STAKE]),
        ("Amazon invests $10 billion in Stargate.", [PLAN]),
        ("Amazon agreed to buy the operator for $10 billion.", [OTHER]),
        ("Amazon was fined $10 billion.", [OTHER]),
        ("Amazon set aside $10 billion for subsidies.", [OTHER]),
        ("Amazon has spent $10 billion on data centres.", [ACTUAL]),
        ("Amazon leases data centres for $10 billion.", [OTHER]),
        ("Amazon and $10 billion.", [OTHER]),
        ("Revenue was $30 billion, and capital expenditures were $10 billion.", [OTHER, ACTUAL]),
        ("China Mobile and $10 billion.", [OTHER]),
        ("It builds.", []),
    ],
)
def test_the_words_beside_an_amount_decide(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Amazon raised its capex forecast from $75 billion to $85 billion.", "en"),
        ("Amazon erhöht sein Investitionsbudget von 75 Mrd. auf 85 Mrd. Euro.", "de"),
        ("亚马逊将资本开支预算由750亿美元上调至850亿美元", "zh"),
    ],
)
def test_what_was_before_is_superseded_by_what_is_raised(text, language):
    before, after = sorted_of(text, language)
    assert (before.kind, before.is_superseded) == (GUIDANCE, True)
    assert (after.kind, after.is_superseded) == (INCREASE, False)


def test_an_amount_that_only_came_down_is_no_increase():
    before, after = sorted_of("Amazon cut its capex forecast from $85 billion to $75 billion.")
    assert (before.is_superseded, after.is_superseded) == (True, False)
    assert after.kind is GUIDANCE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Of which $3 billion is for Spain.", "en"),
        ("Davon gehen 3 Mrd. Euro nach Spanien.", "de"),
        ("其中30亿美元用于西班牙", "zh"),
    ],
)
def test_a_part_is_what_the_whole_before_it_was(text, language):
    for before, kind in ((Sorted(FINANCING, "financing"), FINANCING), (Sorted(PLAN, "spending"), PLAN)):
        assert kinds(text, language, before) == [kind]


def test_a_noun_for_spending_is_told_from_a_verb():
    assert [s.by_noun for s in sorted_of("Capital expenditures will be $10 billion.")] == [True]
    assert [s.by_noun for s in sorted_of("Amazon will put $10 billion into sites.")] == [False]
