"""Gold labels: what somebody read in a text, in the shape in which what we read is held against it.

Here: the shapes of a gold file's lines, strict about types, and an extracted announcement as a label. Not here: when
two agree (`agreement`), or reading files (`aicycle.cli.gold_files`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from aicycle.model.instants import end_of_span
from aicycle.model.kinds import EventType
from transforms.announcements.records import CAPEX_KINDS, Amount, Announcement

DAY_LENGTH = len("2025-09-28")
Shape = TypeVar("Shape")
_CONFIG = ConfigDict(strict=True, extra="ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One announcement, labelled or extracted."""

    company: str | None = None
    """By parent, several joined by `+`; None: nobody's in particular."""
    company_alt: tuple[str, ...] = ()
    """Other companies that may be named as well."""
    kind: EventType
    kind_alt: tuple[EventType, ...] = ()
    """Other kinds that are as right."""
    is_capex: bool | None = None
    """None: as its kind says."""
    currency: str | None = None
    amount_low: float | None = None
    """In units of the currency; one end alone stands for both; None twice: no amount is given."""
    amount_high: float | None = None
    horizon_start: str | None = None
    horizon_end: str | None = None
    regions: tuple[str, ...] = ()
    """tuple[str, ...] or ISO 3166 codes."""
    direction: str | None = None
    """None: not labelled."""
    hypothetical: bool = False
    negated: bool = False
    third_party: bool = False
    superseded: bool = False
    restated: bool = False
    optional: bool = False
    """Finding it is neither right nor wrong."""
    twins: tuple[Amount, ...] = ()
    wrong_twin: bool = False
    """The text's own twin is not the same amount."""
    delta: tuple[Amount, ...] = ()
    quote_start: int | None = None
    quote_end: int | None = None

    @property
    def is_investment(self) -> bool:
        """Whether it counts as capital spending."""
        return self.kind in CAPEX_KINDS if self.is_capex is None else self.is_capex

    @property
    def range(self) -> tuple[float, float] | None:
        """Low and high end; None where no amount is given."""
        low = self.amount_high if self.amount_low is None else self.amount_low
        high = self.amount_low if self.amount_high is None else self.amount_high
        return None if low is None or high is None else (low, high)

    @property
    def is_unreal(self) -> bool:
        """Whether it is said not to happen, or only said as a possibility."""
        return self.hypothetical or self.negated


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldDocument:
    """One line of a gold file: a text, or where it is, and what is in it."""

    id: str
    announcements: tuple[Label, ...]
    language: str | None = None
    """ISO 639-1; None: not labelled."""
    published: str | None = None
    """A year, month, day or instant."""
    first_seen_at: str | None = None
    """Stands in for `published`."""
    file: str | None = None
    """The text's file, relative to the gold file's folder."""
    text: str | None = None
    title: str | None = None
    """The whole text, where there is neither `file` nor `text`: a headline."""
    url: str | None = None

    @property
    def published_day(self) -> date | None:
        """The day against which relative spans are understood; of a month or year its last day.

        Raises:
            ValueError: what stands there is no day, month, year or instant.
        """
        text = self.published or self.first_seen_at
        if not text:
            return None
        return end_of_span(text if len(text) <= DAY_LENGTH else text[:DAY_LENGTH]).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCluster:
    """One line of `clusters.jsonl`: documents that report one happening, or that look as if they did."""

    cluster_id: str
    doc_ids: tuple[str, ...]
    same_event: bool
    reason: str = ""
    """Why it is none."""


# The tuple carries the strictness into the nested dataclasses.
_DOCUMENT = TypeAdapter(tuple[GoldDocument], config=_CONFIG)
_CLUSTER = TypeAdapter(tuple[GoldCluster], config=_CONFIG)


def gold_document(line: dict[str, Any]) -> GoldDocument:
    """Read one line of a gold file; null says the same as a missing key.

    Raises:
        ValueError: it does not fit; the text names key and reason.
    """
    document = _shaped(line, _DOCUMENT)
    if not (document.file or document.text is not None or document.title is not None):
        raise ValueError("file, text or title: one of the three is expected")
    _ = document.published_day
    return document


def gold_cluster(line: dict[str, Any]) -> GoldCluster:
    """Read one line of `clusters.jsonl`.

    Raises:
        ValueError: it does not fit; the text names key and reason.
    """
    return _shaped(line, _CLUSTER)


def _shaped(line: dict[str, Any], reader: TypeAdapter[tuple[Shape]]) -> Shape:
    try:
        # By way of JSON, from which a strict reader takes tuples and enumerations.
        return reader.validate_json(json.dumps([_without_nulls(line)]))[0]
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"][1:])
        raise ValueError(f"{key or 'the line'}: {first['msg'][:1].lower()}{first['msg'][1:]}") from error


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def label_of(found: Announcement) -> Label:
    """Return an extracted announcement as a label."""
    return Label(
        company=found.company,
        kind=found.kind,
        is_capex=found.is_capex,
        currency=found.currency,
        amount_low=found.amount_low,
        amount_high=found.amount_high,
        horizon_start=found.horizon_start,
        horizon_end=found.horizon_end,
        regions=found.regions,
        direction=found.direction,
        hypothetical=found.is_hypothetical,
        negated=found.is_negated,
        third_party=found.is_third_party,
        superseded=found.is_superseded,
        restated=found.is_restated,
        twins=found.twins,
        delta=found.delta,
        quote_start=found.quote_start,
        quote_end=found.quote_end,
    )
