"""The gate: staged batches go in, what each check said and which rows failed comes out.

Here: the audit and its record. A batch is judged by itself first; what passes is measured against everything that is
believed, together with the other batches of its table, and judged again. Not here: the checks (`expectations.suite`),
their evaluation (`expectations.evaluation`), the measures (`transforms.gate.measures`), what becomes of the rows
(`transforms.gate`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from aicycle.contracts.core import STAGED
from aicycle.contracts.ops_audits import AUDITS
from aicycle.errors import GateError
from aicycle.model.kinds import Severity
from expectations.checks import Check, CheckKind, limit_view, said_view, value_view
from expectations.engine import Outcome, library
from expectations.evaluation import Evaluator, evaluate_batch
from expectations.suite import RULES_VERSION, Suite, suite_of
from transforms.gate.context import GateContext
from transforms.gate.measures import MEASURED_SCHEMA, take_measures
from transforms.staging.batch import StagedBatch, staged_schema

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


def audit_table(
    batches: Sequence[StagedBatch], context: GateContext, *, evaluator: Evaluator = evaluate_batch
) -> list[Audit]:
    """Judge all batches of one table that are to be judged now; one audit each, in the same order.

    Args:
        batches: of one table, repeats taken out within each.
        context: what is believed of this and other tables.
        evaluator: how checks are evaluated. `expectations.compiled.evaluate_compiled` gives the same verdicts without
            the library, for whoever judges thousands of small batches to measure the gate itself.

    Raises:
        GateError: a frame is no staged frame of its table, or the table has no suite.
    """
    if not batches:
        return []
    suite = suite_of(batches[0].contract)
    alone = [
        audit(batch, suite=suite.own, rules_version=context.rules_version, evaluator=evaluator) for batch in batches
    ]
    if not suite.measured.checks:
        return alone
    passing = [_unstopped(batch, found) for batch, found in zip(batches, alone, strict=True)]
    heights = [frame.height for frame in passing]
    union = pl.concat(passing).with_columns(row_id=pl.int_range(pl.len(), dtype=pl.Int64))
    measured = take_measures(suite.table, union, context)
    audits, start = [], 0
    for found, frame, height in zip(alone, passing, heights, strict=True):
        mine = pl.DataFrame({"place": range(start, start + height), "row_id": frame["row_id"]}, schema=_PLACES)
        start += height
        numbers = measured.numbers.rename({"row_id": "place"}).join(mine, on="place").drop("place")
        judged = _audit_measured(frame, suite, numbers, measured.broken, evaluator)
        audits.append(_together(found, judged, suite, context.rules_version))
    return audits


_PLACES = {"place": pl.Int64(), "row_id": pl.Int64()}


def audit(
    batch: StagedBatch,
    *,
    suite: Suite | None = None,
    rules_version: str = RULES_VERSION,
    evaluator: Evaluator = evaluate_batch,
) -> Audit:
    """Judge one staged batch by itself.

    A check that could not run, or whose answer contradicts itself, counts as blocking and fails every row.

    Args:
        batch: all rows of a payload for one table, repeats taken out (`transforms.gate.repeats`).
        suite: what to judge by; what the table's registered suite can say without context when absent.
        rules_version: what the record is signed with.
        evaluator: how checks are evaluated.

    Returns:
        The record. A failure's reason is empty where the row's `unreadable` says the same (a cell that could not be
        read is missing too).

    Raises:
        GateError: the frame is no staged frame of its table, or the table has no suite.
    """
    suite = suite or suite_of(batch.contract).own
    _require_staged(batch)
    frame = batch.frame.sort("row_id")
    outcomes = _outcomes(frame, suite, evaluator)
    return _audit_of(suite, outcomes, frame, rules_version)


def _audit_of(suite: Suite, outcomes: Mapping[str, Outcome], frame: pl.DataFrame, rules_version: str) -> Audit:
    records = [
        record_of(check, outcomes[check.name], suite.table, frame.height, rules_version) for check in suite.checks
    ]
    # Most checks name no row: a frame without rows from each of them would cost more than the checks.
    speaking = [check for check in suite.checks if outcomes[check.name].broken or outcomes[check.name].row_ids]
    failures = [_failures(check, outcomes[check.name], frame) for check in speaking]
    whole = [_broken_reason(check, outcomes[check.name]) or check.reason for check in suite.checks]
    blocked = [text for text, record in zip(whole, records, strict=True) if is_stopping(record)]
    return Audit(
        checks=pl.DataFrame(records, schema=CHECKS_SCHEMA, orient="row"),
        failures=pl.concat([FAILURES_SCHEMA.to_frame(), *failures]).sort("row_id", maintain_order=True),
        batch_failure="; ".join(blocked) if frame.is_empty() else "",
    )


def _unstopped(batch: StagedBatch, found: Audit) -> pl.DataFrame:
    blocking = found.failures.filter(pl.col("severity") == Severity.BLOCKING)
    return batch.frame.join(blocking, on="row_id", how="anti").sort("row_id")


def _audit_measured(
    frame: pl.DataFrame, suite: Suite, numbers: pl.DataFrame, broken: Mapping[str, str], evaluator: Evaluator
) -> tuple[dict[str, Outcome], pl.DataFrame]:
    """Return what the measured checks say, and the rows with the numbers beside them."""
    runnable = [check for check in suite.measured.checks if check.name not in broken]
    frame = _beside(frame, numbers, [check.name for check in runnable])
    outcomes = {name: Outcome(broken=why) for name, why in broken.items()}
    if frame.is_empty():
        outcomes |= {check.name: Outcome(is_passed=True) for check in runnable}
    else:
        outcomes |= evaluator(frame, runnable)
    return outcomes, frame


def _beside(frame: pl.DataFrame, numbers: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return rows with what each check measured of them beside them; null where it measured nothing."""
    place = frame.select("row_id", place=pl.int_range(pl.len(), dtype=pl.Int64))
    placed = numbers.join(place, on="row_id")
    parts = {str(name): part for (name,), part in placed.partition_by("check_name", as_dict=True).items()}
    columns: list[pl.Series] = []
    for name in names:
        part = parts.get(name)
        for view, column in ((value_view, "value"), (limit_view, "limit"), (said_view, "said")):
            empty = pl.Series(view(name), [None], dtype=MEASURED_SCHEMA[column]).new_from_index(0, frame.height)
            columns.append(empty if part is None else empty.scatter(part["place"], part[column]))
    return frame.with_columns(columns)


