"""Section: which numbers are assumptions, and where the others come from; and the manifest in the footer.

Here: the configured numbers by status, run id and digests. Not here: the numbers themselves (`config/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.model.kinds import Status
from aicycle.report.blocks import Cell, Row, Table, cut, headings
from aicycle.report.sections.scenarios import status_cell
from aicycle.report.view import ReportView
from aicycle.report.wording import counted, finite, instant, plain

ROW_LIMIT = 150
MANIFEST = (
    ("run_id", "Run"),
    ("digest", "Answer's digest"),
    ("facts_digest", "Facts' digest"),
    ("parameters_digest", "Parameters' digest"),
    ("load_seq", "Loads up to"),
    ("seed", "Seed"),
    ("code_version", "aicycle"),
    ("platform", "Platform"),
)


@dataclass(frozen=True, slots=True)
class DefinitionSection:
    """The section and the footer."""

    lead: str
    assumptions: Table
    others: Table
    manifest: tuple[tuple[str, str], ...]
    generated: str


def definition_section(view: ReportView) -> DefinitionSection:
    """Return the section; numbers in the order of their names."""
    rows = sorted(view.parameters, key=lambda row: (str(row.get("name")), str(sorted(row.items(), key=str))))
    assumed = [row for row in rows if row.get("status") == Status.ASSUMPTION]
    others = [row for row in rows if row.get("status") != Status.ASSUMPTION]
    run = view.run or {}
    return DefinitionSection(
        lead=f"{counted(len(assumed), 'number')} of {len(rows)} are our own assumptions, each with its reason. "
        "An answer is never better founded than its weakest input."
        if rows
        else "No configured number was handed over.",
        assumptions=_table(assumed, "Assumptions"),
        others=_table(others, "Numbers with a source"),
        manifest=tuple((label, plain(run[name], 100)) for name, label in MANIFEST if run.get(name) is not None),
        generated=instant(view.generated_at),
    )


def _table(rows: Sequence[Row], caption: str) -> Table:
    shown, omitted = cut(rows, ROW_LIMIT)
    return Table(
        caption=caption,
        headings=headings(">Name", "#Value", "Unit", "Status", "~Why", "~Source"),
        rows=tuple(
            (
                Cell(plain(row.get("name"), 120)),
                Cell(_value(row.get("value"))),
                Cell(plain(row.get("unit"), 40)),
                status_cell(row.get("status")),
                Cell(plain(row.get("why"), 500)),
                Cell(plain(row.get("source"), 300)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        empty_text="None.",
    )


def _value(value: object) -> str:
    found = finite(value)
    return plain(value, 60) if found is None else f"{found:,.10g}".replace("-", "\u2212")
