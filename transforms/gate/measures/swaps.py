"""Two figures of one report that stand in each other's place.

Here: segments whose values fit each other's history better than their own. Not here: values that fit nobody's
(`figures`). A swap leaves every sum as it was, so no identity sees it.

Steady figures are held against what their series lead to expect. What may be of either sign has no such expectation:
its values are held against the last ones, in usual steps. Two that cross do so in steps, a swap in a leap of both.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from aicycle.model.parameters.gate_statements import SwapRules
from transforms.gate.measures.figure_habits import Bools, Floats, Habits, Judged
from transforms.gate.measures.figure_series import PART, POSITIVE, SIGNED
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import amount, marked
from transforms.quarters import TOTAL

SWAPPED = "value.in_its_place"
CHECKS = (SWAPPED,)
MOST_SEGMENTS = 40
"""Of one report: no group has as many, and each is held against each."""

REPORT = ("company", "segment_basis", "metric", "period_end", "duration_months", "unit")


def measure_swaps(judged: Judged, rules: SwapRules) -> pl.DataFrame:
    """Measure whether two segments of one report have each other's value.

    Args:
        judged: new and believed figures.
        rules: how far is far.

    Returns:
        Numbers of `CHECKS`: 1 where wrong, for both of the two that are new.
    """
    known = judged.figures.filter(
        pl.Series(judged.habits.is_known),
        ~pl.col("segment").str.starts_with(PART),
        # A steady total is the sum of its segments, which is checked. With losses among them it may be like one.
        (pl.col("kind") == SIGNED) | ((pl.col("kind") == POSITIVE) & (pl.col("segment") != TOTAL)),
    )
    compared = known.filter(pl.col("segment").n_unique().over(REPORT) <= MOST_SEGMENTS)
    new = compared.filter(pl.col("row_id").is_not_null())
    pairs = compared.join(new, on=REPORT, suffix="_other").filter(pl.col("segment") != pl.col("segment_other"))
    here, there = (
        (judged.habits.of(pairs[figure].to_numpy().astype(np.int64)), pairs[value].to_numpy())
        for figure, value in (("figure", "value"), ("figure_other", "value_other"))
    )
    is_signed = (pairs["kind"] == SIGNED).to_numpy()
    swapped = _first_of_each(
        pairs.filter(pl.Series(np.where(is_signed, _leap(here, there, rules), _are_odd(here, there, rules))))
    )
    sentences = {
        row[
            "row_id_other"
        ]: f"{name_of({**row, 'segment': row['segment_other']})}: {amount(row['value_other'])} fits the "
        f"history of {row['segment']}, and {amount(row['value'])}, which stands there, fits this one: they are swapped"
        for row in swapped.sort("figure", "figure_other").iter_rows(named=True)
    }
    return marked(SWAPPED, new, sentences)


def _first_of_each(swapped: pl.DataFrame) -> pl.DataFrame:
    """Leave out what leaps back in the period after a swap: it is right, and was held against what was wrong."""
    pair = ["series", "series_other"]
    follows = (pl.col("place") - pl.col("place").shift(1).over(pair)) == 1
    run = swapped.sort(*pair, "place").with_columns(run=(~follows.fill_null(value=False)).cum_sum())
    return run.filter(pl.col("place").rank("dense").over(*pair, "run") % 2 == 1)


Placed = tuple[Habits, Floats]
"""n habits, and the n values that stand there."""


def _are_odd(here: Placed, there: Placed, rules: SwapRules) -> Bools:
    """Return which steady pairs are odd where they stand and fit each other's place."""
    (habits, value), (habits_other, value_other) = here, there
    odd = habits.distance(value) / habits.limit + habits_other.distance(value_other) / habits_other.limit
    fit = np.maximum(habits.distance(value_other) / habits.limit, habits_other.distance(value) / habits_other.limit)
    return np.asarray((odd > rules.odd_frac.value) & (fit < rules.fitting_frac.value))


def _leap(here: Placed, there: Placed, rules: SwapRules) -> Bools:
    """Return which signed pairs leapt, each to where the other one was."""
    (habits, value), (habits_other, value_other) = here, there
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        own = np.stack([_steps(habits, value), _steps(habits_other, value_other)])
        exchanged = np.stack([_steps(habits, value_other), _steps(habits_other, value)])
        gain = own.sum(axis=0) - exchanged.sum(axis=0)
        is_leap, is_nearer = own.min(axis=0) > rules.leap_steps.value, gain > rules.nearer_steps.value
        return np.asarray(is_leap & is_nearer & (exchanged.max(axis=0) < rules.near_steps.value))


def _steps(habits: Habits, values: Floats) -> Floats:
    return np.abs(values - habits.newest) / habits.step
