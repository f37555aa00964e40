"""The recorded data, file by file: every row is staged, and none is unreadable."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from aicycle.settings.configuration import load_configuration
from transforms.staging import stage
from transforms.staging.batch import Payload

ROWS = {
    "prices.csv": 13_953,
    "actions.csv": 9,
    "fx.csv": 23_058,
    "reported_figures.csv": 580,
    "capex_events.csv": 46,
    "cycle_events.csv": 198,
    "documents.jsonl": 56,
    "gold.jsonl": 56,
    "clusters.jsonl": 8,
    "headlines.jsonl": 791,
    "gold_headlines.jsonl": 36,
    "feeds.csv": 12,
}

UNREADABLE = {}
"""File name -> reasons of rows that are known not to be readable; none is."""

FETCHED_AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def configured(root):
    return load_configuration(root / "config").universe


def batches_of(path, payload_format, universe, siblings):
    content = path.read_bytes()
    payload = Payload(
        source="recording",
        name=path.name,
        format=payload_format,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        fetched_at=FETCHED_AT,
    )
    return content, stage(payload, universe=universe, siblings=siblings)


@pytest.mark.recording
@pytest.mark.parametrize("name", ROWS)
def test_a_recorded_file_is_read_row_by_row(recording_dir, configured, name):
    texts = {
        f"documents/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (recording_dir / "documents").iterdir()
    }
    content, (batch,) = batches_of(recording_dir / name, f"recording/{name}", configured, texts)
    frame = batch.frame
    assert frame.height == ROWS[name] == content.count(b"\n") - name.endswith(".csv")
    assert frame["unreadable"].drop_nulls().to_list() == UNREADABLE.get(name, [])
    ends = [0, *frame["byte_end"]]
    for start, end, before in zip(frame["byte_start"], frame["byte_end"], ends, strict=False):
        assert before <= start < end
    if "known_at" in frame.columns:
        assert frame["known_at"].null_count() == 0
        assert frame["known_at"].max() <= FETCHED_AT


@pytest.mark.recording
def test_recorded_chart_replies_say_what_the_recorded_prices_say(recording_dir, configured):
    _, (prices,) = batches_of(recording_dir / "prices.csv", "recording/prices.csv", configured, {})
    close = {(row[0], row[1]): row[2] for row in prices.frame.select("symbol", "session", "close").iter_rows()}
    compared = 0
    for path in sorted((recording_dir / "fixtures").glob("yahoo_v8_shape_*.json")):
        _, (bars,) = batches_of(path, "yahoo/chart-v8", configured, {})
        assert bars.frame["unreadable"].null_count() == bars.frame.height
        for symbol, session, price in bars.frame.select("symbol", "session", "close").iter_rows():
            assert close[symbol, session] == price
            compared += 1
    assert compared > 500


@pytest.mark.recording
def test_the_recorded_reply_of_the_vendor_is_read(recording_dir, configured):
    path = recording_dir / "fixtures" / "yahoo_v8_chart_0700HK_recorded_2026-08-07.json"
    content, (bars,) = batches_of(path, "yahoo/chart-v8", configured, {})
    assert bars.frame["close"].to_list() == [490.4, 487.6, 492.2, 479.2, 478.8]
    assert [session.isoformat()[5:] for session in bars.frame["session"]] == [
        "08-03",
        "08-04",
        "08-05",
        "08-06",
        "08-07",
    ]
    assert content[bars.frame["byte_start"][0] :].startswith(b"{")
