"""What a number is worth: digits with either mark, words, Chinese numerals."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.announcements.readings import RULES
from transforms.announcements.numerals import DIGITS, HAN_NUMBER, han_value, number_value

HAN = "零一二三四五六七八九"
OTHER_MARK = {".": ",", ",": "."}


def value(written, language="en"):
    rules = RULES[language]
    return number_value(written, decimal_mark=rules.language.decimal_mark, words=rules.number_words)


def in_han(number: int) -> str:
    """A whole number as it is read: 三千八百零五万."""
    if number >= 10_000:
        scale, unit = (10**8, "亿") if number >= 10**8 else (10**4, "万")
        above, below = divmod(number, scale)
        gap = "零" if 0 < below < scale // 10 else ""
        return in_han(above) + unit + gap + (in_han(below) if below else "")
    said, is_gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            said += ("零" if is_gap and said else "") + HAN[digit] + unit
        is_gap = not digit
    return said


@pytest.mark.parametrize(
    ("written", "english", "german"),
    [
        ("7", 7, 7),
        ("1.5", 1.5, 1.5),
        ("1,5", 1.5, 1.5),
        ("1.500", 1.5, 1500),
        ("1,500", 1500, 1.5),
        ("12.345,67", 12345.67, 12345.67),
        ("12,345.67", 12345.67, 12345.67),
        ("1.234.567", 1234567, 1234567),
        ("1,234,567", 1234567, 1234567),
        ("1'234'567", 1234567, 1234567),
        ("1 500", 1500, 1500),
        ("1\u202f500,5", 1500.5, 1500.5),
        ("12,34,567", 1234567, 1234567),
        ("1.2.3", None, None),
        ("1,2,3", None, None),
    ],
)
def test_the_language_decides_what_a_mark_says_where_it_could_be_either(written, english, german):
    assert (value(written, "en"), value(written, "de")) == (english, german)


@given(st.integers(0, 10**15 - 1), st.sampled_from(["en", "de", "zh"]), st.integers(0, 99))
def test_what_a_language_writes_is_what_was_meant(whole, language, cents):
    mark = RULES[language].language.decimal_mark
    for group in (OTHER_MARK[mark], ""):
        written = f"{whole:,}".replace(",", group) + f"{mark}{cents:02d}"
        assert value(written, language) == float(f"{whole}.{cents:02d}")


@given(st.integers(0, 999_999_999_999), st.sampled_from([",", ".", "'", " ", "\u00a0", ""]))
def test_the_pattern_takes_whole_numbers_and_nothing_less(whole, group):
    written = f"{whole:,}".replace(",", group)
    found = re.search(DIGITS, f"x{written}y")
    assert found is not None
    assert found.group() == written


@pytest.mark.parametrize("digits", ["9" * 16, "1" * 40])
def test_more_digits_than_anybody_spends_are_no_number(digits):
    assert re.fullmatch(DIGITS, digits) is None


@pytest.mark.parametrize(
    ("written", "language", "worth"),
    [
        ("Twelve", "en", 12), ("half a", "en", 0.5), ("zwölf", "de", 12), ("Anderthalb", "de", 1.5), ("两", "zh", 2),
        ("半", "zh", 0.5), ("zwölf", "en", None), ("many", "en", None), ("٣", "en", None),
    ],
)  # fmt: skip
def test_words_are_worth_what_their_language_says(written, language, worth):
    assert value(written, language) == worth


@given(st.integers(1, 10**12 - 1))
def test_chinese_numerals_are_worth_what_they_are_read_as(number):
    written = in_han(number)
    assert han_value(written) == number
    assert number_value(written, decimal_mark=".", words=RULES["zh"].number_words) == number


@given(st.lists(st.integers(0, 9), min_size=2, max_size=10))
def test_chinese_digits_in_a_row_are_read_one_by_one(digits):
    assert han_value("".join(HAN[d] for d in digits)) == float("".join(map(str, digits)))


@pytest.mark.parametrize(
    ("written", "worth"),
    [
        ("十", 10), ("十五", 15), ("二十", 20), ("两千", 2000), ("三千八", 3800), ("三千零八", 3008), ("一百五", 150),
        ("一万五千", 15_000), ("一万五", 15_000), ("一万零五", 10_005),
        ("一点五", 1.5), ("十二点二五", 12.25), ("二〇二五", 2025), ("百", 100), ("万", 10_000), ("三点", 3),
        ("三点百", None), ("三元", None), ("约三", None), ("yi", None),
    ],
)  # fmt: skip
def test_chinese_numerals_as_people_say_them(written, worth):
    assert han_value(written) == worth


@given(st.text(st.sampled_from("零〇一二两三四五六七八九十百千万点"), min_size=1, max_size=12))
def test_whatever_the_pattern_takes_is_a_number_or_none(written):
    if re.fullmatch(HAN_NUMBER, written):
        worth = han_value(written)
        assert worth is None or 0 <= worth < 1e20
