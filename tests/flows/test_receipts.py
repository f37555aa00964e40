"""Answers led back to their bytes: replay, diff, explain and verify as people type them, on a home with a history.

The history: what was known, then a fact that arrives late and one that its source takes back.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from aicycle.cli import main
from aicycle.settings.configuration import load_configuration
from aicycle.settings.environment import Settings
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from flows.steps.deriving import phase_run_id
from flows.steps.explaining_alerts import alert_receipt
from flows.steps.recomputing import ANSWER_TABLES, answer_digest, scenario_run_id
from flows.steps.replaying import History
from flows.steps.stored_runs import RunKind, StoredRun, stored_runs
from warehouse import Warehouse

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 1, 12, 12, tzinfo=UTC)
DAY = "2025-09-28"
LATE = (
    "zz1,late-one,2025-06-02,2025-06-02,day,Alibaba,cloud,regulation,-1,CN,true,Came to us late,somebody,en,source,\n"
)
TAKEN_BACK = "sy01"


def _small(sample_dir: Path, folder: Path) -> Path:
    """The sample with the prices of one listing since June 2025."""
    shutil.copytree(sample_dir, folder)
    lines = (folder / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.startswith("BABA,2025-") and line[10:12] >= "06"]
    (folder / "prices.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    return folder


def _run(home: Path, recording: Path, as_of: str | None, now: datetime):
    runtime = build_runtime(home=str(home), recording=str(recording), settings=Settings(), clock=lambda: now)
    return run_pipeline(runtime, as_of)


def _retract(events: Path, event_id: str) -> None:
    """Add a column `retracted` and set it for one row."""
    header, *rows = events.read_text(encoding="utf-8").splitlines()
    marked = [f"{row},{'true' if row.startswith(event_id + ',') else ''}" for row in rows]
    assert any(row.endswith(",true") for row in marked)
    events.write_text("\n".join([f"{header},retracted", *marked]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def history(tmp_path_factory, sample_dir):
    """Home and recording: two days answered, then a late fact and a retraction, and both days again."""
    folder = tmp_path_factory.mktemp("receipts")
    recording, home = _small(sample_dir, folder / "recording"), folder / "home"
    for as_of in (DAY, None):
        _run(home, recording, as_of, NOW)
    events = recording / "cycle_events.csv"
    with events.open("a", encoding="utf-8") as file:
        file.write(LATE)
    _retract(events, TAKEN_BACK)
    for as_of in (DAY, None):
        _run(home, recording, as_of, LATER)
    return home, recording


@pytest.fixture
def home(history, tmp_path):
    """The home, which a test may damage."""
    return Path(shutil.copytree(history[0], tmp_path / "home"))


@pytest.fixture
def runs(history):
    """Ids of Alibaba's scenario runs in the order they were made: the day, all, the day again, all again."""
    with Warehouse(history[0]).read() as reader:
        return [run.run_id for run in stored_runs(reader) if _is_alibabas(run)]


def _is_alibabas(run: StoredRun) -> bool:
    return run.kind is RunKind.SCENARIO and run.manifest["company"] == "Alibaba"


@pytest.fixture
def phase_runs(history):
    with Warehouse(history[0]).read() as reader:
        return [run.run_id for run in stored_runs(reader) if run.kind is RunKind.PHASES]


@pytest.fixture
def ask(history, capsys):
    def typed(*words, at=None):
        code = main([*words, "--home", str(at or history[0])])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return typed


@pytest.fixture
def ask_json(ask):
    def typed(*words, code=0, **more):
        found, out, err = ask(*words, "--json", **more)
        assert found == code, err or out
        return json.loads(out)

    return typed


def _leaves(node):
    if not node["children"]:
        yield node
    for child in node["children"]:
        yield from _leaves(child)


def _nodes(node):
    yield node
    for child in node["children"]:
        yield from _nodes(child)


# --- replay ---------------------------------------------------------------------------------------------------------


def test_every_run_comes_out_again(ask_json, runs, phase_runs):
    assert len(runs) == len(set(runs)) == 4
    for run_id in [*runs, *phase_runs]:
        replayed = ask_json("replay", run_id)
        assert replayed["same"], replayed["verdict"]
        assert replayed["digest_then"] == replayed["digest_now"]
        assert replayed["then"] == replayed["now"]


def test_a_replayed_run_has_the_id_it_had(history):
    from flows.steps.recomputing import scenario_of

    with Warehouse(history[0]).read() as reader:
        kept = History(reader)
        for run in stored_runs(reader):
            if run.kind is RunKind.SCENARIO:
                view = kept.view(run)
                made = scenario_of(view, view.configuration.scenario_set(run.manifest["company"]))
                assert made.run["run_id"] == run.run_id


