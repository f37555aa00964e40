"""The time an amount is for: which phrase of its sentence belongs to it.

Here: the choice, and what it means for the kind of amount. Not here: what a phrase means (`spans`).
"""

from __future__ import annotations

from datetime import date

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues
from transforms.announcements.money import Money
from transforms.announcements.spans import Horizon, Phrase, is_past, resolved

FARTHEST_WORDS = 0.1
"""Nearness below which a phrase belongs to something else."""
QUARTERS = frozenset({"quarter", "fiscal_quarter", "quarter_to_month", "last_quarter", "this_quarter", "next_quarter"})


def horizon_of(
    clues: Clues, money: Money, kind: EventType, *, published: date | None, fiscal_year_end_month: int
) -> Horizon | None:
    """Return the first and last year or month an amount is for; None where the sentence does not say."""
    phrase = _phrase_of(clues, money, kind, published)
    if phrase is None:
        return None
    is_ahead = kind in {EventType.CAPEX_PLAN, EventType.CAPEX_GUIDANCE, EventType.CAPEX_INCREASE}
    return resolved(phrase, published=published, fiscal_year_end_month=fiscal_year_end_month, is_ahead=is_ahead)


def _phrase_of(clues: Clues, money: Money, kind: EventType, published: date | None) -> Phrase | None:
    """Return the nearest phrase that fits: what was spent lies behind, what is planned ahead."""
    is_done = kind is EventType.CAPEX_ACTUAL
    best, best_weight = None, FARTHEST_WORDS
    for phrase in clues.phrases:
        past = is_past(phrase, published)
        if past and not is_done and kind in _AHEAD:
            # "had announced two billion in 2024" says when it was said, not what it is for.
            continue
        weight = clues.nearness((phrase.start, phrase.end), money)
        if is_done and (past or phrase.means in QUARTERS):
            weight *= 2
        if phrase.start < money.start and not _another_between(clues, phrase, money):
            # A phrase that opens the sentence holds for all that follows.
            weight = max(weight, FARTHEST_WORDS * 1.2 if phrase.start == 0 else 0.0)
        if weight > best_weight:
            best, best_weight = phrase, weight
    return best


_AHEAD = frozenset({EventType.CAPEX_PLAN, EventType.CAPEX_GUIDANCE, EventType.CAPEX_INCREASE})


def _another_between(clues: Clues, phrase: Phrase, money: Money) -> bool:
    return any(phrase.end <= other.start and other.end <= money.start for other in clues.phrases)
