"""The inbox: files come whole or not at all, and what is no small regular file is moved aside unread."""

from __future__ import annotations

import os

import pytest

from aicycle.errors import WarehouseError
from warehouse.inbox import LARGEST_FILE_BYTES, Inbox
from warehouse.layout import Layout


@pytest.fixture
def inbox(home):
    return Inbox(Layout(home))


def test_nothing_waits_where_nothing_was_put(inbox, home):
    assert (inbox.waiting(), inbox.refused()) == ([], [])
    assert not home.exists(), "looking creates nothing"


def test_files_wait_by_name_until_they_are_removed(inbox, was_made_durable):
    path = inbox.put("b.json", b"two")
    inbox.put("a.json", b"one")
    assert was_made_durable(path)
    assert [(w.name, w.content) for w in inbox.waiting()] == [("a.json", b"one"), ("b.json", b"two")]
    inbox.remove("a.json")
    inbox.remove("a.json")
    assert [w.name for w in inbox.waiting()] == ["b.json"]


def test_what_is_too_large_is_not_put(inbox):
    with pytest.raises(WarehouseError, match="too large"):
        inbox.put("a.json", b"x" * (LARGEST_FILE_BYTES + 1))


def test_a_file_that_is_being_written_is_not_there_yet(inbox):
    inbox.put("a.json", b"one")
    (inbox.layout.inbox / ".b.json.0123").write_bytes(b"tw")
    assert [w.name for w in inbox.waiting()] == ["a.json"]
    inbox.remove("a.json")
    assert list(inbox.layout.inbox.iterdir()) == [], "its writer is dead: what it left goes"


def test_what_is_no_small_regular_file_is_moved_aside_unread(inbox, tmp_path):
    folder = inbox.layout.inbox
    folder.mkdir(parents=True)
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (folder / "a").symlink_to(secret)
    (folder / "b").mkdir()
    os.mkfifo(folder / "c")
    (folder / "d").write_bytes(b"x" * (LARGEST_FILE_BYTES + 1))
    (folder / "e").hardlink_to(secret)
    waiting = inbox.waiting()
    assert [w.content for w in waiting] == [None] * 5
    assert [w.problem.split(";")[0].split()[-1] for w in waiting] == ["link", "file", "file", "bytes", "elsewhere"]
    for w in waiting:
        inbox.set_aside(w, w.problem)
    assert inbox.waiting() == []
    assert [name for name, _ in inbox.refused()] == ["a", "b", "c", "d", "e"]
    assert secret.read_text(encoding="utf-8") == "secret"


def test_two_refused_files_of_one_name_are_both_kept(inbox):
    for content in (b"1", b"2"):
        inbox.put("a.json", content)
        inbox.set_aside(inbox.waiting()[0], f"no {content.decode()}")
    assert inbox.refused() == [("a.json", "no 1"), ("a.json.1", "no 2")]


def test_a_name_that_steers_a_terminal_is_shown_escaped(inbox):
    inbox.layout.inbox.mkdir(parents=True)
    (inbox.layout.inbox / "x\x1b[31m").write_bytes(b"")
    (waiting,) = inbox.waiting()
    assert waiting.shown == r"x\x1b[31m"
    inbox.set_aside(waiting, "no")
    assert inbox.refused() == [("unprintable", "no")]


def test_many_files_are_looked_at_in_turns(inbox, monkeypatch):
    monkeypatch.setattr("warehouse.inbox.MOST_FILES", 2)
    for name in "cab":
        inbox.put(f"{name}.json", b"")
    assert [w.name for w in inbox.waiting()] == ["a.json", "b.json"]


def test_an_inbox_that_is_no_folder_holds_nothing(inbox, home):
    home.mkdir()
    inbox.layout.inbox.write_bytes(b"")
    assert inbox.waiting() == []
