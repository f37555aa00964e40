"""Which kind of spending an amount is: planned, forecast, raised or spent.

Here: what the times and the other amounts of a sentence tell of one that is spending. Not here: whether it is spending
(`kinds`), or what it is for (`horizons`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues, Place
from transforms.announcements.money import Money, lead_in
from transforms.announcements.places import places_of
from transforms.announcements.spans import Phrase, is_past

LEAST = 0.08
"""Below, nothing near says what an amount is for."""
NEAR = 0.3
RAISE_NEAR = 0.25
COMPARED = 0.3
LOOK_BACK = 24
"""Code points before an amount in which "another" or "additional" is looked for."""
QUARTERS = frozenset({"quarter", "fiscal_quarter", "quarter_to_month", "months_span", "months_of_year"})
"""Phrases for a quarter, whether it has passed or not."""
SPANS = frozenset({"for_months", "for_years", "for_decades"})
"""Phrases for a span that may lie ahead or behind: "in three years"."""
CLOSE = 4
"""Code points between a time and the amount that it stands right before."""
BESIDE = 6
"""Code points between an amount and the words right behind it that say what it is of."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What an amount is for, and how that was told."""

    kind: EventType
    family: str
    """spending, other, financing or stake."""
    by_noun: bool = False
    is_superseded: bool = False


def places_in(clues: Clues, name: str, text: str) -> list[Place]:
    """Return where signs of something stand in a part of a sentence."""
    return [m.span() for m in clues.rules.cue(name).finditer(text)]


def _near(clues: Clues, name: str, money: Money) -> bool:
    return any(
        clues.boundaries(place, money) <= 1 and clues.nearness(place, money) > NEAR / 2 for place in clues.cue(name)
    )


def spending_of(clues: Clues, index: int, *, by_noun: bool, published: date | None) -> Sorted:
    """Return which kind of spending an amount is."""
    money = clues.money[index]
    done = max(clues.weight("actual", money), clues.weight("done_verb", money))
    meant = max(clues.weight("plan", money), clues.weight("expect", money))
    is_told = clues.weight("done_verb", money) > NEAR and meant < LEAST
    past = [
        p
        for p in clues.phrases
        if (is_past(p, published) or (is_told and p.means in SPANS))
        # "will invest 200 in the full year", said while last year's results are told.
        and not (p.means == "full_year" and clues.weight("plan", money) > done)
        and not is_of_another(clues, p, money)
    ]
    nearest_past = max((_nearness_of_past(clues, (p.start, p.end), money) for p in past), default=0.0)
    nearest_ahead = max((clues.nearness((p.start, p.end), money) for p in clues.phrases if p not in past), default=0.0)
    quarter = max((clues.nearness((p.start, p.end), money) for p in clues.phrases if p.means in QUARTERS), default=0.0)
    restated = _near(clues, "restated", money) and not by_noun
    if _is_superseded(clues, index) and not (nearest_past > NEAR and nearest_past >= nearest_ahead):
        return Sorted(EventType.CAPEX_GUIDANCE, "spending", by_noun, is_superseded=True)
    is_behind = max(quarter, nearest_past) >= nearest_ahead
    is_done = clues.weight("done_verb", money) > NEAR and done >= meant * 0.7
    if (
        (nearest_past > max(LEAST, meant * 0.8) and nearest_past >= nearest_ahead and not restated)
        or (
            max(quarter, nearest_past) > LEAST
            and is_behind
            and done >= meant
            and (by_noun or (meant < LEAST and not restated))
        )
        or (is_done and (is_behind or not nearest_ahead) and not restated)
        or (done > meant and by_noun and not nearest_ahead)
    ):
        return Sorted(EventType.CAPEX_ACTUAL, "spending", by_noun)
    if _is_raised(clues, index, by_noun=by_noun):
        return Sorted(EventType.CAPEX_INCREASE, "spending", by_noun)
    one_year = {"year", "full_year", "this_year", "next_year", "fiscal_year", "this_fiscal_year", "next_fiscal_year"}
    is_of_a_year = any(p.means in one_year and clues.nearness((p.start, p.end), money) > LEAST for p in clues.phrases)
    is_others = clues.weight("estimate", money) > LEAST or clues.weight("source", money) > LEAST
    if money.is_target and clues.weight("cut", money) > RAISE_NEAR:
        return Sorted(EventType.CAPEX_GUIDANCE, "spending", by_noun)
    has_object = clues.weight("object", money) > NEAR or bool(places_of(clues))
    expected = clues.weight("expect", money) > NEAR
    if (by_noun and (is_of_a_year or expected or quarter > LEAST or not clues.phrases)) or (
        is_of_a_year and (is_others or not has_object or (expected and clues.weight("project_noun", money) > NEAR))
    ):
        return Sorted(EventType.CAPEX_GUIDANCE, "spending", by_noun)
    return Sorted(EventType.CAPEX_PLAN, "spending", by_noun)


