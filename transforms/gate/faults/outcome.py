"""What the gate made of a fault: caught, absorbed or missed, by what it said of the clean batch and of the other.

Here: verdicts as sets of stops, and the comparison of two. Not here: judging (`flows.steps.gate_scoring`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from aicycle.model.faults import FaultKind
from transforms.gate.budget import WITHIN_BUDGET
from transforms.gate.faults.batch import BatchFile, BatchRow, Written
from transforms.staging.tables import TABLE_FORMATS

Result = Literal["caught", "absorbed", "missed"]
READABLE = "row.readable"
GIVEN = ".given"
CLOCKS_GIVEN = ("/source_known_at.given", "/known_at.given")
REFUSED = "file.refused"
"""Stands for a check where a file can't be taken as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One thing that a blocking verdict stops, and one check that says so."""

    check: str
    """`table/check`."""
    key: str
    """What is stopped: the row's business key, else its content; the subject; the file."""
    missing: str = ""
    """Of a finding: the business key of the row that is not there."""
    file: str = ""
    line: int = 0
    """Of the row in its file; 0 where no row is to blame."""
    subject: str = ""
    reason: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two stops the same."""
        return self.check, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the gate said about all that came on one day."""

    stops: tuple[Stop, ...]
    passing: Mapping[str, frozenset[tuple[object, ...]]]
    """Table -> what of its content came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one fault."""

    result: Result
    is_exact: bool
    """Everything that is poisoned was stopped, and nothing else."""
    checks: frozenset[str]
    """Which of them stopped something that the clean batch does not have stopped."""


def outcome(kind: FaultKind, file: BatchFile, sent: Written, clean: Judgement, faulty: Judgement) -> Outcome:
    """Compare what the gate said about a clean batch and about the same one with a fault in it."""
    known = {stop.identity for stop in clean.stops}
    new = [stop for stop in faulty.stops if stop.identity not in known]
    if new:
        checks = frozenset(stop.check for stop in _without_echoes(new))
        return Outcome(result="caught", is_exact=_is_exact(file, sent, new), checks=checks)
    tables = clean.passing.keys() | faulty.passing.keys()
    nothing: frozenset[tuple[object, ...]] = frozenset()
    pairs = [(clean.passing.get(t, nothing), faulty.passing.get(t, nothing)) for t in tables]
    is_same = all(before <= after if kind.adds else before == after for before, after in pairs)
    return Outcome(result="absorbed" if is_same else "missed", is_exact=False, checks=frozenset())


def sole_catcher(checks: Iterable[str]) -> str:
    """Return the one check without which a fault would have come in; empty where there are several.

    The budget only lets the rest of a batch wait for what others found.
    """
    found = {check for check in checks if not check.endswith(f"/{WITHIN_BUDGET}")}
    return next(iter(found)) if len(found) == 1 else ""


def _without_echoes(stops: list[Stop]) -> list[Stop]:
    """Leave out what only repeats another stop: a cell that can't be read, a row that was stopped, are missing too.

    The clocks are told by a row's other cells: where one of these is stopped, that they are missing says nothing more.
    """
    stopped = {stop.key for stop in stops if stop.line}
    stops = [stop for stop in stops if stop.missing not in stopped]
    unreadable = {(stop.file, stop.line) for stop in stops if stop.check.endswith(f"/{READABLE}") and stop.line}
    stops = [s for s in stops if not (s.check.endswith(GIVEN) and (s.file, s.line) in unreadable)]
    for clock in CLOCKS_GIVEN:
        others = {(s.file, s.line) for s in stops if s.line and not s.check.endswith(clock)}
        stops = [s for s in stops if not (s.check.endswith(clock) and (s.file, s.line) in others)]
    return stops


def _is_exact(file: BatchFile, sent: Written, new: list[Stop]) -> bool:
    name = file.recorded.name
    if file.is_hit_as_a_whole or any(stop.check.endswith(f"/{REFUSED}") for stop in new):
        return all(stop.file == name for stop in new)
    poisoned = {line: row for line, row in sent.lines.items() if row.changed or row.is_added or row.edits}
    subjects = {subject for row in (*poisoned.values(), *file.dropped) for subject in _subjects(file, row)}
    # Two rows that contradict each other are both in doubt: nobody can tell which of them is the fault.
    told = {row.origin for row in poisoned.values()}
    in_doubt = {line for line, row in sent.lines.items() if row.origin in told}
    by_row = [stop for stop in new if stop.line]
    by_subject = [stop for stop in new if not stop.line]
    is_only_it = all(s.file == name and s.line in in_doubt for s in by_row) and all(
        s.subject in subjects for s in by_subject
    )
    stopped = {stop.line for stop in by_row}
    found = {stop.subject for stop in by_subject}
    is_all = all(line in stopped or _subjects(file, row) & found for line, row in poisoned.items()) and all(
        _subjects(file, row) & found for row in file.dropped
    )
    return is_only_it and is_all


def _subjects(file: BatchFile, row: BatchRow) -> set[str]:
    """Return whom a row speaks about, and whom it spoke about."""
    table = TABLE_FORMATS.get(file.recorded.name)
    if table is None or table.contract.subject is None:
        return set()
    columns = [table.called.get(name, name) for name in table.contract.subject.columns]
    return {"/".join(cells.get(name, "") for name in columns) for cells in (row.cells, row.origin.cells)}
