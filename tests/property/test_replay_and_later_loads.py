"""A replay rests on the loads of then: whatever arrives later, whenever it claims to be known since, is not there."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS, CORE_TABLES
from flows.steps.replaying import History
from transforms.event_members import event_members

THEN = 5
EVENTS = "core.cycle_events"
FILLER = {
    "event_time": date(2025, 1, 1), "company": "Alibaba", "segment": "cloud", "type": "partnership", "direction": 1,
    "country": "CN", "is_realised": True, "title": "t", "verification": "source", "known_precision": "day",
    "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1, "revision": 0,
}  # fmt: skip


class Tables:
    """Stands for an open database."""

    def __init__(self, events: pl.DataFrame, landings: list[tuple[int, int]]) -> None:
        self._frames = {name: contract.polars_schema().to_frame() for name, contract in CONTRACTS.items()}
        self._frames[EVENTS] = events
        loads = [{"load_seq": seq, "batch_seq": batch} for seq, batch in landings]
        self._frames["ops.loads"] = pl.DataFrame(loads, schema=CONTRACTS["ops.loads"].polars_schema())
        payloads = [{"payload_sha256": "0" * 64, "batch_seq": batch} for _, batch in landings]
        self._frames["raw.payloads"] = pl.DataFrame(payloads, schema=CONTRACTS["raw.payloads"].polars_schema())

    def frame(self, table: str) -> pl.DataFrame:
        return self._frames[table]

    def frames(self, tables) -> dict[str, pl.DataFrame]:
        return {name: self._frames[name] for name in tables}


def events(drafts) -> pl.DataFrame:
    schema = CONTRACTS[EVENTS].polars_schema()
    rows = [
        FILLER
        | {
            "cycle_event_id": f"e{key}",
            "announcement_id": f"a{announcement}",
            "known_at": datetime(2025, month, 1, tzinfo=UTC),
            "source_known_at": datetime(2025, month, 1, tzinfo=UTC),
            "load_seq": load_seq,
        }
        for key, announcement, month, load_seq in drafts
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def drafts(loads: st.SearchStrategy[int]):
    return st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(1, 12), loads), max_size=12)


@settings(max_examples=25)
@given(then=drafts(st.integers(1, THEN)), later=drafts(st.integers(THEN + 1, 20)))
def test_facts_and_memberships_are_those_of_then(then, later):
    landings = [(THEN, 2), (THEN + 1, 3)]
    alone = History(Tables(events(then), landings[:1]))
    beside = History(Tables(events([*then, *later]), landings))
    for table, frame in beside.facts_of_load(THEN).tables().items():
        assert frame.equals(alone.facts_of_load(THEN).tables()[table], null_equal=True), table
    assert beside.payloads_of_load(THEN)["batch_seq"].to_list() == [2]
    derived = event_members(CONTRACTS["core.announcements"].polars_schema().to_frame(), events(then))
    assert alone.facts_of_load(THEN).event_members.equals(derived, null_equal=True)
    assert set(beside.facts_of_load(THEN).tables()) == set(CORE_TABLES)
