"""Through the whole pipeline: what documents say becomes rows, once, and follows its text and its reader."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import crash_child
import duckdb
import polars as pl
import pytest

from aicycle.cli import main
from aicycle.model.kinds import EventType
from aicycle.settings.configuration import load_configuration
from aicycle.settings.lexicon import load_lexicon
from aicycle.settings.resources import config_folder
from flows.steps.deriving import phases_of, view_of
from flows.steps.reading import TextRules
from flows.steps.recomputing import scenario_of
from flows.steps.stored_runs import stored_runs
from flows.steps.verifying import verify
from transforms.announcements import Announcement, Extraction, TextEvent
from warehouse import Warehouse

RECEIVED = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 1, 12, 12, tzinfo=UTC)
PUBLISHED = "2025-11-10"
DAY_END = datetime(2025, 11, 10, 23, 59, 59, 999999, tzinfo=UTC)
LEXICON = load_lexicon(config_folder())

SAYS = re.compile(
    r"(?P<company>\w+) (?P<kind>plans|opens) (?P<amount>\d+|a site in (?P<country>[A-Z]{2}))(?P<flag> again)?"
)


def plain_extract(text: str, *, lexicon, language, published) -> Extraction:
    """Read `Alibaba plans 480` (billion yuan) and `Alibaba opens a site in BR`; `explode` can't be read at all."""
    if "explode" in text:
        raise ValueError("this text can't be read")
    said, events = [], []
    for found in SAYS.finditer(text):
        span = {
            "quote": found[0], "quote_start": found.start(), "quote_end": found.end(),
            "byte_start": len(text[: found.start()].encode()), "byte_end": len(text[: found.end()].encode()),
        }  # fmt: skip
        if found["kind"] == "plans":
            amount = float(found["amount"]) * 1e9
            said.append(
                Announcement(
                    company=found["company"], kind=EventType.CAPEX_PLAN, currency="CNY", amount_low=amount,
                    amount_high=amount, horizon_start="2025", horizon_end="2028", regions=(), direction="none",
                    is_hypothetical=False, is_negated=False, is_third_party=False, is_superseded=False,
                    is_restated=bool(found["flag"]), twins=(), delta=(), **span,
                )
            )  # fmt: skip
        else:
            events.append(
                TextEvent(
                    company=found["company"], segment="cloud", type=EventType.REGION_LAUNCH, event_time=None,
                    regions=(found["country"],), direction=1, is_realised=True, is_hypothetical=False,
                    is_negated=False, **span,
                )
            )  # fmt: skip
    return Extraction(language or "en", tuple(said), tuple(events))


def deaf_extract(text: str, *, lexicon, language, published) -> Extraction:
    """Read nothing: a mended reader that no longer takes any of it for an announcement."""
    return Extraction(language or "en", (), ())


PLAIN = TextRules(LEXICON, extract=plain_extract, version="plain 1")
DEAF = TextRules(LEXICON, extract=deaf_extract, version="plain 2")


def write(recording: Path, *documents: dict[str, str | bytes | None]) -> None:
    """Replace the recording's documents."""
    folder = recording / "documents"
    for old in folder.glob("*"):
        old.unlink()
    lines = []
    for number, document in enumerate(documents):
        name = str(document.get("id", f"d{number}"))
        text = document["text"]
        (folder / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else str(text).encode())
        lines.append(
            {
                "id": name, "file": f"documents/{name}.txt", "language": "en", "title": "A title",
                "published": document.get("published", PUBLISHED), "url": document.get("url"),
            }
        )  # fmt: skip
    described = "".join(json.dumps(line) + "\n" for line in lines)
    (recording / "documents.jsonl").write_text(described, encoding="utf-8")


@pytest.fixture
def read_on(recording_copy, run_on):
    """Run the pipeline on documents, by default as the plain reader reads them and the small gate judges them."""
    (recording_copy / "headlines.jsonl").unlink()

    def run(*documents, texts=PLAIN, now=RECEIVED, **parts):
        write(recording_copy, *documents)
        return run_on(recording_copy, now=now, texts=texts, **(crash_child.SMALL_GATES | parts))

    return run


@pytest.fixture
def judged_on(recording_copy, run_on):
    """Run the pipeline on documents as the plain reader reads them, before the real gate."""

    def run(*documents, now=RECEIVED):
        write(recording_copy, *documents)
        return run_on(recording_copy, now=now, texts=PLAIN)

    return run


