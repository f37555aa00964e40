"""Documents that are one text: printed again elsewhere, or edited at its address.

Here: finding the original of a document among those before it, by a sketch of its words, without comparing all pairs.
Not here: documents that tell of one happening in other words (`transforms.announcements.clusters`).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

SKETCHED = 6
"""How many of the smallest hashes of its word sequences stand for a text: copies share most of them."""
SHARED = 2
"""How many of those two texts must share to be compared: a phrase that everybody prints is one sequence or two."""
SHINGLE = 4
"""Words in a sequence; of a script without spaces, characters count as words."""
COMPARED_CHARACTERS = 2_000
"""Of a text's beginning."""
ENTRIES_MET = 20
ALIKE = 88.0
"""Of 100: how like copies are (`rapidfuzz.fuzz.ratio`), an agency's line or a cut ending apart."""
WORDS = re.compile(r"[^\W\d_]+|\d+")
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
NUMBERS = re.compile(r"\d+")
PAGE = re.compile(
    r"(?:https?://)?(?:www\.)?(?P<site>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL
)


class Copies:
    """Texts seen so far."""

    def __init__(self) -> None:
        self._by_hash: dict[int, list[str]] = {}
        self._by_address: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def original(self, name: str, text: str, address: str | None) -> str | None:
        """Return the first document that this one is an edition or a copy of, if any, and remember it.

        Args:
            name: names the document.
            text: all of it.
            address: where it was published.
        """
        page = article_address(address)
        found = self._by_address.get(page) if page else None
        begin = text[:COMPARED_CHARACTERS]
        sketch = sorted(set(_sequences(begin)))[:SKETCHED]
        if found is None:
            found = self._like(begin, sketch)
        original = found or name
        if page:
            self._by_address.setdefault(page, original)
        if found is None:
            self._texts[name] = begin
            for key in sketch:
                self._by_hash.setdefault(key, []).append(name)
        return found

    def _like(self, text: str, sketch: list[int]) -> str | None:
        shared = Counter(name for key in sketch for name in self._by_hash.get(key, [])[-ENTRIES_MET:])
        least = min(SHARED, len(sketch))
        for name in sorted(name for name, count in shared.items() if count >= least):
            if is_copy(text, self._texts[name]):
                return name
        return None


def is_copy(a: str, b: str) -> bool:
    """Return whether two texts are one, printed twice: alike, and one has no number the other lacks."""
    if fuzz.ratio(a, b, score_cutoff=ALIKE) == 0:
        return False
    mine, theirs = set(NUMBERS.findall(a)), set(NUMBERS.findall(b))
    return mine <= theirs or theirs <= mine


def article_address(address: str | None) -> str | None:
    """Return an address as it names one article: without scheme, fragment and closing slash; None: it names a site."""
    found = PAGE.fullmatch(address or "")
    if found is None:
        return None
    path, query = found["path"].rstrip("/"), found["query"] or ""
    return f"{found['site'].lower()}{path}{query}" if path or query else None


def _sequences(text: str) -> Iterator[int]:
    words = WORDS.findall(text.casefold())
    if WIDE.search(text):
        words = [part for word in words for part in (word if WIDE.search(word) else [word])]
    for at in range(max(1, len(words) - SHINGLE + 1)):
        yield zlib.crc32(" ".join(words[at : at + SHINGLE]).encode())