def test_a_late_fact_changes_the_day_and_not_what_was_said_of_it(ask, ask_json, runs):
    first, _, again, _ = runs
    assert ask_json("scenario", "--as-of", DAY)["digest"] == ask_json("replay", again)["digest_then"]
    assert ask_json("scenario", "--as-of", DAY)["digest"] != ask_json("replay", first)["digest_now"]
    code, out, _ = ask("diff", first[:10], DAY)
    assert code == 0
    assert "arrived late" in out
    assert "Came to us late" in out


def test_another_program_is_said_and_no_error(ask_json, home, runs):
    run_id = _as_another_program_stored_it(home, runs[0])
    same = ask_json("replay", run_id, at=home)
    assert same["same"]
    assert [part["what"] for part in same["program_differs"]] == ["code_version"]
    _alter(home, f"UPDATE marts.scenario_bands SET p50_usd = p50_usd + 1 WHERE run_id = '{run_id}'")
    run, frames = _stored_scenario(home, run_id)
    _alter(home, f"UPDATE marts.scenario_runs SET digest = '{answer_digest(run, frames)}' WHERE run_id = '{run_id}'")
    other = ask_json("replay", run_id, at=home)
    assert not other["same"]
    assert "allowed" in other["verdict"]


def test_another_program_excuses_no_altered_answer(ask, ask_json, home, runs):
    run_id = _as_another_program_stored_it(home, runs[0])
    _alter(home, f"UPDATE marts.scenario_bands SET p50_usd = p50_usd + 1 WHERE run_id = '{run_id}'")
    replayed = ask_json("replay", run_id, at=home, code=1)
    assert replayed["program_differs"]
    assert "altered" in replayed["verdict"]
    assert run_id in {problem["run_id"] for problem in ask_json("verify", "--all", at=home, code=1)["run_problems"]}
    assert "was altered" in ask("verify", at=home)[1], "its digests are taken also where it is not made again"


@pytest.mark.parametrize("column", ["code_version", "platform", "libraries", "facts_digest"])
def test_an_altered_manifest_is_an_altered_answer(ask_json, home, runs, phase_runs, column):
    for table, run_id in (("scenario_runs", runs[0]), ("phase_assessments", phase_runs[0])):
        _alter(home, f"UPDATE marts.{table} SET {column} = 'other' WHERE run_id = '{run_id}'")
        assert "altered" in ask_json("replay", run_id, at=home, code=1)["verdict"]


def test_an_altered_phase_is_an_altered_answer_of_any_program(ask_json, home, phase_runs):
    first, second = phase_runs[:2]
    _alter(home, f"UPDATE marts.phase_assessments SET reasons = '[]' WHERE run_id = '{first}' AND segment = 'cloud'")
    assert "altered" in ask_json("replay", first, at=home, code=1)["verdict"]
    of_second = f"WHERE run_id = '{second}'"
    _alter(home, f"UPDATE marts.phase_assessments SET platform = 'elsewhere' {of_second}")
    run_id = _renamed_phase_run(home, second)
    replayed = ask_json("replay", run_id, at=home)
    assert replayed["same"]
    assert [part["what"] for part in replayed["program_differs"]] == ["platform"]
    _alter(home, f"UPDATE marts.phase_features SET value = value + 1 WHERE run_id = '{run_id}' AND value > 0")
    assert "altered" in ask_json("replay", run_id, at=home, code=1)["verdict"]


def test_features_that_were_altered_with_their_digest_are_not_what_comes_out(ask_json, home, phase_runs):
    _alter(home, f"UPDATE marts.phase_features SET value = value + 1 WHERE run_id = '{phase_runs[0]}' AND value > 0")
    replayed = ask_json("replay", _renamed_phase_run(home, phase_runs[0]), at=home, code=1)
    assert "its features" in replayed["verdict"]


def _stored_scenario(home: Path, run_id: str):
    with Warehouse(home).read() as reader:
        run = reader.frame("marts.scenario_runs").row(by_predicate=pl.col("run_id") == run_id, named=True)
        frames = {n: reader.frame(t).filter(pl.col("run_id") == run_id) for n, t in ANSWER_TABLES.items()}
    return run, frames


def _as_another_program_stored_it(home: Path, run_id: str) -> str:
    """Make a run one of an older program, in all that names it; return its id."""
    run, _ = _stored_scenario(home, run_id)
    renamed = scenario_run_id(run | {"code_version": "0.0.1+old"})
    _alter(home, f"UPDATE marts.scenario_runs SET code_version = '0.0.1+old' WHERE run_id = '{run_id}'")
    for table in ("marts.scenario_runs", *ANSWER_TABLES.values()):
        _alter(home, f"UPDATE {table} SET run_id = '{renamed}' WHERE run_id = '{run_id}'")
    return renamed


