"""What is known about one document, written down beside its bytes: the record that its row is read from.

Here: from the bytes and from what was said about them to the text and to the record; and back, for who wants to make it
again. Pure: the same bytes and words give the same record, byte for byte. Not here: fetching (`aicycle.sources`), the
row (`transforms.staging.ingested`).

What counts: a language that the caller declares, else the one told from the text, else the page's own, else English; a
publication that the caller declares, else the page's, else when the document was first seen.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transforms.texts.articles import LIBRARIES, article_in
from transforms.texts.content_kinds import ContentKind
from transforms.texts.decoding import MARK, UTF8, decoded
from transforms.texts.languages import told_language

READING_VERSION = "1"
"""Counted up whenever the same bytes would be read differently by the same libraries."""
READ_BY = {ContentKind.TEXT: f"reading {READING_VERSION}", ContentKind.PAGE: f"reading {READING_VERSION}, {LIBRARIES}"}
ASSUMED_LANGUAGE = "en"
"""Of a document that nothing tells the language of."""
LONGEST_TITLE_CHARACTERS = 1000
"""A first line beyond it is no title; the gate says so from a few hundred on."""
LINE = re.compile(r"[^\r\n]+")
LOST = "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known about a document beside its bytes."""

    document_id: str
    kind: ContentKind
    """Text or page."""
    address: str | None = None
    """As it was asked for; None: a file."""
    answered_by: str | None = None
    """Address that the bytes came from, after redirections."""
    file_name: str | None = None
    charset: str | None = None
    """As the reply's header declares it."""
    language: str | None = None
    """As the caller declares it, ISO 639-1."""
    published: str | None = None
    """As the caller declares it: a day, month, year, or an instant with its offset."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document as it is kept."""

    text: bytes | None
    """What is read, UTF-8: the document's own bytes where they are that; None: nothing can be."""
    record: bytes
    """One line of JSON."""


def written(asked: Asked, content: bytes, first_seen_at: str) -> Written:
    """Return a document's text and record.

    Args:
        asked: what is known beside its bytes.
        content: the bytes.
        first_seen_at: instant, with its offset, at which the document was first seen; it counts where nobody states
            when it was published.
    """
    told = _told(asked, content)
    text = None if told.trouble else told.text
    published, published_by = (
        (asked.published, "declared")
        if asked.published
        else (told.page_published, "page")
        if told.page_published
        else (None, "first seen")
    )
    language, language_by = _language(asked, told)
    record = {
        "id": asked.document_id,
        "title": told.title,
        "language": language,
        "language_by": language_by,
        "published": published,
        "published_by": published_by,
        "first_seen_at": None if published else first_seen_at,
        "url": asked.address,
        "text_sha256": None if text is None else hashlib.sha256(text).hexdigest(),
        "source_sha256": hashlib.sha256(content).hexdigest(),
        "unreadable": told.trouble or None,
        "read_by": READ_BY[asked.kind],
        "asked": {
            "kind": asked.kind.value,
            "answered_by": asked.answered_by,
            "file_name": asked.file_name,
            "charset": asked.charset,
            "language": asked.language,
            "published": asked.published,
        },
    }
    line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
    return Written(text, line.encode("utf-8", errors="replace"))


def asked_again(record: Mapping[str, Any]) -> Asked:
    """Return what a record was written from, beside the bytes.

    Raises:
        LookupError | TypeError | ValueError: it is no record.
    """
    asked = record["asked"]
    return Asked(
        document_id=record["id"],
        kind=ContentKind(asked["kind"]),
        address=record["url"],
        answered_by=asked["answered_by"],
        file_name=asked["file_name"],
        charset=asked["charset"],
        language=asked["language"],
        published=asked["published"],
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the bytes say."""

    title: str | None
    text: bytes
    trouble: str
    language: str | None = None
    page_language: str | None = None
    page_published: str | None = None


def _told(asked: Asked, content: bytes) -> _Told:
    found = decoded(content, asked.charset)
    if asked.kind is ContentKind.TEXT:
        plain = found.text.removeprefix(MARK)
        title = _first_line(plain)
        trouble = found.trouble or ("" if title else "it holds nothing but white space")
        text = content if found.charset == UTF8 else plain.encode("utf-8", errors="replace")
        return _Told(title, text, trouble, told_language(plain))
    if not found.text:
        return _Told(None, b"", found.trouble)
    article = article_in(found.text.removeprefix(MARK), asked.answered_by or asked.address)
    title = None if article.title is None else article.title[:LONGEST_TITLE_CHARACTERS]
    lines = f"{title}\n\n{article.text}\n" if title else f"{article.text}\n"
    trouble = article.trouble or ("" if article.text else "no article is found in the page: it may need its scripts")
    if not trouble and LOST in lines:
        trouble = found.trouble or "its text has lost characters: they were replaced before it was published"
    return _Told(
        title or _first_line(article.text),
        lines.encode("utf-8", errors="replace"),
        trouble,
        told_language(lines),
        article.language,
        article.published,
    )


def _first_line(text: str) -> str | None:
    """Return the first line with a letter, as far as a title goes, else the first that is not blank; None: all are."""
    lines = (found.group().strip() for found in LINE.finditer(text))
    spoken = next((line for line in lines if any(map(str.isalpha, line[:LONGEST_TITLE_CHARACTERS]))), None)
    return (spoken or text.strip().partition("\n")[0])[:LONGEST_TITLE_CHARACTERS].strip() or None


def _language(asked: Asked, told: _Told) -> tuple[str, str]:
    """Return the language that counts, and who says so."""
    if asked.language:
        return asked.language, "declared"
    if told.language:
        return told.language, "text"
    if told.page_language:
        return told.page_language, "page"
    return ASSUMED_LANGUAGE, "assumed"
