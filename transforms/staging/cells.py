"""From the text of a cell to a typed value, or to a note that says why not. Whole columns at a time.

Here: what a number, a whole number, a flag, a day may look like in a file. Not here: which column is which (`tables`).

White space around a value is stripped and an empty cell is null: unknown, never zero. What can't be read is null as
well, and noted. Decided: a whole number may be written `1.0` (vendors' tools write a column so as soon as one value is
missing) but not `1e6`; a number has digits, one decimal point, perhaps an exponent, and no thousands separators; `nan`
and `inf` are no numbers; a flag is `true` or `false` in any case; a day is `2025-09-26`, from 1900 to 2199, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from aicycle.contracts.schema import POLARS, DType

SHOWN_CHARACTERS = 40
"""How much of an unreadable cell a note repeats."""

NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$"
WHOLE_NUMBER = r"^[+-]?[0-9]{1,30}(?:\.0*)?$"
DAY = r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"

EXPECTED = {
    DType.NUMBER: "is not a number (digits with a decimal point, no thousands separators)",
    DType.INTEGER: "is not a whole number (digits, no thousands separators)",
    DType.FLAG: "is not true or false",
    DType.DAY: "is not a day (year-month-day, as 2025-09-26)",
}


def cell_text(column: str) -> pl.Expr:
    """Return the text of a cell without surrounding white space; null where nothing is left."""
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def cell_value(column: str, dtype: DType) -> pl.Expr:
    """Return the typed value of a text column; null where it is empty or can't be read.

    Raises:
        ValueError: a type that has no form in a cell.
    """
    cell = cell_text(column)
    if dtype is DType.TEXT:
        return cell
    if dtype is DType.NUMBER:
        number = pl.when(cell.str.contains(NUMBER)).then(cell).cast(pl.Float64, strict=False)
        # Adding 0 turns a minus zero into the zero it equals.
        return pl.when(number.is_finite()).then(number + 0.0)
    if dtype is DType.INTEGER:
        digits = cell.str.replace(r"\.0*$", "")
        return pl.when(cell.str.contains(WHOLE_NUMBER)).then(digits).cast(pl.Int64, strict=False)
    if dtype is DType.FLAG:
        lowered = cell.str.to_lowercase()
        return pl.when(lowered.is_in(["true", "false"])).then(lowered == "true")
    if dtype is DType.DAY:
        return pl.when(cell.str.contains(DAY)).then(cell).str.to_date("%Y-%m-%d", strict=False)
    raise ValueError(f"no form of a {dtype} in a cell is known")


def cell_note(column: str, value: pl.Expr, dtype: DType) -> pl.Expr:
    """Return what to say about a cell that `value` could not be read from; null where there is nothing to say."""
    if dtype is DType.TEXT:
        return pl.lit(None, dtype=pl.String)
    cell = cell_text(column)
    shown = cell.str.replace_all(r"[\x00-\x1f\x7f]", " ").str.slice(0, SHOWN_CHARACTERS)
    note = pl.format("{}: '{}' {}", pl.lit(column), shown, pl.lit(EXPECTED[dtype]))
    return pl.when(cell.is_not_null() & value.is_null()).then(note)


def read_cells(frame: pl.DataFrame, forms: Iterable[tuple[str, str, DType]]) -> tuple[pl.DataFrame, pl.Series]:
    """Read text columns as typed ones.

    Args:
        frame: text columns under their names in the file.
        forms: name in the file, name wanted, type; each wanted name once.

    Returns:
        The typed columns under the wanted names, and per row what could not be read (null: nothing).
    """
    values, notes = [], []
    for column, wanted, dtype in forms:
        value = cell_value(column, dtype)
        values.append(value.cast(POLARS[dtype]).alias(wanted))
        notes.append(cell_note(column, value, dtype))
    # with_columns, because a select of constants alone has one row.
    return frame.select(values), frame.with_columns(joined(notes).alias("unreadable"))["unreadable"]


def joined(notes: list[pl.Expr]) -> pl.Expr:
    """Return the notes of a row as one text, null where there is none."""
    text = pl.concat_str(notes, separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text)
