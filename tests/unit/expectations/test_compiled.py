"""Large batches: counted in one pass, judged by the library, and never believed without evidence."""

from __future__ import annotations

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.contracts.core_daily_bars import DAILY_BARS
from expectations import compiled, evaluation
from expectations.bridge import columns_of, views_for
from expectations.checks import Check, CheckKind, Condition, finite, given, in_range, pattern, rows_present, unique
from expectations.compiled import Count, Counted, count_failures, evaluate_compiled, outcomes_of
from expectations.engine import Outcome
from expectations.expressions import compile_check, portable
from expectations.gate import audit
from expectations.suite import MARTS_SUITES, SUITES, Suite
from transforms.staging.batch import StagedBatch, staged_schema


@pytest.fixture
def poisoned(valid_frame, put) -> StagedBatch:
    frame = put(put(put(valid_frame(DAILY_BARS, 9), 6, close=-3.0), 2, symbol="?"), 4, unreadable="x", open=None)
    return StagedBatch(contract=DAILY_BARS, frame=put(frame, 8, session=frame["session"][7]))


@pytest.fixture
def every_batch_is_large(monkeypatch):
    monkeypatch.setattr(evaluation, "LARGEST_BY_ROW", 0)


def test_a_large_batch_is_judged_as_a_small_one_and_never_becomes_pandas(poisoned, monkeypatch):
    small = audit(poisoned)
    seen: list[list[str]] = []
    convert = evaluation.as_pandas
    monkeypatch.setattr(evaluation, "LARGEST_BY_ROW", 0)
    monkeypatch.setattr(
        evaluation, "as_pandas", lambda frame, names: seen.append(frame.columns) or convert(frame, names)
    )
    large = audit(poisoned)
    assert large.failures.equals(small.failures)
    assert large.checks.equals(small.checks)
    assert seen == [["row_id", "rows_failed"]] * 2, "only the counts are shown to the library"


def test_an_empty_batch_says_so_whatever_evaluates_it(valid_frame):
    empty = StagedBatch(contract=DAILY_BARS, frame=valid_frame(DAILY_BARS).head(0))
    found = audit(empty, evaluator=evaluation.evaluate_by_metrics)
    assert found.batch_failure == audit(empty).batch_failure == "there is not one row below the header"


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (given("no_such_column"), "no column 'no_such_column'"),
        (Check(name="odd", kind=CheckKind.GIVEN, expectation="expect_nothing_we_know", reason="odd"), "no translation"),
        (pattern("symbol", "(["), "may mean something else|can't be read"),
        (pattern("symbol", r"\w+"), "may mean something else"),
        (in_range("symbol", minimum=1), "compare|cast|type"),
        (
            Check(
                name="odd", kind=CheckKind.RANGE, expectation="expect_column_values_to_be_between", reason="odd",
                arguments={"column": "close", "min_value": 0, "mostly": 0.5},
            ),
            "mostly",
        ),
        (
            Check(
                name="odd", kind=CheckKind.UNIQUE, expectation="expect_column_values_to_be_unique", reason="odd",
                arguments={"column": "close"}, condition=Condition("symbol"),
            ),
            "no translation under a condition",
        ),
    ],
)  # fmt: skip
def test_a_check_that_cannot_be_compiled_stops_every_row_and_no_other_check(
    check, said, valid_frame, every_batch_is_large
):
    suite = Suite(table="core.daily_bars", checks=(check, finite("close")))
    found = audit(StagedBatch(contract=DAILY_BARS, frame=valid_frame(DAILY_BARS)), suite=suite)
    broken, sound = found.checks.rows(named=True)
    assert (broken["is_broken"], broken["severity"], broken["rows_failed"]) == (True, "blocking", 4)
    assert sound["is_passed"]
    assert found.failures["reason"].str.contains(said).all()


@pytest.mark.parametrize(
    "verdict",
    [
        Outcome(broken="the library is not itself"),
        Outcome(is_passed=True, rows_evaluated=9),
        Outcome(row_ids=(0,), rows_evaluated=9),
    ],
    ids=["broken", "success of everything", "of another check"],
)
def test_a_verdict_that_is_not_what_was_counted_is_not_believed(verdict, poisoned, monkeypatch):
    monkeypatch.setattr(evaluation, "evaluate", lambda _rows, checks: {checks[0].name: verdict})
    found = audit(poisoned, evaluator=evaluation.evaluate_by_metrics)
    # The key is asked for of what is left, and nothing is.
    assert found.checks.filter(pl.col("check_name") != "key.unique")["is_broken"].all()
    assert set(found.failures["row_id"]) == set(range(9))


def test_rows_that_are_not_all_named_break_the_check(valid_frame):
    frame, check = valid_frame(DAILY_BARS), finite("close")
    forged = Counted(counts={check.name: Count(rows_failed=2, rows_evaluated=4)}, broken={})
    assert outcomes_of(frame, [check], forged, [check.name])[check.name].broken == "names 0 rows where 2 failed"
    assert outcomes_of(frame, [check], Counted(counts={}, broken={}), [])[check.name].broken == "gave no counts"


def test_an_answer_that_is_neither_yes_nor_no_is_broken(valid_frame, monkeypatch):
    vague = compiled.Compiled(fails=pl.lit(None, pl.Boolean) & (pl.col("close") > 0), is_asked=None)
    monkeypatch.setattr(compiled, "compile_check", lambda check, schema: vague)
    assert (
        "neither yes nor no of 4 rows"
        in count_failures(valid_frame(DAILY_BARS), [given("close")]).broken["close.given"]
    )


def test_every_check_there_is_compiles():
    suites = [(s, staged_schema(CONTRACTS[t])) for t, s in SUITES.items()]
    suites += [(s, CONTRACTS[t].polars_schema()) for t, s in MARTS_SUITES.items()]
    for suite, schema in suites:
        checks = suite.own.checks
        views = views_for(columns_of(checks), schema)
        whole = schema.to_frame().lazy().with_columns(**views).collect_schema()
        for check in checks:
            if check.kind is not CheckKind.ROWS_PRESENT:
                compile_check(check, whole)


@pytest.mark.parametrize("table", LANDED_TABLES)
def test_valid_rows_pass_the_compiled_suite(table, valid_frame):
    outcomes = evaluate_compiled(valid_frame(CONTRACTS[table]), SUITES[table].own.checks)
    assert [name for name, outcome in outcomes.items() if not outcome.is_passed] == []


def test_a_key_is_compared_where_all_of_it_is_given():
    frame = pl.DataFrame({"row_id": [5, 3, 4, 1], "a": ["x", "x", None, None], "b": [1, 1, 2, 2]})
    both, one = unique(("a", "b"), named=("a",)), unique(("b",), named=("b",))
    assert evaluate_compiled(frame, [both])[both.name] == Outcome(row_ids=(3, 5), rows_evaluated=4)
    assert evaluate_compiled(frame, [one])[one.name].row_ids == (1, 3, 4, 5)
    assert evaluate_compiled(frame, [rows_present()])["rows.present"] == Outcome(is_passed=True, rows_evaluated=4)


def test_only_what_both_dialects_read_alike_is_translated():
    assert portable(r"\A(?:[A-Z0-9.^=-]{1,16})\Z") == r"\A(?:[A-Z0-9.^=-]{1,16})\z"
    for odd in (r"\A(?:a$)\Z", r"\A(?:(?=a)b)\Z", r"\A(?:\d)\Z", r"\A(?:[a&&b])\Z", "a", r"\A(?:(?i)a)\Z"):
        with pytest.raises(ValueError, match="may mean something else"):
            portable(odd)
