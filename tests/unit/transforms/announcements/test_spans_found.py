"""Where phrases for a time stand, whether they are past, and that no medley of them means nonsense."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.announcements.readings import RULES
from transforms.announcements.spans import is_past, phrases, resolved

MAY = date(2025, 5, 20)


@pytest.mark.parametrize(
    ("text", "language", "stands"),
    [
        ("It will last over the next three years, by 2027.", "en", ["over the next three years", "by 2027"]),
        ("Er baut bis Ende 2027 und im Jahr 2028.", "de", ["bis Ende 2027", "im Jahr 2028"]),
        ("公司未来三年投资，2027年底完工", "zh", ["未来三年", "2027年底完工"]),
        ("2026年投资，26年内完成", "zh", ["2026年", "26年内"]),
        ("It costs 2500 and has 20 rooms.", "en", []),
        ("from 2029 to 2025", "en", ["2029", "to 2025"]),
    ],
)
def test_the_longest_phrase_stands_at_each_place(text, language, stands):
    assert [text[p.start : p.end].removeprefix("from ") for p in phrases(text, RULES[language])] == stands


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("last year", None, True), ("since 2021", MAY, True), ("next year", MAY, False), ("in 2024", MAY, True),
        ("in 2025", MAY, False), ("in 2024", None, False), ("full year", date(2025, 2, 1), True),
        ("full year", MAY, False), ("the past four quarters", MAY, True), ("by 2020", MAY, False),
    ],
)  # fmt: skip
def test_what_lies_before_the_day_is_past(text, published, expected):
    (phrase,) = phrases(text, RULES["en"])
    assert is_past(phrase, published) is expected


WORDS = [
    "over ",
    "the ",
    "next ",
    "three ",
    "years ",
    "2025",
    "2031 ",
    "-",
    "by ",
    "Q2 ",
    "quarter ",
    "second ",
    "year ",
]
WORDS += [
    "to ",
    "June ",
    "half ",
    "fiscal ",
    "last ",
    "months ",
    "decade ",
    "since ",
    "bis ",
    "Ende ",
    "未来",
    "三年",
    "季度",
]


@given(
    st.lists(st.sampled_from(WORDS), max_size=8).map("".join),
    st.sampled_from(["de", "en", "zh"]),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)) | st.none(),
    st.integers(1, 12),
    st.booleans(),
)
def test_no_time_ends_before_it_begins(text, language, published, year_end, is_ahead):
    for phrase in phrases(text, RULES[language]):
        found = resolved(phrase, published=published, fiscal_year_end_month=year_end, is_ahead=is_ahead)
        if found is not None:
            assert found[0] <= found[1]
            assert {len(found[0]), len(found[1])} <= {4, 7}
