"""The journey of a small file of bars through the gate: every kind of bad input, and nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from expectations.gate import audit
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.gate.split import split
from transforms.staging.batch import StagedBatch

GOOD = {0, 1, 9}


@pytest.fixture
def bars(valid_frame, put) -> pl.DataFrame:
    """Ten rows, of which 0, 1 and 9 are good and 8 repeats 0."""
    frame = valid_frame(DAILY_BARS, 10)
    frame = put(frame, 2, unreadable="volume: 'abc' is not a whole number", volume=None)
    frame = put(frame, 3, close=-3.0)
    frame = put(frame, 4, high=50.0)
    frame = put(frame, 5, currency="XXX")
    later = datetime(2031, 1, 6, 21, 15, tzinfo=UTC)
    frame = put(frame, 6, session=later.date(), known_at=later, source_known_at=later)
    frame = put(frame, 7, session=frame["session"][1] + timedelta(days=30), close=101.0, high=102.0)
    frame = put(frame, 8, session=frame["session"][0])
    extra = frame.filter(pl.col("row_id") == 7).with_columns(
        row_id=pl.lit(10, dtype=pl.Int64),
        source_line=pl.lit(12, dtype=pl.Int64),
        byte_start=pl.lit(1_000, dtype=pl.Int64),
        byte_end=pl.lit(1_099, dtype=pl.Int64),
        close=pl.lit(101.5),
    )
    return pl.concat([frame, extra])


def test_each_bad_row_is_stopped_with_line_and_reason(bars):
    frame, repeated = drop_repeats(bars, DAILY_BARS)
    batch = replace(StagedBatch(contract=DAILY_BARS, frame=bars), frame=frame)
    found = audit(batch)
    passing, stopped = split(batch, found.failures, found.checks)
    reconcile(rows_in=bars.height, passing=passing.height, stopped=stopped.height, repeated=repeated)
    assert repeated == 1
    assert set(passing["row_id"]) == GOOD
    assert passing.schema == bars.schema
    assert dict(stopped.select("check_name", "reason").iter_rows()) == {
        "row.readable;volume.given": "line 4: volume: 'abc' is not a whole number",
        "close.range;close.at_least.low": "line 5: close -3.0 is not above 0; close -3.0 is below low 100.0",
        "high.at_least.low;high.at_least.open;high.at_least.close": (
            "line 6: high 50.0 is below low 100.0; high 50.0 is below open 100.0; high 50.0 is below close 100.0"
        ),
        "currency.domain": (
            "line 7: currency 'XXX' is not one of USD, CNY, HKD, EUR, JPY, GBP, CAD, KRW, TWD, SGD, AUD, INR, CHF"
        ),
        "known_at.not_ahead": (
            "line 8: lies in the future: known from 2031-01-06 21:15:00+00:00 on, fetched 2025-01-15 12:00:00+00:00"
        ),
        "key.unique": ("line 12: stands more than once with different content: symbol 'BABA', session 2024-07-04"),
    }
    assert stopped["source_line"].to_list() == [4, 5, 6, 7, 8, 9, 12]
    assert stopped["subject_id"].unique().to_list() == ["BABA"]
    assert stopped["metric"].unique().to_list() == ["close"]


def test_when_the_library_cannot_evaluate_nothing_passes(bars, monkeypatch):
    def no_answer(*_arguments: object) -> dict[str, object]:
        return {}

    monkeypatch.setattr("expectations.engine._Library.results", no_answer)
    frame, _ = drop_repeats(bars, DAILY_BARS)
    batch = StagedBatch(contract=DAILY_BARS, frame=frame)
    found = audit(batch)
    passing, stopped = split(batch, found.failures, found.checks)
    assert found.checks["is_broken"].all()
    assert passing.is_empty()
    assert stopped.height == frame.height
