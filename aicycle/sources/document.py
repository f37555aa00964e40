"""One document as a source: a text, a web page, a feed, or a file of the recording format; by its path or its address.

Here: what was asked for is fetched or read, told apart, and handed over as payloads: the bytes as they came, the text
that is read where it is another, and the record that names both. Not here: how an address is asked (`fetching`), what
is taken from a page (`transforms.texts`), the row a record makes (`transforms.staging.ingested`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from aicycle.errors import RefusedFileError, UsageError
from aicycle.model.instants import Clock
from aicycle.sources.addresses import ID_DIGITS, checked, id_of, is_address, normalised
from aicycle.sources.fetching import LARGEST_DOCUMENT_BYTES, Answer, Fetcher
from aicycle.sources.protocol import Fetched, Refused
from aicycle.sources.recording import FILES, PLAIN_NAME, REFERS_TO_TEXTS
from aicycle.sources.regular_file import FOLDER_FLAGS, bytes_of
from transforms.staging import FEED, RECORD, RECORDING, SOURCE_OF_TEXT, TEXT
from transforms.texts.content_kinds import ContentKind, kind_of
from transforms.texts.decoding import decoded

SOURCE = "document"
LOOKED_AT_BYTES = 16_384
"""How much is decoded to tell what a document is."""

LABELS = {
    "text/html": ContentKind.PAGE,
    "application/xhtml+xml": ContentKind.PAGE,
    "text/plain": ContentKind.TEXT,
    "text/markdown": ContentKind.TEXT,
    "application/rss+xml": ContentKind.FEED,
    "application/atom+xml": ContentKind.FEED,
    "application/rdf+xml": ContentKind.FEED,
    "application/xml": ContentKind.FEED,
    "text/xml": ContentKind.FEED,
}
"""Content types that documents are sent as."""
TABLE_TYPES = frozenset(
    ("text/csv", "application/csv", "application/json", "application/jsonl", "application/x-ndjson", "text/plain",
     "application/octet-stream")
)  # fmt: skip
"""Content types that files of the recording format are sent as."""
SUFFIXES = {
    ".html": ContentKind.PAGE,
    ".htm": ContentKind.PAGE,
    ".xhtml": ContentKind.PAGE,
    ".rss": ContentKind.FEED,
    ".atom": ContentKind.FEED,
    ".xml": ContentKind.FEED,
}
NEXT_COMMAND = "aicycle ingest --help"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """The source `document`.

    Args:
        place: a path or an address.
        clock: says when the bytes came.
        first_seen: gives when a payload first landed under a name; None: never.
        document_id: instead of the one that follows from the place.
        language: as the caller declares it, ISO 639-1; None: told from the text.
        published: as the caller declares it.
        may_ask_private: whether machines that are not public may be talked to.
        fetcher: asks; by default one that uses the network.
        max_bytes: larger documents are refused.
    """

    place: str
    clock: Clock
    first_seen: Callable[[str], datetime | None]
    document_id: str | None = None
    language: str | None = None
    published: str | None = None
    may_ask_private: bool = False
    fetcher: Fetcher | None = None
    max_bytes: int = LARGEST_DOCUMENT_BYTES

    @property
    def name(self) -> str:
        """Name in the ledger."""
        return SOURCE

    @property
    def known_as(self) -> str:
        """The document's id, or what a feed or a file is known by.

        Raises:
            UsageError: the place is no address that is asked.
        """
        if self.document_id is not None:
            return self.document_id
        if is_address(self.place):
            return id_of(normalised(checked(self.place)))
        name = Path(self.place).name
        # A name may be anything, and an id stands in tables, messages and payload names.
        return name if PLAIN_NAME.fullmatch(name) else f"f-{_digest(os.fsencode(name))}"

    def fetch(self) -> Iterator[Fetched | Refused]:
        """Hand over the document's payloads.

        Raises:
            UsageError: the place, or what is said about it, can't be meant.
            SourceError: the document can't be had, or is none that is read.
        """
        fetched_at = self.clock()
        answer = self._answer()
        file_name = _file_name(answer.address) if is_address(self.place) else ""
        if file_name in FILES:
            yield self._file(answer, file_name, fetched_at)
            return
        kind = _kind(answer, LABELS.get(answer.content_type) or SUFFIXES.get(Path(self.place).suffix.lower()))
        if kind is ContentKind.FEED:
            self._require_no_words("a feed says for each item when it was published and in which language")
            yield self._payload(f"feeds/{self.known_as}", FEED, answer, fetched_at)
            return
        yield from self._document(answer, kind, fetched_at)

    def _answer(self) -> Answer:
        if not is_address(self.place):
            return Answer(read_file(self.place, self.max_bytes), "", "", None)
        file_name = _file_name(self.place)
        if file_name == REFERS_TO_TEXTS:
            raise UsageError(
                f"{REFERS_TO_TEXTS} is not asked for by its address: the texts it refers to do not come with it",
                where=str(checked(self.place)),
                expected="a path, with the texts in documents/ beside it",
                next_command=f"aicycle ingest FOLDER/{REFERS_TO_TEXTS}",
            )
        accepted = TABLE_TYPES if file_name in FILES else frozenset(LABELS)
        fetcher = self.fetcher or Fetcher(may_ask_private=self.may_ask_private, max_bytes=self.max_bytes)
        return fetcher.fetch(self.place, accepted)

    def _file(self, answer: Answer, file_name: str, fetched_at: datetime) -> Fetched:
        """Return the payload of a file of the recording format that was asked for by its address."""
        self._require_no_words(f"the rows of {file_name} say so themselves")
        return self._payload(f"{self.known_as}/{file_name}", RECORDING + file_name, answer, fetched_at)

    def _document(self, answer: Answer, kind: ContentKind, fetched_at: datetime) -> Iterator[Fetched]:
        """Hand over the bytes, the text if it is another, and the record, which refers to both."""
        from transforms.texts.records import Asked, written  # noqa: PLC0415 - loads trafilatura

        url = normalised(checked(self.place)) if is_address(self.place) else None
        record_name = f"records/{self.known_as}.json"
        asked = Asked(
            document_id=self.known_as,
            kind=kind,
            address=url,
            answered_by=answer.address or None,
            file_name=None if url else shown(Path(self.place).name),
            charset=answer.charset,
            language=self.language,
            published=self.published,
        )
        first_seen_at = self.first_seen(record_name) or fetched_at
        made = written(asked, answer.content, first_seen_at.isoformat())
        if made.text != answer.content:
            yield self._payload(f"originals/{self.known_as}", SOURCE_OF_TEXT, answer, fetched_at)
        if made.text is not None:
            yield self._payload(f"texts/{self.known_as}.txt", TEXT, answer, fetched_at, made.text)
        yield self._payload(record_name, RECORD, answer, fetched_at, made.record)

    def _payload(
        self, name: str, format_: str, answer: Answer, fetched_at: datetime, content: bytes | None = None
    ) -> Fetched:
        return Fetched(
            name=name,
            format=format_,
            request=f"GET {answer.address}" if answer.address else "",
            content=answer.content if content is None else content,
            fetched_at=fetched_at,
        )

    def _require_no_words(self, why: str) -> None:
        """Refuse a declared language or day where each row has its own."""
        if self.language is not None or self.published is not None:
            raise UsageError(
                f"--lang and --published are of one document: {why}",
                where=shown(self.place),
                next_command="leave them out",
            )


def require_file(place: str) -> None:
    """Refuse a path at which there is nothing, or a folder, before anything is written anywhere.

    Raises:
        UsageError: it is such a path.
    """
    path = Path(place)
    try:
        is_folder = path.is_dir() and not path.is_symlink()
        is_there = is_folder or os.path.lexists(path)
    except ValueError:  # a NUL in it
        is_folder = is_there = False
    if is_folder:
        raise UsageError(
            f"{shown(place)} is a folder",
            expected="one file",
            next_command="aicycle run --recording DIR, for a folder in the recording format",
        )
    if not is_there:
        raise UsageError(
            f"there is no file {shown(place)!r}", expected="a path or an address", next_command=NEXT_COMMAND
        )


def read_file(place: str, max_bytes: int) -> bytes:
    """Return the bytes of one regular file.

    Raises:
        UsageError: there is none, or it is a folder.
        RefusedFileError: it is something else, empty, too large, or it can't be read.
    """
    require_file(place)
    path = Path(place)
    try:
        folder = os.open(path.parent, FOLDER_FLAGS)
        try:
            return bytes_of(folder, path.name, max_bytes)
        finally:
            os.close(folder)
    except (OSError, RefusedFileError) as error:
        what = error.what if isinstance(error, RefusedFileError) else f"it can't be read: {error.strerror}"
        raise RefusedFileError(
            f"{shown(path.name)} is not taken: {what}",
            where=shown(place),
            expected=f"a regular file of 1 to {max_bytes} bytes",
            next_command=NEXT_COMMAND,
        ) from error


def _kind(answer: Answer, labelled: ContentKind | None) -> ContentKind:
    """Return what a document is.

    Raises:
        RefusedFileError: no text at all, or XML of another kind.
    """
    # A cut character at the end of what is looked at is no damage.
    beginning = decoded(answer.content[:LOOKED_AT_BYTES], answer.charset).text
    where = answer.address
    if "\0" in beginning or beginning.startswith("%PDF-"):
        raise RefusedFileError(
            "it is no text: it holds bytes that no text has" if "\0" in beginning else "it is a PDF",
            where=where,
            expected="a text, a web page, or an RSS or Atom feed",
            next_command="save its text and give that file: aicycle ingest FILE",
        )
    kind = kind_of(beginning, labelled)
    if kind is None:
        raise RefusedFileError(
            "it is XML, and neither a page nor a feed",
            where=where,
            expected="html, rss, feed or rdf:RDF as its first element",
            next_command=NEXT_COMMAND,
        )
    return kind


def _file_name(address: str) -> str:
    """Return the last part of an address's path."""
    return unquote(PurePosixPath(checked(address).path).name)


def shown(text: str) -> str:
    """Return a name or path as it can be stored and printed."""
    return text if text.isprintable() else ascii(text)[1:-1]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:ID_DIGITS]
