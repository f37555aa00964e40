"""Memberships: what became known later moves none, the order of facts moves none, and copies add none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aicycle.contracts import CONTRACTS
from aicycle.contracts.core_event_members import EVENT_MEMBERS
from transforms.event_members import event_members
from transforms.point_in_time import known_by

START = datetime(2025, 1, 1, 12, tzinfo=UTC)
ADDRESSES = (None, "https://news.example/1", "https://news.example/2")
LEDGER = {
    "known_precision": "day", "verification": "source", "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1,
}  # fmt: skip

statements = st.fixed_dictionaries(
    {
        "day": st.integers(0, 90),
        "document": st.sampled_from([None, "a", "b", "c", "d"]),
        "number": st.integers(1, 2),
        "company": st.sampled_from(["Alibaba", "Alibaba+Tencent", "Tencent"]),
        "kind": st.sampled_from(["capex_plan", "capex_increase", "capex_actual", "financing"]),
        "amount": st.sampled_from([None, 380e9, 381e9, 53e9]),
        "currency": st.sampled_from(["CNY", "USD"]),
        "twin_amount": st.sampled_from([None, 53e9]),
        "horizon_end": st.sampled_from([None, "2025", "2028"]),
        "regions": st.sampled_from([None, "CN", "US-TX", "US"]),
        "is_restated": st.booleans(),
        "is_hypothetical": st.booleans(),
    }
)
happenings = st.fixed_dictionaries(
    {
        "day": st.integers(0, 90),
        "document": st.sampled_from([None, "a", "b"]),
        "country": st.sampled_from(["KR", "JP"]),
        "title": st.sampled_from(["Seoul opens", "A new region", "Qwen3 runs"]),
    }
)
editions = st.fixed_dictionaries(
    {"document_id": st.sampled_from(["a", "b", "c", "d"]), "day": st.integers(0, 90), "at": st.sampled_from(ADDRESSES)}
)

Drafts = list[dict[str, Any]]


def versions(table: str, rows: Drafts) -> pl.DataFrame:
    """Rows with their clocks; of one key the later version has the greater load."""
    filled = []
    for load_seq, row in enumerate(sorted(rows, key=lambda r: r["day"]), 1):
        at = START + timedelta(days=row["day"])
        filled.append(
            LEDGER | {"known_at": at, "source_known_at": at, "load_seq": load_seq, "revision": load_seq} | row
        )
    schema = CONTRACTS[table].polars_schema()
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in filled], schema=schema)


def said(drafts: Drafts) -> pl.DataFrame:
    rows = []
    for position, draft in enumerate(drafts):
        document, amount = draft["document"], draft["amount"]
        name = f"{document}#{draft['company']}:spending" if document else f"of row {position % 4}"
        own = {
            "item_id": f"{name}:{draft['number']}" if document else f"row {position}",
            "announcement_id": name, "origin": "extracted" if document else "row", "document_id": document,
            "amount_low": amount, "amount_high": amount, "char_start": draft["number"],
            "twin_currency": "USD" if draft["twin_amount"] else None, "wording": "a plan",
        }  # fmt: skip
        rows.append(draft | own)
    return versions("core.announcements", rows)


def happened(drafts: Drafts) -> pl.DataFrame:
    rows = []
    for position, draft in enumerate(drafts):
        document = draft["document"]
        own = {
            "cycle_event_id": f"{document}#{position}" if document else f"event {position}",
            "announcement_id": document or f"of event {position}", "origin": "extracted" if document else "row",
            "document_id": document, "company": "Alibaba", "segment": "cloud", "type": "region_launch",
            "event_time": (START + timedelta(days=draft["day"])).date(),
        }  # fmt: skip
        rows.append(draft | own)
    return versions("core.cycle_events", rows)


def published(drafts: Drafts) -> pl.DataFrame:
    return versions("core.documents", [draft | {"address": draft["at"]} for draft in drafts])


facts = {
    "spending": st.lists(statements, max_size=12),
    "events": st.lists(happenings, max_size=5),
    "documents": st.lists(editions, max_size=6),
}


@settings(max_examples=150)
@given(**facts, as_of_day=st.integers(0, 90))
def test_what_became_known_later_moves_no_membership(spending, events, documents, as_of_day: int) -> None:
    as_of = START + timedelta(days=as_of_day)
    frames = said(spending), happened(events), published(documents)
    then = [frame.filter(pl.col("known_at") <= as_of) for frame in frames]
    everything, known = event_members(*frames), event_members(*then)
    assert_frame_equal(known_by(everything, EVENT_MEMBERS.key, as_of), known_by(known, EVENT_MEMBERS.key, as_of))
    assert_frame_equal(everything.filter(pl.col("known_at") <= as_of), known, check_row_order=False)


@settings(max_examples=100)
@given(**facts, seed=st.integers(0, 1000))
def test_the_order_of_facts_moves_no_membership(spending, events, documents, seed: int) -> None:
    frames = said(spending), happened(events), published(documents)
    shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=seed) for frame in frames]
    assert_frame_equal(event_members(*frames), event_members(*shuffled))


@settings(max_examples=100)
@given(draft=statements, copies=st.integers(2, 8))
def test_copies_of_a_report_are_of_its_happening(draft, copies: int) -> None:
    reports = [draft | {"document": f"copy {n}", "is_restated": False} for n in range(copies)]
    members = event_members(said(reports), happened([]))
    assert members["event_id"].n_unique() == 1
    assert members.filter(pl.col("member_table") == "core.announcements")["statement_id"].n_unique() == 1
    assert members["event_id"][0].startswith("copy 0")
