"""What one result is taken to mean: `success` alone is never believed, and silence is no pass."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from expectations import engine
from expectations.bridge import as_pandas
from expectations.checks import Condition, given, given_when, rows_present
from expectations.gate import audit
from transforms.gate.split import split
from transforms.staging.batch import StagedBatch

CLOSE = given("close")
NO_EXCEPTION: dict[str, Any] = {"raised_exception": False, "exception_message": None}


def result(success: object = True, exception: object = NO_EXCEPTION, **found: object) -> SimpleNamespace:
    counts = {"element_count": 4, "unexpected_count": 0} | found
    return SimpleNamespace(success=success, result=counts, exception_info=exception)


def ids(*row_ids: int) -> list[dict[str, list[int]]]:
    return [{"row_id": list(row_ids)}]


SEEN = {engine.SURELY_FAILS.name: result(False, unexpected_count=4)}
"""What a library that looks at the four rows says of the check that surely fails."""


@pytest.fixture
def answer(monkeypatch, valid_frame):
    """`answer(counted, named)`: the outcome when the library gives these results in its two formats."""

    def ask(counted: object, named: object = None, check=CLOSE) -> engine.Outcome:
        def results(_self: object, _rows: object, _expectations: object, result_format: object) -> dict[str, Any]:
            found = counted if result_format == engine.COUNTS else named
            if isinstance(found, Exception):
                raise found
            return SEEN if found is None else {check.name: found, **SEEN}

        monkeypatch.setattr(engine._Library, "results", results)
        return engine.evaluate(as_pandas(valid_frame(DAILY_BARS), ["close"]), [check])[check.name]

    return ask


def test_a_pass_says_how_many_rows_it_looked_at(answer):
    assert answer(result()) == engine.Outcome(is_passed=True, rows_evaluated=4)


def test_failing_row_ids_are_the_failures(answer):
    failing = result(False, unexpected_count=2, unexpected_index_list=ids(3, 1))
    assert answer(failing, failing) == engine.Outcome(row_ids=(1, 3), rows_evaluated=4)


def test_success_does_not_hide_failing_rows(answer):
    failing = result(True, unexpected_count=1, unexpected_index_list=ids(2))
    assert answer(failing, failing).row_ids == (2,)


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (None, "gave no result"),
        (RuntimeError("the metric store burnt down\nat noon"), "the metric store burnt down"),
        (result(exception={"raised_exception": True, "exception_message": "boom"}), "boom"),
        (result(exception={"('m', 1)": {"raised_exception": True, "exception_message": "deep"}}), "deep"),
        (result(exception={"raised_exception": True, "exception_message": None}), "raised an exception"),
        (result(False), "failed without a failing row"),
        (result(None), "failed without a failing row"),
        (result(unexpected_count=None), "gave no counts"),
        (result(element_count=None), "gave no counts"),
        (result(element_count=3), "looked at 3 rows where there are 4"),
        (result(element_count=5), "looked at 5 rows where there are 4"),
    ],
)
def test_a_result_that_contradicts_itself_is_broken(counted, said, answer):
    outcome = answer(counted)
    assert outcome.broken == said
    assert not outcome.is_passed


@pytest.mark.parametrize(
    "named",
    [
        None,
        RuntimeError("no"),
        result(False, unexpected_count=2),
        result(False, unexpected_count=2, unexpected_index_list=ids(1)),
        result(False, unexpected_count=2, unexpected_index_list=ids(1, 1)),
        result(False, unexpected_count=2, unexpected_index_list=ids(1, 99)),
        result(True, unexpected_count=0, unexpected_index_list=[]),
    ],
)
def test_failing_rows_that_are_not_all_named_break_the_check(named, answer):
    outcome = answer(result(False, unexpected_count=2), named)
    assert outcome.broken
    assert not outcome.is_passed


def test_a_condition_may_leave_rows_out_but_not_invent_them(answer):
    check = given_when("close", Condition("symbol", "BABA"), name="given_for_baba", reason="none")
    assert answer(result(element_count=0), check=check).is_passed
    assert answer(result(element_count=5), check=check).broken


@pytest.mark.parametrize(
    ("observed", "broken"), [(4, ""), (3, "looked at 3 rows where there are 4"), (None, "gave no counts")]
)
def test_the_count_of_rows_is_held_against_the_rows(observed, broken, answer):
    outcome = answer(result(observed_value=observed), check=rows_present())
    assert outcome.broken == broken
    assert outcome.is_passed is (not broken)


@pytest.mark.parametrize(
    "forged",
    [
        lambda rows: result(element_count=len(rows)),
        lambda rows: result(element_count=len(rows), observed_value=len(rows)),
        lambda rows: result(element_count=len(rows) + 1),
        lambda _: SimpleNamespace(success=True, result={}, exception_info=NO_EXCEPTION),
        lambda _: SimpleNamespace(success=True, result={}, exception_info={}),
    ],
    ids=["counts that fit", "all that can be asked", "another frame's counts", "no counts", "nothing but success"],
)
def test_a_library_that_says_success_of_everything_lets_nothing_in(forged, monkeypatch, valid_frame, put):
    def results(_self: object, rows: object, expectations: list[Any], _format: object) -> dict[str, Any]:
        return {one.meta["check"]: forged(rows) for one in expectations}

    monkeypatch.setattr(engine._Library, "results", results)
    poisoned = StagedBatch(contract=DAILY_BARS, frame=put(valid_frame(DAILY_BARS), 1, close=-3.0))
    found = audit(poisoned)
    # The key is asked for of what is left, and nothing is.
    assert found.checks.filter(pl.col("check_name") != "key.unique")["is_broken"].all()
    assert found.is_blocked
    passing, _ = split(poisoned, found.failures, found.checks)
    assert passing.is_empty()


def test_the_library_is_loaded_once():
    assert engine.library() is engine.library()
