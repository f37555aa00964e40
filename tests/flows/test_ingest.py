"""One document through the pipeline: stored once, restated when edited, refused with a reason, proved by its bytes.

The stages run as they are, without Prefect's engine around them; `tests/flows/test_cli_ingest.py` runs them with it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import httpx
import polars as pl
import pytest

import flows.audit
import flows.ingest
import flows.pipeline
from aicycle.cli.pages import digest_json
from aicycle.errors import ExitCode, NoDataError, NothingPublishedError, RefusedFileError, SourceDownError
from aicycle.settings.configuration import load_configuration
from aicycle.settings.environment import Settings
from aicycle.settings.lexicon import load_lexicon
from aicycle.settings.resources import config_folder
from aicycle.sources.fetching import Fetcher
from flows.runtime import build_runtime, using
from flows.steps.given_source import Given, source_of
from flows.steps.reading import TextRules
from flows.steps.verifying import verify
from transforms.announcements import Extraction
from warehouse import Warehouse

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
ADDRESS = "https://example.org/2025/news"
TEXT = "Acme baut Rechenzentren\n\nAcme will in drei Jahren 40 Milliarden Yuan ausgeben, wie der Konzern mitteilte.\n"
PAGE = (
    "<html lang='en'><head><meta name='date' content='2025-09-24'><title>Acme builds</title></head><body><article>"
    "<p>Acme will spend 40 billion yuan on data centres over three years, the company said.</p></article></body></html>"
)
RSS = """<rss version="2.0"><channel><title>Wire</title><language>en</language>
<item><title>Acme builds more</title><link>https://example.org/1</link><pubDate>2025-02-24T09:30:00Z</pubDate></item>
<item><title>Acme builds less</title><link>https://example.org/2</link></item>
</channel></rss>"""


STAGES = ("ingest", "audit", "transform", "recompute_scenarios", "raise_alerts", "publish")
TASKS = ((flows.ingest, "receive"), (flows.audit, "judge_payloads"))


@pytest.fixture(autouse=True)
def _without_prefect(monkeypatch):
    for module, name in (*((flows.pipeline, stage) for stage in STAGES), *TASKS):
        monkeypatch.setattr(module, name, getattr(module, name).fn)


def says_nothing(_text, **_):
    """Read no announcement in any text: what texts say is tested where it is read (test_documents_are_read)."""
    return Extraction(language="en", announcements=(), events=())


DEAF = TextRules(load_lexicon(config_folder()), extract=says_nothing, version="says nothing")


@pytest.fixture
def ingest(tmp_path):
    """Ingest a place, or the bytes that its address has, into one home."""

    def run(place, *, content=None, content_type="text/html", status=200, now=NOW, home="home", **words):
        def handle(_):
            body = httpx.ByteStream(content.encode() if isinstance(content, str) else content or b"")
            return httpx.Response(status, headers={"content-type": content_type}, stream=body)

        fetcher = Fetcher(transport=httpx.MockTransport(handle), resolve=lambda *_: ("93.184.216.34",))
        warehouse = Warehouse(tmp_path / home, clock=lambda: now)
        source = source_of(Given(place=str(place), **words), warehouse, lambda: now, fetcher=fetcher)
        runtime = build_runtime(
            home=str(tmp_path / home), settings=Settings(), clock=lambda: now, source=source, texts=DEAF
        )
        with using(runtime):
            return flows.pipeline.pipeline.fn()

    return run


@pytest.fixture
def reader(tmp_path):
    return lambda: Warehouse(tmp_path / "home").read()


@pytest.fixture
def documents(reader):
    def rows():
        with reader() as open_reader:
            return open_reader.frame("core.documents").sort("load_seq", "document_id").to_dicts()

    return rows


@pytest.fixture
def proved(reader, tmp_path):
    """Verify all that is stored."""

    def verified():
        warehouse = Warehouse(tmp_path / "home")
        with warehouse.read() as open_reader:
            return verify(
                open_reader, warehouse.payloads, load_configuration(config_folder()), [], only_these=False, texts=DEAF
            )

    return verified


def test_a_text_is_stored_once_and_an_edited_one_restates(ingest, documents, proved, tmp_path):
    path = tmp_path / "news.txt"
    path.write_text(TEXT, encoding="utf-8")
    first = ingest(path, published="2025-09-28")
    assert first.is_balanced
    assert [(f.name, f.table, f.rows_in, f.stored) for f in first.files] == [
        ("records/news.txt.json", "core.documents", 1, 1)
    ]
    (row,) = documents()
    assert (row["document_id"], row["kind"], row["language"]) == ("news.txt", "report", "de")
    assert row["title"] == "Acme baut Rechenzentren"
    assert row["known_at"] == datetime(2025, 9, 28, 23, 59, 59, 999999, UTC)
    assert row["text_sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()

    again = ingest(path, published="2025-09-28", now=LATER)
    assert (again.total("stored"), again.total("duplicate"), again.snapshot) == (0, 1, first.snapshot)

    path.write_text(TEXT.replace("40", "42"), encoding="utf-8")
    edited = ingest(path, published="2025-09-28", now=LATER)
    assert (edited.total("stored"), edited.total("restated")) == (1, 1)
    old, new = documents()
    assert (new["document_id"], new["revision"], new["event_time"]) == ("news.txt", 1, old["event_time"])
    assert new["known_at"] == LATER, "the edit became known when it came"
    assert proved().is_sound


def test_a_page_is_stored_as_it_came_and_its_text_follows_from_it(ingest, documents, reader, proved, tmp_path):
    assert ingest(ADDRESS, content=PAGE).exit_code == ExitCode.DONE
    (row,) = documents()
    assert (row["language"], row["title"], row["address"]) == ("en", "Acme builds", ADDRESS)
    assert row["event_time"] == datetime(2025, 9, 24, 23, 59, 59, 999999, UTC)
    store = Warehouse(tmp_path / "home").payloads
    text = store.fetch(row["text_sha256"])
    assert (
        text == b"Acme builds\n\nAcme will spend 40 billion yuan on data centres over three years, the company said.\n"
    )
    record = json.loads(store.fetch(row["payload_sha256"])[row["byte_start"] : row["byte_end"]])
    assert store.fetch(record["source_sha256"]) == PAGE.encode()
    with reader() as open_reader:
        requests = open_reader.frame("raw.payloads")["request"].unique().to_list()
    assert requests == [f"GET {ADDRESS}"]
    found = proved()
    assert found.is_sound
    assert (found.facts_checked, found.payloads_checked) == (1, 3)


def test_a_page_of_which_only_the_frame_changes_is_the_same_document(ingest, documents):
    undated = PAGE.replace("<meta name='date' content='2025-09-24'>", "")
    address = "https://example.org/news"
    ingest(address, content=undated)
    changed = undated.replace("</body>", "<footer>Another advertisement</footer></body>")
    again = ingest(address, content=changed, now=LATER)
    assert (again.total("stored"), again.total("duplicate")) == (0, 1)
    (row,) = documents()
    assert row["event_time"] == row["known_at"] == NOW, "it counts from when it was first seen"


def test_verify_finds_a_text_that_does_not_follow_from_its_page(ingest, documents, proved, tmp_path):
    ingest(ADDRESS, content=PAGE)
    store = Warehouse(tmp_path / "home").payloads
    (row,) = documents()
    record = store.fetch(row["payload_sha256"])
    source = json.loads(record)["source_sha256"]
    store.path(source).write_bytes(PAGE.replace("40", "99").encode())
    found = proved()
    assert [(problem.problem, problem.payload_sha256) for problem in found.payloads] == [("altered", source)]
    assert not found.is_sound


def test_what_does_not_follow_is_named_unless_it_was_read_by_others(ingest, documents, reader, tmp_path):
    from flows.steps.derivation_checking import documents_unlike_their_source

    ingest(ADDRESS, content=PAGE)
    store = Warehouse(tmp_path / "home").payloads
    with reader() as open_reader:
        rows, payloads = open_reader.frame("core.documents"), open_reader.frame("raw.payloads")
    record = json.loads(store.fetch(rows["payload_sha256"][0]))

    def problems_with(**changes):
        sha256 = store.keep(json.dumps(record | changes).encode())
        forged = rows.with_columns(payload_sha256=pl.lit(sha256))
        landed = payloads.filter(pl.col("format") == "document/record").with_columns(payload_sha256=pl.lit(sha256))
        return [(p.problem, p.is_certain) for p in documents_unlike_their_source(forged, landed, store)]

    assert problems_with() == []
    assert problems_with(title="Acme destroys") == [("its record is not what its bytes give: title", True)]
    assert problems_with(read_by="trafilatura 1") == []
    ((problem, is_certain),) = problems_with(read_by="trafilatura 1", text_sha256="0" * 64)
    assert "(it was read by trafilatura 1)" in problem
    assert not is_certain
    assert problems_with(asked=None) == [("its record is none", True)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<html><script>x</script></html>", "no article is found in the page"),
        ("fünf Milliarden".encode("latin-1"), "its bytes are not utf-8"),
        (" \n\n", "nothing but white space"),
    ],
)
def test_what_can_not_be_read_waits_in_quarantine_until_it_can(ingest, documents, reader, content, why):
    stopped = ingest(ADDRESS, content=content, content_type="text/plain")
    assert stopped.is_balanced
    assert (stopped.total("rows_in"), stopped.total("quarantined"), stopped.exit_code) == (1, 1, ExitCode.HELD)
    assert documents() == []
    with reader() as open_reader:
        (row,) = open_reader.frame("ops.quarantine").to_dicts()
        kept = open_reader.frame("raw.payloads")["format"].to_list()
    assert why in row["reason"]
    assert "document/text" in kept, "its bytes are kept"
    mended = ingest(ADDRESS, content=PAGE, now=LATER)
    assert (mended.total("stored"), mended.exit_code, mended.held) == (1, ExitCode.DONE, [])


@pytest.mark.parametrize(
    ("content", "words", "check"),
    [
        (TEXT, {"language": "zh"}, "of_its_script"),
        ("12 345\n\n", {}, "says_something"),
        ("Acme \x07 builds\n", {}, "whole"),
        (TEXT, {"published": "2026-11-25"}, "not_ahead"),
    ],
)
def test_the_gate_judges_a_document_like_any_other(ingest, reader, content, words, check):
    stopped = ingest(ADDRESS, content=content, content_type="text/plain", **words)
    assert (stopped.total("rows_in"), stopped.total("quarantined")) == (1, 1)
    with reader() as open_reader:
        assert check in open_reader.frame("ops.quarantine")["check_name"][0]


def test_items_of_a_feed_become_headlines_and_one_without_a_day_waits(ingest, documents, proved, tmp_path):
    summary = ingest(ADDRESS, content=RSS, content_type="application/rss+xml")
    assert summary.is_balanced
    assert (summary.total("rows_in"), summary.total("stored"), summary.total("quarantined")) == (2, 1, 1)
    (row,) = documents()
    assert (row["kind"], row["title"], row["feed"], row["text_sha256"]) == (
        "headline",
        "Acme builds more",
        "Wire",
        None,
    )
    assert row["event_time"] == datetime(2025, 2, 24, 9, 30, tzinfo=UTC)
    span = Warehouse(tmp_path / "home").payloads.fetch(row["payload_sha256"])[row["byte_start"] : row["byte_end"]]
    assert span.decode() == RSS.splitlines()[1]
    assert proved().is_sound
    more = RSS.replace(
        "</channel>", "<item><title>New</title><link>x</link><pubDate>2025-03-01</pubDate></item></channel>"
    )
    again = ingest(ADDRESS, content=more, content_type="text/xml", now=LATER)
    assert (again.total("stored"), again.total("restated"), again.total("duplicate")) == (1, 0, 1)


def test_a_broken_feed_is_refused_whole_and_its_bytes_are_kept(ingest, reader):
    summary = ingest(ADDRESS, content=RSS[:-20], content_type="text/xml")
    assert summary.exit_code == ExitCode.HELD
    (said,) = summary.refused_files
    assert "it is not well-formed" in said
    with reader() as open_reader:
        assert open_reader.frame("raw.payloads").height == 1
        assert open_reader.frame("core.documents").is_empty()


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"status": 404}, NoDataError),
        ({"status": 503}, SourceDownError),
        ({"content_type": "application/zip", "content": "x"}, RefusedFileError),
        ({"content": "<?xml version='1.0'?><sitemap/>", "content_type": "text/xml"}, RefusedFileError),
    ],
)
def test_what_is_no_document_changes_nothing(ingest, documents, reader, how, error):
    with pytest.raises(error):
        ingest(ADDRESS, **how)
    with pytest.raises(NothingPublishedError), reader():
        pass
    ingest(ADDRESS, content=PAGE)
    before = documents()
    with pytest.raises(error):
        ingest(ADDRESS, now=LATER, **how)
    assert documents() == before


def test_a_file_of_the_format_is_as_much_of_its_recording(ingest, run_on, recording_copy, tmp_path):
    (recording_copy / "prices.csv").unlink()
    for name in ("documents.jsonl", "headlines.jsonl", "capex_events.csv"):
        summary = ingest(recording_copy / name)
        assert summary.is_balanced
        assert {file.name for file in summary.files} == {name}
        assert summary.total("stored") == summary.total("rows_in") > 0
    assert ingest(recording_copy / "documents.jsonl", now=LATER).total("stored") == 0
    after = run_on(recording_copy, now=LATER, texts=DEAF)
    stored = {file.name for file in after.files if file.stored}
    assert not stored & {"documents.jsonl", "headlines.jsonl", "capex_events.csv"}
    assert run_on(recording_copy, home="other", now=NOW, texts=DEAF).total("restated") == 0


def test_killed_between_landing_and_audit_the_next_run_reads_what_landed(ingest, run_on, recording_copy, tmp_path):
    """The ingest stage commits and the process dies: any later run, of whatever source, audits what it left."""
    path = tmp_path / "news.txt"
    path.write_text(TEXT, encoding="utf-8")
    ingest(path, home="undisturbed")
    warehouse = Warehouse(tmp_path / "home", clock=lambda: NOW)
    source = source_of(Given(place=str(path)), warehouse, lambda: NOW)
    runtime = build_runtime(home=str(tmp_path / "home"), settings=Settings(), clock=lambda: NOW, source=source)
    with using(runtime):
        flows.ingest.ingest()
    with pytest.raises(NothingPublishedError), warehouse.read():
        pass
    again = ingest(path)
    assert (again.total("stored"), again.total("restated")) == (1, 0)
    with warehouse.read() as one, Warehouse(tmp_path / "undisturbed").read() as other:
        assert digest_json(one) == digest_json(other)
