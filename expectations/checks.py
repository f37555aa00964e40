"""What a check is: which rows it asks about, what happens when they fail, what a person is told.

Here: checks as data, and the few kinds there are; each says which expectation evaluates it and with what arguments. Not
here: which checks a table has (`expectations.suite`), their evaluation (`expectations.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from aicycle.model.kinds import Severity

LONGEST_QUOTE = 60
"""Characters of a text value that are repeated in a reason."""


class CheckKind(StrEnum):
    """The kinds of checks."""

    ROWS_PRESENT = "rows_present"
    READABLE = "readable"
    GIVEN = "given"
    FINITE = "finite"
    DOMAIN = "domain"
    PATTERN = "pattern"
    RANGE = "range"
    AT_LEAST = "at_least"
    NOT_AHEAD = "not_ahead"
    UNIQUE = "unique"
    WITHIN = "within"
    """A measure is at most its limit: the one kind that needs more than the row itself."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows a check is about: those where `column` equals `value`, or is given at all when there is no value."""

    column: str
    value: str | None = None

    def row_condition(self) -> dict[str, object]:
        """Return it in Great Expectations' stored form."""
        if self.value is None:
            return {"type": "nullity", "column": {"name": self.column}, "is_null": False}
        return {"type": "comparison", "column": {"name": self.column}, "operator": "==", "parameter": self.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check on a staged batch."""

    name: str
    """Stable: it stands in `ops.audits` and `ops.quarantine`."""
    kind: CheckKind
    expectation: str
    """Type of the Great Expectations expectation that evaluates it."""
    columns: tuple[str, ...] = ()
    """Staged columns it looks at."""
    arguments: Mapping[str, object] = field(default_factory=dict)
    """Of the expectation. Columns may be views of `expectations.bridge`."""
    condition: Condition | None = None
    severity: Severity = Severity.BLOCKING
    reason: str
    """What is wrong with a failing row; `{column}` stands for its value there."""

    def definition(self) -> dict[str, object]:
        """Return everything that decides what this check does: part of the rules' version."""
        condition = self.condition.row_condition() if self.condition else None
        return {
            "name": self.name,
            "expectation": self.expectation,
            "arguments": dict(self.arguments),
            "condition": condition,
            "severity": self.severity.value,
            "reason": self.reason,
        }

    def reason_for(self, row: Mapping[str, object]) -> str:
        """Return what is wrong with one row, for a person."""
        if self.kind is CheckKind.WITHIN:
            return str(row[said_view(self.name)] or self.reason)
        return self.reason.format_map({name: quoted(value) for name, value in row.items()})


def quoted(value: object) -> str:
    """Return a cell's value as a reason shows it: text in quotes and cut, a missing value named."""
    if value is None:
        return "(missing)"
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST_QUOTE else value[: LONGEST_QUOTE - 1] + "…")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)


def literal(text: str) -> str:
    """Return a text that a reason shows as it is, braces included."""
    return text.replace("{", "{{").replace("}", "}}")


def kind_view(column: str) -> str:
    """Return the name of the view that says of each number whether it is finite, infinite or NaN."""
    return f"{column}__kind"


def value_view(check_name: str) -> str:
    """Return the name of the view with what was measured for a check."""
    return f"{check_name}__value"


def limit_view(check_name: str) -> str:
    """Return the name of the view with how far is far."""
    return f"{check_name}__limit"


def said_view(check_name: str) -> str:
    """Return the name of the view that tells a person what was measured."""
    return f"{check_name}__said"


KNOWN_AT_LIMIT = "known_at_limit"
"""Name of the view with the latest instant that a fact fetched then can have become known at."""

FETCHED_ON = "fetched_on"
"""Name of the view with the calendar day on which it was fetched, where that day is furthest ahead."""

FINITE_WORD = "finite"


def rows_present() -> Check:
    """A batch has rows: every other check is silent about an empty one."""
    return Check(
        name="rows.present",
        kind=CheckKind.ROWS_PRESENT,
        expectation="expect_table_row_count_to_be_between",
        arguments={"min_value": 1},
        reason="there is not one row below the header",
    )


def readable() -> Check:
    """Nothing in the row was unreadable: this is how a cell that could not be read reaches the gate."""
    return Check(
        name="row.readable",
        kind=CheckKind.READABLE,
        expectation="expect_column_values_to_be_null",
        columns=("unreadable",),
        arguments={"column": "unreadable"},
        reason="{unreadable}",
    )


def given(column: str, *, is_number: bool = False) -> Check:
    """The column has a value. NaN is a value: `finite` stops it, and by its name."""
    return Check(
        name=f"{column}.given",
        kind=CheckKind.GIVEN,
        expectation="expect_column_values_to_not_be_null",
        columns=(column,),
        arguments={"column": kind_view(column) if is_number else column},
        reason=f"{column} is missing",
    )


def stated(column: str, *, reason: str) -> Check:
    """The column has a value, or its absence is said: it may be missing."""
    return Check(
        name=f"{column}.stated",
        kind=CheckKind.GIVEN,
        expectation="expect_column_values_to_not_be_null",
        columns=(column,),
        arguments={"column": column},
        severity=Severity.ADVISORY,
        reason=reason,
    )


def given_when(
    column: str, condition: Condition, *, name: str, reason: str, severity: Severity = Severity.BLOCKING
) -> Check:
    """The column has a value in the rows the condition is about."""
    return Check(
        name=f"{column}.{name}",
        kind=CheckKind.GIVEN,
        expectation="expect_column_values_to_not_be_null",
        columns=(column,),
        arguments={"column": column},
        condition=condition,
        severity=severity,
        reason=reason,
    )


