"""RSS and Atom feeds -> headlines in `core.documents`, each with the span of its item.

Here: items to rows. Not here: the parsing (`feed_items`), following an item's link.

A headline's id is made of its address and title, as that of a recorded headline is: the same one met both ways is one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import polars as pl

from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.errors import RefusedFileError
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import DocumentKind, KnownPrecision
from transforms.staging.assemble import content_frame, place_frame, staged_batch
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.cells import SHOWN_CHARACTERS
from transforms.staging.documents import HEADLINE_LANGUAGE, clocks_of, headline_id
from transforms.staging.feed_items import BrokenFeedError, Feed, FeedItem, feed_in
from transforms.staging.lines import LONGEST_RECORD_BYTES
from transforms.texts.languages import told_language

MARKUP = re.compile(r"[<&]")
LANGUAGE = re.compile(r"[A-Za-z]{2}(?=$|[-_])")
FIRST_YEAR, LAST_YEAR = 1900, 2199


def read_feed(payload: Payload) -> list[StagedBatch]:
    """Return the batch of a feed.

    Raises:
        RefusedFileError: it is no feed, or not well-formed, or brings definitions of its own.
    """
    try:
        feed = feed_in(payload.content)
    except BrokenFeedError as error:
        raise RefusedFileError(
            f"{payload.name}: {error}",
            where=f"line {error.line}",
            expected="one RSS or Atom document",
            next_command="aicycle ingest with the address of the feed itself, or of one article",
        ) from error
    rows, notes = [], []
    for item in feed.items:
        row, note = _headline(feed, item)
        rows.append(row)
        notes.append(note)
    places = place_frame([(item.line, item.byte_start, item.byte_end) for item in feed.items])
    content = content_frame(DOCUMENTS, rows)
    return [staged_batch(payload, DOCUMENTS, content, places, pl.Series(notes, dtype=pl.String))]


def _headline(feed: Feed, item: FeedItem) -> tuple[dict[str, object], str]:
    """Return the row of an item and what could not be read in it."""
    length = item.byte_end - item.byte_start
    if length > LONGEST_RECORD_BYTES:
        return {}, f"an item of {length} bytes, at most {LONGEST_RECORD_BYTES} are read"
    title, link = plain_title(item.title), item.link.strip()
    notes = [] if title else ["title: there is none"]
    if not link:
        notes.append("link: neither link nor guid is given")
    moment, note = published_at(item.published)
    if note:
        notes.append(note)
    found = LANGUAGE.match(item.language or feed.language)
    language = found.group().lower() if found else told_language(title) or HEADLINE_LANGUAGE
    row = {
        "document_id": headline_id(link, title) if title and link else None,
        "kind": DocumentKind.HEADLINE.value,
        "language": language,
        "title": title or None,
        "address": link or None,
        "feed": plain_title(feed.title) or None,
        **clocks_of(moment),
    }
    return row, "; ".join(notes)


def plain_title(text: str) -> str:
    """Return a title without markup: feeds hand on HTML, escaped once or twice."""
    if MARKUP.search(text):
        import lxml.html  # noqa: PLC0415 - the command line reads staging's names, and no feed

        tree = lxml.html.document_fromstring(f"<p>{text}")
        for element in tree.xpath("//script | //style"):
            element.drop_tree()
        text = tree.text_content()
    return " ".join(text.split())


def published_at(text: str) -> tuple[tuple[datetime, KnownPrecision] | None, str]:
    """Return when an item was published, and what is wrong with the statement.

    Args:
        text: as RFC 822 or RFC 3339 write it. Without its offset the end of its day (UTC) counts.
    """
    said = text.strip()
    if not said:
        return None, "published: neither pubDate nor published, updated or date is given"
    try:
        moment = datetime.fromisoformat(said) if said[:4].isdigit() else parsedate_to_datetime(said)
    except (ValueError, IndexError, TypeError, OverflowError):
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None, f"published: '{said[:SHOWN_CHARACTERS]}' is no time as feeds write it"
    if moment.tzinfo is None:
        return (end_of_day(moment.date()), KnownPrecision.DAY), ""
    return (moment.astimezone(UTC), KnownPrecision.INSTANT), ""
