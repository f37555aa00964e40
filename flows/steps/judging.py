"""Judging: payloads are read, and each table's rows put before the gate together.

Here: the order of the tables, and one verdict per payload and table; documents that pass are read, and what they say is
judged like any other row. Nothing is stored. Not here: where payloads and context come from (`flows.steps.auditing`),
how bytes are read (`transforms.staging`) and texts (`flows.steps.reading`), what is checked (`expectations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.errors import RefusedFileError
from aicycle.model.decisions import MANUAL
from expectations.gate import Audit
from expectations.suite import contract_checks
from flows.steps.reading import ReadBatch, Texts, read_documents
from transforms.gate.budget import with_budget
from transforms.gate.context import GateContext
from transforms.gate.decisions import Address, excused
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.gate.split import ADDRESS, placed, split
from transforms.staging import stage
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.texts import OF_TEXTS, DocumentText, staged_from, with_taken_back

TableGate = Callable[[Sequence[StagedBatch], GateContext], list[Audit]]
"""Judges all batches of one table against a context; one audit each."""

JUDGED_FIRST = (
    "core.corporate_actions", "core.fx_rates", "core.daily_bars", "core.reported_figures", DOCUMENTS.full_name,
)  # fmt: skip
"""What others are measured against or read in is judged before them: a close by the splits and rates, an amount by the
figures, an announcement by the document it stands in."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A payload to be judged, the payloads it refers to (name -> sha256), the rows of it that a person let in."""

    payload: Payload
    siblings: Mapping[str, str]
    released: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    """By the sha256 of the payload they stand in: this one, or one it refers to."""


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
    read: ReadBatch | None = None
    """What was read in the texts of its documents."""
    documents: tuple[DocumentText, ...] = ()
    """What its rows were read in."""


def judge_sheets(
    sheets: Sequence[Sheet], context: GateContext, gate: TableGate, texts: Texts | None = None
) -> tuple[list[list[Verdict] | Unreadable], GateContext]:
    """Judge payloads together.

    Args:
        sheets: in the order they landed.
        context: what is believed before any of them.
        gate: judges one table's batches.
        texts: how documents are read; None: they are not.

    Returns:
        Per sheet its verdicts by table, or why it can't be taken; and what is believed after them.
    """
    answers, by_table = _read(sheets, context, texts)
    for table in (*JUDGED_FIRST, *sorted({*by_table, *(c.full_name for c in OF_TEXTS)} - set(JUDGED_FIRST))):
        for met in _rounds(by_table.get(table, []), sheets):
            staged = [item for one in met if (item := _completed(one, context)) is not None]
            audits = gate([s.batch for s in staged], context)
            before = context
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
                for said in _said_in(item, verdict, before, texts):
                    by_table.setdefault(said.batch.contract.full_name, []).append(said)
    return answers, context


def _read(
    sheets: Sequence[Sheet], context: GateContext, texts: Texts | None
) -> tuple[list[list[Verdict] | Unreadable], dict[str, list[_Staged]]]:
    """Return, per sheet, room for its verdicts or why it can't be read; and the staged batches by table."""
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
            by_table.setdefault(batch.contract.full_name, []).append(_staged(place, batch, texts))
    return answers, by_table


def _staged(place: int, batch: StagedBatch, texts: Texts | None) -> _Staged:
    read = None
    if texts is not None and batch.contract is DOCUMENTS:
        read = read_documents(batch, texts)
        batch = read.batch
    frame, repeats = drop_repeats(batch.frame, batch.contract)
    return _Staged(place, batch.frame.height, repeats, StagedBatch(contract=batch.contract, frame=frame), read)


def _said_in(item: _Staged, verdict: Verdict, before: GateContext, texts: Texts | None) -> list[_Staged]:
    """Return what the documents that passed say, one batch per table it belongs in."""
    if item.read is None or texts is None:
        return []
    read = item.read.documents(verdict.passing, before)
    documents = tuple(document for document, _ in read)
    return [
        _Staged(item.place, 0, 0, batch, documents=documents)
        for batch in staged_from(read, texts.rules.homes)
        if documents
    ]


def _completed(item: _Staged, context: GateContext) -> _Staged | None:
    """Return rows with what is read in their texts no more; None where that leaves none to judge."""
    if not item.documents:
        return item
    batch = with_taken_back(item.batch, item.documents, context.rows(item.batch.contract.full_name))
    return None if batch.frame.is_empty() else _staged(item.place, batch, None)


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


def _let_in(item: _Staged, sheet: Sheet) -> dict[str, tuple[Address, ...]]:
    """Return the rows that a person let in: released ones, and what a person put down as a correction.

    Who corrects signs for it: that the value is far from what was believed is what a correction is about. It must still
    be a row that the table can hold.
    """
    released = dict(sheet.released)
    if sheet.payload.source == MANUAL:
        table = item.batch.contract.full_name
        for sha256, *rest in placed(item.batch.frame).select(*ADDRESS, "place").rows():
            released[sha256] = (*released.get(sha256, ()), (table, *rest))
    return released


def _verdict(item: _Staged, audit: Audit, context: GateContext, released: Mapping[str, Sequence[Address]]) -> Verdict:
    batch = item.batch
    never = contract_checks(batch.contract)
    # What a person let in neither spends the budget nor waits with the rest.
    failures = excused(batch, audit.failures, released, never)
    failures, checks = with_budget(batch.frame, failures, audit.checks, context.rules.batches)
    passing, stopped = split(batch, excused(batch, failures, released, never), checks)
    reconcile(rows_in=item.rows_in, passing=passing.height, stopped=stopped.height, repeated=item.repeats)
    return Verdict(batch.contract.full_name, item.rows_in, item.repeats, passing, stopped, checks)
