"""Bytes behind an address: what is shown of them, and what is said when they are not there."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.address import Address
from flows.steps.rereading import SHOWN_CHARACTERS, Rereader, node_content, printable
from transforms.receipts import Node
from warehouse.layout import Layout
from warehouse.payloads import PayloadStore

CONTENT = b"head\nfirst,1\nsecond,\x1b[31m\n"


@pytest.fixture
def store(tmp_path):
    return PayloadStore(Layout(tmp_path))


@pytest.fixture
def sha256(store):
    return store.keep(CONTENT)


@pytest.fixture
def rereader(store, sha256):
    row = {
        "payload_sha256": sha256, "source": "recording", "name": "a.csv", "format": "f", "request": "",
        "size_bytes": len(CONTENT), "fetched_at": datetime(2025, 1, 1, tzinfo=UTC), "batch_seq": 1,
    }  # fmt: skip
    schema = CONTRACTS["raw.payloads"].polars_schema()
    return Rereader(pl.DataFrame([row, row | {"batch_seq": 2, "name": "b.csv"}], schema=schema), store)


def test_an_address_is_read_again(rereader, sha256):
    told = rereader.told(Address(sha256, 5, 12))
    assert (told["text"], told["source_line"], told["problem"]) == ("first,1", 2, None)
    assert told["payload_names"] == ["recording/a.csv", "recording/b.csv"]
    assert rereader.told(Address(sha256, 13, 24))["text"] == "second,\\x1b[31"


def test_a_span_beyond_the_end_is_said(rereader, sha256):
    assert "beyond" in rereader.told(Address(sha256, 5, 99))["problem"]


def test_altered_and_missing_payloads_are_said(rereader, store, sha256):
    assert "missing" in rereader.told(Address("0" * 64, 0, 1))["problem"]
    store.path(sha256).write_bytes(b"other")
    told = rereader.told(Address(sha256, 0, 1))
    assert "altered" in told["problem"]
    assert told["text"] is None


def test_every_node_has_the_same_keys(rereader, sha256):
    leaf = Node(kind="fact", label="l", address=Address(sha256, 0, 4))
    content = node_content(Node(kind="root", label="r", children=(leaf,)), rereader)
    assert set(content) == set(content["children"][0])
    assert content["children"][0]["text"] == "head"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"plain", "plain"),
        ("Größe 万亿".encode(), "Größe 万亿"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"a\r\nb\t\x00\x07", "a\\r\\nb\\t\\x00\\x07"),
        ("\u202ertl".encode(), "\\u202ertl"),
        (b"", ""),
    ],
)
def test_what_is_printed_is_harmless(content, shown):
    assert printable(content) == shown


def test_what_is_long_is_cut():
    assert printable("ä".encode() * 10_000) == "ä" * SHOWN_CHARACTERS + "..."
    assert printable(b"a" * SHOWN_CHARACTERS) == "a" * SHOWN_CHARACTERS
