"""Where the recorded data is, no test that needs it may be skipped."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

TEST = """
import pytest
@pytest.mark.recording
def test_needs_it(recording_dir):
    {body}
"""


def _run(root, tmp_path, body, shared):
    (tmp_path / "conftest.py").write_text((root / "tests" / "conftest.py").read_text(encoding="utf-8"))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    recording: needs recorded data\n")
    (tmp_path / "test_it.py").write_text(TEST.format(body=body))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env=os.environ | {"AICYCLE_SHARED": str(shared)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("is_there", "body", "expected"),
    [(True, "assert recording_dir.is_dir()", 0), (True, "pytest.skip('no reason')", 1), (False, "raise OSError", 0)],
)
def test_a_skip_fails_the_run_exactly_where_the_data_is(root, tmp_path, is_there, body, expected):
    shared = tmp_path / "shared"
    if is_there:
        (shared / "data" / "recording").mkdir(parents=True)
    run = _run(root, tmp_path, body, shared)
    assert run.returncode == expected, run.stdout
    assert ("skipped although" in run.stdout) == (expected == 1)
