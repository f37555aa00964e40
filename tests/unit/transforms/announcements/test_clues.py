"""What is found in a sentence, and how near two things in it are."""

from __future__ import annotations

import pytest

from tests.unit.transforms.announcements.readings import clues

BUILD = "Amazon will invest $10 billion in Spain, and it said costs of €3 billion fell."


def cut(found, places):
    return [found.text[start:end] for start, end in places]


def test_a_sentence_holds_names_amounts_and_times():
    found = clues("In 2025 will Microsoft in Spanien 3 Mrd. Euro in Rechenzentren investieren.", "de")
    assert [c.name for c in found.companies] == ["Microsoft"]
    assert [p.name for p in found.places] == ["ES"]
    assert [m.high for m in found.money] == [3e9]
    assert [p.groups for p in found.phrases] == [{"year": 2025}]
    assert "Rechenzentren" in cut(found, found.cue("object"))


def test_a_place_within_a_company_is_no_place():
    found = clues("China Mobile builds in China.")
    assert [c.name for c in found.companies] == ["China Mobile"]
    assert cut(found, [(p.start, p.end) for p in found.places]) == ["China"]
    assert found.places[0].start > found.companies[0].end


def test_numbers_of_an_amount_are_no_year():
    found = clues("It will spend $2025 million by 2027.")
    assert [p.groups for p in found.phrases] == [{"year": 2027}]


@pytest.mark.parametrize(
    ("text", "language", "cue", "expected"),
    [
        ("It plans to spend.", "en", "spend_verb", ["spend"]),
        ("Er plant viel.", "de", "plan", ["plant"]),
        ("公司计划投资", "zh", "plan", ["计划"]),
        ("It plans nothing.", "en", "no_such_cue", []),
    ],
)
def test_signs_stand_where_their_words_do(text, language, cue, expected):
    found = clues(text, language)
    assert cut(found, found.cue(cue)) == expected
    assert cut(found, found.cue(cue)) == expected


def test_signs_of_events_are_their_own():
    found = clues("It opened a cloud region in Spain.")
    assert cut(found, found.event_cue("region_launch_thing")) == ["cloud region"]
    assert found.event_cue("no_such_cue") == []


def test_nearness_falls_with_words_clauses_and_amounts():
    found = clues(BUILD)
    invest = found.cue("spend_verb")[0]
    ten, three = found.money
    assert found.nearness(invest, ten) > found.nearness(invest, three) > 0
    assert found.nearness((0, 6), ten) < found.nearness(invest, ten) < 1
    assert found.boundaries(invest, ten) == 0
    assert found.boundaries(invest, three) == 1
    assert found.nearness((ten.start, ten.end), ten) == 1


@pytest.mark.parametrize(
    ("near", "far", "language"),
    [
        ("It spends $3 billion.", "It spends really quite a lot, as in $3 billion.", "en"),
        ("Er investiert 3 Mrd. Euro.", "Er investiert, so viel steht fest, 3 Mrd. Euro.", "de"),
        ("公司投资30亿元", "公司投资建设新的工厂，金额30亿元", "zh"),
        ("It spends there $3 billion.", "It spends, there, $3 billion.", "en"),
        ("It spends about $3 billion.", "It spends altogether now $3 billion.", "en"),
    ],
)
def test_the_nearer_sign_weighs_more(near, far, language):
    one, other = clues(near, language), clues(far, language)
    assert one.weight("spend_verb", one.money[0]) > other.weight("spend_verb", other.money[0]) > 0
    assert one.weight("no_such_cue", one.money[0]) == 0


def test_about_and_a_twin_lie_not_between():
    found = clues("It spends about $3 billion (€2.6 billion) on chips.")
    (money,) = found.money
    assert found.nearness(found.cue("spend_verb")[0], money) == pytest.approx(0.9)
    assert found.nearness(found.cue("object")[0], money) == pytest.approx(0.9**2)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("It builds, and it pays.", 1),
        ("It pays 3,500 dollars at 10:30.", 0),
        ("Built for 3 billion,2027 at the latest.", 1),
        ("A site in Dallas, Texas, opens.", 0),
        ("Amazon, Microsoft and Alphabet build.", 0),
        ("Amazon, it seems, builds.", 2),
        ("It builds (at last) – and pays; so be it.", 5),
    ],
)
def test_clauses_end_at_commas_but_not_within_lists_of_names(text, ends):
    assert len(clues(text).boundaries_at) == ends


def test_a_clause_is_what_lies_between_its_ends():
    found = clues(BUILD)
    assert [found.text[slice(*found.clause(m.start, m.end))] for m in found.money] == [
        "Amazon will invest $10 billion in Spain",
        "and it said costs of €3 billion fell",
    ]
    whole = clues("公司计划投资30亿元，明年动工。", "zh")
    (money,) = whole.money
    assert whole.text[slice(*whole.clause(money.start, money.end))] == "公司计划投资30亿元"
    numbers = clues("公司2026年投资30亿元，2027年投资40亿元。", "zh")
    assert len(numbers.boundaries_at) == 1


def test_what_stands_behind_a_semicolon_is_further_off_than_behind_a_comma():
    near, far = (clues(f"It spends $5 billion{mark} shareholders had paid $7 million.") for mark in ",;")
    assert far.weight("stake", far.money[0]) < near.weight("stake", near.money[0])


def test_a_name_in_brackets_is_no_clause():
    assert clues("韦丹塔（Vedanta）总额195亿美元").boundaries_at == []
    assert len(clues("Meta (which pays 3 billion) builds").boundaries_at) == 2
