from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.model.instants import end_of_day
from transforms.calendar_quarters import end_instant, last_full_quarter, quarter_end, quarter_end_day, quarter_of


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 1, 1), date(2024, 3, 31)),
        (date(2024, 3, 31), date(2024, 3, 31)),
        (date(2024, 12, 31), date(2024, 12, 31)),
        (date(1, 1, 1), date(1, 3, 31)),
    ],
)
def test_a_day_lies_in_the_quarter_that_ends_next(day: date, end: date):
    frame = pl.DataFrame({"day": [day]}).with_columns(number=quarter_of("day"))

    assert frame.select(quarter_end(pl.col("number"))).item() == end
    assert quarter_end_day(frame["number"].item()) == end


def test_the_end_of_a_day_is_the_last_moment_that_facts_of_it_are_known():
    assert pl.DataFrame({"d": [date(2024, 3, 31)]}).select(end_instant(pl.col("d"))).item() == end_of_day(
        date(2024, 3, 31)
    )


def test_a_quarter_is_over_with_its_last_microsecond():
    over = end_of_day(date(2024, 3, 31))

    assert quarter_end_day(last_full_quarter(over)) == date(2024, 3, 31)
    assert quarter_end_day(last_full_quarter(over - timedelta(microseconds=1))) == date(2023, 12, 31)
    with pytest.raises(ValueError, match="no time zone"):
        last_full_quarter(datetime(2024, 1, 1))  # noqa: DTZ001 - what is refused


def test_other_time_zones_count_in_utc():
    from zoneinfo import ZoneInfo

    early_in_china = datetime(2024, 4, 1, 7, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert last_full_quarter(early_in_china) == last_full_quarter(datetime(2024, 3, 31, 23, tzinfo=UTC))
