"""How many units of one day a unit of another day is: what splits and ratio changes do to a level.

Here: the ratio between two days, and rescaling by it. Not here: what is rescaled (`transforms.scenarios.bands`,
`transforms.crossings`), or prices as quoted (`transforms.prices`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from aicycle.contracts.core_corporate_actions import CORPORATE_ACTIONS
from transforms.point_in_time import known_by


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRatio:
    """Units of a later day for one of an earlier day, and in which direction a level is carried."""

    later_per_earlier: float
    is_forward: bool

    def rescaled(self, per_unit: float) -> float:
        """Return an amount per unit of the first day as an amount per unit of the second.

        Multiplied or divided by the whole ratio, never by its reciprocal: without a split the last bit stays.
        """
        return per_unit / self.later_per_earlier if self.is_forward else per_unit * self.later_per_earlier


def units_per_unit(
    actions: pl.DataFrame, *, symbol: str, from_day: date, to_day: date, known_by_instant: datetime
) -> UnitRatio:
    """Return what the splits of one listing between two days do to an amount per unit.

    A split is in effect from its ex-date on. One in effect on both days, or on neither, changes nothing.

    Args:
        actions: versions of `core.corporate_actions`.
        symbol: listing.
        from_day: day in whose units an amount is given.
        to_day: day in whose units it is wanted, before or after.
        known_by_instant: splits known later do not count.

    Raises:
        ValueError: `known_by_instant` has no time zone.
    """
    splits = splits_between(actions, symbol=symbol, from_day=from_day, to_day=to_day, known_by_instant=known_by_instant)
    return ratio_of(splits, is_forward=from_day <= to_day)


def splits_between(
    actions: pl.DataFrame, *, symbol: str, from_day: date, to_day: date, known_by_instant: datetime
) -> pl.DataFrame:
    """Return the splits that `units_per_unit` counts, one version each, by ex-date; arguments as there."""
    earlier, later = min(from_day, to_day), max(from_day, to_day)
    return (
        known_by(actions, CORPORATE_ACTIONS.key, known_by_instant)
        .filter(
            (pl.col("symbol") == symbol)
            & (pl.col("kind") == "split")
            & pl.col("ratio").is_not_null()
            & (pl.col("ex_date") > earlier)
            & (pl.col("ex_date") <= later)
        )
        .sort("ex_date")
    )


def ratio_of(splits: pl.DataFrame, *, is_forward: bool) -> UnitRatio:
    """Return what splits, sorted by ex-date, do together to an amount per unit."""
    return UnitRatio(later_per_earlier=float(math.prod(splits["ratio"].to_list())), is_forward=is_forward)
