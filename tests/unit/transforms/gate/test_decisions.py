"""Which rows pass although a check said no, what has become of the others, what can't be decided."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.model.kinds import DecisionKind, QuarantineState
from transforms.gate.decisions import (
    decided,
    discards,
    excused,
    objection,
    place_of,
    released_rows,
    with_states,
    withdrawn_first,
)
from transforms.gate.holds import OBSERVATIONS_SCHEMA, WITHDRAWN_SCHEMA
from transforms.gate.split import quarantine_id
from transforms.staging.batch import StagedBatch, staged_schema

AT = datetime(2026, 1, 1, tzinfo=UTC)
SHA, OTHER = "a" * 64, "b" * 64


def batch(*rows: dict) -> StagedBatch:
    full = [
        {"row_id": n, "source_line": n, "payload_sha256": SHA, "byte_start": 0, "byte_end": 9, "fetched_at": AT,
         "symbol": "BABA", "session": date(2025, 1, 1 + n), "known_at": AT, "source_known_at": AT, **row}
        for n, row in enumerate(rows)
    ]  # fmt: skip
    return StagedBatch(contract=DAILY_BARS, frame=pl.DataFrame(full, schema=staged_schema(DAILY_BARS), orient="row"))


def failures(*found: tuple[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(n, name, "blocking", "why") for n, name in found],
        schema={"row_id": pl.Int64, "check_name": pl.String, "severity": pl.String, "reason": pl.String},
        orient="row",
    )


def stopping(found: pl.DataFrame) -> list[int]:
    return sorted(set(found.filter(pl.col("severity") == "blocking")["row_id"]))


def released(*places: int, table: str = "core.daily_bars") -> list[tuple[str, int, int, int]]:
    return [(table, 0, 9, place) for place in places]


def test_a_released_row_is_no_longer_stopped_and_its_failures_stay_on_record():
    staged, found = batch({}, {}, {}), failures((1, "strange"), (1, "odd"), (2, "strange"))
    let_in = excused(staged, found, {SHA: released(1)}, {"close.range"})
    assert stopping(let_in) == [2]
    assert let_in.drop("severity").equals(found.drop("severity"))


@pytest.mark.parametrize(
    "addresses", [[], released(5), released(1, table="core.fx_rates"), [("core.daily_bars", 0, 8, 1)]]
)
def test_a_release_counts_for_its_address_alone(addresses):
    assert stopping(excused(batch({}, {}), failures((1, "strange")), {SHA: addresses}, ())) == [1]


def test_a_release_of_another_payload_lets_nothing_in():
    elsewhere = {OTHER: released(1)}
    assert stopping(excused(batch({}, {}), failures((1, "strange")), elsewhere, ())) == [1]


def test_a_row_its_table_can_not_hold_stays_stopped_whoever_released_it():
    found = failures((1, "close.range"), (1, "strange"))
    assert stopping(excused(batch({}, {}), found, {SHA: released(1)}, {"close.range"})) == [1]


def test_a_statement_has_one_row():
    twins = batch({}, {"session": date(2025, 1, 1)}, {"session": date(2025, 1, 1)})
    assert stopping(excused(twins, failures((1, "odd"), (2, "odd")), {SHA: released(1, 2)}, ())) == [1, 2], (
        "one passes anyway"
    )
    every = failures((0, "odd"), (1, "odd"), (2, "odd"))
    assert stopping(excused(twins, every, {SHA: released(2, 1)}, ())) == [0, 2]


def stopped(**fields) -> dict:
    row = {
        "load_seq": 1, "source": "s", "name": "prices.csv", "table_name": "core.daily_bars", "source_line": 2,
        "check_name": "close.strange", "reason": "line 2: odd", "row_key": '["BABA", "2025-01-01"]',
        "row_content": '{"close": 1.0}', "payload_sha256": SHA, "byte_start": 0, "byte_end": 9, "known_at": AT,
        "rules_version": "r1", "quarantined_at": AT, **fields,
    }  # fmt: skip
    return {"quarantine_id": quarantine_id(row["table_name"] or "", row | {"place": 0}, row["rules_version"]), **row}


def table(name: str, *rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTRACTS[f"ops.{name}"].polars_schema())


def decision(row: dict, what: str, seq: int = 1, **fields) -> dict:
    named = ("quarantine_id", "table_name", "row_key", "payload_sha256", "byte_start", "byte_end")
    return {"decision_seq": seq, "decision_id": f"d{seq}", "what": what, "author": "a", "reason": "r", "place": 0,
            "decided_at": AT, "applied_at": AT} | {name: row[name] for name in named} | fields  # fmt: skip


def load(seq: int, batch_seq: int = 1, **fields) -> dict:
    return {"load_seq": seq, "source": "s", "name": "prices.csv", "table_name": "core.daily_bars",
            "batch_seq": batch_seq, "payload_sha256": SHA, "rows_stored": 1, "rows_duplicate": 0, **fields}  # fmt: skip


def states(quarantine, decisions=(), loads=None, rules=((1, "r1"),), good=(), withdrawn=()) -> list[str]:  # noqa: PLR0917
    observations = [
        {"table_name": "core.daily_bars", "key": "BABA\x1f2025-01-01", "known_at": at, "load_seq": seq}
        for at, seq in good
    ]
    found = with_states(
        table("quarantine", *quarantine),
        table("decisions", *decisions),
        loads=table("loads", *(loads or [load(1)])),
        audits=table(
            "audits",
            *(
                {"load_seq": seq, "table_name": table_name, "rules_version": version}
                for seq, version in rules
                for table_name, version in (("core.daily_bars", version), ("marts.scenario_runs", "answers-1"))
            ),
        ),
        observations=pl.DataFrame(observations, schema=OBSERVATIONS_SCHEMA),
        withdrawn=pl.DataFrame([(i, AT) for i in withdrawn], schema=WITHDRAWN_SCHEMA, orient="row"),
    )
    return found["state"].to_list()


ROW = stopped()
EARLIER = AT.replace(year=2025)


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, "open"),
        ({"decisions": [decision(ROW, "released")]}, "released"),
        ({"decisions": [decision(ROW, "discarded"), decision(ROW, "released", 2)]}, "released"),
        ({"decisions": [decision(ROW, "released", 2), decision(ROW, "discarded")]}, "released"),
        ({"decisions": [decision(ROW, "corrected", correction_sha256=SHA)]}, "corrected"),
        ({"decisions": [decision(ROW, "corrected", correction_sha256=OTHER)]}, "open"),
        ({"good": [(AT, 2)]}, "corrected"),
        ({"good": [(AT, 1)]}, "corrected"),
        ({"good": [(EARLIER, 2)]}, "open"),
        ({"withdrawn": [ROW["quarantine_id"]]}, "withdrawn"),
        ({"loads": [load(1), load(2)], "rules": [(1, "r1"), (2, "r2")]}, "superseded"),
        ({"loads": [load(1), load(2)], "rules": [(1, "r1"), (2, "r1")]}, "open"),
        ({"loads": [load(1), load(2, 2)], "rules": [(1, "r1"), (2, "r2")]}, "open"),
    ],
)
def test_what_has_become_of_a_row(known, state):
    assert states([ROW], **known) == [state]


def test_a_correction_that_the_gate_stopped_changes_nothing():
    loads = [load(1), load(2, 2, payload_sha256=OTHER, rows_stored=0)]
    assert states([ROW], [decision(ROW, "corrected", correction_sha256=OTHER)], loads) == ["open"]


def test_the_same_row_in_the_next_file_has_been_decided_about():
    again = stopped(payload_sha256=OTHER, load_seq=2)
    changed = stopped(payload_sha256=OTHER, load_seq=3, row_content='{"close": 2.0}', byte_start=1)
    loads = [load(1), load(2, 2), load(3, 2)]
    assert states([ROW, again, changed], [decision(ROW, "discarded")], loads) == ["discarded", "discarded", "open"]
    nameless = [stopped(row_key=None), stopped(row_key=None, payload_sha256=OTHER, load_seq=2)]
    assert states(nameless, [decision(nameless[0], "discarded")], loads)[1] == "open", "who knows what it says"


def test_a_refused_file_is_done_with_when_one_of_its_name_could_be_read():
    refused = stopped(table_name=None, source_line=0, row_key=None, payload_sha256=None)
    assert states([refused], loads=[load(1, table_name=None)]) == ["open"]
    assert states([refused], loads=[load(1, table_name=None), load(2, 2)]) == ["withdrawn"]


def test_a_discarded_row_holds_nobody_from_then_on():
    again = stopped(payload_sha256=OTHER, load_seq=2)
    quarantine = table("quarantine", ROW, again)
    found = discards(quarantine, table("decisions", decision(ROW, "discarded"), decision(again, "discarded", 2)))
    assert dict(found.rows()) == {ROW["quarantine_id"]: AT, again["quarantine_id"]: AT}
    taken_back = pl.DataFrame([(ROW["quarantine_id"], EARLIER)], schema=WITHDRAWN_SCHEMA, orient="row")
    assert withdrawn_first(found, taken_back)["withdrawn_at"].min() == EARLIER
    assert discards(quarantine, table("decisions", decision(ROW, "released"))).is_empty()


def test_released_addresses_are_told_by_payload_in_the_order_of_decisions():
    later = stopped(byte_start=1)
    rows = table(
        "decisions", decision(later, "released", 2), decision(ROW, "released", 1), decision(ROW, "discarded", 3)
    )
    assert released_rows(rows) == {SHA: [("core.daily_bars", 0, 9, 0), ("core.daily_bars", 1, 9, 0)]}
    about = decided(table("quarantine", ROW, later), rows)
    assert about.select("quarantine_id", "decision_seq").rows() == [
        (ROW["quarantine_id"], 1),
        (later["quarantine_id"], 2),
        (ROW["quarantine_id"], 3),
    ]


def test_the_place_in_a_span_is_found_again():
    third = {**ROW, "quarantine_id": quarantine_id("core.daily_bars", ROW | {"place": 2}, "r1")}
    assert (place_of(ROW), place_of(third)) == (0, 2)
    assert place_of(ROW | {"table_name": None}) is None


@pytest.mark.parametrize(
    ("row", "what", "said"),
    [
        ({}, "released", ""), ({}, "discarded", ""), ({}, "corrected", ""),
        ({"state": "discarded"}, "released", ""), ({"state": "discarded"}, "discarded", "discarded already"),
        ({"state": "withdrawn"}, "corrected", ""), ({"state": "withdrawn"}, "released", "no longer claims"),
        ({"state": "released"}, "corrected", "released already"), ({"state": "superseded"}, "discarded", "later rules"),
        ({"state": "corrected"}, "released", "good row"),
        ({"check_name": "a;close.range"}, "released", "can't be stored as it is: line 2: odd (close.range"),
        ({"check_name": "a;close.range"}, "discarded", ""),
    ],
)  # fmt: skip
def test_what_can_not_be_decided_says_why(row, what, said):
    full = ROW | {"state": QuarantineState.OPEN} | row
    why = objection(full, DecisionKind(what), {"close.range"}, DAILY_BARS)
    assert (said in why) if said else not why


def test_a_whole_file_can_only_be_discarded():
    full = ROW | {"state": "open"}
    assert [bool(objection(full, what, (), None)) for what in DecisionKind] == [True, False, True]


def test_of_what_is_missing_there_is_no_row_to_let_in():
    missing = stopped(source_line=0, payload_sha256=None, row_content="")
    full = missing | {"state": "open"}
    assert [bool(objection(full, what, (), DAILY_BARS)) for what in DecisionKind] == [True, False, True]
    loads, rules = [load(1), load(2)], [(1, "r1"), (2, "r2")]
    assert states([missing], loads=loads, rules=rules) == ["open"], "the load it stands with did not read it"
    assert states([missing], good=[(AT, 2)]) == ["corrected"]
