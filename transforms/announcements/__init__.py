"""Announcements read from text: amounts with what they are for, and events, each with its span. Pure, deterministic.

Here: `extract`, from a text and a lexicon to records. Not here: which documents report one happening
(`transforms.event_members`), or how documents are stored.
"""

from __future__ import annotations

from datetime import date

from aicycle.model.parameters.lexicon import Lexicon
from transforms.announcements.reading import read
from transforms.announcements.records import Amount, Announcement, Extraction, TextEvent

__all__ = ["EXTRACTION_VERSION", "Amount", "Announcement", "Extraction", "TextEvent", "extract"]

EXTRACTION_VERSION = "1"
"""Counted up whenever the same text would be read differently by the same lexicon."""


def extract(text: str, *, lexicon: Lexicon, language: str | None, published: date | None) -> Extraction:
    """Return what a text says.

    Args:
        text: the document; its first line is its title.
        lexicon: what companies and places are called, and how languages speak of money.
        language: ISO 639-1 as declared; None: told from the text. A declaration that the text contradicts is overruled.
        published: the day it was published, against which "next year" is understood; None: relative spans stay open.
    """
    return read(text, lexicon=lexicon, language=language, published=published)
