from __future__ import annotations

import pytest

from transforms.staging.lines import LONGEST_RECORD_BYTES, csv_records


def read(content, width=3):
    return [(record.line, record.fields, record.trouble) for record in csv_records(content, width=width)]


def test_the_header_gives_the_width():
    header, good, short = csv_records(b"a,b\n1,2\n3\n")
    assert (header.fields, good.fields, good.trouble) == (("a", "b"), ("1", "2"), "")
    assert short.trouble == "1 fields where the header has 2"


def test_quotes_hold_commas_line_ends_and_doubled_quotes():
    content = b'x,"a, b","first\r\nsecond"\r\ny,"say ""no""",\n'
    assert read(content) == [(1, ("x", "a, b", "first\r\nsecond"), ""), (3, ("y", 'say "no"', ""), "")]


def test_a_record_is_cut_without_its_line_end():
    content = b"a,b,c\r\nd,e,f"
    assert [content[r.byte_start : r.byte_end] for r in csv_records(content, width=3)] == [b"a,b,c", b"d,e,f"]


def test_returns_before_a_line_end_are_no_part_of_a_record():
    content = b'a,b,c\r\r\n"d",e,"f"\r\r\ng,"h",i\r\r'
    records = list(csv_records(content, width=3))
    assert [record.fields for record in records] == [("a", "b", "c"), ("d", "e", "f"), ("g", "h", "i")]
    assert [content[r.byte_start : r.byte_end] for r in records] == [b"a,b,c", b'"d",e,"f"', b'g,"h",i']


def test_a_byte_order_mark_is_no_part_of_the_first_record():
    (record,) = csv_records(b"\xef\xbb\xbfa,b,c\n", width=3)
    assert (record.fields, record.byte_start) == (("a", "b", "c"), 3)


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"  \t\n", b"\n\n\n"])
def test_blank_lines_are_no_records_but_count_as_lines(blank):
    content = b"a,b,c\n" + blank + b"d,e,f\n" + blank
    lines = 2 + blank.count(b"\n")
    assert read(content) == [(1, ("a", "b", "c"), ""), (lines, ("d", "e", "f"), "")]


@pytest.mark.parametrize(
    ("damaged", "trouble"),
    [
        (b'a,"b,c', "the quote that opens field 2 is not closed"),
        (b'a,b,"c', "the quote that opens field 3 is not closed"),
        (b'"a,b,c', "the quote that opens field 1 is not closed"),
        (b'a,"b"x,c', "text follows the closing quote of field 2"),
        (b'a,b"x,c', "a quote stands inside the unquoted field 2"),
        (b"a,b", "2 fields where the header has 3"),
        (b"a,b,c,d", "4 fields where the header has 3"),
        (b'a,"b","c","d"', "4 fields where the header has 3"),
    ],
)
@pytest.mark.parametrize(
    "neighbour", [b'x,"y","z"', b"x,y,z", b'x,"y\ny","z"', b'x,"",""', b'x,",y",",z"', b'x,"""y","z"', b'x,"""\ny","z"']
)
def test_damage_stays_in_its_line(damaged, trouble, neighbour):
    (expected,) = csv_records(neighbour, width=3)
    before, struck, after = csv_records(neighbour + b"\n" + damaged + b"\n" + neighbour, width=3)
    assert (before.fields, before.trouble) == (expected.fields, "")
    assert struck.trouble == trouble
    assert (after.fields, after.trouble) == (expected.fields, "")


def test_an_open_quote_that_would_fit_the_width_is_refused():
    content = b'a,b,"c\nx,y,"z\n'
    assert [trouble for _, _, trouble in read(content)] == ["the quote that opens field 3 is not closed"] * 2


def test_a_cell_over_lines_that_ends_in_a_comma_is_taken_for_an_open_quote():
    (first, second) = csv_records(b'a,b,"c\nd,"', width=3)
    assert first.trouble == "the quote that opens field 3 is not closed"
    assert second.trouble == "the quote that opens field 2 is not closed"


def test_of_a_damaged_record_the_fields_before_the_damage_are_kept():
    (record,) = csv_records(b'a,"b","c', width=3)
    assert record.fields == ("a", "b")


def test_of_damage_beyond_the_first_line_only_what_the_first_line_closed_is_kept():
    first, second = csv_records(b'a,"b\nc",d"x\n', width=3)
    assert (first.fields, first.trouble) == (("a",), "the quote that opens field 2 is not closed")
    assert (second.line, second.trouble) == (2, "a quote stands inside the unquoted field 1")


def test_a_line_over_the_limit_is_one_damaged_record():
    long = b"x" * (LONGEST_RECORD_BYTES + 1)
    before, struck, after = csv_records(b"a,b,c\n" + long + b"\nd,e,f\n", width=3)
    assert (before.trouble, after.trouble) == ("", "")
    assert struck.trouble == f"a record of {LONGEST_RECORD_BYTES + 1} bytes, at most {LONGEST_RECORD_BYTES} are read"
    assert (struck.fields, struck.byte_end - struck.byte_start) == ((), len(long))


def test_a_line_at_the_limit_is_read():
    cell = b"x" * (LONGEST_RECORD_BYTES - 6)
    for record in csv_records(b'"a","' + cell[3:] + b'"\r\na,' + cell + b"\r\n", width=2):
        assert record.trouble == ""


def test_a_quote_that_is_closed_only_beyond_the_limit_is_not_closed():
    content = b'a,b,"' + (b"line" * 250 + b"\n") * (LONGEST_RECORD_BYTES // 1000) + b'"\nd,e,f\n'
    records = list(csv_records(content, width=3))
    assert records[0].trouble == "the quote that opens field 3 is not closed"
    assert records[-1].fields == ("d", "e", "f")


@pytest.mark.parametrize(
    ("cell", "trouble", "shown"),
    [(b"\xe4bc", "not UTF-8 (byte 0xe4)", "\ufffdbc"), (b"a\x00c", "a NUL byte", "a\ufffdc")],
)
def test_broken_encoding_keeps_what_can_be_decoded_and_its_neighbours(cell, trouble, shown):
    assert read(b"a,b,c\nd," + cell + b",f\nx,y,z\n") == [
        (1, ("a", "b", "c"), ""),
        (2, ("d", shown, "f"), trouble),
        (3, ("x", "y", "z"), ""),
    ]


def test_a_file_without_records_gives_none():
    assert list(csv_records(b"")) == list(csv_records(b"\n \r\n")) == list(csv_records(b"\xef\xbb\xbf")) == []
