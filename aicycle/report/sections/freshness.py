"""Section: how new the data is, per table and per source.

Here: the newest fact of each table and the reconciliation of each source's loads. Not here: deciding what is stale
(whoever builds the view knows the limits).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aicycle.report.blocks import Cell, Row, Table, cut, headings, rows_of
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, counted, day, finite, instant, plain, whole

TABLE_LIMIT = 60
FILE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class FreshnessSection:
    """The section."""

    lead: str
    tables: Table
    sources: Table
    files: Table


def freshness_section(view: ReportView) -> FreshnessSection:
    """Return the section."""
    tables = rows_of(view.freshness, "table_name")
    loads = rows_of(view.loads, "load_seq")
    stale = sum(row.get("is_stale") is True for row in tables)
    lead = (
        f"{counted(len(tables), 'table')}, {stale or 'none'} of them stale. In = stored + duplicate + "
        "quarantined, for every load."
        if tables
        else "No table has data yet."
    )
    by_source = _grouped(loads, "source")
    by_file = _grouped(loads, "source", "name")
    return FreshnessSection(lead, _table_table(tables), _load_table(by_source), _load_table(by_file, has_file=True))


def newest_known(view: ReportView) -> datetime | None:
    """Return when the newest fact of any table became known."""
    known = [row.get("newest_known_at") for row in rows_of(view.freshness, "table_name")]
    return max((value for value in known if isinstance(value, datetime)), default=None)


def _table_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, TABLE_LIMIT)
    return Table(
        caption="Tables",
        headings=headings(">Table", "#Rows", "@Newest event", "@Newest known", "#Age, days", "State"),
        rows=tuple(
            (
                Cell(plain(row.get("table_name"), 80)),
                Cell(whole(row.get("rows"))),
                Cell(day(row.get("newest_event_date"))),
                Cell(instant(row.get("newest_known_at"))),
                Cell(whole(row.get("age_days"))),
                _state(row.get("is_stale")),
            )
            for row in shown
        ),
        omitted_count=omitted,
        empty_text="No table has data yet.",
    )


def _state(is_stale: object) -> Cell:
    if is_stale is True:
        return Cell("stale", tone="stale")
    return Cell("fresh", tone="fresh") if is_stale is False else Cell(MISSING)


def _grouped(loads: Sequence[Row], *names: str) -> list[tuple[tuple[str, ...], list[Row]]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in loads:
        found.setdefault(tuple(plain(row.get(name), 80) for name in names), []).append(row)
    return sorted(found.items())


def _load_table(groups: Sequence[tuple[tuple[str, ...], list[Row]]], *, has_file: bool = False) -> Table:
    lines = []
    for names, rows in groups[:FILE_LIMIT]:
        read, stored, restated, duplicate, stopped = (
            sum(int(finite(row.get(name)) or 0) for row in rows)
            for name in ("rows_in", "rows_stored", "rows_restated", "rows_duplicate", "rows_quarantined")
        )
        loaded = [row.get("loaded_at") for row in rows]
        newest = max((value for value in loaded if isinstance(value, datetime)), default=None)
        is_even = read == stored + duplicate + stopped
        lines.append(
            (
                *(Cell(name) for name in names),
                *(Cell(whole(count)) for count in (read, stored, restated, duplicate, stopped)),
                Cell("adds up", tone="fresh") if is_even else Cell("does not add up", tone="stale"),
                Cell(instant(newest)),
            )
        )
    labels = ("Source", ">File") if has_file else ("Source",)
    return Table(
        caption="Loads by file" if has_file else "Loads by source",
        headings=headings(
            *labels, "#Rows in", "#Stored", "#of these restated", "#Duplicate", "#Stopped", "Balance", "@Last load"
        ),
        rows=tuple(lines),
        omitted_count=max(0, len(groups) - FILE_LIMIT),
        query="SELECT * FROM ops.loads",
        empty_text="Nothing was loaded yet.",
    )
