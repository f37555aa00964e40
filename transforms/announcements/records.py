"""What is read from a text: announcements and events, each with its span.

Here: the records and their form as JSON, with the field names of gold label files. Not here: how they are found
(`transforms.announcements`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from aicycle.model.kinds import EventType

CAPEX_KINDS = (
    EventType.CAPEX_PLAN,
    EventType.CAPEX_INCREASE,
    EventType.CAPEX_GUIDANCE,
    EventType.CAPEX_ACTUAL,
)

CURRENCY_UNSAID = "the currency is not said with the amount"
"""Advisory: the currency is another amount's, the company's or the language's."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in one currency."""

    currency: str
    """ISO 4217."""
    amount: float
    """In units of the currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One amount, or stated lack of one, as one text speaks of it."""

    company: str | None
    """By parent; several joined by `+`; None: nobody's in particular."""
    kind: EventType
    currency: str | None
    """ISO 4217; None where no amount is given."""
    amount_low: float | None
    """In units of the currency; equal to `amount_high` unless a range is given; None: no amount is given."""
    amount_high: float | None
    horizon_start: str | None
    """Year, month (2025-07) or day; None: not said."""
    horizon_end: str | None
    regions: tuple[str, ...]
    """ISO 3166-1 alpha-2 or ISO 3166-2, in the order of the text."""
    direction: str
    """none, up or down."""
    is_hypothetical: bool
    is_negated: bool
    is_third_party: bool
    is_superseded: bool
    """Named only as what it was before."""
    is_restated: bool
    """Said before; the text repeats it."""
    twins: tuple[Amount, ...]
    """The same amount in other currencies, as the text gives it."""
    delta: tuple[Amount, ...]
    """By how much it changes, where the text says so beside what it changes to."""
    quote: str
    quote_start: int
    """Code points from the start of the text."""
    quote_end: int
    """One past the last code point."""
    byte_start: int
    """Bytes from the start of the text in UTF-8."""
    byte_end: int
    advisories: tuple[str, ...] = ()
    """What a reader should know: a twin that the exchange rate does not bear out, a currency that was inferred."""

    @property
    def is_capex(self) -> bool:
        """Whether it is spending, of the kinds that count as investment."""
        return self.kind in CAPEX_KINDS

    def to_json(self) -> dict[str, Any]:
        """Return it with the field names of gold label files."""
        plain = asdict(self)
        for name in ("hypothetical", "negated", "third_party", "superseded", "restated"):
            plain[name] = plain.pop(f"is_{name}")
        return plain | {"kind": self.kind.value, "is_capex": self.is_capex}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEvent:
    """One happening of the cycle that a text reports, and where."""

    company: str | None
    """By parent; None: a whole market."""
    segment: str | None
    """Of the company, as the model names segments; None: no one segment."""
    type: EventType
    event_time: str | None
    """Year, month or day on which it happens; None: not said."""
    regions: tuple[str, ...]
    """ISO 3166-1 alpha-2 or ISO 3166-2, in the order of the text."""
    direction: int
    """From the company's view: 1 good, 0 open, -1 bad."""
    is_realised: bool
    """Has happened; False: announced and still ahead."""
    is_hypothetical: bool
    is_negated: bool
    quote: str
    quote_start: int
    quote_end: int
    byte_start: int
    byte_end: int

    def to_json(self) -> dict[str, Any]:
        """Return it with flags named as in gold label files."""
        plain = asdict(self)
        for name in ("realised", "hypothetical", "negated"):
            plain[name] = plain.pop(f"is_{name}")
        return plain | {"type": self.type.value}


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one text says."""

    language: str
    """ISO 639-1, of most of the text."""
    announcements: tuple[Announcement, ...]
    events: tuple[TextEvent, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as `aicycle extract` prints it."""
        return {
            "announcements": [a.to_json() for a in self.announcements],
            "events": [e.to_json() for e in self.events],
        }
