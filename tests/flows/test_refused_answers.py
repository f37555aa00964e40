"""An answer that is not what its rules say it must be is not stored, is said, and the last good one stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from aicycle.errors import ExitCode
from expectations.marts import MartsAudit, audit_marts
from flows.steps.accepting import Acceptance
from flows.steps.deriving import record_phases, record_player_influence, record_segment_metrics, view_of
from flows.steps.recomputing import record_scenarios
from flows.steps.table_checking import check_tables
from warehouse import Transaction

LATER = datetime(2026, 12, 1, 12, tzinfo=UTC)
BOTH = ["marts.scenario_runs/Alibaba", "marts.scenario_runs/Nvidia"]
Gate = Callable[[dict[str, pl.DataFrame]], MartsAudit]


def spoilt(frames: dict[str, pl.DataFrame]) -> MartsAudit:
    """The gate is shown bands whose probabilities do not sum to one, and figures without a reason."""
    bands, metrics = frames.get("marts.scenario_bands"), frames.get("marts.segment_metrics")
    if bands is not None:
        frames = {**frames, "marts.scenario_bands": bands.with_columns(pl.col("probability") * 1.01)}
    if metrics is not None:
        frames = {"marts.segment_metrics": metrics.with_columns(value=pl.lit(None, pl.Float64))}
    return audit_marts(frames)


def stages(transaction: Transaction, configuration, as_of: str | None, gate: Gate) -> tuple[Acceptance, int]:
    """Transform and recompute in one transaction; return what the gate accepted and how many runs are new."""
    view = view_of(transaction, configuration, as_of)
    acceptance = Acceptance(transaction, view.load_seq, gate)
    record_segment_metrics(transaction, view, acceptance)
    record_player_influence(transaction, view, acceptance)
    record_phases(transaction, view, acceptance)
    return acceptance, record_scenarios(transaction, view, acceptance).new_runs


def test_a_refused_answer_is_held_and_said_once_and_the_last_good_one_stays(recording_copy, run_on, runtime_on):
    judged: list[str] = []

    def watched(frames: dict[str, pl.DataFrame]) -> MartsAudit:
        judged.extend(frames)
        return audit_marts(frames)

    first = run_on(recording_copy, "2025-09-28", marts_gate=watched)
    assert (first.held, first.exit_code, first.new_runs) == ([], ExitCode.DONE, 2)
    assert {"marts.segment_metrics", "marts.phase_features", "marts.scenario_paths", "marts.forecasts"} <= set(judged)

    runtime = runtime_on(recording_copy, now=LATER)
    warehouse, configuration = runtime.warehouse, runtime.configuration
    judged.clear()
    with warehouse.write("test") as transaction:
        stages(transaction, configuration, "2025-09-28", watched)
        assert not transaction.is_changed
    assert judged == [], "what is stored is not judged again"

    refused = run_on(recording_copy, now=LATER, marts_gate=spoilt)
    assert (refused.exit_code, refused.new_runs, refused.new_alerts) == (ExitCode.HELD, 0, 0)
    said = [held for held in refused.held if held.subject_kind == "answer"]
    assert sorted(held.subject_id for held in said) == BOTH
    assert all("probability.sums_to_one" in held.cause for held in said)

    with warehouse.write("test") as transaction:
        acceptance, _ = stages(transaction, configuration, None, spoilt)
        assert len(acceptance.refused) == 2
        assert not transaction.is_changed, "the same refusal is written once"
        events, audits = transaction.frame("ops.events"), transaction.frame("ops.audits")
        assert events.filter(name="RunRefused")["subject"].sort().to_list() == BOTH
        assert transaction.frame("marts.scenario_runs")["as_of"].n_unique() == 1
        of_marts = audits.filter(pl.col("table_name").str.starts_with("marts."))
        assert of_marts["table_name"].n_unique() == 10
        assert of_marts["load_seq"].n_unique() == 1
        assert audits.select("load_seq", "table_name", "check_name").is_unique().all()

    with warehouse.write("test") as transaction:
        assert stages(transaction, configuration, None, audit_marts)[1] == 2, "a later good answer is stored"

    with warehouse.write("test") as transaction:
        last_good = transaction.frame("marts.segment_metrics").head(5)
        transaction.replace("marts.segment_metrics", last_good)
        view = view_of(transaction, configuration, None)
        acceptance = Acceptance(transaction, view.load_seq, spoilt)
        assert not record_segment_metrics(transaction, view, acceptance)
        assert [one.output for one in acceptance.refused] == ["marts.segment_metrics"]
        assert transaction.frame("marts.segment_metrics").equals(last_good)
        (found,) = (c for c in check_tables(transaction, configuration) if c.table == "marts.segment_metrics")
        assert (found.problems, "refused" in (found.unchecked_because or "")) == ((), True)
