"""Spending that is announced without an amount: "spending will rise further", "deutlich auszuweiten".

Here: sentences that say more or less will be spent and name no sum. Not here: amounts (`kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues, Place
from transforms.announcements.spans import Horizon, resolved
from transforms.announcements.spending import Sorted

TARGET_WITHIN = 60
"""Code points between a word for raising and the amount it is raised to."""
ONE_PERIOD = frozenset({"quarter", "fiscal_quarter", "year", "fiscal_year", "next_quarter", "next_year"})


@dataclass(frozen=True, slots=True)
class Unstated:
    """Spending that changes by an amount nobody names."""

    place: Place
    kind: EventType
    direction: str
    horizon: Horizon | None


def unstated(
    clues: Clues, kinds: list[Sorted], *, published: date | None, fiscal_year_end_month: int
) -> Unstated | None:
    """Return what a sentence announces without an amount; None where it names one for it, or announces nothing."""
    for name, direction in (("more_spending", "up"), ("less_spending", "down")):
        for place in clues.cue(name):
            if _has_amount(clues, kinds, place):
                continue
            horizon = _horizon(clues, published, fiscal_year_end_month)
            is_guidance = direction == "down" or horizon is not None
            kind = EventType.CAPEX_GUIDANCE if is_guidance else EventType.CAPEX_INCREASE
            return Unstated(place, kind, direction, horizon)
    return None


def _has_amount(clues: Clues, kinds: list[Sorted], place: Place) -> bool:
    """Say whether an amount of the sentence is what it is raised to or by."""
    for money, kind in zip(clues.money, kinds, strict=True):
        if kind.family != "spending":
            continue
        is_raised = kind.kind in {EventType.CAPEX_INCREASE, EventType.CAPEX_ACTUAL} or kind.is_superseded
        if is_raised or money.is_target or money.is_change:
            return True
        # "the programme of 380 billion is to be extended" names what is raised, not to what.
        is_inside = place[0] <= money.start and money.end <= place[1]
        is_behind = 0 <= money.start - place[1] <= TARGET_WITHIN
        if is_behind and not is_inside and clues.boundaries_between(place, (money.start, money.end)) == 0:
            return True
    return False


def _horizon(clues: Clues, published: date | None, fiscal_year_end_month: int) -> Horizon | None:
    ahead = [p for p in clues.phrases if p.means in ONE_PERIOD]
    if not ahead:
        return None
    return resolved(ahead[0], published=published, fiscal_year_end_month=fiscal_year_end_month, is_ahead=True)
