"""Reports and headlines: JSON lines that describe texts -> `core.documents`.

Here: documents.jsonl, whose texts are payloads of their own, and headlines.jsonl, where the title is all there is. Not
here: what a text says.

A headline's id is made of its address and title, because feeds have none. A publication may be given as an instant with
its offset, or as a day, month or year: then its end, UTC, counts. Keys beyond these are tolerated and not read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.errors import RefusedFileError
from aicycle.model.instants import end_of_span
from aicycle.model.kinds import DocumentKind, KnownPrecision
from transforms.staging.assemble import content_frame, place_frame, staged_batch
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.cells import SHOWN_CHARACTERS
from transforms.staging.json_lines import JsonRecord, json_records

HEADLINE_ID_DIGITS = 16
HEADLINE_LANGUAGE = "en"
"""Language of a headline that states none: the feeds that give none are English."""

SPAN = re.compile(r"(?:19|20|21)[0-9]{2}(?:-[0-9]{2}){0,2}")
INSTANT = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ].+")
SPAN_PRECISION = {
    len("2025-09-26"): KnownPrecision.DAY,
    len("2025-09"): KnownPrecision.MONTH,
    len("2025"): KnownPrecision.YEAR,
}


@dataclass(slots=True)
class KeyReader:
    """Takes typed values out of one JSON object and notes what can't be taken."""

    value: Mapping[str, object]
    notes: list[str] = field(default_factory=list)

    def text(self, key: str, *, is_required: bool = False) -> str | None:
        """Return a text without surrounding white space; None where it is absent, null or empty."""
        if key not in self.value and is_required:
            self.notes.append(f"{key}: the key is missing")
        found = self.value.get(key)
        if found is None:
            return None
        if not isinstance(found, str):
            self.notes.append(f"{key}: {str(found)[:SHOWN_CHARACTERS]} is not a text")
            return None
        return self._plain(key, found).strip() or None

    def texts(self, key: str) -> str | None:
        """Return a list of texts joined by `|`; None where it is absent, null or empty."""
        found = self.value.get(key)
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(item, str) and "|" not in item for item in found):
            self.notes.append(f"{key}: {str(found)[:SHOWN_CHARACTERS]} is not a list of texts without '|'")
            return None
        return self._plain(key, "|".join(found)) or None

    def moment(self, key: str, *, is_required: bool = False) -> tuple[datetime, KnownPrecision] | None:
        """Return an instant in UTC and how precisely it is known."""
        found = self.text(key, is_required=is_required)
        if found is None:
            return None
        try:
            if SPAN.fullmatch(found):
                return end_of_span(found), SPAN_PRECISION[len(found)]
            if INSTANT.fullmatch(found) and (instant := datetime.fromisoformat(found)).tzinfo is not None:
                return instant.astimezone(UTC), KnownPrecision.INSTANT
        except ValueError:
            pass  # said below, with the same words as any other text that is no time
        self.notes.append(
            f"{key}: '{found[:SHOWN_CHARACTERS]}' is not a day (2025-09-26) or an instant with its offset"
            " (2025-09-26T09:30:00+00:00)"
        )
        return None

    def _plain(self, key: str, found: str) -> str:
        """Return the text as it can be stored; JSON escapes can hold what no text may."""
        plain = found.encode("utf-8", errors="replace").decode("utf-8").replace("\0", "\ufffd")
        if plain != found:
            self.notes.append(f"{key}: holds a NUL or half a character")
        return plain


def read_documents(payload: Payload, siblings: Mapping[str, str]) -> list[StagedBatch]:
    """Return the batch of documents.jsonl.

    Args:
        payload: the file.
        siblings: name of each payload that came with it -> its sha256; a text that is not among them is unreadable.

    Raises:
        RefusedFileError: the file holds no line.
    """

    def report(keys: KeyReader) -> dict[str, object]:
        published = keys.moment("published", is_required=True)
        return {
            "document_id": keys.text("id", is_required=True),
            "kind": DocumentKind.REPORT.value,
            "language": keys.text("language", is_required=True),
            "title": keys.text("title", is_required=True),
            "address": keys.text("url"),
            "text_sha256": _sibling(keys, siblings),
            **clocks_of(published),
        }

    return read_described(payload, report)


def read_headlines(payload: Payload) -> list[StagedBatch]:
    """Return the batch of headlines.jsonl.

    Raises:
        RefusedFileError: the file holds no line.
    """

    def headline(keys: KeyReader) -> dict[str, object]:
        title, link = keys.text("title", is_required=True), keys.text("link", is_required=True)
        published = keys.moment("published")
        seen = keys.moment("first_seen_at", is_required=published is None)
        return {
            "document_id": headline_id(link or "", title) if title else None,
            "kind": DocumentKind.HEADLINE.value,
            "language": keys.text("language") or HEADLINE_LANGUAGE,
            "title": title,
            "address": link,
            "feed": keys.text("feed"),
            "tickers": keys.texts("tickers"),
            **clocks_of(published or seen),
        }

    return read_described(payload, headline)


def headline_id(link: str, title: str) -> str:
    """Return the id of a headline: the same address and title are the same headline."""
    return "h-" + hashlib.sha256(f"{link}\n{title}".encode()).hexdigest()[:HEADLINE_ID_DIGITS]


def rows_of(payload: Payload) -> list[JsonRecord]:
    """Return all lines of a JSON-lines payload.

    Raises:
        RefusedFileError: there is none.
    """
    records = list(json_records(payload.content))
    if not records:
        raise RefusedFileError(
            f"{payload.name} is empty",
            where="line 1",
            expected="one JSON object a line",
            next_command="see docs/recording_format.md",
        )
    return records


def read_described(payload: Payload, row_of: Callable[[KeyReader], dict[str, object]]) -> list[StagedBatch]:
    """Return the batch of a file whose objects `row_of` turns into rows."""
    rows, notes, records = [], [], rows_of(payload)
    for record in records:
        keys = KeyReader(record.value or {})
        rows.append({} if record.value is None else row_of(keys))
        notes.append("; ".join([record.trouble] * bool(record.trouble) + keys.notes))
    places = place_frame([(record.line, record.byte_start, record.byte_end) for record in records])
    content = content_frame(DOCUMENTS, rows)
    return [staged_batch(payload, DOCUMENTS, content, places, pl.Series(notes, dtype=pl.String))]


def clocks_of(moment: tuple[datetime, KnownPrecision] | None) -> dict[str, object]:
    """Return the clocks of a document that was published, or first seen, at `moment`."""
    if moment is None:
        return {}
    return {"event_time": moment[0], "known_at": moment[0], "known_precision": moment[1].value}


def _sibling(keys: KeyReader, siblings: Mapping[str, str]) -> str | None:
    """Return the digest of the text a report refers to."""
    name = keys.text("file", is_required=True)
    if name is None:
        return None
    shown = name[:SHOWN_CHARACTERS]
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        keys.notes.append(f"file: '{shown}' is not a path within the folder")
        return None
    if name not in siblings:
        keys.notes.append(f"file: '{shown}' is not among the texts that came with this file")
    return siblings.get(name)
