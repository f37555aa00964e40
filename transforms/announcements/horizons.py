"""The time an amount is for: which phrase of its sentence belongs to it.

Here: the choice, and what it means for the kind of amount. Not here: what a phrase means (`spans`).
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues
from transforms.announcements.companies import groups
from transforms.announcements.money import Money
from transforms.announcements.spans import Horizon, Phrase, is_past, resolved
from transforms.announcements.spending import SPANS, is_of_another

FARTHEST_WORDS = 0.1
"""Nearness below which a phrase belongs to something else."""
START_WITHIN = 24
"""Code points between "2027" and "goes live"."""
EACH_HAS_ONE = 2
"""Amounts, of which each has a time of its own."""
QUARTERS = frozenset(
    {"quarter", "fiscal_quarter", "quarter_to_month", "months_of_year", "last_quarter", "this_quarter", "next_quarter"}
)
COMPARED_WITH = frozenset({"year_ago", "last_year", "last_quarter"})
"""Phrases for what an amount is compared with."""
SAID_WHEN = frozenset({"year", "this_year", "last_year"})
"""Beside a word for "already announced" these say when it was said, not what it is for."""


def horizon_of(
    clues: Clues,
    money: Money,
    kind: EventType,
    *,
    is_restated: bool,
    published: date | None,
    fiscal_year_end_month: int,
) -> Horizon | None:
    """Return the first and last year or month an amount is for; None where the sentence does not say."""
    phrase = _phrase_of(clues, money, kind, published, is_restated=is_restated)
    if phrase is None:
        return None
    # What is no spending looks ahead by a span of its own, "over three years", and behind by a quarter.
    is_ahead = kind in _AHEAD or (kind is not EventType.CAPEX_ACTUAL and phrase.means in SPANS)
    return resolved(phrase, published=published, fiscal_year_end_month=fiscal_year_end_month, is_ahead=is_ahead)


def _phrase_of(
    clues: Clues, money: Money, kind: EventType, published: date | None, *, is_restated: bool
) -> Phrase | None:
    """Return the nearest phrase that fits: what was spent lies behind, what is planned ahead."""
    is_done = kind is EventType.CAPEX_ACTUAL
    best, best_weight = None, FARTHEST_WORDS
    own = _own_phrase(clues, money)
    for phrase in clues.phrases if own is None else (own,):
        past = is_past(phrase, published)
        if past and not is_done and kind in _AHEAD and phrase.means != "full_year":
            # "had announced two billion in 2024" says when it was said, not what it is for.
            continue
        if (is_restated and _says_when(phrase, kind, published)) or _is_start(clues, phrase):
            continue
        if phrase.start > 0 and _another_company_between(clues, phrase, money):
            continue
        if phrase.means in COMPARED_WITH and _leads_to_another(clues, phrase, money):
            continue
        weight = clues.nearness((phrase.start, phrase.end), money)
        if is_done and (past or phrase.means in QUARTERS):
            weight *= 2
        if phrase.start < money.start and not _another_between(clues, phrase, money):
            # A phrase that opens the sentence holds for all that follows.
            weight = max(
                weight,
                FARTHEST_WORDS * 1.2
                if phrase.start == 0 or (kind is EventType.CAPEX_GUIDANCE and len(clues.phrases) == 1)
                else 0.0,
            )
        if weight > best_weight:
            best, best_weight = phrase, weight
    return best


def _own_phrase(clues: Clues, money: Money) -> Phrase | None:
    """Return the phrase behind an amount where each amount has one: "1.2 in the quarter and 4.8 over the past year"."""
    if len(clues.money) < EACH_HAS_ONE or len(clues.money) != len(clues.phrases):
        return None
    pairs = list(zip(clues.money, clues.phrases, strict=True))
    in_turn = all(
        m.reach <= p.start and clues.boundaries_between((m.start, m.reach), (p.start, p.end)) == 0 for m, p in pairs
    )
    if not in_turn or any(p.end > m.lead for (_, p), (m, _) in pairwise(pairs)):
        return None
    return next(p for m, p in pairs if m is money)


def _says_when(phrase: Phrase, kind: EventType, published: date | None) -> bool:
    """Say whether a year beside "already announced" says when that was: not so where it lies ahead or is forecast."""
    if phrase.means == "until_month" and published is not None:
        return (phrase.groups["year"], phrase.groups["month"]) < (published.year, published.month)
    if phrase.means not in SAID_WHEN:
        return False
    if phrase.means == "last_year" or published is None:
        return True
    is_ahead = phrase.means == "year" and phrase.groups["year"] > published.year
    return not is_ahead and kind is not EventType.CAPEX_GUIDANCE


_AHEAD = frozenset({EventType.CAPEX_PLAN, EventType.CAPEX_GUIDANCE, EventType.CAPEX_INCREASE})


def _is_start(clues: Clues, phrase: Phrase) -> bool:
    """Say whether a phrase tells when something starts to work: spending ends with completion, not with that."""
    return any(
        0 <= max(start - phrase.end, phrase.start - end) <= START_WITHIN
        and clues.boundaries_between((start, end), (phrase.start, phrase.end)) == 0
        for start, end in clues.cue("goes_live")
    )


def _leads_to_another(clues: Clues, phrase: Phrase, money: Money) -> bool:
    """Say whether "a year before" opens the comparison with another amount: it stands right before that one."""
    if money.end <= phrase.start and phrase.means == "year_ago":
        return any(phrase.end <= other.start for other in clues.money)
    return is_of_another(clues, phrase, money)


def _another_company_between(clues: Clues, phrase: Phrase, money: Money) -> bool:
    """Say whether somebody else begins to act between a phrase and a later amount."""
    acting = [g for g in groups(clues) if g.role == "subject"]
    before = [g.names for g in acting if g.end <= phrase.start]
    between = [g.names for g in acting if phrase.end <= g.start and g.end <= money.start]
    return bool(before) and any(names != before[-1] for names in between)


def _another_between(clues: Clues, phrase: Phrase, money: Money) -> bool:
    return any(phrase.end <= other.start and other.end <= money.start for other in clues.phrases)
