"""The building blocks of a page: tables and charts, before they are HTML.

Here: small frozen shapes and how a frame becomes ordered rows. Not here: what any section says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from aicycle.report.wording import finite

Row = Mapping[str, object]
"""One row of a frame; NaN and infinities are None."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, a tone for its badge (empty: plain text) and what is said on hover."""

    text: str
    tone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column's heading; numbers are set flush right, days on one line, code in a fixed width."""

    label: str
    kind: str = "text"
    """`text`, `number`, `day`, `code` or `wide` (a text that may take more room)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption. The first cell of a row names it."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    omitted_count: int = 0
    """Rows not shown."""
    query: str = ""
    """SQL that shows them all."""
    empty_text: str = "Nothing here yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A plotly figure with its text alternative and the table of what it shows."""

    chart_id: str
    title: str
    summary: str
    """What a reader who cannot see the chart should know."""
    figure: Mapping[str, object]
    """`data`, `layout` and `narrow`: changes to the layout on a narrow page."""
    height_px: int
    table: Table | None = None
    notes: tuple[str, ...] = field(default=())


def headings(*labels: str) -> tuple[Heading, ...]:
    """Return headings; `#` before a label marks numbers, `@` days, `>` code, `~` a wide text."""
    kinds = {"#": "number", "@": "day", ">": "code", "~": "wide"}
    return tuple(Heading(label[1:], kinds[label[0]]) if label[0] in kinds else Heading(label) for label in labels)


def rows_of(frame: pl.DataFrame, *order: str, descending: bool | Sequence[bool] = False) -> list[Row]:
    """Return a frame's rows in an order that does not depend on theirs.

    Args:
        frame: any frame.
        order: columns to order by, nulls last; ties are ordered by all other columns.
        descending: for all of `order`, or one flag for each.
    """
    flags = [descending] * len(order) if isinstance(descending, bool) else list(descending)
    rest = [name for name in frame.columns if name not in order]
    ordered = frame.sort([*order, *rest], descending=[*flags, *(False for _ in rest)], nulls_last=True)
    return [{name: _no_nan(value) for name, value in row.items()} for row in ordered.iter_rows(named=True)]


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], int]:
    """Return the first `limit` rows and how many are left out."""
    return rows[:limit], max(0, len(rows) - limit)


def _no_nan(value: object) -> object:
    return finite(value) if isinstance(value, float) else value
