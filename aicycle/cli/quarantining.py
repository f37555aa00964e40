"""The commands about stopped rows: list, show, release, discard.

Here: options, help, what is put into the inbox. Not here: what may be decided (`flows.steps.deciding`), how it is
printed (`quarantine_pages`), corrections (`correcting`). Loads neither Prefect nor Great Expectations.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from aicycle.cli import quarantine_pages as pages
from aicycle.cli.options import AsJson, Home
from aicycle.cli.output import print_json
from aicycle.cli.session import Session, open_session
from aicycle.errors import UsageError
from aicycle.model.decisions import LONGEST_AUTHOR, LONGEST_REASON, Decision, decision_of, said
from aicycle.model.instants import system_clock
from aicycle.model.kinds import DecisionKind, QuarantineState
from flows.steps.deciding import require_possible, states_of, stopped_row, waiting_with
from flows.steps.rereading import Rereader
from warehouse import Warehouse
from warehouse.inbox import Waiting

quarantine = typer.Typer(
    help="The rows the gate stopped: look at them, let them in, give them up.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="ID", help="A stopped row's id, or a beginning of it that only one has.")]
By = Annotated[str, typer.Option("--by", metavar="AUTHOR", help="Who decides.")]
Because = Annotated[str, typer.Option("--because", metavar="REASON", help="Why.")]
WithBatch = Annotated[
    bool,
    typer.Option("--with-batch", help="Also every row that waits with it because their batch had too many bad ones."),
]


@quarantine.callback()
def common(context: typer.Context) -> None:
    """The rows the gate stopped: look at them, let them in, give them up."""
    context.obj = context.parent.obj if context.parent else None


@quarantine.command("list", epilog="Example:  aicycle quarantine list --subject BABA")
def list_(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Also those that need nobody any more.")] = False,
    subject: Annotated[str | None, typer.Option("--subject", help="Only rows about it: BABA, USDCNY, ...")] = None,
    check: Annotated[str | None, typer.Option("--check", help="Only rows that failed this check.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List the stopped rows that somebody has to look at, oldest first."""
    session = open_session(home or context.obj)
    with session.reader() as reader:
        rows = states_of(reader)
    total = rows.height
    if not all_:
        rows = rows.filter(pl.col("state") == QuarantineState.OPEN)
    if subject is not None:
        rows = rows.filter(pl.col("subject_id").str.to_lowercase() == subject.lower())
    if check is not None:
        rows = rows.filter(pl.col("check_name").str.split(";").list.contains(check))
    inbox = session.warehouse.inbox
    content = pages.list_json(rows, total, waiting_decisions(session.warehouse), inbox.refused())
    if as_json:
        print_json(content)
    else:
        pages.print_list(content)


@quarantine.command(epilog="Example:  aicycle quarantine show 3f2a9c81")
def show(context: typer.Context, id_: Id, home: Home = None, as_json: AsJson = False) -> None:
    """Show one stopped row: why, its bytes, whom it holds and what that reaches, what was decided."""
    session = open_session(home or context.obj)
    with session.reader() as reader:
        rereader = Rereader(reader.frame("raw.payloads"), session.warehouse.payloads)
        waiting = waiting_decisions(session.warehouse)
        content = pages.row_json(reader, stopped_row(reader, id_), session.configuration, rereader, waiting)
    if as_json:
        print_json(content)
    else:
        pages.print_row(content)


@quarantine.command(
    epilog='Example:  aicycle quarantine release 3f2a9c81 --by "A. Analyst" --because "the exchange confirms it"'
)
def release(
    context: typer.Context,
    id_: Id,
    by: By,
    because: Because,
    with_batch: WithBatch = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Let a stopped row in although a check said no. The next run, or aicycle apply, carries it out."""
    session = open_session(home or context.obj)
    _decide(session, DecisionKind.RELEASED, id_, by, because, with_batch=with_batch, as_json=as_json)


@quarantine.command(epilog='Example:  aicycle quarantine discard 3f2a9c81 --by "A. Analyst" --because "a test row"')
def discard(
    context: typer.Context,
    id_: Id,
    by: By,
    because: Because,
    with_batch: WithBatch = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Give a stopped row up: it stays where it is and holds nobody any more."""
    session = open_session(home or context.obj)
    _decide(session, DecisionKind.DISCARDED, id_, by, because, with_batch=with_batch, as_json=as_json)


def _decide(
    session: Session, what: DecisionKind, id_: str, by: str, because: str, *, with_batch: bool, as_json: bool
) -> None:
    author, reason = signed(by, because)
    with session.reader() as reader:
        row = stopped_row(reader, id_)
        require_undecided(session.warehouse, row["quarantine_id"])
        require_possible(reader, row, what)
        others = len(waiting_with(reader, row)) if with_batch else 0
    decision = Decision(
        what=what, author=author, reason=reason, decided_at=system_clock(), quarantine_id=row["quarantine_id"],
        with_batch=with_batch,
    )  # fmt: skip
    beside = f" and {others} rows that wait with it" if with_batch else ""
    put(session, decision, f"{row['name']}, line {row['source_line']}{beside}: {row['reason']}", as_json=as_json)


def signed(by: str, because: str) -> tuple[str, str]:
    """Return author and reason as they are kept.

    Raises:
        UsageError: one of them is blank: a decision is somebody's, for a reason.
    """
    try:
        return said(by, LONGEST_AUTHOR, "--by"), said(because, LONGEST_REASON, "--because")
    except ValueError as error:
        raise UsageError(
            f"{error}: a decision is somebody's, and for a reason",
            expected="a name and a sentence",
            next_command="the same command with --by AUTHOR --because REASON",
        ) from None


def require_undecided(warehouse: Warehouse, quarantine_id: str) -> None:
    """Refuse a second decision while a first one waits.

    Raises:
        UsageError: one waits.
    """
    for waiting, decision in waiting_decisions(warehouse):
        if decision.quarantine_id == quarantine_id:
            raise UsageError(
                f"it is to be {decision.what} already, by {decision.author!r}: that waits for the next run",
                where=str(warehouse.layout.inbox / waiting.name),
                expected="one decision at a time",
                next_command="aicycle apply; or delete that file, to take the decision back",
            )


def waiting_decisions(warehouse: Warehouse) -> list[tuple[Waiting, Decision]]:
    """Return the decisions that wait for the next writer; what can't be read is that writer's to report."""
    found = []
    for waiting in warehouse.inbox.waiting():
        try:
            found.append((waiting, decision_of(waiting.content or b"")))
        except ValueError:
            continue
    return found


def put(session: Session, decision: Decision, about: str, *, as_json: bool) -> None:
    """Put a decision into the inbox and say what comes next."""
    path: Path = session.warehouse.inbox.put(decision.file_name, decision.content)
    content = pages.decision_json(decision, about, path, session.home)
    if as_json:
        print_json(content)
    else:
        pages.print_decision(content)
