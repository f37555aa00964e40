"""Cutting a feed into items, each with its exact byte span.

Here: RSS 0.9 to 2.0 and Atom, bytes in, items out. Not here: what an item means (`feeds`).

The parser is expat, because it tells at which byte an element stands. Nothing is loaded and nothing is expanded: a feed
that brings definitions of its own (an internal subset, where entities are declared) is refused as a whole, before any
of them is looked at.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from xml.parsers import expat

from transforms.staging.cells import SHOWN_CHARACTERS
from transforms.texts.decoding import UTF8, decoded

ATOM = "http://www.w3.org/2005/Atom"
OWN = {
    "",
    ATOM,
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
}
"""Namespaces of the feed formats themselves; others decorate."""
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
SEPARATOR = "\n"
"""Between a namespace and a name: no name holds it."""
XML_LANGUAGE = f"http://www.w3.org/XML/1998/namespace{SEPARATOR}lang"

ROOTS = {"rss", "feed", "RDF"}
ITEMS = {"item", "entry"}
STATEMENTS = {
    "title": ("title", 0),
    "link": ("link", 0),
    "guid": ("link", 1),
    "id": ("link", 2),
    "pubDate": ("published", 0),
    "published": ("published", 0),
    "date": ("published", 1),
    "updated": ("published", 2),
    "language": ("language", 0),
}
"""What an item's element states, and how good that is among others that state the same: 0 is best."""
MOST_ITEMS = 10_000
DEEPEST = 64


class BrokenFeedError(ValueError):
    """A document that can't be taken as a feed.

    Args:
        what: why.
        line: where.
    """

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


@dataclass(slots=True)
class FeedItem:
    """One item as it stands in a feed; what it does not say is empty."""

    line: int
    byte_start: int
    byte_end: int = 0
    """One past the last byte."""
    title: str = ""
    link: str = ""
    published: str = ""
    language: str = ""


@dataclass(slots=True)
class Feed:
    """A feed's own statements and its items, in file order."""

    title: str = ""
    language: str = ""
    items: list[FeedItem] = field(default_factory=list)


def feed_in(content: bytes) -> Feed:
    """Return the feed that a document is.

    Raises:
        BrokenFeedError: it is none, or it can't be taken.
    """
    found = decoded(content, None)
    if found.trouble:
        raise BrokenFeedError(found.trouble, 1)
    plain = content if found.charset == UTF8 else found.text.encode(UTF8)
    feed = _Reader(plain).feed
    if found.charset != UTF8:
        _move_spans(feed, plain, content, found.charset)
    return feed


def _move_spans(feed: Feed, plain: bytes, content: bytes, charset: str) -> None:
    """Turn offsets in the UTF-8 that was parsed into those in the bytes that came.

    Raises:
        BrokenFeedError: the charset writes one text in several ways, so that no offset can be told.
    """
    offsets = sorted({offset for item in feed.items for offset in (item.byte_start, item.byte_end)} | {0, len(plain)})
    pieces = [
        plain[start:end].decode(UTF8).encode(charset, errors="xmlcharrefreplace") for start, end in pairwise(offsets)
    ]
    if b"".join(pieces) != content:
        raise BrokenFeedError(f"where its items stand can't be told in {charset}; expected UTF-8", 1)
    moved = dict(zip(offsets, accumulate(map(len, pieces), initial=0), strict=True))
    for item in feed.items:
        item.byte_start, item.byte_end = moved[item.byte_start], moved[item.byte_end]


