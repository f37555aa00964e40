"""Killed anywhere, run again: the warehouse equals one that was never disturbed. Readers never notice a writer."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
import time
from pathlib import Path

import crash_child
import polars as pl
import pytest

from aicycle.cli.pages import digest_json
from aicycle.errors import NothingPublishedError
from warehouse import BOUNDARIES, Warehouse

STAGES = ("ingest", "audit", "transform", "recompute-scenarios", "raise-alerts")
FAULTS = [b for b in BOUNDARIES if not b.startswith("commit.")] + [
    f"{stage}:{b}" for stage in STAGES for b in BOUNDARIES if b.startswith("commit.")
]
RANDOM_KILLS = 20


@pytest.fixture(scope="module")
def run_child(exit_code_of):
    def run(home, recording, **how) -> int:
        return exit_code_of(crash_child.run, str(home), str(recording), **how)

    return run


def _digest(home) -> dict:
    with Warehouse(home).read() as reader:
        return digest_json(reader)


@pytest.fixture(scope="module")
def small(sample_dir, tmp_path_factory):
    """The sample with the prices of one listing since June 2025: every stage has work, and a run is short.

    The gate stops two of its bars (`crash_child.FAILING_SESSIONS`), and one file can't be read at all.
    """
    folder = Path(shutil.copytree(sample_dir, tmp_path_factory.mktemp("small") / "recording"))
    lines = (folder / "prices.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.startswith("BABA,2025-") and line[10:12] >= "06"]
    (folder / "prices.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    (folder / "fx.csv").write_text("pair,day,price\nUSDCNY,2025-06-02,7.19\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(run_child, small, tmp_path_factory):
    """The digest of a run that nobody killed, and how long it took."""
    home = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    assert run_child(home, small) == 0
    seconds = time.monotonic() - started
    with Warehouse(home).read() as reader:
        quarantine, holds = reader.frame("ops.quarantine"), reader.frame("ops.holds")
    stopped = quarantine.filter(pl.col("table_name") == "core.daily_bars")
    assert stopped.height == len(crash_child.FAILING_SESSIONS), "the gate stops bars"
    assert quarantine.filter(pl.col("name") == "fx.csv")["source_line"].to_list() == [0], "a file is refused whole"
    assert holds.height >= 2
    assert 0 < holds["until"].null_count() < holds.height, "a hold was lifted, and one stands"
    return _digest(home), seconds


def test_two_undisturbed_homes_are_equal(undisturbed, run_child, small, tmp_path):
    assert run_child(tmp_path, small) == 0
    assert _digest(tmp_path) == undisturbed[0]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_killed_at_a_boundary_and_run_again(fault, undisturbed, run_child, small, tmp_path):
    killed = run_child(tmp_path, small, fault=fault)
    assert killed == -signal.SIGKILL, f"{fault} was never reached"
    assert run_child(tmp_path, small) == 0
    assert _digest(tmp_path) == undisturbed[0]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_random_moments_and_run_again(undisturbed, run_child, small, tmp_path, record_property):
    digest, seconds = undisturbed
    draw = random.Random(20261123)  # noqa: S311 - moments, not secrets
    stages = []
    for kill in range(RANDOM_KILLS):
        home = tmp_path / str(kill)
        home.mkdir()
        killed = run_child(home, small, kill_after_seconds=draw.uniform(0.05, 1.0) * seconds)
        holder = home / "queue" / "holder.json"
        if killed == -signal.SIGKILL and holder.exists():
            stages.append(json.loads(holder.read_text())["stage"])
        with contextlib.suppress(NothingPublishedError):
            _digest(home)
        assert run_child(home, small) == 0
        assert _digest(home) == digest, f"kill {kill}"
    inside = [s for s in stages if s != "publish"]
    record_property("kills_inside_a_transaction", len(inside))
    record_property("kills_inside_a_publication", len(stages) - len(inside))
    assert inside, "no kill fell inside a transaction: the test proves nothing"


@pytest.mark.slow
def test_two_hundred_reads_beside_a_writer(forks, small, run_child, tmp_path):
    recording = shutil.copytree(small, tmp_path / "recording")
    home, stop = tmp_path / "home", tmp_path / "stop"
    assert run_child(home, recording) == 0
    writer = forks.Process(target=crash_child.write_for_ever, args=(str(home), str(recording), str(stop)))
    writer.start()
    seen = set()
    try:
        for _ in range(200):
            with Warehouse(home).read() as reader:
                bars = reader.frame("core.daily_bars")
                runs = reader.frame("marts.scenario_runs")
                assert bars.height >= 100
                assert runs.height >= 2
                seen.add(reader.path)
            time.sleep(0.01)
    finally:
        stop.touch()
        writer.join(60)
    assert writer.exitcode == 0
    rounds = json.loads(stop.with_suffix(".json").read_text())["rounds"]
    assert rounds >= 3
    assert len(seen) >= 3, "the reads saw the writer's publications"
