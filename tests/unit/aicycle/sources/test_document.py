"""One document as a source: what is handed over for which bytes, and what is not taken."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from aicycle.errors import AicycleError, RefusedFileError, UsageError
from aicycle.sources.addresses import id_of
from aicycle.sources.document import DocumentSource
from aicycle.sources.fetching import LARGEST_DOCUMENT_BYTES, Fetcher

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
EARLIER = datetime(2025, 12, 1, tzinfo=UTC)
TEXT = b"Acme builds data centres\n\nAcme will spend 40 billion yuan on data centres, the company said.\n"
PAGE = (
    b"<html><head><title>Acme builds</title></head><body><article><p>Acme will spend 40 billion yuan on data centres"
    b" over three years, the company said on Monday.</p></article></body></html>"
)
FEED = b"<rss><channel><title>Wire</title><item><title>Acme</title><link>x</link></item></channel></rss>"
ADDRESS = "https://example.org/news/1?utm_source=x"


def source_of(place, *, first_seen=None, **more):
    return DocumentSource(place=str(place), clock=lambda: NOW, first_seen=lambda _: first_seen, **more)


def fetch(place, **more):
    return list(source_of(place, **more).fetch())


def fetcher_of(content, content_type="text/html", **headers):
    def handle(request):
        assert request.headers["host"] == "example.org"
        return httpx.Response(200, headers={"content-type": content_type} | headers, stream=httpx.ByteStream(content))

    return Fetcher(transport=httpx.MockTransport(handle), resolve=lambda *_: ("93.184.216.34",))


def shapes(items):
    return [(item.name, item.format) for item in items]


def record_in(items):
    assert items[-1].format == "document/record"
    return json.loads(items[-1].content)


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


def test_a_text_is_handed_over_as_it_is_with_its_record(write):
    items = fetch(write("news.txt", TEXT))
    assert shapes(items) == [("texts/news.txt.txt", "recording/text"), ("records/news.txt.json", "document/record")]
    assert (items[0].content, items[0].fetched_at, items[0].request) == (TEXT, NOW, "")
    record = record_in(items)
    assert record["id"] == "news.txt"
    assert record["text_sha256"] == record["source_sha256"] == hashlib.sha256(TEXT).hexdigest()
    assert record["first_seen_at"] == NOW.isoformat()
    assert record["asked"]["file_name"] == "news.txt"


def test_a_page_is_handed_over_as_it_came_beside_the_text_that_is_read():
    items = fetch(ADDRESS, fetcher=fetcher_of(PAGE))
    known_as = id_of("https://example.org/news/1")
    assert shapes(items) == [
        (f"originals/{known_as}", "document/text"),
        (f"texts/{known_as}.txt", "recording/text"),
        (f"records/{known_as}.json", "document/record"),
    ]
    assert items[0].content == PAGE
    assert items[1].content.startswith(b"Acme builds\n\nAcme will spend")
    assert {item.request for item in items} == {"GET https://example.org/news/1?utm_source=x"}
    record = record_in(items)
    assert (record["id"], record["url"]) == (known_as, "https://example.org/news/1")


def test_a_feed_is_handed_over_alone(write):
    assert shapes(fetch(write("feed.xml", FEED))) == [("feeds/feed.xml", "document/feed")]
    items = fetch(ADDRESS, fetcher=fetcher_of(FEED, "text/plain"))
    assert shapes(items) == [(f"feeds/{id_of('https://example.org/news/1')}", "document/feed")]


def test_when_it_was_first_seen_stays(write):
    assert record_in(fetch(write("news.txt", TEXT), first_seen=EARLIER))["first_seen_at"] == EARLIER.isoformat()


def test_what_the_caller_declares_is_in_the_record(write):
    items = fetch(write("news.txt", TEXT), document_id="acme 1", language="zh", published="2025-09-28")
    assert shapes(items)[0] == ("texts/acme 1.txt", "recording/text")
    record = record_in(items)
    assert (record["id"], record["language"], record["published"]) == ("acme 1", "zh", "2025-09-28")


@pytest.mark.parametrize("name", ["a\nb.txt", "\x1b[31m.txt", "$(x);'\".txt", "..x", "-rf", "\u202etxt.exe", "x" * 240])
def test_a_name_may_be_anything_and_an_id_may_not(write, name):
    items = fetch(write(name, TEXT))
    record = record_in(items)
    assert record["id"] == "f-" + hashlib.sha256(name.encode()).hexdigest()[:16]
    assert record["asked"]["file_name"].isprintable()
    assert all(item.name.isprintable() for item in items)


def test_a_name_that_is_no_text_is_taken_too(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.txt"
    with open(path, "wb") as file:  # noqa: PTH123 - a path in bytes
        file.write(TEXT)
    assert record_in(fetch(os.fsdecode(path)))["asked"]["file_name"] == "\\udcff.txt"


def test_a_name_in_another_script_is_an_id(write):
    assert record_in(fetch(write("阿里 1.txt", TEXT)))["id"] == "阿里 1.txt"


def test_what_can_not_be_read_is_kept_with_a_record_that_says_why(write):
    items = fetch(write("news.txt", b"f\xfcnf"))
    assert shapes(items) == [("originals/news.txt", "document/text"), ("records/news.txt.json", "document/record")]
    assert items[0].content == b"f\xfcnf"
    assert "byte 0xfc at 1" in record_in(items)["unreadable"]


def test_the_header_s_charset_counts():
    items = fetch(ADDRESS, fetcher=fetcher_of("fünf Euro".encode("latin-1"), "text/plain; charset=iso-8859-1"))
    assert items[1].content.decode() == "fünf Euro"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "news.txt is not taken: it is empty"),
        (b"x" * 1001, "news.txt is not taken: it has 1001 bytes"),
        (b"%PDF-1.7\n%\xe2", "it is a PDF"),
        (b"PK\x03\x04\0\0", "it is no text"),
        (b"text\0text", "it is no text"),
        (b"<?xml version='1.0'?><sitemap/>", "it is XML, and neither a page nor a feed"),
    ],
)
def test_what_is_no_document_is_not_taken(write, content, why):
    with pytest.raises(RefusedFileError, match=why) as refused:
        fetch(write("news.txt", content), max_bytes=1000)
    assert "expected" in str(refused.value)
    assert "next" in str(refused.value)


def test_ten_million_bytes_are_taken_and_eleven_are_not(write):
    assert len(fetch(write("a.txt", b"word " * 2_000_000))) == 2
    with pytest.raises(RefusedFileError, match="it has 10485761 bytes"):
        fetch(write("a.txt", b"x" * (LARGEST_DOCUMENT_BYTES + 1)))


def test_links_pipes_devices_and_what_is_not_there(write, tmp_path):
    (tmp_path / "link.txt").symlink_to(write("news.txt", TEXT))
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("link.txt", "dangling.txt"):
        with pytest.raises(RefusedFileError, match="it is a symbolic link"):
            fetch(tmp_path / name)
    for place in (tmp_path / "pipe.txt", "/dev/zero"):
        with pytest.raises(RefusedFileError, match="it is no regular file"):
            fetch(place)
    for place in (tmp_path, "/", ".", ".."):
        with pytest.raises(UsageError, match="is a folder"):
            fetch(place)
    for place in (tmp_path / "nothing", tmp_path / "news.txt" / "x", "", "a\0b"):
        with pytest.raises(AicycleError, match=r"there is no file|is a folder"):
            fetch(place)


@pytest.mark.parametrize("more", [{"language": "de"}, {"published": "2025-09-28"}])
def test_words_about_one_document_are_not_about_a_feed_or_a_table(write, more):
    with pytest.raises(UsageError, match="--lang and --published"):
        fetch(write("feed.xml", FEED), **more)
    with pytest.raises(UsageError, match="--lang and --published"):
        fetch("https://example.org/headlines.jsonl", fetcher=fetcher_of(b"{}", "application/json"), **more)


def test_a_file_of_the_recording_format_is_known_by_its_address():
    items = fetch("https://example.org/x/headlines.jsonl?v=1", fetcher=fetcher_of(b"{}", "application/octet-stream"))
    known_as = id_of("https://example.org/x/headlines.jsonl?v=1")
    assert shapes(items) == [(f"{known_as}/headlines.jsonl", "recording/headlines.jsonl")]
    with pytest.raises(RefusedFileError, match="'text/html'"):
        fetch("https://example.org/x/capex_events.csv", fetcher=fetcher_of(PAGE))


def test_documents_jsonl_is_not_asked_for_without_its_texts():
    with pytest.raises(UsageError, match="the texts it refers to do not come with it"):
        fetch("https://example.org/documents.jsonl", fetcher=fetcher_of(b"{}", "application/json"))


def test_an_edited_page_is_another_record_of_the_same_document():
    one = record_in(fetch(ADDRESS, fetcher=fetcher_of(PAGE)))
    two = record_in(fetch("http://example.org/news/1/", fetcher=fetcher_of(PAGE.replace(b"40", b"42"))))
    assert one["id"] == two["id"]
    assert one["text_sha256"] != two["text_sha256"]


def test_nothing_is_left_open(write):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        fetch(write("news.txt", TEXT))
        with pytest.raises(RefusedFileError):
            fetch(write("empty.txt", b""))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
