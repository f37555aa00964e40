"""The audit as a whole: what blocks, what only says, what cannot run, and what is no staged batch."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.contracts.ops_audits import AUDITS
from aicycle.errors import GateError
from aicycle.model.kinds import Severity
from expectations.checks import Check, CheckKind, given, pattern, readable
from expectations.gate import audit
from expectations.suite import RULES_VERSION, Suite
from transforms.staging.batch import StagedBatch


def bars(frame: pl.DataFrame) -> StagedBatch:
    return StagedBatch(contract=DAILY_BARS, frame=frame)


def suite(*checks: Check) -> Suite:
    return Suite(table="core.daily_bars", checks=checks)


def odd(expectation: str = "expect_column_values_to_not_be_null", **arguments: object) -> Check:
    return Check(
        name="odd",
        kind=CheckKind.GIVEN,
        expectation=expectation,
        columns=("close",),
        arguments=arguments,
        severity=Severity.ADVISORY,
        reason="odd",
    )


@pytest.mark.parametrize(
    "check",
    [
        odd(column="no_such_column"),
        odd(),
        odd(column="close", row_condition={"type": "nonsense"}),
        odd("expect_nothing_we_know", column="close"),
        pattern("symbol", "(["),
    ],
    ids=["missing column", "no arguments", "bad condition", "unknown expectation", "bad pattern"],
)
def test_a_check_that_cannot_run_stops_every_row_whatever_its_severity(check, valid_frame):
    found = audit(bars(valid_frame(DAILY_BARS)), suite=suite(check, readable()))
    broken, sound = found.checks.rows(named=True)
    assert broken["is_broken"]
    assert not broken["is_passed"]
    assert broken["severity"] == Severity.BLOCKING
    assert broken["rows_failed"] == 4
    assert sound["is_passed"]
    assert found.failures["row_id"].to_list() == [0, 1, 2, 3]
    assert found.failures["severity"].unique().to_list() == [Severity.BLOCKING]
    assert found.failures["reason"].str.contains(f"the check {check.name} could not be run: .+").all()
    assert found.is_blocked


def test_an_advisory_failure_is_said_and_blocks_nothing(valid_frame, put):
    found = audit(bars(put(valid_frame(DAILY_BARS), 2, volume=0)))
    assert found.failures.rows(named=True) == [
        {
            "row_id": 2,
            "check_name": "volume.traded",
            "severity": "advisory",
            "reason": "volume is 0: a half day, or a day without trade",
        }
    ]
    assert not found.is_blocked


def test_an_empty_batch_does_not_pass_silently(valid_frame):
    found = audit(bars(valid_frame(DAILY_BARS).head(0)))
    assert found.is_blocked
    assert found.batch_failure == "there is not one row below the header"
    assert found.checks.filter(~pl.col("is_passed"))["check_name"].to_list() == ["rows.present"]


def test_the_record_is_that_of_the_ledger(valid_frame):
    found = audit(bars(valid_frame(DAILY_BARS)))
    assert {"load_seq": pl.Int64(), **found.checks.schema} == dict(AUDITS.polars_schema())
    assert found.checks["rules_version"].unique().to_list() == [RULES_VERSION]
    assert found.checks["rows_evaluated"].unique().to_list() == [4]
    assert found.failures.schema == {
        "row_id": pl.Int64,
        "check_name": pl.String,
        "severity": pl.String,
        "reason": pl.String,
    }


def test_row_ids_and_not_positions_name_the_failures(valid_frame, put):
    frame = put(valid_frame(DAILY_BARS, 8), 6, close=-3.0).filter(pl.col("row_id") != 1).reverse()
    found = audit(bars(frame))
    assert found.failures["row_id"].unique().to_list() == [6]
    assert found.failures["reason"].to_list() == ["close -3.0 is not above 0", "close -3.0 is below low 100.0"]


def test_the_order_of_rows_changes_nothing(valid_frame, put):
    frame = put(put(valid_frame(DAILY_BARS, 8), 6, close=-3.0), 2, symbol="?")
    forth, back = audit(bars(frame)), audit(bars(frame.reverse()))
    assert forth.failures.equals(back.failures)
    assert forth.checks.equals(back.checks)


def test_what_is_unreadable_is_said_once(valid_frame, put):
    frame = put(valid_frame(DAILY_BARS), 1, unreadable="close: 'abc' is not a number", close=None)
    found = audit(bars(frame))
    assert dict(found.failures.select("check_name", "reason").iter_rows()) == {
        "row.readable": "close: 'abc' is not a number",
        "close.given": "",
    }


def test_a_stopped_row_does_not_drag_the_good_row_of_its_key_along(valid_frame, put):
    frame = valid_frame(DAILY_BARS)
    frame = put(frame, 1, session=frame["session"][0], close=-3.0)
    assert audit(bars(frame)).failures["row_id"].unique().to_list() == [1]


def test_a_row_that_is_merely_remarked_on_still_contradicts_another(valid_frame, put):
    frame = valid_frame(DAILY_BARS)
    found = audit(bars(put(frame, 1, session=frame["session"][0], volume=0)))
    assert found.failures.filter(check_name="key.unique")["row_id"].to_list() == [0, 1]


def test_a_bound_that_is_excluded_is_excluded(valid_frame, put):
    frame = put(put(valid_frame(DAILY_BARS), 1, low=0.0), 2, volume=0)
    blocking = audit(bars(frame)).failures.filter(severity="blocking")
    assert blocking.select("row_id", "check_name").rows() == [(1, "low.range")]


def test_dated_statements_of_one_key_do_not_contradict_and_bars_do(valid_frame, put):
    frame = valid_frame(REPORTED_FIGURES)
    key = {name: frame[name][0] for name in REPORTED_FIGURES.key}
    later = frame["source_known_at"][0].replace(day=9)
    dated = put(frame, 1, **key, value=99.5, source_known_at=later, known_at=later)
    verdict = audit(StagedBatch(contract=REPORTED_FIGURES, frame=dated))
    assert "key.unique" not in verdict.failures["check_name"].to_list()
    frame = valid_frame(DAILY_BARS)
    later = frame["source_known_at"][0].replace(day=9)
    frame = put(frame, 1, session=frame["session"][0], close=99.5, low=99.0, source_known_at=later, known_at=later)
    assert "key.unique" in audit(bars(frame)).failures["check_name"].to_list()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: f.drop("close"), "close"),
        (lambda f: f.with_columns(pl.col("close").cast(pl.Float32)), "close"),
        (lambda f: f.select(reversed(f.columns)), "order of columns"),
        (lambda f: f.with_columns(row_id=pl.lit(1, dtype=pl.Int64)), "same row_id"),
        (lambda f: f.with_columns(row_id=pl.lit(None, dtype=pl.Int64)), "rows without row_id"),
        (lambda f: f.with_columns(fetched_at=pl.lit(None, dtype=f.schema["fetched_at"])), "rows without fetched_at"),
        (lambda f: f.with_columns(byte_end=pl.lit(-1, dtype=pl.Int64)), "ends before it starts"),
    ],
)
def test_what_is_no_staged_batch_is_an_error_of_ours(spoil, said, valid_frame):
    with pytest.raises(GateError, match=said):
        audit(bars(spoil(valid_frame(DAILY_BARS))))


def test_a_table_nothing_is_read_into_has_no_suite(valid_frame):
    members = CONTRACTS["core.event_members"]
    with pytest.raises(GateError, match="no suite"):
        audit(StagedBatch(contract=members, frame=pl.DataFrame()))


def test_thousands_of_failures_are_all_named(valid_frame):
    frame = valid_frame(DAILY_BARS, 3_000).with_columns(close=pl.lit(None, dtype=pl.Float64))
    found = audit(bars(frame), suite=suite(given("close", is_number=True)))
    assert found.failures["row_id"].to_list() == list(range(3_000))


def test_the_library_is_loaded_only_when_a_batch_is_judged():
    code = (
        "import sys, expectations.gate, expectations.suite\n"
        "late = {'great_expectations', 'pandas', 'pyarrow'} & set(sys.modules)\n"
        "sys.exit(f'loaded early: {late}' if late else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
