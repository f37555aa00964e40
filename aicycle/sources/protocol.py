"""What every source is: a name, and payloads handed over one by one.

Here: the protocol and what it hands over. Not here: reading the bytes (`transforms.staging`) or keeping them
(`warehouse.payloads`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One payload as it was received."""

    name: str
    """Name within the source, relative and stable: `prices.csv`, `chart/BABA`."""
    format: str
    """How it is read: a key of `transforms.staging.READERS`, or `recording/text` for bytes others refer to."""
    request: str
    """What was asked, without credentials; empty for a file."""
    content: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data: kind, id and metric as in `ops.holds`."""

    kind: str
    id: str
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One payload that could not be taken. The rest goes on."""

    name: str
    reason: str
    """What is wrong and what was expected."""
    is_source_down: bool = False
    """The source did not answer: the data is stale, not wrong."""
    is_ignored: bool = False
    """It is none of this source's business: worth a word, no failure."""
    subject: Subject | None = None
    """Whose data it would have brought: held until the source answers or their next good observation."""


class Source(Protocol):
    """A place facts come from."""

    @property
    def name(self) -> str:
        """Name in the ledger, e.g. `recording`, `yahoo`."""

    def fetch(self) -> Iterator[Fetched | Refused]:
        """Hand over what is there now, one payload at a time.

        Raises:
            SourceError: nothing at all can be had.
        """
