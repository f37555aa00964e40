"""What a run leaves in Prefect's pages: the verdict, with fetched text that stays text."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from flows.artifacts import gate_markdown, keep_gate_artifact
from flows.steps.auditing import FileCount

COUNT = FileCount("prices.csv", "core.daily_bars", 10, 8, 1, 1, 1)
NOBODY = CONTRACTS["ops.holds"].polars_schema().to_frame()


def test_counts_and_holds_are_there():
    hold = {"subject_kind": "symbol", "subject_id": "BABA", "metric": "close", "cause": "a|b <img> `x`\n[y](z)"}
    hold |= {"since": datetime(2025, 10, 2, tzinfo=UTC), "quarantine_id": "q", "load_seq": 1}
    text = gate_markdown([COUNT], pl.DataFrame([hold], schema=NOBODY.schema))
    assert text.splitlines()[0] == "1 batches judged, 1 rows stopped, 1 subjects held."
    assert "| prices.csv | core.daily&#95;bars | 10 | 8 | 1 | 1 | 1 |" in text
    row = text.splitlines()[-1]
    assert row.count(" | ") == 4
    assert not set("<>`[]") & set(row)


def test_outside_of_a_flow_run_nothing_is_left():
    assert keep_gate_artifact([COUNT], NOBODY) is False