class _Reader:
    """One pass over a feed."""

    def __init__(self, content: bytes) -> None:
        self.feed = Feed()
        self._content = content
        self._names: list[str] = []
        """Of the open elements, outermost first, without their namespaces."""
        self._languages = [""]
        """Of the open elements, as xml:lang hands it down."""
        self._item: FeedItem | None = None
        self._item_depth = 0
        self._ranks: dict[str, int] = {}
        """How good the statements are that the open item's values come from."""
        self._collected: list[str] | None = None
        """Characters of the open statement, at whatever depth they stand in it."""
        self._statement_depth = 0
        parser = self._parser = expat.ParserCreate(UTF8, SEPARATOR)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.SkippedEntityHandler = self._skipped
        try:
            parser.Parse(content, True)  # noqa: FBT003 - expat takes no names
        except expat.ExpatError as error:
            raise BrokenFeedError(f"it is not well-formed: {expat.ErrorString(error.code)}", error.lineno) from None

    def _refusal(self, what: str) -> BrokenFeedError:
        return BrokenFeedError(what, self._parser.CurrentLineNumber)

    def _doctype(self, name: str, system_id: str | None, public_id: str | None, has_own: int) -> None:
        del name, system_id, public_id
        if has_own:
            raise self._refusal("it brings definitions of its own (a document type with an internal subset)")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(SEPARATOR)
        if not self._names and local not in ROOTS:
            raise self._refusal(f"it is no feed: its root is <{local[:SHOWN_CHARACTERS]}>; expected rss, feed or RDF")
        if len(self._names) >= DEEPEST:
            raise self._refusal(f"its elements are nested more than {DEEPEST} deep")
        self._names.append(local)
        self._languages.append(attributes.get(XML_LANGUAGE, self._languages[-1]))
        if self._item is None and local in ITEMS and space in OWN:
            self._open_item()
        elif self._collected is None and self._is_statement(space):
            self._collected, self._statement_depth = [], len(self._names)
            if local == "link" and "href" in attributes:
                # Atom's: what is no alternate (an enclosure, the feed itself) is better than nothing.
                rank = 0 if attributes.get("rel", "alternate") == "alternate" else 3
                self._keep("link", rank, attributes["href"])

    def _open_item(self) -> None:
        if len(self.feed.items) >= MOST_ITEMS:
            raise self._refusal(f"it has more than {MOST_ITEMS} items")
        self._item = FeedItem(self._parser.CurrentLineNumber, self._parser.CurrentByteIndex)
        self._item.language = self._languages[-1]
        self._item_depth, self._ranks = len(self._names), {}
        self.feed.items.append(self._item)

    def _is_statement(self, space: str) -> bool:
        """Return whether the element just opened states something: a direct child of an item, or of the feed."""
        if space not in OWN and space != DUBLIN_CORE:
            return False
        if self._item is not None:
            return len(self._names) == self._item_depth + 1
        return self._names[-2:-1] in (["channel"], ["feed"])

    def _end(self, name: str) -> None:
        local, depth = name.rpartition(SEPARATOR)[2], len(self._names)
        if self._collected is not None and depth == self._statement_depth:
            self._take(local, "".join(self._collected))
            self._collected = None
        if self._item is not None and depth == self._item_depth:
            end = self._parser.CurrentByteIndex
            # Of an element without content, expat tells where it ends; of others, where their end tag begins.
            is_empty = self._content[end : end + 2] != b"</"
            self._item.byte_end = end if is_empty else self._content.find(b">", end) + 1
            self._item = None
        self._names.pop()
        self._languages.pop()

    def _take(self, local: str, text: str) -> None:
        """Take a whole statement of the feed or of the open item."""
        if self._item is not None and local in STATEMENTS and text.strip():
            name, rank = STATEMENTS[local]
            self._keep(name, rank, text)
        elif self._item is None and local == "title":
            self.feed.title = self.feed.title or text
        elif self._item is None and local == "language":
            self.feed.language = self.feed.language or text.strip()

    def _keep(self, name: str, rank: int, text: str) -> None:
        """Keep a value of the open item, unless one of the same rank or a better one is kept."""
        if self._item is not None and rank < self._ranks.get(name, len(STATEMENTS)):
            self._ranks[name] = rank
            setattr(self._item, name, text)

    def _characters(self, text: str) -> None:
        if self._collected is not None:
            self._collected.append(text)

    def _skipped(self, name: str, is_parameter: int) -> None:
        """Put in the character that HTML calls so: feeds with a document type, which is never loaded, use its names."""
        if self._collected is not None and not is_parameter:
            self._collected.append(html.unescape(f"&{name};"))
