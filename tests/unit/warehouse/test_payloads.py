"""The payload store: the same bytes once, altered bytes never."""

from __future__ import annotations

import hashlib

import pytest

from aicycle.errors import WarehouseError
from warehouse.layout import Layout
from warehouse.payloads import PayloadStore


@pytest.fixture
def payloads(tmp_path):
    return PayloadStore(Layout(tmp_path))


def test_what_is_kept_comes_back(payloads, tmp_path):
    sha = payloads.keep(b"bytes")
    assert sha == hashlib.sha256(b"bytes").hexdigest()
    assert payloads.fetch(sha) == b"bytes"
    payloads.keep(b"bytes")
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [sha]


def test_one_altered_byte_is_named(payloads, tmp_path):
    sha = payloads.keep(b"bytes")
    (tmp_path / "payloads" / sha[:2] / sha).write_bytes(b"bytez")
    with pytest.raises(WarehouseError, match=f"payload {sha} was altered"):
        payloads.fetch(sha)


def test_a_cut_off_payload_is_written_anew(payloads, tmp_path):
    sha = payloads.keep(b"bytes")
    (tmp_path / "payloads" / sha[:2] / sha).write_bytes(b"by")
    assert payloads.keep(b"bytes") == sha
    assert payloads.fetch(sha) == b"bytes"


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_only_addresses_are_fetched(payloads, address):
    with pytest.raises(WarehouseError, match="no payload address"):
        payloads.fetch(address)


def test_a_missing_payload_says_what_to_do(payloads):
    with pytest.raises(WarehouseError, match="restore the file from a backup"):
        payloads.fetch("a" * 64)
