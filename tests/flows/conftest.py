"""What flow tests share: a runtime on a small recording, with a gate that needs no Great Expectations where it is not
what is tested."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from aicycle.settings.environment import Settings
from expectations.gate import Audit
from expectations.suite import RULES_VERSION, suite_of
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from flows.steps.summary import RunSummary

# Prefect's server says goodbye when the process ends, on a stream that pytest has closed by then.
logging.raiseExceptions = False

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def lenient_gate(batch) -> Audit:
    """Say of every check that it passed: for tests of what comes after the gate."""
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
    from expectations.gate import CHECKS_SCHEMA, FAILURES_SCHEMA

    return Audit(checks=pl.DataFrame(checks, schema=CHECKS_SCHEMA), failures=FAILURES_SCHEMA.to_frame())


@pytest.fixture(scope="session", autouse=True)
def _prefect_home(tmp_path_factory):
    """One embedded server per test process, with a database of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        yield


@pytest.fixture
def recording_copy(sample_dir, tmp_path) -> Path:
    """A copy of the sample that a test may change."""
    return Path(shutil.copytree(sample_dir, tmp_path / "recording"))


@pytest.fixture
def runtime_on(tmp_path):
    """Build a runtime on a folder, by default in one home and at one instant."""

    def build(recording: Path, *, home: str = "home", now: datetime = NOW, **parts):
        return build_runtime(
            home=str(tmp_path / home), recording=str(recording), settings=Settings(), clock=lambda: now, **parts
        )

    return build


@pytest.fixture
def run_on(runtime_on):
    """Run the pipeline once on a folder."""

    def run(recording: Path, as_of: str | None = None, **parts) -> RunSummary:
        return run_pipeline(runtime_on(recording, **parts), as_of)

    return run
