"""Landing: bytes into the store, their index into `raw.payloads`, refusals into the quarantine.

Here: what the ingest stage writes. Not here: reading what the bytes say (`flows.steps.auditing`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.ops_holds import SUBJECT
from aicycle.errors import UsageError
from aicycle.model.kinds import EventName, PriceBasis
from aicycle.settings.homes import SIMULATED_MARK
from aicycle.sources.protocol import Fetched, Refused
from warehouse import Reader, Transaction
from warehouse.payloads import PayloadStore

PRICE_FILES = ("recording/prices.csv",)
"""Formats in which the first line is a header."""
PRICE_FORMATS = (*PRICE_FILES, "yahoo/chart-v8")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payload that is kept: what remains of it in memory."""

    name: str
    format: str
    request: str
    sha256: str
    size_bytes: int
    fetched_at: datetime


@dataclass(slots=True)
class Received:
    """What one fetch brought."""

    source: str
    receipts: list[Receipt] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    is_simulated: bool | None = None
    """Whether the prices it brought are partly simulated; None: it brought none."""

    @property
    def is_source_down(self) -> bool:
        """Whether nothing came because nobody answered."""
        return not self.receipts and any(r.is_source_down for r in self.refused)


def keep_payloads(source: str, handed_over: Iterable[Fetched | Refused], payloads: PayloadStore) -> Received:
    """Put every payload into the store as it arrives; memory holds one at a time."""
    received = Received(source)
    for item in handed_over:
        if isinstance(item, Refused):
            received.refused.append(item)
            continue
        if _brings_prices(item):
            received.is_simulated = bool(received.is_simulated) or SIMULATED_MARK in item.content
        received.receipts.append(
            Receipt(
                item.name, item.format, item.request, payloads.keep(item.content), len(item.content), item.fetched_at
            )
        )
    return received


def _brings_prices(item: Fetched) -> bool:
    """Return whether a payload says whether its prices are simulated: a file of a header alone brings none."""
    has_rows = item.format not in PRICE_FILES or b"\n" in item.content.strip()
    return item.format in PRICE_FORMATS and has_rows


def record_landing(transaction: Transaction, received: Received) -> int:
    """Index the payloads whose bytes changed since the last time under their name; return how many.

    Raises:
        UsageError: real prices would come to stand beside simulated ones, or the other way round.
    """
    _refuse_mixture(transaction, received)
    newest = newest_payloads(transaction.frame("raw.payloads"), received.source)
    known = dict(zip(newest["name"], newest["payload_sha256"], strict=True))
    # An answer ends the hold that its failure began, also when it says the same as before: it is recorded again.
    failed = set(open_failures(transaction)["name"])
    changed = [r for r in received.receipts if known.get(r.name) != r.sha256 or r.name in failed]
    if changed:
        batch_seq = transaction.next_number("raw.payloads", "batch_seq")
        rows = [
            {
                "payload_sha256": r.sha256,
                "source": received.source,
                "name": r.name,
                "format": r.format,
                "request": r.request,
                "size_bytes": r.size_bytes,
                "fetched_at": r.fetched_at,
                "batch_seq": batch_seq,
            }
            for r in changed
        ]
        transaction.append("raw.payloads", frame_of("raw.payloads", rows))
        for r in changed:
            transaction.record(
                EventName.PAYLOAD_LANDED,
                f"{received.source}/{r.name}",
                {"sha256": r.sha256, "batch_seq": batch_seq},
            )
    for refusal in received.refused:
        if refusal.is_ignored:
            continue
        record_refusal(transaction, received.source, refusal)
    return len(changed)


def _failures(view: Reader) -> pl.DataFrame:
    """Return the quarantined refusals of whole answers that somebody's data were expected in."""
    return view.frame("ops.quarantine").filter(
        (pl.col("source_line") == 0) & pl.col("table_name").is_null() & pl.col("subject_id").is_not_null()
    )


def open_failures(view: Reader) -> pl.DataFrame:
    """Return those failures whose holds still stand."""
    standing = view.frame("ops.holds").filter(pl.col("until").is_null())
    return _failures(view).join(standing, on="quarantine_id", how="semi")


def answers_after_failures(view: Reader) -> pl.DataFrame:
    """Return, as observations of the held subjects, the answers that came and could be read after a failure."""
    readable = view.frame("ops.loads").filter(pl.col("rows_stored") + pl.col("rows_duplicate") > 0)
    came = (
        view.frame("raw.payloads")
        .join(readable, on=["source", "name", "batch_seq"], how="semi")
        .select("source", "name", "fetched_at")
    )
    answered = _failures(view).join(came, on=["source", "name"]).filter(pl.col("fetched_at") > pl.col("known_at"))
    return answered.select(
        pl.lit("raw.payloads").alias("table_name"),
        *SUBJECT,
        key="name",
        known_at="fetched_at",
        source_known_at="fetched_at",
        load_seq="load_seq",
    )


