"""Whose an event is, of which segment, good or bad, past or ahead, and whether it is meant.

Here: what is to be said of one happening beside its type. Not here: that it happens (`happenings`), or when
(`event_times`).
"""

from __future__ import annotations

import re

from aicycle.model.kinds import EventType
from transforms.announcements.certainty import is_hypothetical
from transforms.announcements.clues import BOUNDARY, Clues, Place
from transforms.announcements.companies import Group, groups
from transforms.announcements.happenings import Happening

BRACKETS = re.compile(r"[(\uff08][^()\uff08\uff09]*[)\uff09]")
MADE_BY = "made by "
AUTHORITIES = (" government", " Commission")
FIXED_SEGMENT = {
    EventType.REGION_LAUNCH: "cloud",
    EventType.MODEL_RELEASE: "models",
    EventType.CHIP_RELEASE: "chips",
    EventType.CHIP_RESTRICTION: "chips",
    EventType.FINANCING: "group",
}
SEGMENT_CUES = {
    "segment_cloud": "cloud",
    "segment_models": "models",
    "segment_chips": "chips",
    "segment_commerce": "e-commerce",
    "segment_fintech": "fintech",
    "segment_logistics": "logistics",
}
SEGMENT_OF = {"Ant Group": "fintech"}
"""Companies that are one segment."""
USUAL_DIRECTION = {
    EventType.REGION_LAUNCH: 1,
    EventType.MODEL_RELEASE: 1,
    EventType.CHIP_RELEASE: 1,
    EventType.CHIP_RESTRICTION: -1,
    EventType.PARTNERSHIP: 1,
    EventType.COMPETITION: -1,
    EventType.CONSOLIDATION: 0,
    EventType.STAKE_PURCHASE: 1,
    EventType.FINANCING: 1,
}
FIGURE_REACH = 30
"""Code points between a segment's name and its figure."""
TARGETS = (EventType.REGULATION, EventType.CHIP_RESTRICTION)
"""Done by an authority: the company is the one it is done to."""
REFUSING = (*TARGETS, EventType.COMPETITION, EventType.CONSOLIDATION, EventType.PARTNERSHIP)
"""To stop or give up something may be the event itself."""


def company_of_event(clues: Clues, happening: Happening, topic: str | None) -> str | None:
    """Return whose event it is, several names joined by `+`; None: nobody's in particular."""
    every = [g for g in groups(clues) if not g.joined.endswith(AUTHORITIES)]
    if happening.type in TARGETS:
        return _target(clues, every, topic)
    acting = [g for g in every if g.role == "subject"]
    start, end = happening.place
    before = [g for g in acting if g.end <= start]
    inside = [g for g in acting if start <= g.start < end]
    # What stands in brackets ends no clause: "Alphabet (GOOGL) expands ...".
    same_clause = [g for g in before if not BOUNDARY.search(BRACKETS.sub("", clues.text[g.end : start]))]
    if same_clause or inside:
        return (same_clause or inside)[-1 if same_clause else 0].joined
    maker = _maker(clues, happening)
    if maker is not None:
        return maker
    if before:
        return before[-1].joined
    if topic is not None and not topic.endswith(AUTHORITIES):
        return topic
    rest = [g for g in every if g.role != "source"]
    return rest[0].joined if rest else None


def has_partners(clues: Clues, company: str | None, topic: str | None) -> bool:
    """Say whether two known companies can be meant: those the sentence names, and the one it is about."""
    names = {name for group in groups(clues) for name in group.names}
    return len(names | set((company or topic or "").split("+")) - {""}) > 1


def _target(clues: Clues, every: list[Group], topic: str | None) -> str | None:
    names = dict.fromkeys(name for group in every for name in group.names)
    if len(names) == 1:
        return next(iter(names))
    if not names and topic is not None and clues.cue("the_company") and not topic.endswith(AUTHORITIES):
        return topic
    return None


