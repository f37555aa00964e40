"""Which source a place means, and which words about it can't be meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aicycle.errors import UsageError
from aicycle.sources.document import DocumentSource
from aicycle.sources.recording import RecordingSource
from flows.steps.given_source import Given, source_of
from warehouse import Warehouse

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "news.txt").write_bytes(b"Acme builds\n")
    (tmp_path / "capex_events.csv").write_bytes(b"x\n")

    def asked(place, **words):
        given = Given(place=place if "://" in place else str(tmp_path / place), **words)
        return source_of(given, Warehouse(tmp_path / "home"), lambda: NOW)

    return asked


def test_a_file_of_the_format_is_a_recording_of_that_file_and_anything_else_is_a_document(ask, tmp_path):
    source = ask("capex_events.csv")
    assert isinstance(source, RecordingSource)
    assert (source.folder, source.only) == (tmp_path, "capex_events.csv")
    assert isinstance(ask("news.txt"), DocumentSource)
    assert isinstance(ask("https://example.org/capex_events.csv"), DocumentSource)


def test_nothing_is_asked_or_written_before_the_run(ask, tmp_path):
    source = ask("https://example.org/1")
    assert source.name == "document"
    assert not (tmp_path / "home").exists()
    assert source.first_seen("records/x.json") is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"document_id": ""}, "can't be an id"),
        ({"document_id": "../x"}, "can't be an id"),
        ({"document_id": "a\nb"}, "can't be an id"),
        ({"document_id": "x" * 201}, "can't be an id"),
        ({"published": "28.09.2025"}, "--published: '28.09.2025' is not a day"),
        ({"published": "2025-02-30"}, "is not a day"),
        ({"published": ""}, "--published is empty"),
        ({"published": "2025-09-28T10:00:00"}, "is not a day"),
    ],
)
def test_words_that_can_not_be_read(ask, words, why):
    with pytest.raises(UsageError, match=why):
        ask("news.txt", **words)


@pytest.mark.parametrize("words", [{"document_id": "a"}, {"published": "2025"}, {"language": "de"}])
def test_words_about_one_document_are_not_about_rows(ask, words):
    assert isinstance(ask("news.txt", **words), DocumentSource)
    with pytest.raises(UsageError, match="are of one document"):
        ask("capex_events.csv", **words)


@pytest.mark.parametrize("place", ["nothing.txt", ".", "ftp://example.org/x", "https://u:p@example.org/"])
def test_a_place_that_can_not_be_meant_is_refused_at_once(ask, place):
    with pytest.raises(UsageError):
        ask(place)
