"""The scorecard as people call it, and the baseline below which the gate must not fall."""

from __future__ import annotations

import importlib.util
import json
from datetime import timedelta

import pytest

from aicycle.cli import main
from flows.steps.gate_world import world_of
from transforms.gate.faults.score import worse_than


@pytest.fixture(scope="module")
def renewing(root):
    spec = importlib.util.spec_from_file_location("renew_scorecard", root / "scripts" / "renew_scorecard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def baseline(root):
    return json.loads((root / "tests" / "golden" / "gate_scorecard.json").read_text(encoding="utf-8"))


def test_no_kind_is_caught_less_often_than_before_and_no_more_alarms_are_raised(sample_dir, renewing, baseline):
    world = renewing.world(sample_dir)
    content = renewing.quick_scorecard(world)
    assert worse_than(baseline["kinds"], content) == [], "see docs/gate_faults.md, The baseline"
    assert set(baseline["kinds"]) == {entry["kind"] for entry in content["kinds"]}
    assert renewing.more_alarms(baseline["alarms"], renewing.quick_alarms(world)) == []


def test_an_alarm_that_was_not_there_before_is_worse(renewing):
    assert renewing.more_alarms({"t/a": 2}, {"t/a": 2}) == []
    assert renewing.more_alarms({"t/a": 2}, {"t/a": 3, "t/b": 1}) == [
        "t/a: alarms on 3 days, were 2",
        "t/b: alarms on 1 days, were 0",
    ]


@pytest.mark.recording
def test_a_part_of_the_recording_is_scored(recording_dir, renewing, baseline):
    content = renewing.quick_scorecard(renewing.world(recording_dir), seed=11, every=6)
    names = {entry["kind"] for entry in content["kinds"]}
    assert all("note" not in entry for entry in content["kinds"])
    # What one check of a row by itself catches is caught in every recording.
    certain = {k: 1.0 for k, detection in baseline["kinds"].items() if detection == 1.0 and k in names}
    assert worse_than(certain, content) == []


OWN = """
[[kinds]]
name = "own_kind"
says = "a rate is a word"
file = "fx.csv"
do = [{ op = "set", columns = ["rate"], to = "word" }]

[[kinds]]
name = "own_nobody"
says = "a listing that is not there"
file = "prices.csv"
rows = { where = [{ column = "symbol", equals = "ZZZZ" }] }
do = [{ op = "drop" }]
"""


@pytest.fixture
def small_config(root, tmp_path, monkeypatch):
    """A configuration with a small catalogue and no year to search for false alarms in."""
    import shutil

    folder = tmp_path / "config"
    shutil.copytree(root / "config", folder)
    kinds = "\n[[kinds]]".join((folder / "gate" / "faults.toml").read_text(encoding="utf-8").split("\n[[kinds]]")[:3])
    (folder / "gate" / "faults.toml").write_text(kinds, encoding="utf-8")
    limits = (folder / "gate" / "scorecard.toml").read_text(encoding="utf-8")
    limits = limits.replace("value = 2022", "value = 2031").replace("value = 2025", "value = 2031")
    (folder / "gate" / "scorecard.toml").write_text(limits, encoding="utf-8")
    monkeypatch.setenv("AICYCLE_CONFIG", str(folder))
    return folder


def test_the_command_prints_what_it_says_it_prints(small_config, tmp_path, capsys):
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    words = ["gate", "scorecard", "--seed", "3", "--trials", "1", "--catalogue", str(tmp_path / "own.toml")]
    assert main([*words, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert (content["seed"], content["recording"]) == (3, "sample")
    assert set(content) == {
        "seed", "recording", "trials", "mean_detection", "kinds", "undetectable", "false_alarms", "sole_catchers",
        "redundant",
    }  # fmt: skip
    kinds = {entry["kind"]: entry for entry in content["kinds"]}
    assert kinds["own_kind"]["detection"] == 1.0
    assert kinds["own_kind"]["cells"][0]["checks"]["core.fx_rates/row.readable"] == 1
    assert kinds["own_nobody"]["note"] == "no row to hit"
    assert main(words) == 0
    printed = capsys.readouterr().out
    for part in ("own_kind", "no row to hit", "Mean detection", "False alarms", "Sole catchers"):
        assert part in printed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--seed", "-1"], 2, "seed"),
        (["--recording", "nowhere"], 1, "there is no such recording"),
        (["--catalogue", "nowhere.toml"], 1, "can't be read"),
        (["--trials", "0"], 2, "trials"),
    ],
)
def test_bad_input_is_refused(small_config, words, code, said, capsys):
    assert main(["gate", "scorecard", *words]) == code
    assert said in capsys.readouterr().err


def test_the_world_of_a_script_and_of_the_command_are_one(renewing, sample_dir):
    world = renewing.world(sample_dir)
    assert world.fetch_delay == timedelta(hours=0.5)
    assert world.days == world_of(sample_dir, world.configuration, world.fetch_delay).days