def withdrawals(view: Reader) -> pl.DataFrame:
    """Return when the source took a stopped row back: when the next payload under its name came.

    If that payload holds the row again, it was stopped again and holds by itself; if not, nobody claims it any more.

    Returns:
        quarantine_id, withdrawn_at.
    """
    landed = view.frame("raw.payloads").select("source", "name", "batch_seq", "fetched_at")
    loads = view.frame("ops.loads").join(landed, on=["source", "name", "batch_seq"]).drop_nulls("table_name")
    # What is said to be missing was not read from the landing whose load it stands with: no file takes it back.
    read = view.frame("ops.quarantine").drop_nulls("table_name").filter(pl.col("source_line") > 0)
    met = read.select("quarantine_id", "load_seq")
    met = met.join(loads.select("load_seq", "source", "name", "table_name", "batch_seq"), on="load_seq")
    later = met.join(loads, on=["source", "name", "table_name"], suffix="_later").filter(
        pl.col("batch_seq_later") > pl.col("batch_seq")
    )
    return later.group_by("quarantine_id").agg(withdrawn_at=pl.col("fetched_at").min()).sort("quarantine_id")


def _refuse_mixture(transaction: Transaction, received: Received) -> None:
    stored = transaction.frame("core.daily_bars")["price_basis"]
    if received.is_simulated is None or stored.is_empty():
        return
    if bool((stored == PriceBasis.SIMULATED).any()) != received.is_simulated:
        mine, theirs = ("real", "simulated") if received.is_simulated else ("simulated", "real")
        raise UsageError(
            f"this home holds {mine} prices, {received.source} brings {theirs} ones: they never share a home",
            expected=f"a home of its own for {theirs} data",
            next_command="give another home: aicycle run --home DIR ...",
        )


def newest_payloads(payloads: pl.DataFrame, source: str | None = None) -> pl.DataFrame:
    """Return, per source and name, the payload that landed last."""
    if source is not None:
        payloads = payloads.filter(pl.col("source") == source)
    return payloads.sort("batch_seq").unique(["source", "name"], keep="last", maintain_order=True)


def first_landed(view: Reader, source: str, name: str) -> datetime | None:
    """Return when something first landed under a name; None: nothing has."""
    landed = view.frame("raw.payloads").filter((pl.col("source") == source) & (pl.col("name") == name))
    first = landed["fetched_at"].min()
    return first if isinstance(first, datetime) else None


def record_refusal(
    transaction: Transaction,
    source: str,
    refusal: Refused,
    *,
    sha256: str | None = None,
    inputs_digest: str = "",
    batch_seq: int | None = None,
) -> None:
    """Quarantine a file or answer that could not be taken as a whole, once per reason.

    Data that did not come hold their subject from now on: a stale price must not pass for a fresh one. Who is held
    already is not held twice.

    Args:
        transaction: the stage's.
        source: who was asked.
        refusal: what was refused and why.
        sha256: the payload, where its bytes could be taken but not read.
        inputs_digest: marks the payload as audited, in that case.
        batch_seq: the landing that was read, in that case.
    """
    now, subject = transaction.clock(), refusal.subject
    standing = transaction.frame("ops.holds").filter(pl.col("until").is_null())
    is_held = subject is not None and astuple(subject) in standing.select(SUBJECT).rows()
    if is_held and batch_seq is None:
        return
    load_seq = transaction.next_number("ops.loads", "load_seq")
    row = {
        "quarantine_id": _digest(source, refusal.name, refusal.reason, sha256 or "", str(now) if subject else ""),
        "load_seq": load_seq,
        "source": source,
        "name": refusal.name,
        "source_line": 0,
        "check_name": "source_answered" if refusal.is_source_down else "file_accepted",
        "reason": refusal.reason,
        "subject_kind": subject.kind if subject else None,
        "subject_id": subject.id if subject else None,
        "metric": subject.metric if subject else None,
        "row_content": "",
        "payload_sha256": sha256,
        "byte_start": 0,
        "byte_end": 0,
        "known_at": now if subject else None,
        "rules_version": "landing-1",
        "quarantined_at": now,
    }
    fresh = None if is_held else transaction.append_new("ops.quarantine", frame_of("ops.quarantine", [row]))
    if batch_seq is None and (fresh is None or fresh.is_empty()):
        return
    load = {
        "load_seq": load_seq,
        "load_id": _digest(source, refusal.name, refusal.reason, inputs_digest),
        "source": source,
        "name": refusal.name,
        "payload_sha256": sha256,
        "batch_seq": batch_seq,
        "inputs_digest": inputs_digest or _digest(source, refusal.name, refusal.reason),
        "rows_in": 0,
        "rows_stored": 0,
        "rows_restated": 0,
        "rows_duplicate": 0,
        "rows_quarantined": 0,
        "loaded_at": now,
    }
    transaction.append("ops.loads", frame_of("ops.loads", [load]))
    name = EventName.SOURCE_FAILED if refusal.is_source_down else EventName.FILE_REFUSED
    transaction.record(name, f"{source}/{refusal.name}", {"reason": refusal.reason, "load_seq": load_seq})


def frame_of(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return plain rows as a frame in the table's schema; what a row does not name is null."""
    return pl.DataFrame(rows, schema=CONTRACTS[table].polars_schema())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
