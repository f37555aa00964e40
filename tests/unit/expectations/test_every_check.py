"""Every check of every suite: data that passes it, and data that fails it, built from the check's own definition."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.contracts.schema import DType
from aicycle.model.kinds import Severity
from expectations.checks import FETCHED_ON, Check, CheckKind
from expectations.gate import audit
from expectations.suite import SUITES, Suite
from transforms.staging.batch import StagedBatch

Put = Callable[..., pl.DataFrame]
Spoilt = tuple[pl.DataFrame, set[int]]
ROWS = 8
ALL = [(table, check) for table, suite in SUITES.items() for check in suite.own.checks]


def with_cells(frame: pl.DataFrame, put: Put, column: str, cells: list[tuple[object, bool]]) -> Spoilt:
    """Return the frame with one cell per row replaced, and the rows whose cell is said to be bad."""
    assert len(cells) <= frame.height
    for row, (value, _) in enumerate(cells):
        frame = put(frame, row, **{column: value})
    return frame, {row for row, (_, is_bad) in enumerate(cells) if is_bad}


def no_rows(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    return frame.head(0), set()


def unreadable(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    return with_cells(frame, put, "unreadable", [("open: 'abc' is not a number", True), (None, False), ("x", True)])


def missing(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    """The first row meets the condition and lacks the value, the second lacks both, the third has both."""
    condition = check.condition
    frame, bad = with_cells(frame, put, check.columns[0], [(None, True)] * (2 if condition is None else 1))
    if condition is not None:
        met = condition.value if condition.value is not None else frame[condition.column][0]
        frame = put(put(frame, 0, **{condition.column: met}), 2, **{condition.column: met})
        unmet = None if condition.value is None else "another"
        frame = put(frame, 1, **{condition.column: unmet, check.columns[0]: None})
    return frame, bad


def not_finite(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    cells = [(math.nan, True), (math.inf, True), (-math.inf, True), (None, False), (-1e300, False)]
    return with_cells(frame, put, check.columns[0], cells)


def foreign_word(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    column = check.columns[0]
    good = frame[column][0]
    if frame.schema[column] == pl.Int64:
        return with_cells(frame, put, column, [(5, True), (-3, True), (good, False), (12, False)])
    words = [("no such word", True), ("", True), (f"{good}\n", True), (f" {good}", True), (good.swapcase(), True)]
    return with_cells(frame, put, column, [*words, (good, False)])


def no_match(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    column = check.columns[0]
    good = frame[column][0]
    texts = ["", "\x00", "XYZ", "ftp://feeds.example", good + "\n", "\n" + good, good + "é", "٣٣٣٣"]
    expression = re.compile(str(check.arguments["regex"]), re.ASCII)
    cells = [(text, expression.fullmatch(text) is None) for text in texts]
    return with_cells(frame, put, column, cells)


def out_of_range(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    column, low, high = check.columns[0], check.arguments.get("min_value"), check.arguments.get("max_value")
    is_whole = frame.schema[column] == pl.Int64
    step, cast = (1, int) if is_whole else (1e-9, float)
    cells: list[tuple[object, bool]] = [(None, False)]
    if low is not None:
        is_open = bool(check.arguments["strict_min"])
        cells += [(cast(low - step), True), (cast(low), is_open), (cast(low + step), False)]
    if high is not None:
        cells += [(cast(high), False), (cast(high + step), True)]
    return with_cells(frame, put, column, cells)


def other_way_round(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    column, other = str(check.arguments["column_A"]), str(check.arguments["column_B"])
    if column == FETCHED_ON:
        # On the day the fetch may already be the next one further east: that one passes, the one after does not.
        last = frame["fetched_at"][0].date() + timedelta(days=1)
        frame = frame.with_columns(known_precision=pl.lit("assumed"))
        frame = put(put(frame, 3, known_precision="day"), 3, **{other: date(2030, 12, 31)})
        return with_cells(frame, put, other, [(last, False), (last + timedelta(days=1), True), (None, False)])
    value = frame[column][0]
    frame = frame.with_columns(pl.lit(value, dtype=frame.schema[name]).alias(name) for name in (column, other))
    step = timedelta(days=1) if isinstance(value, date) else 1
    frame = put(frame, 4, **{column: None})
    return with_cells(frame, put, other, [(value, False), (value + step, True), (value - step, False), (None, False)])


def ahead(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    fetched_at = frame["fetched_at"][0]
    frame = frame.with_columns(known_precision=pl.lit("instant"))
    moment = timedelta(microseconds=1)
    cells = [(fetched_at, False), (fetched_at + moment, True), (fetched_at - moment, False), (None, False)]
    return with_cells(frame, put, "known_at", cells)


def two_values(frame: pl.DataFrame, check: Check, put: Put) -> Spoilt:
    """The third row has the second one's key; every other row shares all of a key but one column."""
    keys = {name: frame[name][1] for name in check.columns}
    return put(frame, 2, **keys), {1, 2}


