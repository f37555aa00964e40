from datetime import date

import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Parameter, StatedTarget
from transforms.segment_metrics.expected_paths import expected_paths
from transforms.segment_metrics.shape import METRICS_SCHEMA

TARGET = StatedTarget(
    target_id="five_by_2030",
    company="Acme",
    segment="cloud",
    base_on=date(2022, 12, 31),
    due_on=date(2030, 12, 31),
    multiple=Parameter(
        value=5.0, unit="x", status=Status.ARTICLE, source="test", why="test", known_at=date(2025, 9, 28)
    ),
)


def path(as_of: date) -> dict[date, float]:
    found = expected_paths([TARGET], as_of=end_of_day(as_of))
    assert found.schema == METRICS_SCHEMA
    return dict(found.select("period_end", "value").iter_rows())


def test_the_path_is_geometric_from_the_base_to_the_target():
    found = path(date(2031, 3, 31))

    assert found[date(2022, 12, 31)] == 1.0
    assert found[date(2023, 12, 31)] == pytest.approx(5 ** (1 / 8))
    assert found[date(2023, 12, 31)] - 1 == pytest.approx(0.223, abs=0.0005)
    assert found[date(2030, 12, 31)] == pytest.approx(5.0)
    assert len(found) == 34


def test_it_ends_with_the_last_quarter_that_is_over():
    assert max(path(date(2025, 9, 29))) == date(2025, 6, 30)
    assert max(path(date(2025, 9, 30))) == date(2025, 9, 30)


def test_before_it_was_stated_there_is_no_path():
    assert path(date(2025, 9, 27)) == {}
    assert path(date(2025, 9, 28)) != {}


def test_it_is_a_computation_from_an_unconfirmed_statement():
    (row, *_) = expected_paths([TARGET], as_of=end_of_day(date(2025, 9, 28))).to_dicts()

    assert (row["detail"], row["unit"], row["status"], row["verification"]) == (
        "five_by_2030", "index", "derived", "unchecked",
    )  # fmt: skip
    assert row["known_at"] == row["first_known_at"] == end_of_day(date(2025, 9, 28))


def test_no_targets_no_paths():
    assert expected_paths([], as_of=end_of_day(date(2025, 9, 28))).schema == METRICS_SCHEMA
