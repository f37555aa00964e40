"""A cleaned text: what counts as what, and the way back to where it stood."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.announcements.readings import READY
from transforms.announcements.cleaning import byte_offsets, cleaned

ODD = [
    "10", " Mrd. Euro", "<b>", "</p>", "<!-- x -->", "&nbsp;", "&amp;", "&#8364;", "&fjlig;", "\u200b", "\u00ad",
    "\uff13", "\u3000", "\u2028", "\t", "\u5104", "\u5143", "\u2019", "e\u0301", "\ufb01", "\U0001f4b0", "\ud800",
]  # fmt: skip
PIECES = st.lists(st.sampled_from(ODD) | st.text(max_size=5), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("plain, and not touched\n", "plain, and not touched\n"),
        ("<p class='a'>10&nbsp;Mrd. Euro</p>", " 10 Mrd. Euro "),
        ("a <!-- 5 billion --> b", "a   b"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("R&D, R&amp;D", "R&D, R&D"),
        ("&#36;10 &#x24;10 &euro;10", "$10 $10 €10"),
        ("&notanentity; stays", "¬anentity; stays"),
        ("\uff11\uff10\uff05 of \uff21\uff29", "10% of AI"),
        ("Ama\u200bzon\ufeff \u202e10\u00ad0", "Amazon 100"),
        ("the firm\u2019s state\u2011of\u2010the\u00a0art", "the firm's state-of-the art"),
        ("one\ttwo\x00three\x7f", "one two three\x7f"),
        ("one\r\ntwo\u2028three\x85four", "one\n\ntwo\nthree\nfour"),
        ("\u4e09\u5343\u5104\u7f8e\u5143", "\u4e09\u5343\u4ebf\u7f8e\u5143"),
        ("\ufb01ne", "\ufb01ne"),
    ],
)
def test_each_character_has_one_form(text, reads):
    assert cleaned(text, READY.fold).text == reads


def test_traditional_characters_stay_where_no_language_folds():
    assert cleaned("\u5104", {}).text == "\u5104"


@given(PIECES)
def test_every_part_leads_back_to_a_part_that_reads_the_same(text):
    clean = cleaned(text, READY.fold)
    size = len(clean.text)
    for start, end in {(0, size), *((i, i + 1) for i in range(size)), *((i, size) for i in range(size))}:
        first, last = clean.span(start, end)
        assert 0 <= first <= last <= len(text)
        assert clean.text[start:end] in cleaned(text[first:last], READY.fold).text


@given(PIECES)
def test_parts_stand_in_the_order_of_the_text(text):
    clean = cleaned(text, READY.fold)
    spans = [clean.span(i, i + 1) for i in range(len(clean.text))]
    assert spans == sorted(spans)
    assert all(one == other or one[1] <= other[0] for one, other in pairwise(spans))


@given(PIECES)
def test_a_cleaned_text_has_no_other_forms_left(text):
    once = cleaned(text, READY.fold).text.replace("<", " ").replace("&", " ")
    assert cleaned(once, READY.fold).text == once


def test_a_part_includes_the_markup_it_stands_for_and_not_what_is_around_it():
    text = "<b>10&nbsp;Mrd.</b> Euro"
    clean = cleaned(text, READY.fold)
    start = clean.text.index("10 Mrd.")
    assert text[slice(*clean.span(start, start + 7))] == "10&nbsp;Mrd."
    start = clean.text.index(" Mrd.")
    assert text[slice(*clean.span(start, start + 5))] == "&nbsp;Mrd."


@given(st.text() | PIECES, st.data())
def test_bytes_count_what_stands_before(text, data):
    positions = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    offsets = byte_offsets(text, positions)
    assert offsets == {p: len(text[:p].encode("utf-8", "surrogatepass")) for p in positions}
