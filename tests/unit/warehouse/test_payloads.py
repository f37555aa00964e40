"""The payload store: the same bytes once, altered bytes never."""

from __future__ import annotations

import hashlib
import threading

import pytest

from aicycle.errors import WarehouseError
from warehouse.faults import Faults
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


def test_an_altered_payload_of_the_same_length_is_written_anew(payloads, tmp_path):
    sha = payloads.keep(b"bytes")
    (tmp_path / "payloads" / sha[:2] / sha).write_bytes(b"bytez")
    assert payloads.keep(b"bytes") == sha
    assert payloads.fetch(sha) == b"bytes"


def test_bytes_are_durable_before_they_bear_their_name_and_their_name_before_keep_returns(
    payloads, tmp_path, disk, was_made_durable
):
    sha = payloads.keep(b"bytes")
    assert was_made_durable(tmp_path / "payloads" / sha[:2] / sha)
    new_folders = [("sync", f.stat().st_ino) for f in (tmp_path, tmp_path / "payloads")]
    assert disk[:2] == new_folders, "a new shard is durable in its parent, and that in its own"


def test_threads_that_keep_the_same_bytes_do_not_disturb_each_other(tmp_path):
    both_wrote = threading.Barrier(2)

    class Meeting(Faults):
        def boundary(self, name):
            if name == "payload.before_rename":
                both_wrote.wait(10)

    payloads = PayloadStore(Layout(tmp_path), Meeting())
    kept = []
    threads = [threading.Thread(target=lambda: kept.append(payloads.keep(b"bytes"))) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(kept) == 2
    assert payloads.fetch(kept[0]) == b"bytes"


def test_what_a_killed_process_was_about_to_keep_is_swept(payloads, tmp_path):
    sha = payloads.keep(b"bytes")
    (tmp_path / "payloads" / f".{sha}.0123").write_bytes(b"by")
    (tmp_path / "payloads" / ".somebody").write_bytes(b"not ours")
    assert payloads.sweep() == 1
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} == {sha, ".somebody"}


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_only_addresses_are_fetched(payloads, address):
    with pytest.raises(WarehouseError, match="no payload address"):
        payloads.fetch(address)


def test_a_missing_payload_says_what_to_do(payloads):
    with pytest.raises(WarehouseError, match="restore the file from a backup"):
        payloads.fetch("a" * 64)
