"""Lines of a measure: arrays of numbers in, frames in `MEASURED_SCHEMA` out.

Here: the shape, and sentences for those that fail only. Not here: what is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from transforms.gate.measures.schema import MEASURED_SCHEMA
from transforms.gate.tracks import Floats, Ints


def lines(check_name: str, row_ids: Ints, values: Floats, limit: float, said: Callable[[int], str]) -> pl.DataFrame:
    """Return one line per row that could be measured.

    Args:
        check_name: of the check.
        row_ids: per row.
        values: per row; NaN: could not be measured.
        limit: above which a row fails.
        said: position of a failing row -> what is wrong with it.
    """
    measured = np.flatnonzero(~np.isnan(values))
    sentences = [said(int(place)) if values[place] > limit else None for place in measured]
    return pl.DataFrame(
        {
            "row_id": row_ids[measured],
            "check_name": [check_name] * len(measured),
            "value": values[measured],
            "limit": np.full(len(measured), float(limit)),
            "said": sentences,
        },
        schema=MEASURED_SCHEMA,
    )


def in_words(move: float) -> str:
    """Return a difference of natural logarithms as a reader says it: `9.2 % above`, `7.8 times`."""
    factor = float(np.exp(move))
    if factor >= WORTH_A_FACTOR:
        return f"{factor:.4g} times"
    if factor <= 1 / WORTH_A_FACTOR:
        return f"1/{1 / factor:.4g} of"
    return f"{abs(factor - 1) * 100:.1f} % {'above' if move >= 0 else 'below'}"


WORTH_A_FACTOR = 1.5


def day_of(number: int) -> date:
    """Return the day that lies so many days after 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=int(number))
