"""How a batch is evaluated: by Great Expectations row by row, or counted by us with the counts judged by it.

Here: both ways, and which batch goes which way. In both the verdict is the library's, and it is held against evidence.
Not here: the library (`expectations.engine`), the counting (`expectations.compiled`), what follows for a row
(`expectations.gate`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from expectations.bridge import as_pandas, columns_of
from expectations.checks import Check, CheckKind
from expectations.compiled import Counted, count_failures, outcomes_of
from expectations.engine import Outcome, evaluate
from expectations.stacking import evaluate_stack, stacks_of

Evaluator = Callable[[pl.DataFrame, Sequence[Check]], dict[str, Outcome]]
"""(staged rows with unique `row_id`, checks with unique names) -> one outcome per check."""

LARGEST_BY_ROW = 100_000
"""Rows of the largest batch that the library reads row by row: a few seconds, and the batch once more in pandas. Both
grow with the rows, while the counts that it judges instead are one small frame at any size."""

NONE_FAILED = Check(
    name="metrics.none_failed",
    kind=CheckKind.RANGE,
    expectation="expect_column_values_to_be_between",
    columns=("rows_failed",),
    arguments={"column": "rows_failed", "max_value": 0},
    reason="{rows_failed} rows failed",
)
"""What the library is asked about a metrics frame: one row per check, none with a failing row."""


def evaluate_batch(frame: pl.DataFrame, checks: Sequence[Check]) -> dict[str, Outcome]:
    """Return what each check says about a batch; none is left out and none passes by accident.

    Args:
        frame: staged rows, `row_id` unique.
        checks: with unique names.
    """
    if frame.height > LARGEST_BY_ROW:
        return evaluate_by_metrics(frame, checks)
    stacks = [] if frame.is_empty() else stacks_of(checks, frame.schema)
    stacked = {check.name for stack in stacks for check in stack.checks}
    alone = [check for check in checks if check.name not in stacked]
    outcomes = evaluate(as_pandas(frame, columns_of(alone)), alone)
    for stack in stacks:
        outcomes |= evaluate_stack(frame, stack)
    return {check.name: outcomes[check.name] for check in checks}


def evaluate_by_metrics(frame: pl.DataFrame, checks: Sequence[Check]) -> dict[str, Outcome]:
    """Return the same without a conversion of the rows: counted in one pass, and the counts judged by the library."""
    counted = count_failures(frame, checks)
    verdict = judge_counts({name: count.rows_failed for name, count in counted.counts.items()})
    if isinstance(verdict, str):
        counted = Counted(counts={}, broken=counted.broken | dict.fromkeys(counted.counts, verdict))
        verdict = ()
    return outcomes_of(frame, checks, counted, verdict)


def judge_counts(rows_failed: Mapping[str, int]) -> tuple[str, ...] | str:
    """Let the library judge a metrics frame.

    Args:
        rows_failed: check -> how many rows failed it.

    Returns:
        The names of the checks that failed; a sentence instead when the answer can't be believed.
    """
    if not rows_failed:
        return ()
    metrics = pl.DataFrame(
        {"row_id": range(len(rows_failed)), "rows_failed": list(rows_failed.values())},
        schema={"row_id": pl.Int64(), "rows_failed": pl.Int64()},
    )
    (outcome,) = evaluate(as_pandas(metrics, ("rows_failed",)), [NONE_FAILED]).values()
    if outcome.broken:
        return f"its count could not be judged: {outcome.broken}"
    names = list(rows_failed)
    failing = tuple(names[row_id] for row_id in outcome.row_ids)
    if set(failing) != {name for name, count in rows_failed.items() if count != 0}:
        return f"its count was judged otherwise than it is: {len(failing)} checks are said to fail"
    return failing
