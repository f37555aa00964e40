"""What a run says when it ends: the same numbers for people and for JSON.

Here: the summary and its making. Not here: how it is printed (`aicycle.cli`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from aicycle.contracts import CORE_TABLES
from aicycle.errors import ExitCode
from flows.steps.accepting import RefusedAnswer
from flows.steps.auditing import FileCount, standing_refusals, unchanged_counts
from flows.steps.deriving import newest_instant, newest_word
from flows.steps.recomputing import Recomputed
from transforms.facts import Facts
from transforms.gate.budget import spent
from transforms.lineage import downstream, standing

if TYPE_CHECKING:
    from flows.ingest import Ingested
    from flows.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One subject the gate does not speak about, and what that keeps from being recomputed."""

    subject_kind: str
    subject_id: str
    metric: str
    since: str
    cause: str
    outputs: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What one run did."""

    source: str
    home: str
    files: list[FileCount]
    refused_files: list[str]
    ignored_files: list[str]
    held: list[Held]
    new_alerts: int
    new_runs: int
    unanswered: list[str]
    snapshot: str
    as_of: datetime | None
    seconds: float

    def total(self, what: str) -> int:
        """Return one count over all files: rows_in, stored, restated, duplicate or quarantined."""
        return sum(getattr(f, what) for f in self.files)

    @property
    def is_balanced(self) -> bool:
        """Whether in = stored + duplicate + quarantined for every file."""
        return all(f.rows_in == f.stored + f.duplicate + f.quarantined for f in self.files)

    @property
    def exit_code(self) -> ExitCode:
        """3 while something is held or a whole file was refused; quarantined rows alone are fine."""
        return ExitCode.HELD if self.held or self.refused_files else ExitCode.DONE

    def merged(self, later: RunSummary) -> RunSummary:
        """Return the summary of this run and a later one on the same input, as one."""
        return RunSummary(
            source=later.source,
            home=later.home,
            files=self.files,
            refused_files=later.refused_files,
            ignored_files=later.ignored_files,
            held=later.held,
            new_alerts=self.new_alerts + later.new_alerts,
            new_runs=self.new_runs + later.new_runs,
            unanswered=later.unanswered,
            snapshot=later.snapshot,
            as_of=later.as_of,
            seconds=self.seconds + later.seconds,
        )


def summarise(
    runtime: Runtime,
    *,
    ingested: Ingested,
    counts: list[FileCount],
    recomputed: Recomputed,
    refused: Sequence[RefusedAnswer] = (),
    new_alerts: int,
    snapshot: str,
    started_at: datetime,
) -> RunSummary:
    """Put the summary together; files that came again unchanged count as duplicates."""
    judged = {c.name for c in counts}
    with runtime.warehouse.read() as reader:
        again = unchanged_counts(reader, ingested.source, set(ingested.payload_names) - judged)
        waiting = [
            f"{c.name}: waits whole, {why}"
            for c in counts
            if (why := spent(c.rows_in, c.quarantined, runtime.configuration.gate.batches))
        ]
        standing_files = standing_refusals(reader, ingested.source, set(ingested.payload_names))
        refused_files = [*waiting, *ingested.refused, *standing_files]
        holds = reader.frame("ops.holds")
        as_of = newest_instant(Facts.from_tables(reader.frames(CORE_TABLES)), holds, newest_word(reader))
    standing_holds = standing(holds, as_of) if as_of else holds.clear()
    return RunSummary(
        source=ingested.source,
        home=str(runtime.warehouse.layout.home),
        files=sorted([*counts, *again], key=lambda f: (f.name, f.table)),
        refused_files=refused_files,
        ignored_files=list(ingested.ignored),
        held=[*held_of(standing_holds, runtime), *(held_answer(one) for one in refused)],
        new_alerts=new_alerts,
        new_runs=recomputed.new_runs,
        unanswered=recomputed.unanswered,
        snapshot=snapshot,
        as_of=as_of,
        seconds=round((runtime.clock() - started_at).total_seconds(), 3),
    )


def held_answer(refused: RefusedAnswer) -> Held:
    """Return an answer that the gate refused as what is held: the last good one stays."""
    return Held(
        subject_kind="answer",
        subject_id=f"{refused.output}/{refused.subject}" if refused.subject else refused.output,
        metric="all of it",
        since=refused.as_of.isoformat(),
        cause=refused.cause,
        outputs=[refused.output],
    )


def held_of(holds: pl.DataFrame, runtime: Runtime) -> list[Held]:
    """Return standing holds with the outputs they reach."""
    key = ["subject_kind", "subject_id", "metric", "since"]
    spread = downstream(holds, runtime.configuration.universe, runtime.configuration.scenario_sets)
    outputs: dict[tuple[object, ...], list[str]] = {}
    for row in spread.sort("output", "company", "segment").iter_rows(named=True):
        name = "/".join(str(row[n]) for n in ("output", "company", "segment") if row[n])
        outputs.setdefault(tuple(row[k] for k in key), []).append(name)
    return [
        Held(
            subject_kind=row["subject_kind"],
            subject_id=row["subject_id"],
            metric=row["metric"],
            since=row["since"].isoformat(),
            cause=row["cause"],
            outputs=outputs.get(tuple(row[k] for k in key), []),
        )
        for row in holds.sort(key).iter_rows(named=True)
    ]
