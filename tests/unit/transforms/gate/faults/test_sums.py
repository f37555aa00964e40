"""What segments and totals do by themselves, on a made-up company with three segments."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.gate.faults.batch import BatchRow
from transforms.gate.faults.recorded import recorded_file
from transforms.gate.faults.sums import drifts, excesses, moved_by, reports_of

HEADER = "company,segment,segment_basis,metric,period_start,period_end,duration_months,value,unit"
ENDS = ("2024-03-31", "2024-06-30", "2024-09-30")


def line(segment: str, end: str, value: float) -> str:
    return f"Made Up,{segment},now,revenue,,{end},3,{value},CNY"


@pytest.fixture(scope="module")
def file():
    lines = [
        line(segment, end, value + at)
        for at, end in enumerate(ENDS)
        for segment, value in (("Cloud", 30), ("Shops", 60), ("of which grocery", 9), ("Games", 20), ("Total", 100))
    ]
    lines.append(line("Cloud", "2024-12-31", 40))  # no total yet
    days = dict.fromkeys(range(2, len(lines) + 2), date(2025, 1, 1))
    return recorded_file("reported_figures.csv", "\n".join([HEADER, *lines]).encode(), days)


def changed(file, segment: str, value: str) -> BatchRow:
    origin = next(r for r in file.rows if r.cells["segment"] == segment and r.cells["period_end"] == ENDS[-1])
    return BatchRow({**origin.cells, "value": value}, origin)


def test_parts_of_parts_are_no_addends_and_reports_without_total_are_left_out(file):
    clean = excesses(reports_of(file))
    assert [report[-1] for report in sorted(clean)] == list(ENDS)
    assert clean[min(clean)] == pytest.approx(10 / 110)
    assert [round(drift, 4) for drift in drifts(clean)] == [0.0145, 0.0153]


def test_a_segment_without_eliminations_moves_the_sum_and_a_swap_does_not(file):
    reports = reports_of(file)
    clean = excesses(reports)
    assert moved_by([changed(file, "Cloud", "20")], reports, clean) == pytest.approx(14 / 116 - 2 / 104)
    swapped = [changed(file, "Cloud", "62"), changed(file, "Shops", "32")]
    assert moved_by(swapped, reports, clean) == 0.0
    assert moved_by([changed(file, "of which grocery", "99")], reports, clean) == 0.0
