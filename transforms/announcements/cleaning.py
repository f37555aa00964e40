"""A text as it can be matched: one form for each character, with the way back to where it stood.

Here: full-width forms, invisible characters, left-overs of HTML, traditional characters. Not here: sentences
(`transforms.announcements.sentences`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,2000}|!--.{0,2000}?--)>", re.DOTALL)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
MARKUP = re.compile(f"{TAG.pattern}|{ENTITY.pattern}", re.DOTALL)
PLAIN = re.compile(r"[\n -~]*")

BLANK, NOTHING = " ", ""
SAME = {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2011": "-", "\u2010": "-", "\u00ad": NOTHING, "\u3000": BLANK}
SPLITTING = "\n\r\u2028\u2029\x0b\x0c\x85"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text to be matched, and where each of its characters stood."""

    text: str
    starts: tuple[int, ...] | None
    """Per character the code point it stands for, and after the last the end; None: they are where they were."""

    ends: tuple[int, ...] | None
    """Per character one past the last code point it stands for; None likewise."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points of the original that a part of the cleaned text stands for."""
        if self.starts is None or self.ends is None or end <= start:
            return start, end
        return self.starts[start], self.ends[end - 1]


def cleaned(text: str, fold: dict[int, str]) -> Cleaned:
    """Return a text with one form for each character.

    Args:
        text: as it was stored.
        fold: code point -> the character that counts as it, of the languages that fold.

    Returns:
        Tags and control characters become a blank, entities what they stand for, invisible characters nothing;
        full-width forms become the usual ones. Line breaks stay.
    """
    if PLAIN.fullmatch(text) and "<" not in text and "&" not in text:
        return Cleaned(text, None, None)
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for markup in MARKUP.finditer(text) if "<" in text or "&" in text else ():
        _take(text, range(position, markup.start()), fold, (characters, starts, ends))
        stands_for = html.unescape(markup.group()) if markup.group().startswith("&") else BLANK
        for character in stands_for:
            characters.append(_one(character, fold) or BLANK)
            starts.append(markup.start())
            ends.append(markup.end())
        position = markup.end()
    _take(text, range(position, len(text)), fold, (characters, starts, ends))
    return Cleaned("".join(characters), tuple(starts), tuple(ends))


def _take(text: str, part: range, fold: dict[int, str], taken: tuple[list[str], list[int], list[int]]) -> None:
    characters, starts, ends = taken
    for index in part:
        one = _one(text[index], fold)
        if one:
            characters.append(one)
            starts.append(index)
            ends.append(index + 1)


def _one(character: str, fold: dict[int, str]) -> str:
    """Return the one character that another counts as; nothing where it is invisible."""
    if character.isascii():
        return character if character >= BLANK or character == "\n" else ("\n" if character in SPLITTING else BLANK)
    folded = fold.get(ord(character)) or SAME.get(character)
    if folded is not None:
        return folded
    if character in SPLITTING:
        return "\n"
    category = unicodedata.category(character)
    if category == "Cf" or category.startswith("M"):
        return NOTHING if category == "Cf" else character
    if category in {"Cc", "Zs"}:
        return BLANK
    usual = unicodedata.normalize("NFKC", character)
    return usual if len(usual) == 1 else character


def byte_offsets(text: str, positions: list[int]) -> dict[int, int]:
    """Return, for positions in code points, their positions in bytes of UTF-8.

    Args:
        text: the stored text.
        positions: code points from its start; any order.
    """
    offsets: dict[int, int] = {}
    seen, size = 0, 0
    for position in sorted(set(positions)):
        size += len(text[seen:position].encode("utf-8", errors="surrogatepass"))
        seen = position
        offsets[position] = size
    return offsets
