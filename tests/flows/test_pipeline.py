"""The pipeline as a data engineer meets it: run, run again, change something, break something."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.sorting import ArtifactSort

from aicycle.errors import ExitCode, SourceDownError
from aicycle.settings.configuration import load_configuration
from aicycle.settings.resources import config_folder
from aicycle.sources.protocol import Refused, Subject
from flows.embedded import run_pipeline
from warehouse import Warehouse

SUBJECT = Subject("symbol", "BABA", "close")
LATER = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def _gate_artifact():
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(sort=ArtifactSort.CREATED_DESC, limit=1)
    return f"{found[0].key}: {found[0].data}"


def _reader(tmp_path):
    return Warehouse(tmp_path / "home").read()


def _runs(reader):
    return reader.frame("marts.scenario_runs").filter(pl.col("company") == "Alibaba")


def test_a_run_balances_and_a_second_one_changes_nothing(recording_copy, run_on, tmp_path):
    first = run_on(recording_copy)
    assert first.is_balanced
    assert first.total("stored") == first.total("rows_in") > 2_900
    assert (first.total("quarantined"), first.held, first.refused_files) == (0, [], [])
    assert first.exit_code == ExitCode.DONE
    second = run_on(recording_copy)
    assert second.is_balanced
    assert (second.total("stored"), second.new_runs, second.new_alerts) == (0, 0, 0)
    assert second.total("duplicate") == first.total("stored")
    assert second.snapshot == first.snapshot, "nothing new is published"


def test_one_changed_value_and_one_new_row(recording_copy, run_on, tmp_path):
    run_on(recording_copy)
    prices = recording_copy / "prices.csv"
    _edit(prices, "BABA,2025-12-31,146.58,146.58,146.58,146.58", "BABA,2025-12-31,146.58,146.70,146.58,146.60")
    with prices.open("a", encoding="utf-8") as file:
        file.write("BABA,2026-01-02,150,151,149,150.5,1000,USD,as_traded\n")
    changed = run_on(recording_copy, now=LATER)
    assert (changed.total("stored"), changed.total("restated")) == (2, 1)
    with _reader(tmp_path) as reader:
        versions = reader.sql(
            "SELECT close, known_at, revision FROM core.daily_bars "
            "WHERE symbol = 'BABA' AND session = DATE '2025-12-31' ORDER BY revision"
        )
    assert versions["close"].to_list() == [146.58, 146.60]
    assert versions["known_at"].to_list() == [datetime(2025, 12, 31, 21, 15, tzinfo=UTC), LATER]


def test_a_restatement_does_not_change_what_was_known_before(recording_copy, run_on, tmp_path):
    run_on(recording_copy)
    _edit(
        recording_copy / "prices.csv",
        "BABA,2025-09-26,171.91,171.91,171.91,171.91",
        "BABA,2025-09-26,171.8,171.8,171.8,171.8",
    )
    run_on(recording_copy, now=LATER)
    with _reader(tmp_path) as reader:
        read = "SELECT close FROM core.daily_bars_as_of('{}') WHERE symbol = 'BABA' AND session = DATE '2025-09-26'"
        assert reader.sql(read.format("2025-09-28"))["close"].to_list() == [171.91]
        assert reader.sql(read.format("2026-12-01"))["close"].to_list() == [171.8]


def test_a_poisoned_price_holds_alibaba_and_nobody_else_until_it_is_corrected(recording_copy, run_on, tmp_path):
    clean = run_on(recording_copy, home="clean")
    prices = recording_copy / "prices.csv"
    good = "BABA,2025-12-31,146.58,146.58,146.58,146.58"
    _edit(prices, good, "BABA,2025-12-31,146.58,146.58,146.58,-146.58")
    held = run_on(recording_copy)
    assert held.total("quarantined") == 1
    assert held.is_balanced
    assert [(h.subject_id, h.metric) for h in held.held] == [("BABA", "close")]
    assert held.held[0].outputs == ["marts.forecasts/Alibaba", "marts.scenario_runs/Alibaba"]
    assert "prices.csv" in held.held[0].cause
    assert held.exit_code == ExitCode.HELD
    assert "1 rows stopped, 1 subjects held" in _gate_artifact()
    with _reader(tmp_path) as reader:
        assert reader.frame("ops.notices").select("subject_id", "kind").rows() == [("BABA", "opened")]
        run = _runs(reader).to_dicts()[0]
        phases = reader.frame("marts.phase_assessments")
    assert run["is_stale"]
    assert run["price_session"].isoformat() == "2025-12-30", "the last good result"
    assert "-146.58" in run["held_because"]
    assert not phases["is_stale"].any()
    _edit(prices, "BABA,2025-12-31,146.58,146.58,146.58,-146.58", good)
    fixed = run_on(recording_copy)
    assert (fixed.held, fixed.exit_code) == ([], ExitCode.DONE)
    with _reader(tmp_path) as reader:
        assert reader.frame("ops.notices")["kind"].sort().to_list() == ["lifted", "opened"]
    with _reader(tmp_path) as reader, Warehouse(tmp_path / "clean").read() as other:
        for table in ("core.daily_bars", "marts.segment_metrics", "ops.holds"):
            # The address differs: the good rows were read from the poisoned file, before it was corrected.
            drop = ["load_seq", "payload_sha256", "byte_start", "byte_end"]
            mine, theirs = reader.frame(table), other.frame(table)
            assert mine.drop(drop, strict=False).equals(theirs.drop(drop, strict=False)), table
        newest = _runs(reader).filter(~pl.col("is_stale"))["digest"].to_list()
        assert _runs(other)["digest"][0] in newest
    assert clean.exit_code == ExitCode.DONE


def test_a_hold_on_somebody_else_leaves_a_run_as_it_is(recording_copy, run_on, tmp_path):
    run_on(recording_copy, home="clean")
    lines = (recording_copy / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    poisoned = [line.replace(line.split(",")[5], "-1", 1) if "NVDA,2025-11-20" in line else line for line in lines]
    (recording_copy / "prices.csv").write_text("".join(poisoned), encoding="utf-8")
    assert run_on(recording_copy).total("quarantined") == 1
    with _reader(tmp_path) as reader, Warehouse(tmp_path / "clean").read() as other:
        assert reader.frame("ops.holds").height == 1
        mine, theirs = (_runs(r) for r in (reader, other))
    assert mine.select("run_id", "digest").rows() == theirs.select("run_id", "digest").rows()


def test_what_phases_are_made_of_is_stored_with_them(recording_copy, run_on, tmp_path):
    for as_of in ("2025-09-28", None):
        run_on(recording_copy, as_of=as_of)
        run_on(recording_copy, as_of=as_of)
    with _reader(tmp_path) as reader:
        phases, features = reader.frame("marts.phase_assessments"), reader.frame("marts.phase_features")
    assert phases["run_id"].n_unique() == features["run_id"].n_unique() == 2
    assert not features.select("run_id", "company", "segment", "feature").is_duplicated().any()
    assert phases.join(features, on=["run_id", "company", "segment"], how="anti").is_empty()
    assert features.join(phases, on=["run_id", "company", "segment"], how="anti").is_empty()


def test_a_poisoned_figure_holds_the_phases_that_read_it_and_no_others(recording_copy, run_on, tmp_path):
    run_on(recording_copy, home="clean")
    figures = recording_copy / "reported_figures.csv"
    lines = figures.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(
        n for n, line in enumerate(lines)
        if line.startswith("Alibaba,Cloud Intelligence Group,2025_four_segments,revenue") and "2025-09-30" in line
    )  # fmt: skip
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:7], "a lot", *cells[8:]])
    figures.write_text("".join(lines), encoding="utf-8")
    held = run_on(recording_copy)
    assert held.total("quarantined") == 1
    with _reader(tmp_path) as reader, Warehouse(tmp_path / "clean").read() as other:
        phases = reader.frame("marts.phase_assessments")
        mine, theirs = (r.frame("marts.phase_features") for r in (reader, other))
    stale = phases.filter(pl.col("is_stale")).select("company", "segment").rows()
    assert stale == [("Alibaba", "cloud")]
    assert phases.filter(pl.col("is_stale"))["facts_as_of"].item() < phases["as_of"].max()
    of_others = (pl.col("company") != "Alibaba") | (pl.col("segment") != "cloud")
    assert mine.filter(of_others).drop("run_id").equals(theirs.filter(of_others).drop("run_id"))
    assert mine.filter(~of_others).height == theirs.filter(~of_others).height


def test_a_withdrawn_row_holds_nobody_any_more(recording_copy, run_on, tmp_path):
    events = recording_copy / "cycle_events.csv"
    clean = events.read_text(encoding="utf-8")
    row = "x6,x6,2025-09-22,2025-09-22,day,Alibaba,fintech,regulation,9,CN,true,Odd,somebody,en,unchecked,\n"
    events.write_text(clean + row, encoding="utf-8")
    held = run_on(recording_copy)
    assert [(h.subject_id, h.metric) for h in held.held] == [("Alibaba/fintech", "events")]
    assert set(held.held[0].outputs) == {
        "marts.forecasts/Alibaba",
        "marts.phase_assessments/Alibaba/fintech",
        "marts.scenario_runs/Alibaba",
        "marts.segment_metrics/Alibaba/fintech",
        "marts.player_influence/all tracked",
    }
    again = run_on(recording_copy)
    assert len(again.held) == 1, "the same file again changes nothing"
    events.write_text(clean + "\n", encoding="utf-8")
    freed = run_on(recording_copy, now=LATER)
    assert (freed.held, freed.exit_code) == ([], ExitCode.DONE)
    with _reader(tmp_path) as reader:
        assert not _runs(reader).sort("as_of").to_dicts()[-1]["is_stale"]


def test_a_company_that_joins_the_universe_gets_its_waiting_rows(recording_copy, run_on, runtime_on, tmp_path):
    with (recording_copy / "prices.csv").open("a", encoding="utf-8") as file:
        file.write("NEWCO,2025-12-31,10,10,10,10,1,USD,as_traded\n")
    first = run_on(recording_copy)
    assert first.total("quarantined") == 1
    config = Path(shutil.copytree(Path(str(config_folder())), tmp_path / "config"))
    universe = config / "universe.toml"
    listing = universe.read_text(encoding="utf-8").split("[[companies.listings]]")[1].split("[[companies")[0]
    newco = '\n[[companies]]\nname = "Newco"\nreporting_currency = "USD"\n\n[[companies.listings]]' + listing.replace(
        '"BABA"', '"NEWCO"'
    )
    universe.write_text(universe.read_text(encoding="utf-8") + newco, encoding="utf-8")
    runtime = runtime_on(recording_copy)
    summary = run_pipeline(replace(runtime, configuration=load_configuration(config)), None)
    assert (summary.total("stored"), summary.total("restated"), summary.total("quarantined")) == (1, 0, 0)


def test_a_file_that_can_not_be_read_is_refused_and_the_rest_goes_on(recording_copy, run_on, tmp_path):
    _edit(recording_copy / "fx.csv", "pair,session,rate", "pair,day,rate")
    (recording_copy / "actions.csv").write_bytes(b"")
    for attempt in ("first", "again"):
        summary = run_on(recording_copy)
        said = " | ".join(summary.refused_files)
        assert "fx.csv" in said, attempt
        assert "session" in said, "the missing column is named"
        assert "actions.csv" in said
        assert summary.exit_code == ExitCode.HELD
    with _reader(tmp_path) as reader:
        assert reader.frame("core.daily_bars").height > 2_000
        assert reader.frame("core.fx_rates").is_empty()
        refused = reader.frame("ops.quarantine").filter(pl.col("source_line") == 0)
    assert sorted(refused["name"].unique()) == ["actions.csv", "fx.csv"]


class _DeadSource:
    name = "yahoo"

    def fetch(self):
        yield Refused(name="chart/BABA", reason="no route to host", is_source_down=True, subject=SUBJECT)


def test_a_dead_network_is_an_error_and_a_stale_mark(recording_copy, run_on, tmp_path):
    run_on(recording_copy)
    for _ in range(2):
        with pytest.raises(SourceDownError, match="check the network"):
            run_on(recording_copy, now=LATER, source=_DeadSource())
    with _reader(tmp_path) as reader:
        holds = reader.frame("ops.holds")
        bars = reader.frame("core.daily_bars")
        newest = _runs(reader).sort("as_of").to_dicts()[-1]
    assert holds["subject_id"].to_list() == ["BABA"], "held once, not once per attempt"
    assert bars.height > 2_000, "what was known stays"
    assert newest["is_stale"]
    assert newest["price_usd"] == 146.58
    assert "no route to host" in newest["held_because"]


def test_each_stage_can_run_alone_and_twice(recording_copy, runtime_on):
    from flows.embedded import prepare

    runtime = runtime_on(recording_copy)
    prepare(runtime.warehouse.layout.home)
    from flows.audit import audit
    from flows.ingest import ingest
    from flows.publish import publish
    from flows.raise_alerts import raise_alerts
    from flows.recompute_scenarios import recompute_scenarios
    from flows.runtime import using
    from flows.transform import transform

    with using(runtime):
        assert ingest().changed > 10
        assert ingest().changed == 0
        assert sum(c.stored for c in audit()) > 2_900
        assert audit() == []
        transform()
        transform()
        assert recompute_scenarios().new_runs == 2, "a company with a scenario set each"
        assert recompute_scenarios().new_runs == 0
        assert raise_alerts() == 0, "the first evaluation is silent"
        first = publish()
        assert first
        assert publish() == first


def test_the_first_evaluation_is_silent_and_what_follows_is_raised_once(recording_copy, run_on, tmp_path):
    baseline = run_on(recording_copy, as_of="2025-09-28")
    assert baseline.new_alerts == 0
    later = run_on(recording_copy)
    assert later.new_alerts > 0
    for as_of in ("2025-09-28", None):
        again = run_on(recording_copy, as_of=as_of)
        assert (again.new_alerts, again.snapshot) == (0, later.snapshot), "nothing changes, nothing is published"
    with _reader(tmp_path) as reader:
        alerts = reader.frame("ops.alerts")
        crossed = reader.frame("ops.events").filter(pl.col("name") == "ThresholdCrossed")
    assert alerts.filter(pl.col("status") == "raised").height == later.new_alerts == crossed.height
    assert (alerts.filter(pl.col("status") == "raised")["known_at"] > datetime(2025, 9, 28, tzinfo=UTC)).all()
    assert "pending" not in alerts["status"].to_list()
