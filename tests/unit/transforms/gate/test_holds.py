import json
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.schema import DType
from transforms.gate.holds import OBSERVATIONS_SCHEMA, holds_from, observations_of

MET_AT = datetime(2026, 1, 1, tzinfo=UTC)
BLANK = {DType.TEXT: "x", DType.FLAG: False, DType.INTEGER: 0, DType.NUMBER: 1.0, DType.DAY: date(2025, 1, 1)}


def at(day: int) -> datetime:
    return datetime(2025, 9, day, 20, 15, tzinfo=UTC)


def stopped(
    known_day: int | None, *, table: str = "core.daily_bars", key: list[object] | None = None, **more: object
) -> dict[str, object]:
    """A stopped bar of BABA, for a session and known on a day of September 2025."""
    blank = {c.name: BLANK.get(c.dtype) for c in CONTRACTS["ops.quarantine"].columns if not c.nullable}
    row = {
        "quarantine_id": f"q{known_day}",
        "load_seq": 3,
        "name": "prices.csv",
        "source_line": 17,
        "reason": "close: 'abc' is not a number",
        "table_name": table,
        "subject_kind": "symbol",
        "subject_id": "BABA",
        "metric": "close",
        "row_key": json.dumps(key or ["BABA", f"2025-09-{known_day or 1:02}"]),
        "known_at": None if known_day is None else at(known_day),
        "quarantined_at": MET_AT,
    }
    return blank | row | more


def quarantine(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTRACTS["ops.quarantine"].polars_schema())


def good(*days: int, restated_day: int | None = None, symbol: str = "BABA", load_seq: int = 1) -> pl.DataFrame:
    """Observations of good bars; `restated_day`: when a restatement of them reached us."""
    contract = CONTRACTS["core.daily_bars"]
    blank = {c.name: BLANK.get(c.dtype) for c in contract.columns}
    rows = [
        blank
        | {
            "symbol": symbol,
            "session": date(2025, 9, day),
            "known_at": at(restated_day or day),
            "source_known_at": at(day),
            "load_seq": load_seq,
        }
        for day in days
    ]
    return observations_of(pl.DataFrame(rows, schema=contract.polars_schema()), contract)


def spans(quarantined: pl.DataFrame, observations: pl.DataFrame) -> list[tuple[str, int, int | None]]:
    """Holds as (subject, day they begin, day they end)."""
    held = holds_from(quarantined, observations)
    assert held.schema == CONTRACTS["ops.holds"].polars_schema()
    return [(r["subject_id"], r["since"].day, r["until"].day if r["until"] else None) for r in held.to_dicts()]


def test_a_hold_lasts_from_the_poisoned_row_to_the_next_good_observation():
    assert spans(quarantine(stopped(10)), good(8, 9, 12, 15)) == [("BABA", 10, 12)]


def test_without_a_later_observation_it_lasts():
    assert spans(quarantine(stopped(10)), good(8, 9)) == [("BABA", 10, None)]


def test_another_subject_lifts_nothing():
    assert spans(quarantine(stopped(10)), good(11, symbol="NVDA")) == [("BABA", 10, None)]


def test_a_correction_under_the_same_key_known_at_the_same_instant_leaves_no_hold():
    for load_seq in (1, 9):
        assert spans(quarantine(stopped(10)), good(8, 10, load_seq=load_seq)) == []


def test_another_observation_known_at_the_same_instant_corrects_nothing():
    elsewhere = stopped(10, key=["BABA", "2025-09-09"])

    assert spans(quarantine(elsewhere), good(10)) == [("BABA", 10, None)]


def test_a_restatement_of_an_older_fact_lifts_nothing():
    assert spans(quarantine(stopped(10)), good(3, restated_day=11)) == [("BABA", 10, None)]


def test_a_restatement_of_the_poisoned_fact_itself_lifts():
    assert spans(quarantine(stopped(10)), good(10, restated_day=14)) == [("BABA", 10, 14)]


def test_an_earlier_good_version_does_not_lift_a_poisoned_restatement():
    restatement = stopped(10, key=["BABA", "2025-09-03"])

    assert spans(quarantine(restatement), good(3, 12)) == [("BABA", 10, 12)]


def test_a_row_whose_key_could_not_be_read_is_corrected_by_nothing_but_a_later_one():
    keyless = stopped(10, row_key=None)

    assert spans(quarantine(keyless), good(10)) == [("BABA", 10, None)]
    assert spans(quarantine(keyless), good(10, 12)) == [("BABA", 10, 12)]


def event(day: int, event_id: str) -> pl.DataFrame:
    contract = CONTRACTS["core.cycle_events"]
    row = {c.name: BLANK.get(c.dtype) for c in contract.columns}
    row |= {"cycle_event_id": event_id, "company": "Alibaba", "segment": "cloud"}
    row |= {"known_at": at(day), "source_known_at": at(day)}
    return observations_of(pl.DataFrame([row], schema=contract.polars_schema()), contract)


