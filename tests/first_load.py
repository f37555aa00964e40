"""Rows that a first load of recorded files stores, through the real readers; ledger and gate left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from aicycle.model.parameters import Universe
from transforms.staging import stage
from transforms.staging.batch import Payload


def tables_of_first_load(folder: Path, names: Iterable[str], universe: Universe) -> dict[str, pl.DataFrame]:
    """Readable rows of the recorded files, by full table name (``core.fx_rates``), each at revision 0 and load 1."""
    tables: dict[str, pl.DataFrame] = {}
    for name in names:
        content = (folder / name).read_bytes()
        payload = Payload(
            source="recording",
            name=name,
            format=f"recording/{name}",
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
        )
        for batch in stage(payload, universe=universe, siblings={}):
            readable = batch.frame.filter(pl.col("unreadable").is_null())
            stored = readable.with_columns(revision=pl.lit(0, pl.Int64), load_seq=pl.lit(1, pl.Int64))
            tables[batch.contract.full_name] = stored.select(batch.contract.column_names)
    return tables
