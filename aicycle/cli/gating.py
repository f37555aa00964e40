"""`aicycle gate`: what the gate holds, and what it is worth.

Here: the options of its commands, and the scorecard's page. Not here: the state (`gate_state`), faults and trials
(`flows.steps.gate_scoring`).
"""

from __future__ import annotations

from datetime import timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from aicycle.cli.answers import view_or_refuse
from aicycle.cli.gate_state import gate_json, print_gate
from aicycle.cli.options import AsJson, AsOf, Home
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.session import open_session
from aicycle.errors import SourceError, UsageError
from aicycle.settings.configuration import load_configuration
from aicycle.settings.environment import load_settings
from aicycle.settings.faults import load_faults, load_judged_alarms, load_redundant_checks, load_scoring_rules
from aicycle.settings.resources import config_folder, sample_folder

Content = dict[str, Any]
NEXT_COMMAND = "aicycle gate scorecard --recording DIR, with a folder as docs/recording_format.md describes"

gating = typer.Typer(
    help="What may be believed, what is held and why; scorecard: what the gate is worth.",
    epilog="Examples:  aicycle gate --as-of 2025-09-28 --json  |  aicycle gate scorecard --recording DIR",
)


@gating.callback(invoke_without_command=True)
def state(context: typer.Context, *, as_of: AsOf = None, home: Home = None, as_json: AsJson = False) -> None:
    """What may be believed, what is held and why; scorecard: what the gate is worth."""
    if context.invoked_subcommand is not None:
        return
    session = open_session(home or context.obj)
    with session.reader() as reader:
        content = gate_json(reader, view_or_refuse(reader, session.configuration, as_of))
    if as_json:
        print_json(content | {"as_of": content["as_of"] if as_of is None else as_of})
    else:
        print_gate(content)


@gating.command(epilog="Example:  aicycle gate scorecard --catalogue my-faults.toml --json")
def scorecard(
    *,
    recording: Annotated[
        Path | None, typer.Option(help="Clean data, in the recording format. Without: the bundled sample.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is left to chance.")] = 0,
    catalogue: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Further kinds of faults (docs/gate_faults.md).")
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Faults per kind, size and class; else config/gate/scorecard.toml.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put faults into clean data and say how many are caught, by kind and size, and how many alarms are false."""
    content = scored_recording(recording, seed=seed, catalogue=catalogue, trials=trials)
    if as_json:
        print_json(content)
    else:
        _print(content)


def scored_recording(
    recording: Path | None, *, seed: int, catalogue: Path | None = None, trials: int | None = None
) -> Content:
    """Return the scorecard of the gate on a recording.

    Raises:
        UsageError: the seed is negative.
        SourceError: there is no such recording, or it is too short.
        ConfigError: a catalogue can't be believed.
    """
    from flows.steps.gate_scoring import scorecard as score  # noqa: PLC0415 - judging loads Great Expectations
    from flows.steps.gate_world import world_of  # noqa: PLC0415 - likewise

    if seed < 0:
        raise UsageError("a seed is not negative", where=f"--seed {seed}", expected="0 or more")
    folder: Traversable | Path = load_settings().config or config_folder()
    rules = load_scoring_rules(folder)
    kinds = load_faults(folder, catalogue)
    chosen = recording or Path(str(sample_folder()))
    if not chosen.is_dir():
        raise SourceError(
            "there is no such recording",
            where=str(chosen),
            expected="a folder in the recording format",
            next_command=NEXT_COMMAND,
        )
    world = world_of(chosen, load_configuration(folder), timedelta(hours=rules.fetch_delay_hours.value))
    content = score(
        world,
        kinds,
        rules,
        seed=seed,
        trials=trials,
        judged=load_judged_alarms(folder),
        redundant=load_redundant_checks(folder),
    )
    return {"seed": content.pop("seed"), "recording": str(recording) if recording else "sample", **content}


def _print(content: Content) -> None:
    out = console()
    print_table(pl.DataFrame([_line(kind) for kind in content["kinds"]]), title="Faults by kind")
    out.print(
        plain(
            f"Mean detection {_percent(content['mean_detection'])} over the detectable cells of {content['trials']} "
            f"faults (seed {content['seed']}, {content['recording']})."
        )
    )
    out.print()
    cells = [
        {"kind": kind["kind"], "size": _size(cell["size"]), "class": cell["class"], "trials": cell["trials"]}
        | {"as expected": _percent(cell["detection"]), "exact": cell["exact"]}
        | {"moves as far by itself": _percent(cell["p_natural"]), "most often by": next(iter(cell["checks"]), "-")}
        for kind in content["kinds"]
        for cell in kind["cells"]
        if cell["detectable"]
    ]
    print_table(pl.DataFrame(cells, infer_schema_length=None), title="Detectable: each counts the same")
    out.print()
    hopeless = [
        {"kind": cell["kind"], "size": _size(cell["size"]), "class": cell["class"]}
        | {
            "clean days that move as far": _percent(cell["p_natural"]),
            "caught all the same": _percent(cell["detection"]),
        }
        for cell in content["undetectable"]
    ]
    print_table(pl.DataFrame(hopeless), title="Not detectable: clean data do that by themselves; not counted")
    _print_alarms(content["false_alarms"])
    _print_checks(content)


def _line(kind: Content) -> Content:
    undetectable = sum(not cell["detectable"] for cell in kind["cells"])
    return {
        "kind": kind["kind"],
        "what happens": kind["says"],
        "expected": kind["expected"],
        "detection": _percent(kind["detection"]),
        "cells": len(kind["cells"]),
        "not detectable": undetectable,
        "note": kind.get("note", ""),
    }


def _print_alarms(alarms: Content) -> None:
    out = console()
    out.print()
    out.print(
        plain(
            f"False alarms: {alarms['alarms']} of {alarms['batches']} real daily batches, {_percent(alarms['share'])}."
        )
    )
    if alarms["listed"]:
        print_table(pl.DataFrame(alarms["listed"], infer_schema_length=None))


def _print_checks(content: Content) -> None:
    out = console()
    out.print()
    alone = [{"check": check, "alone caught": ", ".join(names)} for check, names in content["sole_catchers"].items()]
    print_table(pl.DataFrame(alone, schema={"check": pl.String, "alone caught": pl.String}), title="Sole catchers")
    unstated = [entry["check"] for entry in content["redundant"] if entry["why"] is None]
    stated = len(content["redundant"]) - len(unstated)
    out.print(plain(f"{stated} checks caught nothing alone and say why (config/gate/redundant_checks.toml)."))
    if unstated:
        out.print(plain(f"Caught nothing alone, without a stated reason: {', '.join(unstated)}."))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _size(size: object) -> str:
    return "-" if size is None else str(size)
