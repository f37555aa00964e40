from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from aicycle.errors import RefusedFileError

RECORD = {
    "id": "u-0123456789abcdef",
    "title": "Acme builds",
    "language": "en",
    "published": "2025-09-24",
    "first_seen_at": None,
    "url": "https://example.org/1",
    "text_sha256": "a" * 64,
    "source_sha256": "b" * 64,
    "unreadable": None,
}


@pytest.fixture
def row_of(staged):
    def read(**more):
        line = json.dumps(RECORD | more) + "\n"
        (row,) = staged("records/x.json", line, payload_format="document/record")
        assert (row["source_line"], row["byte_start"], row["byte_end"]) == (1, 0, len(line.encode()) - 1)
        return row

    return read


def test_a_record_is_a_report(row_of):
    row = row_of()
    assert row["unreadable"] is None
    assert (row["document_id"], row["kind"], row["language"]) == ("u-0123456789abcdef", "report", "en")
    assert (row["title"], row["address"], row["text_sha256"]) == ("Acme builds", "https://example.org/1", "a" * 64)
    assert row["event_time"] == row["known_at"] == datetime(2025, 9, 24, 23, 59, 59, 999999, UTC)
    assert row["known_precision"] == "day"


def test_where_no_publication_is_stated_it_counts_from_when_it_was_first_seen(row_of):
    row = row_of(published=None, first_seen_at="2026-01-05T12:00:00+00:00")
    assert row["event_time"] == row["known_at"] == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert row["known_precision"] == "instant"


def test_what_could_not_be_read_is_a_row_that_says_why(row_of):
    row = row_of(unreadable="no article is found in the page", text_sha256=None)
    assert row["unreadable"] == "no article is found in the page"
    assert row["document_id"] == "u-0123456789abcdef"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"published": None}, "first_seen_at: "),
        ({"published": "yesterday"}, "published: 'yesterday' is not a day"),
        ({"text_sha256": 3}, "text_sha256: 3 is not a text"),
    ],
)
def test_a_record_that_is_damaged_says_so(row_of, more, why):
    if "published" in more and more["published"] is None:
        more = more | {"first_seen_at": 5}
    assert why in row_of(**more)["unreadable"]


def test_an_empty_record_is_refused(staged):
    with pytest.raises(RefusedFileError, match="is empty"):
        staged("records/x.json", "\n", payload_format="document/record")


@pytest.mark.parametrize("payload_format", ["document/text", "recording/text"])
def test_bytes_that_records_refer_to_have_no_rows(staged, payload_format):
    assert staged("originals/x", b"\xff", payload_format=payload_format) == []