def is_of_results(clues: Clues, index: int, spending: Sorted, kinds: list[Sorted], published: date | None) -> bool:
    """Say whether an amount is one of results told in a row: "2025 revenue was ..., capex ...", "from last year's"."""
    money = clues.money[index]
    if (
        spending.kind not in _NOT_YET
        or not kinds
        or any(clues.weight(name, money) > LEAST for name in ("plan", "expect"))
    ):
        return False
    if any(not is_past(p, published) and p.means not in QUARTERS for p in clues.phrases):
        return False
    if spending.by_noun and kinds[0].family == "other":
        return any(p.end <= clues.money[0].start for p in clues.phrases)
    before = clues.money[index - 1]
    return money.is_target and any(0 <= before.lead - phrase.end <= CLOSE for phrase in clues.phrases)


_NOT_YET = frozenset({EventType.CAPEX_PLAN, EventType.CAPEX_GUIDANCE})


def is_of_another(clues: Clues, phrase: Phrase, money: Money) -> bool:
    """Say whether a time stands right before another amount: "from last year's 3.4 to 7 billion"."""
    return any(m is not money and 0 <= m.lead - phrase.end <= CLOSE for m in clues.money)


def _nearness_of_past(clues: Clues, place: Place, money: Money) -> float:
    """Return how near a past time is: in a clause behind the amount it is mostly what that is compared with."""
    near = clues.nearness(place, money)
    return near * COMPARED if place[0] >= money.end and clues.boundaries(place, money) else near


def _is_superseded(clues: Clues, index: int) -> bool:
    """Say whether an amount is named only as what it was before another one of the sentence."""
    money = clues.money[index]
    if len(clues.money) == 1:
        return False
    lead = lead_in(clues.text, money.start, clues.rules).rstrip()
    was = any(end == len(lead) for _, end in places_in(clues, "was_before", lead))
    tail = clues.text[money.end : money.end + 40]
    says_so = any(start <= BESIDE for start, _ in places_in(clues, "before_after", tail))
    if was or says_so:
        return True
    if not money.is_left_behind:
        return False
    if any(m.is_target and m.start > money.end for m in clues.money):
        return True
    if not (clues.cue("raise") or clues.cue("cut")):
        return False
    return any(m.is_target or m.start > money.end for i, m in enumerate(clues.money) if i != index)


def _is_raised(clues: Clues, index: int, *, by_noun: bool) -> bool:
    """Say whether an amount is more than was said before."""
    money = clues.money[index]
    before = clues.text[max(0, money.start - LOOK_BACK) : money.start].rstrip()
    if any(end == len(before) for _, end in places_in(clues, "additional", before)):
        return True
    left_behind = [m for i, m in enumerate(clues.money) if i != index and _is_superseded(clues, i)]
    raised = clues.weight("raise", money)
    cut = clues.weight("cut", money)
    if left_behind:
        return all(m.high <= money.high for m in left_behind)
    if money.delta or money.is_change:
        return raised >= cut
    return raised > RAISE_NEAR and raised > cut and (money.is_target or by_noun)
