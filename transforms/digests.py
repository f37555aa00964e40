"""Digests: the same content has the same digest, on any run, in any row order.

Here: the canonical text of frames and its sha256. Numbers are quantised to 12 significant digits, so that the last
bits, which differ between platforms, do not count. Not here: which columns are volatile (the contracts say).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import polars.selectors as cs

from aicycle.contracts.schema import TableContract

SIGNIFICANT_DIGITS = 12


def frame_digest(frame: pl.DataFrame) -> str:
    """Return the sha256 of a frame's content: columns by name, rows sorted, numbers quantised."""
    columns = sorted(frame.columns)
    canonical = (
        quantised(frame.select(columns))
        .sort(columns, nulls_last=True, maintain_order=True)
        .write_csv(null_value="\\N", quote_style="non_numeric", datetime_format="%Y-%m-%dT%H:%M:%S%.6f")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def quantised(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with its numbers at the digits that count in a digest, and one zero."""
    # Polars drops an added 0.0 as of no effect: -0.0 is written as another text, so it is replaced.
    rounded = frame.with_columns(cs.float().round_sig_figs(SIGNIFICANT_DIGITS))
    return rounded.with_columns(
        pl.when(pl.col(name) == 0).then(0.0).otherwise(pl.col(name)).cast(rounded.schema[name]).alias(name)
        for name in rounded.select(cs.float()).columns
    )


def table_digest(frame: pl.DataFrame, contract: TableContract) -> str:
    """Return the digest of a stored table over all columns that are not volatile."""
    return frame_digest(frame.drop(contract.volatile_columns))


def combined_digest(parts: Mapping[str, str]) -> str:
    """Return one digest of named digests or texts."""
    return content_digest(dict(parts))


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the sha256 of plain content; numbers quantised, dates as ISO text."""
    text = json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.{SIGNIFICANT_DIGITS - 1}e}" if value else "0"
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
