"""The commands that say what is right, and that carry out what was decided: correct, apply.

Here: options and help. Not here: what a correction comes to (`flows.steps.correcting`), the pipeline (`running`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from aicycle.cli import pages, quarantine_pages
from aicycle.cli.options import AsJson, Home
from aicycle.cli.output import print_json
from aicycle.cli.quarantining import Because, By, put, require_undecided, signed, waiting_decisions
from aicycle.cli.session import open_session
from aicycle.errors import ExitCode, UsageError
from aicycle.model.decisions import LONGEST_CELL, MOST_CELLS, Decision
from aicycle.model.instants import system_clock
from aicycle.model.kinds import DecisionKind
from flows.steps.correcting import Corrector
from flows.steps.deciding import require_possible, stopped_row
from transforms.gate.corrections import format_of

EXAMPLE = (
    "Example:  aicycle correct core.daily_bars --key symbol=BABA --key session=2025-10-02 --set close=189.34 "
    '--by "A. Analyst" --because "the exchange\'s closing price"'
)


def correct(
    context: typer.Context,
    by: By,
    because: Because,
    table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="Table of a stored row.")] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", metavar="COLUMN=VALUE", help="Which row: every part of its key.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="COLUMN=VALUE", help="What is right.")] = None,
    quarantined: Annotated[
        str | None, typer.Option("--quarantined", metavar="ID", help="Correct this stopped row instead.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Say what is right about one row. The corrected row is judged like any other, and kept with who and why."""
    author, reason = signed(by, because)
    if (table is None) == (quarantined is None) or (quarantined is not None and key):
        raise UsageError(
            "a correction is of one row",
            expected="either TABLE with --key, or --quarantined ID",
            next_command="aicycle correct --help",
        )
    changes, names = _cells(set_ or [], "--set"), _cells(key or [], "--key")
    if not changes:
        raise UsageError("nothing is set", expected="--set COLUMN=VALUE", next_command="aicycle correct --help")
    session = open_session(home or context.obj)
    with session.reader() as reader:
        stopped = None
        if quarantined is not None:
            stopped = stopped_row(reader, quarantined)
            require_undecided(session.warehouse, stopped["quarantine_id"])
            require_possible(reader, stopped, DecisionKind.CORRECTED)
        decision = Decision(
            what=DecisionKind.CORRECTED,
            author=author,
            reason=reason,
            decided_at=system_clock(),
            quarantine_id=stopped["quarantine_id"] if stopped else None,
            table_name=format_of(table)[1].contract.full_name if table else None,
            key=names,
            changes=changes,
        )
        corrector = Corrector(reader, session.warehouse.payloads, session.configuration.universe)
        made = corrector.correction(decision, stopped, decision.decided_at)
    about = f"{made.table} {made.row_key}: " + "; ".join(
        f"{column} {before!r} -> {after!r}" for column, (before, after) in made.row.changed.items()
    )
    put(session, decision, about, as_json=as_json)


def _cells(pairs: list[str], option: str) -> dict[str, str]:
    cells: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name or name in cells or len(value) > LONGEST_CELL or len(pairs) > MOST_CELLS:
            raise UsageError(
                f"{option} {pair[:80]!r} can't be taken",
                expected=f"COLUMN=VALUE, each column once, a value of at most {LONGEST_CELL} characters",
                next_command="aicycle correct --help",
            )
        cells[name.strip()] = value.encode("utf-8", "replace").decode()
    return cells


def apply(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """Carry out what was decided: audit, transform, recompute, publish, without asking any source."""
    from aicycle.cli.running import run_apply  # noqa: PLC0415 - running loads Prefect, reading must not

    session = open_session(home or context.obj)
    inbox = session.warehouse.inbox
    with session.reader():  # there is something that could be decided about
        waiting = {decision.id: decision for _, decision in waiting_decisions(session.warehouse)}
        refused_before = set(inbox.refused())
    summary = run_apply(session.home)
    with session.reader() as reader:
        known = set(reader.frame("ops.decisions")["decision_id"])
    applied = [decision for id_, decision in waiting.items() if id_ in known]
    refused = [note for note in inbox.refused() if note not in refused_before]
    content = pages.summary_json(summary) | quarantine_pages.applied_json(applied, refused)
    if as_json:
        print_json(content)
    else:
        quarantine_pages.print_applied(content)
        pages.print_summary(summary)
    raise typer.Exit(int(ExitCode.HELD if refused else summary.exit_code))
