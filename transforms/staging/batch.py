"""What reading a payload gives: staged batches, one per target table.

Here: the payload handed in and the batch handed out. Not here: how any format is read (beside this module).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from aicycle.contracts.core import CLOCKS, LEDGER, STAGED, content_columns
from aicycle.contracts.schema import POLARS, TableContract


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Bytes with what is known about them."""

    source: str
    name: str
    format: str
    sha256: str
    content: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedBatch:
    """All rows of one payload for one table, good and bad, none dropped."""

    contract: TableContract
    frame: pl.DataFrame
    """Columns: `staged_schema(contract)`. A row that can't be read keeps what could be and says so in `unreadable`."""


def staged_schema(contract: TableContract) -> pl.Schema:
    """Return the columns of a staged frame: content, clocks (core tables only), then the gate's handle."""
    clocks = CLOCKS if contract.schema == "core" else ()
    return pl.Schema({c.name: POLARS[c.dtype] for c in (*content_columns(contract), *clocks, *STAGED)})


LEDGER_NAMES = tuple(c.name for c in LEDGER)
