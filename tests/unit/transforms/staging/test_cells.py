from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts.schema import POLARS, DType
from transforms.staging.cells import SHOWN_CHARACTERS, read_cells


def read(cell, dtype):
    values, notes = read_cells(pl.DataFrame({"file": [cell]}, schema={"file": pl.String}), [("file", "table", dtype)])
    assert values.schema == {"table": POLARS[dtype]}
    return values["table"][0], notes[0]


@pytest.mark.parametrize(
    ("dtype", "cell", "value"),
    [
        (DType.TEXT, " a b ", "a b"),
        (DType.NUMBER, "1.5", 1.5),
        (DType.NUMBER, " -2 ", -2.0),
        (DType.NUMBER, "+.5", 0.5),
        (DType.NUMBER, "2e11", 2e11),
        (DType.NUMBER, "-0", 0.0),
        (DType.INTEGER, "12", 12),
        (DType.INTEGER, "-3", -3),
        (DType.INTEGER, "14625056.0", 14625056),
        (DType.FLAG, "true", True),
        (DType.FLAG, "False", False),
        (DType.DAY, "2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_cell_is_read(dtype, cell, value):
    assert read(cell, dtype) == (value, None)
    assert str(read(cell, dtype)[0]) == str(value)


@pytest.mark.parametrize("dtype", [DType.TEXT, DType.NUMBER, DType.INTEGER, DType.FLAG, DType.DAY])
@pytest.mark.parametrize("cell", ["", "  ", None])
def test_an_empty_cell_is_unknown_and_not_unreadable(dtype, cell):
    assert read(cell, dtype) == (None, None)


@pytest.mark.parametrize(
    ("dtype", "cell", "note"),
    [
        (DType.NUMBER, "abc", "file: 'abc' is not a number"),
        (DType.NUMBER, "1,000", "file: '1,000' is not a number"),
        (DType.NUMBER, "nan", "file: 'nan' is not a number"),
        (DType.NUMBER, "-inf", "file: '-inf' is not a number"),
        (DType.NUMBER, "1e999", "file: '1e999' is not a number"),
        (DType.NUMBER, "1_0", "file: '1_0' is not a number"),
        (DType.NUMBER, "٣", "file: '٣' is not a number"),
        (DType.INTEGER, "1.5", "file: '1.5' is not a whole number"),
        (DType.INTEGER, "1e6", "file: '1e6' is not a whole number"),
        (DType.INTEGER, "9223372036854775808", "file: '9223372036854775808' is not a whole number"),
        (DType.FLAG, "yes", "file: 'yes' is not true or false"),
        (DType.FLAG, "1", "file: '1' is not true or false"),
        (DType.DAY, "2025-02-30", "file: '2025-02-30' is not a day"),
        (DType.DAY, "26.09.2025", "file: '26.09.2025' is not a day"),
        (DType.DAY, "2025-9-6", "file: '2025-9-6' is not a day"),
        (DType.DAY, "0001-01-01", "file: '0001-01-01' is not a day"),
    ],
)
def test_an_unreadable_cell_is_null_and_said(dtype, cell, note):
    value, said = read(cell, dtype)
    assert value is None
    assert said.startswith(note)


def test_a_note_repeats_a_long_cell_in_part_and_on_one_line():
    _, note = read("x\n" * 200, DType.NUMBER)
    assert note.startswith("file: '" + "x " * (SHOWN_CHARACTERS // 2) + "' is")


def test_the_notes_of_a_row_are_joined_in_order():
    frame = pl.DataFrame({"a": ["x", "1", "1"], "b": ["y", "2", "true"]})
    _, notes = read_cells(frame, [("a", "a", DType.NUMBER), ("b", "b", DType.FLAG)])
    assert notes.to_list() == [
        "a: 'x' is not a number (digits with a decimal point, no thousands separators); b: 'y' is not true or false",
        "b: '2' is not true or false",
        None,
    ]


def test_no_form_of_an_instant_in_a_cell_is_known():
    with pytest.raises(ValueError, match="instant"):
        read("2025-09-26T10:00:00Z", DType.INSTANT)


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_are_read_to_the_last_bit(numbers):
    cells = pl.DataFrame({"file": [repr(number) for number in numbers]})
    values, notes = read_cells(cells, [("file", "table", DType.NUMBER)])
    assert (values["table"].to_list(), notes.null_count()) == (numbers, len(numbers))
