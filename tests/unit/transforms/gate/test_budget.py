"""How many bad rows are bad rows, and how many a bad batch."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from aicycle.model.kinds import Severity, Status
from aicycle.model.parameters import BatchRules, Parameter
from transforms.gate.budget import WITHIN_BUDGET, spent, with_budget


def number(value: float) -> Parameter[float]:
    return Parameter(
        value=value, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1)
    )


RULES = BatchRules(
    budget_rows=number(50), budget_share_frac=number(0.2), budget_share_from_rows=number(10), hold_limit_days=number(3)
)
CHECKS = pl.DataFrame(
    {
        "check_name": ["row.readable"], "severity": ["blocking"], "is_passed": [False], "is_broken": [False],
        "rows_failed": [1], "rows_evaluated": [1], "rules_version": ["gate-test"],
    }
)  # fmt: skip


def failures(row_ids: list[int], severity: Severity = Severity.BLOCKING) -> pl.DataFrame:
    return pl.DataFrame(
        {"row_id": row_ids, "check_name": "row.readable", "severity": severity.value, "reason": "broken"},
        schema={"row_id": pl.Int64, "check_name": pl.String, "severity": pl.String, "reason": pl.String},
    )


@pytest.mark.parametrize(
    ("rows", "stopped", "is_spent"),
    [(12, 1, False), (12, 9, False), (12, 10, True), (50, 10, False), (49, 10, True), (1000, 50, False),
     (1000, 51, True), (0, 0, False)],
)  # fmt: skip
def test_the_budget_is_a_number_and_a_share_from_a_number_on(rows, stopped, is_spent):
    assert bool(spent(rows, stopped, RULES)) is is_spent


def test_beyond_it_the_whole_batch_waits_and_says_why():
    frame = pl.DataFrame({"row_id": range(20)})
    found, checks = with_budget(frame, failures(list(range(12))), CHECKS, RULES)
    waiting = found.filter(pl.col("check_name") == WITHIN_BUDGET)
    assert waiting["row_id"].to_list() == list(range(12, 20))
    assert set(waiting["reason"]) == {"waits with its batch: 12 of 20 rows failed, more than 20%"}
    assert checks.row(-1, named=True) | {"rules_version": ""} == {
        "check_name": WITHIN_BUDGET, "severity": "blocking", "is_passed": False, "is_broken": False,
        "rows_failed": 8, "rows_evaluated": 20, "rules_version": "",
    }  # fmt: skip


def test_within_it_nothing_changes_but_the_record():
    frame = pl.DataFrame({"row_id": range(20)})
    found, checks = with_budget(frame, failures([3]), CHECKS, RULES)
    assert found.equals(failures([3]))
    assert checks["is_passed"].to_list() == [False, True]


def test_what_is_only_said_spends_nothing():
    frame = pl.DataFrame({"row_id": range(20)})
    found, _ = with_budget(frame, failures(list(range(20)), Severity.ADVISORY), CHECKS, RULES)
    assert WITHIN_BUDGET not in found["check_name"]


def test_where_every_row_failed_nobody_is_left_to_wait():
    frame = pl.DataFrame({"row_id": range(30)})
    found, checks = with_budget(frame, failures(list(range(30))), CHECKS, RULES)
    assert found.equals(failures(list(range(30))))
    assert checks.row(-1, named=True)["is_passed"], "no row fails it, so it can't be said to have failed"