def _renamed_phase_run(home: Path, run_id: str) -> str:
    """Give a phase run the id that its rows have now; return it."""
    tables = ("marts.phase_assessments", "marts.phase_features")
    with Warehouse(home).read() as reader:
        renamed = phase_run_id(*(reader.frame(table).filter(pl.col("run_id") == run_id) for table in tables))
    for table in tables:
        _alter(home, f"UPDATE {table} SET run_id = '{renamed}' WHERE run_id = '{run_id}'")
    return renamed


def test_another_answer_of_the_same_program_is_an_error(ask_json, home, runs):
    _alter(home, f"UPDATE marts.scenario_runs SET digest = repeat('0', 64) WHERE run_id = '{runs[0]}'")
    assert ask_json("replay", runs[0], at=home, code=1)["error"]


def test_an_altered_answer_is_an_error(ask_json, home, runs):
    _alter(home, f"UPDATE marts.scenario_bands SET p50_usd = p50_usd + 1 WHERE run_id = '{runs[0]}'")
    replayed = ask_json("replay", runs[0], at=home, code=1)
    assert "altered" in replayed["verdict"]


def test_a_fact_that_was_altered_after_a_run_is_an_error_of_its_replay(ask_json, home, runs):
    _alter(home, "UPDATE core.daily_bars SET close = 1, low = 1 WHERE session = DATE '2025-09-26'")
    replayed = ask_json("replay", runs[0], at=home, code=1)
    assert [part["what"] for part in replayed["inputs_differ"]] == ["facts_digest"]


def test_kept_parameters_that_were_altered_are_refused(ask, home, runs):
    _alter(home, "UPDATE ops.parameter_sets SET content = replace(content, '0.25', '0.26')")
    code, _, err = ask("replay", runs[0], at=home)
    assert code == 1
    assert "parameters were altered" in err


def test_kept_holds_that_were_altered_are_refused(ask, home, runs):
    _alter(home, "UPDATE ops.gate_states SET rules_version = 'other'")
    code, _, err = ask("replay", runs[0], at=home)
    assert code == 1
    assert "holds were altered" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("replay", "abc"), "is no run"),
        (("replay", "zzzzzzz"), "is no run"),
        (("replay", "000000000000"), "begins with 000000000000"),
        (("diff", "000000000000", DAY), "begins with 000000000000"),
        (("diff", DAY, "2025-02-30"), "no as-of day"),
        (("diff", DAY, DAY, "--company", "Acme"), "no scenarios of Acme"),
        (("diff", DAY, DAY, "--phases", "--company", "Acme"), "no segments of 'Acme'"),
        (("explain", "scenario", "Acme"), "is no run"),
        (("explain", "phase", "Acme/cloud"), "no phase of 'Acme/cloud'"),
        (("explain", "phase", "cloud"), "no phase of 'cloud'"),
        (("explain", "alert", "000000000000"), "there is no alert"),
        (("explain", "weather", "x"), "weather"),
        (("verify", "000000000000"), "begins with 000000000000"),
        (("verify", "000000000000", "--all"), "exclude each other"),
    ],
)
def test_unknown_ids_are_refused_with_candidates(ask, words, said):
    code, _, err = ask(*words)
    assert code == 2
    assert said in err


def test_runs_of_different_questions_are_not_compared(ask, runs, phase_runs):
    code, _, err = ask("diff", runs[0], phase_runs[0])
    assert code == 2
    assert "same question" in err


# --- difference -----------------------------------------------------------------------------------------------------


def test_causes_of_facts_name_table_key_clock_load_and_address(ask_json, history, runs):
    first, _, again, _ = runs
    difference = ask_json("diff", first, again)
    assert difference["counts"] == {"arrived_late": 1}
    (cause,) = difference["causes"]
    assert (cause["table"], cause["key"]) == ("core.cycle_events", {"cycle_event_id": "zz1"})
    assert cause["known_at"].startswith("2025-06-02")
    assert cause["load_seq"] > 0
    stored = (history[0] / "payloads" / cause["payload_sha256"][:2] / cause["payload_sha256"]).read_bytes()
    assert stored[cause["byte_start"] : cause["byte_end"]].decode().startswith("zz1,late-one")


def test_the_changes_of_contributions_add_up(ask_json, runs):
    for a, b in ((runs[0], runs[2]), (runs[0], runs[1]), (runs[1], runs[3]), (runs[3], runs[0])):
        for change in ask_json("diff", a, b)["scenarios"]:
            total = math.fsum(line["change_nats"] for line in change["happenings"])
            assert total == pytest.approx(change["change_nats"], abs=1e-9)
            assert change["log_odds_b_nats"] - change["log_odds_a_nats"] == pytest.approx(total, abs=1e-9)


def test_a_retraction_is_said(ask_json, ask, runs):
    difference = ask_json("diff", runs[1], runs[3])
    retracted = [cause for cause in difference["causes"] if cause["kind"] == "retracted"]
    assert [cause["key"]["cycle_event_id"] for cause in retracted] == [TAKEN_BACK]
    assert set(difference["counts"]) == {"retracted", "arrived_late", "time"}
    assert "retracted" in ask("diff", runs[1], runs[3])[1]
    reverse = ask_json("diff", runs[3], runs[1])
    assert {(c["kind"], c["side"]) for c in reverse["causes"]} == {
        ("retracted", "a"), ("arrived_late", "a"), ("time", "both"),
    }  # fmt: skip


