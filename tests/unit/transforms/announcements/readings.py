"""The bundled lexicon, and sentences read by it: what the tests of the steps start from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from aicycle.settings.lexicon import load_lexicon
from transforms.announcements import Extraction, extract
from transforms.announcements.cleaning import cleaned
from transforms.announcements.clues import Clues, clues_of
from transforms.announcements.compiling import compiled
from transforms.announcements.sentences import Sentence

LEXICON = load_lexicon(Path(__file__).parents[4] / "config")
READY = compiled(LEXICON)
RULES = READY.rules
PUBLISHED = date(2025, 2, 24)


def clues(text: str, language: str = "en") -> Clues:
    """One sentence of one language, cleaned, with all that is found in it."""
    return clues_of(Sentence(cleaned(text, READY.fold).text, 0, 0, RULES[language]), READY)


def read(text: str, language: str = "en", published: date | None = PUBLISHED) -> Extraction:
    """A whole text."""
    return extract(text, lexicon=LEXICON, language=language, published=published)
