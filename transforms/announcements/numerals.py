"""Numbers as people write them: digits with either mark, words, Chinese numerals.

Here: what a number is worth. Not here: what it counts (`transforms.announcements.money`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

DIGITS = (
    r"\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})+(?:[.,]\d{1,4})?(?!\d)|\d{1,2}(?:,\d\d)+,\d{3}(?!\d)"
    r"|\d{1,15}(?:[.,]\d{1,6})?(?!\d)"
)
"""Grouped by thousands, grouped the Indian way, or plain. More than fifteen digits count nothing that is spent."""

HAN_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
HAN_TENS = {"十": 10, "百": 100, "千": 1000}
HAN_MYRIADS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
HAN_NUMBER = (
    "[零〇一二两三四五六七八九十百千](?:[零〇一二两三四五六七八九十百千万点]*[零〇一二两三四五六七八九十百千])?"
)

GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[.,'\u00a0\u202f ])\d{3})(?:(?P=mark)\d{3})*")
INDIAN = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
BLANKS = re.compile(r"['\u00a0\u202f ]")


def number_value(written: str, *, decimal_mark: str, words: Mapping[str, float]) -> float | None:
    """Return what a number is worth; None where it says nothing certain.

    Args:
        written: digits, a word, or Chinese numerals.
        decimal_mark: of the language, `.` or `,`. "1.500" is 1500 where `,` marks decimals, and 1.5 where `.` does.
        words: number words in lower case.
    """
    if written[0].isdigit() and written[0].isascii():
        return _digits(written, decimal_mark)
    word = written.casefold()
    if word in words and word not in HAN_TENS:
        return words[word]
    return han_value(written)


def _digits(written: str, decimal_mark: str) -> float | None:
    group_mark = "." if decimal_mark == "," else ","
    plain = BLANKS.sub("", written)
    if INDIAN.fullmatch(plain):
        return float(plain.replace(",", ""))
    if decimal_mark in plain and group_mark in plain:
        # Both marks: the one that stands last marks the decimals, whatever the language.
        last = max(plain.rfind("."), plain.rfind(","))
        whole, decimals = plain[:last], plain[last + 1 :]
        return float(whole.replace(".", "").replace(",", "") + "." + decimals)
    if group_mark in plain:
        if GROUPED.fullmatch(plain):
            return float(plain.replace(group_mark, ""))
        # "3,5 billion" in English, "1.5 Milliarden" in German: no group has one digit.
        return float(plain.replace(group_mark, ".")) if plain.count(group_mark) == 1 else None
    if plain.count(decimal_mark) > 1:
        return float(plain.replace(decimal_mark, "")) if GROUPED.fullmatch(plain) else None
    return float(plain.replace(decimal_mark, "."))


def han_value(written: str) -> float | None:
    """Return what Chinese numerals are worth: 三千八百, 一点五, 二〇二五; None where they are none."""
    whole, _, decimals = written.partition("点")
    if decimals and not all(d in HAN_DIGITS for d in decimals):
        return None
    if len(whole) > 1 and all(d in HAN_DIGITS for d in whole):
        value = float("".join(str(HAN_DIGITS[d]) for d in whole))
    else:
        found = _han_whole(whole)
        if found is None:
            return None
        value = found
    return value + sum(HAN_DIGITS[d] / 10.0 ** (i + 1) for i, d in enumerate(decimals))


def _han_whole(written: str) -> float | None:
    total, section, digit, last_unit = 0.0, 0.0, None, 0
    for character in written:
        if character in HAN_DIGITS:
            digit = HAN_DIGITS[character]
        elif character in HAN_TENS:
            section += (1 if digit is None else digit) * HAN_TENS[character]
            last_unit, digit = HAN_TENS[character], None
        elif character in HAN_MYRIADS:
            section += digit or 0
            total += (section or 1) * HAN_MYRIADS[character]
            section, digit, last_unit = 0.0, None, HAN_MYRIADS[character]
        else:
            return None
    if digit is not None:
        # 三千八 is 3800, 一万五 is 15000: a digit alone after a unit counts the unit below.
        section += digit * (last_unit // 10) if last_unit > HAN_TENS["十"] and written[-2] not in "零〇" else digit
    return total + section
