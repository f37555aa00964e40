"""The shape of what a measure says.

Here: the schema alone, so that measures and their registry can both name it.
"""

from __future__ import annotations

import polars as pl

MEASURED_SCHEMA = pl.Schema(
    {
        "row_id": pl.Int64(),
        "check_name": pl.String(),
        "value": pl.Float64(),
        "limit": pl.Float64(),
        "said": pl.String(),
    }
)
"""One row per row and check that could be measured. `value` > `limit` fails; `said` tells a person why, and may be null
where it does not. A row that is not there could not be measured: that is no failure."""
