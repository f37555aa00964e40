"""What a document is, told from how it begins: a feed, a page, or plain text.

Here: the first tag, and what the sender says of it. Not here: reading any of them.

Content decides before the label does: feeds are served as text/xml, as text/plain and as text/html alike.
"""

from __future__ import annotations

import re
from enum import StrEnum

LOOKED_AT_CHARACTERS = 4096
BEFORE_THE_FIRST_TAG = re.compile(r"(?:\s|\ufeff|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
DOCTYPE = re.compile(r"<!doctype\s+([\w:.-]+)", re.IGNORECASE)
TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
FEEDS = {"rss", "feed", "rdf:rdf"}


class ContentKind(StrEnum):
    """How a document is to be read."""

    TEXT = "text"
    PAGE = "page"
    FEED = "feed"


def kind_of(text: str, labelled: ContentKind | None) -> ContentKind | None:
    """Return what a document is; None: XML that is neither page nor feed.

    Args:
        text: its characters; the first few decide.
        labelled: what its content type or its file name's end says.
    """
    beginning = text[:LOOKED_AT_CHARACTERS]
    start = BEFORE_THE_FIRST_TAG.match(beginning)
    rest = beginning[start.end() if start else 0 :]
    found = DOCTYPE.match(rest) or TAG.match(rest)
    name = found[1].lower() if found else ""
    if name in FEEDS:
        return ContentKind.FEED
    if name == "html" or labelled is ContentKind.PAGE:
        return ContentKind.PAGE
    if labelled is ContentKind.FEED or beginning.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        return None
    return ContentKind.TEXT
