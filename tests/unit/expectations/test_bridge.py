"""What pandas would lose is kept in views beside the columns."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.raw_labels import RAW_LABELS
from expectations.bridge import as_pandas


def test_nan_stays_apart_from_null(valid_frame, put):
    frame = valid_frame(DAILY_BARS, 5)
    for row, value in enumerate((None, math.nan, math.inf, -math.inf, 1.5)):
        frame = put(frame, row, close=value)
    kinds = as_pandas(frame, DAILY_BARS)["close__kind"]
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
    rows = as_pandas(put(valid_frame(DAILY_BARS), 0, known_precision=precision, fetched_at=instant), DAILY_BARS)
    found = rows["known_at_limit"].iloc[0]
    if limit is None:
        assert found is not None
        assert str(found) == "NaT"
    else:
        assert found.to_pydatetime() == datetime.fromisoformat(limit).replace(tzinfo=UTC)


def test_the_day_of_the_fetch_is_the_one_furthest_ahead(valid_frame, put):
    late = datetime(2025, 1, 15, 22, tzinfo=UTC)
    rows = as_pandas(put(valid_frame(DAILY_BARS), 0, fetched_at=late), DAILY_BARS)
    assert rows["fetched_on"].iloc[0].date() == date(2025, 1, 16)


def test_tables_without_clocks_have_no_clock_views(valid_frame):
    frame = valid_frame(RAW_LABELS)
    assert list(as_pandas(frame, RAW_LABELS).columns) == frame.columns


def test_days_beyond_the_range_of_nanoseconds_survive(valid_frame, put):
    frame = put(put(valid_frame(DAILY_BARS), 0, session=date(1500, 1, 1)), 1, session=date(2199, 12, 31))
    sessions = as_pandas(frame, DAILY_BARS)["session"]
    assert [day.date() for day in sessions.iloc[:2].dt.to_pydatetime()] == [date(1500, 1, 1), date(2199, 12, 31)]


def test_the_columns_themselves_are_untouched(valid_frame):
    frame = valid_frame(DAILY_BARS)
    rows = as_pandas(frame, DAILY_BARS)
    assert pl.from_pandas(rows).select("close", "volume", "symbol").equals(frame.select("close", "volume", "symbol"))
