"""The places an amount or event is for, among those a sentence names.

Here: which names of places belong to what is announced. Not here: where names stand (`names`).
"""

from __future__ import annotations

from itertools import pairwise

from transforms.announcements.clues import Clues
from transforms.announcements.names import Named

BEFORE, BEHIND = 40, 30
"""Code points around a name in which what excludes it is looked for."""


def tied_places(clues: Clues) -> list[Named]:
    """Return the places a sentence ties to what it announces, in order, where they stand."""
    tied: list[Named] = []
    for place in clues.places:
        before = clues.text[max(0, place.start - BEFORE) : place.start]
        after = clues.text[place.end : place.end + BEHIND]
        if any(clues.rules.phrase(name).search(before) for name in ("said_in", "outside")):
            continue
        if any(clues.rules.phrase(name).match(after) for name in ("origin_after", "outside_after")):
            continue
        if after.startswith("$") or _is_of_whom(clues, place):
            continue
        tied.append(place)
    return tied


def _is_of_whom(clues: Clues, place: Named) -> bool:
    """Say whether a place only says where a company comes from: "India's Adani will invest"."""
    possessive = clues.rules.phrase("possessive")
    return any(
        possessive.fullmatch(clues.text[place.end : company.start].rstrip())
        for company in clues.companies
        if place.end < company.start
    )


def places_of(clues: Clues) -> tuple[str, ...]:
    """Return the codes of the places a sentence ties to what it announces, in order, each once."""
    return _codes(tied_places(clues))


def places_of_each(clues: Clues) -> list[tuple[str, ...]]:
    """Return the codes of the places of each amount: its own, where each has one behind it or before it; else all."""
    tied = tied_places(clues)
    marks = [0, *(m.start for m in clues.money), len(clues.text)]
    between = [_codes([p for p in tied if start <= p.start < end]) for start, end in pairwise(marks)]
    for own in (between[1:], between[:-1]):
        if len(own) > 1 and all(own):
            return own
    return [_codes(tied)] * len(clues.money)


def _codes(places: list[Named]) -> tuple[str, ...]:
    codes = dict.fromkeys(place.name for place in places)
    return tuple(code for code in codes if not any(other.startswith(code + "-") for other in codes))