def test_two_days_differ_by_new_facts_and_time(ask_json):
    difference = ask_json("diff", "2025-09-01", DAY)
    assert set(difference["counts"]) == {"new_fact", "time"}
    assert not difference["same"]
    assert ask_json("diff", DAY, DAY) == ask_json("diff", DAY, DAY)
    assert ask_json("diff", DAY, DAY)["causes"] == []


def test_phases_are_compared_too(ask_json, phase_runs):
    difference = ask_json("diff", phase_runs[0], phase_runs[2])
    assert difference["counts"] == {"arrived_late": 1}
    assert not difference["same"]
    assert ask_json("diff", phase_runs[0], DAY, "--company", "Alibaba")["counts"] == {"arrived_late": 1}
    assert ask_json("diff", phase_runs[0], DAY, "--company", "Nvidia")["same"]
    assert set(ask_json("diff", "2025-09-01", DAY, "--phases")["counts"]) == {"new_fact", "time"}


def test_a_changed_assumption_is_named_by_its_path(ask_json, runs, root, tmp_path, monkeypatch):
    folder = Path(shutil.copytree(root / "config", tmp_path / "config"))
    file = folder / "scenarios" / "alibaba.toml"
    text = file.read_text(encoding="utf-8")
    assert "[tempering]\nvalue = 0.25" in text
    file.write_text(text.replace("[tempering]\nvalue = 0.25", "[tempering]\nvalue = 0.2"), encoding="utf-8")
    monkeypatch.setenv("AICYCLE_CONFIG", str(folder))
    difference = ask_json("diff", runs[2], DAY)
    assert difference["counts"] == {"assumption": 1}
    (cause,) = difference["causes"]
    assert (cause["path"], cause["old"], cause["new"]) == ("scenario_sets[Alibaba].tempering", 0.25, 0.2)
    assert ask_json("replay", runs[2])["same"], "a run is made again with its own parameters"
    text = text.replace("[scenarios.target_high_usd]\nvalue = 240", "[scenarios.target_high_usd]\nvalue = 250", 1)
    file.write_text(text, encoding="utf-8")
    assert ask_json("diff", runs[2], DAY)["counts"] == {"rule": 1}


def test_holds_and_releases_are_said(sample_dir, tmp_path, ask_json):
    recording, home = _small(sample_dir, tmp_path / "recording"), tmp_path / "home"
    _run(home, recording, None, NOW)
    prices = recording / "prices.csv"
    clean = prices.read_text(encoding="utf-8")
    bad = "BABA,2026-01-02,150,151,149,-1,1000,USD,as_traded\n"
    prices.write_text(clean + bad, encoding="utf-8")
    _run(home, recording, None, NOW)
    prices.write_text(clean + bad.replace("-1,1000", "150,1000"), encoding="utf-8")
    _run(home, recording, None, LATER)
    with Warehouse(home).read() as reader:
        runs = [run for run in stored_runs(reader) if _is_alibabas(run)]
    assert [run.manifest["is_stale"] for run in runs] == [False, True, False]
    before, held, after = (run.run_id for run in runs)
    assert ask_json("diff", before, held, at=home)["counts"]["held"] == 1
    released = ask_json("diff", held, after, at=home)
    assert released["counts"]["released"] == 1
    (cause,) = [cause for cause in released["causes"] if cause["kind"] == "released"]
    assert (cause["subject_id"], cause["metric"]) == ("BABA", "close")
    for run_id in (before, held, after):
        assert ask_json("replay", run_id, at=home)["same"], "with the holds it saw, though they are lifted now"
    receipt = ask_json("explain", "scenario", held, at=home)
    (told,) = [node for node in _nodes(receipt["receipt"]) if node["kind"] == "hold"]
    assert told["text"].startswith("BABA,2026-01-02")
    assert receipt["is_grounded"]
    assert ask_json("verify", "--all", at=home)["sound"]


# --- receipts -------------------------------------------------------------------------------------------------------


