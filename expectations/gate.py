"""The gate: a staged batch goes in, what each check said and which rows failed comes out.

Here: the audit and its record. Not here: the checks (`expectations.suite`), their evaluation (`expectations.engine`),
what becomes of the rows (`transforms.gate`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from aicycle.contracts.core import STAGED
from aicycle.contracts.ops_audits import AUDITS
from aicycle.errors import GateError
from aicycle.model.kinds import Severity
from expectations.bridge import as_pandas
from expectations.checks import Check, CheckKind
from expectations.engine import Outcome, evaluate, library
from expectations.suite import RULES_VERSION, Suite, suite_of
from transforms.staging.batch import StagedBatch, staged_schema

if TYPE_CHECKING:
    import pandas as pd

CHECKS_SCHEMA = pl.Schema({name: dtype for name, dtype in AUDITS.polars_schema().items() if name != "load_seq"})
FAILURES_SCHEMA = pl.Schema(
    {"row_id": pl.Int64(), "check_name": pl.String(), "severity": pl.String(), "reason": pl.String()}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the gate said about one batch."""

    checks: pl.DataFrame
    """One row per check, in suite order: the columns of `ops.audits` but `load_seq`. A broken check is blocking."""
    failures: pl.DataFrame
    """One row per failing row and check: row_id, check_name, severity, reason; by row, then in suite order."""
    batch_failure: str = ""
    """Why the batch can't pass as a whole: it has no rows, so no row can carry the reason. Else empty."""

    @property
    def is_blocked(self) -> bool:
        """Whether anything must be stopped: a blocking check failed, or a check could not run."""
        stopped = (pl.col("severity") == Severity.BLOCKING) & ~pl.col("is_passed")
        return not self.checks.filter(stopped).is_empty()


def preload() -> None:
    """Load Great Expectations now (3 to 9 s) rather than with the first batch."""
    library()


def audit(batch: StagedBatch, *, suite: Suite | None = None) -> Audit:
    """Judge one staged batch.

    A check that could not run, or whose answer contradicts itself, counts as blocking and fails every row.

    Args:
        batch: all rows of a payload for one table, repeats taken out (`transforms.gate.repeats`).
        suite: what to judge by; the table's registered suite when absent.

    Returns:
        The record. A failure's reason is empty where the row's `unreadable` says the same (a cell that could not be
        read is missing too).

    Raises:
        GateError: the frame is no staged frame of its table, or the table has no suite.
    """
    suite = suite or suite_of(batch.contract)
    _require_staged(batch)
    frame = batch.frame.sort("row_id")
    outcomes = _outcomes(as_pandas(frame, batch.contract), suite)
    records = [_record(check, outcomes[check.name], frame.height) for check in suite.checks]
    failures = [_failures(check, outcomes[check.name], frame, position) for position, check in enumerate(suite.checks)]
    whole = [_broken_reason(check, outcomes[check.name]) or check.reason for check in suite.checks]
    blocked = [text for text, record in zip(whole, records, strict=True) if _is_stopping(record)]
    return Audit(
        checks=pl.DataFrame(records, schema=CHECKS_SCHEMA, orient="row"),
        failures=pl.concat(failures).sort("row_id", "position").select(FAILURES_SCHEMA.names()),
        batch_failure="; ".join(blocked) if frame.is_empty() else "",
    )


def _outcomes(rows: pd.DataFrame, suite: Suite) -> dict[str, Outcome]:
    """Evaluate row by row first, then whether what is left contradicts itself.

    A row that is stopped anyway must not drag the good row with the same key along.
    """
    by_row = [check for check in suite.checks if check.kind is not CheckKind.UNIQUE]
    across = [check for check in suite.checks if check.kind is CheckKind.UNIQUE]
    outcomes = evaluate(rows, by_row)
    blocking = [outcomes[check.name] for check in by_row if check.severity is Severity.BLOCKING]
    stopped = {row_id for outcome in blocking for row_id in outcome.row_ids}
    if any(outcome.broken for outcome in outcomes.values()):
        stopped = set(rows["row_id"])
    left = rows[~rows["row_id"].isin(stopped)] if stopped else rows
    return outcomes | evaluate(left, across)


def _is_stopping(record: dict[str, object]) -> bool:
    return record["severity"] == Severity.BLOCKING and not record["is_passed"]


def _record(check: Check, outcome: Outcome, height: int) -> dict[str, object]:
    return {
        "check_name": check.name,
        "severity": (Severity.BLOCKING if outcome.broken else check.severity).value,
        "is_passed": outcome.is_passed,
        "is_broken": bool(outcome.broken),
        "rows_failed": height if outcome.broken else len(outcome.row_ids),
        "rows_evaluated": outcome.rows_evaluated,
        "rules_version": RULES_VERSION,
    }


def _failures(check: Check, outcome: Outcome, frame: pl.DataFrame, position: int) -> pl.DataFrame:
    if outcome.broken:
        row_ids, severity = frame["row_id"].to_list(), Severity.BLOCKING
        reasons = [_broken_reason(check, outcome)] * len(row_ids)
    else:
        row_ids, severity = list(outcome.row_ids), check.severity
        failed = frame.filter(pl.col("row_id").is_in(row_ids))
        reasons = [_reason(check, row) for row in failed.iter_rows(named=True)]
    columns = {"row_id": row_ids, "check_name": check.name, "severity": severity.value, "reason": reasons}
    return pl.DataFrame({**columns, "position": position}, schema={**FAILURES_SCHEMA, "position": pl.Int64()})


def _reason(check: Check, row: dict[str, object]) -> str:
    unreadable = row["unreadable"]
    if check.kind is CheckKind.READABLE:
        return str(unreadable)
    if check.kind is CheckKind.GIVEN and unreadable is not None:
        return ""  # what could not be read is missing, and `unreadable` says it better
    return check.reason_for(row)


def _broken_reason(check: Check, outcome: Outcome) -> str:
    return f"the check {check.name} could not be run: {outcome.broken}" if outcome.broken else ""


def _require_staged(batch: StagedBatch) -> None:
    """Hold the frame against the contract: our readers made it, so what is wrong here is a bug and not data."""
    expected, found = staged_schema(batch.contract), batch.frame.schema
    wrong = ""
    if found != expected:
        odd = sorted({f"{k}: {v}" for k, v in expected.items() ^ found.items()}) or ["the order of columns"]
        wrong = f"the frame differs in {', '.join(odd)}"
    else:
        whole = [c.name for c in STAGED if not c.nullable]
        missing = [name for name in whole if batch.frame[name].null_count()]
        if missing:
            wrong = f"rows without {', '.join(missing)}"
        elif not batch.frame["row_id"].is_unique().all():
            wrong = "two rows with the same row_id"
        elif not (batch.frame["byte_start"] <= batch.frame["byte_end"]).all():
            wrong = "an address that ends before it starts"
    if wrong:
        raise GateError(
            f"not a staged batch: {wrong}",
            where=batch.contract.full_name,
            expected="the columns of transforms.staging.batch.staged_schema, each row with its handle",
            next_command="look at the reader of this table in transforms/staging",
        )
