"""Section: where each segment stands, segment by phase.

Here: the map with probabilities, abstentions, the reasons, and what phase no segment is in. Not here: how a phase is
found (`transforms.phases`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.report.blocks import Row, rows_of
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, counted, finite, percent, plain

PHASE_COUNT = 4
REASON_LIMIT = 8
COMPANY_LIMIT = 40
SEGMENT_LIMIT = 60


@dataclass(frozen=True, slots=True)
class PhaseCell:
    """One segment in one phase."""

    text: str
    strength_percent: int
    is_stated: bool
    """The segment is said to be in this phase."""
    title: str


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment's line of the map."""

    segment: str
    cells: tuple[PhaseCell, ...]
    is_abstained: bool
    is_stale: bool
    verdict: str
    reasons: tuple[str, ...]
    footing: str
    """What the answer rests on."""


@dataclass(frozen=True, slots=True)
class CompanyMap:
    """One company's segments."""

    company: str
    segments: tuple[SegmentLine, ...]
    omitted_count: int


@dataclass(frozen=True, slots=True)
class PhaseColumn:
    """One phase's column heading, with how many of the focus company's segments are in it."""

    number: int
    name: str
    segment_count: int


@dataclass(frozen=True, slots=True)
class PhaseMap:
    """The section."""

    lead: str
    columns: tuple[PhaseColumn, ...]
    focus: CompanyMap | None
    others: tuple[CompanyMap, ...]
    omitted_company_count: int


def phase_map(view: ReportView) -> PhaseMap:
    """Return the map: the view's company first, other assessed companies after it in alphabetical order."""
    by_company: dict[str, list[Row]] = {}
    for row in rows_of(view.phases, "company", "segment"):
        by_company.setdefault(plain(row.get("company"), 80), []).append(row)
    names = tuple(_phase_name(view.phase_names, number) for number in range(1, PHASE_COUNT + 1))
    focus_rows = by_company.pop(plain(view.company, 80), [])
    stated = [_stated_phase(row) for row in focus_rows]
    columns = tuple(PhaseColumn(i, names[i - 1], stated.count(i)) for i in range(1, PHASE_COUNT + 1))
    others = [_company_map(company, rows, names) for company, rows in list(by_company.items())[:COMPANY_LIMIT]]
    return PhaseMap(
        lead=_lead(focus_rows, columns, view.company),
        columns=columns,
        focus=_company_map(plain(view.company, 80), focus_rows, names) if focus_rows else None,
        others=tuple(others),
        omitted_company_count=max(0, len(by_company) - COMPANY_LIMIT),
    )


def _company_map(company: str, rows: Sequence[Row], names: Sequence[str]) -> CompanyMap:
    ordered = sorted(rows, key=lambda row: _stated_phase(row) or PHASE_COUNT + 1)
    lines = tuple(_segment_line(row, names) for row in ordered[:SEGMENT_LIMIT])
    return CompanyMap(company, lines, max(0, len(rows) - SEGMENT_LIMIT))


def _segment_line(row: Row, names: Sequence[str]) -> SegmentLine:
    phase = _stated_phase(row)
    reasons = _reasons(row.get("reasons"))
    footing = [plain(row.get(name), 80) for name in ("evidence", "status", "basis") if row.get(name)]
    cells = tuple(
        PhaseCell(
            text=percent(row.get(f"probability_{i}")),
            strength_percent=round(100 * min(1.0, max(0.0, finite(row.get(f"probability_{i}")) or 0.0))),
            is_stated=phase == i,
            title=_hover(names[i - 1], row.get(f"probability_{i}"), reasons),
        )
        for i in range(1, PHASE_COUNT + 1)
    )
    return SegmentLine(
        segment=plain(row.get("segment"), 60),
        cells=cells,
        is_abstained=phase is None,
        is_stale=row.get("is_stale") is True,
        verdict=f"phase {phase}, {names[phase - 1]}" if phase else "no phase stated",
        reasons=reasons[:REASON_LIMIT],
        footing=" · ".join(footing),
    )


def _lead(rows: Sequence[Row], columns: Sequence[PhaseColumn], company: str) -> str:
    if not rows:
        return f"No segment of {plain(company, 80)} has been assessed by this day."
    stated = sum(column.segment_count for column in columns)
    abstained = len(rows) - stated
    said = [f"{counted(stated, 'segment')} of {len(rows)} stated"]
    if abstained:
        said.append(f"{abstained} without a stated phase: too little, or too even, evidence")
    empty = [f"{column.number} ({column.name})" for column in columns if not column.segment_count]
    if empty:
        said.append(f"no segment in phase {' or '.join(empty)}")
    return "; ".join(said) + "."


def _stated_phase(row: Row) -> int | None:
    phase = row.get("phase")
    if row.get("is_abstained") is True or not isinstance(phase, int) or not 1 <= phase <= PHASE_COUNT:
        return None
    return phase


def _phase_name(names: Sequence[str], number: int) -> str:
    return plain(names[number - 1], 60) if number <= len(names) else f"phase {number}"


def _hover(name: str, probability: object, reasons: Sequence[str]) -> str:
    said = f"{name}: {percent(probability, 1)}"
    return "\n".join([said, *(f"• {reason}" for reason in reasons[:4])])


def _reasons(stored: object) -> tuple[str, ...]:
    if not isinstance(stored, str):
        return ()
    try:
        listed = json.loads(stored)
    except (ValueError, RecursionError):
        listed = [stored]
    if not isinstance(listed, list):
        listed = [stored]
    return tuple(text for text in (plain(reason, 280) for reason in listed) if text != MISSING)
