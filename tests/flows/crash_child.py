"""One run of the pipeline for tests that kill it: the stages themselves, without Prefect's engine around them.

Importing this is most of what a run costs; a fork server imports it once.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd  # noqa: F401 - half of what a child would otherwise wait for

import flows.audit
import flows.ingest
import flows.pipeline
from aicycle.settings.environment import Settings
from expectations.gate import CHECKS_SCHEMA, FAILURES_SCHEMA, Audit
from expectations.suite import RULES_VERSION, suite_of
from flows.runtime import build_runtime, using

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def nothing() -> None:
    """Do nothing: starts the fork server."""


def lenient_gate(batch) -> Audit:
    """Say of every check that it passed: what comes after the gate is tested here, and it loads in no time."""
    import polars as pl

    checks = [
        {
            "check_name": check.name,
            "severity": check.severity.value,
            "is_passed": True,
            "is_broken": False,
            "rows_failed": 0,
            "rows_evaluated": batch.frame.height,
            "rules_version": RULES_VERSION,
        }
        for check in suite_of(batch.contract).checks
    ]
    return Audit(checks=pl.DataFrame(checks, schema=CHECKS_SCHEMA), failures=FAILURES_SCHEMA.to_frame())


def _without_prefect() -> None:
    for name in ("ingest", "audit", "transform", "recompute_scenarios", "raise_alerts", "publish"):
        stage = getattr(flows.pipeline, name)
        setattr(flows.pipeline, name, getattr(stage, "fn", stage))
    for module, name in ((flows.ingest, "receive"), (flows.audit, "judge_payload")):
        task = getattr(module, name)
        setattr(module, name, getattr(task, "fn", task))


def run(home: str, recording: str, fault: str = "", kill_after_seconds: float = 0.0) -> None:
    """Run the pipeline once as of the article's day and once on all facts; die where or when told to."""
    _without_prefect()
    if kill_after_seconds:
        threading.Timer(kill_after_seconds, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
    runtime = build_runtime(
        home=home, recording=recording, settings=Settings(fault=fault), clock=lambda: NOW, gate=lenient_gate
    )
    with using(runtime):
        for as_of in ("2025-09-28", None):
            flows.pipeline.pipeline.fn(as_of=as_of)
    # The timer must not fire into whatever the process does next.
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
            home=home, recording=recording, settings=Settings(), clock=lambda: NOW, gate=lenient_gate
        )
        with using(runtime):
            flows.pipeline.pipeline.fn()
    Path(stop_file).with_suffix(".json").write_text(json.dumps({"rounds": rounds}), encoding="utf-8")
    os._exit(0)
