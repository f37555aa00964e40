"""Part of the phases' section: the features each segment's score is made of.

Here: what each feature adds to the score of the phase that leads, and why one has no value. Not here: the features
themselves (`transforms.phases`) or the map (`phase_map`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from aicycle.report.blocks import Cell, Row, Table, headings, rows_of
from aicycle.report.sections.phase_map import PHASE_COUNT
from aicycle.report.view import ReportView
from aicycle.report.wording import finite, instant, number, plain, signed

SEGMENT_LIMIT = 20
ROW_LIMIT = 40


def feature_tables(view: ReportView) -> tuple[Table, ...]:
    """Return one table per segment of the view's company, strongest feature first."""
    phases = {row.get("segment"): row for row in _own(view, rows_of(view.phases, "segment"))}
    by_segment: dict[object, list[Row]] = {}
    for row in _own(view, rows_of(view.phase_features, "segment", "family", "feature")):
        by_segment.setdefault(row.get("segment"), []).append(row)
    return tuple(
        _table(plain(segment, 60), rows, _leading(phases.get(segment, {}), rows))
        for segment, rows in list(by_segment.items())[:SEGMENT_LIMIT]
    )


def _own(view: ReportView, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.get("company") == view.company]


def _leading(assessment: Row, rows: Sequence[Row]) -> int:
    """Return the phase with the greatest probability; without probabilities the one with the greatest score."""
    numbers = range(1, PHASE_COUNT + 1)
    odds = {i: finite(assessment.get(f"probability_{i}")) for i in numbers}
    known = {i: probability for i, probability in odds.items() if probability is not None}
    scores = known or {i: _score(rows, i) for i in numbers}
    return max(scores, key=lambda i: (scores[i], -i))


def _score(rows: Sequence[Row], phase: int) -> float:
    try:
        return math.fsum(finite(row.get(f"contribution_{phase}")) or 0.0 for row in rows)
    except OverflowError:
        return 0.0


def _table(segment: str, rows: Sequence[Row], leading: int) -> Table:
    def strength(row: Row) -> float:
        return abs(finite(row.get(f"contribution_{leading}")) or 0.0)

    strongest = sorted(rows, key=lambda row: -strength(row))
    lines = [_line(row, leading) for row in strongest[:ROW_LIMIT]]
    total = Cell(signed(_score(rows, leading)))
    lines.append((Cell("score", tone="sum"), *(Cell("") for _ in range(3)), total, Cell(""), Cell("")))
    return Table(
        caption=f"{segment}: what the score of phase {leading} is made of, in nats",
        headings=headings("Feature", "Family", "#Value", "Unit", "#Contribution", "@Known", "~Why none"),
        rows=tuple(lines),
        omitted_count=max(0, len(rows) - ROW_LIMIT),
        query="SELECT * FROM marts.phase_features",
    )


def _line(row: Row, leading: int) -> tuple[Cell, ...]:
    every = ", ".join(
        f"phase {i} {signed(row.get(f'contribution_{i}'))}" for i in range(1, PHASE_COUNT + 1) if i != leading
    )
    return (
        Cell(plain(row.get("feature"), 60).replace("_", " ")),
        Cell(plain(row.get("family"), 60)),
        Cell(number(row.get("value"), 3)),
        Cell(plain(row.get("unit"), 40)),
        Cell(signed(row.get(f"contribution_{leading}")), title=every),
        Cell(instant(row.get("known_at"))),
        Cell(plain(row.get("null_reason"), 300)),
    )
