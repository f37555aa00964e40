"""Happenings of the cycle that a text reports and that are not spending."""

from __future__ import annotations

from datetime import date

from transforms.announcements.clues import Clues
from transforms.announcements.records import Announcement, TextEvent


def events_of(sentences: list[Clues], announcements: list[Announcement], *, published: date | None) -> list[TextEvent]:
    """Return the events."""
    del sentences, announcements, published
    return []
