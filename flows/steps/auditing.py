"""Auditing: landed payloads are read, judged, and let into core or into quarantine.

Here: which payloads are due, what one payload's audit is, and what of it is written. Not here: how bytes are read
(`transforms.staging`), what is checked (`expectations`), what is held (`transforms.gate`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import EventName
from aicycle.model.parameters import Configuration, Universe
from aicycle.sources.protocol import Refused, Subject
from expectations.suite import rules_version
from flows.steps.holding import derived_holds, record_notices
from flows.steps.judging import Sheet, TableGate, Unreadable, Verdict, judge_sheets
from flows.steps.landing import frame_of, newest_payloads, record_refusal
from flows.steps.reading import TextRules, Texts
from transforms.digests import content_digest
from transforms.event_members import MEMBERS_OF, event_members
from transforms.gate.context import GateContext
from transforms.gate.decisions import Address, released_rows
from transforms.gate.repeats import reconcile
from transforms.staging import CHART, STAGING_VERSION
from transforms.staging.batch import Payload
from transforms.staging.chart import pair_of
from warehouse import Reader, Transaction
from warehouse.payloads import PayloadStore

WITH_DOCUMENTS = ("documents.jsonl", "headlines.jsonl", "document/record", "document/feed")
"""What the formats end with that bring documents."""
LANDED_EVENT = {
    "core.daily_bars": EventName.PRICES_LANDED,
    "core.fx_rates": EventName.PRICES_LANDED,
    "core.corporate_actions": EventName.PRICES_LANDED,
    "core.reported_figures": EventName.FIGURES_LANDED,
    "core.documents": EventName.DOCUMENTS_LANDED,
    "core.announcements": EventName.CAPEX_ANNOUNCED,
    "core.cycle_events": EventName.CYCLE_EVENTS_LANDED,
}


@dataclass(frozen=True, slots=True)
class Due:
    """A payload to be audited, and what it refers to."""

    source: str
    name: str
    format: str
    sha256: str
    batch_seq: int
    fetched_at: Any
    siblings: Mapping[str, str]
    inputs_digest: str
    arrived: Mapping[str, datetime] = field(default_factory=dict)
    """sha256 of the texts it refers to -> when each first came."""
    released: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    """Rows of it, and of texts it refers to, that a person let in: by the sha256 of the payload they stand in."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One payload's rows for one table, after the gate."""

    due: Due
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FileCount:
    """The ledger's line for one payload and table: in = stored + duplicate + quarantined."""

    name: str
    table: str
    rows_in: int
    stored: int
    restated: int
    duplicate: int
    quarantined: int


def due_payloads(view: Reader, configuration: Configuration, texts: TextRules) -> list[Due]:
    """Return the payloads that no load has audited under today's rules and universe, in the order they landed.

    What brings documents is due too when texts are read by other rules.

    Of the payloads that an earlier load did audit only the newest under each name is audited again when rules change:
    reading an outdated one again would restate what has replaced it.
    """
    every = view.frame("raw.payloads").sort("batch_seq", "name")
    is_text = pl.col("format").str.ends_with("/text")
    payloads = every.filter(~is_text)
    newest = set(newest_payloads(payloads).select("source", "name", "batch_seq").rows())
    beside = texts_by_source(every)
    first = every.filter(is_text).group_by("payload_sha256").agg(pl.col("fetched_at").min())
    arrived = dict(first.iter_rows())
    read_in = view.frame("core.documents").drop_nulls("text_sha256").group_by("payload_sha256").agg("text_sha256")
    texts_read = dict(read_in.sort("payload_sha256").iter_rows())
    loads = view.frame("ops.loads")
    digests = set(loads["inputs_digest"])
    audited = set(loads.select("source", "name", "batch_seq").rows())
    read = loads.drop_nulls("batch_seq").group_by("source", "name").agg(pl.col("batch_seq").max())
    last_read = {(source, name): batch_seq for source, name, batch_seq in read.rows()}
    rules = reading_rules(configuration.universe, rules_version(configuration.gate))
    released = released_rows(view.frame("ops.decisions"))
    due = []
    for row in payloads.iter_rows(named=True):
        siblings = beside.get(row["source"], {}) if refers_to_texts(row["format"]) else {}
        landing = (row["source"], row["name"], row["batch_seq"])
        texts_of_it = texts_read.get(row["payload_sha256"], ())
        readable = dict.fromkeys((row["payload_sha256"], *siblings.values(), *texts_of_it))
        let_in = {sha256: tuple(released[sha256]) for sha256 in readable if sha256 in released}
        # A newer landing that nothing has read yet has not replaced what a person let in from this one.
        is_replaced = not let_in or last_read.get(landing[:2], 0) > row["batch_seq"]
        if landing not in newest and landing in audited and is_replaced:
            continue
        candidate = _due(row, siblings, rules_for(row["format"], rules, texts), let_in)
        if candidate.inputs_digest not in digests:
            due.append(replace(candidate, arrived={sha256: arrived[sha256] for sha256 in siblings.values()}))
    return due


