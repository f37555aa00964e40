"""What a person is told about a failing row."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from expectations import checks
from expectations.checks import Condition, quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "(missing)"),
        (-3.0, "-3.0"),
        (17, "17"),
        (True, "True"),
        ("XXX", "'XXX'"),
        ("a\nb", r"'a\nb'"),
        ("x" * 61, "'" + "x" * 59 + "…'"),
        ("x" * 60, "'" + "x" * 60 + "'"),
        (date(2025, 9, 26), "2025-09-26"),
        (datetime(2025, 9, 26, 20, 15, tzinfo=UTC), "2025-09-26 20:15:00+00:00"),
    ],
)
def test_values_are_shown_so_that_they_can_be_found(value, shown):
    assert quoted(value) == shown


@pytest.mark.parametrize(
    ("check", "row", "reason"),
    [
        (checks.in_range("close", above=0), {"close": -3.0}, "close -3.0 is not above 0"),
        (checks.in_range("volume", minimum=0), {"volume": -1}, "volume -1 is below 0"),
        (checks.in_range("share", maximum=1), {"share": 1.5}, "share 1.5 is above 1"),
        (checks.in_range("d", minimum=-1, maximum=1), {"d": 5}, "d 5 is not at least -1 and at most 1"),
        (checks.in_range("d", above=0, maximum=1), {"d": 5}, "d 5 is not above 0 and at most 1"),
        (checks.at_least("high", "low"), {"high": 1.0, "low": 2.0}, "high 1.0 is below low 2.0"),
        (checks.given("close"), {"close": None}, "close is missing"),
        (checks.domain("unit", ("USD", "CNY")), {"unit": "XXX"}, "unit 'XXX' is not one of USD, CNY"),
        (checks.pattern("pair", "[A-Z]{6}"), {"pair": "a{b}"}, "pair 'a{b}' does not match [A-Z]{6}"),
        (checks.finite("close"), {"close": float("inf")}, "close inf is not a finite number"),
        (
            checks.unique(("symbol", "source_known_at"), named=("symbol",)),
            {"symbol": "BABA", "source_known_at": None},
            "stands more than once with different content: symbol 'BABA'",
        ),
        (
            checks.not_ahead(),
            {"known_at": datetime(2030, 1, 1, tzinfo=UTC), "fetched_at": datetime(2025, 1, 1, tzinfo=UTC)},
            "lies in the future: known from 2030-01-01 00:00:00+00:00 on, fetched 2025-01-01 00:00:00+00:00",
        ),
    ],
)
def test_reasons_say_what_is_wrong_with_which_value(check, row, reason):
    assert check.reason_for(row) == reason


def test_a_key_of_one_column_is_asked_for_by_another_expectation():
    assert checks.unique(("address",), named=("address",)).expectation == "expect_column_values_to_be_unique"


def test_a_condition_without_a_value_means_given():
    assert Condition("amount").row_condition()["type"] == "nullity"
    assert Condition("kind", "split").row_condition()["parameter"] == "split"
