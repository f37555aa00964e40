"""The README's picture: small enough, as wide as asked, and nothing written when it can't be taken."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from aicycle.report.render import render

CHROMIUM = Path("/usr/bin/chromium")


def take(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "scripts" / "picture.py"), *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} is not there (apt-get install chromium)")
def test_a_report_becomes_a_small_picture(root, views, tmp_path):
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(render(views.full_view()), encoding="utf-8")
    done = take(root, str(page), str(picture), "--width", "1000", "--height", "700")
    assert done.returncode == 0, done.stderr
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (1000, 700)
    assert picture.stat().st_size < 400_000


def test_a_page_that_is_not_there_is_said(root, tmp_path):
    done = take(root, str(tmp_path / "none.html"), str(tmp_path / "report.png"))
    assert done.returncode == 2
    assert "none.html is not there" in done.stderr
    assert not (tmp_path / "report.png").exists()