def test_a_scenarios_receipt_ends_in_bytes_and_in_lines_of_config(ask_json, history, runs):
    receipt = ask_json("explain", "scenario", runs[0][:8])
    assert receipt["is_grounded"]
    store = history[0] / "payloads"
    facts = [leaf for leaf in _leaves(receipt["receipt"]) if leaf["kind"] == "fact"]
    assert {leaf["table"] for leaf in facts} >= {"core.daily_bars", "core.cycle_events", "core.announcements"}
    for leaf in facts:
        content = (store / leaf["payload_sha256"][:2] / leaf["payload_sha256"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == leaf["payload_sha256"]
        cut = content[leaf["byte_start"] : leaf["byte_end"]].decode()
        assert leaf["problem"] is None
        assert leaf["text"] == (cut if len(cut) <= 300 else cut[:300] + "...")
        key = next(iter(leaf["key"].values()))
        line = content.splitlines()[leaf["source_line"] - 1].decode()
        if "#" not in key:
            assert line == cut
            assert cut.startswith(key)
        else:
            # Read in a text: the sentence, or the line of a headline.
            assert cut.splitlines()[0] in line
    assert any("#" in next(iter(leaf["key"].values())) for leaf in facts)
    parameters = [leaf for leaf in _leaves(receipt["receipt"]) if leaf["kind"] == "parameter"]
    assert all(leaf["path"].startswith("config/") and leaf["status"] and leaf["unit"] for leaf in parameters)
    assert all(leaf["more"]["why"] and leaf["more"]["source"] and leaf["known_at"] for leaf in parameters)


def test_contributions_on_a_receipt_add_up_to_the_log_odds(ask_json, runs):
    for run_id in runs:
        odds = [n for n in _nodes(ask_json("explain", "scenario", run_id)["receipt"]) if n["kind"] == "log_odds"]
        assert len(odds) == 3
        for node in odds:
            total = math.fsum(child["value"] for child in node["children"])
            assert total == pytest.approx(node["value"], abs=1e-9)
            assert total == pytest.approx(node["more"]["stated_nats"], abs=1e-9)


def test_a_companys_newest_run_is_meant_by_its_name(ask_json, runs):
    assert ask_json("explain", "scenario", "Alibaba") == ask_json("explain", "scenario", runs[3])


def test_a_projected_value_leads_to_the_facts_that_were_chosen_for_it(ask_json, history, runs):
    receipt = ask_json("explain", "scenario", runs[0])["receipt"]
    values = {node["more"]["scenario"]: node for node in _nodes(receipt) if node["kind"] == "projection"}
    with Warehouse(history[0]).read() as reader:
        bands = reader.frame("marts.scenario_bands").filter(pl.col("run_id") == runs[0])
    for band in bands.iter_rows(named=True):
        node = values.pop(band["scenario"])
        assert node["value"] == band["p50_usd"] is not None
        assert (node["more"]["p10_usd"], node["more"]["p90_usd"]) == (band["p10_usd"], band["p90_usd"])
        assert "2026-09-30" in node["label"]
        start = {n["more"]["starting_value"]: n for n in node["children"] if n["kind"] == "starting_value"}
        assert set(start) == {"revenue", "mix", "margins", "cash", "units", "rate"}
        year = [leaf["more"]["states"]["value"] for leaf in _leaves(start["revenue"])]
        assert len(year) == 4
        assert math.fsum(year) == start["revenue"]["value"]
        of = {leaf["key"]["segment"]: leaf["more"]["states"]["value"] for leaf in _leaves(start["mix"])}
        assert of["Cloud Intelligence Group"] / of["Total"] == start["mix"]["value"]
        (rate,) = _leaves(start["rate"])
        assert rate["more"]["states"]["rate"] == start["rate"]["value"]
        paths = {leaf["label"] for leaf in _leaves(node) if leaf["kind"] == "parameter"}
        scenarios = {path.partition("scenarios[")[2].partition("]")[0] for path in paths if "scenarios[" in path}
        assert scenarios == {band["scenario"]}
        assert any(path.endswith("shared.tax_rate_frac.mode") for path in paths)
    assert not values


def test_what_a_projection_did_not_read_is_a_number_and_no_list(ask_json, ask, runs):
    receipt = ask_json("explain", "scenario", runs[0])["receipt"]
    (unread,) = [node for node in receipt["children"] if node["kind"] == "unread"]
    left = {(leaf["table"], str(leaf["key"])) for leaf in _leaves(unread)}
    assert len(left) == sum(unread["more"]["counts"].values())
    started = [node for node in _nodes(receipt) if node["kind"] == "starting_value"]
    read = {(leaf["table"], str(leaf["key"])) for node in started for leaf in _leaves(node) if leaf["table"]}
    assert read
    assert not read & left
    short, whole = (ask("explain", "scenario", runs[0], *more)[1] for more in ((), ("--all",)))
    assert "could have been read, was not" in short
    assert "facts of core.fx_rates" in whole
    assert "facts of core.fx_rates" not in short


def test_what_came_later_is_on_no_earlier_receipt(ask, runs):
    assert "Came to us late" not in ask("explain", "scenario", runs[0], "--all")[1]
    assert "Came to us late" in ask("explain", "scenario", runs[2], "--all")[1]


def test_a_stored_feature_leads_to_its_facts(ask_json):
    receipt = ask_json("explain", "phase", "Alibaba/cloud")
    features = {node["label"]: node for node in _nodes(receipt["receipt"]) if node["kind"] == "feature"}

    def states(label, *names):
        return {tuple(leaf["more"]["states"].get(name) for name in names) for leaf in _leaves(features[label])}

    assert {kind for kind, _ in states("investment: region_launch", "type", "direction")} == {"region_launch"}
    assert states("growth: fast_growth", "metric", "value") == {("revenue", 39.824e9), ("revenue", 29.61e9)}
    assert states("investment: capex_growth", "metric", "value") == {("capex", 31.501e9), ("capex", 17.491e9)}
    assert {kind for (kind,) in states("investment: announced_spending", "kind")} == {
        "capex_plan", "capex_increase", "capex_guidance",
    }  # fmt: skip
    assert features["stability: steady_growth"]["more"]["needs_silence_of"]


@pytest.mark.parametrize("segment", ["cloud", "models", "chips", "e-commerce", "fintech"])
def test_a_feature_with_a_value_has_facts_and_no_event_in_a_direction_that_does_not_count(ask_json, root, segment):
    receipt = ask_json("explain", "phase", f"Alibaba/{segment}")
    features = {node["label"]: node for node in _nodes(receipt["receipt"]) if node["kind"] == "feature"}
    for rule in load_configuration(root / "config").phases.features:
        node = features[f"{rule.family}: {rule.name}"]
        facts = [leaf for leaf in _leaves(node) if leaf["kind"] == "fact"]
        if node["value"]:
            assert facts, (segment, rule.name)
        events = [leaf["more"]["states"] for leaf in facts if leaf["table"] == "core.cycle_events"]
        assert all(state["direction"] in rule.directions for state in events)
        assert segment == "cloud" or not any(leaf["table"] == "core.announcements" for leaf in facts)
    assert receipt["is_grounded"]


def test_a_phases_receipt(ask_json, ask, phase_runs):
    receipt = ask_json("explain", "phase", "Alibaba/cloud")
    assert receipt["is_grounded"]
    assert receipt == ask_json("explain", "phase", f"{phase_runs[3][:12]}/Alibaba/cloud")
    facts = [leaf for leaf in _leaves(receipt["receipt"]) if leaf["kind"] == "fact"]
    assert {leaf["table"] for leaf in facts} == {"core.cycle_events", "core.announcements", "core.reported_figures"}
    assert "Came to us late" in ask("explain", "phase", "Alibaba/cloud", "--all")[1]
    assert "Came to us late" not in ask("explain", "phase", f"{phase_runs[1]}/Alibaba/cloud", "--all")[1]


def test_an_alerts_receipt_names_rule_closes_and_run(ask_json, history):
    with Warehouse(history[0]).read() as reader:
        alerts = reader.frame("ops.alerts")
    assert alerts.height
    for alert in alerts.iter_rows(named=True):
        receipt = ask_json("explain", "alert", alert["alert_id"][:12])
        assert receipt["is_grounded"]
        rule, around, run = receipt["receipt"]["children"]
        levels = {leaf["path"].rpartition(".")[2]: leaf["value"] for leaf in rule["children"]}
        assert alert["level"] in levels.values()
        assert run["value"] == alert["run_id"]
        if alert["metric"] == "price_usd":
            closes = [leaf["more"]["states"]["close"] for leaf in around["children"]]
            assert closes == [alert["value_before"], alert["value"]]


def test_a_probability_alert_shows_the_runs_its_rule_saw(history, runs):
    with Warehouse(history[0]).read() as reader:
        stored, then = stored_runs(reader), History(reader)
        run = next(run for run in stored if run.run_id == runs[1])
        alert = reader.frame("ops.alerts").row(0, named=True) | {
            "metric": "probability:optimistic", "run_id": run.run_id, "crossed_on": run.manifest["as_of"].date(),
        }  # fmt: skip
        around = alert_receipt(reader, then, stored, alert).children[1].children
    # The third run is of the first one's day, but was made after the rule had looked.
    assert [node.label.partition(",")[0] for node in around] == [f"run {runs[n][:12]}" for n in (0, 1)]
    assert all(node.value is not None for node in around)


# --- verification ---------------------------------------------------------------------------------------------------


def _payload(home: Path, name: str) -> Path:
    with Warehouse(home).read() as reader:
        rows = reader.frame("raw.payloads").filter(pl.col("name") == name).sort("batch_seq")
    sha256 = rows["payload_sha256"][-1]
    return home / "payloads" / sha256[:2] / sha256


def _alter(home: Path, statement: str) -> None:
    """Write into what readers see, past every rule."""
    snapshot = Warehouse(home).newest_snapshot()
    snapshot.chmod(0o644)
    with duckdb.connect(str(snapshot)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(statement)


def test_a_sound_home_is_verified(ask, ask_json, runs):
    code, out, _ = ask("verify")
    assert code == 0
    assert "all of this is as it was stored" in out
    assert "marts.player_influence" in out
    assert "not checked" not in out
    everything = ask_json("verify", "--all")
    assert everything["sound"]
    assert everything["tables_not_checked"] == {}
    assert everything["runs_replayed"] == 11, "four of Alibaba and of phases; Nvidia's last one is the one before"
    assert everything["facts_checked"] > 300
    one = ask_json("verify", runs[0])
    assert one["sound"]
    assert one["runs_replayed"] == 1
    assert 0 < one["facts_checked"] < everything["facts_checked"]
    assert 0 < one["payloads_checked"] < everything["payloads_checked"]


def test_one_altered_byte_is_found_and_payload_and_fact_are_named(ask, ask_json, home, runs):
    path = _payload(home, "prices.csv")
    content = path.read_bytes()
    place = content.index(b"BABA,2025-09-26") + len(b"BABA,2025-09-26,1")
    path.chmod(0o644)
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    verified = ask_json("verify", at=home, code=1)
    (problem,) = verified["payload_problems"]
    assert (problem["problem"], problem["payload_sha256"]) == ("altered", path.name)
    assert problem["path"] == str(path)
    assert problem["names"] == ["recording/prices.csv"]
    (fact,) = problem["damaged"]
    assert (fact["table"], fact["key"]) == ("core.daily_bars", {"symbol": "BABA", "session": "2025-09-26"})
    assert fact["byte_start"] <= place < fact["byte_end"]
    assert verified["fact_problems"] == []
    code, out, _ = ask("verify", runs[0], at=home)
    assert code == 1
    assert f"PAYLOAD altered: recording/prices.csv, sha256 {path.name}" in out
    assert "core.daily_bars BABA/2025-09-26" in out
    assert "restore the file from a backup" in out


def test_any_altered_byte_is_found(ask_json, home):
    path = _payload(home, "cycle_events.csv")
    content = path.read_bytes()
    path.chmod(0o644)
    for place in (0, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        (problem,) = ask_json("verify", at=home, code=1)["payload_problems"]
        assert problem["damaged"], place


def test_a_missing_payload_is_named_with_all_its_facts(ask_json, home):
    path = _payload(home, "reported_figures.csv")
    path.unlink()
    (problem,) = ask_json("verify", at=home, code=1)["payload_problems"]
    assert (problem["problem"], problem["is_all"]) == ("missing", True)
    assert problem["facts_read_from_it"] == len(problem["damaged"]) == 230


def test_an_altered_text_names_its_document(ask_json, home):
    path = _payload(home, "documents/s_en01.txt")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"!")
    (problem,) = ask_json("verify", at=home, code=1)["payload_problems"]
    keys = [next(iter(fact["key"].values())) for fact in problem["damaged"]]
    assert "s_en01" in keys
    assert all(key.partition("#")[0] == "s_en01" for key in keys), "and all that was read in it"


@pytest.mark.parametrize(
    ("statement", "key", "said"),
    [
        ("UPDATE core.daily_bars SET close = close + 1, high = high + 1 WHERE session = DATE '2025-09-25'",
         "2025-09-25", "close is"),
        ("UPDATE core.cycle_events SET title = 'Forged' WHERE cycle_event_id = 'sy02'", "sy02", "title is 'Forged'"),
        ("UPDATE core.cycle_events SET source_known_at = known_at - INTERVAL 1 DAY WHERE cycle_event_id = 'sy02'",
         "sy02", "source_known_at is"),
        ("UPDATE core.cycle_events SET known_at = known_at - INTERVAL 1 DAY WHERE cycle_event_id = 'sy02'",
         "sy02", "known_at is"),
        ("UPDATE core.announcements SET byte_start = byte_start + 1 WHERE item_id = 'sx01'", "sx01", "no readable row"),
        ("UPDATE core.announcements SET load_seq = 1 WHERE item_id = 'sx01'", "sx01", "did not read it"),
    ],
)  # fmt: skip
def test_an_altered_row_is_named(ask_json, home, statement, key, said):
    _alter(home, statement)
    verified = ask_json("verify", at=home, code=1)
    (problem,) = verified["fact_problems"]
    assert key in problem["key"].values()
    assert said in problem["problem"]
    assert verified["payload_problems"] == []


def test_a_row_that_was_deleted_or_made_up_is_missed_by_the_books(ask_json, home):
    _alter(home, "DELETE FROM core.fx_rates WHERE session = (SELECT min(session) FROM core.fx_rates)")
    (said,) = ask_json("verify", at=home, code=1)["book_problems"]
    assert "core.fx_rates" in said
    _alter(home, "UPDATE core.event_members SET event_id = 'other' WHERE member_id = 'sy02'")
    assert any("sy02" in said for said in ask_json("verify", at=home, code=1)["book_problems"])


NEWEST = "(SELECT max_by(run_id, load_seq) FROM marts.scenario_runs WHERE company = 'Alibaba')"
SOME_FORECAST = "forecast_id = (SELECT min(forecast_id) FROM marts.forecasts)"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE marts.segment_metrics SET value = value + 1 WHERE company = 'Alibaba'", "segment_metrics Alibaba/"),
        ("DELETE FROM marts.segment_metrics", "more rows"),
        ("UPDATE marts.player_influence SET is_stale = NOT is_stale", "marts.player_influence"),
        ("INSERT INTO ops.holds VALUES ('symbol', 'BABA', 'close', TIMESTAMPTZ '2025-09-01', NULL, 'forged', 'q', 1)",
         "ops.holds symbol/BABA/close"),
        (f"DELETE FROM marts.scenario_runs WHERE run_id = {NEWEST}", "tells of it, and it is not there"),
        (f"DELETE FROM marts.scenario_runs WHERE run_id = {NEWEST}", "marts.scenario_bands: rows of run"),
        ("UPDATE ops.events SET payload = '{}' WHERE event_seq = 1", "ops.events 1: "),
        ("DELETE FROM ops.events WHERE event_seq = 2", "ops.events 2: it is missing"),
        (f"UPDATE marts.forecasts SET probability = 1 WHERE {SOME_FORECAST}", "add up to"),
        (f"UPDATE marts.forecasts SET due_on = due_on + 1 WHERE {SOME_FORECAST}", "digest that ops.events keeps"),
        (f"DELETE FROM marts.forecasts WHERE {SOME_FORECAST}", "tells of it, and it is not there"),
        (f"UPDATE marts.forecasts SET forecast_id = 'forged' WHERE {SOME_FORECAST}",
         "marts.forecasts forged: ops.events tells nothing"),
        ("UPDATE marts.forecast_scores SET brier = brier / 2", "marts.forecast_scores: the"),
    ],
)  # fmt: skip
def test_an_altered_table_is_named(ask, ask_json, home, statement, said):
    _alter(home, statement)
    verified = ask_json("verify", at=home, code=1)
    assert any(said in problem for problem in verified["table_problems"]), verified["table_problems"]
    assert verified["fact_problems"] == verified["payload_problems"] == []
    assert "NOT as it was stored" in ask("verify", at=home)[1]


def test_tables_of_another_program_are_said_to_be_unchecked(ask_json, home, root, tmp_path, monkeypatch):
    folder = Path(shutil.copytree(root / "config", tmp_path / "config"))
    file = folder / "scenarios" / "alibaba.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[tempering]\nvalue = 0.25", "[tempering]\nvalue = 0.2"), encoding="utf-8")
    monkeypatch.setenv("AICYCLE_CONFIG", str(folder))
    assert ask_json("verify", at=home)["tables_not_checked"] == {}, "they come out alike: tempering is not theirs"
    _alter(home, "UPDATE marts.segment_metrics SET value = value + 1 WHERE company = 'Alibaba'")
    verified = ask_json("verify", at=home)
    assert verified["tables_not_checked"] == {"marts.segment_metrics": "made by another program (parameters_digest)"}
    assert "marts.segment_metrics" not in verified["tables_checked"]


