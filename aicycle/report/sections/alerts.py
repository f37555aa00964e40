"""Section: what crossed a threshold.

Here: raised alerts and the silent baseline, apart. Not here: deciding what crosses (`transforms.crossings`) or telling
anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.model.kinds import AlertStatus
from aicycle.report.blocks import Cell, Row, Table, cut, headings, rows_of
from aicycle.report.charts import is_simulated
from aicycle.report.view import ReportView
from aicycle.report.wording import counted, day, number, plain

ROW_LIMIT = 60


@dataclass(frozen=True, slots=True)
class AlertSection:
    """The section."""

    lead: str
    has_simulated_prices: bool
    raised: Table
    baseline: Table


def alert_section(view: ReportView) -> AlertSection:
    """Return the section, newest crossing first."""
    rows = rows_of(view.alerts, "known_at", "crossed_on", "alert_id", descending=[True, True, False])
    raised = [row for row in rows if row.get("status") != AlertStatus.BASELINE]
    baseline = [row for row in rows if row.get("status") == AlertStatus.BASELINE]
    raised_table, baseline_table = (
        _table(raised, "Raised", "No alert was raised."),
        _table(baseline, "Baseline", "No baseline yet."),
    )
    shown = [*raised[:ROW_LIMIT], *baseline[:ROW_LIMIT]]
    return AlertSection(
        lead=f"{counted(len(raised), 'alert')} raised. {counted(len(baseline), 'crossing')} lay before a rule's first "
        "evaluation: recorded as its baseline, sent to nobody.",
        has_simulated_prices=any(is_simulated(row) for row in shown),
        raised=raised_table,
        baseline=baseline_table,
    )


def _table(rows: Sequence[Row], caption: str, empty_text: str) -> Table:
    shown, omitted = cut(rows, ROW_LIMIT)
    return Table(
        caption=caption,
        headings=headings("@Crossed on", "~What", "State", "#Level", "#Before", "#After", "Severity", "Basis", ">Rule"),
        rows=tuple(
            (
                Cell(day(row.get("crossed_on"))),
                Cell(plain(row.get("message"), 400)),
                Cell(plain(row.get("transition"), 24)),
                Cell(number(row.get("level"))),
                Cell(number(row.get("value_before"))),
                Cell(
                    number(row.get("value")),
                    tone="simulated" if is_simulated(row) else "",
                    title="simulated, no real price" if is_simulated(row) else "",
                ),
                Cell(plain(row.get("severity"), 24)),
                Cell(plain(row.get("basis"), 24)),
                Cell(f"{plain(row.get('rule_id'), 60)} v{plain(row.get('rule_version'), 8)}"),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM ops.alerts ORDER BY known_at DESC",
        empty_text=empty_text,
    )
