"""The countries a launch is for, and spending that goes into them.

Here: countries tied to new regions and data centres; announcements without amount that a launch is part of. Not here:
that there is a launch (`happenings`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues, Place
from transforms.announcements.places import tied_places
from transforms.announcements.records import Announcement, TextEvent

PART = re.compile(r"[;\uff1b\u3002]|\s[\u2013\u2014]\s")
"""Where a list of countries may go on about something else."""
TIES_REACH = 2
"""Sentences between the launch and the one that says what it is part of."""
COUNTRY = 2
"""Letters of a country in the code of one of its parts."""


def launch_countries(clues: Clues, place: Place) -> tuple[tuple[str, ...], Place]:
    """Return ISO 3166-1 codes of the countries a launch is in, in order of the text, and its place with theirs.

    The list goes on across a semicolon or dash unless that part has a thing of its own ("service centres in ...").
    """
    reach = place
    edges = [0, *(m.start() for m in PART.finditer(clues.text)), len(clues.text)]
    parts = list(pairwise(edges))
    first = next(index for index, (_, end) in enumerate(parts) if place[0] < end or end == len(clues.text))
    others = clues.event_cue("region_launch_other")
    codes: dict[str, None] = {}
    for start, end in parts[first:]:
        barred = [p[0] for p in others if start <= p[0] < end]
        # What is listed before another thing in the same part still belongs to the launch.
        until = min((b for b in barred if b > place[1]), default=end)
        if start > place[1] and barred:
            break
        for named in tied_places(clues):
            if start <= named.start < until:
                codes.setdefault(named.name[:COUNTRY])
                reach = min(reach[0], named.start), max(reach[1], named.end)
    return tuple(codes), reach


def with_launch_regions(
    announcements: list[Announcement], sentences: list[Clues], events: Sequence[TextEvent]
) -> list[Announcement]:
    """Return announcements where spending without amount has the countries of launches that are part of it."""
    tied = _tied_launches(sentences, events)
    return [
        replace(a, regions=tuple(dict.fromkeys(code for e in tied if _belongs(a, e) for code in e.regions)))
        if a.kind is EventType.CAPEX_INCREASE and a.amount_high is None and not a.regions
        else a
        for a in announcements
    ]


def _belongs(announcement: Announcement, launch: TextEvent) -> bool:
    return launch.company == announcement.company and launch.quote_start > announcement.quote_end


def _tied_launches(sentences: list[Clues], events: Sequence[TextEvent]) -> list[TextEvent]:
    """Return launches told in or shortly after a sentence that makes them part of a plan."""
    ties = [index for index, clues in enumerate(sentences) if clues.cue("launch_ties")]
    reached = {index + ahead for index in ties for ahead in range(TIES_REACH + 1)}
    spans = [(c.sentence.start, c.sentence.start + len(c.text)) for i, c in enumerate(sentences) if i in reached]
    return [
        event
        for event in events
        if event.type is EventType.REGION_LAUNCH
        and not event.is_negated
        and any(start <= event.quote_start < end for start, end in spans)
    ]
