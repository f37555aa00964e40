"""The second stage: what has landed is read and judged; the good rows become facts, the others wait in quarantine.

Here: the flow. Not here: the checks (`expectations`), the ledger (`flows.steps.auditing`).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from prefect import flow, task

from aicycle.sources.protocol import Refused
from expectations.suite import rules_version
from flows.artifacts import keep_gate_artifact
from flows.runtime import Runtime, runtime_for
from flows.steps.auditing import (
    Due,
    FileCount,
    Judged,
    derive,
    due_payloads,
    judge,
    record_judged,
    record_refused,
)
from flows.steps.believing import context_of
from flows.steps.deciding import apply_inbox, settle
from flows.steps.finding import record_findings
from transforms.gate.context import GateContext


@task(name="judge payloads", persist_result=False)
def judge_payloads(runtime: Runtime, due: Sequence[Due], context: GateContext) -> list[list[Judged] | Refused]:
    """Read payloads and put their rows before the gate, each table's together. Needs no lock."""
    verdicts, _ = judge(due, runtime.warehouse.payloads, context, runtime.gate, runtime.texts)
    return verdicts


@flow(name="audit", validate_parameters=False)
def audit(home: str | None = None) -> list[FileCount]:
    """Judge every payload that no load has judged under today's rules; store, quarantine and hold, in one transaction.

    Args:
        home: folder of the warehouse.
    """
    with runtime_for(home) as runtime:
        configuration = runtime.configuration
        gate_version, texts = rules_version(configuration.gate), runtime.texts
        with runtime.warehouse.write("audit") as transaction:
            outcome = apply_inbox(transaction, runtime.warehouse, configuration.universe)
            if outcome.applied:
                derive(transaction, configuration)
            due = due_payloads(transaction, configuration, texts)
            # Read only where something is to be judged: it is all that is believed.
            context = context_of(transaction, configuration) if due else None
        settle(runtime.warehouse.inbox, outcome, runtime.progress)
        judged = judge_payloads(runtime, due, context) if context else []
        counts: list[FileCount] = []
        with runtime.warehouse.write("audit") as transaction:
            # Another process may have audited the same payloads while these were judged outside the lock, or others:
            # then something else is believed by now, and what is still due is judged again, in its turn.
            still_due = {d.inputs_digest for d in due_payloads(transaction, configuration, texts)} if due else set()
            verdicts = [(d, verdict) for d, verdict in zip(due, judged, strict=True) if d.inputs_digest in still_due]
            if verdicts and context and transaction.next_number("ops.loads", "load_seq") - 1 != context.load_seq:
                left = [d for d, _ in verdicts]
                again = judge_payloads(runtime, left, context_of(transaction, configuration))
                verdicts = list(zip(left, again, strict=True))
            for d, verdict in verdicts:
                if isinstance(verdict, Refused):
                    record_refused(transaction, d, verdict)
                    continue
                counts.extend(record_judged(transaction, one, gate_version) for one in verdict)
            if verdicts:
                record_findings(transaction, configuration, runtime.audit_tables)
            derive(transaction, configuration)
            standing = transaction.frame("ops.holds").filter(pl.col("until").is_null())
        keep_gate_artifact(counts, standing)
        return counts