@pytest.fixture
def table(tmp_path):
    """Rows of a table that were read in texts, from the newest snapshot."""

    def read(name: str, home: str = "home") -> pl.DataFrame:
        with Warehouse(tmp_path / home).read() as reader:
            frame = reader.frame(name)
        if "origin" in frame.columns:
            frame = frame.filter(pl.col("origin") == "extracted")
        return frame.sort("known_at", "load_seq", "revision") if "known_at" in frame.columns else frame

    return read


@pytest.fixture
def answers(tmp_path):
    """Alibaba's scenarios and all phases as of a day."""

    def ask(home: str, day: str = "2026-01-15"):
        configuration = load_configuration(config_folder())
        scenario_set = configuration.scenario_set("Alibaba")
        assert scenario_set is not None
        with Warehouse(tmp_path / home).read() as reader:
            view = view_of(reader, configuration, day)
            assert view is not None
            scenario = scenario_of(view, scenario_set)
            shown = ["company", "segment", "phase", *(f"probability_{n}" for n in range(1, 5))]
            frames = (scenario.bands, scenario.evidence, scenario.moves)
            return [*(frame.drop("run_id").rows() for frame in frames), phases_of(view).select(shown).rows()]

    return ask


PLAN = {"text": "News\n\nIt is said: Alibaba plans 480 next year. Alibaba opens a site in BR."}


def test_a_sentence_becomes_a_row_at_its_bytes_in_the_text(read_on, table, tmp_path):
    summary = read_on({"text": "Ünïcode 标题\n\nAlibaba plans 480. Alibaba opens a site in BR."})
    assert summary.is_balanced
    (plan,) = table("core.announcements").to_dicts()
    (site,) = table("core.cycle_events").to_dicts()
    assert (plan["item_id"], plan["announcement_id"]) == ("d0#Alibaba:spending:1", "d0#Alibaba:spending")
    assert (plan["document_id"], plan["amount_low"], plan["known_at"]) == ("d0", 480e9, DAY_END)
    assert (site["company"], site["segment"], site["country"]) == ("Alibaba", "cloud", "BR")
    assert (site["event_time"], site["known_at"]) == (date(2025, 11, 10), DAY_END)
    content = Warehouse(tmp_path / "home").payloads.fetch(plan["payload_sha256"])
    assert content[plan["byte_start"] : plan["byte_end"]] == b"Alibaba plans 480"
    assert content.decode()[plan["char_start"] : plan["char_end"]] == "Alibaba plans 480"
    assert content[site["byte_start"] : site["byte_end"]] == b"Alibaba opens a site in BR"
    (member,) = table("core.event_members").filter(pl.col("member_table") == "core.documents").to_dicts()
    assert (member["member_id"], member["matched_by"], member["event_id"]) == ("d0", "lead", "d0#Alibaba:spending")


def test_reading_again_changes_nothing(read_on, table):
    read_on(PLAN)
    second = read_on(PLAN, {"id": "other", "text": "Nothing to be read"})
    assert (second.total("restated"), second.total("stored")) == (0, 1), "the other document alone"
    assert table("core.announcements").height == 1


def test_a_row_and_the_report_of_it_are_one_happening(read_on, table, recording_copy):
    read_on({"text": "Alibaba plans 380.", "published": "2025-02-25"}, {"id": "x", "text": "Alibaba plans 380 again."})
    members = table("core.event_members")
    of_plan = members.filter(pl.col("event_id") == "alibaba-2025-02-24")["member_id"].to_list()
    assert {"d0", "d0#Alibaba:spending:1", "x#Alibaba:spending:1"} < set(of_plan)


def test_an_edited_text_restates_what_it_says_and_takes_back_what_it_does_not(read_on, table):
    read_on(PLAN)
    edited = read_on({"text": "News\n\nCorrection: Alibaba plans 48."}, now=LATER)
    assert edited.is_balanced
    first, second = table("core.announcements").to_dicts()
    assert (first["amount_low"], second["amount_low"]) == (480e9, 48e9)
    assert first["item_id"] == second["item_id"]
    assert (first["known_at"], second["known_at"]) == (DAY_END, LATER)
    launched, gone = table("core.cycle_events").to_dicts()
    assert (launched["is_retracted"], gone["is_retracted"], gone["known_at"]) == (None, True, LATER)
    assert gone["byte_start"] == 0, "it is nowhere in the new text"
    again = read_on({"text": "News\n\nCorrection: Alibaba plans 48."}, {"id": "b", "text": "-"}, now=LATER)
    assert again.total("restated") == 0, "what is gone is taken back once"


