"""A row written as its file would is read back as the same row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.staging.lines import csv_records
from transforms.staging.tables import TABLE_FORMATS
from transforms.staging.written import cells_at, cells_of, columns_of, file_of

EVENTS = TABLE_FORMATS["cycle_events.csv"]


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n")))
def test_any_one_line_cell_comes_back(text):
    cells = dict.fromkeys((column for column, _, _ in EVENTS.forms), "x") | {"title": text}
    content = file_of(cells, EVENTS)
    _, record = csv_records(content)
    assert cells_at(content, record.byte_start, record.byte_end, EVENTS) == cells


@pytest.mark.parametrize("line", [b"a,b", b'"open', b"\xff" + b"," * 14])
def test_a_damaged_record_has_no_cells(line):
    header = file_of(dict.fromkeys((c for c, _, _ in EVENTS.forms), ""), EVENTS).splitlines()[0] + b"\n"
    assert cells_at(header + line, len(header), len(header + line), EVENTS) is None


def test_a_column_has_both_its_names(sample_dir):
    assert columns_of(EVENTS)["event_time"] == columns_of(EVENTS)["date"] == "date"


def test_typed_values_are_written_as_they_are_read():
    prices = TABLE_FORMATS["prices.csv"]
    row = {"symbol": "BABA", "session": "2025-12-31", "open": 0.1, "volume": 5, "close": None}
    cells = cells_of(row, prices)
    assert (cells["open"], cells["volume"], cells["close"]) == ("0.1", "5", "")
    assert cells_of({"is_realised": True}, EVENTS)["realised"] == "true"
