"""What all tests share: where the recorded data is, and that the tests which need it really ran."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Derandomised in CI: a red build must be red again when it is looked at.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("AICYCLE_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample_dir() -> Path:
    """The sample recording that travels with the project."""
    return ROOT / "examples" / "sample"


@pytest.fixture(scope="session")
def recording_dir() -> Path:
    """Recorded real data, beside the checkout; not part of the project."""
    folder = SHARED / "data" / "recording"
    if not folder.is_dir():
        pytest.skip(f"no recorded data: {folder} is not there")
    return folder


SKIPPED: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember skipped tests that need the recorded data."""
    if report.skipped and "recording" in report.keywords:
        SKIPPED.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the recorded data is, the tests that need it must have run."""
    if SKIPPED and (SHARED / "data" / "recording").is_dir():
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"skipped although the recorded data is there: {', '.join(SKIPPED)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
