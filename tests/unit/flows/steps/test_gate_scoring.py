"""The harness with a gate of our own: what it does not stop counts as missed, what it stops as caught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from aicycle.errors import SourceError
from aicycle.model.faults import FaultKind, JudgedAlarm, RowsHit
from aicycle.model.faults import operations as do
from aicycle.settings.configuration import load_configuration
from aicycle.settings.faults import load_scoring_rules
from expectations.gate import CHECKS_SCHEMA, FAILURES_SCHEMA, Audit
from flows.steps.finding import judge_tables
from flows.steps.gate_scoring import blocking_checks, false_alarms, run_trials, scorecard
from flows.steps.gate_world import findings_after, world_of
from transforms.gate.context import GateContext
from transforms.gate.faults.recorded import SHAPES
from transforms.staging.batch import StagedBatch

DEAR = 1000.0
"""The gate of these tests stops closes above it, and above twice the last one that is believed."""


def gate(batches: Sequence[StagedBatch], context: GateContext) -> list[Audit]:
    return [_audit(batch, context) for batch in batches]


def _audit(batch: StagedBatch, context: GateContext) -> Audit:
    dear = batch.frame.clear()
    if batch.contract.name == "daily_bars":
        last = context.rows("core.daily_bars").group_by("symbol").agg(last=pl.col("close").sort_by("session").last())
        beside = batch.frame.join(last, on="symbol", how="left", maintain_order="left")
        dear = beside.filter((pl.col("close") > DEAR) | (pl.col("close") > 2 * pl.col("last")))
    check = {
        "check_name": "close.dear", "severity": "blocking", "is_passed": dear.is_empty(), "is_broken": False,
        "rows_failed": dear.height, "rows_evaluated": batch.frame.height, "rules_version": "own",
    }  # fmt: skip
    failures = {"row_id": dear["row_id"], "check_name": "close.dear", "severity": "blocking", "reason": "dear"}
    return Audit(
        checks=pl.DataFrame([check], schema=CHECKS_SCHEMA),
        failures=pl.DataFrame(failures, schema=FAILURES_SCHEMA),
    )


@pytest.fixture(scope="module")
def configuration(root):
    return load_configuration(root / "config")


@pytest.fixture(scope="module")
def world(sample_dir, configuration):
    return world_of(sample_dir, configuration, timedelta(hours=0.5))


@pytest.fixture(scope="module")
def rules(root):
    read = load_scoring_rules(root / "config")
    return replace(read, alarms_from_year=replace(read.alarms_from_year, value=2025.0))


def kind(name: str, *steps: do.Operation, file: str = "prices.csv", **more) -> FaultKind:
    return FaultKind(name=name, says=name, file=file, do=steps, **more)


TIMES = kind("times", do.Multiply(op="multiply", columns=("close",), by="$size"), sizes=(1.5, 100.0))
TWICE = kind("twice", do.Duplicate(op="duplicate"), expected="absorbed", rows=RowsHit(take="all"))
NOBODY = kind("nobody", do.Negate(op="negate", columns=("rate",)), file="fx.csv", rows=RowsHit(earlier=9999))


def trials_of(world, rules, *kinds: FaultKind, seed: int = 0, trials: int = 3):
    return run_trials(world, kinds, rules, seed=seed, gate=gate, trials=trials)


def test_believed_before_a_day_is_what_was_known_before_it(world):
    day = world.days[len(world.days) // 2]
    context = world.context(day)
    for table in ("core.daily_bars", "core.fx_rates", "core.reported_figures"):
        known = context.rows(table)["known_at"]
        assert known.len() > 0
        assert known.max().date() < day
    together = context.rows("core.daily_bars").height
    assert together == sum(len(rows) for d, rows in world.files["prices.csv"].by_day.items() if d < day)


def test_faults_are_caught_or_missed_by_the_gate_that_is_given(world, rules):
    made = trials_of(world, rules, TIMES)
    results = {(trial.size, trial.outcome.result) for trial in made}
    assert results == {(1.5, "missed"), (100.0, "caught")}
    assert {trial.class_ for trial in made} == {"single listing", "twin listing"}
    assert len(made) == 2 * 2 * 3
    caught = [trial for trial in made if trial.size == 100.0]
    assert all(trial.outcome.is_exact for trial in caught)
    assert {check for trial in caught for check in trial.outcome.checks} == {"core.daily_bars/close.dear"}


def test_what_a_good_pipeline_absorbs_is_absorbed(world, rules):
    assert [trial.outcome.result for trial in trials_of(world, rules, TWICE)] == ["absorbed"] * 3


def test_a_kind_that_leaves_little_to_chance_asks_for_fewer_trials(world, rules):
    few = replace(TWICE, trials=1)
    assert len(trials_of(world, rules, few)) == 1
    assert len(trials_of(world, rules, replace(TWICE, trials=9))) == 3


def test_the_seed_decides_and_nothing_else(world, rules):
    alone, beside = trials_of(world, rules, TIMES), trials_of(world, rules, TWICE, TIMES)
    assert alone == [trial for trial in beside if trial.kind == "times"]
    assert alone == trials_of(world, rules, TIMES)
    bit = kind("bit", do.Multiply(op="multiply", columns=("open", "high", "low", "close"), by=1.02))
    moved = [[t.p_natural for t in trials_of(world, rules, bit, seed=seed)] for seed in (0, 1)]
    assert moved[0] != moved[1]


def test_a_kind_without_a_row_is_reported_as_such(world, rules):
    short = replace(rules, alarms_from_year=replace(rules.alarms_from_year, value=2031.0))
    content = scorecard(world, [NOBODY, TIMES], short, seed=0, gate=gate, trials=1)
    assert content["kinds"][0] == {
        "kind": "nobody", "says": "nobody", "detection": None, "expected": "caught", "cells": [],
        "note": "no row to hit",
    }  # fmt: skip
    assert content["sole_catchers"]["core.daily_bars/close.dear"] == ["times/100.0"]
    assert content["false_alarms"] == {"batches": 0, "alarms": 0, "share": None, "listed": []}
    assert content["trials"] == 4


def test_alarms_about_clean_days_are_listed_with_what_people_said(world, rules, configuration):
    def nervous(batches, context):
        if batches[0].contract.name != "daily_bars":
            return gate(batches, context)
        dearer = [replace(b, frame=b.frame.with_columns(close=pl.col("close") * 9)) for b in batches]
        return gate(dearer, replace(context, believed={}))

    days = [day for day in world.days if day.year == 2025][:12]
    files = {n: replace(f, by_day={d: r for d, r in f.by_day.items() if d in days}) for n, f in world.files.items()}
    few = replace(world, files=files)
    said = [JudgedAlarm(day=day, check="core.daily_bars/*", verdict="false alarm", why="nine times") for day in days]
    calm = false_alarms(few, rules, gate=gate)
    assert not [a for a in calm["listed"] if a["check"].endswith("close.dear")]
    found = false_alarms(few, rules, gate=nervous, judged=said)
    assert 0 < found["alarms"] <= found["batches"] == len(days)
    assert found["share"] == found["alarms"] / found["batches"]
    assert {
        (a["reason"][-4:], a["verdict"], a["judged"]) for a in found["listed"] if a["check"].endswith("close.dear")
    } == {("dear", "false alarm", "nine times")}


def test_every_blocking_check_of_what_can_be_hit_is_named(world):
    names = blocking_checks(world)
    assert "core.daily_bars/close.range" in names
    assert "core.fx_rates/batch.within_budget" in names
    assert "core.daily_bars/volume.traded" not in names


def test_a_recording_that_is_too_short_or_empty_is_refused(tmp_path, configuration, world, rules):
    (tmp_path / "fx.csv").write_text("pair,session,rate\nUSDCNY,2025-03-28,7.2\n", encoding="utf-8")
    short = world_of(tmp_path, configuration, timedelta(hours=0.5))
    with pytest.raises(SourceError, match="too short"):
        trials_of(short, rules, TIMES)
    (tmp_path / "fx.csv").write_text("pair,session,rate\n", encoding="utf-8")
    with pytest.raises(SourceError, match="nothing in the recording that a fault could hit"):
        world_of(tmp_path, configuration, timedelta(hours=0.5))
    with pytest.raises(SourceError, match="can't be opened"):
        world_of(tmp_path / "none", configuration, timedelta(hours=0.5))


def test_findings_are_those_that_the_library_makes(world):
    context = world.context(world.days[-20])
    bars = context.rows("core.daily_bars")
    day = bars.group_by("session").len().filter(pl.col("len") == pl.col("len").max())["session"].max()
    lacking = bars.filter((pl.col("symbol") != "BABA") | (pl.col("session") != day))
    context = replace(context, believed={**context.believed, "core.daily_bars": lacking})
    judged = judge_tables(context).failing.filter(pl.col("severity") == "blocking")
    wanted = {(f"{t}/{c}", s) for t, c, s in judged.select("table_name", "check_name", "subject_id").iter_rows()}
    assert ("core.daily_bars/sessions.missing", "BABA") in wanted
    assert {(stop.check, stop.subject) for stop in findings_after(context)} == wanted


def test_every_file_that_can_be_hit_is_known(world):
    assert set(world.files) == set(SHAPES)
