from __future__ import annotations

import pytest

from transforms.staging.json_lines import json_records
from transforms.staging.lines import LONGEST_RECORD_BYTES


def test_objects_are_cut_with_exact_spans_and_lines():
    content = b'\xef\xbb\xbf{"a": 1}\r\n\n  {"a": "\xc3\xa9"}  \n{"a": 3}'
    records = list(json_records(content))
    assert [record.value for record in records] == [{"a": 1}, {"a": "é"}, {"a": 3}]
    assert [record.line for record in records] == [1, 3, 4]
    assert [content[r.byte_start : r.byte_end] for r in records] == [b'{"a": 1}', b'{"a": "\xc3\xa9"}', b'{"a": 3}']


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        (b"{", "not JSON: Expecting property name"),
        (b"[1]", "a JSON object is expected, not list"),
        (b"null", "a JSON object is expected, not NoneType"),
        (b'{"a": 1, "a": 2}', "not JSON: key 'a' stands twice"),
        (b'{"a": NaN}', "not JSON: NaN is no JSON value"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON: Exceeds the limit"),
        (b'{"a":' * 100_000, "not readable JSON: nested too deeply"),
        (b'{"a": "' + b"x" * LONGEST_RECORD_BYTES + b'"}', "a record of 1048585 bytes"),
    ],
)
def test_damage_stays_in_its_line(line, trouble):
    before, struck, after = json_records(b'{"a": 0}\n' + line + b'\n{"a": 2}\n')
    assert (before.value, before.trouble, after.value, after.trouble) == ({"a": 0}, "", {"a": 2}, "")
    assert struck.trouble.startswith(trouble)
    assert struck.value is None


def test_broken_encoding_keeps_the_object():
    (record,) = json_records(b'{"a": "x\xff"}')
    assert (record.value, record.trouble) == ({"a": "x\ufffd"}, "not UTF-8 (byte 0xff)")
