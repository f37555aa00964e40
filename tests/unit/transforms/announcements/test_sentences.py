"""Where sentences begin and end, and which language each is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.announcements.readings import READY
from transforms.announcements.sentences import LARGEST_SENTENCE, language_of, main_language, sentences


def parts(text, declared="en"):
    return [sentence.text for sentence in sentences(text, READY, main_language(text, READY, declared))]


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("One ends. Another begins!", "en", ["One ends.", "Another begins!"]),
        ("It will spend $1.5 billion. It will build.", "en", ["It will spend $1.5 billion.", "It will build."]),
        ("It spent $2 bn. The company grew.", "en", ["It spent $2 bn.", "The company grew."]),
        ("The U.S. government pays. It said so.", "en", ["The U.S. government pays.", "It said so."]),
        ('"It will be built." So she said.', "en", ['"It will be built."', "So she said."]),
        ("Er gibt 5 Mrd. Euro aus. Das reicht.", "de", ["Er gibt 5 Mrd. Euro aus.", "Das reicht."]),
        ("Am 3. November beginnt es. Dann ruht es.", "de", ["Am 3. November beginnt es.", "Dann ruht es."]),
        ("Bis 2027. Danach nicht.", "de", ["Bis 2027.", "Danach nicht."]),
        ("投资3800亿元。明年动工！", "zh", ["投资3800亿元。", "明年动工！"]),
        ("他说：“会动工。”公司没有评论。", "zh", ["他说：“会动工。”", "公司没有评论。"]),
        ("A heading\n\nA text without an end", "en", ["A heading", "A text without an end"]),
        (" \n ", "en", []),
    ],
)
def test_a_sentence_ends_where_one_ends(text, declared, expected):
    assert parts(text, declared) == expected


def test_lines_are_counted_from_the_title():
    found = sentences("A title\nOne. Two.\n\nThree.", READY, "en")
    assert [(s.text, s.line) for s in found] == [("A title", 0), ("One.", 1), ("Two.", 1), ("Three.", 2)]


@given(st.text(st.sampled_from('ab3 .!?。！\n"”A,，'), max_size=80), st.sampled_from(["de", "en", "zh", None]))
def test_nothing_but_blanks_lies_between_sentences(text, declared):
    position = 0
    for sentence in sentences(text, READY, main_language(text, READY, declared)):
        assert text[sentence.start : sentence.start + len(sentence.text)] == sentence.text
        assert text[position : sentence.start].strip() == ""
        position = sentence.start + len(sentence.text)
    assert text[position:].strip() == ""


@pytest.mark.parametrize("unit", ["word ", "word, ", "x", "字，"])
def test_what_never_ends_is_cut_and_nothing_is_lost(unit):
    text = unit * (3 * LARGEST_SENTENCE // len(unit))
    found = parts(text)
    assert len(found) >= 3
    assert max(map(len, found)) <= LARGEST_SENTENCE
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The firm said that it would build a plant in the north.", "en"),
        ("Der Konzern will im Norden ein neues Werk bauen und dort forschen.", "de"),
        ("公司计划在北部建设一座新工厂。", "zh"),
        ("Amazon: 公司计划投资", "zh"),
        ("Konzern investiert 5 Milliarden Euro", "de"),
        ("Group invests 5 billion euros", "en"),
    ],
)
@pytest.mark.parametrize("usual", ["de", "en", "zh", "ja", None])
def test_a_plain_language_is_told_whatever_was_declared(text, language, usual):
    assert language_of(text, READY, usual) == language


@pytest.mark.parametrize("usual", ["de", "en"])
def test_what_could_be_any_language_is_the_usual_one(usual):
    assert language_of("Amazon 2025", READY, usual) == usual


def test_each_sentence_has_its_own_language():
    text = "The firm said that it will build.\nDer Konzern will es nicht und baut auch nicht.\n公司将会建设。"
    assert [s.rules.language.code for s in sentences(text, READY, "en")] == ["en", "de", "zh"]
