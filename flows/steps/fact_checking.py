"""Facts held against the bytes they were read from, and payloads against their sha256.

Here: reading a payload anew, and naming the rows that are not what it says. Only reads. Not here: which facts are
checked and what else is (`flows.steps.verifying`), what bytes say (`transforms.staging`).

A fact is what its bytes say when reading its payload anew gives a row at the same span with the same content and the
same clock. What decides that beside the bytes (staging, universe, texts that came with a list of documents) may have
changed since; a load whose inputs can't be put together any more is said to be of other rules, and no error is made of
it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.core import content_columns
from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.contracts.schema import TableContract
from aicycle.errors import ConfigError, RefusedFileError
from aicycle.model.kinds import DocumentKind, RowOrigin
from aicycle.model.parameters import Universe
from aicycle.settings.configuration import restore_configuration
from flows.steps.auditing import inputs_digest, reading_rules, refers_to_texts, rules_for, texts_by_source
from flows.steps.reading import UNREADABLE, TextRules, document_text
from flows.steps.replaying import History
from transforms.staging import stage
from transforms.staging.batch import Payload
from transforms.staging.texts import OF_TEXTS, staged_from
from warehouse.payloads import PayloadStore

SPAN = ("byte_start", "byte_end")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactProblem:
    """One stored row that is not what its bytes say, or can't be held against them."""

    table: str
    key: Mapping[str, Any]
    load_seq: int | None
    payload_sha256: str | None
    byte_start: int | None
    byte_end: int | None
    problem: str
    is_certain: bool = True
    """False: it was loaded by rules that can't be put together any more, so reading otherwise proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadProblem:
    """One payload whose bytes are not there, or not what they were."""

    payload_sha256: str
    names: tuple[str, ...]
    path: str
    problem: str
    """missing, or altered."""
    found_sha256: str | None
    facts_read_from_it: int
    damaged: tuple[FactProblem, ...]
    """The facts whose row reads otherwise now; where that can't be told, all that were read from it."""
    is_all: bool
    """Whether `damaged` are simply all."""


