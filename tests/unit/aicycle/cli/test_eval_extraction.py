"""`aicycle eval extraction`: which files it takes, which it refuses, what it prints."""

from __future__ import annotations

import json

import pytest

from aicycle.cli import eval_extraction, texts
from aicycle.errors import ExitCode
from aicycle.model.kinds import EventType
from transforms.announcements.records import Announcement, Extraction

LABEL = {
    "company": "Amazon", "kind": "capex_plan", "is_capex": True, "currency": "USD", "amount_low": 11e9,
    "amount_high": 11e9, "horizon_start": None, "horizon_end": None, "regions": ["Georgia"],
}  # fmt: skip
TEXT = "Amazon invests $11 billion."


def read_eleven(text, *, lexicon, language, published):
    """Stand in for extraction: wherever 11 stands, AWS invests as much."""
    start = text.find("11")
    plan = Announcement(
        company="AWS", kind=EventType.CAPEX_PLAN, currency="USD", amount_low=11e9, amount_high=11e9,
        horizon_start=str(published), horizon_end=None, regions=("US-GA",), direction="none", is_hypothetical=False,
        is_negated=False, is_third_party=False, is_superseded=False, is_restated=False, twins=(), delta=(),
        quote="11", quote_start=start, quote_end=start + 2, byte_start=start, byte_end=start + 2,
    )  # fmt: skip
    return Extraction(language, (plan,) if start >= 0 else (), ())


@pytest.fixture(autouse=True)
def reader_of_eleven(monkeypatch):
    monkeypatch.setattr(eval_extraction, "extract", read_eleven)


@pytest.fixture
def gold(tmp_path):
    """Write a gold file; return its path."""

    def write(*lines, name="gold.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write


def labelled(id_="a", **more):
    return {"id": id_, "language": "en", "published": "2025-01-07", "announcements": [LABEL]} | more


def amounts(out, language="all"):
    (row,) = [r for r in json.loads(out)["fields"] if (r["language"], r["field"]) == (language, "amount and company")]
    return [row["labelled"], row["found"], row["right"]]


def test_texts_are_taken_from_files_lines_and_titles(typed, gold, tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text(TEXT, encoding="utf-8")
    of_file = gold(labelled("a", file="documents/a.txt"), labelled("b", text=TEXT, language="de"))
    headlines = gold(
        labelled("h", title=TEXT, published=None, first_seen_at="2025-01-08T10:00:00+00:00"), name="more.jsonl"
    )
    code, out, err = typed("eval", "extraction", of_file, headlines, "--json")
    assert (code, err) == (0, "")
    assert amounts(out) == [3, 3, 3]
    assert amounts(out, "de") == [1, 1, 1]
    assert json.loads(out)["documents"] == {"all": 3, "de": 1, "en": 2}


def test_numbers_stand_beside_the_regular_expression(typed, gold):
    path = gold(labelled(text=TEXT), labelled("b", text="nothing", language="zh"))
    code, out, _ = typed("eval", "extraction", path)
    assert code == 0
    for shown in ("all: 2 documents", "zh: 1 documents", "0.500 [", "1.000 [", "baseline", "missed", "Wilson"):
        assert shown in out
    baseline = [r["baseline"]["right"] for r in json.loads(typed("eval", "extraction", path, "--json")[1])["fields"]]
    assert baseline[0] == 1


def test_what_third_parties_say_counts_only_where_asked(typed, gold):
    path = gold(labelled(text=TEXT, announcements=[LABEL | {"third_party": True}]))
    assert amounts(typed("eval", "extraction", path, "--json")[1]) == [0, 0, 0]
    assert amounts(typed("eval", "extraction", path, "--strict", "--json")[1]) == [0, 1, 0]


@pytest.mark.parametrize("outside", ["../outside.txt", "/etc/hostname", "link.txt", "folder/../../outside.txt"])
def test_a_text_outside_the_folder_is_refused(typed, gold, tmp_path, outside):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.txt").write_text(TEXT, encoding="utf-8")
    (inside / "link.txt").symlink_to(tmp_path / "outside.txt")
    path = gold(labelled(file=outside), name="inside/gold.jsonl")
    code, out, err = typed("eval", "extraction", path)
    assert (code, out) == (ExitCode.FAILED, "")
    assert "outside the folder" in err
    assert "line 1" in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no line"),
        (b"{}\n", "id"),
        (b'{"id": "a", "text": "", "announcements": []}\n{"id": "b"\n', "line 2"),
        (b"[]\n", "a JSON object is expected"),
        (b'{"id": "a", "text": "", "announcements": [{"kind": "capex"}]}', "announcements.0.kind"),
        (b'{"id": "a", "text": "", "announcements": [{"kind": "financing", "amount_low": NaN}]}', "NaN"),
        (b'{"id": "a", "text": "", "announcements": []}\n' * 2, "'a' stands twice"),
        (b'{"id": "a", "text": "\xff", "announcements": []}', "not UTF-8"),
        (b'{"id": "a", "file": "absent.txt", "announcements": []}', "absent.txt"),
        (b'{"id": "a", "file": "broken.txt", "announcements": []}', "no UTF-8"),
    ],
)
def test_a_bad_file_is_refused_whole_with_line_and_reason(typed, tmp_path, content, said):
    (tmp_path / "broken.txt").write_bytes(b"11 \xff")
    (tmp_path / "gold.jsonl").write_bytes(content)
    code, out, err = typed("eval", "extraction", "gold.jsonl")
    assert (code, out) == (ExitCode.FAILED, "")
    assert said in err
    assert "gold.jsonl" in err
    assert "next: " in err


def test_a_file_that_is_absent_or_too_large_is_refused(typed, gold, monkeypatch):
    assert typed("eval", "extraction", "absent.jsonl")[0] == ExitCode.FAILED
    path = gold(labelled(text=TEXT))
    monkeypatch.setattr(texts, "LARGEST_TEXT_BYTES", 20)
    code, _, err = typed("eval", "extraction", path)
    assert code == ExitCode.FAILED
    assert "more than 20 bytes" in err


def test_without_a_file_the_call_is_wrong(typed):
    assert typed("eval", "extraction")[0] == ExitCode.USAGE