def stopped_event(day: int) -> dict[str, object]:
    return stopped(
        day,
        table="core.cycle_events",
        key=["cy7"],
        subject_kind="segment",
        subject_id="Alibaba/cloud",
        metric="events",
    )


def test_where_a_later_row_says_nothing_about_the_poisoned_one_only_its_correction_lifts():
    assert spans(quarantine(stopped_event(10)), event(12, "cy8")) == [("Alibaba/cloud", 10, None)]
    assert spans(quarantine(stopped_event(10)), event(12, "cy7")) == [("Alibaba/cloud", 10, 12)]
    assert spans(quarantine(stopped_event(10)), event(10, "cy7")) == []


def test_a_correction_that_is_about_somebody_else_lifts_too():
    misplaced = stopped_event(10) | {"subject_id": "Alibaba/chips"}

    assert spans(quarantine(misplaced), event(10, "cy7")) == []
    assert spans(quarantine(misplaced), event(10, "cy8")) == [("Alibaba/chips", 10, None)]


def test_prices_that_did_not_come_hold_until_the_next_one():
    missing = stopped(10, table_name=None, row_key=None, source_line=0, reason="no answer")

    assert spans(quarantine(missing), good(9)) == [("BABA", 10, None)]
    assert spans(quarantine(missing), good(9, 11)) == [("BABA", 10, 11)]


@pytest.mark.parametrize("missing", ["subject_kind", "subject_id", "metric", "known_at"])
def test_a_row_that_says_not_whom_or_since_when_holds_nobody(missing: str):
    assert spans(quarantine(stopped(10, **{missing: None})), good(8)) == []


def test_a_row_from_the_future_holds_nobody():
    met_before = stopped(10, quarantined_at=datetime(2025, 9, 10, 20, 14, tzinfo=UTC))
    met_then = stopped(10, quarantined_at=at(10))

    assert spans(quarantine(met_before), good(8)) == []
    assert spans(quarantine(met_then), good(8)) == [("BABA", 10, None)]


def test_holds_of_one_subject_since_the_same_instant_are_one_the_longest():
    other_key = ["BABA", "2025-09-11"]
    short = stopped(10, quarantine_id="short", key=other_key, reason="short", load_seq=1)
    correctable = good(11, restated_day=12)
    long = stopped(10, quarantine_id="long", reason="long", load_seq=9)

    held = holds_from(quarantine(short, long), correctable)

    assert held.select("until", "quarantine_id", "cause", "load_seq").rows() == [(None, "long", "prices.csv: long", 9)]


def test_of_equally_long_holds_the_first_is_named():
    rows = [stopped(10, quarantine_id=name, load_seq=seq) for name, seq in (("b", 2), ("c", 1), ("a", 2))]

    assert holds_from(quarantine(*rows), good(12))["quarantine_id"].to_list() == ["c"]


def test_later_poisoned_rows_have_holds_of_their_own():
    assert spans(quarantine(stopped(10), stopped(13)), good(12, 15)) == [("BABA", 10, 12), ("BABA", 13, 15)]


def test_nothing_stopped_holds_nothing():
    assert spans(quarantine(), good(1)) == []
    assert spans(quarantine(), OBSERVATIONS_SCHEMA.to_frame()) == []
    assert spans(quarantine(stopped(10)), OBSERVATIONS_SCHEMA.to_frame()) == [("BABA", 10, None)]


def test_observations_name_subject_and_metric_as_the_contract_says():
    contract = CONTRACTS["core.reported_figures"]
    row = {c.name: BLANK.get(c.dtype) for c in contract.columns}
    row |= {"company": "Alibaba", "segment": "Total", "metric": "revenue", "duration_months": 3}
    row |= {"known_at": at(1), "source_known_at": at(1)}

    (seen,) = observations_of(pl.DataFrame([row], schema=contract.polars_schema()), contract).to_dicts()

    assert (seen["table_name"], seen["subject_kind"]) == ("core.reported_figures", "segment")
    assert (seen["subject_id"], seen["metric"]) == ("Alibaba/Total", "revenue")
    assert seen["key"].split("\x1f") == ["Alibaba", "Total", "x", "revenue", "2025-01-01", "3", "x"]


def test_a_number_in_a_key_is_found_again():
    content = {"company": "Alibaba", "segment": "Total", "segment_basis": "x", "metric": "revenue"}
    key = [*content.values(), "2025-01-01", 3, "x"]
    row = stopped(
        1, table="core.reported_figures", key=key, subject_kind="segment", subject_id="Alibaba/Total", metric="revenue"
    )
    contract = CONTRACTS["core.reported_figures"]
    stored = {c.name: BLANK.get(c.dtype) for c in contract.columns} | content
    stored |= {"duration_months": 3, "known_at": at(1), "source_known_at": at(1)}

    observations = observations_of(pl.DataFrame([stored], schema=contract.polars_schema()), contract)

    assert spans(quarantine(row), observations) == []


def test_a_table_without_a_subject_has_no_observations():
    contract = CONTRACTS["core.event_members"]

    assert observations_of(contract.polars_schema().to_frame(), contract).schema == OBSERVATIONS_SCHEMA
