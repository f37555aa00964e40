"""What the library says of metrics about whole tables, and what becomes of a metric it could not judge."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import polars as pl
import pytest

from aicycle.contracts.ops_audits import AUDITS
from aicycle.model.kinds import Severity
from expectations import findings
from expectations.engine import Outcome
from expectations.findings import FINDINGS_SCHEMA, judge_metrics
from transforms.gate.invariants import METRICS_SCHEMA, Invariant

GAP = Invariant(
    check_name="sessions.came", table="core.daily_bars", severity=Severity.BLOCKING, take=lambda _: pl.DataFrame()
)
AGE = Invariant(
    check_name="rates.fresh", table="core.fx_rates", severity=Severity.ADVISORY, take=lambda _: pl.DataFrame()
)


def metrics(*rows: tuple[str, float | None, float | None]) -> pl.DataFrame:
    whole = [
        {
            "check_name": name, "value": value, "limit": limit, "said": f"metric {n}", "subject_kind": "symbol",
            "subject_id": f"S{n}", "metric": "close", "known_at": datetime(2025, 1, 1, tzinfo=UTC),
        }
        for n, (name, value, limit) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(whole, schema=METRICS_SCHEMA, orient="row")


def test_what_is_above_its_limit_is_found_with_its_table_and_severity():
    found = judge_metrics(
        metrics(("sessions.came", 1, 1), ("rates.fresh", 9, 5), ("sessions.came", 2, 1)), [GAP, AGE], rules_version="v"
    )
    assert found.failing.schema == FINDINGS_SCHEMA
    assert found.failing.select("subject_id", "check_name", "table_name", "severity", "said").rows() == [
        ("S2", "sessions.came", "core.daily_bars", "blocking", "metric 2"),
        ("S1", "rates.fresh", "core.fx_rates", "advisory", "metric 1"),
    ]
    assert {"load_seq": pl.Int64(), **found.checks.schema} == dict(AUDITS.polars_schema())
    assert found.checks.rows() == [
        ("core.daily_bars", "sessions.came", "blocking", False, False, 1, 2, "v"),
        ("core.fx_rates", "rates.fresh", "advisory", False, False, 1, 1, "v"),
    ]


def test_what_had_nothing_to_measure_passes():
    found = judge_metrics(metrics(), [GAP])
    assert found.checks.select("is_passed", "rows_evaluated").row(0) == (True, 0)
    assert found.failing.is_empty()


def test_infinitely_far_is_found():
    assert judge_metrics(metrics(("sessions.came", math.inf, 1)), [GAP]).failing.height == 1


def test_what_could_not_be_measured_is_a_blocking_finding_about_its_table():
    found = judge_metrics(metrics(("sessions.came", 0, 1)), [GAP, AGE], broken={"rates.fresh": "boom"})
    row = found.failing.row(0, named=True)
    assert (row["table_name"], row["severity"], row["subject_id"]) == ("core.fx_rates", "blocking", None)
    assert row["said"] == "the check rates.fresh could not be measured: boom"
    assert found.checks.select("check_name", "severity", "is_passed", "is_broken").rows() == [
        ("sessions.came", "blocking", True, False),
        ("rates.fresh", "blocking", False, True),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("rates.fresh", None, 1.0), "has no number"),
        (("rates.fresh", 1.0, math.nan), "has no number"),
        (("of nobody", 1.0, 2.0), "nobody's: of nobody"),
    ],
)
def test_what_the_library_would_pass_over_is_a_finding(row, said):
    found = judge_metrics(metrics(row), [AGE])
    assert found.checks["is_broken"].to_list() == [True]
    assert said in found.failing["said"][0]


def test_a_library_that_cannot_judge_finds_everything_wanting(monkeypatch):
    monkeypatch.setattr(findings, "evaluate", lambda _rows, checks: {checks[0].name: Outcome(broken="no counts")})
    found = judge_metrics(metrics(("sessions.came", 0, 1)), [GAP, AGE])
    assert found.checks["is_broken"].all()
    assert found.failing["said"].str.contains("could not be judged: no counts").all()
