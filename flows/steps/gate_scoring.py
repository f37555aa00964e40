"""The gate knows itself: faults are put into a recording's days, and what the gate makes of them is counted.

Here: which day gets which fault, the two judgements that are compared, the search for false alarms. Not here: the
faults and the score (`transforms.gate.faults`), what was believed on a day (`flows.steps.gate_world`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import numpy as np

from aicycle.errors import SourceError
from aicycle.model.faults import FaultKind, JudgedAlarm, RedundantCheck, ScoringRules, Size
from aicycle.model.faults import operations as do
from aicycle.model.kinds import Severity
from expectations.compiled import evaluate_compiled
from expectations.gate import audit_table
from expectations.suite import SUITES
from flows.steps.gate_world import World, place_of, reaches_findings, table_of
from flows.steps.judging import TableGate
from transforms.gate.budget import WITHIN_BUDGET
from transforms.gate.context import GateContext
from transforms.gate.faults.batch import BatchFile, NothingToHitError, Written, batch_file, written
from transforms.gate.faults.choosing import may_hit
from transforms.gate.faults.injecting import inject
from transforms.gate.faults.natural import NaturalMoves, natural_moves, natural_share
from transforms.gate.faults.outcome import Stop, outcome
from transforms.gate.faults.recorded import RecordedFile, RecordedRow
from transforms.gate.faults.score import Content, Trial, catchers, scored
from transforms.gate.invariants import INVARIANTS

SCORING_GATE: TableGate = partial(audit_table, evaluator=evaluate_compiled)
"""The gate that is scored: every check as in a run, evaluated without the library, which gives the same verdicts."""

DAYS_SHARED = 40
"""Kinds that could hit a file on many days share these, by lot: a day's clean judgement then serves many faults."""
ATTEMPTS = 12
"""Rows that are tried per trial: some kinds need a neighbour or an earlier row that is not there."""
MOVES = (
    do.Multiply, do.Add, do.Noise, do.Negate, do.Invert, do.SwapColumns, do.SwapRows, do.CopyFrom, do.CopyBack,
    do.SumBack, do.Remainder, do.ShuffleColumn,
)  # fmt: skip
"""Operations after which the class of a row can matter: they move numbers."""

Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A fault, made but not judged."""

    kind: FaultKind
    size: Size | None
    class_: str
    file: BatchFile
    sent: Written
    p_natural: float | None


def scorecard(
    world: World,
    kinds: Sequence[FaultKind],
    rules: ScoringRules,
    *,
    seed: int,
    gate: TableGate = SCORING_GATE,
    trials: int | None = None,
    judged: Sequence[JudgedAlarm] = (),
    redundant: Sequence[RedundantCheck] = (),
) -> Content:
    """Return the scorecard of a gate on a recording.

    Args:
        world: the recording.
        kinds: what is put in.
        rules: trials per cell, and what counts as detectable.
        seed: decides days, rows and everything else that is left to chance.
        gate: judges one table's batches.
        trials: per cell, where it is not what the rules say.
        judged: what people found behind alarms.
        redundant: why checks stay that catch nothing alone.

    Returns:
        The content of `aicycle gate scorecard --json`, without the recording's name.

    Raises:
        SourceError: the recording is too short for a trial.
    """
    made = run_trials(world, kinds, rules, seed=seed, gate=gate, trials=trials)
    alone, others = catchers(made, blocking_checks(world), redundant)
    return {
        "seed": seed,
        "trials": len(made),
        **scored(kinds, made, rules.false_alarm_budget_frac.value),
        "false_alarms": false_alarms(world, rules, gate=gate, judged=judged),
        "sole_catchers": alone,
        "redundant": others,
    }


def run_trials(
    world: World,
    kinds: Sequence[FaultKind],
    rules: ScoringRules,
    *,
    seed: int,
    gate: TableGate,
    trials: int | None = None,
) -> list[Trial]:
    """Put faults in and return what became of each, in the catalogue's order.

    Args:
        world: the recording.
        kinds: what is put in.
        rules: trials per cell.
        seed: decides days, rows and everything else that is left to chance.
        gate: judges one table's batches.
        trials: per cell, where it is not what the rules say.

    Raises:
        SourceError: the recording is too short for a trial.
    """
    first = _first_day(world, rules)
    moves = natural_moves(world.files, world.configuration.universe)
    wanted = int(rules.trials.value) if trials is None else trials
    planned: dict[Window, list[tuple[int, _Planned]]] = {}
    place = 0
    for kind in kinds:
        enough = wanted if kind.trials is None else min(wanted, kind.trials)
        for window, one in _plans(world, kind, moves, wanted=enough, seed=seed, first=first):
            planned.setdefault(window, []).append((place, one))
            place += 1
    judged: list[tuple[int, Trial]] = []
    for window in sorted(planned):
        judged += _judged(world, window, planned[window], gate)
    return [trial for _, trial in sorted(judged, key=lambda item: item[0])]


def false_alarms(
    world: World, rules: ScoringRules, *, gate: TableGate, judged: Sequence[JudgedAlarm] = ()
) -> dict[str, Any]:
    """Judge every real daily batch of the years in question, and list what is stopped.

    Everything is believed once its day is over, as if somebody had released it: an alarm does not cause the next one.
    What is found in whole tables counts on the first day on which it is found.
    """
    years = range(int(rules.alarms_from_year.value), int(rules.alarms_to_year.value) + 1)
    days = [day for day in world.days if day.year in years]
    listed: list[dict[str, Any]] = []
    alarmed: set[date] = set()
    standing: set[tuple[str, str]] | None = None
    for day in days:
        before = world.context(day)
        if standing is None:
            standing = {stop.identity for stop in world.judge({}, before, day, gate).stops}
        answer = world.judge(_clean(world, (day, day)), before, day, gate)
        fresh = [stop for stop in answer.stops if stop.line or stop.file or stop.identity not in standing]
        standing = {stop.identity for stop in answer.stops if not stop.line and not stop.file}
        if fresh:
            alarmed.add(day)
            listed += _listed(day, fresh, judged)
    share = len(alarmed) / len(days) if days else None
    return {"batches": len(days), "alarms": len(alarmed), "share": share, "listed": listed}


def blocking_checks(world: World) -> list[str]:
    """Return every check that can stop something in what faults can hit, as `table/check`."""
    tables = sorted(world.believed)
    own = [f"{t}/{check.name}" for t in tables for check in SUITES[t].checks if check.severity is Severity.BLOCKING]
    whole = [f"{i.table}/{i.check_name}" for i in INVARIANTS if i.severity is Severity.BLOCKING]
    return [*own, *(f"{table}/{WITHIN_BUDGET}" for table in tables), *whole]


def _first_day(world: World, rules: ScoringRules) -> date:
    days = world.days
    first = days[0] + timedelta(days=int(rules.warm_up_days.value))
    # Announcements reach back much further than prices: what counts is where most of the files have begun.
    begun = sorted(min(file.by_day) for file in world.files.values() if file.by_day)
    first = max(first, begun[len(begun) // 2] + timedelta(days=int(rules.warm_up_days.value)))
    if first > days[-1]:
        raise SourceError(
            f"the recording is too short: {days[0]} to {days[-1]}",
            where="the days on which its rows became known",
            expected=f"more than {rules.warm_up_days.value:g} days, the history a fault is judged against",
            next_command="aicycle gate scorecard --recording DIR, with a longer recording",
        )
    return first


def _plans(
    world: World,
    kind: FaultKind,
    moves: NaturalMoves,
    *,
    wanted: int,
    seed: int,
    first: date,
) -> Iterator[tuple[Window, _Planned]]:
    recorded = world.files.get(kind.file)
    if recorded is None:
        return
    by_move = kind.rows.take in {"one", "group"} and all(isinstance(step, MOVES) for step in kind.do)
    days = _shared_days(recorded, first, seed)
    classes: dict[str, list[RecordedRow]] = {}
    for row in recorded.rows:
        if row.known_on is not None and row.known_on >= first and may_hit(row, kind):
            classes.setdefault(moves.class_of(recorded, row, by_move=by_move), []).append(row)
    for size in kind.sizes or (None,):
        for class_, rows in sorted(classes.items()):
            lot = _lot(seed, kind.name, size, class_)
            pool = _shared(rows, wanted, days)
            left = wanted
            for at in lot.permutation(len(pool))[: wanted * ATTEMPTS]:
                made = _made(recorded, kind, size, pool[int(at)], lot)
                if made is None:
                    continue
                window, file, sent = made
                yield window, _Planned(kind, size, class_, file, sent, natural_share(file, moves))
                left -= 1
                if not left:
                    break


def _made(
    recorded: RecordedFile, kind: FaultKind, size: Size | None, lead: RecordedRow, lot: np.random.Generator
) -> tuple[Window, BatchFile, Written] | None:
    if lead.known_on is None:
        return None
    window = (lead.known_on - timedelta(days=kind.days - 1), lead.known_on)
    file = batch_file(recorded, _rows(recorded, window))
    try:
        inject(file, kind, size, lead, lot)
    except NothingToHitError:
        return None
    return window, file, written(file)


def _shared(rows: list[RecordedRow], trials: int, days: frozenset[date]) -> list[RecordedRow]:
    """Return the rows of the days that kinds share, where these are enough."""
    shared = [row for row in rows if row.known_on in days]
    return shared if len(shared) >= 2 * trials else rows


def _shared_days(recorded: RecordedFile, first: date, seed: int) -> frozenset[date]:
    """Return days by lot; the lot falls on the day itself, so that files whose days differ share most of them."""
    days = [day for day in recorded.by_day if day >= first]
    return frozenset(sorted(days, key=lambda day: hashlib.sha256(f"{seed} {day}".encode()).digest())[:DAYS_SHARED])


def _judged(
    world: World, window: Window, plans: Sequence[tuple[int, _Planned]], gate: TableGate
) -> Iterator[tuple[int, Trial]]:
    """Judge all faults of one window: the clean files once, then each fault among them.

    What is judged before the file with the fault can't be touched by it and is not judged again.
    """
    before, files = world.context(window[0]), _clean(world, window)
    clean = world.judge(files, before, window[1], gate)
    contexts: dict[str, GateContext] = {}
    for place, one in plans:
        name, table = one.kind.file, table_of(one.kind.file)
        if name not in contexts:
            contexts[name] = clean.believed_before(table, before)
        rest = {n: content for n, content in files.items() if place_of(table_of(n)) >= place_of(table)}
        siblings = _with_edits(world.siblings, one.file.edited_texts)
        findings = None if reaches_findings(table) else clean.findings
        sent = rest | {name: one.sent.content}
        faulty = world.judge(sent, contexts[name], window[1], gate, siblings=siblings, findings=findings)
        again = {table_of(n) for n in rest}
        found = outcome(one.kind, one.file, one.sent, clean.judgement(again), faulty.judgement(again))
        trial = Trial(kind=one.kind.name, size=one.size, class_=one.class_, outcome=found, p_natural=one.p_natural)
        yield place, trial


def _clean(world: World, window: Window) -> dict[str, bytes]:
    rows = {name: _rows(file, window) for name, file in world.files.items()}
    return {name: written(batch_file(world.files[name], found)).content for name, found in rows.items() if found}


def _rows(recorded: RecordedFile, window: Window) -> list[RecordedRow]:
    first, last = window
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [row for day in days for row in recorded.by_day.get(day, ())]


def _with_edits(siblings: Mapping[str, str], edits: Mapping[str, str]) -> dict[str, str]:
    edited = {
        name: hashlib.sha256(f"{siblings[name]}{text}".encode()).hexdigest()
        for name, text in edits.items()
        if name in siblings
    }
    return {**siblings, **edited}


def _lot(seed: int, *about: object) -> np.random.Generator:
    """Return the chance of one cell: the same whatever else is in the catalogue."""
    text = "\n".join(map(str, about))
    return np.random.default_rng([seed, int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")])


def _listed(day: date, stops: Sequence[Stop], judged: Sequence[JudgedAlarm]) -> list[dict[str, Any]]:
    checks: dict[str, list[Stop]] = {}
    for stop in stops:
        checks.setdefault(stop.check, []).append(stop)
    entries = []
    for check, found in checks.items():
        said = next((j for j in judged if j.day == day and fnmatchcase(check, j.check)), None)
        entries.append(
            {
                "day": day.isoformat(),
                "check": check,
                "rows": len(found),
                "reason": found[0].reason,
                "verdict": said.verdict if said else None,
                "judged": said.why if said else None,
            }
        )
    return entries