def texts_by_source(payloads: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Return, per source, the newest sha256 of each payload that others refer to, by name."""
    texts: dict[str, dict[str, str]] = {}
    is_text = pl.col("format").str.ends_with("/text")
    for source, name, sha256 in (
        payloads.filter(is_text).sort("batch_seq", "name").select("source", "name", "payload_sha256").rows()
    ):
        texts.setdefault(source, {})[name] = sha256
    return texts


def refers_to_texts(format_: str) -> bool:
    """Return whether payloads of a format refer to others."""
    return format_.endswith("documents.jsonl")


def reading_rules(universe: Universe, gate_version: str) -> list[str]:
    """Return what decides, beside the bytes and what was believed, which rows a load stores."""
    return [STAGING_VERSION, gate_version, content_digest(asdict(universe))]


def rules_for(format_: str, rules: list[str], texts: TextRules) -> list[str]:
    """Return `reading_rules` for one format: where it brings documents, also what texts are read by."""
    return [*rules, *texts.digests] if format_.endswith(WITH_DOCUMENTS) else rules


def inputs_digest(
    row: Mapping[str, Any], siblings: Mapping[str, str], rules: list[str], released: Iterable[Address] = ()
) -> str:
    """Return the digest of all that decides what a load stores.

    Args:
        row: the landing, of `raw.payloads`.
        siblings: what it refers to.
        rules: `rules_for` its format.
        released: the rows of it, and of what it refers to, that a person let in.
    """
    parts = [row["source"], row["name"], row["payload_sha256"], str(row["batch_seq"])]
    parts += [f"{k}={v}" for k, v in sorted(siblings.items())] + rules
    parts += [f"released {address}" for address in sorted(set(released))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _due(
    row: Mapping[str, Any],
    siblings: Mapping[str, str],
    rules: list[str],
    released: Mapping[str, tuple[Address, ...]],
) -> Due:
    return Due(
        source=row["source"],
        name=row["name"],
        format=row["format"],
        sha256=row["payload_sha256"],
        batch_seq=row["batch_seq"],
        fetched_at=row["fetched_at"],
        siblings=siblings,
        inputs_digest=inputs_digest(row, siblings, rules, [a for addresses in released.values() for a in addresses]),
        released=released,
    )


def judge(
    due: Sequence[Due], payloads: PayloadStore, context: GateContext, gate: TableGate, texts: TextRules
) -> tuple[list[list[Judged] | Refused], GateContext]:
    """Read payloads and put their rows before the gate, each table's together.

    Returns:
        Per payload its rows by table after the gate, or its refusal: a file that can't be read at all is refused. And
        what is believed after them.
    """
    sheets = [
        Sheet(
            Payload(
                source=d.source, name=d.name, format=d.format, sha256=d.sha256,
                content=payloads.fetch(d.sha256), fetched_at=d.fetched_at,
            ),
            d.siblings,
            d.released,
        )
        for d in due
    ]  # fmt: skip
    arrived = {sha256: at for d in due for sha256, at in d.arrived.items()}
    answers, after = judge_sheets(sheets, context, gate, Texts(texts, payloads.fetch, arrived))
    judged: list[list[Judged] | Refused] = [
        _unreadable(d, answer.reason) if isinstance(answer, Unreadable) else [Judged(d, verdict) for verdict in answer]
        for d, answer in zip(due, answers, strict=True)
    ]
    return judged, after


def _unreadable(due: Due, reason: str) -> Refused:
    """Refuse a payload whole. A reply that was to bring somebody's prices holds them, as no reply would."""
    return Refused(name=due.name, reason=reason, subject=chart_subject(due.name) if due.format == CHART else None)


def chart_subject(name: str) -> Subject:
    """Return whose prices a chart payload brings, by its name: `chart/BABA`, `chart/CNY=X`."""
    symbol = name.removeprefix("chart/")
    pair = pair_of(symbol)
    return Subject("pair", pair, "rate") if pair else Subject("symbol", symbol, "close")


def record_judged(transaction: Transaction, judged: Judged, gate_version: str) -> FileCount:
    """Store what passed, quarantine what did not, and write the ledger's line."""
    due, verdict, now = judged.due, judged.verdict, transaction.clock()
    load_seq = transaction.next_number("ops.loads", "load_seq")
    stored = transaction.store(verdict.table, verdict.passing, load_seq)
    quarantined = verdict.stopped.height
    count = FileCount(
        due.name, verdict.table, verdict.rows_in, stored.stored, stored.restated,
        stored.duplicate + verdict.repeats, quarantined,
    )  # fmt: skip
    reconcile(rows_in=count.rows_in, passing=count.stored, stopped=quarantined, repeated=count.duplicate)
    load_id = hashlib.sha256(f"{due.inputs_digest}\n{verdict.table}".encode()).hexdigest()
    load = {
        "load_seq": load_seq,
        "load_id": load_id,
        "source": due.source,
        "name": due.name,
        "table_name": verdict.table,
        "payload_sha256": due.sha256,
        "batch_seq": due.batch_seq,
        "inputs_digest": due.inputs_digest,
        "rows_in": count.rows_in,
        "rows_stored": count.stored,
        "rows_restated": count.restated,
        "rows_duplicate": count.duplicate,
        "rows_quarantined": count.quarantined,
        "loaded_at": now,
    }
    transaction.append("ops.loads", frame_of("ops.loads", [load]))
    transaction.append("ops.audits", verdict.checks.with_columns(load_seq=pl.lit(load_seq, pl.Int64)))
    if quarantined:
        stopped = verdict.stopped.with_columns(
            load_seq=pl.lit(load_seq, pl.Int64),
            source=pl.lit(due.source),
            name=pl.lit(due.name),
            rules_version=pl.lit(gate_version),
            quarantined_at=pl.lit(now).cast(pl.Datetime("us", "UTC")),
        )
        transaction.append_new("ops.quarantine", stopped)
        transaction.record(
            EventName.BATCH_QUARANTINED, f"{due.source}/{due.name}", {"load_seq": load_seq, "rows": quarantined}
        )
    if stored.stored and verdict.table in LANDED_EVENT:
        transaction.record(LANDED_EVENT[verdict.table], verdict.table, {"load_seq": load_seq, "rows": stored.stored})
    return count


def record_refused(transaction: Transaction, due: Due, refused: Refused) -> None:
    """Write a file that could not be read at all into the quarantine and the ledger."""
    record_refusal(
        transaction,
        due.source,
        refused,
        sha256=due.sha256,
        inputs_digest=due.inputs_digest,
        batch_seq=due.batch_seq,
    )


def derive(transaction: Transaction, configuration: Configuration) -> None:
    """Bring what follows from core and quarantine up to date: members of happenings, holds, what is said of them."""
    members = event_members(*(transaction.frame(name) for name in MEMBERS_OF))
    transaction.replace("core.event_members", members)
    before = transaction.frame("ops.holds")
    after = derived_holds(transaction)
    if transaction.replace("ops.holds", after):
        _record_hold_changes(transaction, before, after)
    record_notices(transaction, configuration)


def _record_hold_changes(transaction: Transaction, before: pl.DataFrame, after: pl.DataFrame) -> None:
    key = list(CONTRACTS["ops.holds"].key)
    opened = after.join(before, on=key, how="anti")
    open_before = before.filter(pl.col("until").is_null())
    lifted = open_before.join(after.filter(pl.col("until").is_null()), on=key, how="anti")
    loads = transaction.next_number("ops.loads", "load_seq") - 1
    for name, rows in ((EventName.HOLD_OPENED, opened), (EventName.HOLD_LIFTED, lifted)):
        for row in rows.sort(key).iter_rows(named=True):
            subject = f"{row['subject_kind']}:{row['subject_id']}:{row['metric']}"
            transaction.record(
                name, subject, {"since": row["since"].isoformat(), "cause": row["cause"], "loads": loads}
            )


def _newest_loads(view: Reader, source: str, names: set[str]) -> pl.DataFrame:
    loads = view.frame("ops.loads").filter((pl.col("source") == source) & pl.col("name").is_in(list(names)))
    newest_payload = loads.sort("load_seq").group_by("name", maintain_order=True).agg(pl.col("inputs_digest").last())
    return loads.join(newest_payload, on=["name", "inputs_digest"], how="semi").sort("load_seq")


def unchanged_counts(view: Reader, source: str, names: set[str]) -> list[FileCount]:
    """Return the ledger's lines for files whose bytes came again unchanged: all their good rows are duplicates."""
    return [
        FileCount(
            name=r["name"],
            table=r["table_name"],
            rows_in=r["rows_in"],
            stored=0,
            restated=0,
            duplicate=r["rows_in"] - r["rows_quarantined"],
            quarantined=r["rows_quarantined"],
        )
        for r in _newest_loads(view, source, names).iter_rows(named=True)
        if r["table_name"]
    ]


def standing_refusals(view: Reader, source: str, names: set[str]) -> list[str]:
    """Return, for files whose newest bytes could not be read at all, name and reason."""
    refused = _newest_loads(view, source, names).filter(pl.col("table_name").is_null())
    reasons = view.frame("ops.quarantine").filter((pl.col("source_line") == 0) & pl.col("table_name").is_null())
    found = refused.join(reasons.select("name", "payload_sha256", "reason"), on=["name", "payload_sha256"])
    return [
        f"{r['name']}: {r['reason']}"
        for r in found.sort("name").unique("name", maintain_order=True).iter_rows(named=True)
    ]
