"""Cutting a JSON-lines file into objects, each with its exact byte span.

Here: one object a line, UTF-8, bytes in, records out. Not here: what a key means (`documents`, `labels`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from transforms.staging.lines import BYTE_ORDER_MARK, LONGEST_RECORD_BYTES, readable, undecodable


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One line; `value` is None where the line is no JSON object."""

    line: int
    byte_start: int
    byte_end: int
    """One past the last byte, surrounding white space excluded."""
    trouble: str
    """What is wrong; empty in a whole record."""
    text: str = ""
    """The line as text; empty where it is too long to be one."""
    value: dict[str, object] | None = None


def json_records(content: bytes) -> Iterator[JsonRecord]:
    """Yield the objects of a JSON-lines file in file order; lines of nothing but white space are none."""
    start, line = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0, 1
    while start < len(content):
        found = content.find(b"\n", start)
        line_end = len(content) if found < 0 else found
        raw = content[start:line_end]
        if stripped := raw.strip():
            byte_start = start + raw.index(stripped[:1])
            yield _read(stripped, line, byte_start)
        start, line = line_end + 1, line + 1


def _read(raw: bytes, line: int, byte_start: int) -> JsonRecord:
    """Read one line without surrounding white space."""
    byte_end = byte_start + len(raw)
    if len(raw) > LONGEST_RECORD_BYTES:
        trouble = f"a record of {len(raw)} bytes, at most {LONGEST_RECORD_BYTES} are read"
        return JsonRecord(line, byte_start, byte_end, trouble)
    text, broken = readable(raw), undecodable(raw)
    try:
        value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except ValueError as error:
        return JsonRecord(line, byte_start, byte_end, broken or f"not JSON: {error}", text)
    except RecursionError:
        return JsonRecord(line, byte_start, byte_end, "not readable JSON: nested too deeply", text)
    if not isinstance(value, dict):
        return JsonRecord(line, byte_start, byte_end, f"a JSON object is expected, not {type(value).__name__}", text)
    return JsonRecord(line, byte_start, byte_end, broken, text, value)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the pairs as a dict; a key that stands twice has no one value."""
    value = dict(pairs)
    if len(value) < len(pairs):
        twin = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"key {twin!r} stands twice")
    return value


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON does not know."""
    raise ValueError(f"{name} is no JSON value")
