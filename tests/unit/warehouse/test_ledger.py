"""What a batch adds: first prints, duplicates, restatements, in any mixture."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import parse_as_of
from transforms.point_in_time import known_by
from transforms.staging.batch import staged_schema
from warehouse import Warehouse
from warehouse.ledger import Stored

TABLE, FIGURES, EVENTS = "core.fx_rates", "core.reported_figures", "core.cycle_events"


def _load(store, batch, load_seq):
    with store.write("test") as transaction:
        return transaction.store(TABLE, batch, load_seq)


def _rows(store):
    with store.write("test") as transaction:
        return transaction.frame(TABLE)


def test_the_same_batch_twice_is_stored_once(store, rates):
    batch = rates((1, 7.1), (2, 7.2))
    assert _load(store, batch, 1) == Stored(stored=2, restated=0, duplicate=0)
    assert _load(store, batch, 2) == Stored(stored=0, restated=0, duplicate=2)
    assert _rows(store)["revision"].to_list() == [0, 0]


def test_another_value_under_the_same_date_is_a_restatement_known_when_it_came(store, rates):
    _load(store, rates((1, 7.1)), 1)
    later = datetime(2025, 9, 1, tzinfo=UTC)
    assert _load(store, rates((1, 7.15), fetched_at=later), 2) == Stored(stored=1, restated=1, duplicate=0)
    first, second = _rows(store).sort("revision").to_dicts()
    assert (first["rate"], first["known_at"]) == (7.1, datetime(2025, 1, 1, 15, tzinfo=UTC))
    assert (second["rate"], second["known_at"], second["known_precision"]) == (7.15, later, "instant")
    assert second["source_known_at"] == first["source_known_at"]


def test_a_value_that_comes_back_is_a_new_restatement(store, rates):
    for seq, rate in enumerate((7.1, 7.15, 7.1), 1):
        assert _load(store, rates((1, rate)), seq).stored == 1
    assert _rows(store).sort("revision")["rate"].to_list() == [7.1, 7.15, 7.1]
    assert _load(store, rates((1, 7.1)), 4).duplicate == 1


def _day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _figure(value, stated, fetched="2026-01-01", row_id=0):
    """One figure, as staged: the same key always, stated on some day."""
    return {
        "company": "Acme", "segment": "Total", "segment_basis": "group", "metric": "revenue",
        "period_end": date(2023, 3, 31), "duration_months": 3, "value": value, "unit": "CNY",
        "verification": "source", "known_precision": "day", "known_at": _day(stated), "source_known_at": _day(stated),
        "row_id": row_id, "source_line": row_id + 2, "payload_sha256": "a" * 64, "byte_start": 0, "byte_end": 1,
        "fetched_at": _day(fetched),
    }  # fmt: skip


def _event(known_on, direction, fetched):
    return {
        "cycle_event_id": "e1", "announcement_id": "a1", "event_time": date(2025, 9, 24), "company": "Acme",
        "segment": "cloud", "type": "region_launch", "direction": direction, "country": "FR", "is_realised": True,
        "title": "t", "origin": "row", "verification": "source", "known_precision": "day", "known_at": _day(known_on),
        "source_known_at": _day(known_on), "row_id": 0, "source_line": 2, "payload_sha256": "a" * 64, "byte_start": 0,
        "byte_end": 1, "fetched_at": _day(fetched),
    }  # fmt: skip


def _store(store, table, rows, load_seq):
    batch = pl.DataFrame(rows, schema=staged_schema(CONTRACTS[table]))
    with store.write("test") as transaction:
        return transaction.store(table, batch, load_seq)


def _as_of(store, table, day, column):
    """The answer of the transform and of the macro, which have to agree."""
    contract = CONTRACTS[table]
    store.publish()
    with store.read() as reader:
        known = known_by(reader.frame(table), contract.key, parse_as_of(day), order=contract.version_order)
        macro = reader.sql(f"SELECT {column} FROM {table}_as_of('{day}')")
    assert known[column].to_list() == macro[column].to_list()
    return known[column].to_list()


def test_dated_statements_of_one_key_are_versions_and_known_again_as_duplicates(store):
    both = [_figure(100.0, "2023-05-18"), _figure(110.0, "2024-05-14", row_id=1)]
    assert _store(store, FIGURES, both, 1) == Stored(stored=2, restated=1, duplicate=0)
    assert _store(store, FIGURES, both, 2) == Stored(stored=0, restated=0, duplicate=2)
    assert _as_of(store, FIGURES, "2023-12-31", "value") == [100.0]
    assert _as_of(store, FIGURES, "2024-12-31", "value") == [110.0]


def test_correcting_an_old_statement_does_not_override_a_newer_one(store):
    _store(store, FIGURES, [_figure(100.0, "2023-05-18"), _figure(110.0, "2024-05-14", row_id=1)], 1)
    corrected = [_figure(101.0, "2023-05-18", "2026-06-01"), _figure(110.0, "2024-05-14", "2026-06-01", row_id=1)]
    assert _store(store, FIGURES, corrected, 2) == Stored(stored=1, restated=1, duplicate=1)
    assert _as_of(store, FIGURES, "2023-12-31", "value") == [100.0], "the correction was not known then"
    assert _as_of(store, FIGURES, "2026-12-31", "value") == [110.0], "the newer statement stays the newest"


def test_a_statement_that_arrives_late_counts_from_its_own_date(store):
    _store(store, FIGURES, [_figure(110.0, "2024-05-14")], 1)
    _store(store, FIGURES, [_figure(100.0, "2023-05-18", "2026-06-01")], 2)
    assert _as_of(store, FIGURES, "2023-12-31", "value") == [100.0]
    assert _as_of(store, FIGURES, "2026-12-31", "value") == [110.0]


@pytest.mark.parametrize("moved_to", ["2025-08-01", "2025-11-01"])
def test_a_changed_date_is_a_restatement_and_leaks_nothing(store, moved_to):
    _store(store, EVENTS, [_event("2025-09-24", 1, "2026-01-01")], 1)
    assert _store(store, EVENTS, [_event(moved_to, -1, "2026-06-01")], 2) == Stored(stored=1, restated=1, duplicate=0)
    assert _store(store, EVENTS, [_event(moved_to, -1, "2026-06-02")], 3).duplicate == 1
    assert _as_of(store, EVENTS, "2025-08-15", "direction") == []
    assert _as_of(store, EVENTS, "2026-05-31", "direction") == [1]
    assert _as_of(store, EVENTS, "2026-06-01", "direction") == [-1]


def test_a_clock_that_a_changed_rule_moves_is_no_restatement(store, rates):
    _load(store, rates((1, 7.1)), 1)
    later = pl.col("known_at").dt.offset_by("15m")
    moved = rates((1, 7.1)).with_columns(known_at=later, source_known_at=later)
    assert _load(store, moved, 2) == Stored(stored=0, restated=0, duplicate=1)


def test_nothing_is_nothing(store, rates):
    assert _load(store, rates(), 1) == Stored()


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.dictionaries(st.integers(1, 6), st.sampled_from([7.0, 7.1, 7.2]), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_every_row_is_accounted_for_and_the_newest_wins(tmp_path_factory, rates, batches):
    store = Warehouse(tmp_path_factory.mktemp("home"), clock=lambda: datetime(2025, 6, 1, tzinfo=UTC))
    expected: dict[int, float] = {}
    for seq, batch in enumerate(batches, 1):
        stored = _load(store, rates(*batch.items()), seq)
        assert stored.stored + stored.duplicate == len(batch)
        assert stored.stored == sum(expected.get(d) != r for d, r in batch.items())
        assert stored.restated == sum(d in expected and expected[d] != r for d, r in batch.items())
        expected |= batch
    newest = _rows(store).sort("known_at", "load_seq").unique("session", keep="last")
    assert {s.day: r for s, r in zip(newest["session"], newest["rate"], strict=True)} == expected


def test_what_was_corrected_stays_corrected_until_the_source_says_something_new(store, rates):
    manual = "c" * 64
    corrected = rates((1, 7.2)).with_columns(payload_sha256=pl.lit(manual))
    landed = {
        "payload_sha256": manual, "source": "manual", "name": "corrections/1/fx.csv", "format": "recording/fx.csv",
        "request": "", "size_bytes": 1, "fetched_at": datetime(2025, 6, 1, tzinfo=UTC), "batch_seq": 1,
    }  # fmt: skip
    with store.write("test") as transaction:
        schema = CONTRACTS["raw.payloads"].polars_schema()
        transaction.append("raw.payloads", pl.DataFrame([landed], schema=schema))
        steps = (rates((1, 7.1)), corrected, rates((1, 7.1)), rates((1, 7.3)), corrected, rates((1, 7.3)))
        stored = [transaction.store(TABLE, step, seq).stored for seq, step in enumerate(steps, start=1)]
        said = transaction.frame(TABLE).sort("revision")["rate"].to_list()
    assert stored == [1, 1, 0, 1, 0, 0]
    assert said == [7.1, 7.2, 7.3]
