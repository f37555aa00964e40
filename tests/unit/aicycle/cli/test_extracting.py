"""`aicycle extract` as people and programs meet it; what a text says is somebody else's test."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from aicycle.cli import extracting, texts
from aicycle.errors import ExitCode
from aicycle.model.kinds import EventType
from transforms.announcements.records import Amount, Announcement, Extraction, TextEvent

PLAN = "380 Mrd. Yuan für Köln"
FIELDS = {
    "company", "kind", "is_capex", "currency", "amount_low", "amount_high", "horizon_start", "horizon_end", "regions",
    "direction", "hypothetical", "negated", "third_party", "superseded", "restated", "twins", "delta", "quote",
    "quote_start", "quote_end",
}  # fmt: skip


def read_plainly(text, *, lexicon, language, published):
    """Stand in for extraction: what stands there word by word."""
    start = text.find(PLAN)
    if start < 0:
        return Extraction(language or "de", (), ())
    end = start + len(PLAN)
    span = {
        "quote": PLAN, "quote_start": start, "quote_end": end,
        "byte_start": len(text[:start].encode()), "byte_end": len(text[:end].encode()),
    }  # fmt: skip
    plan = Announcement(
        company="Alibaba", kind=EventType.CAPEX_PLAN, currency="CNY", amount_low=380e9, amount_high=400e9,
        horizon_start=str(published) if published else None, horizon_end="2028", regions=("DE",), direction="up",
        is_hypothetical=True, is_negated=False, is_third_party=False, is_superseded=False, is_restated=False,
        twins=(Amount("USD", 53e9),), delta=(Amount("CNY", 2e9),), advisories=("the twin is off",), **span,
    )  # fmt: skip
    launch = TextEvent(
        company=None, segment="cloud", type=EventType.REGION_LAUNCH, event_time="2026", regions=("DE",), direction=1,
        is_realised=False, is_hypothetical=False, is_negated=False, **span,
    )  # fmt: skip
    return Extraction(language or "de", (plan,), (launch,))


@pytest.fixture(autouse=True)
def plain_reader(monkeypatch):
    monkeypatch.setattr(extracting, "extract", read_plainly)


@pytest.fixture
def standard_input(monkeypatch):
    def give(content: bytes):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


def test_json_has_the_field_names_of_gold_labels(typed, tmp_path):
    (tmp_path / "a.txt").write_text(f"Titel\n{PLAN}.", encoding="utf-8")
    code, out, err = typed("extract", "a.txt", "--published", "2025-02-24", "--json")
    answer = json.loads(out)
    assert (code, err, set(answer)) == (0, "", {"announcements", "events"})
    (plan,) = answer["announcements"]
    assert set(plan) >= FIELDS
    assert (plan["horizon_start"], plan["twins"]) == ("2025-02-24", [{"currency": "USD", "amount": 53e9}])
    assert answer["events"][0]["type"] == "region_launch"


def test_the_table_shows_what_counts(typed, standard_input):
    standard_input(PLAN.encode())
    code, out, _ = typed("extract", "-")
    assert code == 0
    for shown in (
        "capex_plan", "Alibaba", "CNY 380\u2013400 bn (changed by CNY 2 bn)", "USD 53 bn", "... to 2028", "DE",
        "hypothetical, up", PLAN, "the twin is off", "region_launch", "still ahead",
    ):  # fmt: skip
        assert shown in out


@pytest.mark.parametrize(
    "before", [b"", b"\xef\xbb\xbf", "Ä亿".encode(), b"\xff\xfe", b"\xef\xbb\xbf\xc3(\0", b"\xe4\xba"]
)
def test_byte_offsets_are_those_of_the_file_whatever_is_broken_in_it(typed, standard_input, before):
    content = before + PLAN.encode() + b"\xff."
    standard_input(content)
    code, out, err = typed("extract", "-", "--json")
    assert code == 0
    answer = json.loads(out)
    for item in answer["announcements"] + answer["events"]:
        assert content[item["byte_start"] : item["byte_end"]].decode() == PLAN
        assert item["quote_end"] - item["quote_start"] == len(PLAN)
    assert "advisory" in err
    assert "no UTF-8" in err


def test_a_byte_order_mark_alone_is_nothing_to_speak_of(typed, standard_input):
    standard_input(b"\xef\xbb\xbf" + PLAN.encode())
    code, out, err = typed("extract", "-", "--json")
    assert (code, err) == (0, "")
    assert [json.loads(out)["announcements"][0][k] for k in ("quote_start", "byte_start")] == [0, 3]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b"nothing of the kind"])
def test_what_says_nothing_gives_empty_lists(typed, standard_input, content):
    standard_input(content)
    assert typed("extract", "-", "--json") == (0, '{\n  "announcements": [],\n  "events": []\n}\n', "")
    standard_input(content)
    assert typed("extract", "-") == (0, "Nothing is announced in this text.\n", "")


def test_a_text_above_the_limit_is_refused(typed, standard_input, monkeypatch, tmp_path):
    monkeypatch.setattr(texts, "LARGEST_TEXT_BYTES", 10)
    standard_input(b"0123456789")
    assert typed("extract", "-")[0] == 0
    standard_input(b"0123456789a")
    code, out, err = typed("extract", "-")
    assert (code, out) == (ExitCode.FAILED, "")
    assert "standard input" in err
    assert "at most 10" in err
    assert "next: " in err


@pytest.mark.parametrize("file", ["absent.txt", "."])
def test_a_file_that_can_not_be_read_is_named(typed, file):
    code, out, err = typed("extract", file, "--json")
    assert (code, out) == (ExitCode.FAILED, "")
    assert f"where: {file}" in err
    assert "next: aicycle extract" in err


@pytest.mark.parametrize(
    "words",
    [("--lang", "deu"), ("--lang", "DE"), ("--lang", "fr"), ("--published", "28.9.2025"), ("--published", "2025-02-30"),
     ("--published", "9999"), ("--published", "")],
)  # fmt: skip
def test_a_wrong_option_is_a_usage_error(typed, standard_input, words):
    standard_input(b"")
    code, out, err = typed("extract", "-", *words)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "expected: " in err
    assert words[0] in err


def test_a_month_counts_as_its_last_day():
    assert str(texts.published_day("2024-02")) == "2024-02-29"


def test_declared_language_and_configuration_reach_the_reader(typed, standard_input, monkeypatch, root, tmp_path):
    asked = {}

    def spy(text, **more):
        asked.update(more)
        return read_plainly(text, **more)

    monkeypatch.setattr(extracting, "extract", spy)
    standard_input(b"")
    typed("extract", "-", "--lang", "zh")
    assert asked["language"] == "zh"
    assert asked["published"] is None
    assert len(asked["lexicon"].companies) > 100
    monkeypatch.setenv("AICYCLE_CONFIG", str(tmp_path))
    standard_input(b"")
    code, _, err = typed("extract", "-")
    assert code == ExitCode.FAILED
    assert "config/announcements" in err


def test_no_home_is_made_and_no_engine_is_loaded(tmp_path):
    code = (
        "import sys, aicycle.cli.extracting as e\n"
        "e.extract_command(file='-', lang='auto', published=None, as_json=True)\n"
        "heavy = ('prefect', 'great_expectations', 'duckdb', 'yfinance', 'plotly', 'scipy')\n"
        "assert not [m for m in heavy if m in sys.modules], sys.modules.keys()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=PLAN, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert run.returncode == 0, run.stderr
    assert set(json.loads(run.stdout)) == {"announcements", "events"}
    assert not list(Path(tmp_path).iterdir())
