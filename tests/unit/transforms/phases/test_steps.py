from datetime import UTC, date, datetime

import pytest

from aicycle.model.instants import end_of_day
from transforms.phases.steps import microseconds, quarter_ends


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2025, 9, 28), [date(2025, 3, 31), date(2025, 6, 30)]),
        (date(2025, 9, 30), [date(2025, 3, 31), date(2025, 6, 30)]),
        (date(2025, 10, 1), [date(2025, 6, 30), date(2025, 9, 30)]),
        (date(2025, 1, 1), [date(2024, 9, 30), date(2024, 12, 31)]),
        (date(2024, 3, 31), [date(2023, 9, 30), date(2023, 12, 31)]),
    ],
)
def test_steps_are_calendar_quarters_and_the_day_itself(day: date, before: list[date]) -> None:
    assert quarter_ends(end_of_day(day), 3) == [*map(end_of_day, before), end_of_day(day)]


def test_one_step_is_the_instant_alone() -> None:
    instant = datetime(2025, 9, 28, 12, tzinfo=UTC)
    assert quarter_ends(instant, 1) == [instant]


def test_microseconds_are_whole() -> None:
    assert microseconds(datetime(1970, 1, 1, 0, 0, 1, 7, tzinfo=UTC)) == 1_000_007
