"""A session that did not come: found, held along the lineage, told once; gone when it comes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import crash_child
import polars as pl
import pytest

import flows.audit
import flows.pipeline
from aicycle.errors import ExitCode
from aicycle.settings.environment import Settings
from expectations.findings import Findings, judge_metrics
from flows.runtime import build_runtime, using
from flows.steps.finding import judge_tables
from flows.steps.gate_scoring import SCORING_GATE
from transforms.gate.invariants import INVARIANTS

LAST = "BABA,2025-12-31,"


@pytest.fixture(autouse=True)
def _without_prefect(monkeypatch):
    for module, name in (*((flows.pipeline, stage) for stage in crash_child.STAGES), *crash_child.TASKS):
        decorated = getattr(module, name)
        monkeypatch.setattr(module, name, getattr(decorated, "fn", decorated))


@pytest.fixture
def folder(tmp_path, sample_dir) -> Path:
    """The sample's bars of two listings in its last month."""
    header, *lines = (sample_dir / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.startswith(("BABA,2025-12-", "NVDA,2025-12-"))]
    assert any(line.startswith(LAST) for line in kept)
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "prices.csv").write_text("".join([header, *kept]), encoding="utf-8")
    return tmp_path / "rec"


def audited(folder: Path, tmp_path: Path, tables_gate=judge_tables, home="home"):
    passing = {"gate": lambda batches, _: [crash_child.all_passes(batch) for batch in batches]}
    runtime = build_runtime(
        home=str(tmp_path / home), recording=str(folder), settings=Settings(), clock=lambda: crash_child.NOW,
        **(crash_child.SMALL_GATES | passing | {"tables_gate": tables_gate}),
    )  # fmt: skip
    with using(runtime):
        flows.pipeline.ingest()
        flows.pipeline.audit()
        flows.pipeline.publish()
    with runtime.warehouse.read() as reader:
        return {name: reader.frame(f"ops.{name}") for name in ("holds", "notices", "quarantine", "audits")}


def without_last_baba(folder: Path) -> str:
    text = (folder / "prices.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(LAST)]
    (folder / "prices.csv").write_text("".join(lines), encoding="utf-8")
    return text


def test_a_missing_session_holds_its_symbol_until_it_comes(folder, tmp_path):
    whole = without_last_baba(folder)
    found = audited(folder, tmp_path)
    (stopped,) = found["quarantine"].to_dicts()
    assert (stopped["check_name"], stopped["source_line"]) == ("sessions.missing", 0)
    assert stopped["row_key"] == '["BABA", "2025-12-31"]'
    assert stopped["known_at"] == datetime.fromisoformat("2025-12-31T21:15:00+00:00")
    assert found["holds"].select("subject_id", "metric", "until").rows() == [("BABA", "close", None)]
    assert found["notices"].select("subject_id", "kind").rows() == [("BABA", "opened")]
    again = audited(folder, tmp_path)
    assert (again["quarantine"].height, again["notices"].height) == (1, 1)
    (folder / "prices.csv").write_text(whole, encoding="utf-8")
    fixed = audited(folder, tmp_path)
    assert fixed["holds"].is_empty()
    assert fixed["notices"].sort("kind")["kind"].to_list() == ["lifted", "opened"]
    assert fixed["quarantine"].height == 1, "what was found stays in the history"


def test_what_was_looked_at_is_on_record(folder, tmp_path):
    audits = audited(folder, tmp_path)["audits"]
    names = set(audits.filter(pl.col("is_passed"))["check_name"])
    assert {invariant.check_name for invariant in INVARIANTS} <= names


def test_a_check_that_could_not_be_made_holds_everybody_of_its_table(folder, tmp_path):
    def broken(context) -> Findings:
        only = [i for i in INVARIANTS if i.check_name == "sessions.missing"]
        metrics = only[0].take(context).clear()
        return judge_metrics(metrics, only, broken={"sessions.missing": "no calendar"})

    found = audited(folder, tmp_path, broken)
    assert sorted(found["holds"]["subject_id"]) == ["BABA", "NVDA"]
    assert all("no calendar" in cause for cause in found["holds"]["cause"])


def test_a_session_whose_bar_was_stopped_is_told_of_once(folder, tmp_path):
    lines = (folder / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    bad = [line.replace(",USD,", ",usd,") if line.startswith(LAST) else line for line in lines]
    (folder / "prices.csv").write_text("".join(bad), encoding="utf-8")
    runtime = build_runtime(
        home=str(tmp_path / "home"), recording=str(folder), settings=Settings(), clock=lambda: crash_child.NOW,
        gate=SCORING_GATE, marts_gate=crash_child.open_marts_gate,
    )  # fmt: skip
    with using(runtime):
        flows.pipeline.ingest()
        flows.pipeline.audit()
        flows.pipeline.publish()
    with runtime.warehouse.read() as reader:
        quarantine, holds = reader.frame("ops.quarantine"), reader.frame("ops.holds")
    assert [(row["source_line"] > 0, row["subject_id"]) for row in quarantine.to_dicts()] == [(True, "BABA")]
    assert holds["subject_id"].to_list() == ["BABA"]


def test_a_file_that_spends_its_budget_is_said_to_wait(folder, tmp_path):
    lines = (folder / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    bad = [line.replace(",USD,", ",usd,") for line in lines]
    (folder / "prices.csv").write_text("".join(bad), encoding="utf-8")
    runtime = build_runtime(
        home=str(tmp_path / "home"), recording=str(folder), settings=Settings(), clock=lambda: crash_child.NOW,
        **(crash_child.SMALL_GATES | {"gate": SCORING_GATE}),
    )  # fmt: skip
    with using(runtime):
        summary = flows.pipeline.pipeline()
    rows = len(lines) - 1
    assert summary.refused_files == [f"prices.csv: waits whole, {rows} of {rows} rows failed, more than 20%"]
    assert summary.exit_code == ExitCode.HELD
    assert summary.is_balanced
