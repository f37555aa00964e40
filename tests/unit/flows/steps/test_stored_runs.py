"""Which run is meant, and how what is unknown or ambiguous is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from aicycle.errors import UsageError
from flows.steps.stored_runs import RunKind, StoredRun, find_run, newest_runs


def run(run_id, kind=RunKind.SCENARIO, company="Alibaba", month=1):
    rows = pl.DataFrame([{"run_id": run_id, "company": company, "as_of": datetime(2025, month, 1, tzinfo=UTC)}])
    return StoredRun(kind=kind, run_id=run_id, rows=rows)


RUNS = [run("abcdef01"), run("abcdef02", month=2), run("123456aa", company="Nvidia"), run("fedcba99", RunKind.PHASES)]


@pytest.mark.parametrize(("text", "found"), [("abcdef01", 0), ("123456", 2), (" FEDCBA9 ", 3)])
def test_a_beginning_is_enough(text, found):
    assert find_run(RUNS, text) is RUNS[found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abcdef", "2 runs begin with abcdef"),
        ("abcde", "'abcde' is no run"),
        ("", "'' is no run"),
        ("%cdef01", "is no run"),
        ("999999", "no stored run begins with 999999"),
    ],
)
def test_refusals_list_candidates(text, said):
    with pytest.raises(UsageError) as caught:
        find_run(RUNS, text)
    assert said in str(caught.value)
    assert "abcdef02 (Alibaba, 2025-02-01)" in str(caught.value)


def test_a_run_of_another_kind_is_not_meant():
    with pytest.raises(UsageError, match="no stored scenario run begins with fedcba"):
        find_run(RUNS, "fedcba", kind=RunKind.SCENARIO)


def test_an_empty_home_says_so():
    with pytest.raises(UsageError, match="a home in which a run has stored an answer"):
        find_run([], "abcdef")


def test_the_newest_of_each():
    assert [r.run_id for r in newest_runs(RUNS)] == ["abcdef02", "123456aa", "fedcba99"]
