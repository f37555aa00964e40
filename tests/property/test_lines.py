"""What must hold for every CSV file: spans tile it, a cut record reads the same, damage stays in its row."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from transforms.staging.lines import BYTE_ORDER_MARK, csv_records

WIDTH = 3
AWKWARD = b'a1,"\n\r \xff\x00\xc3'

names = st.text(string.ascii_letters + string.digits + ".-", min_size=1, max_size=6)
# A cell over several lines that ends in a comma is refused on purpose: see test_lines.py beside the module.
cells = st.text(st.sampled_from('ab ,"\n\ré中'), max_size=8).filter(
    lambda cell: not ("\n" in cell and cell.rstrip('"').endswith(","))
)


@st.composite
def encoded_rows(draw):
    """A row of a first cell that is a name and two of any text, and its bytes as somebody may have written them."""
    row = (draw(names), draw(cells), draw(cells))
    written = []
    for cell in row:
        must_quote = any(mark in cell for mark in ',"\n\r')
        quoted = '"' + cell.replace('"', '""') + '"'
        written.append(quoted if must_quote or draw(st.booleans()) else cell)
    return row, ",".join(written).encode()


@st.composite
def damages(draw):
    """A function that damages the bytes of one row, without adding a line to it."""
    mark = draw(st.sampled_from([b'"', b'""', b"\xff", b"\x00", b",", b"\r", b""]))
    at, width = draw(st.integers(0, 40)), draw(st.integers(0, 3))
    return lambda raw: raw[: at % (len(raw) + 1)] + mark + raw[at % (len(raw) + 1) + width :]


def written(rows, line_end, *, is_marked=False):
    """The bytes of a file of a header and rows, and where each row stands in it."""
    content, spans = (BYTE_ORDER_MARK if is_marked else b"") + b"name,one,two" + line_end, []
    for raw in rows:
        spans.append((len(content), len(content) + len(raw)))
        content += raw + line_end
    return content, spans


line_ends = st.sampled_from([b"\n", b"\r\n"])


@given(st.lists(encoded_rows(), max_size=6), line_ends, st.booleans())
def test_whole_rows_are_read_as_they_were_written(rows, line_end, is_marked):
    content, spans = written([raw for _, raw in rows], line_end, is_marked=is_marked)
    header, *records = csv_records(content)
    assert header.fields == ("name", "one", "two")
    assert [record.trouble for record in records] == [""] * len(rows)
    assert [record.fields for record in records] == [row for row, _ in rows]
    assert [(record.byte_start, record.byte_end) for record in records] == spans
    assert [record.line for record in records] == [content.count(b"\n", 0, start) + 1 for start, _ in spans]


@given(st.lists(st.sampled_from(AWKWARD), max_size=120).map(bytes))
def test_spans_tile_any_file(content):
    end = 0
    for record in csv_records(content, width=WIDTH):
        assert end <= record.byte_start < record.byte_end
        assert not content[end : record.byte_start].strip()
        assert record.line == content.count(b"\n", 0, record.byte_start) + 1
        end = record.byte_end
    assert not content[end:].strip()


@given(st.lists(st.sampled_from(AWKWARD), max_size=120).map(bytes))
def test_a_record_cut_out_reads_the_same_alone(content):
    for record in csv_records(content, width=WIDTH):
        (alone,) = csv_records(content[record.byte_start : record.byte_end], width=WIDTH)
        assert (alone.fields, alone.trouble) == (record.fields, record.trouble)
        assert alone.byte_end == record.byte_end - record.byte_start


@given(st.lists(encoded_rows(), min_size=1, max_size=6), st.data(), damages(), line_ends)
def test_a_damaged_record_never_changes_another_row(rows, data, damage, line_end):
    struck = data.draw(st.integers(0, len(rows) - 1))
    damaged = [damage(raw) if place == struck else raw for place, (_, raw) in enumerate(rows)]
    content, spans = written(damaged, line_end)
    found = {record.byte_start: record for record in csv_records(content)}
    for place, (row, _) in enumerate(rows):
        if place != struck:
            record = found[spans[place][0]]
            assert (record.fields, record.trouble, record.byte_end) == (row, "", spans[place][1])
