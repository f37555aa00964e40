"""When knowledge changes: so that what depends on facts alone is computed once for all days that know the same.

Here: spans of instants between which nothing new became known. Not here: what is computed for them.

Facts are append-only. So two instants by which equally many versions of a table were known, know the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

import polars as pl

from aicycle.model.instants import as_of_instant


def spans_of_equal_knowledge(
    tables: Iterable[pl.DataFrame], instants: Iterable[datetime]
) -> list[tuple[datetime, ...]]:
    """Return the instants in order, in groups within which no row of `tables` becomes known.

    Args:
        tables: frames with `known_at`.
        instants: with a time zone, in any order.

    Raises:
        ValueError: an instant has no time zone.
    """
    ordered = sorted({as_of_instant(instant) for instant in instants})
    asked = pl.Series(ordered, dtype=pl.Datetime("us", "UTC"))
    counts = [table["known_at"].sort().search_sorted(asked, side="right").to_list() for table in tables]
    states = list(zip(*counts, strict=True)) if counts else [()] * len(ordered)
    by_state = groupby(range(len(ordered)), key=lambda i: states[i])
    return [tuple(ordered[i] for i in span) for _, span in by_state]
