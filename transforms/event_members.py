"""Which rows and documents report the same happening, so that it votes once.

Here: rows of announcements and events, and the documents they were read from, as members of happenings. Not here: when
two statements are one (`transforms.announcements.likeness`), the order in which they meet
(`transforms.announcements.grouping`), the weight of a vote.

Rows that share an announcement stay together. Beyond that, what is said in one text and in another, or in a row, is one
happening where it is the same: two rows of one source are told apart by the source itself. A membership never rests on
what became known after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import polars as pl

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.contracts.core_event_members import EVENT_MEMBERS
from aicycle.contracts.schema import TableContract
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import MatchedBy, RowOrigin
from transforms.announcements.editions import Editions
from transforms.announcements.grouping import Grouping, Placed
from transforms.announcements.lead import leading
from transforms.announcements.statements import Statement, amounts_of, companies_of, span_of

MEMBERS_OF = (ANNOUNCEMENTS.full_name, CYCLE_EVENTS.full_name, DOCUMENTS.full_name)
"""What memberships follow from, in the order in which `event_members` takes it."""
ORDER = ("known_at", "load_seq", "revision", "payload_sha256", "byte_start")
CLOCKS = ("known_at", "known_precision", "source_known_at", "load_seq", "payload_sha256", "byte_start", "byte_end")
"""What a membership has from the row that makes it."""

Version = Mapping[str, Any]


def event_members(
    announcements: pl.DataFrame, cycle_events: pl.DataFrame, documents: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the members of every happening; its id is that of the announcement that first told of it.

    A restatement of a member that leaves its happening alone makes no new version: the happening stays known since its
    first.

    Args:
        announcements: versions of `core.announcements`.
        cycle_events: versions of `core.cycle_events`.
        documents: versions of `core.documents`: two at one address are editions of one document. None: there are none.

    Returns:
        `core.event_members` in its contract's schema, with the clocks, load and address of what makes the membership:
        the member's row, the row a document leads with, the document that replaces another. Sorted by member and time
        of knowledge. `revision` counts versions of the membership. A document in which nothing was read is no member.
    """
    editions = Editions(DOCUMENTS.polars_schema().to_frame() if documents is None else documents)
    versions = [
        (contract.full_name, row)
        for contract, rows in ((ANNOUNCEMENTS, announcements), (CYCLE_EVENTS, cycle_events))
        for row in _numbered(rows, contract).iter_rows(named=True)
    ]
    said = [_statement(table, row, editions) for table, row in versions]
    placed = Grouping().place(said)
    members = [
        _member(table, row, placed[statement.id], editions)
        for (table, row), statement in zip(versions, said, strict=True)
    ]
    members += _documents(said, placed, versions, editions)
    members += _replaced(members, editions)
    return _changes(members)


def _numbered(rows: pl.DataFrame, contract: TableContract) -> pl.DataFrame:
    """Return versions in their order, numbered within each key: what comes later leaves the numbers before it alone."""
    number = pl.int_range(pl.len(), dtype=pl.Int64).over(contract.key)
    return rows.sort(*contract.key, *ORDER).with_columns(version=number)


def _statement(table: str, row: Version, editions: Editions) -> Statement:
    contract = ANNOUNCEMENTS if table == ANNOUNCEMENTS.full_name else CYCLE_EVENTS
    of = _money if contract is ANNOUNCEMENTS else _event
    said = of(row)
    flags = ("is_hypothetical", "is_third_party", "is_superseded", "is_restated")
    return Statement(
        **said,
        id=f"{table}\x1f{row[contract.key[0]]}\x1f{row['version']:06}",
        group=editions.announcement(row["document_id"], row["announcement_id"], row["known_at"]),
        known_at=row["known_at"],
        companies=companies_of(row["company"]),
        language=row["source_language"] or "",
        is_news=not any(row.get(flag) for flag in flags),
        is_denied=bool(row.get("is_negated")),
        is_row=row["origin"] != RowOrigin.EXTRACTED,
    )


