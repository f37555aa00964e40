"""A text as it is stored: bytes, read so that every code point knows its place among them.

Here: from bytes to text and back to byte offsets, also where the bytes are no UTF-8. Not here: reading files
(`aicycle.cli`), or what a text says (`transforms.announcements`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from transforms.announcements.records import Announcement, Extraction, TextEvent
from transforms.staging.lines import BYTE_ORDER_MARK

Item = TypeVar("Item", Announcement, TextEvent)
_REPLACEMENT = "\ufffd"
_ESCAPED = {0: _REPLACEMENT} | dict.fromkeys(range(0xDC80, 0xDD00), _REPLACEMENT)
"""NUL, and what stands for a byte that is no UTF-8."""


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text and the bytes it was read from."""

    text: str
    """Each byte that is no UTF-8, and each NUL, is one U+FFFD; a byte order mark at the start is no part of it."""
    broken_bytes: int
    """How many bytes were replaced."""
    first_broken: int | None
    """Offset of the first of them; None: there is none."""
    _escaped: str
    """The same code points, from which the bytes can be made again."""
    _start: int
    """Bytes before the text."""

    def byte_offsets(self, places: Iterable[int]) -> dict[int, int]:
        """Return the byte offset, from the start of what is stored, of each place in code points."""
        offsets: dict[int, int] = {}
        place_before, offset = 0, self._start
        for place in sorted(set(places)):
            # Piece by piece, so that many places in a long text do not read it again and again.
            offset += len(_bytes(self._escaped[place_before:place]))
            offsets[place], place_before = offset, place
        return offsets

    def placed(self, extraction: Extraction) -> Extraction:
        """Return what was extracted from `text` with byte spans in what is stored."""
        items: tuple[Announcement | TextEvent, ...] = (*extraction.announcements, *extraction.events)
        offsets = self.byte_offsets(place for item in items for place in (item.quote_start, item.quote_end))

        def moved(item: Item) -> Item:
            return replace(item, byte_start=offsets[item.quote_start], byte_end=offsets[item.quote_end])

        return replace(
            extraction,
            announcements=tuple(map(moved, extraction.announcements)),
            events=tuple(map(moved, extraction.events)),
        )


def stored_text(content: bytes) -> StoredText:
    """Read bytes as UTF-8 text; what can't be read is replaced and counted."""
    start = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    escaped = content[start:].decode("utf-8", errors="surrogateescape")
    text = escaped.translate(_ESCAPED)
    if text == escaped:
        return StoredText(text, 0, None, escaped, start)
    broken = [place for place, (was, is_) in enumerate(zip(escaped, text, strict=True)) if was != is_]
    return StoredText(text, len(broken), start + len(_bytes(escaped[: broken[0]])), escaped, start)


def _bytes(escaped: str) -> bytes:
    return escaped.encode("utf-8", errors="surrogateescape")
