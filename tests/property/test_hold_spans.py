import json
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.contracts.schema import DType
from transforms.gate.holds import OBSERVATIONS_SCHEMA, holds_from
from transforms.lineage import standing

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
MET_AT = BEGIN + timedelta(days=15)
TABLES = {"core.daily_bars": ("symbol", "close", 2), "core.cycle_events": ("segment", "events", 1)}
"""Table -> subject kind, metric, parts of its key. A bar is lifted by the next one, an event by its correction only."""
BLANK = {
    c.name: {DType.TEXT: "x", DType.INTEGER: 0}.get(c.dtype)
    for c in CONTRACTS["ops.quarantine"].columns
    if not c.nullable
}
instants = st.integers(0, 20).map(lambda n: BEGIN + timedelta(days=n))
tables = st.sampled_from(sorted(TABLES))
subjects = st.sampled_from(["A", "B"])
keys = st.integers(0, 3)

Row = dict[str, object]


@st.composite
def stopped_rows(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 8))):
        table = draw(tables)
        kind, metric, parts = TABLES[table]
        row = {
            "quarantine_id": f"q{number}",
            "load_seq": draw(st.integers(1, 5)),
            "table_name": table,
            "subject_kind": kind,
            "subject_id": draw(st.one_of(subjects, st.none())),
            "metric": metric,
            "row_key": json.dumps([draw(keys)] * parts),
            "known_at": draw(st.one_of(instants, st.none())),
            "quarantined_at": MET_AT,
        }
        rows.append(BLANK | row)
    return rows


@st.composite
def good_rows(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for _ in range(draw(st.integers(0, 12))):
        table = draw(tables)
        kind, metric, parts = TABLES[table]
        known_at = draw(instants)
        rows.append(
            {
                "table_name": table,
                "subject_kind": kind,
                "subject_id": draw(subjects),
                "metric": metric,
                "key": "\x1f".join([str(draw(keys))] * parts),
                "known_at": known_at,
                "source_known_at": draw(st.sampled_from([known_at, known_at, known_at - timedelta(days=3)])),
                "load_seq": draw(st.integers(1, 5)),
            }
        )
    return rows


def by_hand(stopped: list[Row], good: list[Row]) -> dict[tuple[object, ...], datetime | None]:
    """The rule, row by row: subject, metric and begin of every hold, with its end."""
    held: dict[tuple[object, ...], datetime | None] = {}
    for bad in stopped:
        since = bad["known_at"]
        if bad["subject_id"] is None or not isinstance(since, datetime) or since > MET_AT:
            continue
        ends = []
        for row in good:
            is_same_subject = all(row[c] == bad[c] for c in ("subject_kind", "subject_id", "metric"))
            known_at = row["known_at"]
            assert isinstance(known_at, datetime)
            key = [str(part) for part in json.loads(str(bad["row_key"]))]
            is_same_key = row["table_name"] == bad["table_name"] and str(row["key"]).split("\x1f") == key
            is_lifting = bad["table_name"] == "core.daily_bars" and row["source_known_at"] == known_at
            if (is_same_key and known_at >= since) or (is_same_subject and is_lifting and known_at > since):
                ends.append(known_at)
        until = min(ends, default=None)
        if until == since:
            continue
        key = (bad["subject_kind"], bad["subject_id"], bad["metric"], since)
        before = held.get(key, since)
        held[key] = None if until is None or before is None else max(before, until)
    return held


def frames(stopped: list[Row], good: list[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return (
        pl.DataFrame(stopped, schema=CONTRACTS["ops.quarantine"].polars_schema()),
        pl.DataFrame(good, schema=OBSERVATIONS_SCHEMA),
    )


@given(stopped_rows(), good_rows())
@settings(max_examples=100)
def test_holds_are_those_found_by_hand(stopped: list[Row], good: list[Row]):
    held = holds_from(*frames(stopped, good))

    found = {tuple(row[:4]): row[4] for row in held.iter_rows()}
    assert found == by_hand(stopped, good)
    assert held.height == len(found)


@given(stopped_rows(), good_rows(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_order_and_repetition_change_no_hold(stopped: list[Row], good: list[Row], random):
    first = holds_from(*frames(stopped, good))
    again, seen = stopped * 2, good * 2
    random.shuffle(again)
    random.shuffle(seen)

    assert holds_from(*frames(again, seen)).equals(first)


@given(stopped_rows(), good_rows(), instants)
@settings(max_examples=50)
def test_every_standing_hold_has_begun_and_not_ended(stopped: list[Row], good: list[Row], as_of: datetime):
    held = holds_from(*frames(stopped, good))

    stands = standing(held, as_of)

    expected = [r for r in held.rows() if r[3] <= as_of and (r[4] is None or as_of < r[4])]
    assert stands.rows() == expected
