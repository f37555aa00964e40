"""Editions: documents that stood at one address, one after the other.

Here: which document came first at an address, and which one stands there when. Not here: copies at other addresses
(`transforms.announcements.copies`, or the statements they share).

A source that gives a changed article a new id has not written a second one. Under one id a new text is a new version of
its row (`warehouse.ledger`); this is for those that have several.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from transforms.announcements.copies import article_address

ORDER = ("known_at", "load_seq", "revision", "payload_sha256", "byte_start", "document_id")

Version = Mapping[str, Any]


class Editions:
    """What stood where, by versions of `core.documents`.

    A document belongs where it was first met: a version that says another address moves it nowhere, or it would change
    what its earlier ones were.
    """

    def __init__(self, documents: pl.DataFrame) -> None:
        """Take all versions of `core.documents`, in any order."""
        page_of: dict[str, str | None] = {}
        self._met: dict[str, datetime] = {}
        at: dict[str, list[Version]] = {}
        for row in documents.sort(ORDER).iter_rows(named=True):
            name = row["document_id"]
            self._met.setdefault(name, row["known_at"])
            page = page_of.setdefault(name, article_address(row["address"]))
            if page is not None:
                at.setdefault(page, []).append(row)
        self._first: dict[str, str] = {}
        self._turns: dict[str, list[Version]] = {}
        for rows in at.values():
            names = dict.fromkeys(row["document_id"] for row in rows)
            if len(names) > 1:
                self._first.update(dict.fromkeys(names, next(iter(names))))
                self._turns.update(dict.fromkeys(names, rows))

    def announcement(self, document_id: str | None, announcement_id: str, at: datetime) -> str:
        """Return the announcement that a row of a document belongs to: that of the first edition known by then."""
        if document_id is None or not self.is_later(document_id, at) or not announcement_id.startswith(document_id):
            return announcement_id
        return self._first[document_id] + announcement_id.removeprefix(document_id)

    def is_later(self, document_id: str | None, at: datetime) -> bool:
        """Return whether a document that is known by an instant is not the first at its address."""
        if document_id is None or document_id not in self._first or self._met[document_id] > at:
            return False
        return self._first[document_id] != document_id

    def is_replaced(self, document_id: str | None, at: datetime) -> bool:
        """Return whether another edition stands where the document stood before, at an instant."""
        stood = [row["document_id"] for row in self._turns.get(document_id or "", []) if row["known_at"] <= at]
        return document_id in stood and stood[-1] != document_id

    def turns_after(self, document_id: str | None, at: datetime) -> list[tuple[Version, bool]]:
        """Return the later versions at the document's address, each with whether it replaces the document."""
        if document_id is None or document_id not in self._turns:
            return []
        since = self._met[document_id]
        later = [row for row in self._turns[document_id] if row["known_at"] > at and row["known_at"] >= since]
        return [(row, row["document_id"] != document_id) for row in later]
