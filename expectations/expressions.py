r"""Checks as Polars expressions that say of each row what Great Expectations says of it.

Here: one translation per expectation that a check may name. Each takes the expectation's arguments by name, so that an
argument it does not know stops the check instead of being passed over. Missing is what is missing to pandas: NULL and
NaN. Not here: counting (`expectations.compiled`), what a check asks (`expectations.checks`).

Equality with the library is proved in `tests/property/test_compiled.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from expectations.checks import Check, Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A check over rows: the expressions are true or false in every row."""

    fails: pl.Expr
    is_asked: pl.Expr | None
    """Whether the check is about the row at all; None: about every row."""


def compile_check(check: Check, schema: pl.Schema) -> Compiled:
    """Return a check as expressions.

    Args:
        check: of any kind but `ROWS_PRESENT`, which is about no row.
        schema: of the frame with its views.

    Raises:
        ValueError: the expectation, its pattern or its condition has no translation that is known to say the same.
        TypeError: an argument is missing, or unknown here.
        KeyError: a column is not there.
    """
    if check.expectation not in TRANSLATIONS:
        raise ValueError(f"{check.expectation} has no translation")
    if check.condition is not None and check.expectation in ACROSS_ROWS:
        raise ValueError(f"{check.expectation} has no translation under a condition")
    is_asked = _asked(check.condition, schema)
    fails = TRANSLATIONS[check.expectation](schema, **check.arguments)
    return Compiled(fails=fails if is_asked is None else is_asked & fails, is_asked=is_asked)


def _asked(condition: Condition | None, schema: pl.Schema) -> pl.Expr | None:
    if condition is None:
        return None
    if condition.value is None:
        return ~_missing(condition.column, schema)
    return pl.col(condition.column).eq_missing(pl.lit(condition.value))


def _missing(column: str, schema: pl.Schema) -> pl.Expr:
    value = pl.col(column)
    return value.is_null() | value.is_nan().fill_null(value=False) if schema[column].is_float() else value.is_null()


def _null(schema: pl.Schema, *, column: str) -> pl.Expr:
    return ~_missing(column, schema)


def _not_null(schema: pl.Schema, *, column: str) -> pl.Expr:
    return _missing(column, schema)


def _in_set(schema: pl.Schema, *, column: str, value_set: list[object]) -> pl.Expr:
    return ~_missing(column, schema) & ~pl.col(column).is_in(value_set).fill_null(value=False)


def _match_regex(schema: pl.Schema, *, column: str, regex: str) -> pl.Expr:
    return ~_missing(column, schema) & ~pl.col(column).str.contains(portable(regex)).fill_null(value=False)


def _between(
    schema: pl.Schema,
    *,
    column: str,
    min_value: float | None = None,
    max_value: float | None = None,
    strict_min: bool = False,
) -> pl.Expr:
    value = pl.col(column)
    inside = pl.lit(value=True)
    if min_value is not None:
        inside &= value > min_value if strict_min else value >= min_value
    if max_value is not None:
        inside &= value <= max_value
    return ~_missing(column, schema) & ~inside.fill_null(value=False)


def _pair(schema: pl.Schema, *, column_A: str, column_B: str, or_equal: bool, ignore_row_if: str) -> pl.Expr:  # noqa: N803 - the library's names
    if not or_equal or ignore_row_if != "either_value_is_missing":
        raise ValueError("a pair is compared by >=, where both are given")
    is_given = ~_missing(column_A, schema) & ~_missing(column_B, schema)
    return is_given & (pl.col(column_A) < pl.col(column_B)).fill_null(value=True)


def _unique(schema: pl.Schema, *, column: str) -> pl.Expr:
    return ~_missing(column, schema) & pl.col(column).is_duplicated()


def _compound_unique(schema: pl.Schema, *, column_list: list[str], ignore_row_if: str) -> pl.Expr:
    if ignore_row_if != "any_value_is_missing":
        raise ValueError("a key is compared where all of it is given")
    is_given = ~pl.any_horizontal(_missing(name, schema) for name in column_list)
    return is_given & pl.struct(column_list).is_duplicated()


TRANSLATIONS: dict[str, Callable[..., pl.Expr]] = {
    "expect_column_values_to_be_null": _null,
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_match_regex": _match_regex,
    "expect_column_values_to_be_between": _between,
    "expect_column_pair_values_a_to_be_greater_than_b": _pair,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _compound_unique,
}
ACROSS_ROWS = frozenset({"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"})

DIFFERENT = re.compile(r"\\[A-Za-z0-9]|\(\?(?!:)|(?<!\\)\$|\[\[|&&|--|~~|\[\^?\]")
"""What Python's regular expressions and Polars' read differently, or only one of them reads: classes and anchors by
letter, flags, looking around, `$` before a line break, sets within sets, a bracket that closes nothing."""


def portable(regex: str) -> str:
    r"""Return a pattern in Polars' dialect, in which the end of a text is `\z`.

    Args:
        regex: as `expectations.checks.pattern` writes it, from `\A(?:` to `)\Z`.

    Raises:
        ValueError: it may mean something else there, or is no pattern.
    """
    found = re.fullmatch(r"\\A\(\?:(.*)\)\\Z", regex, re.DOTALL)
    if found is None or DIFFERENT.search(found[1]):
        raise ValueError(f"the pattern {regex} may mean something else in Polars")
    try:
        re.compile(regex)
    except re.error as error:
        raise ValueError(f"the pattern {regex} can't be read: {error}") from None
    return rf"\A(?:{found[1]})\z"
