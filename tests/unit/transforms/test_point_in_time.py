from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.point_in_time import known_by, one_per_key


def versions(*rows: tuple[str, int, int, float]) -> pl.DataFrame:
    """Rows of (key, day of January 2025 it became known, load, value)."""
    return pl.DataFrame(
        {
            "key": [r[0] for r in rows],
            "known_at": [datetime(2025, 1, r[1], tzinfo=UTC) for r in rows],
            "load_seq": [r[2] for r in rows],
            "value": [r[3] for r in rows],
        },
        schema={"key": pl.String, "known_at": pl.Datetime("us", "UTC"), "load_seq": pl.Int64, "value": pl.Float64},
    )


def test_the_newest_version_known_by_then_wins():
    frame = versions(("b", 1, 1, 10.0), ("a", 1, 1, 1.0), ("a", 5, 2, 2.0), ("a", 9, 3, 3.0))

    assert known_by(frame, ("key",), datetime(2025, 1, 5, tzinfo=UTC)).rows() == [
        ("a", datetime(2025, 1, 5, tzinfo=UTC), 2, 2.0),
        ("b", datetime(2025, 1, 1, tzinfo=UTC), 1, 10.0),
    ]


def test_an_instant_counts_as_known_from_itself_on():
    frame = versions(("a", 5, 1, 1.0))

    assert known_by(frame, ("key",), datetime(2025, 1, 5, tzinfo=UTC)).height == 1
    assert known_by(frame, ("key",), datetime(2025, 1, 4, 23, 59, 59, 999999, tzinfo=UTC)).height == 0


def test_what_was_loaded_later_wins_when_known_at_the_same_instant():
    frame = versions(("a", 5, 7, 7.0), ("a", 5, 3, 3.0))

    assert known_by(frame, ("key",), datetime(2025, 1, 6, tzinfo=UTC))["value"].to_list() == [7.0]


def test_what_became_known_later_wins_over_what_was_loaded_later():
    frame = versions(("a", 5, 1, 5.0), ("a", 2, 9, 2.0))

    assert known_by(frame, ("key",), datetime(2025, 1, 6, tzinfo=UTC))["value"].to_list() == [5.0]


def test_the_address_settles_what_load_and_revision_leave_open():
    frame = versions(("a", 5, 1, 1.0), ("a", 5, 1, 2.0)).with_columns(
        revision=pl.lit(0), payload_sha256=pl.lit("0" * 64), byte_start=pl.Series([10, 90])
    )

    for order in (frame, frame.reverse()):
        assert known_by(order, ("key",), datetime(2025, 1, 6, tzinfo=UTC))["value"].to_list() == [2.0]


def test_nothing_known_gives_an_empty_frame_of_the_same_columns():
    frame = versions(("a", 5, 1, 1.0))

    found = known_by(frame, ("key",), datetime(2024, 1, 1, tzinfo=UTC))

    assert found.is_empty()
    assert found.schema == frame.schema


def test_missing_key_parts_are_a_key_like_any_other():
    frame = versions(("a", 1, 1, 1.0), ("a", 2, 1, 2.0)).with_columns(key=pl.lit(None, pl.String))

    assert known_by(frame, ("key",), datetime(2025, 1, 6, tzinfo=UTC))["value"].to_list() == [2.0]


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        known_by(versions(), ("key",), datetime(2025, 1, 5))  # noqa: DTZ001 - what is refused


def test_a_day_stands_for_its_last_instant():
    frame = versions(("a", 5, 1, 1.0))

    assert known_by(frame, ("key",), date(2025, 1, 5)).height == 1  # type: ignore[arg-type]


def test_one_per_key_keeps_uncontested_rows_and_the_first_of_the_others():
    frame = pl.DataFrame({"key": ["a", "b", "b"], "rank": [9, 1, 2]})

    assert one_per_key(frame, ["key"], ["rank"], descending=[True]).sort("key").rows() == [("a", 9), ("b", 2)]
    assert one_per_key(frame, ["key"], ["rank"], descending=[False]).sort("key").rows() == [("a", 9), ("b", 1)]
