"""Answers before they are stored: a sound one passes, and each check has data that fails it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.schema import Column, DType
from aicycle.errors import GateError
from expectations import marts
from expectations.checks import Check, CheckKind
from expectations.compiled import count_failures
from expectations.gate import CHECKS_SCHEMA
from expectations.marts import audit_marts
from expectations.suite import MARTS_SUITES
from transforms.gate.answers import AGREEMENTS

Frames = dict[str, pl.DataFrame]
AS_OF = datetime(2025, 9, 28, tzinfo=UTC)
SCENARIOS = {"pessimistic": 0.2, "realistic": 0.5, "optimistic": 0.3}
PRIORS = {"pessimistic": 0.25, "realistic": 0.5, "optimistic": 0.25}
HAND = {
    "market_state_null_reason": None, "abstained_because": None, "null_reason": None, "held_because": None,
    "stale_since": None, "is_stale": False, "is_abstained": False, "quarter": "2025Q3", "metric": "revenue",
}  # fmt: skip
"""Values that a column's type alone does not give."""


def cell(column: Column) -> object:
    if column.name in HAND:
        return HAND[column.name]
    if column.dtype is DType.TEXT:
        is_digest = column.name in {"run_id", "digest", "forecast_id"} or column.name.endswith("_digest")
        return column.domain[0] if column.domain else "ab" * 32 if is_digest else column.name
    of_type = {
        DType.INTEGER: 1, DType.NUMBER: 0.5, DType.FLAG: False, DType.DAY: date(2025, 9, 26), DType.INSTANT: AS_OF,
    }  # fmt: skip
    return of_type[column.dtype]


def frame(table: str, *rows: dict[str, object]) -> pl.DataFrame:
    contract = CONTRACTS[table]
    default = {c.name: cell(c) for c in contract.columns}
    return pl.DataFrame([default | row for row in rows], schema=contract.polars_schema(), orient="row")


def answer() -> Frames:
    """One sound answer with rows in every table."""
    log = {name: math.log(SCENARIOS[name]) - math.log(PRIORS[name]) for name in SCENARIOS}
    band = {"p10_usd": 90.0, "p50_usd": 100.0, "p90_usd": 110.0, "target_low_usd": 90.0, "target_high_usd": 110.0}
    phases = {f"probability_{n}": p for n, p in enumerate((0.7, 0.1, 0.1, 0.1), start=1)}
    silent = {"phase": None, "is_abstained": True, **dict.fromkeys(phases)}
    evidence = [
        row
        for name, prior in PRIORS.items()
        for row in (
            {"scenario": name, "family": "prior", "event_id": "prior", "contribution_nats": math.log(prior)},
            {"scenario": name, "family": "policy", "contribution_nats": log[name]},
        )
    ]
    return {
        "marts.segment_metrics": frame("marts.segment_metrics", {}, {"value": None, "null_reason": "x", "detail": "b"}),
        "marts.phase_assessments": frame("marts.phase_assessments", phases, {"segment": "chips", **silent}),
        "marts.phase_features": frame("marts.phase_features", {}, {"value": None, "null_reason": "x", "feature": "b"}),
        "marts.player_influence": frame(
            "marts.player_influence", {"share_frac": 0.4}, {"share_frac": 0.6, "company": "b"},
            {"share_frac": None, "null_reason": "x", "company": "c"}, {"share_frac": 0.9, "indicator": "index"},
        ),
        "marts.scenario_runs": frame("marts.scenario_runs", {}),
        "marts.scenario_bands": frame(
            "marts.scenario_bands", *({"scenario": name, "probability": p, **band} for name, p in SCENARIOS.items())
        ),
        "marts.scenario_paths": frame("marts.scenario_paths", *({"scenario": name, **band} for name in SCENARIOS)),
        "marts.scenario_evidence": frame("marts.scenario_evidence", *evidence),
        "marts.scenario_moves": frame(
            "marts.scenario_moves",
            *({"scenario": name, "shapley_frac": SCENARIOS[name] - PRIORS[name]} for name in SCENARIOS),
        ),
        "marts.forecasts": frame(
            "marts.forecasts",
            {"outcome": "y", "probability": 0.3, "climatology": 0.7, "persistence": 0.3},
            {"outcome": "n", "probability": 0.7, "climatology": 0.3, "persistence": 0.7},
        ),
    }  # fmt: skip


