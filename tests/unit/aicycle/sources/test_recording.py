from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aicycle.errors import SourceError
from aicycle.sources import regular_file
from aicycle.sources.protocol import Fetched, Refused
from aicycle.sources.recording import FILES, RecordingSource

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """A recording with a text and two tables; beside it a file that is nobody's business."""
    (tmp_path / "secret.csv").write_bytes(b"secret")
    folder = tmp_path / "recording"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "b.txt").write_bytes(b"text b")
    (folder / "documents" / "a.txt").write_bytes(b"text a")
    (folder / "prices.csv").write_bytes(b"symbol\n")
    (folder / "documents.jsonl").write_bytes(b"{}\n")
    return folder


def fetch(folder, **more):
    return list(RecordingSource(folder, lambda: NOW, **more).fetch())


def refusals(folder, **more):
    return {item.name: item.reason for item in fetch(folder, **more) if isinstance(item, Refused)}


def names(items):
    return [item.name for item in items]


def test_bytes_are_handed_over_as_they_are_texts_first(folder):
    items = fetch(folder)
    assert names(items) == ["documents/a.txt", "documents/b.txt", "prices.csv", "documents.jsonl"]
    assert items[0] == Fetched(
        name="documents/a.txt", format="recording/text", request="", content=b"text a", fetched_at=NOW
    )
    assert (items[2].format, items[2].content) == ("recording/prices.csv", b"symbol\n")
    assert RecordingSource(folder, lambda: NOW).name == "recording"


def test_the_order_is_the_format_s_and_not_the_folder_s(folder):
    for name in reversed(FILES):
        (folder / name).write_bytes(b"x")
    assert names(fetch(folder))[2:] == list(FILES)


def test_one_file_of_a_folder_is_handed_over_alone_or_with_the_texts_it_refers_to(folder):
    (folder / "notes.pdf").write_bytes(b"x")
    assert names(fetch(folder, only="prices.csv")) == ["prices.csv"]
    assert names(fetch(folder, only="documents.jsonl")) == ["documents/a.txt", "documents/b.txt", "documents.jsonl"]
    (folder / "fx.csv").symlink_to(folder / "prices.csv")
    (refused,) = fetch(folder, only="fx.csv")
    assert refused.reason.startswith("it is a symbolic link")


def test_company_files_and_subfolders_are_left_aside_silently(folder):
    for name in ("README.md", "README_de.md", "LICENSE", "LICENSE.txt", ".gitkeep"):
        (folder / name).write_bytes(b"x")
    for name in ("edgar", "fixtures", "mine"):
        (folder / name).mkdir()
        (folder / name / "prices.csv").write_bytes(b"x")
    assert names(fetch(folder)) == ["documents/a.txt", "documents/b.txt", "prices.csv", "documents.jsonl"]


def test_a_file_of_no_known_name_is_named_and_the_rest_goes_on(folder):
    (folder / "Prices.xlsx").write_bytes(b"x")
    (folder / "documents" / "notes.pdf").write_bytes(b"x")
    found = refusals(folder)
    assert found["Prices.xlsx"].startswith("not a file of the recording format; expected one of prices.csv")
    assert found["documents/notes.pdf"] == "expected only texts, *.txt"
    assert len(fetch(folder)) == 6


