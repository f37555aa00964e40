"""What documents say, as staged rows: announcements and events, each with the address of its sentence.

Here: the text of a document, its readability, and the rows that follow from what was read in it. Not here: reading a
text (`transforms.announcements`), fetching it, or which documents are read (`flows.steps.reading`).

Ids follow from the document and from what is said, not from when it was read: document, company, kind and the number of
the statement among those. So an edited text, or a text read by better rules, restates its rows. What is no longer found
is taken back, at the address of the whole text it is not in.

Not every statement is a row. An amount that is no investment, or nobody's in particular, is no announcement; an event
that is only possible, or denied, or of no known segment or country, is none that a segment could count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.schema import TableContract
from aicycle.model.instants import end_of_span
from aicycle.model.kinds import EventType, KnownPrecision, RowOrigin, Verification
from transforms.announcements.records import CAPEX_KINDS, Announcement, Extraction, TextEvent
from transforms.announcements.statements import announced_as
from transforms.happenings import WHOLE_MARKET
from transforms.staging.batch import StagedBatch, staged_schema

LONGEST_TEXT_BYTES = 2_000_000
"""A book has as many; a report that is longer is something else."""
RECALLED_DAYS = 200
"""What was spent in a period that ended longer ago is set beside a figure, not reported: annual reports take less."""
UNREAD_KINDS = (EventType.OTHER_NOT_CAPEX,)
OF_TEXTS = (ANNOUNCEMENTS, CYCLE_EVENTS)
"""Tables that texts are read into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText:
    """A document whose text can be read: where it stands, and since when it is known."""

    document_id: str
    text: str
    language: str
    published: datetime
    known_at: datetime
    """Of this version of it."""
    source_known_at: datetime
    known_precision: str
    source: str | None
    """Where it was published, or by which feed it came."""
    payload_sha256: str
    """Of the payload the text is in; for a headline, that of its row."""
    byte_start: int
    """Of the text in that payload."""
    byte_end: int
    is_whole_payload: bool
    """Whether bytes of the text are bytes of the payload. A headline's characters are escaped in its row: there the
    address is the row's."""
    line: int
    """Of the payload, that the text begins at."""


def trouble_of(content: bytes) -> str:
    """Return why the bytes of a text can't be read; empty if they can."""
    if len(content) > LONGEST_TEXT_BYTES:
        return f"text: {len(content)} bytes, at most {LONGEST_TEXT_BYTES} are read"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"text: byte {error.start} is not UTF-8"
    return "" if text.strip("\ufeff\0 \t\r\n") else "text: it is empty"


def staged_from(documents: Sequence[tuple[DocumentText, Extraction]], homes: Mapping[str, str]) -> list[StagedBatch]:
    """Return the rows that follow from documents, one batch per table of `OF_TEXTS`; it may be empty.

    Args:
        documents: each once, with what was read in it.
        homes: company -> the country it is at home in, ISO 3166-1 alpha-2: where an event without a place is.
    """
    said = [
        [row for document, extraction in documents for row in _announcements(document, extraction)],
        [row for document, extraction in documents for row in _events(document, extraction, homes)],
    ]
    return [
        StagedBatch(contract=contract, frame=_frame(contract, rows))
        for contract, rows in zip(OF_TEXTS, said, strict=True)
    ]


def with_taken_back(batch: StagedBatch, documents: Sequence[DocumentText], stored: pl.DataFrame) -> StagedBatch:
    """Return a batch with the rows that its documents once gave, and give no more, as rows that say so.

    Args:
        batch: what was found in the documents.
        documents: all that were read, also those in which nothing was found.
        stored: the newest version of each row of the table.
    """
    contract = batch.contract
    (key,) = contract.key
    by_id = {document.document_id: document for document in documents}
    gone = stored.filter(
        (pl.col("origin") == RowOrigin.EXTRACTED)
        & pl.col("document_id").is_in(list(by_id))
        & ~pl.col(key).is_in(batch.frame[key].to_list())
        & ~pl.col("is_retracted").fill_null(value=False)
    )
    names = [c.name for c in content_columns(contract)]
    rows = [
        {name: row[name] for name in names} | {"is_retracted": True} | _from_document(by_id[row["document_id"]])
        for row in gone.sort(key).iter_rows(named=True)
        # What only a later edition says was never in this one.
        if row["known_at"] <= by_id[row["document_id"]].known_at
    ]
    frame = _frame(contract, rows, first=batch.frame.height)
    return StagedBatch(contract=contract, frame=pl.concat([batch.frame, frame])) if rows else batch


def _frame(contract: TableContract, rows: Sequence[Mapping[str, Any]], first: int = 0) -> pl.DataFrame:
    schema = staged_schema(contract)
    numbered = [{**row, "row_id": number} for number, row in enumerate(rows, first)]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in numbered], schema=schema)


