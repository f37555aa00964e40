"""The source that is nobody: for runs that apply what people decided and ask for nothing new.

Here: an empty hand. Not here: corrections (they come through the inbox).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aicycle.sources.protocol import Fetched, Refused


@dataclass(frozen=True, slots=True)
class Nobody:
    """A source without payloads."""

    @property
    def name(self) -> str:
        """Name in a run's summary."""
        return "nobody"

    def fetch(self) -> Iterator[Fetched | Refused]:
        """Hand over nothing."""
        return iter(())