def test_a_mended_reader_takes_back_what_was_never_said(read_on, table, tmp_path):
    read_on(PLAN)
    mended = read_on(PLAN, texts=DEAF, now=LATER)
    assert mended.total("restated") == 2
    was, gone = table("core.announcements").to_dicts()
    assert (was["is_retracted"], gone["is_retracted"]) == (None, True)
    assert gone["known_at"] == DAY_END, "the text has not changed: an answer about that day never knew of it"
    assert read_on(PLAN, texts=DEAF, now=LATER).total("stored") == 0
    back = read_on(PLAN, texts=TextRules(LEXICON, extract=plain_extract, version="plain 3"), now=LATER)
    assert back.total("restated") == 2
    assert table("core.announcements")["is_retracted"].to_list() == [None, True, None]


def test_answers_move_with_what_is_read_and_replays_do_not(read_on, answers, tmp_path):
    read_on({"text": "nothing"}, home="never")
    read_on(PLAN)
    with_plan = answers("home")
    assert with_plan != answers("never")
    read_on(PLAN, texts=DEAF, now=LATER)
    assert answers("home") == answers("never")
    with Warehouse(tmp_path / "home").read() as reader:
        store, configuration = Warehouse(tmp_path / "home").payloads, load_configuration(config_folder())
        verified = verify(reader, store, configuration, stored_runs(reader), only_these=False, texts=DEAF)
    assert len(verified.replayed) >= 2
    assert not [r.verdict for r in verified.replayed if not r.is_same]


def test_copies_of_one_report_move_answers_exactly_as_one(read_on, answers):
    copies = [{"id": f"copy{n}", "text": f"Agency {n}\n{PLAN['text']}"} for n in range(10)]
    read_on({"text": "nothing"}, home="none")
    read_on(copies[0], home="one")
    ten = read_on(*copies, home="ten")
    assert ten.total("stored") > 2_900 + 30
    assert answers("one") == answers("ten") != answers("none")


def test_an_edition_at_the_same_address_replaces_the_first_and_is_no_second_vote(read_on, answers, table):
    first = {"id": "a", "url": "https://news.example/1", "text": PLAN["text"]}
    second = {
        "id": "b", "url": "http://www.news.example/1/", "published": "2025-11-12",
        "text": "Correction\n\nAlibaba plans 48. Alibaba opens a site in BR.",
    }  # fmt: skip
    read_on(first, home="one")
    read_on(first, second)
    assert answers("home") == answers("one"), "the same happening, known since the same day"
    members = table("core.event_members").filter(pl.col("member_table") == "core.announcements")
    replaced = members.filter(pl.col("member_id").str.starts_with("a#"))
    assert replaced["is_replaced"].to_list() == [False, True]
    assert replaced["known_at"].dt.day().to_list() == [10, 12]
    (other,) = members.filter(pl.col("member_id").str.starts_with("b#")).to_dicts()
    assert (other["event_id"], other["matched_by"]) == ("a#Alibaba:spending", "address")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"Alibaba plans 480 \xff\xfe", "byte 18 is not UTF-8"),
        (b" \r\n\t\xef\xbb\xbf", "it is empty"),
        (b"x" * 2_000_001, "2000001 bytes, at most 2000000 are read"),
        (b"this one will explode", "reading it failed: ValueError: this text can't be read"),
    ],
    ids=["not UTF-8", "empty", "huge", "beyond the reader"],
)
def test_a_text_that_can_not_be_read_waits_with_its_reason_and_stops_nothing(judged_on, text, reason, tmp_path):
    summary = judged_on({"id": "bad", "text": text}, {"id": "good", "text": PLAN["text"]})
    assert summary.total("quarantined") == 1
    assert [(held.subject_id, held.outputs) for held in summary.held] == [("bad", [])]
    with Warehouse(tmp_path / "home").read() as reader:
        (stopped,) = reader.frame("ops.quarantine").to_dicts()
        assert reader.frame("core.documents").filter(pl.col("kind") == "report")["document_id"].to_list() == ["good"]
        read = reader.frame("core.announcements").filter(pl.col("origin") == "extracted")
    assert reason in stopped["reason"]
    assert read["document_id"].to_list() == ["good"]


