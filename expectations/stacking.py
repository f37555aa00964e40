"""Checks that ask the same of different columns, put to the library as one question: the columns one below another.

Here: which checks can share a question, the stacked frame, and the answer dealt out again. The library's cost is per
expectation: a suite of forty asks a dozen questions, and each row and check is still judged by it. Not here: the
library (`expectations.engine`), which batch goes this way (`expectations.evaluation`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from expectations.bridge import as_pandas, views_for
from expectations.checks import FINITE_WORD, Check, CheckKind
from expectations.engine import Outcome, evaluate

GIVEN_WORD = "given"
CELL, LOW, HIGH = "cell", "low", "high"

NOT_NULL = Check(
    name="stack.given",
    kind=CheckKind.GIVEN,
    expectation="expect_column_values_to_not_be_null",
    columns=(CELL,),
    arguments={"column": CELL},
    reason="{cell} is missing",
)
IS_FINITE = Check(
    name="stack.finite",
    kind=CheckKind.FINITE,
    expectation="expect_column_values_to_be_in_set",
    columns=(CELL,),
    arguments={"column": CELL, "value_set": [FINITE_WORD]},
    reason="{cell} is not a finite number",
)
IS_ORDERED = Check(
    name="stack.ordered",
    kind=CheckKind.AT_LEAST,
    expectation="expect_column_pair_values_a_to_be_greater_than_b",
    columns=(HIGH, LOW),
    arguments={"column_A": HIGH, "column_B": LOW, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    reason="{high} is below {low}",
)
QUESTIONS = (NOT_NULL, IS_FINITE, IS_ORDERED)


@dataclass(frozen=True, slots=True)
class Stack:
    """Checks that share a question."""

    question: Check
    checks: tuple[Check, ...]


def stacks_of(checks: Sequence[Check], schema: pl.Schema) -> list[Stack]:
    """Return the checks that can share a question, by question; two at least.

    A check goes in only if it is exactly that question about its own columns: same expectation, same arguments, no
    condition. Pairs must be numbers, which can stand in one column.
    """
    stacks = []
    for question in QUESTIONS:
        mine = tuple(check for check in checks if _is(check, question) and _fits(check, question, schema))
        if len(mine) > 1:
            stacks.append(Stack(question, mine))
    return stacks


def evaluate_stack(frame: pl.DataFrame, stack: Stack) -> dict[str, Outcome]:
    """Return what each check of a stack says about a batch.

    Args:
        frame: staged rows, `row_id` unique, at least one.
        stack: of `stacks_of` for the frame's schema.
    """
    names = list(stack.question.arguments)
    asked = [name for name in names if name.startswith("column")]
    wanted = {str(check.arguments[name]) for check in stack.checks for name in asked}
    beside = frame.with_columns(expression.alias(name) for name, expression in views_for(wanted, frame.schema).items())
    parts = [
        beside.select(
            _asked(str(check.arguments[name]), stack.question, beside.schema).alias(str(stack.question.arguments[name]))
            for name in asked
        )
        for check in stack.checks
    ]
    stacked = pl.concat(parts).with_row_index("row_id").cast({"row_id": pl.Int64()})
    columns = tuple(str(stack.question.arguments[name]) for name in asked)
    (outcome,) = evaluate(as_pandas(stacked, columns), [stack.question]).values()
    if outcome.broken:
        return {check.name: replace(outcome) for check in stack.checks}
    failing: dict[int, list[int]] = {}
    for place in outcome.row_ids:
        failing.setdefault(place // frame.height, []).append(place % frame.height)
    row_ids = frame["row_id"]
    return {
        check.name: Outcome(
            is_passed=at not in failing,
            row_ids=tuple(sorted(row_ids.gather(failing.get(at, [])).to_list())),
            rows_evaluated=frame.height,
        )
        for at, check in enumerate(stack.checks)
    }


def _asked(column: str, question: Check, schema: pl.Schema) -> pl.Expr:
    """Return a check's column as it stands in the stack: whether it is given needs no value, and values have types."""
    if question is NOT_NULL:
        return pl.when(pl.col(column).is_not_null()).then(pl.lit(GIVEN_WORD))
    return pl.col(column).cast(pl.Float64) if schema[column].is_numeric() else pl.col(column)


def _is(check: Check, question: Check) -> bool:
    ours, theirs = dict(check.arguments), dict(question.arguments)
    fixed = [name for name in theirs if not name.startswith("column")]
    return (
        check.expectation == question.expectation
        and check.condition is None
        and ours.keys() == theirs.keys()
        and all(ours[name] == theirs[name] for name in fixed)
    )


def _fits(check: Check, question: Check, schema: pl.Schema) -> bool:
    columns = [str(value) for name, value in check.arguments.items() if name.startswith("column")]
    if question is IS_ORDERED:
        return all(column in schema and schema[column].is_float() for column in columns)
    views = views_for(columns, schema)
    return all(column in schema or column in views for column in columns)
