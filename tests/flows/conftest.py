"""What flow tests share: a Prefect home of their own, a recording that may be changed, a runtime, a run."""

from __future__ import annotations

import logging
import multiprocessing
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aicycle.settings.environment import Settings
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from flows.steps.summary import RunSummary

# A child process finds what it is to run by the name of its module.
sys.path.insert(0, str(Path(__file__).parent))
import crash_child

# Prefect's server says goodbye when the process ends, on a stream that pytest has closed by then.
logging.raiseExceptions = False

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _prefect_home(tmp_path_factory):
    """One embedded server per test process, with a database of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        yield


@pytest.fixture(scope="session")
def forks():
    """Processes that start fast, with `crash_child` imported, and that may be killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crash_child"])
    # The server does not inherit sys.path; a preload it can't find is skipped without a word, and every child imports.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        context.Process(target=crash_child.nothing).start()
    return context


@pytest.fixture(scope="session")
def exit_code_of(forks):
    """Run a function of `crash_child` in a process of its own, to its end or its kill: what it exits with."""

    def run(target, *args: str, **how) -> int:
        process = forks.Process(target=target, args=args, kwargs=how)
        process.start()
        process.join(120)
        assert process.exitcode is not None, "the run hangs"
        return process.exitcode

    return run


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
