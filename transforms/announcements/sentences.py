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
LARGEST_SENTENCE = 2_000
"""Code points. What is longer has no sentences (a table, a list of numbers) and is cut at a blank."""
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


def sentences(text: str, compiled: Compiled, declared: str | None) -> list[Sentence]:
    """Return the sentences of a cleaned text in order; headings and list items count as sentences.

    Args:
        text: the cleaned text.
        compiled: the lexicon.
        declared: language the document is said to be in; a sentence that is plainly of another one is read as such.
    """
    usual = language_of(text[:20_000], compiled, declared)
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
    most = max(counts.values(), default=0)
    leading = [code for code in spaced if counts[code] == most]
    if usual in leading or len(leading) < 2:
        best = usual if usual in leading else next(iter(leading), usual)
    else:
        # Headlines have few small words: then the verbs decide.
        best = max(leading, key=lambda code: sum(1 for cue in compiled.rules[code].cues.values() if cue.search(text)))
    if usual in spaced and counts[usual] * 2 >= counts[best or usual]:
        return usual
    return best or usual or known[0]


def _parts(text: str, compiled: Compiled) -> list[tuple[int, int, bool]]:
    """Return start, end and whether a line ends there."""
    abbreviations = {a for rules in compiled.rules.values() for a in rules.language.abbreviations}
    parts: list[tuple[int, int, bool]] = []
    start = 0
    for mark in END.finditer(text):
        is_break = "\n" in mark.group()
        if not is_break and text[mark.start()] == "." and _goes_on(text, mark, start, abbreviations):
            continue
        parts += _pieces(text, start, mark.start() if is_break else mark.end(), is_break=is_break)
        start = mark.end()
    return parts + _pieces(text, start, len(text), is_break=True)


def _goes_on(text: str, mark: re.Match[str], start: int, abbreviations: set[str]) -> bool:
    before = text[max(start, mark.start() - 12) : mark.start()]
    word = re.split(r"[\s(„\"]", before)[-1]
    after = text[mark.end() : mark.end() + 40].lstrip()
    if word in abbreviations or (len(word) == 1 and word.isupper()):
        # "Mrd. Euro" goes on; "bn. The company" does not.
        return bool(after) and not (after[0].isupper() and word in {"bn", "mn"})
    # An ordinal: "am 3. November", "im 2. Quartal".
    return word.isdigit() and len(word) <= 2 and bool(after) and (after[0].isalpha())


def _pieces(text: str, start: int, end: int, *, is_break: bool) -> list[tuple[int, int, bool]]:
    pieces = []
    while end - start > LARGEST_SENTENCE:
        cut = text.rfind(" ", start + 1, start + LARGEST_SENTENCE)
        cut = cut if cut > start else start + LARGEST_SENTENCE
        pieces.append((start, cut, False))
        start = cut
    return [*pieces, (start, end, is_break)]
