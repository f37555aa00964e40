"""The commands that lead an answer back to its bytes: replay, diff, explain, verify. Each asks and prints.

Here: options, help, exit codes. Not here: what is answered (`flows.steps`), how it is printed (`receipt_pages`). They
only read, and load neither Prefect nor Great Expectations.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from aicycle.cli import receipt_pages as pages
from aicycle.cli.answers import view_or_refuse
from aicycle.cli.options import AsJson, Home
from aicycle.cli.output import print_json
from aicycle.cli.session import Session, open_session
from aicycle.errors import ExitCode, UsageError
from flows.steps.comparing import Side, compare, default_company, side_of_day, side_of_run
from flows.steps.explaining_alerts import alert_receipt, alert_row
from flows.steps.explaining_phases import phase_receipt, phase_row
from flows.steps.explaining_scenarios import scenario_receipt, scenario_run
from flows.steps.replaying import History
from flows.steps.replaying import replay as replay_run
from flows.steps.rereading import Rereader
from flows.steps.stored_runs import RunKind, StoredRun, find_run, newest_runs, stored_runs
from flows.steps.verifying import verify as verify_home
from warehouse import Reader

RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or at least six digits it begins with.")]
RunOrDay = Annotated[str, typer.Argument(help="A run's id (or its beginning), or a day such as 2025-09-28.")]


def replay(context: typer.Context, run: RunId, home: Home = None, as_json: AsJson = False) -> None:
    """Make a stored answer again, from what was there then, and say whether the same comes out.

    Ends with 0 if it does, or if the program is another one; with 1 if nothing explains that it does not.
    """
    with open_session(home or context.obj).reader() as reader:
        replayed = replay_run(History(reader), find_run(stored_runs(reader), run))
    if as_json:
        print_json(pages.replay_json(replayed))
    else:
        pages.print_replay(replayed)
    raise typer.Exit(int(ExitCode.FAILED if replayed.is_error else ExitCode.DONE))


def diff(
    context: typer.Context,
    a: RunOrDay,
    b: RunOrDay,
    company: Annotated[
        str | None, typer.Option("--company", help="Whose answer; by default the run's, or the first scenario set's.")
    ] = None,
    phases: Annotated[bool, typer.Option("--phases", help="Of two days: compare phases, not scenarios.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Put two answers beside each other and say why they differ.

    A run is what we said then; a day is the best knowledge of today about what was knowable by that day.
    """
    session = open_session(home or context.obj)
    with session.reader() as reader:
        history, runs = History(reader), stored_runs(reader)
        named = [None if _is_day(text) else find_run(runs, text) for text in (a, b)]
        kind = next((run.kind for run in named if run is not None), RunKind.PHASES if phases else RunKind.SCENARIO)
        company = company or _company_of(named, kind, session)
        sides = [
            _side(session, reader, history, text, run, kind, company) for text, run in zip((a, b), named, strict=True)
        ]
        difference = compare(history, *sides)
    if as_json:
        print_json(pages.difference_json(difference))
    else:
        pages.print_difference(difference)
    raise typer.Exit(int(ExitCode.FAILED if difference.is_unexplained else ExitCode.DONE))


def _is_day(text: str) -> bool:
    """Return whether a day or an instant is meant: a run's id has no hyphen."""
    return "-" in text


def _company_of(named: list[StoredRun | None], kind: RunKind, session: Session) -> str | None:
    if kind is RunKind.PHASES:
        return None
    companies = [run.manifest["company"] for run in named if run is not None and run.kind is RunKind.SCENARIO]
    return companies[0] if companies else default_company(session.configuration)


def _side(
    session: Session,
    reader: Reader,
    history: History,
    text: str,
    run: StoredRun | None,
    kind: RunKind,
    company: str | None,
) -> Side:
    if run is not None:
        return side_of_run(history, run, company if run.kind is RunKind.PHASES else None)
    return side_of_day(view_or_refuse(reader, session.configuration, text), text, kind, company)


def explain(
    context: typer.Context,
    what: Annotated[Literal["scenario", "phase", "alert"], typer.Argument(help="What is explained.")],
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="scenario: a run, or a company (its newest). phase: Company/segment, or run/Company/segment. "
            "alert: its id, or the beginning of it.",
        ),
    ],
    all_: Annotated[bool, typer.Option("--all", help="Print every line, also of long lists.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Print an answer's receipt: what it rests on, down to the bytes and the lines of config/."""
    session = open_session(home or context.obj)
    with session.reader() as reader:
        history, runs = History(reader), stored_runs(reader)
        if what == "scenario":
            receipt = scenario_receipt(reader, history, scenario_run(runs, id_, session.configuration))
        elif what == "phase":
            receipt = phase_receipt(reader, history, *phase_row(runs, id_))
        else:
            receipt = alert_receipt(reader, history, runs, alert_row(reader, id_))
        rereader = Rereader(history.payloads, session.warehouse.payloads)
        if as_json:
            print_json(pages.receipt_json(receipt, rereader))
        else:
            pages.print_receipt(receipt, rereader, shown=None if all_ else pages.SHOWN_CHILDREN)


def verify(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Only what this run rests on. Without: everything.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Make every stored run again, not only each company's newest.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Read the bytes again, hold the facts against them, make the answers again. Ends with 1 if anything differs."""
    session = open_session(home or context.obj)
    if run is not None and all_:
        raise UsageError(
            "a run and --all exclude each other", expected="one of them", next_command="aicycle verify --all"
        )
    with session.reader() as reader:
        runs = stored_runs(reader)
        chosen = [find_run(runs, run)] if run is not None else runs if all_ else newest_runs(runs)
        verified = verify_home(
            reader,
            session.warehouse.payloads,
            session.configuration,
            chosen,
            only_these=run is not None,
            texts=session.texts(),
        )
    if as_json:
        print_json(pages.verified_json(verified))
    else:
        pages.print_verified(verified)
    raise typer.Exit(int(ExitCode.DONE if verified.is_sound else ExitCode.FAILED))
