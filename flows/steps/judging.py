"""Judging: payloads are read, and each table's rows put before the gate together.

Here: the order of the tables, and one verdict per payload and table. Nothing is stored. Not here: where payloads and
context come from (`flows.steps.auditing`), how bytes are read (`transforms.staging`), what is checked (`expectations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from aicycle.errors import RefusedFileError
from aicycle.model.decisions import MANUAL
from expectations.gate import Audit
from expectations.suite import contract_checks
from transforms.gate.budget import with_budget
from transforms.gate.context import GateContext
from transforms.gate.decisions import Address, excused
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.gate.split import ADDRESS, placed, split
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
        for staged in _rounds(by_table.get(table, []), sheets):
            audits = gate([s.batch for s in staged], context)
            for item, audit in zip(staged, audits, strict=True):
                answer = answers[item.place]
                if isinstance(answer, Unreadable):
                    continue
                if audit.batch_failure:
                    answers[item.place] = Unreadable(audit.batch_failure)
                    continue
                verdict = _verdict(item, audit, context, _let_in(item, sheets[item.place]))
                answer.append(verdict)
                context = context.believing(table, verdict.passing)
    return answers, context


def _rounds(staged: Sequence[_Staged], sheets: Sequence[Sheet]) -> list[list[_Staged]]:
    """Return batches in the groups that are judged together: of one name that landed repeatedly, one after the other.

    Two landings of a name may claim the same bar: the later one is a revision of the earlier, however many runs it took
    to come to either.
    """
    rounds: list[list[_Staged]] = []
    met: Counter[tuple[str, str]] = Counter()
    for item in staged:
        payload = sheets[item.place].payload
        turn = met[payload.source, payload.name]
        met[payload.source, payload.name] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(item)
    return rounds


def _let_in(item: _Staged, sheet: Sheet) -> tuple[Address, ...]:
    """Return the rows that a person let in: released ones, and what a person put down as a correction.

    Who corrects signs for it: that the value is far from what was believed is what a correction is about. It must still
    be a row that the table can hold.
    """
    if sheet.payload.source != MANUAL:
        return sheet.released
    table = item.batch.contract.full_name
    rows = placed(item.batch.frame).select(*ADDRESS, "place").rows()
    return (*sheet.released, *((table, *row[1:]) for row in rows))


def _verdict(item: _Staged, audit: Audit, context: GateContext, released: Sequence[Address]) -> Verdict:
    batch = item.batch
    never = contract_checks(batch.contract)
    # What a person let in neither spends the budget nor waits with the rest.
    failures = excused(batch, audit.failures, released, never)
    failures, checks = with_budget(batch.frame, failures, audit.checks, context.rules.batches)
    passing, stopped = split(batch, excused(batch, failures, released, never), checks)
    reconcile(rows_in=item.rows_in, passing=passing.height, stopped=stopped.height, repeated=item.repeats)
    return Verdict(batch.contract.full_name, item.rows_in, item.repeats, passing, stopped, checks)