def _announcements(document: DocumentText, said: Extraction) -> list[dict[str, Any]]:
    numbers: Counter[str] = Counter()
    rows = []
    for a in sorted(said.announcements, key=lambda a: (a.quote_start, a.quote_end)):
        if a.company is None or a.kind in UNREAD_KINDS:
            continue
        name = f"{document.document_id}#{a.company}:{announced_as(a.kind)}"
        numbers[name] += 1
        item_id = f"{name}:{numbers[name]}"
        is_restated = a.is_restated or _is_long_past(document, a)
        is_news = not (a.is_hypothetical or a.is_negated or a.is_third_party or a.is_superseded or is_restated)
        twin = a.twins[0] if a.twins else None
        rows.append(
            _placed(document, said, a)
            | {
                "item_id": item_id,
                # What is news of one company and kind is one announcement; what is not is tied to nothing.
                "announcement_id": name if is_news else item_id,
                "company": a.company,
                "kind": a.kind.value,
                "amount_low": a.amount_low,
                "amount_high": a.amount_high,
                "currency": a.currency,
                "twin_amount": twin.amount if twin else None,
                "twin_currency": twin.currency if twin else None,
                "horizon_start": a.horizon_start,
                "horizon_end": a.horizon_end,
                "regions": "|".join(a.regions) or None,
                "wording": a.quote,
                "direction": a.direction,
                "is_hypothetical": a.is_hypothetical,
                "is_negated": a.is_negated,
                "is_third_party": a.is_third_party,
                "is_superseded": a.is_superseded,
                "is_restated": is_restated,
                "note": "; ".join(a.advisories) or None,
            }
        )
    return rows


def _is_long_past(document: DocumentText, a: Announcement) -> bool:
    if a.kind is not EventType.CAPEX_ACTUAL or a.horizon_end is None:
        return False
    return (document.published - end_of_span(a.horizon_end)).days > RECALLED_DAYS


def _events(document: DocumentText, said: Extraction, homes: Mapping[str, str]) -> list[dict[str, Any]]:
    numbers: Counter[str] = Counter()
    rows = []
    for e in sorted(said.events, key=lambda e: (e.quote_start, e.quote_end)):
        if e.segment is None or e.is_hypothetical or e.is_negated or e.type in CAPEX_KINDS:
            continue
        company = e.company or WHOLE_MARKET
        name = f"{document.document_id}#{company}:{e.segment}:{e.type.value}"
        for country in _countries(e, homes.get(company)):
            numbers[f"{name}:{country}"] += 1
            rows.append(
                _placed(document, said, e)
                | {
                    "cycle_event_id": f"{name}:{country}:{numbers[f'{name}:{country}']}",
                    "announcement_id": name,
                    "event_time": _happens_on(document, e),
                    "company": company,
                    "segment": e.segment,
                    "type": e.type.value,
                    "direction": e.direction,
                    "country": country,
                    "is_realised": e.is_realised,
                    "title": e.quote,
                }
            )
    return rows


def _countries(event: TextEvent, home: str | None) -> list[str]:
    named = dict.fromkeys(region[:2] for region in event.regions)
    return list(named) or ([home] if home else [])


def _happens_on(document: DocumentText, event: TextEvent) -> object:
    """Return the day of an event; its report's, where none is said: what has happened had happened by then."""
    told = document.published.date()
    if event.event_time is None:
        return told
    day = end_of_span(event.event_time).date()
    return min(day, told) if event.is_realised else day


def _placed(document: DocumentText, said: Extraction, statement: Announcement | TextEvent) -> dict[str, Any]:
    is_exact = document.is_whole_payload
    before = document.text[: statement.quote_start] if is_exact else ""
    return _from_document(document) | {
        "origin": RowOrigin.EXTRACTED.value,
        "document_id": document.document_id,
        "char_start": statement.quote_start,
        "char_end": statement.quote_end,
        "source": document.source,
        "source_language": said.language,
        "verification": Verification.DERIVED.value,
        "source_line": document.line + before.count("\n"),
        "byte_start": document.byte_start + statement.byte_start if is_exact else document.byte_start,
        "byte_end": document.byte_start + statement.byte_end if is_exact else document.byte_end,
    }


def _from_document(document: DocumentText) -> dict[str, Any]:
    return {
        "known_at": document.known_at,
        "known_precision": document.known_precision,
        "source_known_at": document.source_known_at,
        # A text that is read anew says the same since it is known: that we read it otherwise now dates nothing.
        "fetched_at": document.known_at,
        "payload_sha256": document.payload_sha256,
        "source_line": document.line,
        "byte_start": document.byte_start,
        "byte_end": document.byte_end,
    }


def known_version(staged: Mapping[str, Any], believed: Mapping[str, Any] | None, said: Sequence[str]) -> dict[str, Any]:
    """Return the clock and address of a version of a document.

    Args:
        staged: the document as staged now.
        believed: its newest version so far; None: it is new.
        said: columns that make two versions the same.

    Returns:
        known_at, known_precision, payload_sha256, byte_start, byte_end: of the version that is known, if it says the
        same; else of this one, known when it reached us.
    """
    names = ("known_at", "known_precision", "payload_sha256", "byte_start", "byte_end")
    if believed is None:
        return {name: staged[name] for name in names}
    if all(staged[name] == believed[name] for name in said):
        return {name: believed[name] for name in names}
    moved = {"known_at": max(staged["known_at"], staged["fetched_at"]), "known_precision": KnownPrecision.INSTANT.value}
    return {name: staged[name] for name in names} | moved
