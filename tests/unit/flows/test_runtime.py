"""Which home, which source: what a run is put together from."""

from __future__ import annotations

from pathlib import Path

import pytest

from aicycle.settings.environment import Settings
from aicycle.settings.homes import REAL_HOME, SAMPLE_HOME, choose_home, home_to_read
from flows.runtime import build_runtime, runtime_for, using


@pytest.fixture
def real_recording(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    header = "symbol,session,open,high,low,close,volume,currency,price_basis\n"
    (folder / "prices.csv").write_text(header + "BABA,2025-01-02,1,1,1,1,1,USD,as_traded\n")
    return folder


def test_simulated_and_real_data_have_homes_of_their_own(sample_dir, real_recording):
    assert choose_home(None, sample_dir) == SAMPLE_HOME
    assert choose_home(None, real_recording) == REAL_HOME
    assert choose_home(None) == REAL_HOME
    assert choose_home("elsewhere", sample_dir) == Path("elsewhere")


def test_readers_look_at_real_data_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert home_to_read(None) == REAL_HOME
    SAMPLE_HOME.mkdir(parents=True)
    assert home_to_read(None) == SAMPLE_HOME
    REAL_HOME.mkdir()
    assert home_to_read(None) == REAL_HOME
    assert home_to_read("elsewhere") == Path("elsewhere")


def test_a_runtime_opens_nothing(tmp_path, real_recording):
    build_runtime(home=str(tmp_path / "home"), recording=str(real_recording), settings=Settings())
    assert not (tmp_path / "home").exists()


def test_a_stage_inside_a_run_works_with_the_runs_runtime(tmp_path, real_recording):
    runtime = build_runtime(home=str(tmp_path / "home"), recording=str(real_recording), settings=Settings())
    with using(runtime), runtime_for("elsewhere") as given:
        assert given is runtime
    with runtime_for(str(tmp_path / "other"), str(real_recording)) as own:
        assert own is not runtime
        assert own.warehouse.layout.home == tmp_path / "other"