def _maker(clues: Clues, happening: Happening) -> str | None:
    """Return the company whose product is named."""
    if happening.type not in {EventType.MODEL_RELEASE, EventType.CHIP_RELEASE, EventType.COMPETITION}:
        return None
    start, end = happening.place
    for name in clues.rules.events:
        if name.startswith(MADE_BY) and any(start <= s < end for s, _ in clues.event_cue(name)):
            return name.removeprefix(MADE_BY)
    return None


def segment_of(clues: Clues, type_: EventType, place: Place, company: str | None) -> str | None:
    """Return the segment an event is about: the type's own, the company's only one, or the one named nearest."""
    if type_ in FIXED_SEGMENT:
        return FIXED_SEGMENT[type_]
    if company in SEGMENT_OF:
        return SEGMENT_OF[company]
    if type_ is EventType.RESULTS:
        return _segment_of_figure(clues, place)
    distances = [
        (max(place[0] - end, start - place[1], 0), order, segment)
        for order, (cue, segment) in enumerate(SEGMENT_CUES.items())
        for start, end in clues.event_cue(cue)
    ]
    return min(distances)[2] if distances else None


def _segment_of_figure(clues: Clues, place: Place) -> str:
    """Return the segment whose revenue it is: named right before it in its clause, else the whole group's."""
    named = [
        (place[0] - end, segment)
        for cue, segment in SEGMENT_CUES.items()
        for start, end in clues.event_cue(cue)
        if 0 <= place[0] - end <= FIGURE_REACH and not clues.boundaries_between((start, end), place)
    ]
    return min(named)[1] if named else "group"


def direction_of_event(clues: Clues, happening: Happening) -> int:
    """Return 1 good, 0 open, -1 bad, from the company's view."""
    name = happening.type.value
    usual = USUAL_DIRECTION.get(happening.type)
    if any(_within(clues, cue, happening) for cue in (f"{name}_closed", f"{name}_ended", f"{name}_eased")):
        return 1 if happening.type is EventType.CHIP_RESTRICTION else -1
    if usual is not None:
        return usual
    start = happening.place[0]
    later = [s for s, _ in clues.event_cue(f"{name}_thing") if s >= happening.place[1]]
    end = min(later, default=len(clues.text))
    good = [cue for cue in clues.event_cue("good") if start <= cue[0] < end]
    # "ends the investigation" is good though an investigation is not.
    bad = [b for b in clues.event_cue("bad") if start <= b[0] < end and not any(s <= b[0] < e for s, e in good)]
    if happening.type is EventType.REGULATION and bad:
        return -1
    return bool(good) - bool(bad)


def _within(clues: Clues, cue: str, happening: Happening) -> bool:
    start, end = happening.place
    return any(start <= s and e <= end for s, e in clues.event_cue(cue))


def is_realised(clues: Clues, type_: EventType, place: Place) -> bool:
    """Say whether it has happened. A launch has only when the text says that it is open."""
    start, end = clues.clause(*place)
    is_ahead = any(start <= s < end for s, _ in clues.event_cue("future"))
    if type_ is EventType.REGION_LAUNCH:
        return not is_ahead and any(start <= s < end for s, _ in clues.event_cue("region_launch_open"))
    return type_ is EventType.RESULTS or not is_ahead


def is_denied(clues: Clues, happening: Happening) -> bool:
    """Say whether an event is denied or given up."""
    excused = clues.cue("not_negated")
    start, end = happening.place
    for cue in (*clues.cue("negation"), *clues.cue("refusal")):
        if any(s <= cue[0] and cue[1] <= e for s, e in excused):
            continue
        if happening.type in REFUSING and start <= cue[0] and cue[1] <= end:
            continue
        if clues.boundaries_between(cue, happening.place) == 0:
            return True
    return False


def is_only_possible(clues: Clues, happening: Happening) -> bool:
    """Say whether an event is weighed, rumoured or hangs on a condition."""
    return bool(clues.cue("rumour")) or is_hypothetical(clues, happening.place)
