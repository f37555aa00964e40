"""Section: how much of the group's revenue each segment brings, over time.

Here: the share lines and the newest figures of each segment, missing ones with their reason. Not here: computing them
(`transforms.segment_metrics`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aicycle.report.blocks import Cell, Chart, Row, Table, cut, headings, rows_of
from aicycle.report.sections.scenarios import status_cell
from aicycle.report.share_charts import Share, basis_breaks, share_chart
from aicycle.report.view import ReportView
from aicycle.report.wording import compact, day, finite, number, percent, plain

SHARE_METRIC = "group_revenue_share_frac"
"""The metric of `marts.segment_metrics` that is drawn."""
SEGMENT_LIMIT = 8
ROW_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ShareSection:
    """The section."""

    lead: str
    chart: Chart | None
    newest: Table


def share_section(view: ReportView) -> ShareSection:
    """Return the section for the view's company."""
    metrics = [
        row
        for row in rows_of(view.metrics, "segment", "metric", "period_end", "segment_basis")
        # What has several values a period (by event type, plan, target) has no place in a table of one per metric.
        if row.get("company") == view.company
    ]
    shares = [row for row in metrics if row.get("metric") == SHARE_METRIC and isinstance(row.get("period_end"), date)]
    series = _series(shares)
    return ShareSection(_lead(view.company, series), _chart(series, shares), _newest(metrics))


def _series(rows: Sequence[Row]) -> list[tuple[str, list[Share]]]:
    by_segment: dict[str, list[Share]] = {}
    for row in rows:
        end = row["period_end"]
        if isinstance(end, date):
            share = Share(end, finite(row.get("value")), plain(row.get("segment_basis"), 60))
            by_segment.setdefault(plain(row.get("segment"), 60), []).append(share)
    for shares in by_segment.values():
        shares.sort(key=lambda share: (share.period_end, share.segment_basis))

    def newest(shares: Sequence[Share]) -> float:
        return next((s.share_frac for s in reversed(shares) if s.share_frac is not None), -1.0)

    known = [(segment, shares) for segment, shares in by_segment.items() if newest(shares) >= 0]
    return sorted(known, key=lambda entry: (-newest(entry[1]), entry[0]))


def _lead(company: str, series: Sequence[tuple[str, Sequence[Share]]]) -> str:
    if not series:
        return f"No segment of {plain(company, 80)} has reported revenue by this day."
    said = "Share of group revenue. Shares need not add up to 100%: eliminations and unmapped lines are left out"
    breaks = basis_breaks(series)
    if breaks:
        said += "; a line is cut where the company changed its segments"
    return said + "."


def _chart(series: Sequence[tuple[str, Sequence[Share]]], rows: Sequence[Row]) -> Chart | None:
    if not series:
        return None
    drawn = series[:SEGMENT_LIMIT]
    newest = [
        f"{segment} {percent(shares[-1].share_frac, 1)} ({day(shares[-1].period_end)})" for segment, shares in drawn
    ]
    left_out = len(series) - len(drawn)
    return Chart(
        chart_id="chart-shares",
        title="Share of group revenue",
        summary=f"Line chart, one line per segment. Newest: {', '.join(newest)}.",
        figure=share_chart(drawn),
        height_px=380,
        table=_share_table(rows),
        notes=(f"{left_out} smaller segments are in the table only.",) if left_out else (),
    )


def _share_table(rows: Sequence[Row]) -> Table:
    newest_first = sorted(rows, key=lambda row: day(row["period_end"]), reverse=True)
    shown, omitted = cut(newest_first, ROW_LIMIT)
    return Table(
        caption="Shares, newest first",
        headings=headings("@Period end", "Segment", "#Share", "Basis", "~Why none"),
        rows=tuple(
            (
                Cell(day(row["period_end"])),
                Cell(plain(row.get("segment"), 60)),
                Cell(percent(row.get("value"), 1)),
                Cell(plain(row.get("segment_basis"), 60)),
                Cell(plain(row.get("null_reason"), 300)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.segment_metrics WHERE metric = 'group_revenue_share_frac'",
    )


def _newest(rows: Sequence[Row]) -> Table:
    latest: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = (row.get("segment"), row.get("metric"), row.get("detail"))
        kept = latest.get(key)
        if kept is None or day(row.get("period_end")) >= day(kept.get("period_end")):
            latest[key] = row
    shown, omitted = cut(list(latest.values()), ROW_LIMIT)
    return Table(
        caption="Newest figure of each segment and metric",
        headings=headings("Segment", "Metric", "#Value", "Unit", "@Period end", "Status", "Checked", "~Why none"),
        rows=tuple(
            (
                Cell(plain(row.get("segment"), 60)),
                Cell(_metric(row)),
                Cell(value_in_unit(row.get("value"), row.get("unit"))),
                Cell(plain(row.get("unit"), 24)),
                Cell(day(row.get("period_end"))),
                status_cell(row.get("status")),
                Cell(plain(row.get("verification"), 24)),
                Cell(plain(row.get("null_reason"), 300)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.segment_metrics",
        empty_text="No figures yet.",
    )


def _metric(row: Row) -> str:
    """Return a metric's name, with what it is about where it has several values a period."""
    name = plain(row.get("metric"), 60)
    return f"{name}: {plain(row.get('detail'), 60)}" if row.get("detail") else name


def value_in_unit(value: object, unit: object) -> str:
    """Return a metric's value as its unit asks for: a percentage, an amount in its scale, or a number."""
    if unit == "fraction":
        return percent(value, 1)
    found = finite(value)
    return compact(value) if found is not None and abs(found) >= 10_000 else number(value, 2)  # noqa: PLR2004
