"""What flow tests share: a Prefect home of their own, a recording that may be changed, a runtime, a run."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aicycle.settings.environment import Settings
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from flows.steps.summary import RunSummary

# Prefect's server says goodbye when the process ends, on a stream that pytest has closed by then.
logging.raiseExceptions = False

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


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
