"""What the environment may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from aicycle.errors import UsageError
from aicycle.settings.environment import load_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "WRITER_WAIT_SECONDS", "SNAPSHOTS_KEPT", "CONFIG", "FAULT"):
        monkeypatch.delenv(f"AICYCLE_{name}", raising=False)


def test_defaults() -> None:
    settings = load_settings()
    assert settings.home is None
    assert settings.config is None
    assert (settings.writer_wait_seconds, settings.snapshots_kept, settings.fault) == (60.0, 3, "")


def test_everything_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"HOME": "/data", "WRITER_WAIT_SECONDS": "1.5", "SNAPSHOTS_KEPT": "7", "CONFIG": "/own", "FAULT": "commit"}
    for name, value in said.items():
        monkeypatch.setenv(f"AICYCLE_{name}", value)
    settings = load_settings()
    assert (settings.home, settings.config) == (Path("/data"), Path("/own"))
    assert (settings.writer_wait_seconds, settings.snapshots_kept, settings.fault) == (1.5, 7, "commit")


def test_other_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AICYCLE_SHARED", "elsewhere")
    monkeypatch.setenv("HOME", "/root")
    assert load_settings().home is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WRITER_WAIT_SECONDS", "soon"),
        ("WRITER_WAIT_SECONDS", "-1"),
        ("SNAPSHOTS_KEPT", "0"),
        ("SNAPSHOTS_KEPT", "2.5"),
    ],
)
def test_what_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"AICYCLE_{name}", value)
    with pytest.raises(UsageError, match=f"AICYCLE_{name}") as caught:
        load_settings()
    assert value in caught.value.where