def _together(alone: Audit, judged: tuple[dict[str, Outcome], pl.DataFrame], suite: Suite, rules_version: str) -> Audit:
    outcomes, frame = judged
    measured = _audit_of(suite.measured, outcomes, frame, rules_version)
    order = {check.name: position for position, check in enumerate(suite.checks)}
    position = pl.col("check_name").replace_strict(order, return_dtype=pl.Int64)
    return Audit(
        checks=pl.concat([alone.checks, measured.checks]).sort(position),
        failures=pl.concat([alone.failures, measured.failures]).sort("row_id", position),
        batch_failure=alone.batch_failure,
    )


def _outcomes(frame: pl.DataFrame, suite: Suite, evaluator: Evaluator) -> dict[str, Outcome]:
    """Evaluate row by row first, then whether what is left contradicts itself.

    A row that is stopped anyway must not drag the good row with the same key along.
    """
    by_row = [check for check in suite.checks if check.kind is not CheckKind.UNIQUE]
    across = [check for check in suite.checks if check.kind is CheckKind.UNIQUE]
    outcomes = evaluator(frame, by_row)
    blocking = [outcomes[check.name] for check in by_row if check.severity is Severity.BLOCKING]
    stopped = {row_id for outcome in blocking for row_id in outcome.row_ids}
    if any(outcome.broken for outcome in outcomes.values()):
        stopped = set(frame["row_id"])
    left = frame.filter(~pl.col("row_id").is_in(list(stopped))) if stopped else frame
    return outcomes | evaluator(left, across)


def is_stopping(record: dict[str, object]) -> bool:
    """Return whether a check's line in the ledger stops what it was about."""
    return record["severity"] == Severity.BLOCKING and not record["is_passed"]


def record_of(check: Check, outcome: Outcome, table: str, height: int, rules_version: str) -> dict[str, object]:
    """Return a check's line in the ledger, in `CHECKS_SCHEMA`. A broken check is blocking and fails every row."""
    return {
        "table_name": table,
        "check_name": check.name,
        "severity": (Severity.BLOCKING if outcome.broken else check.severity).value,
        "is_passed": outcome.is_passed,
        "is_broken": bool(outcome.broken),
        "rows_failed": height if outcome.broken else len(outcome.row_ids),
        "rows_evaluated": outcome.rows_evaluated,
        "rules_version": rules_version,
    }


def _failures(check: Check, outcome: Outcome, frame: pl.DataFrame) -> pl.DataFrame:
    if outcome.broken:
        row_ids, severity = frame["row_id"].to_list(), Severity.BLOCKING
        reasons = [_broken_reason(check, outcome)] * len(row_ids)
    else:
        row_ids, severity = list(outcome.row_ids), check.severity
        failed = frame.filter(pl.col("row_id").is_in(row_ids))
        reasons = [_reason(check, row) for row in failed.iter_rows(named=True)]
    columns = {"row_id": row_ids, "check_name": check.name, "severity": severity.value, "reason": reasons}
    return pl.DataFrame(columns, schema=FAILURES_SCHEMA)


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