def _money(row: Version) -> dict[str, Any]:
    twin = [(row["twin_currency"], row["twin_amount"])] if row["twin_currency"] and row["twin_amount"] else []
    return {
        "kind": row["kind"],
        "amounts": amounts_of(row["currency"], row["amount_low"], row["amount_high"], twin),
        "span": span_of(row["horizon_start"], row["horizon_end"]),
        "regions": frozenset(part for part in (row["regions"] or "").split("|") if part),
        "text": row["wording"] or "",
    }


def _event(row: Version) -> dict[str, Any]:
    return {
        "kind": row["type"],
        "regions": frozenset({row["country"]}),
        "segment": row["segment"],
        "happens_at": end_of_day(row["event_time"]),
        "text": row["title"],
    }


def _member(table: str, row: Version, place: Placed, editions: Editions) -> dict[str, Any]:
    contract: TableContract = ANNOUNCEMENTS if table == ANNOUNCEMENTS.full_name else CYCLE_EVENTS
    is_own = place.matched_by is MatchedBy.ANNOUNCEMENT_ID
    is_edition = is_own and editions.is_later(row["document_id"], row["known_at"])
    return {
        "event_id": place.event_id,
        "member_table": table,
        "member_id": row[contract.key[0]],
        "statement_id": place.statement_id.split("\x1f")[1],
        "matched_by": (MatchedBy.ADDRESS if is_edition else place.matched_by).value,
        "is_replaced": editions.is_replaced(row["document_id"], row["known_at"]),
        "document_id": row["document_id"] if row["origin"] == RowOrigin.EXTRACTED else None,
        **{name: row[name] for name in CLOCKS},
    }


def _replaced(members: list[dict[str, Any]], editions: Editions) -> list[dict[str, Any]]:
    """Return the versions that follow from later editions: from then on their rows count no more, or again."""
    by_member: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for member in members:
        by_member.setdefault((member["member_table"], member["member_id"]), []).append(member)
    turned = []
    for versions in by_member.values():
        for member, later in zip_longest(versions, versions[1:]):
            for turn, is_replaced in editions.turns_after(member["document_id"], member["known_at"]):
                if later is None or turn["known_at"] < later["known_at"]:
                    turned.append(member | {name: turn[name] for name in CLOCKS} | {"is_replaced": is_replaced})
    return turned


def _documents(
    said: Sequence[Statement],
    placed: Mapping[str, Placed],
    versions: Sequence[tuple[str, Version]],
    editions: Editions,
) -> Iterator[dict[str, Any]]:
    """Yield the documents as members of the happenings they lead with, as far as it was known then."""
    of_document: dict[str, list[tuple[Statement, Version]]] = {}
    for statement, (_, row) in zip(said, versions, strict=True):
        if row["origin"] == RowOrigin.EXTRACTED and row["document_id"] and not row["is_retracted"]:
            of_document.setdefault(row["document_id"], []).append((statement, row))
    for document_id, read in of_document.items():
        for known_at in sorted({statement.known_at for statement, _ in read}):
            then = sorted(
                ((s, row) for s, row in read if s.known_at == known_at), key=lambda pair: pair[1]["char_start"] or 0
            )
            lead = leading([statement for statement, _ in then], placed)
            if lead is None:
                continue
            row = next(row for statement, row in then if statement is lead)
            place = placed[lead.id]
            yield {
                "event_id": place.event_id,
                "member_table": DOCUMENTS.full_name,
                "member_id": document_id,
                "statement_id": place.statement_id.split("\x1f")[1],
                "matched_by": MatchedBy.LEAD.value,
                "is_replaced": editions.is_replaced(document_id, known_at),
                "document_id": document_id,
                **{name: row[name] for name in CLOCKS},
            }


def _changes(members: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the versions in which a membership changes, numbered."""
    schema = EVENT_MEMBERS.polars_schema()
    frame = pl.DataFrame(
        [{name: member.get(name) for name in schema} for member in members], schema=schema
    ).with_row_index("position")
    order = frame.sort("member_table", "member_id", "known_at", "load_seq", "position")
    state = pl.struct("event_id", "statement_id", "is_replaced")
    before = state.shift().over(EVENT_MEMBERS.key)
    changed = order.filter(before.is_null() | (before != state))
    return changed.with_columns(
        revision=pl.int_range(pl.len(), dtype=pl.Int64).over(EVENT_MEMBERS.key),
    ).select(EVENT_MEMBERS.column_names)
