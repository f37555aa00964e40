"""Views for the report's tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("aicycle_report_views", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def views() -> ModuleType:
    """The module with the views: test folders are no packages, so it is loaded by its path."""
    return _load(Path(__file__).with_name("views.py"))


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw without plotly's five megabytes: what surrounds them is what is looked at."""
    monkeypatch.setattr("aicycle.report.render._library", lambda: "library()")
