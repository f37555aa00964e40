"""Verification: bytes against their sha256, facts against their bytes, derived rows and answers against their inputs.

Here: what is checked, and what of the ledger and the runs is named when it fails. Only reads. Not here: holding a fact
against its bytes (`flows.steps.fact_checking`), an ingested document against its source
(`flows.steps.derivation_checking`), a derived table against what it follows from
(`flows.steps.table_checking`), making an answer again (`flows.steps.replaying`), printing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from aicycle.contracts import LANDED_TABLES
from aicycle.errors import AicycleError
from aicycle.model.parameters import Configuration
from flows.steps.comparing import OUTPUT
from flows.steps.derivation_checking import documents_unlike_their_source
from flows.steps.fact_checking import FactCheck, FactProblem, PayloadProblem
from flows.steps.reading import TextRules
from flows.steps.replaying import DERIVED, History, Replayed, altered_rows, replay
from flows.steps.stored_runs import RunKind, StoredRun, stored_runs
from flows.steps.table_checking import TableCheck, check_tables
from transforms.dependence import facts_needed
from transforms.event_members import MEMBERS_OF, event_members
from warehouse import Reader
from warehouse.payloads import PayloadStore

CURE = "restore the file from a backup of the home, or fetch the same data again: bytes with another sha256 are no cure"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProblem:
    """A stored run that could not be made again at all, or, where it was not to be, was altered."""

    run_id: str
    kind: RunKind
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked and what failed."""

    payloads_checked: int
    facts_checked: int
    payloads: tuple[PayloadProblem, ...]
    facts: tuple[FactProblem, ...]
    books: tuple[str, ...]
    """Where the ledger and the tables do not tell the same story."""
    replayed: tuple[Replayed, ...]
    unmade: tuple[RunProblem, ...]
    tables: tuple[TableCheck, ...] = ()
    """Derived tables, held against what they follow from; none where single runs were asked for."""
    runs_digested: int = 0
    """Stored runs beside those made again of which the digests were taken."""
    altered: tuple[RunProblem, ...] = ()
    """Those of them that do not have their digests."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing failed."""
        return not (
            self.payloads
            or any(fact.is_certain for fact in self.facts)
            or self.books
            or self.unmade
            or self.altered
            or any(check.problems for check in self.tables)
            or any(run.is_error for run in self.replayed)
        )


def verify(
    reader: Reader,
    store: PayloadStore,
    configuration: Configuration,
    runs: Iterable[StoredRun],
    *,
    only_these: bool,
    texts: TextRules,
) -> Verified:
    """Check bytes, facts and answers.

    Args:
        reader: a snapshot.
        store: the payloads beside it.
        configuration: today's `config/`: how bytes are read now.
        runs: to be made again.
        only_these: check the payloads and facts of these runs alone, not everything stored, and no table.
        texts: how texts are read now.
    """
    history, chosen = History(reader), list(runs)
    tables = {name: reader.frame(name) for name in LANDED_TABLES}
    facts = _facts_of(history, chosen, tables) if only_these else tables
    check = FactCheck(history, store, configuration.universe, reader.frame("ops.audits"), texts)
    payloads, fact_problems = check.payloads_and_facts(facts, only_these=only_these)
    if (documents := facts.get("core.documents")) is not None:
        fact_problems += tuple(documents_unlike_their_source(documents, history.payloads, store))
    books = () if only_these else (*_books(history, tables), *_memberships(reader, history))
    replayed, unmade = _replays(history, chosen)
    made_again = {run.run_id for run in chosen}
    others = [] if only_these else [run for run in stored_runs(reader) if run.run_id not in made_again]
    return Verified(
        payloads_checked=check.payloads_checked,
        facts_checked=sum(frame.height for frame in facts.values()),
        payloads=payloads,
        facts=fact_problems,
        books=books,
        replayed=replayed,
        unmade=unmade,
        tables=() if only_these else check_tables(reader, configuration),
        runs_digested=len(others),
        altered=tuple(_altered(history, others)),
    )


def _altered(history: History, runs: list[StoredRun]) -> Iterator[RunProblem]:
    for run in runs:
        for part in altered_rows(history, run):
            yield RunProblem(run_id=run.run_id, kind=run.kind, problem=part.what)


def _replays(history: History, runs: list[StoredRun]) -> tuple[tuple[Replayed, ...], tuple[RunProblem, ...]]:
    replayed, unmade = [], []
    for run in runs:
        try:
            replayed.append(replay(history, run))
        except AicycleError as error:
            unmade.append(RunProblem(run_id=run.run_id, kind=run.kind, problem=str(error)))
    return tuple(replayed), tuple(unmade)


def _facts_of(history: History, runs: list[StoredRun], tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the facts that these runs can depend on and could see."""
    found = {name: frame.clear() for name, frame in tables.items()}
    for run in runs:
        made_with = run.manifest
        rules = history.view(run).configuration
        seen = {
            name: frame.filter(
                (pl.col("load_seq") <= made_with["load_seq"]) & (pl.col("known_at") <= made_with["as_of"])
            )
            for name, frame in history.tables.items()
        }
        companies = (
            [made_with["company"]] if run.kind is RunKind.SCENARIO else [c.name for c in rules.universe.companies]
        )
        for company in companies:
            needed = facts_needed(seen, rules.universe, rules.scenario_sets, output=OUTPUT[run.kind], company=company)
            for name, rows in needed.items():
                found[name] = pl.concat([found[name], rows]).unique(maintain_order=True)
    return {name: frame for name, frame in found.items() if not frame.is_empty()}


def _books(history: History, tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """Yield the loads of which other rows stand in their table than the ledger counts."""
    loads = {row["load_seq"]: row for row in history.loads.iter_rows(named=True)}
    for name, frame in tables.items():
        counts = dict(frame.group_by("load_seq").len().iter_rows())
        told = {n: row["rows_stored"] for n, row in loads.items() if row["table_name"] == name and row["rows_stored"]}
        for load_seq in sorted(counts.keys() | told.keys()):
            if counts.get(load_seq, 0) != told.get(load_seq, 0):
                yield (
                    f"{name}: {counts.get(load_seq, 0)} rows of load {load_seq}, "
                    f"of which ops.loads says that it stored {told.get(load_seq, 0)}"
                )


def _memberships(reader: Reader, history: History) -> Iterator[str]:
    derived = event_members(*(history.tables[name] for name in MEMBERS_OF))
    stored = reader.frame(DERIVED)
    other = [*derived.join(stored, on=stored.columns, how="anti", nulls_equal=True).iter_rows(named=True)]
    other += stored.join(derived, on=stored.columns, how="anti", nulls_equal=True).iter_rows(named=True)
    for row in sorted(other, key=lambda r: (r["member_table"], r["member_id"], r["event_id"])):
        yield f"{DERIVED}: {row['member_table']} {row['member_id']} is not what follows from its row"
