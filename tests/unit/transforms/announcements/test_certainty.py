"""Whether an amount is meant, whose word it is, and where it is heading."""

from __future__ import annotations

import pytest

from tests.unit.transforms.announcements.readings import clues
from transforms.announcements.certainty import certainty_of, direction_of, is_hypothetical, is_negated


def flags(text, language="en"):
    """The flags of each amount that are set."""
    found = clues(text, language)
    names = ("hypothetical", "negated", "third_party", "restated")
    certain = [certainty_of(found, money) for money in found.money]
    return [{name for name in names if getattr(one, f"is_{name}")} for one in certain]


@pytest.mark.parametrize(
    ("flag", "english", "german", "chinese"),
    [
        (
            set(),
            "Amazon will invest $10 billion.",
            "Amazon will 10 Mrd. Euro investieren.",
            "亚马逊将投资100亿美元",
        ),
        (
            {"hypothetical"},
            "Amazon may invest $10 billion.",
            "Amazon könnte 10 Mrd. Euro investieren.",
            "亚马逊可能投资100亿美元",
        ),
        (
            {"negated"},
            "Amazon cancelled its investment of $10 billion.",
            "Amazon hat die Investition von 10 Mrd. Euro abgesagt.",
            "亚马逊取消投资100亿美元的计划",
        ),
        (
            {"restated"},
            "Amazon reiterated that it will invest $10 billion.",
            "Amazon bekräftigt, 10 Mrd. Euro zu investieren.",
            "亚马逊重申投资100亿美元",
        ),
        (
            {"hypothetical", "third_party"},
            "Analysts expect that Amazon will invest $10 billion.",
            "Analysten erwarten, dass Amazon 10 Mrd. Euro investiert.",
            "分析师称亚马逊将投资100亿美元",
        ),
    ],
)
def test_flags_are_the_same_in_each_language(flag, english, german, chinese):
    assert [flags(english), flags(german, "de"), flags(chinese, "zh")] == [[flag], [flag], [flag]]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Amazon will not cancel its investment of $10 billion.", "en"),
        ("Amazon delayed the investment of $10 billion.", "en"),
        ("Amazon has not yet named the site of its $10 billion plant.", "en"),
        ("Amazon denied layoffs, and it will invest $10 billion.", "en"),
        ("Amazon hat die 10 Mrd. Euro nicht gestrichen.", "de"),
        ("亚马逊并未取消100亿美元的投资", "zh"),
    ],
)
def test_what_is_only_near_a_denial_is_meant(text, language):
    assert "negated" not in flags(text, language)[0]


def test_a_refusal_reaches_into_the_next_clause_and_no_further():
    assert flags("Amazon denied reports, by which it will invest $10 billion.") == [{"negated"}]
    assert flags("Amazon denied reports, which came late, by which it will invest $10 billion.") == [set()]
    assert flags("It is not big, at $10 billion.") == [set()]


def test_what_is_denied_is_not_possible_as_well():
    assert flags("Amazon denied that it may invest $10 billion.") == [{"negated"}]


def test_a_possibility_of_what_follows_is_none_of_the_amount():
    assert flags("Amazon will invest $10 billion, which may draw suppliers.") == [set()]
    assert flags("If demand holds, Amazon will invest $10 billion.") == [{"hypothetical"}]
    assert flags("The $10 billion of Amazon could be too little, so that it may raise its capex.") != [set()]


@pytest.mark.parametrize(
    ("text", "language", "is_third_party"),
    [
        ("The company reckons that it will spend $10 billion.", "en", False),
        ("Brokers forecast that it will spend $10 billion.", "en", True),
        ("Amazon reckons that it will spend $10 billion.", "en", False),
        ("It will spend $10 billion, Reuters reported.", "en", True),
        ("Goldman Sachs reckons that it will spend $10 billion.", "en", True),
        ("Reuters zufolge sind es 10 Mrd. Euro.", "de", True),
        ("Der Konzern schätzt die Kosten auf 10 Mrd. Euro.", "de", False),
        ("据路透报道，将投资100亿美元", "zh", True),
    ],
)
def test_whose_word_it_is(text, language, is_third_party):
    (one,) = flags(text, language)
    assert ("third_party" in one) is is_third_party


def test_an_estimate_is_of_the_next_amount_and_not_of_one_before_it():
    assert flags("It spent $3 billion, and analysts expect $10 billion.") == [set(), {"hypothetical", "third_party"}]


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("It raised its budget to $10 billion.", "en", "up"),
        ("It cut its budget to $10 billion.", "en", "down"),
        ("It has a budget of $10 billion.", "en", "none"),
        ("Er erhöht das Budget auf 10 Mrd. Euro.", "de", "up"),
        ("Er senkt das Budget auf 10 Mrd. Euro.", "de", "down"),
        ("预算上调至100亿元", "zh", "up"),
        ("预算下调至100亿元", "zh", "down"),
        ("预算为100亿元", "zh", "none"),
    ],
)
def test_an_amount_is_heading_where_it_is_said_to(text, language, direction):
    found = clues(text, language)
    assert direction_of(found, found.money[0]) == direction


def test_any_part_of_a_sentence_can_be_denied_or_doubted():
    found = clues("It will not build the site, but it may build another.")
    denied, doubted = (0, 25), (27, 52)
    assert [is_negated(found, place) for place in (denied, doubted)] == [True, False]
    assert [is_hypothetical(found, place) for place in (denied, doubted)] == [False, True]
