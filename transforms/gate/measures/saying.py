"""How a measure says its numbers: the frame that all of them hand back.

Here: the frame, the sentence of a failing row, how numbers and days are written in it. Not here: any measure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

Row = Mapping[str, Any]

GROUPED, ROUND = 1_000, 10
"""From where on numbers are written in groups of digits, and factors without a fraction."""
FAR = 1e300
"""Stands for "infinitely far": a number that still compares and prints."""


def numbers(
    check: str, frame: pl.DataFrame, *, value: pl.Expr, limit: pl.Expr, said: Callable[[Row], str]
) -> pl.DataFrame:
    """Return what was measured for one check.

    Args:
        check: name of the check.
        frame: the rows that could be measured, with `row_id` and whatever `said` reads.
        value: how far a row is.
        limit: how far is far.
        said: a failing row -> what is wrong, for a person. Not called for rows that pass.

    Returns:
        row_id, check_name, value, limit, said (null where the row passes).
    """
    measured = frame.with_columns(
        value_=value.cast(pl.Float64).clip(-FAR, FAR), limit_=limit.cast(pl.Float64).clip(-FAR, FAR)
    )
    failing = measured.filter(pl.col("value_") > pl.col("limit_"))
    sentences = pl.DataFrame(
        {"row_id": failing["row_id"], "said": [said(row) for row in failing.iter_rows(named=True)]},
        schema={"row_id": pl.Int64, "said": pl.String},
    ).unique("row_id", keep="any")
    return measured.join(sentences, on="row_id", how="left").select(
        "row_id", check_name=pl.lit(check), value="value_", limit="limit_", said="said"
    )


def marked(check: str, rows: pl.DataFrame, sentences: Mapping[int, str]) -> pl.DataFrame:
    """Return the numbers of a check that only tells right (0) from wrong (1).

    Args:
        check: name of the check.
        rows: the rows that were looked at, with `row_id`.
        sentences: row_id of those that are wrong -> why.
    """
    return rows.select("row_id").with_columns(
        check_name=pl.lit(check),
        value=pl.col("row_id").is_in(list(sentences)).cast(pl.Float64),
        limit=pl.lit(0.0),
        said=pl.col("row_id").replace_strict(
            list(sentences), list(sentences.values()), default=None, return_dtype=pl.String
        ),
    )


def amount(value: float | None, unit: str | None = "") -> str:
    """Return a number as a sentence shows it: grouped by thousands, no more digits than it has."""
    if value is None or not math.isfinite(value):
        return "no number"
    text = f"{value:,.0f}" if abs(value) >= GROUPED else f"{value:.4g}"
    return f"{text} {unit}".strip()


def times(factor: float) -> str:
    """Return a factor of at least 1 as a sentence shows it."""
    return f"{factor:,.0f}" if factor >= ROUND else f"{factor:.1f}"
