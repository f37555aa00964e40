"""The command line as people and programs meet it: answers, exit codes, errors without tracebacks."""

from __future__ import annotations

import json
import shutil
from datetime import datetime

import duckdb
import polars as pl
import pytest

from aicycle.cli import main
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from warehouse import Warehouse

SCENARIO_KEYS = {
    "company", "as_of", "basis", "bands_basis", "price_usd", "price_session", "market_state", "scenarios", "run_id",
    "digest", "stale", "held_because",
}  # fmt: skip
BAND_KEYS = {
    "name", "probability", "target_low_usd", "target_high_usd", "p10_usd", "p50_usd", "p90_usd", "status",
}  # fmt: skip
PHASE_KEYS = {
    "company", "segment", "phase", "probabilities", "abstained", "reasons", "evidence", "basis", "status",
}  # fmt: skip
RUN_KEYS = {"new_rows", "duplicate_rows", "quarantined_rows", "new_alerts", "held", "snapshot", "seconds"}


@pytest.fixture(scope="module")
def home(tmp_path_factory, sample_dir):
    """A home in which the demo's two runs have ended."""
    folder = tmp_path_factory.mktemp("cli") / "home"
    for as_of in ("2025-09-28", None):
        run_pipeline(build_runtime(home=str(folder), recording=str(sample_dir)), as_of)
    return folder


@pytest.fixture
def ask(home, capsys):
    """Type a command; return exit code, standard output, standard error."""

    def typed(*words, at=home):
        code = main([*words, *(["--home", str(at)] if at else [])])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return typed


@pytest.fixture
def ask_json(ask):
    def typed(*words, **more):
        code, out, _ = ask(*words, "--json", **more)
        assert code == 0
        return json.loads(out)

    return typed


@pytest.mark.parametrize(
    ("day", "state", "basis", "bands_basis", "session", "price"),
    [
        ("2025-09-28", "realistic", "hindsight", "live", "2025-09-26", 171.91),
        ("2024-12-31", "pessimistic", "hindsight", "hindsight", "2024-12-31", 84.79),
        ("2025-10-02", "gap_upper", "hindsight", "live", "2025-10-02", 189.34),
    ],
)
def test_the_scenario_of_a_day(ask_json, day, state, basis, bands_basis, session, price):  # noqa: PLR0917
    answer = ask_json("scenario", "--as-of", day)
    assert set(answer) >= SCENARIO_KEYS
    assert answer["as_of"] == day
    assert (answer["market_state"], answer["basis"], answer["bands_basis"]) == (state, basis, bands_basis)
    assert (answer["price_session"], answer["price_usd"]) == (session, price)
    assert [s["name"] for s in answer["scenarios"]] == ["pessimistic", "realistic", "optimistic"]
    assert all(set(s) >= BAND_KEYS for s in answer["scenarios"])
    assert sum(s["probability"] for s in answer["scenarios"]) == pytest.approx(1, abs=1e-12)
    assert (answer["stale"], answer["held_because"]) == (False, None)
    assert ask_json("scenario", "--as-of", day)["digest"] == answer["digest"]


def test_the_last_stored_run_is_what_is_answered(ask_json, home):
    answer = ask_json("scenario")
    with Warehouse(home).read() as reader:
        runs = reader.frame("marts.scenario_runs").filter(pl.col("company") == "Alibaba")
        newest = runs.sort("as_of").to_dicts()[-1]
    assert (answer["run_id"], answer["digest"]) == (newest["run_id"], newest["digest"])


def test_each_scenario_has_its_path_to_the_horizon(ask_json):
    answer = ask_json("scenario", "--as-of", "2025-09-28")
    assert answer["projection_null_reason"] is None
    for scenario in answer["scenarios"]:
        assert len(scenario["paths"]) == 21
        assert (scenario["paths"][0]["quarter_end"], scenario["paths"][-1]["quarter_end"]) == (
            "2025-12-31",
            "2030-12-31",
        )
        assert 0 < scenario["p10_usd"] < scenario["p50_usd"] < scenario["p90_usd"]


