from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.point_in_time import known_by

SCHEMA = {
    "key": pl.String,
    "part": pl.Int64,
    "known_at": pl.Datetime("us", "UTC"),
    "load_seq": pl.Int64,
    "byte_start": pl.Int64,
    "value": pl.Float64,
}
DAY_ONE = datetime(2025, 1, 1, tzinfo=UTC)
days = st.integers(0, 12).map(lambda n: DAY_ONE + timedelta(days=n))


@st.composite
def version_lists(draw: st.DrawFn) -> list[dict[str, object]]:
    """Versions with an address each: no two rows of one payload begin at the same byte."""
    count = draw(st.integers(0, 25))
    return [
        {
            "key": draw(st.sampled_from(["a", "b", None])),
            "part": draw(st.integers(0, 2)),
            "known_at": draw(days),
            "load_seq": draw(st.integers(1, 4)),
            "byte_start": position,
            "value": draw(st.floats(-10, 10)),
        }
        for position in range(count)
    ]


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


def by_hand(rows: list[dict[str, object]], as_of: datetime) -> set[tuple[object, ...]]:
    """Chosen one by one, without a frame."""
    newest: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        if row["known_at"] > as_of:  # type: ignore[operator]
            continue
        held = newest.get((row["key"], row["part"]))
        order = ("known_at", "load_seq", "byte_start")
        if held is None or tuple(row[c] for c in order) > tuple(held[c] for c in order):  # type: ignore[operator]
            newest[row["key"], row["part"]] = row
    return {tuple(row.values()) for row in newest.values()}


@given(version_lists(), days)
def test_the_read_is_what_one_would_choose_by_hand(rows: list[dict[str, object]], as_of: datetime):
    found = known_by(frame(rows), ("key", "part"), as_of)

    assert set(found.rows()) == by_hand(rows, as_of)
    assert found.height == len(by_hand(rows, as_of))
    assert found.equals(found.sort("key", "part"))


@given(version_lists(), version_lists(), days)
def test_what_became_known_later_changes_nothing(
    rows: list[dict[str, object]], more: list[dict[str, object]], as_of: datetime
):
    later = [row | {"known_at": as_of + timedelta(microseconds=1 + i)} for i, row in enumerate(more)]

    assert known_by(frame(rows + later), ("key", "part"), as_of).equals(known_by(frame(rows), ("key", "part"), as_of))


@given(version_lists(), days, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(rows: list[dict[str, object]], as_of: datetime, random):
    shuffled = rows + random.choices(rows, k=len(rows)) if rows else []
    random.shuffle(shuffled)

    assert known_by(frame(shuffled), ("key", "part"), as_of).equals(known_by(frame(rows), ("key", "part"), as_of))
