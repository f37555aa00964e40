"""The shape of what an invariant says.

Here: the schema alone, so that invariants and their registry can both name it.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.schema import POLARS, DType

METRICS_SCHEMA = pl.Schema(
    {
        "check_name": pl.String(),
        "value": pl.Float64(),
        "limit": pl.Float64(),
        "said": pl.String(),
        "subject_kind": pl.String(),
        "subject_id": pl.String(),
        "metric": pl.String(),
        "row_key": pl.String(),
        "known_at": POLARS[DType.INSTANT],
    }
)
"""One row per thing that was measured, good or bad: `value` > `limit` fails. `row_key` is the JSON list of the business
key of the row that is missing, where there is one: when it comes, nothing is held any more. `known_at` is the instant
from which on the subject is not to be believed. A failure of an advisory invariant holds nobody."""
