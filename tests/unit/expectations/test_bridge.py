"""What pandas would lose is kept in views beside the columns."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.raw_labels import RAW_LABELS
from expectations import checks
from expectations.bridge import as_pandas, columns_of
from expectations.checks import Condition


def test_nan_stays_apart_from_null(valid_frame, put):
    frame = valid_frame(DAILY_BARS, 5)
    for row, value in enumerate((None, math.nan, math.inf, -math.inf, 1.5)):
        frame = put(frame, row, close=value)
    kinds = as_pandas(frame, ["close__kind"])["close__kind"]
    assert [kind if isinstance(kind, str) else None for kind in kinds] == [
        None,
        "NaN",
        "infinite",
        "infinite",
        "finite",
    ]


@pytest.mark.parametrize(
    ("precision", "fetched_at", "limit"),
    [
        ("instant", "2025-01-15T12:00:00", "2025-01-15T12:00:00"),
        ("nonsense", "2025-01-15T12:00:00", "2025-01-15T12:00:00"),
        (None, "2025-01-15T12:00:00", "2025-01-15T12:00:00"),
        ("day", "2025-01-15T09:59:59", "2025-01-15T23:59:59.999999"),
        ("day", "2025-01-15T10:00:00", "2025-01-16T23:59:59.999999"),
        ("month", "2025-01-15T12:00:00", "2025-01-31T23:59:59.999999"),
        ("month", "2025-01-31T12:00:00", "2025-02-28T23:59:59.999999"),
        ("year", "2025-01-15T12:00:00", "2025-12-31T23:59:59.999999"),
        ("year", "2024-12-31T12:00:00", "2025-12-31T23:59:59.999999"),
        ("assumed", "2025-01-15T12:00:00", None),
    ],
)
def test_what_is_known_by_day_may_end_after_it_was_fetched(precision, fetched_at, limit, valid_frame, put):
    instant = datetime.fromisoformat(fetched_at).replace(tzinfo=UTC)
    frame = put(valid_frame(DAILY_BARS), 0, known_precision=precision, fetched_at=instant)
    rows = as_pandas(frame, ["known_at_limit"])
    found = rows["known_at_limit"].iloc[0]
    if limit is None:
        assert found is not None
        assert str(found) == "NaT"
    else:
        assert found.to_pydatetime() == datetime.fromisoformat(limit).replace(tzinfo=UTC)


def test_the_day_of_the_fetch_is_the_one_furthest_ahead(valid_frame, put):
    late = datetime(2025, 1, 15, 22, tzinfo=UTC)
    rows = as_pandas(put(valid_frame(DAILY_BARS), 0, fetched_at=late), ["fetched_on"])
    assert rows["fetched_on"].iloc[0].date() == date(2025, 1, 16)


def test_what_is_no_column_and_no_view_is_left_to_who_asks_for_it(valid_frame):
    frame = valid_frame(RAW_LABELS)
    asked = [*frame.columns, "no_such_column", "label_id__kind", "known_at_limit"]
    assert set(as_pandas(frame, asked).columns) == set(frame.columns)


def test_only_what_is_asked_for_is_converted(valid_frame):
    assert list(as_pandas(valid_frame(DAILY_BARS), ["close"]).columns) == ["row_id", "close"]


def test_a_check_names_all_that_it_reads():
    key = checks.unique(("symbol", "session"), named=("symbol",))
    split = checks.given_when("ratio", Condition("kind", "split"), name="given", reason="none")
    pair = checks.at_least("high", "low")
    found = columns_of([key, split, pair, checks.rows_present(), checks.finite("high")])
    assert found == ("symbol", "session", "ratio", "kind", "high", "low", "high__kind")


def test_days_beyond_the_range_of_nanoseconds_survive(valid_frame, put):
    frame = put(put(valid_frame(DAILY_BARS), 0, session=date(1500, 1, 1)), 1, session=date(2199, 12, 31))
    sessions = as_pandas(frame, ["session"])["session"]
    assert [day.date() for day in sessions.iloc[:2].dt.to_pydatetime()] == [date(1500, 1, 1), date(2199, 12, 31)]


def test_the_columns_themselves_are_untouched(valid_frame):
    frame = valid_frame(DAILY_BARS)
    rows = as_pandas(frame, frame.columns)
    assert pl.from_pandas(rows).select("close", "volume", "symbol").equals(frame.select("close", "volume", "symbol"))
