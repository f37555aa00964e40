"""Putting a staged batch together: content, clocks and the gate's handle, in the contract's order.

Here: what every reader ends with. Not here: any format.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.schema import POLARS, TableContract
from transforms.staging.batch import Payload, StagedBatch, staged_schema

PLACE = pl.Schema({"source_line": pl.Int64(), "byte_start": pl.Int64(), "byte_end": pl.Int64()})
"""Where a row stands in its payload."""

Place = tuple[int, int, int]
"""Line, first byte, one past the last byte."""


def staged_batch(
    payload: Payload, contract: TableContract, content: pl.DataFrame, places: pl.DataFrame, unreadable: pl.Series
) -> StagedBatch:
    """Return the batch of one payload for one table.

    Args:
        payload: what the rows were read from.
        contract: table they are meant for.
        content: the table's own columns and, for core tables, known_at and known_precision; missing ones become null.
        places: columns of `PLACE`, one row each.
        unreadable: what could not be read, per row; null or empty: nothing.
    """
    schema = staged_schema(contract)
    frame = pl.concat([content, places], how="horizontal").with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row_id"),
        pl.lit(payload.sha256).alias("payload_sha256"),
        pl.lit(payload.fetched_at.astimezone(UTC)).alias("fetched_at"),
        unreadable.replace("", None).alias("unreadable"),
    )
    if "known_at" in frame.columns:
        frame = frame.with_columns(pl.col("known_at").alias("source_known_at"))
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return StagedBatch(contract=contract, frame=frame.with_columns(absent).select(list(schema)).cast(schema))


def content_frame(contract: TableContract, rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Return rows of typed Python values as the table's own columns, with its clocks where a row has them.

    A column no row speaks of is left to `staged_batch`.
    """
    spoken = {name for row in rows for name in row}
    schema = {c.name: POLARS[c.dtype] for c in content_columns(contract)}
    schema |= {c.name: POLARS[c.dtype] for c in contract.columns if c.name in {"known_at", "known_precision"}}
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in schema if name in spoken},
        schema={name: dtype for name, dtype in schema.items() if name in spoken},
    )


def place_frame(places: Sequence[Place]) -> pl.DataFrame:
    """Return places as a frame."""
    return pl.DataFrame(places, schema=PLACE, orient="row")
