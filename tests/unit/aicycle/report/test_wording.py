"""How values are worded, and what foreign text can't do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aicycle.report import wording


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "\u2013"),
        ("", "\u2013"),
        ("  a \n\t b ", "a b"),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("abc\u202ecba", "abc\ufffdcba"),
        ("\ud800", "\ufffd"),
        (4, "4"),
        ("数据 data", "数据 data"),
    ],
)
def test_plain_text_is_one_printable_line(value, expected):
    assert wording.plain(value) == expected


def test_long_text_is_cut_and_says_so():
    assert wording.plain("abcdef", 4) == "abc…"
    assert wording.plain("abcd", 4) == "abcd"


def test_no_markup_is_left_in_a_chart():
    assert wording.chart_text("<b>&</b>") == "&lt;b&gt;&amp;&lt;/b&gt;"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1234.5, "1,234.50"),
        (-1, "\u22121.00"),
        (None, "\u2013"),
        (float("nan"), "\u2013"),
        (float("inf"), "\u2013"),
        (True, "\u2013"),
        ("12", "\u2013"),
        (1e300, "1.00e+300"),
    ],
)
def test_numbers(value, expected):
    assert wording.number(value) == expected


@pytest.mark.parametrize(("frac", "expected"), [(0.705, "70%"), (0.0, "0%"), (None, "\u2013"), (-0.31, "\u221231%")])
def test_percentages(frac, expected):
    assert wording.percent(frac) == expected


@pytest.mark.parametrize(
    ("frac", "expected"), [(0.0706, "+7.1"), (0.0, "0.0"), (-0.0001, "0.0"), (-0.012, "\u22121.2"), (None, "\u2013")]
)
def test_percentage_points_show_their_sign(frac, expected):
    assert wording.points(frac) == expected


@pytest.mark.parametrize(
    ("low", "high", "currency", "expected"),
    [
        (3.8e11, 3.8e11, "CNY", "CNY 380 bn"),
        (6.0e10, 6.5e10, "USD", "USD 60\u201365 bn"),
        (9.5e8, 1.2e9, "USD", "USD 950 m\u20131.2 bn"),
        (None, None, "CNY", "no amount given"),
        (float("nan"), None, "CNY", "no amount given"),
        (5e12, None, "JPY", "JPY 5 tn"),
        (1.63e7, 1.63e7, None, "currency unknown 16.3 m"),
        (0.0, 0.0, "EUR", "EUR 0"),
        (20.0, 30.0, "EUR", "EUR 20\u201330"),
    ],
)
def test_amounts_as_announced(low, high, currency, expected):
    assert wording.amount_range(low, high, currency) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC), "2025-09-28"),
        (datetime(2025, 9, 28, 20, 15, tzinfo=UTC), "2025-09-28 20:15 UTC"),
        (date(2025, 9, 28), "2025-09-28"),
        (None, "\u2013"),
    ],
)
def test_instants(value, expected):
    assert wording.instant(value) == expected


def test_signs_counts_ranges_and_months():
    assert wording.signed(0.25, 2) == "+0.25"
    assert wording.signed(-0.25, 2) == "\u22120.25"
    assert wording.signed(0.0, 2) == "0.00"
    assert wording.signed(None) == "\u2013"
    assert wording.counted(1, "row") == "1 row"
    assert wording.counted(1200, "company", "companies") == "1,200 companies"
    assert wording.between(70.0, 90.0) == "70\u201390"
    assert wording.between(None, None) == "\u2013"
    assert wording.month(date(2025, 6, 30)) == "Jun 2025"
