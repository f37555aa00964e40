"""The players' mart and the metrics of all tracked companies, in the pipeline: stored, as of the newest fact, held."""

from __future__ import annotations

import polars as pl

from aicycle.cli import main
from aicycle.contracts import CONTRACTS
from aicycle.errors import ExitCode
from warehouse import Warehouse

GROWN = "Amazon,AWS,as_reported,revenue,2025-07-01,2025-09-30,3,33006000000,USD"


def _frames(home) -> dict[str, pl.DataFrame]:
    with Warehouse(home).read() as reader:
        return {name: reader.frame(name) for name in ("marts.player_influence", "marts.segment_metrics")}


def test_the_influence_of_the_players_is_stored_as_of_the_newest_fact(recording_copy, run_on, tmp_path, capsys):
    run_on(recording_copy, "2025-09-28")
    stored = _frames(tmp_path / "home")["marts.player_influence"]
    run_on(recording_copy)

    assert _frames(tmp_path / "home")["marts.player_influence"].equals(stored)
    assert set(stored["company"]) >= {"Nvidia", "Microsoft", "Amazon", "Alphabet", "Alibaba", "Huawei"}
    assert not stored["is_stale"].any()
    nullable = {c.name for c in CONTRACTS["marts.player_influence"].columns if c.nullable}
    assert all(stored[c].null_count() == 0 for c in stored.columns if c not in nullable)
    metrics = _frames(tmp_path / "home")["marts.segment_metrics"]
    assert set(metrics.filter(pl.col("detail") != "")["metric"]) >= {"events_4q_count", "expected_path_index"}

    assert main(["players", "--as-of", "2025-09-28", "--home", str(tmp_path / "home")]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "hindsight, assumption" in said
    assert "nvidia_first_in_wave_1" in said
    assert "The index is ours" in said


def test_a_poisoned_cloud_marks_what_all_clouds_make_together_and_no_other_company(recording_copy, run_on, tmp_path):
    figures = recording_copy / "reported_figures.csv"
    text = figures.read_text(encoding="utf-8")
    assert GROWN in text
    figures.write_text(text.replace(GROWN, GROWN.replace("33006000000", "many")), encoding="utf-8")

    assert run_on(recording_copy).exit_code == ExitCode.HELD

    frames = _frames(tmp_path / "home")
    marked = frames["marts.segment_metrics"].filter(pl.col("is_stale"))
    assert set(marked.select("company", "segment").iter_rows()) == {("Amazon", "cloud"), ("all tracked", "cloud")}
    assert set(marked.filter(pl.col("company") == "all tracked")["metric"]) == {
        "tracked_cloud_revenue_hhi_index", "tracked_cloud_revenue_coverage_frac",
    }  # fmt: skip
    influence = frames["marts.player_influence"]
    assert influence["is_stale"].all()
    assert influence["held_because"].str.contains("reported_figures.csv").all()
