from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest

from aicycle.errors import RefusedFileError
from transforms.staging.documents import headline_id

TEXT = "documents/a.txt"
SHA = hashlib.sha256(b"a").hexdigest()
REPORT = {"id": "d1", "file": TEXT, "language": "de", "published": "2025-02-24", "url": None, "title": "Ein Titel"}
HEADLINE = {
    "title": "A title",
    "link": "https://example.org/1",
    "feed": "wire",
    "tickers": ["BABA", "NVDA"],
    "first_seen_at": "2026-02-21T13:34:12+00:00",
    "published": "2026-02-19T18:42:00+02:00",
}


def lines(*objects):
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in objects)


def without(value, key):
    return {k: v for k, v in value.items() if k != key}


def test_a_report_refers_to_its_text_by_digest(staged):
    (row,) = staged("documents.jsonl", lines(REPORT), siblings={TEXT: SHA})
    assert (row["document_id"], row["kind"], row["language"], row["title"]) == ("d1", "report", "de", "Ein Titel")
    assert (row["text_sha256"], row["address"], row["feed"], row["tickers"]) == (SHA, None, None, None)
    assert row["event_time"] == row["known_at"] == datetime(2025, 2, 24, 23, 59, 59, 999999, UTC)
    assert (row["known_precision"], row["unreadable"]) == ("day", None)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"file": "documents/gone.txt"}, "file: 'documents/gone.txt' is not among the texts that came with this file"),
        ({"file": "/etc/passwd"}, "file: '/etc/passwd' is not a path within the folder"),
        ({"file": "documents/../../a.txt"}, "file: 'documents/../../a.txt' is not a path within the folder"),
        ({"file": "documents\\a.txt"}, "file: 'documents\\a.txt' is not a path within the folder"),
        ({"file": 5}, "file: 5 is not a text"),
        ({"title": ["x"]}, "title: ['x'] is not a text"),
        ({"title": "half \ud800"}, "title: holds a NUL or half a character"),
        ({"published": "yesterday"}, "published: 'yesterday' is not a day"),
        ({"published": "2025-02-30"}, "published: '2025-02-30' is not a day"),
        ({"published": "2025-02-24T10:00:00"}, "published: '2025-02-24T10:00:00' is not a day"),
    ],
)
def test_a_report_that_can_t_be_read_says_why(staged, change, note):
    content = "".join(json.dumps(value) + "\n" for value in (REPORT, REPORT | change, REPORT))
    before, row, after = staged("documents.jsonl", content, siblings={TEXT: SHA})
    assert row["unreadable"].startswith(note)
    assert before["unreadable"] is after["unreadable"] is None


@pytest.mark.parametrize("key", ["id", "file", "language", "published", "title"])
def test_a_missing_key_is_named(staged, key):
    (row,) = staged("documents.jsonl", lines(without(REPORT, key)), siblings={TEXT: SHA})
    assert row["unreadable"] == f"{key}: the key is missing"


def test_lines_that_are_no_objects_are_rows_too(staged):
    content = "not json\n" + "{}\n" + lines(REPORT)
    broken, empty, good = staged("documents.jsonl", content, siblings={TEXT: SHA})
    assert (broken["document_id"], broken["source_line"]) == (None, 1)
    assert broken["unreadable"].startswith("not JSON")
    assert "title: the key is missing" in empty["unreadable"]
    assert good["unreadable"] is None


def test_a_file_of_broken_lines_alone_is_rows_without_content(staged):
    first, second = staged("headlines.jsonl", "x\ny\n")
    assert (first["title"], first["source_line"], second["source_line"]) == (None, 1, 2)
    assert first["unreadable"].startswith("not JSON")


@pytest.mark.parametrize(
    ("published", "last", "precision"),
    [
        ("2025-02", datetime(2025, 2, 28, 23, 59, 59, 999999, UTC), "month"),
        ("2025", datetime(2025, 12, 31, 23, 59, 59, 999999, UTC), "year"),
        ("2025-02-24T10:00:00Z", datetime(2025, 2, 24, 10, tzinfo=UTC), "instant"),
    ],
)
def test_a_publication_is_known_as_precisely_as_it_is_said(staged, published, last, precision):
    (row,) = staged("documents.jsonl", lines(REPORT | {"published": published}), siblings={TEXT: SHA})
    assert (row["known_at"], row["known_precision"]) == (last, precision)


def test_a_headline_has_an_id_of_its_own(staged):
    (row,) = staged("headlines.jsonl", lines(HEADLINE))
    digest = hashlib.sha256(b"https://example.org/1\nA title").hexdigest()[:16]
    assert row["document_id"] == "h-" + digest == headline_id("https://example.org/1", "A title")
    assert (row["kind"], row["language"], row["feed"], row["tickers"]) == ("headline", "en", "wire", "BABA|NVDA")
    assert row["event_time"] == row["known_at"] == datetime(2026, 2, 19, 16, 42, tzinfo=UTC)
    assert (row["known_precision"], row["text_sha256"], row["unreadable"]) == ("instant", None, None)


def test_an_unpublished_headline_counts_from_its_first_sight(staged):
    unpublished, undated = staged(
        "headlines.jsonl", lines(HEADLINE | {"published": None, "language": "de"}, without(HEADLINE, "first_seen_at"))
    )
    assert unpublished["known_at"] == datetime(2026, 2, 21, 13, 34, 12, tzinfo=UTC)
    assert unpublished["language"] == "de"
    assert (undated["known_at"], undated["unreadable"]) == (datetime(2026, 2, 19, 16, 42, tzinfo=UTC), None)


def test_a_headline_without_any_time_or_with_odd_tickers_says_so(staged):
    timeless = without(without(HEADLINE, "published"), "first_seen_at")
    odd = HEADLINE | {"tickers": "BABA"}
    first, second = staged("headlines.jsonl", lines(timeless, odd))
    assert first["unreadable"] == "first_seen_at: the key is missing"
    assert second["unreadable"] == "tickers: BABA is not a list of texts without '|'"


@pytest.mark.parametrize("name", ["documents.jsonl", "headlines.jsonl", "gold.jsonl"])
@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(staged, name, content):
    with pytest.raises(RefusedFileError, match=f"{name} is empty"):
        staged(name, content)


@pytest.mark.parametrize("name", ["documents.jsonl", "headlines.jsonl"])
def test_the_documented_example_is_read(staged, root, name):
    document = (root / "docs" / "recording_format.md").read_text(encoding="utf-8")
    example = document.partition(f"### `{name}`")[2].split("```json\n")[1].split("```")[0]
    (row,) = staged(name, example, siblings={"documents/d1.txt": SHA})
    assert row["unreadable"] is None
