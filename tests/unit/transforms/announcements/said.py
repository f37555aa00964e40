"""What the tests of this folder let documents say."""

from __future__ import annotations

from datetime import date

from aicycle.model.kinds import EventType
from transforms.announcements.clusters import ReadDocument
from transforms.announcements.records import Amount, Announcement, Extraction, TextEvent


def announcement(
    *,
    company: str | None = "Alibaba",
    kind: EventType = EventType.CAPEX_PLAN,
    amount: tuple[str, float] | None = ("CNY", 380e9),
    high: float | None = None,
    horizon: tuple[str | None, str | None] = (None, None),
    regions: tuple[str, ...] = (),
    twins: tuple[tuple[str, float], ...] = (),
    delta: tuple[tuple[str, float], ...] = (),
    quote: str = "a plan",
    start: int = 0,
    direction: str = "none",
    advisories: tuple[str, ...] = (),
    **flags: bool,
) -> Announcement:
    currency, low = amount or (None, None)
    names = ("hypothetical", "negated", "third_party", "superseded", "restated")
    said = {f"is_{name}": flags.get(name, False) for name in names}
    return Announcement(
        company=company, kind=kind, currency=currency, amount_low=low, amount_high=high or low,
        horizon_start=horizon[0], horizon_end=horizon[1], regions=regions, direction=direction,
        twins=tuple(Amount(c, a) for c, a in twins), delta=tuple(Amount(c, a) for c, a in delta), quote=quote,
        quote_start=start, quote_end=start + len(quote), byte_start=start, byte_end=start + len(quote.encode()),
        advisories=advisories, **said,
    )  # fmt: skip


def text_event(
    *,
    company: str | None = "Alibaba",
    segment: str | None = "cloud",
    kind: EventType = EventType.REGION_LAUNCH,
    day: str | None = None,
    regions: tuple[str, ...] = (),
    quote: str = "a site opens",
    start: int = 0,
    direction: int = 1,
    is_realised: bool = True,
    **flags: bool,
) -> TextEvent:
    return TextEvent(
        company=company, segment=segment, type=kind, event_time=day, regions=regions, direction=direction,
        is_realised=is_realised, is_hypothetical=flags.get("hypothetical", False),
        is_negated=flags.get("negated", False), quote=quote, quote_start=start, quote_end=start + len(quote),
        byte_start=start, byte_end=start + len(quote.encode()),
    )  # fmt: skip


def document(
    name: str,
    *said: Announcement | TextEvent,
    day: str = "2025-02-24",
    text: str = "",
    address: str | None = None,
    language: str = "en",
) -> ReadDocument:
    announcements = tuple(s for s in said if isinstance(s, Announcement))
    events = tuple(s for s in said if isinstance(s, TextEvent))
    return ReadDocument(
        document_id=name,
        text=text or f"title of {name}\n" + "\n".join(s.quote for s in said),
        extraction=Extraction(language, announcements, events),
        published=date.fromisoformat(day),
        address=address,
    )
