"""Ingested documents held against the bytes they were made of: their record and text follow from them, or they do not.

Here: making a record again and naming the documents whose record is another. Only reads. Not here: bytes against their
sha256 and rows against their record (`flows.steps.fact_checking`), how a record is made (`transforms.texts.records`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from flows.steps.fact_checking import FactProblem
from transforms.staging import RECORD
from warehouse.payloads import PayloadStore


def documents_unlike_their_source(
    documents: pl.DataFrame, payloads: pl.DataFrame, store: PayloadStore
) -> Iterator[FactProblem]:
    """Yield the ingested documents whose record is not what their bytes give.

    Args:
        documents: rows of `core.documents`.
        payloads: `raw.payloads`.
        store: the payloads. What is missing or altered there is said by who checks payloads, and passed over here.
    """
    records = payloads.filter(pl.col("format") == RECORD)
    for row in documents.join(records, on="payload_sha256", how="semi").iter_rows(named=True):
        content = _sound(store, row["payload_sha256"])
        problem, is_certain = ("", True) if content is None else _difference(content, store)
        if problem:
            yield FactProblem(
                table="core.documents",
                key={"document_id": row["document_id"]},
                load_seq=row["load_seq"],
                payload_sha256=row["payload_sha256"],
                byte_start=row["byte_start"],
                byte_end=row["byte_end"],
                problem=problem,
                is_certain=is_certain,
            )


def _difference(content: bytes, store: PayloadStore) -> tuple[str, bool]:
    """Return what of a record does not follow from its document's bytes, and whether that proves anything."""
    from transforms.texts.records import READ_BY, asked_again, written  # noqa: PLC0415 - loads trafilatura

    try:
        record: dict[str, Any] = json.loads(content)
        asked = asked_again(record)
        source = _sound(store, record["source_sha256"])
        first_seen_at = record["first_seen_at"]
    except (LookupError, TypeError, ValueError):
        return "its record is none", True
    if source is None:
        return "", True
    made = json.loads(written(asked, source, first_seen_at).record)
    differing = sorted(name for name in made.keys() | record.keys() if made.get(name) != record.get(name))
    is_read_alike = record.get("read_by") == READ_BY[asked.kind]
    if not set(differing) - {"read_by"}:
        return "", True
    problem = "its record is not what its bytes give: " + ", ".join(differing)
    return problem + ("" if is_read_alike else f" (it was read by {record.get('read_by')})"), is_read_alike


def _sound(store: PayloadStore, sha256: str) -> bytes | None:
    """Return a payload that is what its name says."""
    content = store.examine(sha256)
    return content if content is not None and hashlib.sha256(content).hexdigest() == sha256 else None
