"""One sentence with all that was found in it, and how near two things in it are.

Here: cue words, names, amounts and times of a sentence. Not here: what follows from them (`kinds`, `companies`,
`certainty`, `spans`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from transforms.announcements.compiling import Compiled, Rules
from transforms.announcements.money import Money, amounts
from transforms.announcements.names import Named, named
from transforms.announcements.sentences import Sentence
from transforms.announcements.spans import Phrase, phrases, with_same_times

BOUNDARY = re.compile(
    r"(?<!\d)[,;:，；：、]|[,;:，；：、](?!\d)|\s[–—-]\s|[()（）]|(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])"
)
"""Where a clause may end: at no mark within a number, but at that before one (投资30亿元,2027年); at a space between
Chinese characters, which parts the halves of a headline."""
GLOSS = re.compile(r"[(（][A-Z][A-Za-z .&-]{0,30}[)）]")
"""A name in brackets, as behind 韦丹塔: no clause of its own."""
PER_WORD, PER_BOUNDARY, PER_AMOUNT = 0.9, 0.6, 0.45
"""What is left of a cue's weight across one word, the end of a clause, another amount."""
WIDE_MARKS, APART = frozenset(";； "), 2
"""What stands on both sides of one is further apart than clauses are."""
HAN_PER_WORD = 2
"""Chinese characters that count as one word."""

Place = tuple[int, int]


@dataclass(slots=True)
class Clues:
    """A sentence and what stands in it. Positions count from the sentence's start."""

    sentence: Sentence
    compiled: Compiled
    money: list[Money]
    companies: list[Named]
    places: list[Named]
    phrases: list[Phrase]
    boundaries_at: list[int] = field(default_factory=list)
    """Where clauses may end, without the commas of "Armonk, New York," and of lists of names."""
    money_starts: list[int] = field(init=False)
    money_ends: list[int] = field(init=False)
    _found: dict[str, list[Place]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep where amounts begin and end, in order: how many lie between two places is asked often."""
        self.money_starts = [m.start for m in self.money]
        self.money_ends = [m.end for m in self.money]

    @property
    def text(self) -> str:
        """The sentence, cleaned."""
        return self.sentence.text

    @property
    def rules(self) -> Rules:
        """Of the sentence's language."""
        return self.sentence.rules

    def cue(self, name: str) -> list[Place]:
        """Return where signs of something stand."""
        if name not in self._found:
            self._found[name] = [m.span() for m in self.rules.cue(name).finditer(self.text)]
        return self._found[name]

    def event_cue(self, name: str) -> list[Place]:
        """Return where signs of an event stand."""
        pattern = self.rules.events.get(name)
        return [m.span() for m in pattern.finditer(self.text)] if pattern else []

    def nearness(self, cue: Place, money: Money) -> float:
        """Return how near a cue is to an amount, 0 to 1: less with each word, clause and other amount between."""
        start, end = (cue[1], money.lead) if cue[1] <= money.start else (money.reach, cue[0])
        if end <= start:
            return 1.0
        between = self.text[start:end]
        words = between.count(" ") if self.rules.language.is_spaced else len(between) / HAN_PER_WORD
        others = bisect_right(self.money_ends, end) - bisect_left(self.money_starts, start)
        boundaries = self._ends_between(start, end)
        return float(PER_WORD**words * PER_BOUNDARY**boundaries * PER_AMOUNT ** max(others, 0))

    def boundaries(self, cue: Place, money: Money) -> int:
        """Return how many clauses end between a cue and an amount."""
        return self.boundaries_between(cue, (money.start, money.reach))

    def boundaries_between(self, one: Place, other: Place) -> int:
        """Return how many clauses end between two places."""
        start, end = (one[1], other[0]) if one[1] <= other[0] else (other[1], one[0])
        return self._ends_between(start, end)

    def _ends_between(self, start: int, end: int) -> int:
        return bisect_left(self.boundaries_at, end) - bisect_left(self.boundaries_at, start)

    def weight(self, name: str, money: Money) -> float:
        """Return how near the nearest sign of something is to an amount."""
        return max((self.nearness(place, money) for place in self.cue(name)), default=0.0)

    def clause(self, start: int, end: int) -> Place:
        """Return the clause around a part of the sentence."""
        before = [m.end() for m in BOUNDARY.finditer(self.text, 0, start)]
        after = BOUNDARY.search(self.text, end)
        begins = before[-1] if before else 0
        ends = after.start() if after else len(self.text)
        part = self.text[begins:ends]
        begins += len(part) - len(part.lstrip())
        return begins, ends - (len(part) - len(part.rstrip(" .。!！?？")))


def clues_of(sentence: Sentence, compiled: Compiled) -> Clues:
    """Return a sentence with all that was found in it."""
    companies = named(sentence.text, compiled.companies)
    places = [
        place
        for place in named(sentence.text, compiled.places)
        if not any(c.start <= place.start and place.end <= c.end for c in companies)
    ]
    money = amounts(sentence.text, sentence.rules)
    # "2025 to 2026 million" are no years.
    times = with_same_times(
        [p for p in phrases(sentence.text, sentence.rules) if all(p.end <= m.start or m.end <= p.start for m in money)]
    )
    return Clues(
        sentence,
        compiled,
        money,
        companies,
        places,
        times,
        _boundaries(sentence.text, companies, places),
    )


def _boundaries(text: str, companies: list[Named], places: list[Named]) -> list[int]:
    """Return where clauses may end: not within a list of names, nor behind a place that says where another is."""
    found = []
    ends = {name.end for name in (*companies, *places)}
    starts = {name.start for name in (*companies, *places)}
    glosses = [gloss.span() for gloss in GLOSS.finditer(text)]
    is_second = False
    for mark in BOUNDARY.finditer(text):
        position = mark.start()
        if any(start <= position < end for start, end in glosses):
            continue
        is_after = position in ends
        is_before = any(start in starts for start in (mark.end(), mark.end() + 1))
        if is_after and (is_before or is_second):
            is_second = is_before
            continue
        is_second = False
        found += [position] * (APART if mark.group() in WIDE_MARKS else 1)
    return found
