"""What documents say as staged rows: ids that last, places in the text, and what is no row at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.said import announcement, text_event
from transforms.announcements.records import Extraction
from transforms.staging.batch import staged_schema
from transforms.staging.texts import (
    LONGEST_TEXT_BYTES,
    DocumentText,
    known_version,
    staged_from,
    trouble_of,
    with_taken_back,
)

PUBLISHED = end_of_day(date(2025, 11, 10))
LATER = datetime(2025, 12, 1, tzinfo=UTC)
REPORT = DocumentText(
    document_id="d", text="Ein Titel\n\nÜber 380 Milliarden Yuan\n", language="de", published=PUBLISHED,
    known_at=PUBLISHED, source_known_at=PUBLISHED, known_precision="day", source="https://news.example/1",
    payload_sha256="a" * 64, byte_start=0, byte_end=37, is_whole_payload=True, line=1,
)  # fmt: skip
HOMES = {"Alibaba": "CN"}


def rows(*said, document: DocumentText = REPORT) -> tuple[list[dict], list[dict]]:
    extraction = Extraction(
        "de",
        tuple(s for s in said if hasattr(s, "kind")),
        tuple(s for s in said if hasattr(s, "event_time")),
    )
    spending, events = staged_from([(document, extraction)], HOMES)
    return spending.frame.to_dicts(), events.frame.to_dicts()


def test_a_statement_has_its_sentences_place_and_its_documents_clock():
    said = announcement(quote="Über 380 Milliarden Yuan", start=11, regions=("CN", "FR"), twins=(("USD", 53e9),))
    ((row,), events) = rows(said)
    assert events == []
    assert (row["char_start"], row["char_end"]) == (11, 35)
    assert (row["byte_start"], row["byte_end"], row["source_line"]) == (11, 36, 3)
    assert (row["known_at"], row["fetched_at"], row["source"]) == (PUBLISHED, PUBLISHED, "https://news.example/1")
    assert (row["regions"], row["twin_amount"], row["twin_currency"]) == ("CN|FR", 53e9, "USD")
    assert (row["origin"], row["document_id"], row["verification"]) == ("extracted", "d", "derived")


def test_a_headline_is_addressed_by_its_line():
    headline = replace(REPORT, is_whole_payload=False, byte_start=700, byte_end=900, line=4)
    ((row,), _) = rows(announcement(start=5), document=headline)
    assert (row["byte_start"], row["byte_end"], row["source_line"], row["char_start"]) == (700, 900, 4, 5)


def test_ids_count_what_one_document_says_of_one_company_and_kind():
    said = (
        announcement(start=50, kind=EventType.CAPEX_ACTUAL),
        announcement(start=0),
        announcement(start=9, kind=EventType.FINANCING),
        announcement(start=20, company="Tencent"),
        announcement(start=30, restated=True),
        announcement(start=40, negated=True),
    )
    found = [(r["item_id"], r["announcement_id"]) for r in rows(*said)[0]]
    assert found == [
        ("d#Alibaba:spending:1", "d#Alibaba:spending"),
        ("d#Alibaba:financing:1", "d#Alibaba:financing"),
        ("d#Tencent:spending:1", "d#Tencent:spending"),
        ("d#Alibaba:spending:2", "d#Alibaba:spending:2"),
        ("d#Alibaba:spending:3", "d#Alibaba:spending:3"),
        ("d#Alibaba:spending:4", "d#Alibaba:spending"),
    ]


@pytest.mark.parametrize("said", [announcement(kind=EventType.OTHER_NOT_CAPEX), announcement(company=None)])
def test_what_is_no_investment_or_nobodys_is_no_announcement(said):
    assert rows(said) == ([], [])


@pytest.mark.parametrize(
    ("kind", "horizon", "is_restated"),
    [
        (EventType.CAPEX_ACTUAL, ("2025-07", "2025-09"), False),
        (EventType.CAPEX_ACTUAL, ("2024-07", "2024-09"), True),
        (EventType.CAPEX_ACTUAL, (None, None), False),
        (EventType.CAPEX_PLAN, ("2020", "2023"), False),
    ],
)
def test_what_was_spent_long_ago_is_a_comparison(kind, horizon, is_restated):
    ((row,), _) = rows(announcement(kind=kind, horizon=horizon))
    assert row["is_restated"] is is_restated


def test_an_event_fills_a_row_per_country_and_is_one_announcement():
    _, events = rows(text_event(regions=("BR", "US-TX", "US", "FR"), day="2025-11-08"))
    assert [e["country"] for e in events] == ["BR", "US", "FR"]
    assert {e["announcement_id"] for e in events} == {"d#Alibaba:cloud:region_launch"}
    assert [e["cycle_event_id"] for e in events] == [f"d#Alibaba:cloud:region_launch:{c}:1" for c in ("BR", "US", "FR")]
    assert {e["event_time"] for e in events} == {date(2025, 11, 8)}


@pytest.mark.parametrize(
    ("day", "is_realised", "happens_on"),
    [
        (None, True, date(2025, 11, 10)),
        (None, False, date(2025, 11, 10)),
        ("2025", True, date(2025, 11, 10)),
        ("2026-06", False, date(2026, 6, 30)),
        ("2025-10-02", True, date(2025, 10, 2)),
    ],
)
def test_an_event_has_a_day(day, is_realised, happens_on):
    _, (event,) = rows(text_event(day=day, is_realised=is_realised))
    assert (event["event_time"], event["country"]) == (happens_on, "CN")


@pytest.mark.parametrize(
    "said",
    [
        text_event(segment=None),
        text_event(hypothetical=True),
        text_event(negated=True),
        text_event(kind=EventType.CAPEX_PLAN),
        text_event(company="Nobody"),
    ],
    ids=["no segment", "only possible", "denied", "spending", "no country"],
)
def test_what_no_segment_could_count_is_no_event(said):
    assert rows(said) == ([], [])


def test_an_event_of_a_whole_market_is_nobodys():
    _, (event,) = rows(text_event(company=None, segment="chips", kind=EventType.CHIP_RESTRICTION, regions=("US",)))
    assert event["company"] == "none"


def stored(**said) -> pl.DataFrame:
    row = rows(announcement())[0][0] | {"revision": 0, "load_seq": 1} | said
    return pl.DataFrame([row], schema=ANNOUNCEMENTS.polars_schema(), strict=False)


@pytest.mark.parametrize(
    ("said", "is_taken_back"),
    [
        ({}, True),
        ({"origin": "row"}, False),
        ({"document_id": "another"}, False),
        ({"is_retracted": True}, False),
        ({"known_at": LATER}, False),
    ],
    ids=["read before", "corrected", "of another document", "taken back before", "of a later edition"],
)
def test_what_is_found_no_more_is_taken_back_once(said, is_taken_back):
    nothing, _ = staged_from([(REPORT, Extraction("de", (), ()))], HOMES)
    gone = with_taken_back(nothing, [REPORT], stored(**said)).frame
    assert gone.columns == list(staged_schema(ANNOUNCEMENTS))
    assert gone["is_retracted"].to_list() == [True] * is_taken_back
    if is_taken_back:
        assert gone.select("byte_start", "byte_end", "amount_low").rows() == [(0, 37, 380e9)]


def test_what_is_found_again_is_not_taken_back():
    found, _ = staged_from([(REPORT, Extraction("de", (announcement(),), ()))], HOMES)
    assert with_taken_back(found, [REPORT], stored()).frame["is_retracted"].to_list() == [None]


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"a text", ""),
        ("\ufeff标题".encode(), ""),
        (b"", "text: it is empty"),
        (b"\xef\xbb\xbf \n\0", "text: it is empty"),
        (b"abc\xff", "text: byte 3 is not UTF-8"),
        (
            b"x" * (LONGEST_TEXT_BYTES + 1),
            f"text: {LONGEST_TEXT_BYTES + 1} bytes, at most {LONGEST_TEXT_BYTES} are read",
        ),
    ],
    ids=["text", "with a mark", "empty", "blank", "broken", "huge"],
)
def test_a_text_is_read_only_if_it_can_be(content, trouble):
    assert trouble_of(content) == trouble


def test_a_version_is_known_since_it_was_first_or_since_it_came():
    place = {"payload_sha256": "a" * 64, "byte_start": 0, "byte_end": 9}
    staged = {"text_sha256": "1", "known_at": PUBLISHED, "known_precision": "day", "fetched_at": LATER, **place}
    before = staged | {"known_at": LATER, "known_precision": "instant", "byte_start": 5}
    assert known_version(staged, None, ["text_sha256"]) == {"known_at": PUBLISHED, "known_precision": "day", **place}
    assert known_version(staged, before, ["text_sha256"])["byte_start"] == 5
    edited = known_version(staged, before | {"text_sha256": "2"}, ["text_sha256"])
    assert edited == {"known_at": LATER, "known_precision": "instant", **place}
