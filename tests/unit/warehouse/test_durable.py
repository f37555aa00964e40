"""Written, synced, renamed, folder synced: in this order, by everybody at once, and nothing left by the killed."""

from __future__ import annotations

import fcntl
import threading

import pytest

import warehouse.durable
from warehouse.durable import make_folder, replace_bytes, replace_text, sweep_beside


def test_a_replaced_file_is_durable_before_and_after_its_rename(tmp_path, was_made_durable):
    replace_text(tmp_path / "marker", "audit\n")
    assert (tmp_path / "marker").read_text() == "audit\n"
    assert was_made_durable(tmp_path / "marker")


def test_a_new_folder_is_durable_in_each_parent_it_lacked(tmp_path, disk):
    make_folder(tmp_path / "a" / "b" / "c")
    parents = [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    assert disk == [("sync", p.stat().st_ino) for p in parents]
    make_folder(tmp_path / "a" / "b" / "c")
    assert len(disk) == 3, "a folder that is there costs nothing"


def test_two_threads_may_write_the_same_file_at_once(tmp_path):
    both_wrote = threading.Barrier(2)
    failed = []

    def write(content):
        try:
            replace_bytes(tmp_path / "f", content, before_rename=lambda: both_wrote.wait(10))
        except Exception as error:  # noqa: BLE001 - a thread's error is the finding
            failed.append(error)

    threads = [threading.Thread(target=write, args=(letter * 9,)) for letter in (b"a", b"b")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failed == []
    assert (tmp_path / "f").read_bytes() in {b"a" * 9, b"b" * 9}
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_who_fails_on_the_way_leaves_the_old_file_alone(tmp_path):
    replace_text(tmp_path / "f", "old")

    def fail():
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        replace_bytes(tmp_path / "f", b"new", before_rename=fail)
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_text() == "old"


def test_a_sweep_takes_what_the_dead_left_and_no_living_writers_file(tmp_path):
    (tmp_path / ".f.dead").write_bytes(b"half")
    (tmp_path / ".other").write_bytes(b"not ours")
    swept = []
    replace_bytes(tmp_path / "f", b"whole", before_rename=lambda: swept.append(sweep_beside(tmp_path, ".f.*")))
    assert swept == [1]
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other", "f"]
    assert sweep_beside(tmp_path / "missing", ".f.*") == 0


def test_a_file_that_a_sweep_took_before_it_was_locked_is_opened_again(tmp_path, monkeypatch):
    flock, looks = fcntl.flock, []

    def swept_first(file, operation):
        looks.append(operation)
        if len(looks) == 1:
            for left in tmp_path.glob(".f.*"):
                left.unlink()
        flock(file, operation)

    monkeypatch.setattr(warehouse.durable.fcntl, "flock", swept_first)
    replace_bytes(tmp_path / "f", b"whole")
    assert (tmp_path / "f").read_bytes() == b"whole"
    assert len(looks) == 2
