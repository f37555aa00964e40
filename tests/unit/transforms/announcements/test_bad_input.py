"""Texts that nobody should write: none crashes extraction, none moves a span, none takes its neighbours with it.

Here: what is broken about a text. Not here: broken bytes (`test_stored_text.py`, `aicycle/cli/test_extracting.py`).
"""

# ruff: noqa: RUF001 - Chinese and full-width marks are meant

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.settings.lexicon import load_lexicon
from transforms.announcements import extract

LEXICON = load_lexicon(Path(__file__).parents[4] / "config")
PUBLISHED = date(2025, 2, 24)
ENGLISH = "Amazon will invest $10 billion in data centres in Spain."
GERMAN = "Amazon will 10 Milliarden Euro in Rechenzentren in Spanien investieren."
CHINESE = "阿里巴巴计划投资3800亿元建设数据中心。"


def read(text, language="en", published=PUBLISHED):
    found = extract(text, lexicon=LEXICON, language=language, published=published)
    for one in (*found.announcements, *found.events):
        assert 0 <= one.quote_start < one.quote_end <= len(text)
        assert text[one.quote_start : one.quote_end] == one.quote
        assert len(text[: one.quote_start].encode("utf-8", "surrogatepass")) == one.byte_start
        assert len(text[: one.quote_end].encode("utf-8", "surrogatepass")) == one.byte_end
    for one in found.announcements:
        assert one.amount_low is None or math.isfinite(one.amount_low)
        assert one.amount_high is None or (math.isfinite(one.amount_high) and one.amount_low <= one.amount_high)
    json.dumps(found.to_json(), allow_nan=False)
    assert extract(text, lexicon=LEXICON, language=language, published=published) == found
    return found


def plans(text, language="en"):
    """Currency and amount of what is asserted."""
    return [
        (one.currency, one.amount_low)
        for one in read(text, language).announcements
        if one.is_capex and not (one.is_hypothetical or one.is_negated)
    ]


@pytest.mark.parametrize("language", ["de", "en", "zh", "fr", None])
@pytest.mark.parametrize("text", ["", " ", "\n\n", ".", "。", "$", "亿", "Milliarden", "\ufeff", "()" * 50, "\0"])
def test_what_says_nothing_gives_nothing(text, language):
    found = read(text, language)
    assert (found.announcements, found.events) == ((), ())


def test_languages_stand_side_by_side():
    text = f"{GERMAN}\n{ENGLISH}\n{CHINESE}"
    for language in ("de", "en", "zh", None):
        assert plans(text, language) == [("EUR", 10e9), ("USD", 10e9), ("CNY", 380e9)]


@pytest.mark.parametrize(
    ("text", "amount"), [(GERMAN, ("EUR", 10e9)), (ENGLISH, ("USD", 10e9)), (CHINESE, ("CNY", 380e9))]
)
@pytest.mark.parametrize("declared", ["de", "en", "zh", "ja", None])
def test_a_wrong_declaration_of_language_is_overruled(text, amount, declared):
    assert plans(text, declared) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        "<p>Amazon will invest $10&nbsp;billion in data centres in Spain.</p>",
        "<b>Amazon</b> will invest <b>$10 billion</b> in data centres in Spain.<br/>",
        "Amazon will invest &#36;10 billion in data centres in Spain.&hellip;",
        'Amazon will invest <a href="https://example.org/?a=5&amp;b=7">$10 billion</a> in data centres in Spain.',
        "Amazon will invest $10 billion in data centres in Spain. <script>var a = '$99 billion';</script",
    ],
)
def test_left_overs_of_a_page_are_read_through(text):
    assert ("USD", 10e9) in plans(text)
    assert [a.company for a in read(text).announcements][:1] == ["Amazon"]


