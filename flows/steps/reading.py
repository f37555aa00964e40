"""Reading documents: their texts are fetched, looked at, and what they say is staged like any other row.

Here: which bytes are a document's text, what of it can be read, one reading per document. Not here: what a sentence
says (`transforms.announcements`), what its rows look like (`transforms.staging.texts`), judging them
(`flows.steps.judging`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.errors import WarehouseError
from aicycle.model.kinds import DocumentKind
from aicycle.model.parameters.lexicon import Lexicon
from transforms.announcements import EXTRACTION_VERSION, Extraction, extract
from transforms.gate.context import GateContext
from transforms.staging.batch import StagedBatch
from transforms.staging.texts import DocumentText, known_version, trouble_of

UNREADABLE = (ValueError, ArithmeticError, LookupError, RecursionError)
"""What a text may bring a reader to: it is that text's trouble, and no run's."""


class Extractor(Protocol):
    """Reads one text: `transforms.announcements.extract`."""

    def __call__(self, text: str, *, lexicon: Lexicon, language: str | None, published: date | None) -> Extraction:
        """Return what a text says."""


@dataclass(frozen=True)
class TextRules:
    """What texts are read by."""

    lexicon: Lexicon
    extract: Extractor = extract
    version: str = EXTRACTION_VERSION

    @cached_property
    def digests(self) -> list[str]:
        """What decides what is read in a text, beside the text."""
        return [f"extraction {self.version}", self.lexicon.digest]

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """Company -> the country it is at home in."""
        return {c.name: c.home_country for c in self.lexicon.companies if c.home_country}

    def read(self, text: str, language: str, published: date) -> Extraction:
        """Return what a text says."""
        return self.extract(text, lexicon=self.lexicon, language=language, published=published)


@dataclass(slots=True)
class ReadBatch:
    """A batch of documents and what was read in them."""

    batch: StagedBatch
    """With what is wrong with a text said in its row."""
    extractions: dict[int, tuple[str, Extraction]] = field(default_factory=dict)
    """row_id -> text, what it says."""

    def documents(self, passing: pl.DataFrame, context: GateContext) -> list[tuple[DocumentText, Extraction]]:
        """Return the documents that passed, with their clocks and what they say.

        Args:
            passing: staged rows of `core.documents` that passed the gate.
            context: what was believed before them.
        """
        said = [*(c.name for c in content_columns(DOCUMENTS)), "source_known_at"]
        ids = passing.select("document_id")
        before = context.rows(DOCUMENTS.full_name).join(ids, on="document_id", how="semi")
        believed = {row["document_id"]: row for row in before.iter_rows(named=True)}
        found = []
        for row in passing.iter_rows(named=True):
            if row["row_id"] in self.extractions:
                text, extraction = self.extractions[row["row_id"]]
                version = known_version(row, believed.get(row["document_id"]), said)
                found.append((document_text(row | version, text), extraction))
        return found


@dataclass(frozen=True, slots=True)
class Texts:
    """How documents are read."""

    rules: TextRules
    fetch: Callable[[str], bytes]
    """sha256 -> the payload's bytes."""
    arrived: Mapping[str, datetime] = field(default_factory=dict)
    """sha256 of a text -> when it first came: the line that names it may have been there before."""


def read_documents(batch: StagedBatch, texts: Texts) -> ReadBatch:
    """Read the texts of a batch of documents. One that can't be read says so in its row, and stops nothing else.

    A document counts as fetched when its text came, where that came after its line.
    """
    arrived = pl.col("text_sha256").replace_strict(
        dict(texts.arrived), default=None, return_dtype=batch.frame.schema["fetched_at"]
    )
    frame = batch.frame.with_columns(fetched_at=pl.max_horizontal("fetched_at", arrived))
    batch = StagedBatch(contract=batch.contract, frame=frame)
    extractions: dict[int, tuple[str, Extraction]] = {}
    troubles: dict[int, str] = {}
    readable = batch.frame.filter(pl.col("unreadable").is_null())
    for row in readable.drop_nulls(["document_id", "title", "language", "event_time"]).iter_rows(named=True):
        text, trouble = _text(row, texts.fetch)
        if text is not None:
            try:
                extractions[row["row_id"]] = (text, texts.rules.read(text, row["language"], row["event_time"].date()))
            except UNREADABLE as error:
                trouble = f"text: reading it failed: {type(error).__name__}: {error}"
        if trouble:
            troubles[row["row_id"]] = trouble
    if not troubles:
        return ReadBatch(batch, extractions)
    said = pl.col("row_id").replace_strict(troubles, default=None, return_dtype=pl.String)
    frame = batch.frame.with_columns(unreadable=pl.coalesce("unreadable", said))
    return ReadBatch(StagedBatch(contract=batch.contract, frame=frame), extractions)


def _text(row: Mapping[str, Any], fetch: Callable[[str], bytes]) -> tuple[str | None, str]:
    if row["kind"] != DocumentKind.REPORT:
        return row["title"], ""
    if row["text_sha256"] is None:
        return None, ""  # the gate says that a report needs its text
    try:
        content = fetch(row["text_sha256"])
    except WarehouseError as error:
        return None, f"text: {error.what}"
    trouble = trouble_of(content)
    return (None, trouble) if trouble else (content.decode("utf-8"), "")


def document_text(row: Mapping[str, Any], text: str) -> DocumentText:
    """Return a document's text with its place and clocks.

    Args:
        row: of `core.documents`, staged or stored.
        text: the report's text, or the headline.
    """
    is_report = row["kind"] == DocumentKind.REPORT
    return DocumentText(
        document_id=row["document_id"],
        text=text,
        language=row["language"],
        published=row["event_time"],
        known_at=row["known_at"],
        source_known_at=row["source_known_at"],
        known_precision=row["known_precision"],
        source=row["address"] or row["feed"],
        payload_sha256=row["text_sha256"] if is_report else row["payload_sha256"],
        byte_start=0 if is_report else row["byte_start"],
        byte_end=len(text.encode()) if is_report else row["byte_end"],
        is_whole_payload=is_report,
        line=1 if is_report else row.get("source_line", 1),
    )