def test_the_bands_are_confronted(ask, ask_json):
    answer = ask_json("eval", "scenarios")
    assert answer["as_of"] == "2025-09-28"
    assert answer["degrees_of_freedom"] == 3
    assert len(answer["scenarios"]) == 6
    assert all(abs(s["residual_low_usd"]) < 1e-9 for s in answer["scenarios"])
    code, out, _ = ask("eval", "scenarios", "--company", "Nvidia")
    assert code == 0
    assert out.count("optimistic: ") == 2, "a sentence for each scenario and reading"


def test_what_must_be_true_for_a_price(ask, ask_json):
    answer = ask_json("what-if", "--target", "180", "--as-of", "2025-09-28")
    assert (answer["target_usd"], answer["as_of"]) == (180, "2025-09-28")
    for rows in answer["readings"].values():
        assert len(rows) == 3 * 5
        assert all((row["needed"] is None) == (row["reason"] is not None) for row in rows)
    code, out, _ = ask("what-if", "--target", "180")
    assert code == 0
    assert "multiple" in out


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("what-if", "--target", "-3"), 2),
        (("what-if", "--target", "nan"), 2),
        (("what-if", "--target", "180", "--company", "Microsoft"), 2),
        (("eval", "scenarios", "--company", "Nobody"), 2),
        (("what-if", "--target", "180", "--as-of", "2024-01-01"), 1),
    ],
)
def test_what_can_not_be_valued_says_why(ask, command, code):
    found, _, error = ask(*command)
    assert found == code, error
    assert error.strip()


def test_a_company_without_scenarios_says_so(ask_json):
    answer = ask_json("scenario", "--company", "Microsoft", "--as-of", "2024-03-28")
    assert answer["price_usd"] == pytest.approx(420.72, abs=0.01)
    assert answer["scenarios"] == []
    assert "no scenario set" in answer["note"]


def test_phases_of_the_articles_day(ask_json):
    answers = ask_json("phases", "--as-of", "2025-09-28")
    assert {a["segment"] for a in answers} == {"cloud", "models", "chips", "e-commerce", "fintech", "logistics"}
    for answer in answers:
        assert set(answer) >= PHASE_KEYS
        assert set(answer["probabilities"]) == {"1", "2", "3", "4"}
        assert answer["phase"] in {1, 2, 3, None}
        assert answer["reasons"], "a phase or an abstention has its reasons"
        assert (answer["phase"] is None) == answer["abstained"]


def test_eval_phases_holds_them_against_the_map(ask_json, ask):
    found = ask_json("eval", "phases", "--permutations", "200")
    keys = {"as_of", "basis", "company", "segments", "hits", "abstentions", "errors", "baselines", "sensitivity",
            "permutation", "ablation", "elsewhere", "not_assessed"}  # fmt: skip
    assert keys <= set(found)
    assert found["as_of"].startswith("2025-09-28T23:59:59")
    assert found["hits"] + found["abstentions"] + found["errors"] == len(found["segments"]) == 6
    assert {s["segment"] for s in found["segments"]} == {
        "cloud", "models", "chips", "e-commerce", "fintech", "logistics",
    }  # fmt: skip
    assert {b["name"] for b in found["baselines"]} == {"dictionary", "never changes", "majority phase"}
    assert found["sensitivity"]["cells"] >= 27
    assert (found["permutation"]["permutations"], found["permutation"]["seed"]) == (200, 0)
    code, out, _ = ask("eval", "phases", "--permutations", "200")
    assert code == 0
    for said in (
        f"{found['hits']} hits",
        "dictionary",
        "Claimed from the map",
        "Permutation (200, seed 0)",
        "stability",
    ):
        assert said in out


def test_eval_phases_of_another_company_and_day(ask_json):
    found = ask_json("eval", "phases", "--company", "Nvidia", "--as-of", "2025-12-31", "--permutations", "200")
    assert [s["result"] for s in found["segments"]] == ["not mapped"]
    assert found["permutation"]["mean_accuracy"] is None


def test_eval_phases_where_no_event_is_known_abstains(ask_json, sample_dir, tmp_path):
    recording, home = tmp_path / "recording", tmp_path / "home"
    recording.mkdir()
    (recording / "fx.csv").write_bytes((sample_dir / "fx.csv").read_bytes())
    run_pipeline(build_runtime(home=str(home), recording=str(recording)), None)
    found = ask_json("eval", "phases", "--permutations", "200", at=home)
    assert (found["hits"], found["abstentions"], found["errors"]) == (0, 6, 0)
    assert len(found["not_assessed"]) == 6


