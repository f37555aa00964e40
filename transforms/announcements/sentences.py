"""Sentences of a text, each with its language.

Here: where sentences begin and end, and which language they are in. Not here: what they say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.announcements.compiling import Compiled, Rules

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
WORD = re.compile(r"[^\W\d_]+")
END = re.compile(
    r"[.!?](?=[\"'”»)\]]*(?:\s|$))[\"'”»)\]]*|[。！？!?](?=[\u3400-\u9fff\"”「『A-Z0-9])[”」』]*|[。！？][”」』]*|\n+"
)
LARGEST_SENTENCE = 800
"""Code points. What is longer has no sentences (a table, a list of numbers) and is cut at a blank."""
LOOKED_AT = 20_000
"""Code points from the beginning by which the language of a text is told."""
FEWEST_HAN = 0.15
"""Share of Chinese characters from which a sentence is Chinese: names and figures are Latin in all languages."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of the cleaned text."""

    text: str
    start: int
    """In the cleaned text."""
    line: int
    rules: Rules


def sentences(text: str, compiled: Compiled, usual: str) -> list[Sentence]:
    """Return the sentences of a cleaned text in order; headings and list items count as sentences.

    Args:
        text: the cleaned text.
        compiled: the lexicon.
        usual: language of most of the text; a sentence that is plainly of another one is read as such.
    """
    found: list[Sentence] = []
    line = 0
    for start, end, is_break in _parts(text, compiled):
        part = text[start:end]
        stripped = part.strip()
        if stripped:
            begins = start + (len(part) - len(part.lstrip()))
            found.append(Sentence(stripped, begins, line, compiled.rules[language_of(stripped, compiled, usual)]))
        if is_break:
            line += 1
    return found


def main_language(text: str, compiled: Compiled, declared: str | None) -> str:
    """Return the language of most of a cleaned text: the declared one unless its beginning is plainly of another."""
    return language_of(text[:LOOKED_AT], compiled, declared)


def language_of(text: str, compiled: Compiled, usual: str | None) -> str:
    """Return the language a text is in: the usual one unless another is plain."""
    known = list(compiled.rules)
    usual = usual if usual in compiled.rules else None
    letters = sum(map(str.isalpha, text))
    unspaced = [code for code in known if not compiled.rules[code].language.is_spaced]
    han = len(HAN.findall(text))
    if unspaced and letters and han / letters >= FEWEST_HAN:
        return usual if usual in unspaced else unspaced[0]
    words = [word.casefold() for word in WORD.findall(text)]
    spaced = [code for code in known if code not in unspaced]
    counts = {code: sum(word in compiled.rules[code].function_words for word in words) for code in spaced}
    ranked = sorted(spaced, key=lambda code: (-counts[code], code != usual))
    if not ranked:
        return usual or known[0]
    others = counts[ranked[1]] if len(ranked) > 1 else 0
    if counts[ranked[0]] >= others * 2 + 2:
        return ranked[0]
    # "will" and "in" are English and German, and headlines have few small words: then all that is known decides.
    known_part = {code: counts[code] * WORD_SIZE + _covered(text, compiled.rules[code]) for code in spaced}
    best = max(spaced, key=lambda code: (known_part[code], code == usual))
    if usual in spaced and known_part[usual] >= known_part[best] * ENOUGH:
        return usual
    return best


WORD_SIZE = 3
"""Characters that a small word counts for."""
ENOUGH = 0.8
"""Share of what the likeliest language knows that the usual one must know to stay."""


def _covered(text: str, rules: Rules) -> int:
    """Return how many characters of a text belong to words the language knows signs by."""
    covered = bytearray(len(text))
    for cue in rules.cues.values():
        for match in cue.finditer(text):
            covered[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return sum(covered)


def _parts(text: str, compiled: Compiled) -> list[tuple[int, int, bool]]:
    """Return start, end and whether a line ends there."""
    parts: list[tuple[int, int, bool]] = []
    start = 0
    for mark in END.finditer(text):
        is_break = "\n" in mark.group()
        if not is_break and text[mark.start()] == "." and _goes_on(text, mark, start, compiled):
            continue
        parts += _pieces(text, start, mark.start() if is_break else mark.end(), is_break=is_break)
        start = mark.end()
    return parts + _pieces(text, start, len(text), is_break=True)


DAY_DIGITS = 2


def _goes_on(text: str, mark: re.Match[str], start: int, compiled: Compiled) -> bool:
    """Say whether a sentence goes on after a full stop."""
    before = text[max(start, mark.start() - 12) : mark.start()]
    word = re.split(r"[\s(„\"]", before)[-1]
    after = text[mark.end() : mark.end() + 40].lstrip()
    if word in compiled.abbreviations or (len(word) == 1 and word.isupper()):
        return bool(after) and not (after[0].isupper() and word in compiled.units)
    # An ordinal: "am 3. November", "im 2. Quartal".
    return word.isdigit() and len(word) <= DAY_DIGITS and bool(after) and (after[0].isalpha())


def _pieces(text: str, start: int, end: int, *, is_break: bool) -> list[tuple[int, int, bool]]:
    pieces = []
    while end - start > LARGEST_SENTENCE:
        cut = max(text.rfind(mark, start + 1, start + LARGEST_SENTENCE) for mark in (", ", "; ", "，", "、"))
        cut = cut if cut > start else text.rfind(" ", start + 1, start + LARGEST_SENTENCE)
        cut = cut if cut > start else start + LARGEST_SENTENCE
        pieces.append((start, cut, False))
        start = cut
    return [*pieces, (start, end, is_break)]
