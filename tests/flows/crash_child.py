"""One run of the pipeline for tests that kill it: the stages themselves, without Prefect's engine around them.

Importing this is most of what a run costs; a fork server imports it once.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd  # noqa: F401 - half of what a child would otherwise wait for

import flows.audit
import flows.ingest
import flows.pipeline
from aicycle.model.kinds import Severity
from aicycle.settings.environment import Settings
from expectations.findings import FINDINGS_SCHEMA, Findings
from expectations.gate import CHECKS_SCHEMA, FAILURES_SCHEMA, Audit
from expectations.marts import MartsAudit
from expectations.suite import RULES_VERSION, suite_of
from flows.runtime import build_runtime, using
from warehouse import Warehouse

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FAILING_SESSIONS = (date(2025, 9, 10), date(2025, 12, 31))
"""Days whose bars the gate stops: one whose hold the next bar lifts, and the small recording's last, which stands."""
STAGES = ("ingest", "audit", "transform", "recompute_scenarios", "raise_alerts", "publish")
TASKS = ((flows.ingest, "receive"), (flows.audit, "judge_payloads"))


def nothing() -> None:
    """Do nothing: starts the fork server."""


def small_gate(batches, context) -> list[Audit]:
    """Judge each batch by itself."""
    return [_small_audit(batch) for batch in batches]


def all_passes(batch) -> Audit:
    """Say of every row that it passed."""
    return _small_audit(batch, failing_sessions=())


def _small_audit(batch, failing_sessions=FAILING_SESSIONS) -> Audit:
    """Stop the bars of some sessions by one blocking check and say of every other that it passed.

    What comes after the gate is tested here, and Great Expectations would take seconds to load.
    """
    import polars as pl

    suite = suite_of(batch.contract).checks
    failing: list[int] = []
    if batch.contract.full_name == "core.daily_bars":
        failing = batch.frame.filter(pl.col("session").is_in(failing_sessions)).sort("row_id")["row_id"].to_list()
    stopping = next(check.name for check in suite if check.severity is Severity.BLOCKING)
    checks = [
        {
            "table_name": batch.contract.full_name,
            "check_name": check.name,
            "severity": check.severity.value,
            "is_passed": check.name != stopping or not failing,
            "is_broken": False,
            "rows_failed": len(failing) if check.name == stopping else 0,
            "rows_evaluated": batch.frame.height,
            "rules_version": RULES_VERSION,
        }
        for check in suite
    ]
    failures = [
        {"row_id": n, "check_name": stopping, "severity": Severity.BLOCKING.value, "reason": "a fixed day fails"}
        for n in failing
    ]
    return Audit(
        checks=pl.DataFrame(checks, schema=CHECKS_SCHEMA), failures=pl.DataFrame(failures, schema=FAILURES_SCHEMA)
    )


def open_marts_gate(_frames) -> MartsAudit:
    """Let every answer through."""
    import polars as pl

    return MartsAudit(checks=pl.DataFrame(schema=CHECKS_SCHEMA), problems=pl.DataFrame(), is_blocked=False)


def no_findings(_context) -> Findings:
    """Find nothing missing."""
    return Findings(checks=CHECKS_SCHEMA.to_frame(), failing=FINDINGS_SCHEMA.to_frame())


SMALL_GATES = {"gate": small_gate, "tables_gate": no_findings, "marts_gate": open_marts_gate}
"""Gates that say what a test needs, without the seconds that Great Expectations takes to load."""


def _without_prefect() -> None:
    for module, name in (*((flows.pipeline, stage) for stage in STAGES), *TASKS):
        decorated = getattr(module, name)
        setattr(module, name, getattr(decorated, "fn", decorated))


def run(home: str, recording: str, fault: str = "", kill_after_seconds: float = 0.0) -> None:
    """Run the pipeline once as of the article's day and once on all facts; die where or when told to."""
    _without_prefect()
    if kill_after_seconds:
        threading.Timer(kill_after_seconds, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
    runtime = build_runtime(
        home=home, recording=recording, settings=Settings(fault=fault), clock=lambda: NOW,
        **SMALL_GATES,
    )  # fmt: skip
    with using(runtime):
        for as_of in ("2025-09-28", None):
            flows.pipeline.pipeline.fn(as_of=as_of)
    # The timer must not fire into whatever the process does next.
    os._exit(0)


def ingest(home: str, place: str, fault: str = "") -> None:
    """Run the pipeline once on one document; die where told to."""
    from flows.steps.given_source import Given, source_of

    _without_prefect()
    warehouse = Warehouse(Path(home), clock=lambda: NOW)
    source = source_of(Given(place=place), warehouse, lambda: NOW)
    runtime = build_runtime(
        home=home, settings=Settings(fault=fault), clock=lambda: NOW, source=source,
        **SMALL_GATES,
    )  # fmt: skip
    with using(runtime):
        flows.pipeline.pipeline.fn()
    os._exit(0)


def write_for_ever(home: str, recording: str, stop_file: str) -> None:
    """Change a price, run, again and again, until told to stop; leave how often beside the stop file."""
    _without_prefect()
    prices = Path(recording) / "prices.csv"
    text = prices.read_text(encoding="utf-8")
    rounds = 0
    while not Path(stop_file).exists():
        rounds += 1
        close = 100 + rounds
        prices.write_text(text + f"BABA,2026-01-02,{close},{close},{close},{close},1,USD,as_traded\n", encoding="utf-8")
        runtime = build_runtime(
            home=home, recording=recording, settings=Settings(), clock=lambda: NOW,
            **SMALL_GATES,
        )  # fmt: skip
        with using(runtime):
            flows.pipeline.pipeline.fn()
    Path(stop_file).with_suffix(".json").write_text(json.dumps({"rounds": rounds}), encoding="utf-8")
    os._exit(0)
