"""Happenings of the cycle that a text reports and that are not spending.

Here: events of a whole text, each once. Not here: what one sentence tells (`happenings`), or what is to be said of it
(`event_details`, `event_times`, `launches`).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from datetime import date

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues, Place
from transforms.announcements.companies import topic_of
from transforms.announcements.event_details import (
    TARGETS,
    company_of_event,
    direction_of_event,
    has_partners,
    is_denied,
    is_only_possible,
    is_realised,
    segment_of,
)
from transforms.announcements.event_times import event_time
from transforms.announcements.happenings import Happening, happenings, tells_nothing
from transforms.announcements.launches import COUNTRY, launch_countries
from transforms.announcements.places import tied_places
from transforms.announcements.records import Announcement, TextEvent

BY_AMOUNT = (EventType.STAKE_PURCHASE, EventType.FINANCING)
"""Kinds of announcement that are events as well."""


def events_of(sentences: list[Clues], announcements: list[Announcement], *, published: date | None) -> list[TextEvent]:
    """Return the events of a text in its order, each once: per type, company and, for launches, country.

    Args:
        sentences: its sentences, in order.
        announcements: what was found in it; stakes and financings among them are events, too. Their positions, like
            those of the events returned, count from the start of the cleaned text.
        published: day of publication.
    """
    found: list[TextEvent] = []
    topic: str | None = None
    ordered = sorted(announcements, key=lambda a: a.quote_start)
    starts = [a.quote_start for a in ordered]
    for clues in sentences:
        start, end = clues.sentence.start, clues.sentence.start + len(clues.text)
        within = ordered[bisect_left(starts, start) : bisect_left(starts, end)]
        here = [a for a in within if _is_event(a, clues)]
        found += [_of_amount(a, clues, published) for a in here]
        for happening in happenings(clues):
            if not any(a.kind is happening.type for a in here):
                found += _told(clues, happening, topic, published)
        topic = topic_of(clues, topic)
    return _once(found)


def _is_event(announcement: Announcement, clues: Clues) -> bool:
    """Say whether an amount is a stake bought in a known company, or money raised: its sentence has to say so."""
    name = announcement.kind.value
    if announcement.kind not in BY_AMOUNT or announcement.is_superseded or tells_nothing(clues):
        return False
    if not clues.event_cue(f"{name}_act") or clues.event_cue(f"{name}_not"):
        return False
    return announcement.kind is not EventType.STAKE_PURCHASE or has_partners(clues, announcement.company, None)


def _told(clues: Clues, happening: Happening, topic: str | None, published: date | None) -> list[TextEvent]:
    """Return the events of one happening: a launch in each of its countries, anything else one."""
    type_, place = happening.type, happening.place
    company = company_of_event(clues, happening, topic)
    regions: list[tuple[str, ...]]
    if type_ is EventType.REGION_LAUNCH:
        countries, place = launch_countries(clues, place)
        regions = [(code,) for code in countries]
    else:
        start, end = clues.clause(*place)
        codes = dict.fromkeys(p.name[:COUNTRY] for p in tied_places(clues) if start <= p.start < end)
        regions = [tuple(codes)]
    if company is None and type_ not in TARGETS:
        return []
    if type_ is EventType.PARTNERSHIP and not has_partners(clues, company, topic):
        return []
    has_happened = is_realised(clues, type_, place)
    event = _event(
        clues,
        type_,
        place,
        company=company,
        thing=happening.thing,
        event_time=event_time(clues, place, company=company, published=published, is_ahead=not has_happened),
        direction=direction_of_event(clues, happening),
        is_realised=has_happened,
        is_negated=is_denied(clues, happening),
        is_hypothetical=is_only_possible(clues, happening),
    )
    return [replace(event, regions=codes) for codes in regions]


def _of_amount(announcement: Announcement, clues: Clues, published: date | None) -> TextEvent:
    base = clues.sentence.start
    place = announcement.quote_start - base, min(announcement.quote_end - base, len(clues.text))
    has_happened = is_realised(clues, announcement.kind, place)
    event = _event(
        clues,
        announcement.kind,
        place,
        company=announcement.company,
        event_time=event_time(
            clues, place, company=announcement.company, published=published, is_ahead=not has_happened
        ),
        direction=1,
        is_realised=has_happened,
        is_negated=announcement.is_negated,
        is_hypothetical=announcement.is_hypothetical,
    )
    return replace(event, regions=tuple(dict.fromkeys(code[:COUNTRY] for code in announcement.regions)))


def _event(
    clues: Clues,
    type_: EventType,
    place: Place,
    *,
    company: str | None,
    thing: Place | None = None,
    event_time: str | None,
    direction: int,
    is_realised: bool,
    is_negated: bool,
    is_hypothetical: bool,
) -> TextEvent:
    start, end = clues.clause(*place)
    return TextEvent(
        company=company,
        segment=segment_of(clues, type_, thing or place, company),
        type=type_,
        event_time=event_time,
        regions=(),
        direction=direction,
        is_realised=is_realised,
        is_hypothetical=is_hypothetical and not is_negated,
        is_negated=is_negated,
        quote="",
        quote_start=clues.sentence.start + start,
        quote_end=clues.sentence.start + end,
        byte_start=0,
        byte_end=0,
    )


def _once(found: list[TextEvent]) -> list[TextEvent]:
    """Return events without those that repeat an earlier one, or tell of nobody what is told of somebody."""
    kept: list[TextEvent] = []
    for event in found:
        same = next((index for index, other in enumerate(kept) if _same(event, other)), None)
        if same is None:
            kept.append(event)
            continue
        first = kept[same]
        # The title says less than the body: what it leaves open is taken from there.
        kept[same] = replace(
            first,
            company=first.company or event.company,
            event_time=first.event_time or event.event_time,
            regions=first.regions or event.regions,
            segment=first.segment or event.segment,
            direction=first.direction if first.type is not EventType.RESULTS else _mixed(first, event),
        )
    return kept


def _mixed(one: TextEvent, other: TextEvent) -> int:
    """Return the direction of results that are told in several figures: open where they differ."""
    return min(1, max(-1, one.direction + other.direction))


def _same(one: TextEvent, other: TextEvent) -> bool:
    if one.type is not other.type:
        return False
    names, others = (set((e.company or "").split("+")) - {""} for e in (one, other))
    if names and others and not names & others:
        return False
    if one.type is EventType.REGION_LAUNCH:
        return one.regions == other.regions
    return one.type is not EventType.RESULTS or one.segment == other.segment
