"""The gate before an answer is stored: its rows in every table go in, and whether it may be believed comes out.

Here: the audit of answers and its record. All checks of all tables are counted in one pass a table, and Great
Expectations judges one frame of counts. Not here: the checks (`expectations.suite`), what rows must be to each other
(`transforms.gate.answers`), what follows for the run (`flows.steps.accepting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import GateError
from expectations.checks import Check, CheckKind, limit_view, said_view, value_view
from expectations.compiled import Counted, count_failures, outcomes_of
from expectations.engine import Outcome
from expectations.evaluation import judge_counts
from expectations.gate import CHECKS_SCHEMA, is_stopping, record_of
from expectations.suite import MARTS_RULES_VERSION, MARTS_SUITES
from transforms.gate.answers import take_agreements

PROBLEMS_SCHEMA = pl.Schema(
    {
        "table_name": pl.String(),
        "check_name": pl.String(),
        "severity": pl.String(),
        "rows_failed": pl.Int64(),
        "said": pl.String(),
    }
)

TOLD_ROWS = 3
"""Failing rows of a check that a person is told of; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MartsAudit:
    """What the gate said about one answer."""

    checks: pl.DataFrame
    """One row per table and check: the columns of `ops.audits` but `load_seq`. A broken check is blocking."""
    problems: pl.DataFrame
    """One row per check that failed, in `PROBLEMS_SCHEMA`; `said` tells of its first rows."""
    is_blocked: bool
    """Whether the answer must not be stored."""


def audit_marts(frames: Mapping[str, pl.DataFrame], *, rules_version: str = MARTS_RULES_VERSION) -> MartsAudit:
    """Judge one answer. A check that could not run, or whose answer contradicts itself, blocks it.

    Args:
        frames: full table name -> the rows to be stored there, in the contract's columns. Tables whose rows belong to
            each other (a run with its bands, evidence, moves and paths) are judged together.
        rules_version: what the record is signed with.

    Raises:
        GateError: a table has no suite, or a frame is not in its contract's columns.
    """
    numbered = {
        table: _required(table, frame).with_row_index("row_id").cast({"row_id": pl.Int64()})
        for table, frame in frames.items()
    }
    viewed: dict[str, pl.DataFrame] = {}
    counted: dict[str, Counted] = {}
    for table in numbered:
        viewed[table], broken = _with_agreements(table, numbered)
        runnable = [check for check in MARTS_SUITES[table].checks if check.name not in broken]
        found = count_failures(viewed[table], runnable)
        counted[table] = Counted(counts=found.counts, broken=found.broken | broken)
    verdict = judge_counts(
        {f"{table} {name}": c.rows_failed for table, found in counted.items() for name, c in found.counts.items()}
    )
    records: list[dict[str, object]] = []
    problems: list[dict[str, object]] = []
    for table, frame in viewed.items():
        found, suite = counted[table], MARTS_SUITES[table]
        if isinstance(verdict, str):
            found = Counted(counts={}, broken=found.broken | dict.fromkeys(found.counts, verdict))
        failing = [name for name in found.counts if f"{table} {name}" in verdict]
        outcomes = outcomes_of(frame, suite.checks, found, failing)
        for check in suite.checks:
            record = record_of(check, outcomes[check.name], table, frame.height, rules_version)
            records.append(record)
            if not record["is_passed"]:
                said = _said(check, outcomes[check.name], table, frame)
                problems.append({name: {**record, "said": said}[name] for name in PROBLEMS_SCHEMA})
    return MartsAudit(
        checks=pl.DataFrame(records, schema=CHECKS_SCHEMA, orient="row"),
        problems=pl.DataFrame(problems, schema=PROBLEMS_SCHEMA, orient="row"),
        is_blocked=any(is_stopping(record) for record in records),
    )


def _required(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    contract = CONTRACTS.get(table)
    if contract is None or table not in MARTS_SUITES:
        wrong = "this table has no suite for answers"
    elif frame.schema != contract.polars_schema():
        differing = frame.schema.items() ^ contract.polars_schema().items()
        wrong = f"the frame differs in {', '.join(sorted({name for name, _ in differing})) or 'the order of columns'}"
    else:
        return frame
    raise GateError(
        wrong,
        where=table,
        expected=f"one of {', '.join(MARTS_SUITES)}, in the columns of its contract",
        next_command="look at who computes this table in flows/steps",
    )


def _with_agreements(table: str, frames: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return a table's rows with what was measured beside them, and the checks that could not be measured."""
    measured = take_agreements(table, frames)
    frame = frames[table]
    for check in MARTS_SUITES[table].measured.checks:
        mine = measured.numbers.filter(pl.col("check_name") == check.name).select(
            "row_id",
            pl.col("value").alias(value_view(check.name)),
            pl.col("limit").alias(limit_view(check.name)),
            pl.col("said").alias(said_view(check.name)),
        )
        frame = frame.join(mine, on="row_id", how="left", maintain_order="left")
    return frame, measured.broken


def _said(check: Check, outcome: Outcome, table: str, frame: pl.DataFrame) -> str:
    if outcome.broken:
        return f"the check {check.name} could not be run: {outcome.broken}"
    if check.kind is CheckKind.ROWS_PRESENT:
        return "there is not one row"
    first = frame.filter(pl.col("row_id").is_in(list(outcome.row_ids[:TOLD_ROWS])))
    named = [name for name in CONTRACTS[table].key if name != "run_id"]
    told = [
        f"{' '.join(str(row[name]) for name in named)}: {check.reason_for(row)}" if named else check.reason_for(row)
        for row in first.iter_rows(named=True)
    ]
    return "; ".join(dict.fromkeys(told))