def finite(column: str) -> Check:
    """A number is neither NaN nor infinite: `nan >= 0` is true in SQL, and one NaN spoils a sum."""
    return Check(
        name=f"{column}.finite",
        kind=CheckKind.FINITE,
        expectation="expect_column_values_to_be_in_set",
        columns=(column,),
        arguments={"column": kind_view(column), "value_set": [FINITE_WORD]},
        reason=f"{column} {{{column}}} is not a finite number",
    )


def domain(column: str, values: tuple[str, ...]) -> Check:
    """A text is one of a closed set of words."""
    words = [str(value) for value in values]
    return Check(
        name=f"{column}.domain",
        kind=CheckKind.DOMAIN,
        expectation="expect_column_values_to_be_in_set",
        columns=(column,),
        arguments={"column": column, "value_set": words},
        reason=f"{column} {{{column}}} is not one of {literal(', '.join(words))}",
    )


def pattern(column: str, expression: str, *, name: str = "pattern", reason: str = "") -> Check:
    r"""A text matches in full.

    `$` would let a trailing line break through, so the ends are `\A` and `\Z`; `\d` would let the digits of other
    scripts through, so it is spelt out.
    """
    ascii_digits = expression.replace(r"\d", "[0-9]")
    return Check(
        name=f"{column}.{name}",
        kind=CheckKind.PATTERN,
        expectation="expect_column_values_to_match_regex",
        columns=(column,),
        arguments={"column": column, "regex": rf"\A(?:{ascii_digits})\Z"},
        reason=reason or f"{column} {{{column}}} does not match {literal(expression)}",
    )


def digest(column: str) -> Check:
    """A text looks like the sha256 it is said to be."""
    return pattern(column, "[0-9a-f]{64}", name="digest", reason=f"{column} {{{column}}} is no sha256")


def in_range(
    column: str, *, minimum: float | None = None, maximum: float | None = None, above: float | None = None
) -> Check:
    """A number lies within its bounds; `above` is an exclusive minimum."""
    low = above if above is not None else minimum
    arguments: dict[str, object] = {"column": column}
    if low is not None:
        arguments |= {"min_value": low, "strict_min": above is not None}
    if maximum is not None:
        arguments["max_value"] = maximum
    if low is not None and maximum is not None:
        expected = f"not {'above' if above is not None else 'at least'} {low:g} and at most {maximum:g}"
    elif low is not None:
        expected = f"not above {low:g}" if above is not None else f"below {low:g}"
    else:
        expected = f"above {maximum:g}"
    return Check(
        name=f"{column}.range",
        kind=CheckKind.RANGE,
        expectation="expect_column_values_to_be_between",
        columns=(column,),
        arguments=arguments,
        reason=f"{column} {{{column}}} is {expected}",
    )


def at_least(column: str, other: str) -> Check:
    """In every row where both are given, one is not below the other."""
    return Check(
        name=f"{column}.at_least.{other}",
        kind=CheckKind.AT_LEAST,
        expectation="expect_column_pair_values_a_to_be_greater_than_b",
        columns=(column, other),
        arguments={
            "column_A": column,
            "column_B": other,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        reason=f"{column} {{{column}}} is below {other} {{{other}}}",
    )


def not_ahead() -> Check:
    """Nothing was known after we fetched it: a future session, or a wrong date."""
    return Check(
        name="known_at.not_ahead",
        kind=CheckKind.NOT_AHEAD,
        expectation="expect_column_pair_values_a_to_be_greater_than_b",
        columns=("known_at", "known_precision", "fetched_at"),
        arguments={
            "column_A": KNOWN_AT_LIMIT,
            "column_B": "known_at",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        reason="lies in the future: known from {known_at} on, fetched {fetched_at}",
    )


def within(name: str, columns: tuple[str, ...], *, reason: str, severity: Severity = Severity.BLOCKING) -> Check:
    """What was measured about a row (`transforms.gate.measures`) is at most its limit.

    Args:
        name: of the check, and of its measure.
        columns: staged columns that are in doubt when it fails.
        reason: what is wrong, where the measure does not say it better.
        severity: what a failure does.
    """
    return Check(
        name=name,
        kind=CheckKind.WITHIN,
        expectation="expect_column_pair_values_a_to_be_greater_than_b",
        columns=columns,
        arguments={
            "column_A": limit_view(name),
            "column_B": value_view(name),
            "or_equal": True,
            # What can't be measured is no fault: whoever must be measurable has a check for that.
            "ignore_row_if": "either_value_is_missing",
        },
        severity=severity,
        reason=reason,
    )


def unique(columns: tuple[str, ...], *, named: tuple[str, ...]) -> Check:
    """No two rows share these columns. Repeats are taken out before, so what is left contradicts itself.

    Args:
        columns: what must differ.
        named: the columns a person is told.
    """
    key = ", ".join(f"{name} {{{name}}}" for name in named)
    is_compound = len(columns) > 1
    return Check(
        name="key.unique",
        kind=CheckKind.UNIQUE,
        expectation="expect_compound_columns_to_be_unique" if is_compound else "expect_column_values_to_be_unique",
        columns=columns,
        arguments={"column_list": list(columns), "ignore_row_if": "any_value_is_missing"}
        if is_compound
        else {"column": columns[0]},
        reason=f"stands more than once with different content: {key}",
    )
