"""How far segments and their total drift apart by themselves: what a figure that is made up has to exceed.

Here: the excess of the segments over their total, from one period to the next, read from the recording. Not here: other
yardsticks (`natural`), the gate's own view of sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from transforms.gate.faults.batch import BatchRow
from transforms.gate.faults.choosing import number
from transforms.gate.faults.recorded import RecordedFile

Report = tuple[str, ...]
"""Company, basis, metric, months, unit, end of the period."""
Parts = dict[str, float]

REPORT = ("company", "segment_basis", "metric", "duration_months", "unit", "period_end")
WHOLE = "Total"
INSIDE = "of which"
"""Segments that begin so are parts of others and no addends."""


def reports_of(file: RecordedFile) -> dict[Report, Parts]:
    """Return what each report says of its segments: the newest statement of each."""
    found: dict[Report, Parts] = {}
    for row in file.rows:
        _put(found, row.cells)
    return found


def excesses(reports: Mapping[Report, Parts]) -> dict[Report, float]:
    """Return by how much the segments exceed their total, as a share of their size, where all of them are there."""
    most: dict[Report, int] = {}
    for report, parts in reports.items():
        most[report[:2]] = max(most.get(report[:2], 0), len(parts.keys() - {WHOLE}))
    found = {}
    for report, parts in reports.items():
        size = sum(abs(value) for name, value in parts.items() if name != WHOLE)
        if WHOLE in parts and len(parts) - 1 == most[report[:2]] > 1 and size > 0:
            together = sum(value for name, value in parts.items() if name != WHOLE)
            found[report] = (together - parts[WHOLE]) / size
    return found


def drifts(clean: Mapping[Report, float]) -> list[float]:
    """Return how far the excess moved from each period to the next, sorted."""
    ordered = sorted(clean)
    return sorted(abs(clean[a] - clean[b]) for a, b in pairwise(ordered) if a[:-1] == b[:-1])


def moved_by(rows: Iterable[BatchRow], reports: Mapping[Report, Parts], clean: Mapping[Report, float]) -> float:
    """Return how far the changed rows of a batch move the excess of a report at most."""
    rows = list(rows)
    changed: dict[Report, Parts] = {}
    for row in rows:
        report = _report(row.origin.cells)
        if report in reports:
            changed.setdefault(report, dict(reports[report]))
    for row in rows:
        _put(changed, row.cells)
    after = excesses({**reports, **changed})
    return max((abs(after[r] - clean[r]) for r in changed if r in clean and r in after), default=0.0)


def _report(cells: Mapping[str, str]) -> Report:
    return tuple(cells.get(column, "") for column in REPORT)


def _put(found: dict[Report, Parts], cells: Mapping[str, str]) -> None:
    segment, value = cells.get("segment", ""), number(cells.get("value", ""))
    if value is not None and not segment.startswith(INSIDE) and cells.get("duration_months") != "0":
        found.setdefault(_report(cells), {})[segment] = value
