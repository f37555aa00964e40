"""The scorecard as people call it, and the baseline below which the gate must not fall."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from aicycle.cli import main
from aicycle.settings.faults import load_faults
from flows.steps.gate_scoring import SCORING_GATE, false_alarms, run_trials
from flows.steps.gate_world import world_of
from transforms.gate.faults.score import scored, worse_than


@pytest.fixture(scope="module")
def renewing(root):
    spec = importlib.util.spec_from_file_location("renew_scorecard", root / "scripts" / "renew_scorecard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def few_days(world, days):
    """Return the same world in which nothing came on other days; all that is believed stays."""
    files = {n: replace(f, by_day={d: r for d, r in f.by_day.items() if d in days}) for n, f in world.files.items()}
    return replace(world, files=files)


def test_no_kind_is_caught_less_often_than_before_and_the_sample_raises_no_alarm(root, sample_dir, renewing):
    baseline = json.loads((root / "tests" / "golden" / "gate_scorecard.json").read_text(encoding="utf-8"))
    world = renewing.world(sample_dir)
    content = renewing.quick_scorecard(world)
    assert worse_than(baseline, content) == [], "see docs/gate_faults.md, The baseline"
    assert set(baseline) == {entry["kind"] for entry in content["kinds"]}
    rules = renewing.load_scoring_rules(root / "config")
    some = few_days(world, [day for day in world.days if day.year == 2025][::12])
    assert false_alarms(some, rules, gate=SCORING_GATE)["listed"] == []


@pytest.mark.recording
def test_a_part_of_the_recording_is_scored(root, recording_dir, renewing):
    world = renewing.world(recording_dir)
    rules = renewing.load_scoring_rules(root / "config")
    kinds = load_faults(root / "config")[::6]
    made = run_trials(world, kinds, rules, seed=11, gate=SCORING_GATE, trials=1, most_sizes=1)
    content = scored(kinds, made, rules.false_alarm_budget_frac.value)
    assert all("note" not in entry for entry in content["kinds"])
    bundled = json.loads((root / "tests" / "golden" / "gate_scorecard.json").read_text(encoding="utf-8"))
    certain = {kind: 1.0 for kind, detection in bundled.items() if detection == 1.0 and kind in {k.name for k in kinds}}
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
    assert kinds["own_kind"]["cells"][0]["checks"] == {"core.fx_rates/row.readable": 1}
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
