"""Five recorded years of real prices and rates hold neither Alibaba nor the currencies it is counted in."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import polars as pl
import pytest

from expectations.suite import SUITES
from transforms.gate.invariants import INVARIANTS
from transforms.gate.measures import take_measures
from transforms.staging import stage
from transforms.staging.batch import Payload

FILES = {"core.fx_rates": "fx.csv", "core.corporate_actions": "actions.csv", "core.daily_bars": "prices.csv"}


@pytest.fixture(scope="module")
def judged(blank, request):
    """`judged(folder)`: what is stopped when the folder's prices are loaded at once, and the context after it."""

    def load(folder):
        context, stopped = blank, set()
        for table, name in FILES.items():
            content = (folder / name).read_bytes()
            payload = Payload(
                source="recording",
                name=name,
                format=f"recording/{name}",
                sha256=hashlib.sha256(content).hexdigest(),
                content=content,
                fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
            )
            (batch,) = stage(payload, universe=context.universe, siblings={})
            rows = batch.frame.filter(pl.col("unreadable").is_null())
            measured = take_measures(table, rows, context)
            assert measured.broken == {}
            blocking = [check.name for check in SUITES[table].measured.checks if check.severity == "blocking"]
            failed = measured.numbers.filter(pl.col("value") > pl.col("limit"), pl.col("check_name").is_in(blocking))
            subject = "pair" if "pair" in rows.columns else "symbol"
            for row in failed.join(rows, on="row_id").iter_rows(named=True):
                stopped.add((table, row[subject], row["check_name"]))
            context = context.believing(table, rows)
        return stopped, context

    return load


@pytest.mark.recording
def test_the_recording_stops_nothing(judged, recording_dir):
    stopped, context = judged(recording_dir)
    assert not {who for _, who, _ in stopped} & {"BABA", "USDCNY", "USDHKD"}
    assert len(stopped) <= 3
    for invariant in INVARIANTS:
        metrics = invariant.take(context)
        failed = metrics.filter(pl.col("value") > pl.col("limit"))
        said = ["2023-09-01", "2023-09-08"] if invariant.check_name == "sessions.closed" else []
        assert failed.height == len(said)
        assert all(day in text for day, text in zip(said, failed["said"], strict=True))


def test_the_sample_holds_nobody(judged, sample_dir):
    stopped, context = judged(sample_dir)
    assert stopped == set()
    for invariant in INVARIANTS:
        metrics = invariant.take(context)
        if invariant.severity == "blocking":
            assert metrics.filter(pl.col("value") > pl.col("limit")).is_empty()
