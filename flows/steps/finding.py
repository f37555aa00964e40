"""Findings about whole tables: sessions that did not come, a source that has fallen behind.

Here: when whole tables are judged, and the rows of quarantine that stand for what is not there. Not here: what is
measured (`transforms.gate.invariants`), the verdict (`expectations.findings`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.ops_holds import SUBJECT
from aicycle.model.kinds import EventName, Severity
from aicycle.model.parameters import Configuration
from expectations.findings import Findings, judge_metrics
from flows.steps.believing import context_of
from flows.steps.landing import frame_of
from transforms.digests import content_digest
from transforms.gate.context import GateContext
from transforms.gate.holds import observations_of
from transforms.gate.invariants import INVARIANTS, Invariant, take_invariants
from warehouse import Transaction

FindingsGate = Callable[[GateContext], Findings]
"""Judges everything that is believed."""

OUR_OWN = "aicycle"
"""Source of what was found rather than received."""


def judge_tables(context: GateContext, invariants: Sequence[Invariant] = INVARIANTS) -> Findings:
    """Measure whole tables in one pass each and let the library judge."""
    taken = take_invariants(context, invariants)
    return judge_metrics(taken.metrics, invariants, broken=taken.broken, rules_version=context.rules_version)


def record_findings(transaction: Transaction, configuration: Configuration, gate: FindingsGate) -> int:
    """Judge the tables as they stand now; write what was looked at, and quarantine what is missing, each once.

    Returns:
        How many findings are new.
    """
    context = context_of(transaction, configuration)
    found = gate(context)
    load_seq = max(transaction.next_number("ops.loads", "load_seq") - 1, 1)
    transaction.append_new("ops.audits", found.checks.with_columns(load_seq=pl.lit(load_seq, pl.Int64)))
    blocking = found.failing.filter(pl.col("severity") == Severity.BLOCKING)
    # A row that was stopped is missing too, and is told of already, with its own reason.
    stopped = transaction.frame("ops.quarantine").filter(pl.col("source_line") > 0).drop_nulls("row_key")
    blocking = blocking.join(stopped.select("table_name", "row_key"), on=["table_name", "row_key"], how="anti")
    now = transaction.clock()
    rows = [
        {
            "quarantine_id": finding_id(row),
            "load_seq": load_seq,
            "source": OUR_OWN,
            "name": row["table_name"],
            "table_name": row["table_name"],
            "source_line": 0,
            "check_name": row["check_name"],
            "reason": row["said"],
            **{name: row[name] for name in SUBJECT},
            "row_key": row["row_key"],
            "row_content": "",
            "byte_start": 0,
            "byte_end": 0,
            "known_at": row["known_at"],
            "rules_version": context.rules_version,
            "quarantined_at": now,
        }
        for row in spread_over_subjects(blocking, transaction, now).iter_rows(named=True)
    ]
    fresh = transaction.append_new("ops.quarantine", frame_of("ops.quarantine", rows))
    for (table,), mine in fresh.group_by("table_name", maintain_order=True):
        transaction.record(
            EventName.BATCH_QUARANTINED, f"{OUR_OWN}/{table}", {"load_seq": load_seq, "rows": mine.height}
        )
    return fresh.height


def spread_over_subjects(failing: pl.DataFrame, transaction: Transaction, now: datetime) -> pl.DataFrame:
    """Return the findings, one about a whole table as one about each subject that the table speaks of.

    A check that could not be made says nothing about anybody, so nobody of its table is to be believed from now on.
    """
    parts = [failing.drop_nulls("subject_id")]
    for row in failing.filter(pl.col("subject_id").is_null()).iter_rows(named=True):
        contract = CONTRACTS[row["table_name"]]
        spoken_of = observations_of(transaction.frame(contract.full_name), contract).select(SUBJECT).unique()
        about = pl.DataFrame([row], schema=failing.schema).drop(SUBJECT)
        parts.append(spoken_of.join(about, how="cross").with_columns(known_at=pl.lit(now)).select(failing.columns))
    return pl.concat([part.match_to_schema(failing.schema) for part in parts]).sort(*SUBJECT, "check_name", "row_key")


def finding_id(row: Mapping[str, object]) -> str:
    """Return the id of a finding: the same thing missing is the same finding, whenever it is looked for."""
    named = ("table_name", "check_name", *SUBJECT, "row_key")
    since = "" if row["row_key"] else str(row["known_at"])
    return content_digest({name: row[name] for name in named} | {"since": since})