class FactCheck:
    """One verification of payloads and of the facts read from them."""

    def __init__(
        self,
        history: History,
        store: PayloadStore,
        universe: Universe,
        audits: pl.DataFrame,
        texts: TextRules,
    ) -> None:
        """Take what was stored, the payloads beside it, today's universe, `ops.audits` and what texts are read by."""
        self._history, self._store, self._universe, self._texts = history, store, universe, texts
        self._landings: dict[str, list[dict[str, Any]]] = {}
        for row in history.payloads.sort("batch_seq", "source", "name").iter_rows(named=True):
            self._landings.setdefault(row["payload_sha256"], []).append(row)
        # Answers are audited under a load's number too, by rules of their own.
        of_loads = audits.join(history.loads, on=["load_seq", "table_name"], how="semi")
        self._rules = dict(of_loads.select("load_seq", "rules_version").unique("load_seq", keep="any").iter_rows())
        self.payloads_checked = 0

    def payloads_and_facts(
        self, facts: Mapping[str, pl.DataFrame], *, only_these: bool
    ) -> tuple[tuple[PayloadProblem, ...], tuple[FactProblem, ...]]:
        """Return the payloads that are damaged, and the facts that are not what sound payloads say."""
        used = {sha256 for frame in facts.values() for sha256 in frame["payload_sha256"].unique()}
        wanted = used | self._texts_of(facts) | (set() if only_these else set(self._landings))
        damaged, wrong = [], []
        for sha256 in sorted(wanted):
            self.payloads_checked += 1
            read_from_it = {name: frame.filter(pl.col("payload_sha256") == sha256) for name, frame in facts.items()}
            content = self._store.examine(sha256)
            found = None if content is None else hashlib.sha256(content).hexdigest()
            if content is None or found != sha256:
                damaged.append(self._damage(sha256, content, found, read_from_it, facts))
            elif any(not frame.is_empty() for frame in read_from_it.values()):
                wrong += self._unlike_their_bytes(sha256, content, read_from_it)
        return tuple(damaged), tuple(wrong)

    def _texts_of(self, facts: Mapping[str, pl.DataFrame]) -> set[str]:
        documents = facts.get("core.documents")
        return set() if documents is None else set(documents["text_sha256"].drop_nulls().unique().to_list())

    def _damage(
        self,
        sha256: str,
        content: bytes | None,
        found: str | None,
        read_from_it: Mapping[str, pl.DataFrame],
        facts: Mapping[str, pl.DataFrame],
    ) -> PayloadProblem:
        names = tuple(dict.fromkeys(f"{row['source']}/{row['name']}" for row in self._landings.get(sha256, ())))
        every = {name: frame for name, frame in read_from_it.items() if not frame.is_empty()}
        documents = facts.get("core.documents")
        if documents is not None:
            texts = documents.filter(pl.col("text_sha256") == sha256)
            every |= {} if texts.is_empty() else {"core.documents": texts}
        problem = "missing" if content is None else "altered"
        reads_otherwise = [] if content is None else self._unlike_their_bytes(sha256, content, read_from_it)
        is_all = not reads_otherwise
        because = "its bytes are missing" if content is None else "its payload was altered"
        told = reads_otherwise or [
            _problem(name, row, because) for name, frame in every.items() for row in frame.iter_rows(named=True)
        ]
        return PayloadProblem(
            payload_sha256=sha256,
            names=names,
            path=str(self._store.path(sha256)),
            problem=problem,
            found_sha256=found,
            facts_read_from_it=sum(frame.height for frame in every.values()),
            damaged=tuple(told),
            is_all=is_all,
        )

    def _unlike_their_bytes(
        self, sha256: str, content: bytes, read_from_it: Mapping[str, pl.DataFrame]
    ) -> list[FactProblem]:
        """Return the facts of one payload that reading it anew does not give."""
        left = {name: frame for name, frame in read_from_it.items() if not frame.is_empty()}
        nearest: dict[str, pl.DataFrame] = {}
        said = self._said_in_texts(sha256, content, left)
        for universe in self._universes():
            staged = self._staged(sha256, content, universe)
            for name, more in said.items():
                staged[name] = pl.concat([staged[name], more]) if name in staged else more
            for name in list(left):
                now = staged.get(name)
                if now is None:
                    continue
                nearest.setdefault(name, now)
                left[name] = left[name].join(now, on=_said(CONTRACTS[name]), how="anti", nulls_equal=True)
            left = {name: frame for name, frame in left.items() if not frame.is_empty()}
            if not left:
                break
        problems = [
            self._told(name, row, nearest.get(name))
            for name, frame in left.items()
            for row in frame.iter_rows(named=True)
        ]
        clocks = {
            name: frame.join(left[name], on=frame.columns, how="anti", nulls_equal=True) if name in left else frame
            for name, frame in read_from_it.items()
        }
        return problems + list(self._wrong_clocks(clocks))

    def _staged(self, sha256: str, content: bytes, universe: Universe) -> dict[str, pl.DataFrame]:
        """Return, per table, every row that the payload's bytes give under any name and with any texts beside it."""
        found: dict[str, list[pl.DataFrame]] = {}
        for landing in self._landings.get(sha256, ()):
            payload = Payload(
                source=landing["source"], name=landing["name"], format=landing["format"], sha256=sha256,
                content=content, fetched_at=landing["fetched_at"],
            )  # fmt: skip
            for siblings in self._texts_beside(landing):
                try:
                    batches = stage(payload, universe=universe, siblings=siblings)
                except RefusedFileError:
                    continue
                for batch in batches:
                    readable = batch.frame.filter(pl.col("unreadable").is_null())
                    found.setdefault(batch.contract.full_name, []).append(readable.select(_said(batch.contract)))
        return {name: pl.concat(frames).unique(maintain_order=True) for name, frames in found.items()}

    def _said_in_texts(
        self, sha256: str, content: bytes, read_from_it: Mapping[str, pl.DataFrame]
    ) -> dict[str, pl.DataFrame]:
        """Return, per table that texts are read into, the rows that reading the payload's documents anew gives.

        A row that was taken back is what its document says as long as that says nothing under its key.
        """
        tables = {c.full_name: c for c in OF_TEXTS if c.full_name in read_from_it}
        if not tables:
            return {}
        documents = self._history.tables[DOCUMENTS.full_name]
        in_it = documents.filter(
            (pl.col("text_sha256") == sha256)
            | ((pl.col("kind") != DocumentKind.REPORT) & (pl.col("payload_sha256") == sha256))
        )
        read = []
        for row in in_it.iter_rows(named=True):
            try:
                text = content.decode("utf-8") if row["kind"] == DocumentKind.REPORT else row["title"]
                said = self._texts.read(text, row["language"], row["event_time"].date())
            except UNREADABLE:
                continue
            read.append((document_text(row, text), said))
        found = {}
        for batch in staged_from(read, self._texts.homes):
            name, contract = batch.contract.full_name, batch.contract
            if name in tables:
                gone = read_from_it[name].filter(pl.col("is_retracted").fill_null(value=False))
                silent = gone.join(batch.frame, on=list(contract.key), how="anti")
                found[name] = pl.concat([part.select(_said(contract)) for part in (batch.frame, silent)])
        return found

    def _texts_beside(self, landing: Mapping[str, Any]) -> list[Mapping[str, str]]:
        """Return the sets of texts that a landing may have been read with: those that had come by any later landing."""
        if not refers_to_texts(landing["format"]):
            return [{}]
        states: list[Mapping[str, str]] = []
        of_source = self._history.payloads.filter(pl.col("source") == landing["source"])
        for batch_seq in of_source["batch_seq"].unique().sort().to_list():
            if batch_seq >= landing["batch_seq"]:
                texts = texts_by_source(of_source.filter(pl.col("batch_seq") <= batch_seq))
                state = texts.get(landing["source"], {})
                states += [] if state in states else [state]
        return states

    def _universes(self) -> Iterator[Universe]:
        """Yield today's universe, then those of stored runs: an exchange's delay decides when a bar was known."""
        yield self._universe
        seen = [self._universe]
        for universe in self._kept_universes:
            if universe not in seen:
                seen.append(universe)
                yield universe

    @cached_property
    def _kept_universes(self) -> list[Universe]:
        kept = []
        for digest, text in self._history.parameter_sets.select("parameters_digest", "content").sort(pl.all()).rows():
            try:
                kept.append(restore_configuration(text, digest).universe)
            except ConfigError:  # of another version, or altered: replaying its runs says so
                continue
        return kept

    def _told(self, table: str, row: Mapping[str, Any], now: pl.DataFrame | None) -> FactProblem:
        contract = CONTRACTS[table]
        is_certain = self._is_readable_as_then(row["load_seq"])
        at_span = [] if now is None else now.filter(*(pl.col(name) == row[name] for name in SPAN)).to_dicts()
        same_key = [other for other in at_span if all(other[name] == row[name] for name in contract.key)]
        other = next(iter(same_key or at_span), None)
        if other is None:
            problem = "its bytes hold no readable row at this address"
        else:
            differing = [name for name in _said(contract) if other[name] != row[name]]
            problem = "not what its bytes say: " + ", ".join(
                f"{name} is {row[name]!r}, the bytes say {other[name]!r}" for name in differing
            )
        if not is_certain:
            problem += " (loaded under rules that can't be put together any more)"
        return _problem(table, row, problem, is_certain=is_certain)

    def _is_readable_as_then(self, load_seq: int) -> bool:
        """Return whether today's staging, with a universe we know of, is what the load was read with."""
        loads = self._history.loads.filter(pl.col("load_seq") == load_seq)
        if loads.is_empty():
            return True
        load = loads.row(0, named=True)
        landings = [
            row for row in self._landings.get(load["payload_sha256"], ()) if row["batch_seq"] == load["batch_seq"]
        ]
        rules_version = self._rules.get(load_seq, "")
        released = self._history.released.get(load["payload_sha256"], [])
        return any(
            inputs_digest(
                landing,
                texts,
                rules_for(landing["format"], reading_rules(universe, rules_version), self._texts),
                released[:n],
            )
            == load["inputs_digest"]
            for landing in landings
            for n in range(len(released) + 1)
            for texts in self._texts_beside(landing)
            for universe in self._universes()
        )

    def _wrong_clocks(self, facts: Mapping[str, pl.DataFrame]) -> Iterator[FactProblem]:
        """Yield facts that claim a load that did not read them, or an instant of knowledge that does not follow."""
        fetched = self._history.payloads.select("source", "name", "batch_seq", "fetched_at")
        loads = self._history.loads.select(
            "load_seq", "source", "name", "batch_seq", "table_name", read="payload_sha256"
        )
        loads = loads.join(fetched, on=["source", "name", "batch_seq"], how="left")
        first = self._history.payloads.group_by("payload_sha256").agg(pl.col("fetched_at").min())
        arrived = dict(first.iter_rows())
        for name, every in facts.items():
            frame = every
            if "origin" in every.columns:
                frame = every.filter(pl.col("origin") != RowOrigin.EXTRACTED)
                yield from self._wrong_readings(name, every.filter(pl.col("origin") == RowOrigin.EXTRACTED))
            told = frame.join(loads.select("load_seq", "table_name", "read", "fetched_at"), on="load_seq", how="left")
            is_theirs = (pl.col("read") == pl.col("payload_sha256")) & (pl.col("table_name") == name)
            strays = told.filter(~is_theirs.fill_null(value=False))
            for row in strays.iter_rows(named=True):
                yield _problem(name, row, f"load {row['load_seq']} did not read it from this payload")
            if "known_at" not in frame.columns:
                continue
            # An edition of a report came with its text.
            text = pl.col("text_sha256") if "text_sha256" in frame.columns else pl.lit(None, pl.String)
            of_text = text.replace_strict(arrived, default=None, return_dtype=told.schema["fetched_at"])
            restated = [pl.max_horizontal("source_known_at", came) for came in (pl.col("fetched_at"), of_text)]
            follows = pl.any_horizontal(pl.col("known_at") == at for at in (pl.col("source_known_at"), *restated))
            for row in told.filter(is_theirs & ~follows).iter_rows(named=True):
                yield _problem(
                    name,
                    row,
                    f"known_at is {row['known_at'].isoformat()}, which neither its source nor its arrival gives",
                )

    def _wrong_readings(self, name: str, read: pl.DataFrame) -> Iterator[FactProblem]:
        """Yield rows read in texts that are of no stored document, of another load, or known since another time.

        What a document says is known since a version of it is.
        """
        documents = self._history.tables[DOCUMENTS.full_name].select(
            "document_id",
            payload_sha256=pl.coalesce("text_sha256", "payload_sha256"),
            since="known_at",
        )
        tables = self._history.loads.select("load_seq", "table_name")
        told = read.join(tables, on="load_seq", how="left").with_row_index("row")
        versions = told.join(documents, on=["document_id", "payload_sha256"])
        dated = versions.filter(pl.col("since") == pl.col("known_at"))["row"].unique()
        theirs, timely = set(versions["row"]), set(dated)
        for row in told.iter_rows(named=True):
            if row["table_name"] != name:
                yield _problem(name, row, f"load {row['load_seq']} did not read it")
            elif row["row"] not in theirs:
                yield _problem(name, row, f"{row['document_id']} is no document whose text is in this payload")
            elif row["row"] not in timely:
                yield _problem(
                    name, row, f"known_at is {row['known_at'].isoformat()}, and its document is not known since then"
                )


def _said(contract: TableContract) -> list[str]:
    """Return what must be the same when the bytes are read anew: place, content and the source's clock."""
    clock = ["source_known_at"] if contract.schema == "core" else []
    return [*SPAN, *(c.name for c in content_columns(contract)), *clock]


def _problem(table: str, row: Mapping[str, Any], problem: str, *, is_certain: bool = True) -> FactProblem:
    return FactProblem(
        table=table,
        key={name: row[name] for name in CONTRACTS[table].key},
        load_seq=row["load_seq"],
        payload_sha256=row["payload_sha256"],
        byte_start=row["byte_start"],
        byte_end=row["byte_end"],
        problem=problem,
        is_certain=is_certain,
    )
