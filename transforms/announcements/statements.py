"""A statement: what one row or one sentence says happened, in the form in which two of them can be held together.

Here: the record, its families, amounts and spans, and statements made of an extraction. Not here: when two are of one
happening (`transforms.announcements.likeness`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from aicycle.model.instants import end_of_span
from aicycle.model.kinds import EventType
from transforms.announcements.records import CAPEX_KINDS, Announcement, Extraction, TextEvent

NOBODY = frozenset({"", "none"})
"""What the company of a row is called where it is nobody's in particular."""

SPENDING, SPENT = "spending", "spent"
FAMILY: dict[str, str] = {
    **dict.fromkeys(CAPEX_KINDS, SPENDING),
    EventType.CAPEX_ACTUAL: SPENT,
}
"""A plan, its increase and guidance on it speak of the same money to come; what was spent is another matter. All other
kinds are families of their own."""

MONTHS = 12
MARKS = re.compile(r"(?=[\w.+-]*\d)[A-Za-z][\w.+-]*[A-Za-z0-9]|[A-Z][a-z]*[A-Z]\w*")
"""Words that name one thing in every language: Qwen3-Max, H20, OpenAI."""
COMMON_MARKS = frozenset({"AI", "KI", "US", "USA", "EU", "UK", "CEO", "CFO", "US$", "GPU", "CPU", "UN", "VAE", "UAE"})


@dataclass(frozen=True, slots=True)
class Money:
    """An amount a statement names."""

    currency: str
    """ISO 4217."""
    low: float
    high: float
    is_main: bool = True
    """False: a conversion given beside it, which is rounded."""


@dataclass(frozen=True, slots=True)
class Span:
    """A span of months, counted from year 0, both included; an open end is None."""

    start: int | None
    end: int | None

    def __bool__(self) -> bool:
        return self.start is not None or self.end is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said once: by a row, or by a sentence of a document."""

    id: str
    """Names it; of two statements of one instant the smaller id is met first."""
    group: str
    """The announcement it belongs to."""
    known_at: datetime
    companies: frozenset[str]
    """In lower case; empty: nobody's in particular."""
    kind: str
    """A value of `EventType`."""
    amounts: tuple[Money, ...] = ()
    changes: tuple[Money, ...] = ()
    """By how much it changes what was said before."""
    span: Span = Span(None, None)
    """What the money is for."""
    regions: frozenset[str] = frozenset()
    """ISO 3166-1 alpha-2 or ISO 3166-2."""
    segment: str = ""
    happens_at: datetime | None = None
    """When it happens; None: not said, or it is money."""
    text: str = ""
    language: str = ""
    is_news: bool = True
    """False: said before, by others, as a possibility or only to say what it was before."""
    is_denied: bool = False
    is_row: bool = False
    """Its source gives announcements ids of its own: it tells them apart itself."""

    @property
    def family(self) -> str:
        """What it can be one with."""
        return family_of(self.kind)

    @property
    def marks(self) -> frozenset[str]:
        """The words of its text that name one thing in every language."""
        return _marks(self.text)


@cache
def family_of(kind: str) -> str:
    """Return the family of a kind."""
    return FAMILY.get(kind, kind)


def announced_as(kind: EventType) -> str:
    """Return what statements of one kind in one text are announced as: all spending together, as companies report."""
    return SPENDING if kind in CAPEX_KINDS else kind.value


@lru_cache(maxsize=100_000)
def _marks(text: str) -> frozenset[str]:
    return frozenset(m.upper() for m in MARKS.findall(text)) - COMMON_MARKS


def companies_of(names: str | None) -> frozenset[str]:
    """Return companies joined by `+` one by one, in lower case."""
    return frozenset(n for part in (names or "").split("+") if (n := part.strip().casefold()) not in NOBODY)


def span_of(start: str | None, end: str | None) -> Span:
    """Return a span given by years, months or days."""
    return Span(_month(start, is_end=False), _month(end, is_end=True))


def _month(text: str | None, *, is_end: bool) -> int | None:
    if not text:
        return None
    year, month, *_ = [*text.split("-"), ""]
    number = int(month) if month else (MONTHS if is_end else 1)
    return int(year) * MONTHS + number - 1


def amounts_of(
    currency: str | None, low: float | None, high: float | None, twins: Iterable[tuple[str, float]]
) -> tuple[Money, ...]:
    """Return an amount and its conversions; what is not given is left out."""
    main = [Money(currency, low, low if high is None else high)] if currency and low is not None else []
    return (*main, *(Money(code, amount, amount, is_main=False) for code, amount in twins))


def statements_of(document_id: str, known_at: datetime, title: str, extraction: Extraction) -> list[Statement]:
    """Return what a document states, in the order of its text.

    Args:
        document_id: names the document.
        known_at: when it became known.
        title: its title.
        extraction: what was read from it.
    """
    report = _Report(document_id, known_at, title, extraction.language)
    said = [
        *((a.quote_start, report.money(n, a)) for n, a in enumerate(extraction.announcements)),
        *((e.quote_start, report.event(n, e)) for n, e in enumerate(extraction.events)),
    ]
    return [statement for _, statement in sorted(said, key=lambda pair: (pair[0], pair[1].id))]


@dataclass(frozen=True, slots=True)
class _Report:
    document_id: str
    known_at: datetime
    title: str
    language: str

    def money(self, number: int, a: Announcement) -> Statement:
        name = f"{self.document_id}#a{number:04}"
        is_news = not (a.is_hypothetical or a.is_third_party or a.is_superseded or a.is_restated)
        return Statement(
            id=name,
            # What is no news is tied to nothing else the document says.
            group=f"{self.document_id}#{a.company}:{announced_as(a.kind)}" if is_news and not a.is_negated else name,
            known_at=self.known_at,
            companies=companies_of(a.company),
            kind=a.kind.value,
            amounts=amounts_of(a.currency, a.amount_low, a.amount_high, [(t.currency, t.amount) for t in a.twins]),
            changes=tuple(Money(d.currency, d.amount, d.amount) for d in a.delta),
            span=span_of(a.horizon_start, a.horizon_end),
            regions=frozenset(a.regions),
            text=f"{self.title}\n{a.quote}",
            language=self.language,
            is_news=is_news,
            is_denied=a.is_negated,
        )

    def event(self, number: int, e: TextEvent) -> Statement:
        return Statement(
            id=f"{self.document_id}#e{number:04}",
            group=f"{self.document_id}#{e.company}:{e.segment}:{e.type.value}",
            known_at=self.known_at,
            companies=companies_of(e.company),
            kind=e.type.value,
            regions=frozenset(e.regions),
            segment=e.segment or "",
            happens_at=end_of_span(e.event_time) if e.event_time else None,
            text=e.quote,
            language=self.language,
            is_news=not e.is_hypothetical,
            is_denied=e.is_negated,
        )