def put(rows: pl.DataFrame, **cells: object) -> pl.DataFrame:
    """The first row with cells replaced."""
    first = pl.int_range(pl.len()) == 0
    return rows.with_columns(
        pl.when(first).then(pl.lit(value, dtype=rows.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in cells.items()
    )


def test_a_sound_answer_passes_every_check():
    found = audit_marts(answer(), rules_version="v")
    assert found.problems.to_dicts() == []
    assert not found.is_blocked
    assert found.checks.schema == CHECKS_SCHEMA
    assert found.checks.select("table_name", "check_name").rows() == [
        (table, check.name) for table in answer() for check in MARTS_SUITES[table].checks
    ]
    assert found.checks["rules_version"].unique().to_list() == ["v"]


def test_what_must_agree_is_what_is_checked():
    """A check without a measure would be silent: what can't be measured is passed over."""
    checked = {(table, check.name) for table, suite in MARTS_SUITES.items() for check in suite.measured.checks}
    assert {(agreement.table, agreement.check_name) for agreement in AGREEMENTS} == checked


SPOILT: dict[tuple[str, str], dict[str, object]] = {
    ("segment_metrics", "value.or_null_reason"): {"value": None},
    ("segment_metrics", "is_stale.agrees_with.held_because"): {"is_stale": True},
    ("phase_assessments", "probabilities.sum_to_one"): {"probability_4": 0.1 + 1e-8},
    ("phase_assessments", "is_abstained.agrees_with.phase"): {"is_abstained": True},
    ("phase_assessments", "is_stale.agrees_with.held_because"): {"held_because": "prices.csv"},
    ("phase_features", "segment.in.marts.phase_assessments"): {"segment": "of nobody"},
    ("phase_features", "value.or_null_reason"): {"null_reason": "and yet a value"},
    ("player_influence", "share_frac.or_null_reason"): {"null_reason": "and yet a share"},
    ("player_influence", "share_frac.sums_to_one"): {"share_frac": 0.5},
    ("player_influence", "is_stale.agrees_with.held_because"): {"is_stale": True},
    ("scenario_runs", "market_state.or_market_state_null_reason"): {"market_state": None},
    ("scenario_runs", "is_stale.agrees_with.held_because"): {"is_stale": True},
    ("scenario_bands", "run_id.in.marts.scenario_runs"): {"run_id": "cd" * 32},
    ("scenario_bands", "probability.sums_to_one"): {"probability": 0.2 + 1e-8},
    ("scenario_bands", "probability.explained"): {"probability": None},
    ("scenario_bands", "probability.adds_up"): {"probability": 0.2 + 1e-8},
    ("scenario_paths", "scenario.in.marts.scenario_bands"): {"scenario": "of nobody"},
    ("scenario_evidence", "scenario.in.marts.scenario_bands"): {"scenario": "of nobody"},
    ("scenario_moves", "scenario.in.marts.scenario_bands"): {"scenario": "of nobody"},
    ("scenario_moves", "shapley_frac.adds_up"): {"shapley_frac": 0.1},
    ("forecasts", "probability.sums_to_one"): {"probability": 0.4},
    ("forecasts", "climatology.sums_to_one"): {"climatology": math.nan},
    ("forecasts", "persistence.sums_to_one"): {"persistence": 0.31},
}


def test_every_agreement_has_data_that_breaks_it():
    assert {(f"marts.{table}", name) for table, name in SPOILT} == {(a.table, a.check_name) for a in AGREEMENTS}


@pytest.mark.parametrize(("table", "name"), SPOILT)
def test_rows_that_do_not_agree_block_the_answer(table, name):
    frames, cells = answer(), SPOILT[table, name]
    frames[f"marts.{table}"] = put(frames[f"marts.{table}"], **cells)
    found = audit_marts(frames)
    assert found.is_blocked
    (said,) = found.problems.filter(table_name=f"marts.{table}", check_name=name)["said"]
    assert said


DERIVED = [
    (table, check)
    for table, suite in MARTS_SUITES.items()
    for check in suite.own.checks
    if check.kind is not CheckKind.ROWS_PRESENT
]


def spoilt(rows: pl.DataFrame, check: Check) -> pl.DataFrame:
    column, arguments = check.columns[0], check.arguments
    if check.condition is not None and check.condition.value is not None:
        rows = put(rows, **{check.condition.column: check.condition.value})
    if check.kind is CheckKind.AT_LEAST:
        other = rows[check.columns[1]][0]
        return put(rows, **{column: other - (1 if isinstance(other, float) else timedelta(days=1))})
    if check.kind is CheckKind.UNIQUE:
        return pl.concat([rows, rows.head(1)]).with_columns(row_id=pl.int_range(pl.len()))
    lowest = arguments.get("min_value")
    out_of_range = lowest - 1 if isinstance(lowest, int | float) else 9
    bad: dict[CheckKind, object] = {
        CheckKind.GIVEN: None, CheckKind.FINITE: math.nan, CheckKind.DOMAIN: "no such word",
        CheckKind.PATTERN: "2025Q3\n", CheckKind.RANGE: out_of_range,
    }  # fmt: skip
    return put(rows, **{column: bad[check.kind]})


@pytest.mark.parametrize(("table", "check"), [pytest.param(t, c, id=f"{t}:{c.name}") for t, c in DERIVED])
def test_bad_data_fails_the_check(table, check):
    rows = spoilt(answer()[table].with_row_index("row_id"), check)
    assert count_failures(rows, [check]).counts[check.name].rows_failed in {1, 2}


def test_an_answer_without_a_run_is_blocked():
    frames = {"marts.scenario_runs": CONTRACTS["marts.scenario_runs"].polars_schema().to_frame()}
    found = audit_marts(frames)
    assert found.problems.select("check_name", "said").rows() == [("rows.present", "there is not one row")]
    assert found.is_blocked


def test_evidence_that_is_missing_does_not_add_up():
    frames = answer()
    frames["marts.scenario_evidence"] = frames["marts.scenario_evidence"].clear()
    assert "probability.adds_up" in audit_marts(frames).problems["check_name"].to_list()


def test_an_answer_that_abstains_passes():
    frames = answer()
    frames["marts.scenario_runs"] = put(frames["marts.scenario_runs"], abstained_because="all evidence is old")
    frames["marts.scenario_bands"] = frames["marts.scenario_bands"].with_columns(probability=pl.lit(None, pl.Float64))
    frames["marts.scenario_moves"] = frames["marts.scenario_moves"].clear()
    assert audit_marts(frames).problems.to_dicts() == []


def test_a_library_that_cannot_judge_blocks_every_answer(monkeypatch):
    monkeypatch.setattr(marts, "judge_counts", lambda _: "its count could not be judged")
    found = audit_marts(answer())
    assert found.is_blocked
    assert found.checks["is_broken"].all()


def test_a_measure_that_raises_blocks_the_answer():
    frames = {name: rows for name, rows in answer().items() if name != "marts.scenario_evidence"}
    found = audit_marts(frames)
    assert found.is_blocked
    assert set(found.problems["check_name"]) == {"probability.adds_up", "shapley_frac.adds_up"}


@pytest.mark.parametrize("spoil", [lambda f: f.drop("value"), lambda f: f.select(reversed(f.columns))])
def test_a_frame_that_is_not_its_contracts_is_an_error_of_ours(spoil: Callable[[pl.DataFrame], pl.DataFrame]):
    with pytest.raises(GateError, match="differs in"):
        audit_marts({"marts.segment_metrics": spoil(answer()["marts.segment_metrics"])})
    with pytest.raises(GateError, match="no suite"):
        audit_marts({"core.daily_bars": pl.DataFrame()})
