"""Many rows at once: all checks of a batch counted in one Polars pass, without a conversion to pandas.

Here: counts per check (the metrics frame's content), the ids of failing rows, and outcomes from both. Not here: what a
row fails (`expectations.expressions`), who judges the counts (`expectations.evaluation`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from expectations.bridge import columns_of, views_for
from expectations.checks import Check, CheckKind
from expectations.engine import Outcome, first_line
from expectations.expressions import Compiled, compile_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One check over all rows."""

    rows_failed: int
    rows_evaluated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All checks over all rows."""

    counts: dict[str, Count]
    """Of the checks that ran. `ROWS_PRESENT` fails one row where there is none."""
    broken: dict[str, str]
    """Check -> why it could not run."""


def evaluate_compiled(frame: pl.DataFrame, checks: Sequence[Check]) -> dict[str, Outcome]:
    """Return what each check says about a batch, without Great Expectations.

    For callers that judge thousands of small batches, and for tests: the outcomes equal those of
    `expectations.engine.evaluate` check by check (passed, failing row ids, rows evaluated), which a property test
    proves for every suite. What is let into core is judged by the library: `expectations.evaluation.evaluate_batch`.

    Args:
        frame: staged rows, `row_id` unique, in any order.
        checks: with unique names.

    Returns:
        One outcome per check. One that can't be compiled or raises is broken.
    """
    counted = count_failures(frame, checks)
    failing = [name for name, count in counted.counts.items() if count.rows_failed]
    return outcomes_of(frame, checks, counted, failing)


def count_failures(frame: pl.DataFrame, checks: Sequence[Check]) -> Counted:
    """Count in one pass, for each check, the rows that fail it and the rows it is about.

    Args:
        frame: rows of a table, with `row_id` where row ids will be asked for.
        checks: with unique names.
    """
    compiled, broken = _compiled(frame, checks)
    counts = {
        check.name: Count(rows_failed=int(frame.is_empty()), rows_evaluated=frame.height)
        for check in checks
        if check.kind is CheckKind.ROWS_PRESENT
    }
    try:
        counts |= _counts(_with_views(frame, checks), compiled)
    except Exception:  # noqa: BLE001 - one of them raised; asked one by one, only that one is broken
        for name, one in compiled.items():
            try:
                counts |= _counts(_with_views(frame, checks), {name: one})
            except Exception as error:  # noqa: BLE001 - whatever it is, it stops rows and not the run
                broken[name] = first_line(error)
    return Counted(counts=counts, broken=broken)


def outcomes_of(
    frame: pl.DataFrame, checks: Sequence[Check], counted: Counted, failing: Sequence[str]
) -> dict[str, Outcome]:
    """Return the outcomes that follow from counts, with the ids of failing rows.

    Args:
        frame: what was counted.
        checks: by which.
        counted: the counts.
        failing: names of the checks that were judged to have failed.
    """
    compiled, _ = _compiled(frame, [check for check in checks if check.name in failing])
    outcomes = {name: Outcome(broken=why) for name, why in counted.broken.items()}
    try:
        row_ids = _row_ids(_with_views(frame, checks), compiled)
    except Exception as error:  # noqa: BLE001 - whatever it is, it stops rows and not the run
        outcomes |= {name: Outcome(broken=first_line(error)) for name in compiled}
        row_ids = {}
    for check in checks:
        count = counted.counts.get(check.name)
        if count is not None and check.name not in outcomes:
            outcomes[check.name] = _outcome(check, count, row_ids.get(check.name, ()), check.name in failing)
    return {check.name: outcomes.get(check.name, Outcome(broken="gave no counts")) for check in checks}


def _outcome(check: Check, count: Count, row_ids: tuple[int, ...], is_failing: bool) -> Outcome:  # noqa: FBT001 - one of two states
    if not is_failing:
        return Outcome(is_passed=True, rows_evaluated=count.rows_evaluated)
    if check.kind is not CheckKind.ROWS_PRESENT and len(set(row_ids)) != count.rows_failed:
        return Outcome(broken=f"names {len(set(row_ids))} rows where {count.rows_failed} failed")
    return Outcome(row_ids=row_ids, rows_evaluated=count.rows_evaluated)


def _compiled(frame: pl.DataFrame, checks: Sequence[Check]) -> tuple[dict[str, Compiled], dict[str, str]]:
    compiled: dict[str, Compiled] = {}
    broken: dict[str, str] = {}
    schema = _with_views(frame, checks).collect_schema()
    for check in checks:
        if check.kind is not CheckKind.ROWS_PRESENT:
            try:
                compiled[check.name] = compile_check(check, schema)
            except KeyError as error:
                broken[check.name] = f"there is no column {error}"
            except (ValueError, TypeError) as error:
                broken[check.name] = first_line(error)
    return compiled, broken


def _with_views(frame: pl.DataFrame, checks: Sequence[Check]) -> pl.LazyFrame:
    return frame.lazy().with_columns(**views_for(columns_of(checks), frame.schema))


def _counts(rows: pl.LazyFrame, compiled: Mapping[str, Compiled]) -> dict[str, Count]:
    """Return the counts of each check. An answer that is neither true nor false is an error, never a pass."""
    if not compiled:
        return {}
    asked = [
        expression
        for name, one in compiled.items()
        for expression in (
            one.fails.sum().alias(f"{name} failed"),
            (pl.len() if one.is_asked is None else one.is_asked.sum()).alias(f"{name} evaluated"),
            one.fails.null_count().alias(f"{name} vague"),
        )
    ]
    found = rows.select(asked).collect().row(0, named=True)
    vague = [name for name in compiled if found[f"{name} vague"]]
    if vague:
        raise ValueError(f"{vague[0]} says neither yes nor no of {found[f'{vague[0]} vague']} rows")
    return {
        name: Count(rows_failed=found[f"{name} failed"], rows_evaluated=found[f"{name} evaluated"]) for name in compiled
    }


def _row_ids(rows: pl.LazyFrame, compiled: Mapping[str, Compiled]) -> dict[str, tuple[int, ...]]:
    if not compiled:
        return {}
    asked = [pl.col("row_id").filter(one.fails).sort().implode().alias(name) for name, one in compiled.items()]
    found = rows.select(asked).collect().row(0, named=True)
    return {name: tuple(found[name]) for name in compiled}
