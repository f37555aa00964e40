"""`aicycle backtest` and `aicycle forecasts` as people and programs meet them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aicycle.cli import main
from aicycle.cli.backtesting import backtest_answer
from aicycle.cli.own_record import NO_RECORD
from aicycle.model.kinds import MarketState
from aicycle.settings.configuration import load_configuration
from aicycle.settings.resources import config_folder
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from flows.steps.deriving import view_of
from transforms.backtesting import quarter_starts
from warehouse import Warehouse


@pytest.fixture(scope="module")
def home(tmp_path_factory, sample_dir) -> Path:
    folder = tmp_path_factory.mktemp("backtest") / "home"
    run_pipeline(build_runtime(home=str(folder), recording=str(sample_dir)), None)
    return folder


@pytest.fixture
def ask(home, capsys):
    def typed(*words: str) -> tuple[int, str, str]:
        code = main([*words, "--home", str(home)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return typed


def test_a_backtest_walks_every_day_and_reads_only(ask, home) -> None:
    before = {path: path.read_bytes() for path in home.rglob("*.duckdb")}

    code, out, _ = ask("backtest", "--from", "2025-09-01", "--to", "2025-12-31", "--json")

    said = json.loads(out)
    assert code == 0
    assert (said["days"], said["origin"], said["basis"]) == (122, "hindsight", "hindsight")
    alibaba = next(c for c in said["companies"] if c["company"] == "Alibaba")
    assert sum(alibaba["market_states"].values()) == 122
    assert set(alibaba["market_states"]) <= set(MarketState)
    assert 0 < alibaba["probabilities"]["realistic"]["lowest"] <= alibaba["probabilities"]["realistic"]["highest"] < 1
    raised = sum(rule["alerts"] for rule in alibaba["alerts"])
    assert alibaba["alert_budget"]["alerts"] == raised
    assert sum(sum(rule["per_month"].values()) for rule in alibaba["alerts"]) == raised
    assert alibaba["alert_budget"]["months"] == 4
    why = {(row["company"], row["question"]): row["reason"] for row in said["forecasts"]["not_asked"]}
    assert "drawn and never traded" in why["Alibaba", "price_state"]
    assert "no scenario set" in why["Microsoft", "price_state"]
    assert before == {path: path.read_bytes() for path in home.rglob("*.duckdb")}


def test_a_backtest_for_people_says_that_it_is_hindsight(ask) -> None:
    code, out, _ = ask("backtest", "--from", "2025-09-01", "--to", "2025-12-31", "--company", "Alibaba")

    assert code == 0
    assert "Hindsight: nobody said this on those days." in out
    assert "Alert budget:" in out
    assert "days a second" in out


def test_a_company_without_scenarios_says_so(ask) -> None:
    code, out, _ = ask("backtest", "--from", "2025-12-01", "--to", "2025-12-05", "--company", "Microsoft")

    assert code == 0
    assert "Microsoft: on 5 of 5 days: " in out
    assert "no scenario set: neither bands nor probabilities" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2025-12-02", "--to", "2025-12-01"), "lies after"),
        (("--from", "1999-01-01", "--to", "2025-12-01"), "nothing was known yet on 1999-01-01"),
        (("--from", "2025-12-01", "--to", "2031-01-01"), "lies beyond the newest fact"),
        (("--from", "yesterday", "--to", "2025-12-01"), "'yesterday' is no day"),
        (("--from", "2025-12-01", "--to", "2025-02-30"), "'2025-02-30' is no day"),
        (("--from", "2025-12-01", "--to", "2025-12-02", "--company", "Nobody"), "there is no company 'Nobody'"),
        (("--from", "2025-12-01"), "--to"),
    ],
)
def test_a_range_that_can_not_be_walked_is_refused(ask, words: tuple[str, ...], said: str) -> None:
    code, out, err = ask("backtest", *words)

    assert code == 2
    assert said in err
    assert out == ""


def test_our_record_is_live_and_says_that_there_is_none_yet(ask) -> None:
    code, out, _ = ask("forecasts", "--json")
    said = json.loads(out)

    assert code == 0
    assert (said["our_record"], said["our_record_says"]) == ([], NO_RECORD)
    assert {f["origin"] for f in said["forecasts"]} <= {"hindsight"}
    for forecast in said["forecasts"]:
        assert sum(o["probability"] for o in forecast["outcomes"]) == pytest.approx(1)
        assert forecast["state"] in {"open", "overdue", "resolved"}
    assert {"company", "question", "subject", "reason"} == set(said["not_asked"][0])

    code, out, _ = ask("forecasts", "--company", "Alibaba")
    assert code == 0
    assert NO_RECORD in out
    assert "Not asked: Alibaba, price_state" in out
    assert ask("forecasts", "--company", "Nobody")[0] == 2


def test_quarter_starts_are_those_within_the_range() -> None:
    starts = [d.date() for d in quarter_starts(date(2025, 1, 2), date(2025, 10, 1))]

    assert starts == [date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)]


@pytest.mark.recording
def test_the_recording_is_walked_and_its_forecasts_are_scored(recording_dir, tmp_path) -> None:
    runtime = build_runtime(
        home=str(tmp_path / "home"), recording=str(recording_dir), clock=lambda: datetime(2026, 11, 28, tzinfo=UTC)
    )
    run_pipeline(runtime, None)
    with Warehouse(tmp_path / "home").read() as reader:
        view = view_of(reader, load_configuration(config_folder()), None)
    assert view is not None

    said = backtest_answer(view, "2023-01-01", "2025-12-31", None)

    (alibaba,) = (c for c in said["companies"] if c["company"] == "Alibaba")
    assert sum(alibaba["market_states"].values()) == said["days"] == 1096
    records = {record["question"]: record for record in said["forecasts"]["questions"]}
    assert set(records) == {"cloud_growth_above", "capex_above", "price_state", "price_band"}
    assert records["price_band"]["n"] == 9 * 12, "nine listings in dollars, twelve quarters"
    assert 0.85 <= records["price_band"]["coverage"] <= 0.95
    # Spending has run so evenly that nothing beats saying that it goes on; we say so.
    (_, persistence) = records["capex_above"]["comparisons"]
    assert persistence["sentence"].startswith("does not beat persistence")
    # Without scenarios of its own a company keeps its questions about figures and its band.
    nobody = replace(view, configuration=replace(view.configuration, scenario_sets=()))
    alone = backtest_answer(nobody, "2025-01-01", "2025-12-31", "Alibaba")
    assert {r["question"] for r in alone["forecasts"]["questions"]} == {"cloud_growth_above", "price_band"}
