"""Which stored run is meant: by its id or the beginning of it, or the newest of a company.

Here: looking up, and refusing with candidates what is unknown or ambiguous. Not here: what is done with a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from aicycle.errors import UsageError
from warehouse import Reader

SHORTEST_PREFIX = 6
SHOWN_CANDIDATES = 5
HEXADECIMAL = re.compile(r"[0-9a-f]+")


class RunKind(StrEnum):
    """What a run answered."""

    SCENARIO = "scenario"
    PHASES = "phases"


TABLES = {RunKind.SCENARIO: "marts.scenario_runs", RunKind.PHASES: "marts.phase_assessments"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredRun:
    """A run as it is stored: its rows of the table that answers."""

    kind: RunKind
    run_id: str
    rows: pl.DataFrame
    """One row of `marts.scenario_runs`, or the run's rows of `marts.phase_assessments`."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Its first row: all rows of a run share what it was made with."""
        return self.rows.row(0, named=True)


def stored_runs(reader: Reader) -> list[StoredRun]:
    """Return all stored runs, in the order they were made; scenarios before phases."""
    found = []
    for kind, table in TABLES.items():
        rows = reader.frame(table)
        order = rows.sort("load_seq", "as_of", "created_at", "run_id")["run_id"].unique(maintain_order=True)
        parts = rows.partition_by("run_id", as_dict=True)
        found += [StoredRun(kind=kind, run_id=run_id, rows=parts[run_id,]) for run_id in order]
    return found


def newest_runs(runs: Iterable[StoredRun]) -> list[StoredRun]:
    """Return, of runs in the order they were made, each company's newest scenario run and the newest phase run."""
    newest: dict[object, StoredRun] = {}
    for run in runs:
        newest[run.kind, run.manifest["company"] if run.kind is RunKind.SCENARIO else None] = run
    return list(newest.values())


def is_run_id(text: str) -> bool:
    """Return whether a text can be a run's id, or the beginning of one that is long enough."""
    text = text.strip().lower()
    return len(text) >= SHORTEST_PREFIX and HEXADECIMAL.fullmatch(text) is not None


def find_run(runs: list[StoredRun], text: str, *, kind: RunKind | None = None) -> StoredRun:
    """Return the one run whose id begins with `text`.

    Args:
        runs: in the order they were made.
        text: at least six hexadecimal digits.
        kind: only runs of this kind.

    Raises:
        UsageError: too short, unknown, or the beginning of several.
    """
    wanted = [run for run in runs if kind in (None, run.kind)]
    ids = {run.run_id for run in wanted}
    if not is_run_id(text):
        raise UsageError(
            f"{text!r} is no run",
            expected=f"a run's id, or at least {SHORTEST_PREFIX} hexadecimal digits it begins with; "
            + newest_named(wanted),
            next_command='aicycle sql "SELECT run_id, company, as_of FROM marts.scenario_runs ORDER BY created_at"',
        )
    found = [run for run in wanted if run.run_id.startswith(text.strip().lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"no stored {f'{kind} ' if kind else ''}run begins with {text}",
            expected=newest_named(wanted) if ids else "a home in which a run has stored an answer",
            next_command='aicycle sql "SELECT run_id, company, as_of FROM marts.scenario_runs ORDER BY created_at"',
        )
    raise UsageError(
        f"{len(found)} runs begin with {text}",
        expected="more digits of one of " + ", ".join(_named(run) for run in found[-SHOWN_CANDIDATES:]),
        next_command="give more digits",
    )


def newest_named(runs: list[StoredRun]) -> str:
    """Return a clause that names the newest of runs in the order they were made."""
    shown = runs[::-1][:SHOWN_CANDIDATES]
    return "the newest are " + ", ".join(_named(run) for run in shown) if shown else "none is stored"


def _named(run: StoredRun) -> str:
    whom = run.manifest["company"] if run.kind is RunKind.SCENARIO else "phases"
    return f"{run.run_id[:12]} ({whom}, {run.manifest['as_of']:%Y-%m-%d})"