def test_a_row_that_is_stopped_holds_nobody_and_can_be_let_in(judged_on, table, tmp_path, capsys):
    absurd = {"text": "Alibaba plans 999999999."}
    summary = judged_on(absurd)
    assert (summary.total("quarantined"), summary.held) == (1, [])
    with Warehouse(tmp_path / "home").read() as reader:
        (stopped,) = reader.frame("ops.quarantine").to_dicts()
    assert "more than can be meant" in stopped["reason"]
    home = str(tmp_path / "home")
    assert main(["quarantine", "show", stopped["quarantine_id"][:12], "--home", home, "--json"]) == 0
    assert "Alibaba plans 999999999" in capsys.readouterr().out
    assert table("core.announcements").is_empty()
    signed = ("--by", "Ann", "--because", "they said so")
    assert main(["quarantine", "release", stopped["quarantine_id"][:12], *signed, "--home", home]) == 0
    judged_on(absurd, now=LATER)
    (let_in,) = table("core.announcements").to_dicts()
    assert (let_in["amount_low"], let_in["known_at"]) == (999999999e9, DAY_END)


def test_what_a_person_corrects_stays_corrected(read_on, table, tmp_path):
    read_on(PLAN)
    home = str(tmp_path / "home")
    signed = ("--by", "Ann", "--because", "the report misquotes it")
    row = ("core.announcements", "--key", "item_id=d0#Alibaba:spending:1")
    assert (
        main(["correct", *row, "--set", "amount_low=450e9", "--set", "amount_high=450e9", *signed, "--home", home]) == 0
    )
    read_on(PLAN, {"id": "b", "text": "-"}, now=LATER)
    with Warehouse(tmp_path / "home").read() as reader:
        mine = reader.frame("core.announcements").filter(pl.col("item_id") == "d0#Alibaba:spending:1")
        members = reader.frame("core.event_members").filter(pl.col("member_id") == "d0#Alibaba:spending:1")
    assert mine.sort("revision")["amount_low"].to_list() == [480e9, 450e9]
    assert members["event_id"].unique().to_list() == ["d0#Alibaba:spending"]
    read_on(PLAN, {"id": "b", "text": "-"}, texts=DEAF, now=LATER)
    with Warehouse(tmp_path / "home").read() as reader:
        newest = reader.frame("core.announcements").filter(pl.col("item_id") == "d0#Alibaba:spending:1")
    assert newest.sort("revision")["is_retracted"].to_list()[-1] is None


def test_verify_holds_what_was_read_against_its_text(read_on, tmp_path):
    read_on(PLAN, {"id": "e", "text": "Alibaba plans 48."})
    read_on(PLAN, {"id": "e", "text": "Alibaba opens a site in FR."}, now=LATER)
    home = Warehouse(tmp_path / "home")

    def verified(texts=PLAIN):
        with home.read() as reader:
            return verify(reader, home.payloads, load_configuration(config_folder()), [], only_these=False, texts=texts)

    sound = verified()
    assert (sound.facts, sound.books, sound.payloads) == ((), (), ())
    snapshot = home.newest_snapshot()
    snapshot.chmod(0o644)
    with duckdb.connect(str(snapshot)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("UPDATE core.announcements SET amount_low = 1 WHERE item_id = 'd0#Alibaba:spending:1'")
        connection.execute("UPDATE core.cycle_events SET known_at = '2025-01-01' WHERE document_id = 'd0'")
    wrong = {(p.table, p.problem.partition(":")[0].partition(" is ")[0]) for p in verified().facts}
    assert wrong == {("core.announcements", "not what its bytes say"), ("core.cycle_events", "known_at")}
    others = verified(TextRules(LEXICON, extract=deaf_extract, version="another")).facts
    assert any(not p.is_certain for p in others), "by other rules it proves nothing"


def test_the_receipt_of_a_scenario_climbs_to_the_sentence(read_on, tmp_path, capsys):
    read_on(PLAN)
    capsys.readouterr()
    assert main(["explain", "scenario", "Alibaba", "--home", str(tmp_path / "home"), "--json"]) == 0
    receipt = capsys.readouterr().out
    assert '"text": "Alibaba plans 480"' in receipt
    assert "documents/d0.txt" in receipt
