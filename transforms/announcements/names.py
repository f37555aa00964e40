"""Companies and places that a sentence names.

Here: where known names stand. Not here: what role they play (`transforms.announcements.companies`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.announcements.compiling import LATIN_WORD, Names

HAN = re.compile(r"[\u2e80-\uffff]")
SHORTEST_CAPITALS = 4
"""A title may be all capitals; shorter words in capitals are abbreviations of something else."""


@dataclass(frozen=True, slots=True)
class Named:
    """A known name in a sentence."""

    start: int
    end: int
    name: str
    """What it stands for: a company's name or a place's code."""


def named(sentence: str, names: Names) -> list[Named]:
    """Return the known names of a sentence in order; the longest at each place."""
    found: list[Named] = []
    position, size = 0, len(sentence)
    while position < size:
        character = sentence[position]
        if HAN.match(character):
            match = _at(sentence, position, sentence[position : position + 2], names)
            if match is None:
                position += 1
                continue
        elif character.isalnum():
            word = LATIN_WORD.match(sentence, position)
            end = word.end() if word else position + 1
            match = _at(sentence, position, sentence[position:end], names)
            if match is None:
                position = max(end, position + 1)
                continue
        else:
            position += 1
            continue
        found.append(match)
        position = match.end
    return found


def _at(sentence: str, position: int, key: str, names: Names) -> Named | None:
    for first in _spellings(key):
        for name, stands_for in names.by_first.get(first, ()):
            end = _end_of(sentence, position, name)
            if end is not None:
                return Named(position, end, stands_for)
    return None


def _spellings(key: str) -> tuple[str, ...]:
    """Return what a first word may be looked up as: as written, without a genitive, out of capitals."""
    spellings = [key]
    if key.endswith("s") and len(key) > SHORTEST_CAPITALS:
        spellings.append(key[:-1])
    if key.isupper() and len(key) >= SHORTEST_CAPITALS:
        spellings.append(key.capitalize())
    return tuple(spellings)


def _end_of(sentence: str, position: int, name: str) -> int | None:
    """Return where a name ends that stands at a position; None where it does not stand there."""
    end = position + len(name)
    written = sentence[position:end]
    if written != name and not (written.isupper() and written == name.upper()):
        return None
    if end >= len(sentence) or HAN.match(name[-1]):
        return end
    following = sentence[end]
    if following == "s" and not sentence[end + 1 : end + 2].isalnum():
        return end + 1
    is_inside_word = following.isalnum() and not HAN.match(following)
    return None if is_inside_word else end