def test_players_of_the_articles_day(ask_json, ask):
    answer = ask_json("players", "--as-of", "2025-09-28")
    assert set(answer) >= {"as_of", "basis", "status", "note", "players", "checks", "stale"}
    assert (answer["as_of"], answer["basis"], answer["status"]) == ("2025-09-28", "hindsight", "assumption")
    assert {p["company"] for p in answer["players"]} >= {"Nvidia", "Alibaba", "Huawei"}
    for player in answer["players"]:
        assert (player["index"] is None) == (player["null_reason"] is not None)
    for check in answer["checks"]:
        assert check["result"] in {"holds", "fails", "not checkable"}
        assert check["status"] == "article"
        assert check["sentence"]
    _, said, _ = ask("players", "--as-of", "2025-09-28")
    assert all(check["check_id"] in said for check in answer["checks"])


def test_alerts_and_the_silent_baseline(ask_json):
    raised, everything = ask_json("alerts"), ask_json("alerts", "--all")
    assert {a["status"] for a in raised} == {"raised"}
    assert {a["status"] for a in everything} == {"raised", "baseline"}
    assert len(raised) < len(everything)
    assert all("simulated" in a["message"] for a in raised if a["price_basis"] == "simulated")


@pytest.mark.parametrize("how", ["table", "json", "csv"])
def test_sql_in_three_formats(ask, how):
    code, out, _ = ask("sql", "SELECT 1 AS one, 'a,\"b' AS text, NULL AS nothing", "--format", how)
    assert code == 0
    if how == "json":
        assert json.loads(out) == [{"one": 1, "text": 'a,"b', "nothing": None}]
    elif how == "csv":
        assert out.splitlines() == ["one,text,nothing", '1,"a,""b",']
    else:
        assert "one" in out.splitlines()[0]


def test_sql_shows_no_control_characters(ask):
    code, out, _ = ask("sql", "SELECT chr(27) || '[31mred' AS t")
    assert code == 0
    assert "\x1b" not in out


def test_the_path_opens_in_any_duckdb_client(ask):
    code, out, _ = ask("path")
    assert code == 0
    with duckdb.connect(out.strip(), read_only=True) as client:
        assert client.execute("SELECT count(*) FROM core.daily_bars").fetchall()[0][0] == 2505


def test_the_report_is_one_file(ask, tmp_path):
    target = tmp_path / "deep" / "report.html"
    code, out, _ = ask("report", "--output", str(target))
    assert (code, out.strip()) == (0, str(target))
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<caption>What moved the probabilities, in percentage points</caption>" in page
    for section in ("road", "players", "record"):
        assert f'<section id="{section}"' in page


def test_status_and_digest(ask_json):
    status = ask_json("status")
    assert status["rows"]["core.daily_bars"] == 2505
    assert {f["table_name"] for f in status["freshness"]} >= {"core.daily_bars", "core.reported_figures"}
    assert status["held"] == []
    digest = ask_json("digest")
    assert digest == ask_json("digest")
    assert "linux" in digest["platform"] or "darwin" in digest["platform"]