@pytest.mark.parametrize(
    "mark", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u200e", "\u200f", "\u202e", "\u2066", "\u2060"]
)
def test_invisible_characters_change_no_amount(mark):
    for text in (
        f"Ama{mark}zon will invest $1{mark}0 bil{mark}lion in data centres.",
        f"{mark}Amazon{mark} will invest{mark} ${mark}10{mark} billion{mark} in data centres.{mark}",
    ):
        (plan,) = read(text).announcements
        assert (plan.company, plan.currency, plan.amount_low) == ("Amazon", "USD", 10e9)


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("阿里巴巴计划投资３８００亿元建设数据中心。", "zh", ("CNY", 380e9)),
        ("Ａｍａｚｏｎ will invest ＄１０ billion in data centres.", "en", ("USD", 10e9)),
        ("Amazon will invest $10\u00a0billion in data centres.", "en", ("USD", 10e9)),
        ("Amazon will invest $10\u2009billion in data centres.", "en", ("USD", 10e9)),
        ("Amazon will 10\u202fMrd.\u00a0Euro in Rechenzentren investieren.", "de", ("EUR", 10e9)),
        ("阿里巴巴计划投资 3,800 亿元建设数据中心。", "zh", ("CNY", 380e9)),
        ("阿里巴巴計劃投資3800億美元建設數據中心。", "zh", ("USD", 380e9)),
    ],
)
def test_other_forms_of_the_same_characters_are_the_same(text, language, amount):
    assert plans(text, language) == [amount]


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("Amazon will 1.500 Millionen Euro in Rechenzentren investieren.", "de", ("EUR", 1.5e9)),
        ("Amazon will invest $1.500 billion in data centres.", "en", ("USD", 1.5e9)),
        ("Amazon will 1,500 Milliarden Euro in Rechenzentren investieren.", "de", ("EUR", 1.5e9)),
        ("Amazon will invest $1,500 million in data centres.", "en", ("USD", 1.5e9)),
        ("Amazon will 1.234.567.890 Euro in Rechenzentren investieren.", "de", ("EUR", 1_234_567_890)),
        ("Amazon will invest $1,234,567,890 in data centres.", "en", ("USD", 1_234_567_890)),
    ],
)
def test_the_same_mark_groups_or_divides_as_the_language_does(text, language, amount):
    assert plans(text, language) == [amount]


@pytest.mark.parametrize(
    "digits", ["9" * 40, "1" * 400, "9" * 5000, "0" * 40 + "7", "1." * 60, "1," * 60, "1e999", "-", "٣٨٠"]
)
@pytest.mark.parametrize(
    "pattern", ["Amazon will invest ${} billion.", "Amazon will {} Mrd. Euro investieren.", "亚马逊投资{}亿元。"]
)
def test_numbers_beyond_all_money_never_come_out(digits, pattern):
    for one in read(pattern.format(digits)).announcements:
        assert one.amount_high is None or one.amount_high <= 1e16


def test_a_broken_neighbour_takes_nothing_with_it():
    noise = f"Amazon will invest ${'9' * 40} billion \ufffd\ufffd (((\n"
    assert plans(noise + ENGLISH + "\n" + noise) == [("USD", 10e9)]


@pytest.mark.parametrize("published", [None, date(1900, 1, 1), date(2199, 12, 31)])
def test_any_day_of_publication_will_do(published):
    text = "Amazon will invest $10 billion in data centres over the next three years."
    (plan,) = read(text, published=published).announcements
    assert (plan.horizon_end is None) == (published is None)


PIECES = st.sampled_from(
    [
        "Amazon", " will invest ", "$", "10", " billion", "Milliarden Euro", " 3800亿元", "阿里巴巴", "投资", ".", "。",
        "\n", " bis ", " to ", "-", "(", ")", "（", "）", "%", "kein ", "not ", "未来三年", "2025", "from ", "<p>",
        "&nbsp;", "&#", "\u200b", "\u202e", "\ufffd", "１２", "两千亿", "Mrd.", "€", "zwischen ", " und ", "q1",
        "\ud800", "\U0001f4b0", "e\u0301", "a" * 300,
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["de", "en", "zh", None]))
def test_no_medley_crashes(text, language):
    read(text, language)


@given(st.text(max_size=200))
def test_no_text_crashes(text):
    read(text, None)


UNITS = [
    f"{ENGLISH}\n", "the quick brown fox ", "亿", "1", "1.", "1,", "$1 ", "2025 ", "(", "$ ", "<", "&", "a", "\u200b",
    "Mrd. ", "Amazon ", "not ", "投资", "http://", "-", "A. ",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_and_no_faster(unit):
    """Four times the length, at most eight times the time: the square would be sixteen."""

    def taken(size):
        text = unit * (size // len(unit))
        start = process_time()
        read(text, None)
        return process_time() - start

    taken(500)
    once = min(taken(1_000) for _ in range(3))
    assert taken(4_000) < 8 * once + 0.05


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_megabytes_are_read_to_the_end():
    prose = "The quick brown fox jumps over the lazy dog, and the dog does not mind.\n"
    text = ENGLISH + "\n" + prose * ((10 << 20) // len(prose)) + "Microsoft plans to spend $3 billion on data centres."
    found = extract(text, lexicon=LEXICON, language=None, published=PUBLISHED)
    assert [(a.company, a.amount_low) for a in found.announcements] == [("Amazon", 10e9), ("Microsoft", 3e9)]
    assert found.announcements[-1].byte_end <= len(text)
