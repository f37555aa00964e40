"""Whether an amount is meant: denied, possible, somebody else's estimate, said before; and where it is heading.

Here: flags and direction of one amount. Not here: what it is for (`kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.announcements.clues import Clues, Place
from transforms.announcements.companies import groups
from transforms.announcements.money import Money

NEAR = 0.25
SPEAKER_WITHIN = 8
"""Code points between who speaks and the verb."""
LONGEST_REACH = 1
"""Clauses that a denial reaches across: "denied reports, according to which it would spend"."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """What is to be said of an amount beside what it is for."""

    is_hypothetical: bool
    is_negated: bool
    is_third_party: bool
    is_restated: bool
    direction: str
    """none, up or down."""


def certainty_of(clues: Clues, money: Money) -> Certainty:
    """Return the flags of an amount."""
    negated = is_negated(clues, (money.start, money.reach))
    estimated = _attributes(clues, "estimate", money)
    sourced = _attributes(clues, "source", money)
    hypothetical = estimated or bool(clues.cue("rumour")) or is_hypothetical(clues, (money.start, money.reach))
    return Certainty(
        is_hypothetical=hypothetical and not negated,
        is_negated=negated,
        is_third_party=estimated or sourced,
        is_restated=_is_restated(clues, money),
        direction=direction_of(clues, money),
    )


def is_negated(clues: Clues, place: Place) -> bool:
    """Say whether what stands at a place is denied or given up."""
    excused = clues.cue("not_negated")
    refusals = clues.cue("refusal")
    for cue in (*clues.cue("negation"), *refusals):
        if any(s < cue[1] and cue[0] < e for s, e in excused):
            continue
        is_strong = any(s < cue[1] and cue[0] < e for s, e in refusals)
        reaches = is_strong and (_reaches_across(clues, cue, place) or _ends_the_plan(clues, cue, place))
        if reaches or clues.boundaries_between(cue, place) == 0:
            return True
    return False


def _ends_the_plan(clues: Clues, cue: Place, place: Place) -> bool:
    """Say whether a refusal behind an amount is of "the project": then clauses may lie between."""
    return place[1] <= cue[0] and any(
        place[1] <= plan[0] and clues.boundaries_between(plan, cue) == 0 for plan in clues.cue("the_sum")
    )


def _reaches_across(clues: Clues, cue: Place, place: Place) -> bool:
    """Say whether a sign holds beyond its clause: "denied reports, by which", not "denies layoffs, and builds"."""
    if clues.boundaries_between(cue, place) > LONGEST_REACH:
        return False
    start, end = (cue[1], place[0]) if cue[1] <= place[0] else (place[1], cue[0])
    return clues.rules.cue("and_then").search(clues.text[start:end]) is None


def is_hypothetical(clues: Clues, place: Place) -> bool:
    """Say whether what stands at a place is only possible."""
    # "the 380 billion may be too little" doubts the amount that is to come, not the one that was announced.
    of_change = [p for p in clues.cue("more_spending") if p[0] >= place[1]]
    nouns = [p for name in ("capex_noun", "project_noun") for p in clues.cue(name) if p[0] >= place[1]]
    cues = [
        c
        for c in clues.cue("hypothetical")
        if not any(s <= c[0] and c[1] <= e for s, e in of_change)
        # "the $185 billion bet could be a mistake" doubts what comes of it.
        and not any(end <= c[0] for _, end in nouns)
    ]
    return any(
        # What "may draw suppliers" in the next clause is not the plan before it.
        clues.boundaries_between(cue, place) == 0 or (cue[1] <= place[0] and _reaches_across(clues, cue, place))
        for cue in cues
    )


def direction_of(clues: Clues, money: Money) -> str:
    """Return whether an amount is said to be more or less than before."""
    if money.is_target and (before := [m for m in clues.money if m.is_left_behind]):
        return "up" if money.high > before[-1].high else "down"
    if money.is_left_behind:
        return "none"
    up = max(clues.weight("raise", money), clues.weight("up", money))
    down = clues.weight("cut", money)
    if max(up, down) < NEAR:
        return "none"
    return "up" if up >= down else "down"


def _is_restated(clues: Clues, money: Money) -> bool:
    """Say whether a sentence says that an amount was said before: in its clause, or in the one before it."""
    place = (money.start, money.reach)
    return any(
        clues.boundaries_between(cue, place) <= (LONGEST_REACH if cue[0] <= money.start else 0)
        for cue in clues.cue("restated")
    )


def _attributes(clues: Clues, name: str, money: Money) -> bool:
    """Say whether a sign of somebody else's word speaks of an amount: before it with no other between, or after all."""
    for start, end in clues.cue(name):
        if _speaks_for_itself(clues, start):
            continue
        boundaries = clues.boundaries_between((start, end), (money.start, money.reach))
        if end <= money.start:
            between = any(end <= m.start and m.end <= money.start for m in clues.money if m is not money)
            if boundaries <= LONGEST_REACH + 1 and not between:
                return True
        elif boundaries <= LONGEST_REACH and not any(m.start >= end for m in clues.money):
            return True
    return False


def _speaks_for_itself(clues: Clues, position: int) -> bool:
    """Say whether the company itself stands before a word: "the company reckons" is nobody else's estimate."""
    before = [end for _, end in clues.cue("the_company")]
    before += [g.end for g in groups(clues) if g.role == "subject" and not g.is_analyst]
    return any(0 <= position - end <= SPEAKER_WITHIN for end in before)
