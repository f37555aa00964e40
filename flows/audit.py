"""The second stage: what has landed is read and judged; the good rows become facts, the others wait in quarantine.

Here: the flow. Not here: the checks (`expectations`), the ledger (`flows.steps.auditing`).
"""

from __future__ import annotations

from prefect import flow, task

from aicycle.sources.protocol import Refused
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
from flows.steps.deciding import apply_inbox, settle


@task(name="judge payload", task_run_name="judge {due.name}", persist_result=False)
def judge_payload(runtime: Runtime, due: Due) -> list[Judged] | Refused:
    """Read one payload and put its rows before the gate. Needs no lock."""
    return judge(due, runtime.warehouse.payloads, runtime.configuration.universe, runtime.audit)


@flow(name="audit", validate_parameters=False)
def audit(home: str | None = None) -> list[FileCount]:
    """Judge every payload that no load has judged under today's rules; store, quarantine and hold, in one transaction.

    Args:
        home: folder of the warehouse.
    """
    with runtime_for(home) as runtime:
        universe = runtime.configuration.universe
        with runtime.warehouse.write("audit") as transaction:
            outcome = apply_inbox(transaction, runtime.warehouse, universe)
            if outcome.applied:
                derive(transaction)
            due = due_payloads(transaction, universe)
        settle(runtime.warehouse.inbox, outcome, runtime.progress)
        verdicts = [(d, judge_payload(runtime, d)) for d in due]
        counts: list[FileCount] = []
        with runtime.warehouse.write("audit") as transaction:
            # Another process may have audited the same payloads while these were judged outside the lock.
            still_due = {d.inputs_digest for d in due_payloads(transaction, universe)}
            for d, verdict in verdicts:
                if d.inputs_digest not in still_due:
                    continue
                if isinstance(verdict, Refused):
                    record_refused(transaction, d, verdict)
                    continue
                counts.extend(record_judged(transaction, judged) for judged in verdict)
            derive(transaction)
        return counts
