"""The scorecard: what trials add up to, per kind and size.

Here: cells, kinds, sole catchers, the content that is printed. Not here: the trials (`flows.steps.gate_scoring`).

Every detectable cell weighs the same. Cells that can't be told from what clean data do by themselves are listed with
how often that happens, and do not count; so are those that the catalogue declares undetectable, with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import mean, median
from typing import Any

from aicycle.model.faults import FaultKind, RedundantCheck, Size
from transforms.gate.faults.outcome import Outcome, sole_catcher

Content = dict[str, Any]
NO_ROW = "no row to hit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One fault that was put in."""

    kind: str
    size: Size | None
    class_: str
    outcome: Outcome
    p_natural: float | None


def scored(kinds: Sequence[FaultKind], trials: Sequence[Trial], budget: float) -> Content:
    """Return what trials say about each kind.

    Args:
        kinds: of the catalogue, in its order.
        trials: of all kinds.
        budget: what happens by itself on a greater share of clean days is not detectable.

    Returns:
        `mean_detection`, `kinds`, `undetectable` as `aicycle gate scorecard --json` prints them.
    """
    by_cell: dict[tuple[str, Size | None, str], list[Trial]] = {}
    for trial in trials:
        by_cell.setdefault((trial.kind, trial.size, trial.class_), []).append(trial)
    entries = []
    for kind in kinds:
        mine = [(size, class_, found) for (name, size, class_), found in by_cell.items() if name == kind.name]
        cells = [_cell(kind, size, class_, found, budget) for size, class_, found in mine]
        counted = [cell["detection"] for cell in cells if cell["detectable"]]
        entry: Content = {
            "kind": kind.name,
            "says": kind.says,
            "detection": mean(counted) if counted else None,
            "expected": kind.expected,
            "cells": cells,
        }
        reached = {cell["size"] for cell in cells}
        missing = [size for size in kind.sizes or (None,) if size not in reached]
        if missing:
            sizes = ", ".join(str(size) for size in missing if size is not None)
            entry["note"] = f"{NO_ROW}{f' for size {sizes}' if cells else ''}"
        entries.append(entry)
    every = [cell["detection"] for entry in entries for cell in entry["cells"] if cell["detectable"]]
    return {
        "mean_detection": mean(every) if every else None,
        "kinds": entries,
        "undetectable": [
            {"kind": entry["kind"]}
            | {key: cell[key] for key in ("size", "class", "p_natural", "detection", "declared") if key in cell}
            for entry in entries
            for cell in entry["cells"]
            if not cell["detectable"]
        ],
    }


def catchers(
    trials: Iterable[Trial], blocking: Iterable[str], stated: Sequence[RedundantCheck]
) -> tuple[dict[str, list[str]], list[dict[str, str | None]]]:
    """Return what only one check caught, and the checks that caught nothing alone.

    Args:
        trials: of all kinds.
        blocking: every check that can stop something, as `table/check`.
        stated: why some stay nevertheless.

    Returns:
        Check -> `kind/size` of the faults that it alone caught; and the others with their stated reason or None.
    """
    alone: dict[str, set[str]] = {}
    for trial in trials:
        if only := sole_catcher(trial.outcome.checks):
            name = trial.kind if trial.size is None else f"{trial.kind}/{trial.size}"
            alone.setdefault(only, set()).add(name)
    others = sorted(set(blocking) - set(alone))
    reasons = [(check, next((r.why for r in stated if fnmatchcase(check, r.check)), None)) for check in others]
    return (
        {check: sorted(names) for check, names in sorted(alone.items())},
        [{"check": check, "why": why} for check, why in reasons],
    )


def worse_than(baseline: Mapping[str, float | None], content: Content) -> list[str]:
    """Return the kinds whose detection fell below a baseline: kind -> detection, in words.

    A kind that is not in the baseline is new and not held against it; one that is gone from the scorecard is worse.
    """
    now = {entry["kind"]: entry["detection"] for entry in content["kinds"]}
    found = []
    for kind, before in baseline.items():
        after = now.get(kind)
        if before is not None and (after is None or after < before):
            found.append(f"{kind}: {'not measured' if after is None else f'{after:.0%}'}, was {before:.0%}")
    return found


def _cell(kind: FaultKind, size: Size | None, class_: str, trials: Sequence[Trial], budget: float) -> Content:
    results = Counter(trial.outcome.result for trial in trials)
    shares = [trial.p_natural for trial in trials if trial.p_natural is not None]
    p_natural = median(shares) if shares else None
    checks = Counter(check for trial in trials for check in trial.outcome.checks)
    declared = next((one.why for one in kind.undetectable if one.size == size), None)
    return ({} if declared is None else {"declared": declared}) | {
        "size": size,
        "class": class_,
        "trials": len(trials),
        "caught": results["caught"],
        "absorbed": results["absorbed"],
        "missed": results["missed"],
        "exact": sum(trial.outcome.is_exact for trial in trials),
        "detection": results[kind.expected] / len(trials),
        "detectable": declared is None and (p_natural is None or p_natural < budget),
        "p_natural": p_natural,
        "checks": dict(sorted(checks.items(), key=lambda item: (-item[1], item[0]))),
    }
