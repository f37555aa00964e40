"""A lexicon made ready: names by what they begin with, patterns by language, and what a language lacks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.announcements.readings import LEXICON, READY, RULES
from transforms.announcements.compiling import alternatives, compiled, first_key


def one_language(code, **changes):
    """Rules of one language with some of its words changed."""
    (language,) = [language for language in LEXICON.languages if language.code == code]
    return compiled(replace(LEXICON, languages=(replace(language, **changes),))).rules[code]


def test_a_lexicon_is_made_ready_once():
    assert compiled(LEXICON) is compiled(LEXICON)
    assert set(RULES) == {language.code for language in LEXICON.languages} >= {"de", "en", "zh"}


def test_every_name_can_be_looked_up():
    for names, table in ((READY.companies, LEXICON.companies), (READY.places, LEXICON.places)):
        known = {name for entries in names.by_first.values() for name, _ in entries}
        for entry in table:
            for name in entry.names if hasattr(entry, "names") else (entry.name, *entry.aliases):
                assert name.translate(READY.fold) in known
        for key, entries in names.by_first.items():
            assert all(first_key(name) == key for name, _ in entries)
            assert [len(name) for name, _ in entries] == sorted((len(name) for name, _ in entries), reverse=True)


@pytest.mark.parametrize(
    ("name", "key"), [("Amazon Web Services", "Amazon"), ("AT&T", "AT"), ("阿里巴巴", "阿里"), ("台", "台")]
)  # fmt: skip
def test_a_name_is_looked_up_by_its_first_word_or_first_two_characters(name, key):
    assert first_key(name) == key


@pytest.mark.parametrize(
    ("name", "code"),
    [("Portugal", "PT"), ("Frankreich", "FR"), ("葡萄牙", "PT"), ("Querétaro", "MX-QUE"), ("Taiwan", "TW")],
)
def test_places_are_the_territories_of_every_language_and_our_own(name, code):
    assert (name, code) in READY.places.by_first[first_key(name)]


def test_unions_are_no_places():
    assert all(code not in {"EU", "UN", "ZZ"} for entries in READY.places.by_first.values() for _, code in entries)


@pytest.mark.parametrize(
    ("code", "text", "stands"),
    [
        ("en", "it will invest", True), ("en", "it is disinvesting", False), ("en", "INVEST", True),
        ("de", "er investiert viel", True), ("de", "Reinvestiert", False), ("zh", "公司投资建厂", True),
    ],
)  # fmt: skip
def test_cues_are_whole_words_where_words_are_spaced(code, text, stands):
    assert (RULES[code].cues["spend_verb"].search(text) is not None) == stands


def test_a_part_of_a_word_has_an_end():
    rules = one_language("de", cues={"object": (r"\S*werk", r"KI-\S+")})
    assert rules.cues["object"].fullmatch("Halbleiterwerk")
    assert rules.cues["object"].fullmatch("x" * 41 + "werk") is None
    assert rules.cues["object"].fullmatch("KI-" + "x" * 40)
    assert rules.cues["object"].fullmatch("KI-") is None


@pytest.mark.parametrize("code", ["de", "en", "zh"])
def test_what_a_language_has_no_words_for_never_matches(code):
    lists = ("change_from", "change_marks", "between", "between_marks", "range_marks", "same_as", "approximately")
    rules = one_language(
        code, cues={"plan": ()}, phrases={}, cues_of_events={"results": ()}, **dict.fromkeys(lists, ())
    )
    patterns = [rules.cue("plan"), rules.cue("raise"), rules.phrase("joined"), rules.events["results"]]
    patterns += [rules.change_from, rules.change_mark, rules.between, rules.between_mark, rules.range_mark]
    for pattern in (*patterns, rules.same_as, rules.approximately):
        assert not any(pattern.search(text) for text in ("", " ", "plan to 3 and, 到 ", "from ", "zwischen "))


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a|b", ["a", "b"]), ("(a|b)|c", ["(a|b)", "c"]), (r"a\|b|c", [r"a\|b", "c"]), ("[|)]|c", ["[|)]", "c"]),
        ("[]|]|c", ["[]|]", "c"]), (r"\(a|b", [r"\(a", "b"]), ("", [""]), ("a|", ["a", ""]),
    ],
)  # fmt: skip
def test_only_alternatives_of_the_outermost_level_are_taken_apart(pattern, parts):
    assert alternatives(pattern) == parts


@given(st.lists(st.sampled_from(["a", "(b|c)", "[|]", r"\|", "d{2}", "((e|f)|g)"]), min_size=1, max_size=6))
def test_parts_joined_again_are_the_pattern(pieces):
    assert alternatives("|".join(pieces)) == pieces
    assert alternatives("".join(pieces)) == ["".join(pieces)]


@pytest.mark.parametrize("code", ["de", "en", "zh"])
def test_every_phrase_for_a_time_is_compiled_by_alternative(code):
    (language,) = [language for language in LEXICON.languages if language.code == code]
    assert len(RULES[code].spans) == sum(len(alternatives(span.pattern)) for span in language.spans)
    words = re.compile("NUMBER|YEAR|MONTH|ORDINAL")
    assert not any(words.search(span.pattern.pattern) for span in RULES[code].spans)
