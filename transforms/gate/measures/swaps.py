"""Two figures of one report that stand in each other's place.

Here: segments whose values fit each other's history better than their own. Not here: values that fit nobody's
(`figures`). A swap leaves every sum as it was, so no identity sees it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.gate.measures.figure_habits import Judged
from transforms.gate.measures.figure_series import PART, POSITIVE
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import amount, marked
from transforms.quarters import TOTAL

SWAPPED = "value.in_its_place"
CHECKS = (SWAPPED,)
ODD = 1.0
"""Of a limit, both together: how odd the two values are where they stand."""
FITTING = 0.4
"""Of a limit, each: how well they fit where the other one stands."""


def measure_swaps(judged: Judged) -> pl.DataFrame:
    """Measure whether two segments of one report have each other's value.

    Args:
        judged: new and believed figures.

    Returns:
        Numbers of `CHECKS`: 1 where wrong, for both of the two that are new.
    """
    steady = judged.figures.filter(
        (pl.col("kind") == POSITIVE)
        & (pl.col("segment") != TOTAL)
        & ~pl.col("segment").str.starts_with(PART)
        & pl.Series(judged.habits.is_known)
    )
    new = steady.filter(pl.col("row_id").is_not_null())
    report = ["company", "segment_basis", "metric", "period_end", "duration_months", "unit"]
    pairs = steady.join(new, on=report, suffix="_other").filter(pl.col("segment") != pl.col("segment_other"))
    one, other = (pairs[name].to_numpy().astype(np.int64) for name in ("figure", "figure_other"))
    habits, habits_other = judged.habits.of(one), judged.habits.of(other)
    value, value_other = pairs["value"].to_numpy(), pairs["value_other"].to_numpy()
    odd = habits.distance(value) / habits.limit + habits_other.distance(value_other) / habits_other.limit
    fit = np.maximum(habits.distance(value_other) / habits.limit, habits_other.distance(value) / habits_other.limit)
    swapped = pairs.filter(pl.Series((odd > ODD) & (fit < FITTING)))
    sentences = {
        row[
            "row_id_other"
        ]: f"{name_of({**row, 'segment': row['segment_other']})}: {amount(row['value_other'])} fits the "
        f"history of {row['segment']}, and {amount(row['value'])}, which stands there, fits this one: they are swapped"
        for row in swapped.sort("figure", "figure_other").iter_rows(named=True)
    }
    return marked(SWAPPED, new, sentences)
