"""A recording as it was lived through: what was believed before a day, and what came on it.

Here: one clean load of the recording, its days, and the gate's answer to a day's files. Nothing is stored. Not here:
faults (`transforms.gate.faults`), the score (`flows.steps.gate_scoring`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.core import content_columns
from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.errors import RefusedFileError, SourceError
from aicycle.model.kinds import Severity
from aicycle.model.parameters import Configuration
from aicycle.sources.protocol import Fetched
from aicycle.sources.recording import RecordingSource
from expectations.suite import rules_version
from flows.steps.judging import JUDGED_FIRST, Sheet, TableGate, Unreadable, Verdict, judge_sheets
from transforms.gate.context import GateContext
from transforms.gate.faults.outcome import REFUSED, Judgement, Stop
from transforms.gate.faults.recorded import SHAPES, RecordedFile, recorded_file
from transforms.gate.invariants import INVARIANTS, take_invariants
from transforms.gate.repeats import drop_repeats
from transforms.point_in_time import newest_versions
from transforms.prices import RECEIVED_SCHEMA
from transforms.staging import RECORDING, TEXT, stage
from transforms.staging.batch import Payload
from transforms.staging.tables import TABLE_FORMATS

SOURCE = "recording"


@dataclass(slots=True, eq=False)
class World:
    """A recording, day by day.

    Args:
        files: what faults may hit, by name.
        believed: table -> all clean rows of the recording, every version, sorted by key.
        siblings: name -> sha256 of the texts.
        configuration: what the gate is told.
        fetch_delay: a day's files are fetched this long after it has ended, UTC.
    """

    files: Mapping[str, RecordedFile]
    believed: Mapping[str, pl.DataFrame]
    siblings: Mapping[str, str]
    configuration: Configuration
    fetch_delay: timedelta

    @property
    def days(self) -> list[date]:
        """Days on which anything became known, in order."""
        return sorted({day for file in self.files.values() for day in file.by_day})

    def context(self, before: date) -> GateContext:
        """Return what was believed when a day began."""
        known = pl.col("known_at") < datetime.combine(before, time(), UTC)
        believed = {}
        for table, frame in self.believed.items():
            contract = CONTRACTS[table]
            believed[table] = newest_versions(frame.filter(known), contract.key, contract.version_order)
        return GateContext(
            universe=self.configuration.universe,
            rules=self.configuration.gate,
            rules_version=rules_version(self.configuration.gate),
            believed=believed,
            received=RECEIVED_SCHEMA.to_frame(),
        )

    def judge(
        self,
        sent: Mapping[str, bytes],
        before: GateContext,
        last: date,
        gate: TableGate,
        *,
        siblings: Mapping[str, str] | None = None,
        findings: tuple[Stop, ...] | None = None,
    ) -> Answer:
        """Return the gate's answer to files that came together, what it finds in whole tables after them included.

        Args:
            sent: name of a file -> its bytes.
            before: what was believed.
            last: the day after whose end they were fetched.
            gate: judges one table's batches.
            siblings: name -> sha256 of the texts beside them, where they are not the recording's.
            findings: about whole tables, where these are the same as in an answer that was given before.
        """
        fetched_at = datetime.combine(last + timedelta(days=1), time(), UTC) + self.fetch_delay
        payloads = [_payload(name, sent[name], fetched_at) for name in SHAPES if name in sent]
        # All that is believed counts as received with these files: the recording's prices are adjusted once, for all
        # days, so a vendor's adjustments reach as far in the old bars as in the new ones.
        shas = {p.sha256 for p in payloads} | {
            sha for frame in before.believed.values() for sha in frame["payload_sha256"].unique()
        }
        received = pl.DataFrame(
            {"payload_sha256": sorted(shas), "received_on": [fetched_at.date()] * len(shas)}, schema=RECEIVED_SCHEMA
        )
        texts = self.siblings if siblings is None else siblings
        answers, after = judge_sheets([Sheet(p, texts) for p in payloads], replace(before, received=received), gate)
        stops: list[Stop] = []
        verdicts: list[Verdict] = []
        for payload, answer in zip(payloads, answers, strict=True):
            if isinstance(answer, Unreadable):
                stops.append(_refused(payload, answer))
                continue
            for verdict in answer:
                stops += _stops(payload, verdict)
                verdicts.append(verdict)
        about_tables = tuple(findings_after(after)) if findings is None else findings
        return Answer(tuple(stops), about_tables, tuple(verdicts))


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the gate said about files that came together."""

    by_row: tuple[Stop, ...]
    findings: tuple[Stop, ...]
    """About whole tables."""
    verdicts: tuple[Verdict, ...]

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Everything that is stopped."""
        return (*self.by_row, *self.findings)

    def judgement(self, tables: Collection[str] | None = None) -> Judgement:
        """Return what is compared: what was stopped, and what came in, of some tables or of all."""
        passing: dict[str, frozenset[tuple[object, ...]]] = {}
        for verdict in self.verdicts:
            if tables is None or verdict.table in tables:
                passing[verdict.table] = passing.get(verdict.table, frozenset()) | _content(verdict)
        return Judgement(stops=self.stops, passing=passing)

    def believed_before(self, table: str, context: GateContext) -> GateContext:
        """Return a context in which what came in is believed too, as far as it is judged before a table."""
        for verdict in self.verdicts:
            if place_of(verdict.table) < place_of(table):
                context = context.believing(verdict.table, verdict.passing)
        return context


def reaches_findings(table: str) -> bool:
    """Return whether rows of a table can change what is found in whole tables."""
    return any(invariant.table == table for invariant in INVARIANTS)


def place_of(table: str) -> tuple[int, str]:
    """Return where a table stands in the order in which tables are judged."""
    first = JUDGED_FIRST.index(table) if table in JUDGED_FIRST else len(JUDGED_FIRST)
    return first, table


def table_of(file_name: str) -> str:
    """Return the table that a file of the recording goes to."""
    return TABLE_FORMATS[file_name].contract.full_name if file_name in TABLE_FORMATS else DOCUMENTS.full_name


def findings_after(context: GateContext) -> list[Stop]:
    """Return what blocking invariants find wrong with whole tables once a batch is believed.

    The metrics are compared here as `expectations.findings` lets the library compare them: asking it for every one of
    thousands of small batches would take longer than everything else.
    """
    taken = take_invariants(context, [i for i in INVARIANTS if i.severity is Severity.BLOCKING])
    about = {invariant.check_name: invariant.table for invariant in INVARIANTS}
    failing = taken.metrics.filter(pl.col("value") > pl.col("limit"))
    found = [
        Stop(
            check=f"{about[row['check_name']]}/{row['check_name']}",
            key=f"{row['subject_kind']}:{row['subject_id']}:{row['metric']}:{row['row_key']}",
            missing=str(row["row_key"] or ""),
            subject=str(row["subject_id"] or ""),
            reason=str(row["said"] or ""),
        )
        for row in failing.iter_rows(named=True)
    ]
    broken = [Stop(check=f"{about[name]}/{name}", key="broken", reason=why) for name, why in taken.broken.items()]
    return found + broken


def world_of(folder: Path, configuration: Configuration, fetch_delay: timedelta) -> World:
    """Load a recording once, as it is, without judging it.

    Rows that can't be read are left out; so are files that faults never hit.

    Raises:
        SourceError: there is no such folder, or nothing that faults could hit in it.
    """
    fetched = [item for item in RecordingSource(folder, _no_clock).fetch() if isinstance(item, Fetched)]
    siblings = {item.name: hashlib.sha256(item.content).hexdigest() for item in fetched if item.format == TEXT}
    files: dict[str, RecordedFile] = {}
    believed: dict[str, list[pl.DataFrame]] = {}
    for item in fetched:
        if item.name not in SHAPES:
            continue
        payload = _payload(item.name, item.content, _no_clock())
        try:
            batches = stage(payload, universe=configuration.universe, siblings=siblings)
        except RefusedFileError:
            continue  # as in a run: the file is refused and the others go on
        known_on: dict[int, date] = {}
        for batch in batches:
            frame, _ = drop_repeats(batch.frame, batch.contract)
            readable = pl.col("unreadable").is_null() & pl.col("known_at").is_not_null()
            known_on |= dict(
                batch.frame.filter(readable).select("source_line", pl.col("known_at").dt.date()).iter_rows()
            )
            believed.setdefault(batch.contract.full_name, []).append(frame.filter(readable))
        files[item.name] = recorded_file(item.name, item.content, known_on)
    if not any(file.by_day for file in files.values()):
        raise SourceError(
            "nothing in the recording that a fault could hit",
            where=str(folder),
            expected=f"rows in one or more of {', '.join(SHAPES)}",
            next_command="aicycle gate scorecard --recording DIR, with a folder as docs/recording_format.md describes",
        )
    return World(
        files=files,
        believed={table: _stored(table, pl.concat(frames)) for table, frames in believed.items()},
        siblings=siblings,
        configuration=configuration,
        fetch_delay=fetch_delay,
    )


def _no_clock() -> datetime:
    """Return an instant that no answer rests on: what is believed counts as received with the batch."""
    return datetime(2100, 1, 1, tzinfo=UTC)


def _stored(table: str, staged: pl.DataFrame) -> pl.DataFrame:
    """Return staged rows as they would stand in their table, sorted by key."""
    contract = CONTRACTS[table]
    schema = contract.polars_schema()
    filled = staged.with_columns(revision=pl.lit(0, pl.Int64), load_seq=pl.lit(1, pl.Int64))
    return filled.select(schema.names()).match_to_schema(schema).sort(list(contract.key))


def _payload(name: str, content: bytes, fetched_at: datetime) -> Payload:
    return Payload(
        source=SOURCE,
        name=name,
        format=RECORDING + name,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        fetched_at=fetched_at,
    )


def _refused(payload: Payload, answer: Unreadable) -> Stop:
    return Stop(check=f"{payload.name}/{REFUSED}", key=payload.name, file=payload.name, reason=answer.reason)


def _stops(payload: Payload, verdict: Verdict) -> list[Stop]:
    stops = []
    for row in verdict.stopped.iter_rows(named=True):
        key = row["row_key"] or row["row_content"]
        stops += [
            Stop(
                check=f"{verdict.table}/{check}",
                key=key,
                file=payload.name,
                line=row["source_line"],
                subject=str(row["subject_id"] or ""),
                reason=row["reason"],
            )
            for check in row["check_name"].split(";")
        ]
    return stops


def _content(verdict: Verdict) -> frozenset[tuple[object, ...]]:
    columns = [c.name for c in content_columns(CONTRACTS[verdict.table])]
    return frozenset(verdict.passing.select(columns).iter_rows())