def test_verifying_needs_to_write_nothing(ask, home):
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        code, out, err = ask("verify", at=home)
        assert code == 0, err or out
    finally:
        for folder in folders:
            folder.chmod(0o755)
    if os.geteuid():
        assert before == {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}


# --- the same facts, whatever their order ----------------------------------------------------------------------------

SHUFFLED = ("prices.csv", "cycle_events.csv", "capex_events.csv", "reported_figures.csv", "fx.csv")


def test_two_homes_shuffled_files_other_hash_seeds_one_answer(sample_dir, tmp_path, root):
    answers = []
    for seed in (1, 2):
        recording, home = _small(sample_dir, tmp_path / f"recording{seed}"), tmp_path / f"home{seed}"
        draw = random.Random(seed)  # noqa: S311 - an order, not a secret
        for name in SHUFFLED:
            header, *rows = (recording / name).read_text(encoding="utf-8").splitlines(keepends=True)
            draw.shuffle(rows)
            (recording / name).write_text("".join([header, *rows]), encoding="utf-8")
        environment = os.environ | {"PYTHONHASHSEED": str(seed), "PREFECT_HOME": str(tmp_path / f"prefect{seed}")}
        command = [sys.executable, "-m", "aicycle", "--home", str(home)]
        for words in (["run", "--recording", str(recording)], ["verify", "--all"]):
            subprocess.run([*command, *words], env=environment, cwd=root, check=True, capture_output=True)
        with Warehouse(home).read() as reader:
            scenarios = reader.frame("marts.scenario_runs").select("run_id", "digest", "facts_digest").rows()
            phases = reader.frame("marts.phase_assessments").drop("created_at", "load_seq").rows()
        answers.append((scenarios, phases))
    assert answers[0] == answers[1]
