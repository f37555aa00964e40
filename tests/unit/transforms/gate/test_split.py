"""Rows pass or are stopped; a stopped row says why, whom it concerns and where it stands."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.contracts.ops_quarantine import QUARANTINE
from aicycle.contracts.raw_labels import RAW_LABELS
from aicycle.contracts.schema import TableContract
from aicycle.errors import GateError
from transforms.gate.split import FILLED_BY_CALLER, split
from transforms.staging.batch import StagedBatch, staged_schema

KNOWN_AT = datetime(2024, 6, 3, 20, 15, tzinfo=UTC)
PAYLOAD = "ab" * 32
RULES = "gate-test"


def batch(contract: TableContract, *rows: dict[str, object]) -> StagedBatch:
    schema = staged_schema(contract)
    full = [
        {
            "row_id": n,
            "source_line": n + 2,
            "payload_sha256": PAYLOAD,
            "byte_start": 10 * n,
            "byte_end": 10 * n + 9,
            "fetched_at": KNOWN_AT,
            **row,
        }
        for n, row in enumerate(rows)
    ]
    return StagedBatch(contract=contract, frame=pl.DataFrame(full, schema=schema, orient="row"))


def bar(**cells: object) -> dict[str, object]:
    return {"symbol": "BABA", "session": date(2024, 6, 3), "close": 78.5, "known_at": KNOWN_AT, **cells}


def audit_of(*failures: tuple[int, str, str, str], checks: tuple[str, ...] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return failures and checks that agree, as the gate gives them."""
    failed = pl.DataFrame(failures, schema=["row_id", "check_name", "severity", "reason"], orient="row").cast(
        {"row_id": pl.Int64, "check_name": pl.String, "severity": pl.String, "reason": pl.String}
    )
    names = {name: severity for _, name, severity, _ in failures} | dict.fromkeys(checks, "blocking") or {
        "a": "blocking"
    }
    counts = [sum(name == other for _, other, _, _ in failures) for name in names]
    table = pl.DataFrame(
        {
            "check_name": list(names),
            "severity": list(names.values()),
            "is_passed": [count == 0 for count in counts],
            "rows_failed": counts,
            "rules_version": RULES,
        }
    )
    return failed, table


def test_good_rows_pass_as_they_were_staged():
    staged = batch(DAILY_BARS, bar(), bar())
    passing, stopped = split(staged, *audit_of())
    assert passing.equals(staged.frame)
    assert stopped.is_empty()


def test_a_stopped_row_tells_everything_but_what_the_caller_knows():
    staged = batch(DAILY_BARS, bar(), bar(close=-3.0, low=math.nan))
    passing, stopped = split(
        staged,
        *audit_of((1, "close.range", "blocking", "close -3.0 is not above 0"), (1, "x", "blocking", "x is odd")),
    )
    assert passing["row_id"].to_list() == [0]
    expected = [name for name in QUARANTINE.column_names if name not in FILLED_BY_CALLER]
    assert stopped.columns == expected
    assert stopped.schema == pl.Schema({name: QUARANTINE.polars_schema()[name] for name in expected})
    row = stopped.row(0, named=True)
    content = json.loads(row.pop("row_content"))
    assert row == {
        "quarantine_id": hashlib.sha256(f"core.daily_bars|{PAYLOAD}|10|19|{RULES}".encode()).hexdigest(),
        "table_name": "core.daily_bars",
        "source_line": 3,
        "check_name": "close.range;x",
        "reason": "line 3: close -3.0 is not above 0; x is odd",
        "subject_kind": "symbol",
        "subject_id": "BABA",
        "metric": "close",
        "row_key": '["BABA", "2024-06-03"]',
        "payload_sha256": PAYLOAD,
        "byte_start": 10,
        "byte_end": 19,
        "known_at": KNOWN_AT,
    }
    assert content["close"] == -3.0
    assert content["low"] == "nan"
    assert content["session"] == "2024-06-03"
    assert content["volume"] is None
    assert "row_id" not in content


def test_advisory_failures_stop_nothing():
    staged = batch(DAILY_BARS, bar())
    passing, stopped = split(staged, *audit_of((0, "volume.traded", "advisory", "volume is 0")))
    assert passing.height == 1
    assert stopped.is_empty()


def test_a_stopped_row_leaves_its_advice_aside():
    failures = audit_of((0, "volume.traded", "advisory", "volume is 0"), (0, "a.b", "blocking", "a is bad"))
    _, stopped = split(batch(DAILY_BARS, bar()), *failures)
    assert stopped["check_name"].to_list() == ["a.b"]
    assert stopped["reason"].to_list() == ["line 2: a is bad"]


def test_empty_and_repeated_reasons_are_left_out():
    failures = audit_of((0, "a", "blocking", "same"), (0, "b", "blocking", ""), (0, "c", "blocking", "same"))
    _, stopped = split(batch(DAILY_BARS, bar()), *failures)
    assert stopped["check_name"].to_list() == ["a;b;c"]
    assert stopped["reason"].to_list() == ["line 2: same"]


