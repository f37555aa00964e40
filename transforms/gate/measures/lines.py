"""Lines of a measure: arrays of numbers in, frames in `MEASURED_SCHEMA` out.

Here: the shape, and sentences for those that fail only. Not here: what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from transforms.gate.measures.schema import MEASURED_SCHEMA
from transforms.gate.tracks import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What one check measured."""

    check_name: str
    row_ids: Ints
    values: Floats
    limit: float
    said: list[str | None]


def lines(check_name: str, row_ids: Ints, values: Floats, limit: float, said: Callable[[int], str]) -> Lines:
    """Return one line per row that could be measured.

    Args:
        check_name: of the check.
        row_ids: per row.
        values: per row; NaN: could not be measured.
        limit: above which a row fails.
        said: position of a failing row -> what is wrong with it.
    """
    measured = np.flatnonzero(~np.isnan(values))
    sentences: list[str | None] = [None] * len(measured)
    for at in np.flatnonzero(values[measured] > limit):
        sentences[at] = said(int(measured[at]))
    return Lines(check_name, row_ids[measured], values[measured], float(limit), sentences)


def framed(parts: Sequence[Lines]) -> pl.DataFrame:
    """Return the lines of all checks of a measure, in `MEASURED_SCHEMA`."""
    counts = [len(part.row_ids) for part in parts]
    return pl.DataFrame(
        {
            "row_id": np.concatenate([part.row_ids for part in parts]),
            "check_name": [part.check_name for part, count in zip(parts, counts, strict=True) for _ in range(count)],
            "value": np.concatenate([part.values for part in parts]),
            "limit": np.repeat([part.limit for part in parts], counts),
            "said": [sentence for part in parts for sentence in part.said],
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
