"""What becomes of a batch's rows: they pass, or they are stopped and say why.

Here: the division by the audit's failures, and a stopped row's record. Not here: finding failures
(`expectations.gate`), whom a stopped row concerns beyond itself (`transforms.gate.holds`).
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date, datetime

import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.ops_quarantine import QUARANTINE
from aicycle.contracts.schema import TableContract
from aicycle.errors import GateError
from aicycle.model.kinds import RowOrigin, Severity
from transforms.gate.repeats import reconcile
from transforms.staging.batch import StagedBatch

FILLED_BY_CALLER = ("load_seq", "source", "name", "rules_version", "quarantined_at")
STOPPED_SCHEMA = pl.Schema({k: v for k, v in QUARANTINE.polars_schema().items() if k not in FILLED_BY_CALLER})

LONGEST_ROW = 4_000
"""Characters of a row that are kept beside its address; a line may be gigabytes long."""

ADDRESS = ("payload_sha256", "byte_start", "byte_end")


def split(batch: StagedBatch, failures: pl.DataFrame, checks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Divide a batch into rows that pass and rows that are stopped. Advisory failures stop nothing.

    Args:
        batch: what was audited, repeats taken out.
        failures: row_id, check_name, severity, reason (`expectations.gate.Audit.failures`).
        checks: one row per check: the columns of `ops.audits` but `load_seq`.

    Returns:
        The passing rows as they were staged, and the stopped ones with the columns of `ops.quarantine` but those in
        `FILLED_BY_CALLER`; both by row_id. `row_content` is a JSON object of the table's own columns, cut.

    Raises:
        GateError: failures and checks do not tell the same story about this batch.
    """
    _require_agreement(batch, failures, checks)
    blocking = failures.filter(pl.col("severity") == Severity.BLOCKING)
    by_row = blocking.group_by("row_id", maintain_order=True).agg("check_name", "reason")
    frame = placed(batch.frame)
    stopped_rows = frame.join(by_row, on="row_id", how="inner").sort("row_id")
    passing = frame.join(by_row, on="row_id", how="anti").sort("row_id").drop("place")
    version = str(checks.item(0, "rules_version"))
    records = [_record(row, batch.contract, version) for row in stopped_rows.iter_rows(named=True)]
    stopped = pl.DataFrame(records, schema=STOPPED_SCHEMA, orient="row")
    reconcile(rows_in=batch.frame.height, passing=passing.height, stopped=stopped.height, repeated=0)
    return passing, stopped


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a batch's rows by row_id, with `place` among the rows of the same address.

    Several rows may share a span (one reply with many bars): the address alone does not tell them apart.
    """
    return frame.sort("row_id").with_columns(pl.int_range(pl.len(), dtype=pl.Int64).over(*ADDRESS).alias("place"))


def quarantine_id(table: str, row: dict[str, object], rules_version: str) -> str:
    """Return the stable id of one stopped row.

    Args:
        table: full name of the table it was meant for.
        row: its address, and `place` among the rows with the same address (0 for the only one).
        rules_version: of the rules that stopped it.

    Returns:
        sha256, hexadecimal, of `table|payload|byte_start|byte_end|rules_version`, with `|place` from the second on.
    """
    parts = [table, *(str(row[name]) for name in ADDRESS), rules_version]
    if row["place"]:
        parts.append(str(row["place"]))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _record(row: dict[str, object], contract: TableContract, rules_version: str) -> dict[str, object]:
    kind, subject, metric = _subject(row, contract)
    checks, reasons = _texts(row["check_name"]), _texts(row["reason"])
    said = "; ".join(dict.fromkeys(reason for reason in reasons if reason))
    return {
        "quarantine_id": quarantine_id(contract.full_name, row, rules_version),
        "table_name": contract.full_name,
        "source_line": row["source_line"],
        "check_name": ";".join(checks),
        "reason": f"line {row['source_line']}: {said}",
        "subject_kind": kind,
        "subject_id": subject,
        "metric": metric,
        "row_key": _key(row, contract),
        "row_content": _content(row, contract),
        "payload_sha256": row["payload_sha256"],
        "byte_start": row["byte_start"],
        "byte_end": row["byte_end"],
        "known_at": row.get("known_at"),
    }


def _subject(row: dict[str, object], contract: TableContract) -> tuple[str | None, str | None, str | None]:
    """Return whom the row speaks about, or nothing at all when that could not be read.

    What was read in a text is one report of many: without it no fact is missing, and nobody who writes a text shall be
    able to hold a company by it.
    """
    subject = contract.subject
    if subject is None or row.get("origin") == RowOrigin.EXTRACTED:
        return None, None, None
    parts = [row[name] for name in subject.columns]
    if any(part is None for part in parts):
        return None, None, None
    metric = row[subject.metric_column] if subject.metric_column else subject.metric
    return subject.kind, "/".join(str(part) for part in parts), None if metric is None else str(metric)


def _key(row: dict[str, object], contract: TableContract) -> str | None:
    """Return the business key as a JSON list, or None when a part of it could not be read or is no key's length."""
    parts = [row[name] for name in contract.key]
    text = json.dumps([_plain(part) for part in parts], ensure_ascii=False)
    return None if any(part is None for part in parts) or len(text) > LONGEST_ROW else text


def _content(row: dict[str, object], contract: TableContract) -> str:
    cells = {c.name: _plain(row[c.name]) for c in content_columns(contract)}
    return json.dumps(cells, ensure_ascii=False, allow_nan=False)[:LONGEST_ROW]


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value[:LONGEST_ROW] if isinstance(value, str) else value


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _require_agreement(batch: StagedBatch, failures: pl.DataFrame, checks: pl.DataFrame) -> None:
    """Refuse an audit that is not this batch's: a failure that gets lost here would let its row in."""
    counted = dict(failures["check_name"].value_counts().iter_rows())
    recorded = dict(checks.select("check_name", "rows_failed").iter_rows())
    silent = checks.filter(
        ~pl.col("is_passed") & (pl.col("severity") == Severity.BLOCKING) & (pl.col("rows_failed") == 0)
    )
    wrong = ""
    if checks.is_empty() or checks["rules_version"].n_unique() != 1:
        wrong = "there are no checks of one rules' version"
    elif odd := sorted(name for name in counted.keys() | recorded.keys() if counted.get(name, 0) != recorded.get(name)):
        wrong = f"counts differ for {', '.join(odd)}"
    elif not set(failures["row_id"]) <= set(batch.frame["row_id"]):
        wrong = "a failing row is not in the batch"
    elif not batch.frame.is_empty() and not silent.is_empty():
        wrong = f"{silent.item(0, 'check_name')} failed without a row"
    if wrong:
        raise GateError(
            f"the audit does not fit the batch: {wrong}",
            where=batch.contract.full_name,
            expected="the failures and checks of one audit of this very batch",
            next_command="nothing was stored; audit the batch again and split that",
        )
