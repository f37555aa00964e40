"""What a table contract is made of.

Here: column, rule and contract types and the Polars schema that follows from them. Not here: any table (one module each
beside this one), SQL (`warehouse.ddl`), suites (`expectations.suite`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict, Unpack

import polars as pl


class DType(StrEnum):
    """The six types a column may have."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    INSTANT = "instant"


POLARS: dict[DType, pl.DataType] = {
    DType.TEXT: pl.String(),
    DType.INTEGER: pl.Int64(),
    DType.NUMBER: pl.Float64(),
    DType.FLAG: pl.Boolean(),
    DType.DAY: pl.Date(),
    DType.INSTANT: pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: name, type, meaning and what its values may be."""

    name: str
    dtype: DType
    meaning: str
    unit: str = ""
    nullable: bool = False
    domain: tuple[str, ...] = ()
    """Closed set of values, for text."""
    pattern: str = ""
    """Regular expression a text must match in full."""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    """Exclusive minimum."""
    volatile: bool = False
    """Differs between two runs on the same input (a wall-clock time): not part of any digest."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Row rule: in every row where both are given, `column` >= `other`."""

    column: str
    other: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a row speaks about and which metric it carries: what is held when the row is poisoned."""

    kind: str
    """`symbol`, `pair`, `company`, `segment`."""
    columns: tuple[str, ...]
    """Columns whose values, joined by `/`, name the subject."""
    metric: str = ""
    """The metric, where the table carries one."""
    metric_column: str = ""
    """The column that names the metric, where it carries many."""
    next_observation_lifts: bool = True
    """A later good observation of the same subject and metric ends the hold; else only the same key does."""


class Clock(StrEnum):
    """Where a table's `known_at` comes from, and so what a second row under one key is."""

    DERIVED = "derived"
    """By a declared rule from the session or period: a changed rule is no restatement."""
    STATED = "stated"
    """By the source, once per key: another date is a restatement like any other change."""
    DATED = "dated"
    """By the source, several dated statements per key: the newest statement counts, a correction of an older one
    changes only what was known of that one."""


VERSION_ORDER = ("known_at", "load_seq", "revision", "payload_sha256", "byte_start")
"""Of several versions of a key the later wins. Knowledge and load decide; the rest settles ties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContract:
    """Everything about one table; DDL, Polars schema, suite, COMMENTs and dictionary derive from it."""

    schema: str
    name: str
    grain: str
    """One row is ..."""
    time: str
    """What the table's clocks mean."""
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[AtLeast, ...] = ()
    subject: Subject | None = None
    clock: Clock = Clock.STATED

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def statement(self) -> tuple[str, ...]:
        """Columns that say which statement a row is: two rows that agree in them contradict or repeat each other."""
        return (*self.key, "source_known_at") if self.clock is Clock.DATED else self.key

    @property
    def version_order(self) -> tuple[str, ...]:
        """Columns by which the newest version of a key is found, the most important first."""
        return ("source_known_at", *VERSION_ORDER) if self.clock is Clock.DATED else VERSION_ORDER

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in stored order."""
        return tuple(c.name for c in self.columns)

    @property
    def volatile_columns(self) -> tuple[str, ...]:
        """Names of the columns that no digest covers."""
        return tuple(c.name for c in self.columns if c.volatile)

    def column(self, name: str) -> Column:
        """Return one column.

        Raises:
            KeyError: no such column.
        """
        for c in self.columns:
            if c.name == name:
                return c
        raise KeyError(f"{self.full_name}.{name}")

    def polars_schema(self) -> pl.Schema:
        """Return the frame schema, in stored order."""
        return pl.Schema({c.name: POLARS[c.dtype] for c in self.columns})


class ColumnOptions(TypedDict, total=False):
    """What a column may say beside its name, type and meaning."""

    unit: str
    nullable: bool
    domain: tuple[str, ...]
    pattern: str
    minimum: float
    maximum: float
    above: float
    volatile: bool


def text(name: str, meaning: str, **more: Unpack[ColumnOptions]) -> Column:
    """Describe a text column."""
    return Column(name=name, dtype=DType.TEXT, meaning=meaning, **more)


def integer(name: str, meaning: str, **more: Unpack[ColumnOptions]) -> Column:
    """Describe a whole-number column."""
    return Column(name=name, dtype=DType.INTEGER, meaning=meaning, **more)


def number(name: str, meaning: str, **more: Unpack[ColumnOptions]) -> Column:
    """Describe a floating-point column."""
    return Column(name=name, dtype=DType.NUMBER, meaning=meaning, **more)


def flag(name: str, meaning: str, **more: Unpack[ColumnOptions]) -> Column:
    """Describe a true-or-false column."""
    return Column(name=name, dtype=DType.FLAG, meaning=meaning, **more)


def day(name: str, meaning: str, **more: Unpack[ColumnOptions]) -> Column:
    """Describe a date column."""
    return Column(name=name, dtype=DType.DAY, meaning=meaning, **more)


def instant(name: str, meaning: str, **more: Unpack[ColumnOptions]) -> Column:
    """Describe a column of instants in UTC."""
    return Column(name=name, dtype=DType.INSTANT, meaning=meaning, **more)
