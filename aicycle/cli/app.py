"""The commands. Each is a few lines: read the options, ask, print.

Here: options, help and examples. Not here: answers (`answers`), pages (`pages`), printing (`output`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from aicycle.cli import backtesting, correcting, eval_clusters, eval_extraction, ingesting, own_record, pages, receipts
from aicycle.cli.answers import phase_answers, scenario_answer, view_or_refuse
from aicycle.cli.confronting import what_if_command
from aicycle.cli.evaluating import evaluations
from aicycle.cli.extracting import EXTRACT_EXAMPLE, extract_command
from aicycle.cli.gating import gating
from aicycle.cli.options import AsJson, AsOf, Company, Home
from aicycle.cli.output import Format, print_frame, print_json
from aicycle.cli.players import players
from aicycle.cli.quarantining import quarantine
from aicycle.cli.session import Session, open_session
from aicycle.errors import ExitCode
from aicycle.model.instants import system_clock
from flows.steps.comparing import default_company
from flows.steps.deriving import view_of

app = typer.Typer(
    name="aicycle",
    help="Where the AI investment cycle stands, from data that passed its gate.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:  aicycle demo  |  aicycle run --recording DIR  |  aicycle scenario --as-of 2025-09-28 --json",
)
evaluations.command("extraction", epilog=eval_extraction.EXAMPLE)(eval_extraction.extraction)
evaluations.command("clusters", epilog=eval_clusters.EXAMPLE)(eval_clusters.clusters)
app.add_typer(evaluations, name="eval")
app.add_typer(gating, name="gate")
app.add_typer(quarantine, name="quarantine")
app.command("ingest", epilog=ingesting.EXAMPLE)(ingesting.ingest)
app.command("correct", epilog=correcting.EXAMPLE)(correcting.correct)
app.command("apply", epilog="Example:  aicycle apply")(correcting.apply)
app.command("extract", epilog=EXTRACT_EXAMPLE)(extract_command)
app.command("what-if", epilog="Example:  aicycle what-if --target 180")(what_if_command)
app.command("backtest", epilog=backtesting.EXAMPLE)(backtesting.backtest_command)
app.command("forecasts", epilog=own_record.EXAMPLE)(own_record.forecasts_command)


@app.callback()
def common(context: typer.Context, home: Home = None) -> None:
    """Where the AI investment cycle stands, from data that passed its gate."""
    context.obj = home


def _session(context: typer.Context, home: Path | None) -> Session:
    return open_session(home or context.obj)


@app.command(epilog="Example:  aicycle demo --json")
def demo(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """Run the main job on the bundled sample: offline, embedded, no server."""
    from aicycle.cli.running import run_demo  # noqa: PLC0415 - running loads Prefect, reading must not

    summary = run_demo(home or context.obj)
    if as_json:
        print_json(pages.summary_json(summary))
    else:
        pages.print_summary(summary)
        session = open_session(Path(summary.home))
        with session.reader() as reader:
            pages.print_overview(view_or_refuse(reader, session.configuration, None), reader.frame("ops.alerts"))
        pages.print_next_steps(summary)
    raise typer.Exit(int(summary.exit_code))


@app.command(epilog="Example:  aicycle run --recording my-data --home my-home --as-of 2025-09-28")
def run(
    context: typer.Context,
    recording: Annotated[
        Path | None,
        typer.Option(help="Folder in the recording format (docs/recording_format.md). Without: live prices."),
    ] = None,
    as_of: AsOf = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Ingest, audit, transform, recompute the scenarios, raise alerts, publish. A second run changes nothing."""
    from aicycle.cli.running import run_once  # noqa: PLC0415 - running loads Prefect, reading must not

    summary = run_once(home or context.obj, recording, as_of)
    if as_json:
        print_json(pages.summary_json(summary))
    else:
        pages.print_summary(summary)
        pages.print_next_steps(summary)
    raise typer.Exit(int(summary.exit_code))