def test_a_run_that_changes_nothing_says_so(ask, sample_dir):
    code, out, _ = ask("run", "--recording", str(sample_dir), "--json")
    summary = json.loads(out)
    assert code == 0
    assert set(summary) >= RUN_KEYS
    assert (summary["new_rows"], summary["new_alerts"], summary["quarantined_rows"]) == (0, 0, 0)
    assert summary["duplicate_rows"] > 2945, "the rows of the files, and what the texts say"
    for file in summary["files"]:
        assert file["rows_in"] == file["stored"] + file["duplicate"] + file["quarantined"]
    datetime.fromisoformat(summary["as_of"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("scenario", "--as-of", "yesterday"), 2, "no as-of day"),
        (("scenario", "--as-of", "2025-02-30"), 2, "no as-of day"),
        (("scenario", "--as-of", "2025-09-28T10:00:00"), 2, "no as-of day"),
        (("scenario", "--as-of", "1999-01-01"), 1, "nothing was known yet"),
        (("scenario", "--company", "Acme"), 2, "there is no company 'Acme'"),
        (("phases", "--company", "Acme"), 2, "no segments of 'Acme'"),
        (("eval", "phases", "--company", "Acme"), 2, "there is no company 'Acme'"),
        (("eval", "phases", "--as-of", "1999-01-01"), 1, "nothing was known yet"),
        (("eval", "phases", "--permutations", "3"), 2, "200"),
        (("report", "--company", "Acme"), 2, "there is no company 'Acme'"),
        (("sql", "SELEC 1"), 2, "can't be run"),
        (("sql", "SELECT 1", "--format", "xml"), 2, "xml"),
        (("run", "--recording", "no-such-folder"), 2, "there is no folder no-such-folder"),
        (("dance",), 2, "dance"),
    ],
)
def test_wrong_calls_end_with_what_to_do(ask, words, code, said):
    found, _, err = ask(*words)
    assert found == code
    assert said in err
    if "aicycle:" in err:
        assert "next:" in err or "expected:" in err


@pytest.fixture
def configured(root, tmp_path, monkeypatch):
    """`configured(*files)`: config/ without these scenario files."""

    def without(*files):
        folder = tmp_path / "config"
        shutil.copytree(root / "config", folder)
        for file in files:
            (folder / "scenarios" / file).unlink()
        monkeypatch.setenv("AICYCLE_CONFIG", str(folder))

    return without


def test_the_company_that_is_meant_is_the_first_scenario_sets(ask, ask_json, configured, tmp_path):
    configured("alibaba.toml")
    assert ask_json("scenario")["company"] == "Nvidia"
    assert {a["company"] for a in ask_json("phases")} == {"Nvidia"}
    assert ask_json("what-if", "--target", "180", "--company", "Nvidia") == ask_json("what-if", "--target", "180")
    code, _, _ = ask("report", "--output", str(tmp_path / "report.html"))
    assert code == 0
    assert "Nvidia" in (tmp_path / "report.html").read_text(encoding="utf-8").split("</title>")[0]


def test_without_scenarios_all_phases_are_shown_and_a_scenario_asks_for_a_name(ask, ask_json, configured):
    configured("alibaba.toml", "nvidia.toml")
    shown = ask_json("phases")
    assert shown == ask_json("phases", "--company", "all")
    assert len({a["company"] for a in shown}) > 1
    code, _, err = ask("scenario")
    assert (code, "there are no scenarios at all" in err, "--company NAME" in err) == (2, True, True)


def test_an_overview_needs_no_scenarios(home, configured, capsys):
    from aicycle.cli import pages
    from aicycle.cli.session import open_session

    configured("alibaba.toml", "nvidia.toml")
    session = open_session(home)
    with session.view(None) as view, session.reader() as reader:
        pages.print_overview(view, reader.frame("ops.alerts"))
    assert "Thresholds crossed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("players",), ("eval", "phases"), ("eval", "scenarios"), ("what-if",), ("backtest",), ("forecasts",),
    ],
)  # fmt: skip
def test_options_that_are_shared_are_said_in_the_same_words(capsys, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "200")
    main([*words, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Else AICYCLE_HOME" in said


def test_an_empty_home_says_how_to_fill_it(ask, tmp_path):
    code, _, err = ask("scenario", at=tmp_path / "nothing")
    assert code == 1
    assert "aicycle demo" in err
    assert not (tmp_path / "nothing").exists(), "asking leaves no trace"


def test_a_home_that_is_a_file_is_said(ask, tmp_path):
    (tmp_path / "file").write_text("no folder")
    code, _, err = ask("status", at=tmp_path / "file")
    assert code == 1
    assert "Not a directory" in err
    assert "next:" in err


def test_real_data_do_not_enter_a_simulated_home(ask, tmp_path):
    header = "symbol,session,open,high,low,close,volume,currency,price_basis\n"
    (tmp_path / "prices.csv").write_text(header + "BABA,2025-01-02,1,1,1,1,1,USD,as_traded\n")
    code, _, err = ask("run", "--recording", str(tmp_path))
    assert code == 2
    assert "never share a home" in err
