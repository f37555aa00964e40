"""What one run leaves to the next, and to one beside it: late publications, and payloads that somebody else audited."""

from __future__ import annotations

import crash_child
import pytest

import flows.audit
import flows.pipeline
from aicycle.model.kinds import EventName
from aicycle.settings.environment import Settings
from flows.runtime import build_runtime, using
from flows.steps.landing import frame_of


@pytest.fixture
def runtime(sample_dir, tmp_path, monkeypatch):
    """A runtime on the sample in a fresh home; its stages run without Prefect's engine."""
    for module, name in (*((flows.pipeline, stage) for stage in crash_child.STAGES), *crash_child.TASKS):
        decorated = getattr(module, name)
        monkeypatch.setattr(module, name, getattr(decorated, "fn", decorated))
    return build_runtime(
        home=str(tmp_path / "home"),
        recording=str(sample_dir),
        settings=Settings(),
        clock=lambda: crash_child.NOW,
        **crash_child.SMALL_GATES,
    )


@pytest.fixture
def failing_run(runtime, monkeypatch):
    """Start a run whose first stage fails."""

    def fail():
        raise RuntimeError("on the way")

    def run():
        monkeypatch.setattr(flows.pipeline, "ingest", fail)
        with using(runtime), pytest.raises(RuntimeError, match="on the way"):
            flows.pipeline.pipeline.fn()

    return run


def _commit(runtime, subject):
    with runtime.warehouse.write("earlier") as transaction:
        transaction.record(EventName.PRICES_LANDED, subject, {})


def _published_subjects(runtime):
    with runtime.warehouse.read() as reader:
        return reader.frame("ops.events")["subject"].to_list()


def test_a_run_publishes_what_an_earlier_one_left_before_anything_of_its_own_can_fail(runtime, failing_run):
    _commit(runtime, "first")
    runtime.warehouse.publish()
    _commit(runtime, "second")
    assert _published_subjects(runtime) == ["first"]
    failing_run()
    assert _published_subjects(runtime) == ["first", "second"]


def test_a_run_publishes_a_lost_snapshot_anew_before_anything_of_its_own_can_fail(runtime, failing_run):
    _commit(runtime, "first")
    runtime.warehouse.publish().unlink()
    failing_run()
    assert _published_subjects(runtime) == ["first"]


def test_payloads_that_another_process_audited_meanwhile_are_loaded_once(runtime, monkeypatch):
    judge, overtaken = flows.audit.judge_payloads, []

    def judge_late(running, due, context):
        verdicts = judge(running, due, context)
        if not overtaken:
            overtaken.extend(due)
            flows.audit.audit.fn()
        return verdicts

    with using(runtime):
        flows.pipeline.ingest()
        monkeypatch.setattr(flows.audit, "judge_payloads", judge_late)
        assert flows.audit.audit.fn() == [], "all was audited in between"
        flows.pipeline.publish()
    with runtime.warehouse.read() as reader:
        loads, quarantine = reader.frame("ops.loads"), reader.frame("ops.quarantine")
    assert overtaken
    assert loads["load_seq"].to_list() == list(range(1, loads.height + 1))
    assert loads.select("source", "name", "payload_sha256", "table_name").is_unique().all()
    assert "core.daily_bars" in loads["table_name"].to_list()
    assert quarantine["quarantine_id"].is_unique().all()


def test_what_another_process_stored_meanwhile_is_what_payloads_are_judged_against(runtime, monkeypatch):
    judge, believed = flows.audit.judge_payloads, []

    def judge_late(running, due, context):
        verdicts = judge(running, due, context)
        if not believed:
            with runtime.warehouse.write("other") as transaction:
                load = {"load_seq": 1, "load_id": "l", "source": "s", "name": "n", "inputs_digest": "i", "rows_in": 0}
                load |= dict.fromkeys(("rows_stored", "rows_restated", "rows_duplicate", "rows_quarantined"), 0)
                transaction.append("ops.loads", frame_of("ops.loads", [load | {"loaded_at": crash_child.NOW}]))
        believed.append(context.load_seq)
        return verdicts

    with using(runtime):
        flows.pipeline.ingest()
        monkeypatch.setattr(flows.audit, "judge_payloads", judge_late)
        assert flows.audit.audit.fn()
    assert believed == [0, 1]
