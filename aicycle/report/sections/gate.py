"""Section: what the gate does not let in, and whom it holds.

Here: standing holds with the outputs they keep back, their history, what each check said, stopped rows and files with
their reason and place. Not here: judging rows (`expectations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.report.blocks import Cell, Row, Table, cut, headings, rows_of
from aicycle.report.view import ReportView
from aicycle.report.wording import counted, finite, instant, plain, whole

HOLD_LIMIT = 60
GROUP_LIMIT = 40
STOPPED_LIMIT = 60
CONTENT_LIMIT = 280


@dataclass(frozen=True, slots=True)
class GateSection:
    """The section."""

    lead: str
    holds: Table
    outputs: Table
    groups: Table
    checks: Table
    history: Table
    notices: Table
    stopped: Table


def gate_section(view: ReportView) -> GateSection:
    """Return the section."""
    holds = rows_of(view.holds, "since", "subject_kind", "subject_id", "metric", descending=[True, False, False, False])
    stopped = rows_of(view.quarantine, "load_seq", "name", "source_line", descending=[True, False, False])
    if not holds and not stopped:
        lead = "Nothing is held and nothing was stopped."
    else:
        held = f"{counted(len(holds), 'subject')} held: what rests on it keeps its last good result."
        lead = (
            f"{held if holds else 'Nobody is held.'} {counted(len(stopped), 'row or file', 'rows and files')} stopped, "
            "each with its reason."
        )
    return GateSection(
        lead=lead,
        holds=_hold_table(holds),
        outputs=_output_table(rows_of(view.held_outputs, "output", "company", "segment")),
        groups=_group_table(stopped),
        checks=_check_table(
            rows_of(view.checks, "rows_failed", "table_name", "check_name", descending=[True, False, False])
        ),
        history=_history_table(
            rows_of(view.hold_history, "since", "subject_id", "metric", descending=[True, False, False])
        ),
        notices=_notice_table(rows_of(view.notices, "noticed_at", "since", "kind", descending=[True, True, False])),
        stopped=_stopped_table(stopped),
    )


def _output_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, HOLD_LIMIT)
    return Table(
        caption="What keeps its last good values",
        headings=headings("Output", "Company", "Segment", "@Last good", "@Stale since", "~Because of"),
        rows=tuple(
            (
                Cell(plain(row.get("output"), 60)),
                Cell(plain(row.get("company"), 60)),
                Cell(plain(row.get("segment"), 60)),
                Cell(instant(row.get("last_good_at"))),
                Cell(instant(row.get("stale_since"))),
                Cell("; ".join(plain(cause, 300) for cause in _listed(row.get("because")))),
            )
            for row in shown
        ),
        omitted_count=omitted,
        empty_text="Every output is recomputed.",
    )


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _check_table(rows: Sequence[Row]) -> Table:
    return Table(
        caption="What each check said",
        headings=headings("Table", "~Check", "Severity", "#Batches", "#Failed in", "#Rows failed", "#Rows looked at"),
        rows=tuple(
            (
                Cell(plain(row.get("table_name"), 60)),
                Cell(plain(row.get("check_name"), 80)),
                Cell(plain(row.get("severity"), 24)),
                *(Cell(whole(row.get(n))) for n in ("batches", "batches_failed", "rows_failed", "rows_evaluated")),
            )
            for row in rows
        ),
        query="SELECT * FROM ops.audits",
        empty_text="Nothing was audited yet.",
    )


def _history_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, HOLD_LIMIT)
    return Table(
        caption="Holds, also those that are over",
        headings=headings("Subject", "Metric", "@Since", "@Until", "~Cause"),
        rows=tuple(
            (
                Cell(plain(row.get("subject_id"), 80)),
                Cell(plain(row.get("metric"), 60)),
                Cell(instant(row.get("since"))),
                Cell(instant(row.get("until")) if row.get("until") else "stands"),
                Cell(plain(row.get("cause"), 300)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM ops.holds",
        empty_text="Nobody was ever held.",
    )


def _notice_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, HOLD_LIMIT)
    return Table(
        caption="What was said about holds",
        headings=headings("@When", "What", "~Notice"),
        rows=tuple(
            (
                Cell(instant(row.get("noticed_at"))),
                Cell(plain(row.get("kind"), 24)),
                Cell(plain(row.get("message"), 600)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM ops.notices",
        empty_text="Nothing had to be said.",
    )


def _hold_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, HOLD_LIMIT)
    return Table(
        caption="Holds that stand",
        headings=headings("Subject", "Kind", "Metric", "@Since", "~Cause"),
        rows=tuple(
            (
                Cell(plain(row.get("subject_id"), 80)),
                Cell(plain(row.get("subject_kind"), 24)),
                Cell(plain(row.get("metric"), 60)),
                Cell(instant(row.get("since"))),
                Cell(plain(row.get("cause"), 500)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM ops.holds WHERE until IS NULL",
        empty_text="Nobody is held.",
    )


def _group_table(rows: Sequence[Row]) -> Table:
    counts = Counter((plain(r.get("name"), 80), plain(r.get("check_name"), 120)) for r in rows)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return Table(
        caption="Stopped, by file and check",
        headings=headings("File", "~Check", "#Rows"),
        rows=tuple((Cell(name), Cell(check), Cell(whole(count))) for (name, check), count in ordered[:GROUP_LIMIT]),
        omitted_count=max(0, len(ordered) - GROUP_LIMIT),
        query="SELECT name, check_name, count(*) FROM ops.quarantine GROUP BY ALL",
        empty_text="Nothing was stopped.",
    )


def _stopped_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, STOPPED_LIMIT)
    return Table(
        caption="Stopped rows and files",
        headings=headings(">Place", "~Reason", "Table", "Subject", ">Row as read"),
        rows=tuple(
            (
                Cell(_place(row)),
                Cell(plain(row.get("reason"), 500)),
                Cell(plain(row.get("table_name"), 60)),
                Cell(plain(row.get("subject_id"), 80)),
                Cell(plain(row.get("row_content"), CONTENT_LIMIT)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM ops.quarantine",
        empty_text="Nothing was stopped.",
    )


def _place(row: Row) -> str:
    line = finite(row.get("source_line"))
    name = plain(row.get("name"), 80)
    if line:
        return f"{name}:{line:.0f}"
    return f"{name} (missing row)" if row.get("table_name") else f"{name} (whole file)"
