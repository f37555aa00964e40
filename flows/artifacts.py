"""What a run leaves in Prefect's own pages: the gate's verdict, as an artifact of the audit's flow run.

Here: the artifact. A copy for whoever looks there; the truth is in `ops`. Not here: the verdict itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from prefect.artifacts import create_markdown_artifact
from prefect.context import FlowRunContext

from flows.steps.auditing import FileCount

GATE_KEY = "gate"
LONGEST_CELL = 300


def keep_gate_artifact(counts: Sequence[FileCount], standing: pl.DataFrame) -> bool:
    """Leave what the gate did in this flow run; return whether there is a run to leave it in.

    Args:
        counts: what became of the rows of each file that was judged.
        standing: rows of `ops.holds` that have not ended.
    """
    if FlowRunContext.get() is None:
        return False
    create_markdown_artifact(
        key=GATE_KEY, markdown=gate_markdown(counts, standing), description="What the gate let in, stopped and holds"
    )
    return True


def gate_markdown(counts: Sequence[FileCount], standing: pl.DataFrame) -> str:
    """Return the gate's verdict as Markdown."""
    stopped = sum(c.quarantined for c in counts)
    lines = [f"{len(counts)} batches judged, {stopped} rows stopped, {standing.height} subjects held.", ""]
    if counts:
        lines += _table(
            ("file", "table", "in", "stored", "restated", "duplicate", "quarantined"),
            [(c.name, c.table, c.rows_in, c.stored, c.restated, c.duplicate, c.quarantined) for c in counts],
        )
    if not standing.is_empty():
        held = standing.sort("since", "subject_id").select("subject_kind", "subject_id", "metric", "since", "cause")
        lines += ["", *_table(tuple(held.columns), held.rows())]
    return "\n".join(lines)


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    head = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return head + [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]


def _cell(value: object) -> str:
    """Return a cell in which fetched text can neither end its cell nor become markup."""
    text = "".join(c if c.isprintable() else " " for c in str(value))[:LONGEST_CELL]
    return "".join(f"&#{ord(c)};" if c in "|<>&`[]*_!\\" else c for c in text)
