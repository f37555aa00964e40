"""Cutting a CSV file into records, each with its exact byte span: damage stays in the line it is in.

Here: RFC 4180 in UTF-8, bytes in, records out. Not here: JSON lines (`json_lines`), what a cell means (`cells`).

A damaged record gives up its first physical line only and reading goes on at the next one: an open quote would
otherwise swallow its neighbours. Lines of nothing but white space are no records. Cutting a record's bytes at its
address and reading them alone gives the same fields and the same trouble.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_RECORD_BYTES = 1 << 20
"""A longer record is a runaway quote or no table at all; the longest known real one is below 10 kB."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CARRIAGE_RETURN = 0x0D

_REST_OF_QUOTED = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')
_UNQUOTED = re.compile(rb'[^",\n]*+')
_LINE_END = re.compile(rb"\r*+(?:\n|\Z)")
_BLANK_LINE = re.compile(rb"[ \t\r\f\v]*+(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """One record, or the first physical line of a damaged one."""

    line: int
    byte_start: int
    byte_end: int
    """One past the last byte, line end excluded."""
    fields: tuple[str, ...]
    """As wide as the header, also where only the encoding is broken; else what was read before the damage."""
    trouble: str
    """What is wrong; empty in a whole record."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Fields as bytes, where the record ended, and what is wrong."""

    fields: list[bytes]
    byte_end: int
    trouble: str = ""


def csv_records(content: bytes, *, width: int | None = None) -> Iterator[CsvRecord]:
    """Yield the records of a CSV file in file order.

    Args:
        content: the whole file; a byte order mark at its start is skipped.
        width: number of fields a record has; without it the first record, the header, gives it.
    """
    start, line = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0, 1
    while start < len(content):
        line_end = _line_end(content, start)
        if not _BLANK_LINE.match(content, start):
            cut = _cut_record(content, start, line_end, width)
            fields, broken = _decoded(cut.fields)
            yield CsvRecord(line, start, cut.byte_end, fields, cut.trouble or broken)
            width = len(fields) if width is None else width
            line += content.count(b"\n", start, cut.byte_end)
            line_end = _line_end(content, cut.byte_end)
        start, line = line_end + 1, line + 1


def undecodable(raw: bytes) -> str:
    """Return what keeps `raw` from being plain UTF-8 text; empty if nothing does."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8 (byte 0x{raw[error.start]:02x})"
    return "a NUL byte" if b"\0" in raw else ""


def readable(raw: bytes) -> str:
    """Return the decodable rest of `raw`; what is not is shown as U+FFFD."""
    return raw.decode("utf-8", errors="replace").replace("\0", "\ufffd")


def _line_end(content: bytes, start: int) -> int:
    """Return where the physical line holding `start` ends: the position of its line feed, or the file's end."""
    found = content.find(b"\n", start)
    return len(content) if found < 0 else found


def _without_returns(content: bytes, start: int, line_end: int) -> int:
    """Return `line_end`, before the carriage returns that precede it."""
    while line_end > start and content[line_end - 1] == _CARRIAGE_RETURN:
        line_end -= 1
    return line_end


def _cut_record(content: bytes, start: int, line_end: int, width: int | None) -> _Cut:
    """Cut the record that begins at `start`, whose first physical line ends at `line_end`."""
    end = _without_returns(content, start, line_end)
    if end - start > LONGEST_RECORD_BYTES:
        return _Cut([], end, f"a record of {end - start} bytes, at most {LONGEST_RECORD_BYTES} are read")
    if content.find(b'"', start, end) < 0:
        return _of_width(_Cut(content[start:end].split(b","), end), width)
    cut = _cut_quoted(content, start, width)
    if cut.byte_end <= line_end:
        return _of_width(cut, width) if not cut.trouble else _Cut(cut.fields, end, cut.trouble)
    if not cut.trouble and (width is None or len(cut.fields) == width):
        return cut
    # Found wrong only beyond the first line: a quote opened in the first line swallowed what follows.
    closed = _fields_closed_by(content, start, end)
    return _Cut(closed, end, f"the quote that opens field {len(closed) + 1} is not closed")


def _of_width(cut: _Cut, width: int | None) -> _Cut:
    """Return `cut`, in trouble if it is not `width` fields wide."""
    if width is None or len(cut.fields) == width:
        return cut
    return _Cut(cut.fields, cut.byte_end, f"{len(cut.fields)} fields where the header has {width}")


def _fields_closed_by(content: bytes, start: int, end: int) -> list[bytes]:
    """Return the fields that are complete within the first physical line."""
    return _cut_quoted(content[start:end], 0, None).fields


def _cut_quoted(content: bytes, start: int, width: int | None) -> _Cut:
    """Cut a record that may hold quotes, over as many lines as they span.

    On trouble `byte_end` is where it was met, and the fields are those before it.
    """
    fields: list[bytes] = []
    position, limit = start, min(len(content), start + LONGEST_RECORD_BYTES)
    while True:
        is_quoted = content[position : position + 1] == b'"'
        found = (
            _REST_OF_QUOTED.match(content, position + 1, limit)
            if is_quoted
            else _UNQUOTED.match(content, position, limit)
        )
        if found is None:
            return _Cut(fields, limit + 1, f"the quote that opens field {len(fields) + 1} is not closed")
        raw, position = found.group(), found.end()
        if not is_quoted and content[position : position + 1] == b'"':
            return _Cut(fields, position, f"a quote stands inside the unquoted field {len(fields) + 1}")
        if is_quoted:
            raw = raw[:-1].replace(b'""', b'"')
            # A cell over several lines that ends in a comma (and quotes): rather an open quote that met the one which
            # opens a cell of the next row. This way a row can only suffer from its neighbour if its first cell begins
            # with a comma, a quote or a line feed, and that cell is an id or a name.
            if b"\n" in raw and raw.rstrip(b'"').endswith(b","):
                return _Cut(fields, position, f"the quote that opens field {len(fields) + 1} is not closed")
        following = content[position : position + 1]
        if following == b",":
            fields.append(raw)
            position += 1
            if width is not None and len(fields) > width and b"\n" in content[start:position]:
                return _Cut(fields, position, "too many fields")
            continue
        if not _LINE_END.match(content, position):
            trouble = f"text follows the closing quote of field {len(fields) + 1}" if is_quoted else "record too long"
            return _Cut(fields, position, trouble)
        if not is_quoted:
            position -= len(raw) - len(raw.rstrip(b"\r"))
            raw = raw.rstrip(b"\r")
        fields.append(raw)
        return _Cut(fields, position)


def _decoded(fields: list[bytes]) -> tuple[tuple[str, ...], str]:
    """Return fields as text, and what was broken in their encoding."""
    whole = b",".join(fields)
    broken = undecodable(whole)
    if broken:
        return tuple(readable(field) for field in fields), broken
    return tuple(field.decode("utf-8") for field in fields), ""