def test_a_link_out_of_the_folder_is_refused(folder):
    (folder / "fx.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "documents" / "c.txt").symlink_to(folder.parent / "secret.csv")
    (folder / "actions.csv").symlink_to(folder / "prices.csv")
    expected = "it is a symbolic link; expected a regular file inside the folder"
    assert refusals(folder) == dict.fromkeys(("documents/c.txt", "actions.csv", "fx.csv"), expected)
    assert not any(isinstance(item, Fetched) and b"secret" in item.content for item in fetch(folder))


def test_a_linked_documents_folder_is_refused_and_the_tables_go_on(folder, tmp_path):
    (folder / "documents").rename(tmp_path / "elsewhere")
    (folder / "documents").symlink_to(tmp_path / "elsewhere")
    first, *rest = fetch(folder)
    assert (first.name, "not a link" in first.reason) == ("documents", True)
    assert names(rest) == ["prices.csv", "documents.jsonl"]


def test_a_link_put_in_place_after_the_look_is_not_followed(folder, monkeypatch):
    (folder / "fx.csv").write_bytes(b"x")
    looked_at = regular_file.check

    def swap(status, max_bytes):
        looked_at(status, max_bytes)
        if (folder / "fx.csv").stat().st_ino == status.st_ino and not (folder / "fx.csv").is_symlink():
            (folder / "fx.csv").unlink()
            (folder / "fx.csv").symlink_to(folder.parent / "secret.csv")

    monkeypatch.setattr(regular_file, "check", swap)
    assert refusals(folder)["fx.csv"].startswith("can't be read: Too many levels of symbolic links")


def test_a_linked_folder_itself_is_the_caller_s_choice(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert len(fetch(tmp_path / "link")) == 4


def test_pipes_folders_and_empty_files_are_refused_without_waiting(folder):
    os.mkfifo(folder / "fx.csv")
    (folder / "actions.csv").mkdir()
    (folder / "feeds.csv").touch()
    assert refusals(folder) == {
        "fx.csv": "it is no regular file; expected a regular file inside the folder",
        "actions.csv": "it is no regular file; expected a regular file inside the folder",
        "feeds.csv": "it is empty; expected at least a header",
    }


def test_a_file_over_the_limit_is_refused_unread(folder, monkeypatch):
    with (folder / "fx.csv").open("wb") as file:
        file.truncate(2 << 30)
    opened = []
    actual = os.open
    monkeypatch.setattr(os, "open", lambda path, *args, **more: opened.append(path) or actual(path, *args, **more))
    assert refusals(folder) == {"fx.csv": f"it has {2 << 30} bytes; expected at most {256 << 20}"}
    assert "prices.csv" in opened
    assert "fx.csv" not in opened


def test_the_limit_is_inclusive(folder):
    assert refusals(folder, max_file_bytes=7) == {}
    assert set(refusals(folder, max_file_bytes=6)) == {"prices.csv"}


@pytest.mark.parametrize("name", ["a\nb.txt", "-rf.txt", "a;b.txt", "\x1b[2J.txt", os.fsdecode(b"\xff.txt")])
def test_an_odd_name_is_refused_and_shown_harmlessly(folder, name):
    (folder / "documents" / name).write_bytes(b"x")
    ((shown, reason),) = refusals(folder).items()
    assert shown.isprintable()
    assert shown.encode()
    assert reason == "refused: its name holds more than letters, digits, . - _"


def test_names_of_any_script_are_fine(folder):
    (folder / "documents" / "阿里 Überblick-1.txt").write_bytes(b"x")
    assert refusals(folder) == {}


def test_a_file_that_changes_while_it_is_read_is_refused(folder, monkeypatch):
    read = os.fstat
    looks = []

    def grow(descriptor):
        looks.append(descriptor)
        if len(looks) % 2 == 0:
            with (folder / "prices.csv").open("ab") as file:
                file.write(b"more\n")
        return read(descriptor)

    (folder / "documents.jsonl").unlink()
    (folder / "documents" / "a.txt").unlink()
    (folder / "documents" / "b.txt").unlink()
    monkeypatch.setattr(os, "fstat", grow)
    assert refusals(folder)["prices.csv"].startswith("it changed while it was read")


def test_a_file_that_gives_fewer_bytes_than_it_has_is_refused(folder, monkeypatch):
    read = os.fstat

    def larger(descriptor):
        status = list(read(descriptor))
        status[6] += 1
        return os.stat_result(status)

    monkeypatch.setattr(os, "fstat", larger)
    assert refusals(folder)["prices.csv"].startswith("it changed while it was read")


def test_an_unreadable_file_is_refused(folder, monkeypatch):
    actual = os.open

    def denying(path, *args, **more):
        if path == "prices.csv":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return actual(path, *args, **more)

    monkeypatch.setattr(os, "open", denying)
    assert refusals(folder) == {"prices.csv": "can't be read: Permission denied"}


@pytest.mark.parametrize("kind", ["absent", "file", "empty", "texts only"])
def test_no_recording_at_all_is_an_error_that_says_what_to_do(tmp_path, kind):
    path = tmp_path / "recording"
    if kind == "file":
        path.write_bytes(b"x")
    elif kind != "absent":
        (path / "documents").mkdir(parents=True)
    if kind == "texts only":
        (path / "documents" / "a.txt").write_bytes(b"x")
    with pytest.raises(SourceError) as error:
        fetch(path)
    assert error.value.where == str(path)
    assert "aicycle run --recording DIR" in error.value.next_command


def test_nothing_stays_open(folder):
    before = len(list(Path("/dev/fd").iterdir()))
    fetch(folder)
    partly = RecordingSource(folder, lambda: NOW).fetch()
    next(partly)
    partly.close()
    assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.recording
def test_the_recorded_folder_is_taken_whole(recording_dir):
    items = fetch(recording_dir)
    assert [item for item in items if isinstance(item, Refused)] == []
    assert sorted(name for name in names(items) if "/" not in name) == sorted(FILES)
    assert len(items) == len(FILES) + 56
