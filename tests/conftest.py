"""What all tests share: where the recorded data is, and that the tests which need it really ran."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
