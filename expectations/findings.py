"""Findings: what Great Expectations says of metrics about whole tables.

Here: the verdict on the metrics frame of the invariants, and what failed. Not here: what is measured
(`transforms.gate.invariants`), what becomes of a finding (`flows.steps.auditing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from aicycle.model.kinds import Severity
from expectations.bridge import as_pandas
from expectations.checks import Check, CheckKind
from expectations.engine import Outcome, evaluate
from expectations.gate import CHECKS_SCHEMA
from expectations.suite import RULES_VERSION
from transforms.gate.invariants import METRICS_SCHEMA, Invariant

FINDINGS_SCHEMA = pl.Schema({**METRICS_SCHEMA, "table_name": pl.String(), "severity": pl.String()})
"""A metric that failed, the table it is about, and what that does. A check that could not be measured has one row
without subject, value and limit: it is about all of its table, and blocking."""

WITHIN_LIMIT = Check(
    name="metrics.within_limit",
    kind=CheckKind.WITHIN,
    expectation="expect_column_pair_values_a_to_be_greater_than_b",
    columns=("value", "limit"),
    arguments={"column_A": "limit", "column_B": "value", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    reason="{value} is above {limit}",
)
"""What the library is asked: every metric at most its limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found about whole tables."""

    checks: pl.DataFrame
    """One row per invariant, in their order: the columns of `ops.audits` but `load_seq`."""
    failing: pl.DataFrame
    """In `FINDINGS_SCHEMA`, by invariant in their order."""


def judge_metrics(
    metrics: pl.DataFrame,
    invariants: Sequence[Invariant],
    *,
    broken: Mapping[str, str] | None = None,
    rules_version: str = RULES_VERSION,
) -> Findings:
    """Let the library judge what the invariants measured.

    Args:
        metrics: of `transforms.gate.invariants.take_invariants`.
        invariants: which were taken, with unique check names. One without a metric had nothing to measure, and passes.
        broken: check -> why it could not be measured.
        rules_version: what the record is signed with.
    """
    numbered = metrics.with_row_index("row_id").cast({"row_id": pl.Int64()})
    why = {name: f"could not be measured: {said}" for name, said in (broken or {}).items()}
    why |= _unjudged(numbered, invariants)
    outcome = _judged(numbered)
    if outcome.broken:
        why |= {i.check_name: f"could not be judged: {outcome.broken}" for i in invariants if i.check_name not in why}
    failed = numbered.filter(pl.col("row_id").is_in(list(outcome.row_ids))).drop("row_id")
    records, parts = [], [FINDINGS_SCHEMA.to_frame()]
    for invariant in invariants:
        name = invariant.check_name
        mine = failed.filter(pl.col("check_name") == name)
        severity = invariant.severity
        if name in why:
            mine, severity = _about_the_table(invariant, why[name]), Severity.BLOCKING
        records.append(
            {
                "table_name": invariant.table,
                "check_name": name,
                "severity": severity.value,
                "is_passed": mine.is_empty(),
                "is_broken": name in why,
                "rows_failed": mine.height,
                "rows_evaluated": numbered.filter(pl.col("check_name") == name).height,
                "rules_version": rules_version,
            }
        )
        parts.append(mine.with_columns(table_name=pl.lit(invariant.table), severity=pl.lit(severity.value)))
    return Findings(checks=pl.DataFrame(records, schema=CHECKS_SCHEMA, orient="row"), failing=pl.concat(parts))


def _judged(numbered: pl.DataFrame) -> Outcome:
    if numbered.is_empty():
        return Outcome(is_passed=True)
    return evaluate(as_pandas(numbered, ("value", "limit")), [WITHIN_LIMIT])[WITHIN_LIMIT.name]


def _unjudged(numbered: pl.DataFrame, invariants: Sequence[Invariant]) -> dict[str, str]:
    """Return what the library would pass over: metrics without a number, and metrics of nobody, which break all."""
    vague = pl.any_horizontal(pl.col("value", "limit").is_null() | pl.col("value", "limit").is_nan())
    why = {str(name): "could not be judged: it has no number" for name in numbered.filter(vague)["check_name"].unique()}
    strangers = sorted(set(numbered["check_name"]) - {invariant.check_name for invariant in invariants})
    if strangers:
        said = f"could not be judged: metrics came with it that are nobody's: {', '.join(strangers)}"
        why |= {invariant.check_name: said for invariant in invariants}
    return why


def _about_the_table(invariant: Invariant, why: str) -> pl.DataFrame:
    row = {"check_name": invariant.check_name, "said": f"the check {invariant.check_name} {why}"}
    return pl.DataFrame([row], schema=METRICS_SCHEMA, orient="row")
