"""Judging: payloads are read, and each table's rows put before the gate together.

Here: the order of the tables, and one verdict per payload and table. Nothing is stored. Not here: where payloads and
context come from (`flows.steps.auditing`), how bytes are read (`transforms.staging`), what is checked (`expectations`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from aicycle.errors import RefusedFileError
from expectations.gate import Audit
from expectations.suite import contract_checks
from transforms.gate.budget import with_budget
from transforms.gate.context import GateContext
from transforms.gate.decisions import Address, excused
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.gate.split import split
from transforms.staging import stage
from transforms.staging.batch import Payload, StagedBatch

TableGate = Callable[[Sequence[StagedBatch], GateContext], list[Audit]]
"""Judges all batches of one table against a context; one audit each."""

JUDGED_FIRST = ("core.corporate_actions", "core.fx_rates", "core.daily_bars", "core.reported_figures")
"""What others are measured against is judged before them: a close by the splits and rates, an amount by the figures."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A payload to be judged, the payloads it refers to (name -> sha256), the rows of it that a person let in."""

    payload: Payload
    siblings: Mapping[str, str]
    released: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one payload's rows for one table: in = repeats + passing + stopped."""

    table: str
    rows_in: int
    repeats: int
    passing: pl.DataFrame
    stopped: pl.DataFrame
    checks: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A payload that can't be taken as a whole, and why."""

    reason: str


@dataclass(slots=True)
class _Staged:
    place: int
    rows_in: int
    repeats: int
    batch: StagedBatch


def judge_sheets(
    sheets: Sequence[Sheet], context: GateContext, gate: TableGate
) -> tuple[list[list[Verdict] | Unreadable], GateContext]:
    """Judge payloads together.

    Args:
        sheets: in the order they landed.
        context: what is believed before any of them.
        gate: judges one table's batches.

    Returns:
        Per sheet its verdicts by table, or why it can't be taken; and what is believed after them.
    """
    answers: list[list[Verdict] | Unreadable] = []
    by_table: dict[str, list[_Staged]] = {}
    for place, sheet in enumerate(sheets):
        try:
            batches = stage(sheet.payload, universe=context.universe, siblings=sheet.siblings)
        except RefusedFileError as error:
            answers.append(Unreadable(error.what))
            continue
        answers.append([])
        for batch in batches:
            frame, repeats = drop_repeats(batch.frame, batch.contract)
            distinct = StagedBatch(contract=batch.contract, frame=frame)
            by_table.setdefault(batch.contract.full_name, []).append(
                _Staged(place, batch.frame.height, repeats, distinct)
            )
    for table in (*JUDGED_FIRST, *sorted(set(by_table) - set(JUDGED_FIRST))):
        staged = by_table.get(table, [])
        audits = gate([s.batch for s in staged], context) if staged else []
        for item, audit in zip(staged, audits, strict=True):
            answer = answers[item.place]
            if isinstance(answer, Unreadable):
                continue
            if audit.batch_failure:
                answers[item.place] = Unreadable(audit.batch_failure)
                continue
            verdict = _verdict(item, audit, context, sheets[item.place].released)
            answer.append(verdict)
            context = context.believing(table, verdict.passing)
    return answers, context


def _verdict(item: _Staged, audit: Audit, context: GateContext, released: Sequence[Address]) -> Verdict:
    batch = item.batch
    never = contract_checks(batch.contract)
    # What a person let in neither spends the budget nor waits with the rest.
    failures = excused(batch, audit.failures, released, never)
    failures, checks = with_budget(batch.frame, failures, audit.checks, context.rules.batches)
    passing, stopped = split(batch, excused(batch, failures, released, never), checks)
    reconcile(rows_in=item.rows_in, passing=passing.height, stopped=stopped.height, repeated=item.repeats)
    return Verdict(batch.contract.full_name, item.rows_in, item.repeats, passing, stopped, checks)
