"""The segments that have a phase, numbered: the places all arrays of this package run over.

Here: which rows of the facts belong to which place. Not here: what the rows say (`votes`, `figures`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from aicycle.model.parameters import Universe
from transforms.quarters import GROUP


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """The assessed segments, in the universe's order."""

    segments: pl.DataFrame
    """place (0, 1, ...), company, segment, takes_capex."""
    sources: pl.DataFrame
    """place, company, segment: whose events of which segment are read for it."""
    announcers: pl.DataFrame
    """place, company: whose announced spending is read for it."""

    @property
    def count(self) -> int:
        """How many there are."""
        return self.segments.height


def places_of(universe: Universe) -> Places:
    """Number the segments of a universe; `group`, the whole company, has figures but no phase."""
    segments: list[tuple[int, str, str, bool]] = []
    sources: list[tuple[int, str, str]] = []
    announcers: list[tuple[int, str]] = []
    for company in universe.companies:
        for segment in company.segments:
            if segment.name == GROUP:
                continue
            place = len(segments)
            segments.append((place, company.name, segment.name, segment.takes_capex))
            # A company that is named twice must not vote twice.
            whose = dict.fromkeys([company.name, *segment.event_companies])
            sources += [(place, name, segment.name) for name in whose]
            announcers += [(place, name) for name in whose if segment.takes_capex]
    names = {"place": pl.Int64, "company": pl.String, "segment": pl.String}
    return Places(
        segments=pl.DataFrame(segments, schema=names | {"takes_capex": pl.Boolean}, orient="row"),
        sources=pl.DataFrame(sources, schema=names, orient="row"),
        announcers=pl.DataFrame(announcers, schema={"place": pl.Int64, "company": pl.String}, orient="row"),
    )
