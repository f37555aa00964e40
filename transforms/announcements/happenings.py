"""What happens in a sentence and is not spending: a thing and an act on it in one clause, or a phrase that says both.

Here: which types of event a sentence tells, and where. Not here: whose, when, how certain (`event_details`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.kinds import EventType
from transforms.announcements.clues import BOUNDARY, HAN_PER_WORD, Clues, Place

PAIRED = (
    EventType.REGION_LAUNCH,
    EventType.MODEL_RELEASE,
    EventType.CHIP_RELEASE,
    EventType.CHIP_RESTRICTION,
    EventType.REGULATION,
    EventType.RESULTS,
)
"""Told by a thing and an act."""
PHRASED = (
    EventType.PARTNERSHIP,
    EventType.COMPETITION,
    EventType.CONSOLIDATION,
    EventType.STAKE_PURCHASE,
)
"""Told by a phrase."""
LAUNCHED = (EventType.REGION_LAUNCH, EventType.MODEL_RELEASE, EventType.CHIP_RELEASE)
"""Types that share their verbs: a verb belongs to the nearest of their things."""
MOST_WORDS = 9
"""Between a thing and its act."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that a sentence tells."""

    type: EventType
    place: Place
    """From the first to the last sign, from the sentence's start."""
    thing: Place
    """What it happens to; the whole phrase where one says both."""


def happenings(clues: Clues) -> list[Happening]:
    """Return what a sentence tells: per type the first, of results all; nothing of scenarios and questions."""
    if tells_nothing(clues):
        return []
    found: list[Happening] = []
    for type_ in (*PAIRED, *PHRASED):
        told = _phrased(clues, type_) + (_paired(clues, type_) if type_ in PAIRED else [])
        if told and not clues.event_cue(f"{type_.value}_not"):
            told.sort(key=lambda h: h.place)
            found += told if type_ is EventType.RESULTS else told[:1]
    return found


def tells_nothing(clues: Clues) -> bool:
    """Say whether a sentence asks, advises to buy, or paints a scenario."""
    return clues.text.endswith(("?", "\uff1f")) or bool(clues.event_cue("no_event"))


def _phrased(clues: Clues, type_: EventType) -> list[Happening]:
    """Return the phrases that say all of an event."""
    names = (f"{type_.value}_ended", type_.value)
    return [Happening(type_, place, place) for name in names for place in clues.event_cue(name)]


def _paired(clues: Clues, type_: EventType) -> list[Happening]:
    """Return the things of a type that have an act, each with its nearest."""
    things = clues.event_cue(f"{type_.value}_thing")
    if not things:
        return []
    before, behind = clues.event_cue(f"{type_.value}_act"), clues.event_cue(f"{type_.value}_done")
    others = [p for t in LAUNCHED if t is not type_ and type_ in LAUNCHED for p in clues.event_cue(f"{t.value}_thing")]
    found: list[Happening] = []
    for thing in things:
        acts = [a for a in before if a[1] <= thing[0]] + [a for a in behind if thing[1] <= a[0]]
        acts = [act for act in acts if _belong(clues, type_, act, thing, others)]
        if acts:
            act = min(acts, key=lambda act: _between(act, thing)[1] - _between(act, thing)[0])
            found.append(Happening(type_, (min(act[0], thing[0]), max(act[1], thing[1])), thing))
    return found


def _between(act: Place, thing: Place) -> Place:
    start, end = (act[1], thing[0]) if act[0] <= thing[0] else (thing[1], act[0])
    return start, max(start, end)


def _belong(clues: Clues, type_: EventType, act: Place, thing: Place, others: list[Place]) -> bool:
    """Say whether an act is one on a thing: near, in one clause, nothing of another kind nearer."""
    start, end = _between(act, thing)
    text = clues.text[start:end]
    words = text.count(" ") if clues.rules.language.is_spaced else len(text) / HAN_PER_WORD
    # Behind the thing, its place may stand between: "the data centre in X went live".
    is_behind = thing[1] <= act[0]
    # A comma in a list of places ends no clause.
    listed = {p.end for p in clues.places}
    if words > MOST_WORDS or any(start + m.start() not in listed for m in BOUNDARY.finditer(text)):
        return False
    if any(start <= s and e <= end for s, e in others) or any(s <= thing[0] and thing[1] < e for s, e in others):
        return False
    name = f"{type_.value}_breaks"
    breaks = clues.event_cue(name if name in clues.rules.events else "breaks")
    return is_behind or not any(start <= s and e <= end for s, e in breaks)
