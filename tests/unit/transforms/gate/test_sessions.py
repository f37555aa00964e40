"""The calendar's days, as far as it knows them."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.gate.sessions import is_covered, is_scheduled, scheduled_sessions, session_numbers


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def test_holidays_and_weekends_are_no_sessions_and_half_days_are():
    week = days("2024-07-03", "2024-07-04", "2024-07-05", "2024-07-06")
    assert is_scheduled("XNYS", week).tolist() == [True, False, True, False]
    assert is_scheduled("XHKG", days("2024-07-01", "2024-12-24", "2024-12-25")).tolist() == [False, True, False]


def test_sessions_are_counted():
    numbers = session_numbers("XNYS", days("2024-07-03", "2024-07-04", "2024-07-05", "2024-07-08"))
    assert np.diff(numbers).tolist() == [0, 1, 1]


def test_a_calendar_says_what_it_covers():
    assert is_covered("XHKG", days("1980-01-02", "2024-01-02", "2060-01-02")).tolist() == [False, True, False]
    assert len(session_numbers("XNYS", days())) == 0


def test_the_span_does_not_end_with_today():
    assert scheduled_sessions("XNYS")[-1] >= np.datetime64("2049-12-01")


def test_every_exchange_has_a_calendar_that_exists(configuration):
    for exchange in configuration.universe.exchanges:
        assert len(scheduled_sessions(exchange.calendar))


def test_an_unknown_calendar_is_refused():
    with pytest.raises(Exception, match="NOPE"):
        scheduled_sessions("NOPE")