SPOILERS: dict[CheckKind, Callable[[pl.DataFrame, Check, Put], Spoilt]] = {
    CheckKind.ROWS_PRESENT: no_rows,
    CheckKind.READABLE: unreadable,
    CheckKind.GIVEN: missing,
    CheckKind.FINITE: not_finite,
    CheckKind.DOMAIN: foreign_word,
    CheckKind.PATTERN: no_match,
    CheckKind.RANGE: out_of_range,
    CheckKind.AT_LEAST: other_way_round,
    CheckKind.NOT_AHEAD: ahead,
    CheckKind.UNIQUE: two_values,
}


def test_no_kind_is_left_out():
    # What a measure is needed for has data of its own: test_measured_checks.
    assert {*SPOILERS, CheckKind.WITHIN} == set(CheckKind)
    assert {check.kind for _, check in ALL} == set(SPOILERS)


@pytest.mark.parametrize("table", LANDED_TABLES)
def test_valid_rows_pass_the_whole_suite(table, valid_frame):
    found = audit(StagedBatch(contract=CONTRACTS[table], frame=valid_frame(CONTRACTS[table])))
    assert found.checks.filter(~pl.col("is_passed"))["check_name"].to_list() == []
    assert found.checks["check_name"].to_list() == [check.name for check in SUITES[table].own.checks]
    assert found.failures.is_empty()
    assert not found.is_blocked
    assert found.batch_failure == ""


@pytest.mark.parametrize("table", LANDED_TABLES)
def test_what_may_be_empty_may_be_empty(table, valid_frame):
    contract = CONTRACTS[table]
    frame = valid_frame(contract)
    nullable = [c for c in contract.columns if c.nullable and c.name in frame.columns]
    needs_nothing = {"core.corporate_actions": "distribution_in_kind", "core.documents": "headline"}
    frame = frame.with_columns(pl.lit(None, dtype=frame.schema[c.name]).alias(c.name) for c in nullable)
    if table in needs_nothing:
        frame = frame.with_columns(kind=pl.lit(needs_nothing[table]))
    assert not audit(StagedBatch(contract=contract, frame=frame)).is_blocked


@pytest.mark.parametrize(("table", "check"), [pytest.param(t, c, id=f"{t}:{c.name}") for t, c in ALL])
def test_bad_data_fails_the_check(table, check, valid_frame, put):
    contract = CONTRACTS[table]
    frame, expected = SPOILERS[check.kind](valid_frame(contract, ROWS), check, put)
    found = audit(StagedBatch(contract=contract, frame=frame), suite=Suite(table=table, checks=(check,)))
    record = found.checks.row(0, named=True)
    assert not record["is_broken"]
    assert not record["is_passed"]
    assert set(found.failures["row_id"]) == expected
    assert record["rows_failed"] == len(expected)
    assert set(found.failures["severity"]) <= {check.severity.value}
    assert found.is_blocked is (check.severity is Severity.BLOCKING)
    assert all(found.failures["reason"])
    assert expected or found.batch_failure


def test_number_columns_of_every_contract_must_be_finite():
    for table in LANDED_TABLES:
        numbers = {c.name for c in CONTRACTS[table].columns if c.dtype is DType.NUMBER}
        assert {c.columns[0] for c in SUITES[table].checks if c.kind is CheckKind.FINITE} == numbers