@app.command(epilog="Example:  aicycle status --json")
def status(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """Say what is there: rows, freshness, holds, quarantine, the last runs."""
    session = _session(context, home)
    with session.reader() as reader:
        view = view_of(reader, session.configuration, None)
        content = pages.status_json(session.home, reader, view, system_clock())
    if as_json:
        print_json(content)
    else:
        pages.print_status(content)
    raise typer.Exit(int(ExitCode.HELD if content["held"] else ExitCode.DONE))


@app.command(epilog="Example:  aicycle phases --as-of 2025-09-28 --json")
def phases(
    context: typer.Context,
    as_of: AsOf = None,
    company: Annotated[
        str | None, typer.Option("--company", help="A company; by default the first of config/scenarios/. `all`: all.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Say where each segment stands in the cycle, or why that is not said."""
    with _session(context, home).view(as_of) as view:
        # Phases need no scenarios: without any there is no company that is meant, and all are shown.
        if company is None and view.configuration.scenario_sets:
            company = default_company(view.configuration)
        answers = phase_answers(view, None if company == "all" else company)
        if as_json:
            print_json(answers)
        else:
            pages.print_phases(view, answers)


app.command(epilog="Example:  aicycle players --as-of 2025-09-28 --json")(players)


@app.command(epilog="Example:  aicycle scenario --as-of 2025-09-28 --json")
def scenario(
    context: typer.Context,
    as_of: AsOf = None,
    company: Company = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Say what the scenarios to 2030 are worth and where the price stands among them."""
    with _session(context, home).view(as_of) as view:
        answer = scenario_answer(view, company or default_company(view.configuration))
        if as_json:
            # A day was asked for: the answer repeats the day, an instant the instant.
            print_json(answer | {"as_of": answer["as_of"] if as_of is None else as_of})
        else:
            pages.print_scenario(answer)


@app.command(epilog="Example:  aicycle alerts --all")
def alerts(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Also what was crossed before the first run.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List the thresholds that were crossed, newest first."""
    with _session(context, home).reader() as reader:
        rows = reader.frame("ops.alerts").sort("known_at", "alert_id", descending=True)
    rows = rows if all_ else rows.filter(pl.col("status") != "baseline")
    if as_json:
        print_json(rows.to_dicts())
    else:
        pages.print_alerts(rows)


@app.command(epilog="Example:  aicycle sql \"SELECT * FROM core.daily_bars_as_of('2024-03-28') LIMIT 5\"")
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One statement that reads; - reads it from standard input.")],
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
    home: Home = None,
) -> None:
    """Run a query on the newest snapshot. Flows may write meanwhile."""
    with _session(context, home).reader() as reader:
        print_frame(reader.sql(sys.stdin.read() if query == "-" else query), format_)


@app.command(epilog='Example:  duckdb -readonly "$(aicycle path)"')
def path(context: typer.Context, home: Home = None) -> None:
    """Print the newest snapshot's path, for DuckDB clients."""
    with _session(context, home).reader() as reader:
        typer.echo(str(reader.path))


@app.command(epilog="Example:  aicycle report --output report.html")
def report(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option(help="Where to write it; by default into the home.")] = None,
    as_of: AsOf = None,
    company: Company = None,
    home: Home = None,
) -> None:
    """Write the report: one HTML file that works offline."""
    from aicycle.cli.reporting import write_report  # noqa: PLC0415 - plotting takes a second to load

    session = _session(context, home)
    with session.reader() as reader:
        view = view_or_refuse(reader, session.configuration, as_of)
        shown = company or default_company(view.configuration)
        typer.echo(str(write_report(reader, view, shown, output or session.home / "report.html", system_clock())))


@app.command(epilog="Example:  aicycle digest --json")
def digest(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """Print the digest of every table: equal content, equal digest, whatever the history of runs."""
    with _session(context, home).reader() as reader:
        content = pages.digest_json(reader)
    if as_json:
        print_json(content)
    else:
        pages.print_digest(content)


app.command(epilog="Example:  aicycle replay 3f2a9c81")(receipts.replay)
app.command(epilog="Example:  aicycle diff 3f2a9c81 2025-09-28 --json")(receipts.diff)
app.command(epilog="Example:  aicycle explain scenario Alibaba --json")(receipts.explain)
app.command(epilog="Example:  aicycle verify --all")(receipts.verify)