def test_whom_an_unreadable_row_speaks_about_is_not_guessed():
    failures = audit_of((0, "row.readable", "blocking", "symbol: unreadable"))
    _, stopped = split(batch(DAILY_BARS, bar(symbol=None, known_at=None)), *failures)
    assert stopped.select("subject_kind", "subject_id", "metric", "known_at").row(0) == (None, None, None, None)


def test_a_subject_of_two_columns_and_a_metric_from_the_row():
    figures = {"company": "Alibaba", "segment": "Cloud", "metric": "revenue"}
    _, stopped = split(batch(REPORTED_FIGURES, figures), *audit_of((0, "a", "blocking", "b")))
    assert stopped.select("subject_kind", "subject_id", "metric").row(0) == ("segment", "Alibaba/Cloud", "revenue")


def test_a_table_without_subject_or_clocks():
    label = {"label_set": "gold", "label_id": "1", "content": "{}"}
    _, stopped = split(batch(RAW_LABELS, label), *audit_of((0, "a", "blocking", "b")))
    assert stopped.select("subject_kind", "subject_id", "metric", "known_at").row(0) == (None, None, None, None)


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"label_set": "gold", "label_id": "ü|1"}, '["gold", "ü|1"]'),
        ({"label_set": "gold"}, None),
        ({"label_set": "gold", "label_id": "x" * 100_000}, None),
    ],
)
def test_a_key_is_recorded_where_it_could_be_read(cells, key):
    _, stopped = split(batch(RAW_LABELS, cells), *audit_of((0, "a", "blocking", "b")))
    assert stopped["row_key"].to_list() == [key]


def test_a_row_of_gigabytes_is_cut():
    label = {"label_set": "gold", "label_id": "1", "content": "x" * 100_000}
    _, stopped = split(batch(RAW_LABELS, label), *audit_of((0, "a", "blocking", "b")))
    assert len(stopped["row_content"][0]) == 4_000


def test_rows_that_share_a_span_have_ids_of_their_own_whoever_else_is_stopped():
    span = {"byte_start": 0, "byte_end": 99}
    staged = batch(DAILY_BARS, bar(**span), bar(**span), bar(**span))
    _, all_three = split(staged, *audit_of(*[(row, "a", "blocking", "b") for row in range(3)]))
    _, last = split(staged, *audit_of((2, "a", "blocking", "b")))
    assert all_three["quarantine_id"].n_unique() == 3
    assert all_three["quarantine_id"].to_list()[2] == last["quarantine_id"].to_list()[0]


def test_ids_follow_table_address_and_rules():
    one = audit_of((0, "a", "blocking", "b"))
    other_rules = (one[0], one[1].with_columns(rules_version=pl.lit("gate-other")))
    ids = {
        split(batch(DAILY_BARS, bar()), *one)[1]["quarantine_id"][0],
        split(batch(DAILY_BARS, bar()), *other_rules)[1]["quarantine_id"][0],
        split(batch(DAILY_BARS, bar(byte_start=1)), *one)[1]["quarantine_id"][0],
        split(batch(DAILY_BARS, bar(byte_end=1)), *one)[1]["quarantine_id"][0],
        split(batch(DAILY_BARS, bar(payload_sha256="cd" * 32)), *one)[1]["quarantine_id"][0],
        split(batch(RAW_LABELS, {}), *one)[1]["quarantine_id"][0],
    }
    assert len(ids) == 6


def test_the_order_of_rows_changes_nothing():
    staged = batch(DAILY_BARS, bar(), bar(close=-1.0), bar(close=-2.0), bar())
    failures = audit_of((1, "a", "blocking", "b"), (2, "a", "blocking", "b"))
    forth = split(staged, *failures)
    back = split(StagedBatch(contract=DAILY_BARS, frame=staged.frame.reverse()), failures[0].reverse(), failures[1])
    assert all(one.equals(other) for one, other in zip(forth, back, strict=True))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f, c: (f.head(0), c), "counts differ for a"),
        (lambda f, c: (f, c.with_columns(rows_failed=pl.lit(2))), "counts differ for a"),
        (lambda f, c: (f.with_columns(check_name=pl.lit("z")), c), "counts differ for a, z"),
        (lambda f, c: (f, c.head(0)), "no checks"),
        (lambda f, c: (f.with_columns(row_id=pl.lit(9, dtype=pl.Int64)), c), "not in the batch"),
        (
            lambda f, c: (f.head(0), c.with_columns(rows_failed=pl.lit(0))),
            "a failed without a row",
        ),
        (
            lambda f, c: (f, pl.concat([c, c.with_columns(rules_version=pl.lit("x"), check_name=pl.lit("y"))])),
            "no checks of one rules' version",
        ),
    ],
)
def test_an_audit_of_something_else_is_refused(spoil, said):
    failures, checks = audit_of((0, "a", "blocking", "b"))
    with pytest.raises(GateError, match=said):
        split(batch(DAILY_BARS, bar()), *spoil(failures, checks))


def test_an_empty_batch_divides_into_nothing():
    failures, checks = audit_of()
    staged = batch(DAILY_BARS)
    passing, stopped = split(staged, failures, checks.with_columns(is_passed=pl.lit(value=False)))
    assert passing.is_empty()
    assert stopped.is_empty()
