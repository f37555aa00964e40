"""An answer that is not what its rules say it must be is not stored, is said, and the last good one stays."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from aicycle.errors import ExitCode
from expectations.marts import audit_marts
from warehouse import Warehouse

LATER = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_a_refused_run_is_held_and_said_once_and_the_last_good_one_stays(recording_copy, run_on, tmp_path):
    judged: list[str] = []

    def watched(frames):
        judged.extend(frames)
        return audit_marts(frames)

    def spoilt(frames):
        """The gate is shown bands whose probabilities do not sum to one."""
        bands = frames.get("marts.scenario_bands")
        if bands is not None:
            frames = {**frames, "marts.scenario_bands": bands.with_columns(pl.col("probability") * 1.01)}
        return audit_marts(frames)

    first = run_on(recording_copy, "2025-09-28", marts_gate=watched)
    assert (first.held, first.exit_code, first.new_runs > 0) == ([], ExitCode.DONE, True)
    assert {"marts.segment_metrics", "marts.phase_features", "marts.scenario_paths", "marts.forecasts"} <= set(judged)

    judged.clear()
    again = run_on(recording_copy, "2025-09-28", marts_gate=watched)
    assert (judged, again.snapshot) == ([], first.snapshot), "what is stored is not judged again"

    refused = run_on(recording_copy, now=LATER, marts_gate=spoilt)
    assert refused.exit_code == ExitCode.HELD
    assert (refused.new_runs, refused.new_alerts) == (0, 0)
    said = [held for held in refused.held if held.subject_kind == "answer"]
    assert {held.subject_id for held in said} == {"marts.scenario_runs/Alibaba", "marts.scenario_runs/Nvidia"}
    assert all("probability.sums_to_one" in held.cause for held in said)

    once_more = run_on(recording_copy, now=LATER, marts_gate=spoilt)
    assert once_more.snapshot == refused.snapshot, "the same refusal is written once"
    assert once_more.exit_code == ExitCode.HELD
    with Warehouse(tmp_path / "home").read() as reader:
        runs, events = reader.frame("marts.scenario_runs"), reader.frame("ops.events")
        audits = reader.frame("ops.audits").filter(pl.col("table_name").str.starts_with("marts."))
    assert runs["as_of"].dt.date().unique().to_list() == [datetime(2025, 9, 28, tzinfo=UTC).date()]
    assert events.filter(name="RunRefused")["subject"].sort().to_list() == [
        "marts.scenario_runs/Alibaba",
        "marts.scenario_runs/Nvidia",
    ]
    assert audits.select("load_seq", "table_name", "check_name").is_unique().all()
    assert audits["load_seq"].min() == audits["load_seq"].max()

    freed = run_on(recording_copy, now=LATER)
    assert (freed.held, freed.exit_code, freed.new_runs > 0) == ([], ExitCode.DONE, True)
