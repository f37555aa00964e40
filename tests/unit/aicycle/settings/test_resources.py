"""Where the files that travel with the project are found: in the wheel first, else in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from aicycle.errors import ConfigError
from aicycle.settings import resources
from aicycle.settings.configuration import load_configuration


def test_a_checkout_is_read_in_place(root: Path) -> None:
    assert Path(str(resources.config_folder())) == root / "config"
    assert Path(str(resources.sample_folder())) == root / "examples" / "sample"
    assert load_configuration(resources.config_folder()).digest == load_configuration(root / "config").digest


def test_a_wheel_carries_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "aicycle"
    for name in ("config", "sample"):
        (package / "_data" / name).mkdir(parents=True)
    # A folder of the same name beside the package is somebody else's.
    (tmp_path / "site-packages" / "config").mkdir()
    monkeypatch.setattr(resources, "files", lambda name: package)
    assert resources.config_folder() == package / "_data" / "config"
    assert resources.sample_folder() == package / "_data" / "sample"


def test_neither_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "files", lambda name: tmp_path / "aicycle")
    with pytest.raises(ConfigError, match="AICYCLE_CONFIG"):
        resources.config_folder()
