"""Two figures of one report that stand in each other's place.

Here: segments whose values fit each other's history better than their own. Not here: values that fit nobody's
(`figures`). A swap leaves every sum as it was, so no identity sees it.

Steady figures are held against what their series lead to expect. What may be of either sign has no such expectation:
its values, and the difference of the two, are held against where they have lain.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.gate.measures.figure_habits import LEAST_SPREAD_FRAC, RECENT, Judged
from transforms.gate.measures.figure_series import PART, POSITIVE, SIGNED
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import amount, marked
from transforms.quarters import TOTAL

SWAPPED = "value.in_its_place"
CHECKS = (SWAPPED,)
ODD = 1.0
"""Of a limit, both together: how odd the two values are where they stand."""
FITTING = 0.4
"""Of a limit, each: how well they fit where the other one stands."""
GAIN = 3.0
"""Of two signed values: how much more likely they are in each other's place, as a logarithm. Recorded quarters that
were not swapped reach 2.3."""
USUAL = 4.0
"""Usual distances from the middle: further off, a value fits the other place no better than it fits its own."""
LEAST_DIFFERENCES = 3
MOST_SEGMENTS = 100
"""Of one report: no group has as many, and each is held against each."""

REPORT = ("company", "segment_basis", "metric", "period_end", "duration_months", "unit")
PAIR = (*(name for name in REPORT if name != "period_end"), "segment", "segment_other")


def measure_swaps(judged: Judged) -> pl.DataFrame:
    """Measure whether two segments of one report have each other's value.

    Args:
        judged: new and believed figures.

    Returns:
        Numbers of `CHECKS`: 1 where wrong, for both of the two that are new.
    """
    is_part = pl.col("segment").str.starts_with(PART)
    known = judged.figures.filter(~is_part & pl.Series(judged.habits.is_known))
    steady = known.filter((pl.col("kind") == POSITIVE) & (pl.col("segment") != TOTAL))
    # A total is the sum of its segments, which is checked, where none of them is a loss: then it can't be a segment's.
    signed = known.filter(pl.col("kind") == SIGNED)
    pairs = [_steady_pairs(steady, judged), _signed_pairs(signed, judged)]
    looked_at = pl.concat([steady, signed]).filter(pl.col("row_id").is_not_null())
    sentences = {
        row[
            "row_id_other"
        ]: f"{name_of({**row, 'segment': row['segment_other']})}: {amount(row['value_other'])} fits the "
        f"history of {row['segment']}, and {amount(row['value'])}, which stands there, fits this one: they are swapped"
        for swapped in pairs
        for row in swapped.sort("figure", "figure_other").iter_rows(named=True)
    }
    return marked(SWAPPED, looked_at, sentences)


def _pairs(figures: pl.DataFrame) -> pl.DataFrame:
    """Return each two segments of one report, in both orders, the second one new."""
    figures = figures.filter(pl.len().over(REPORT) <= MOST_SEGMENTS)
    new = figures.filter(pl.col("row_id").is_not_null())
    return figures.join(new, on=REPORT, suffix="_other").filter(pl.col("segment") != pl.col("segment_other"))


def _steady_pairs(figures: pl.DataFrame, judged: Judged) -> pl.DataFrame:
    """Return the pairs of steady figures that are swapped."""
    pairs = _pairs(figures)
    one, other = (pairs[name].to_numpy().astype(np.int64) for name in ("figure", "figure_other"))
    habits, habits_other = judged.habits.of(one), judged.habits.of(other)
    value, value_other = pairs["value"].to_numpy(), pairs["value_other"].to_numpy()
    odd = habits.distance(value) / habits.limit + habits_other.distance(value_other) / habits_other.limit
    fit = np.maximum(habits.distance(value_other) / habits.limit, habits_other.distance(value) / habits_other.limit)
    return pairs.filter(pl.Series((odd > ODD) & (fit < FITTING)))


def _signed_pairs(figures: pl.DataFrame, judged: Judged) -> pl.DataFrame:
    """Return the pairs of signed figures that are swapped: much likelier so, and fitting in each other's place."""
    habits = judged.habits
    placed = figures.with_columns(
        middle=pl.Series(habits.centre)[figures["figure"]], spread=pl.Series(habits.spread)[figures["figure"]]
    ).filter(pl.col("middle").is_not_nan() & (pl.col("spread") > 0))
    # Several statements about one period: the newest stands for it.
    pairs = _pairs(placed.unique(["series", "place"], keep="last", maintain_order=True))
    own, others = _usual_distances(pairs, "value", "value_other"), _usual_distances(pairs, "value_other", "value")
    apart = pairs.join(_differences(figures, pairs), on=["figure", "figure_other"], how="left", maintain_order="left")
    difference = (apart["value"] - apart["value_other"]).to_numpy()
    middle, spread = apart["difference_middle"].to_numpy(), apart["difference_spread"].to_numpy()
    apart_own, apart_others = np.abs(difference - middle) / spread, np.abs(-difference - middle) / spread
    gain_apart = np.where(apart_others < USUAL, apart_own - apart_others, 0.0)
    gain = np.fmax(own.sum(axis=0) - others.sum(axis=0), gain_apart)
    return pairs.filter(pl.Series((gain > GAIN) & (others.max(axis=0) < USUAL)))


def _usual_distances(pairs: pl.DataFrame, one: str, other: str) -> NDArray[np.float64]:
    """Return how far two values are from the middles of the two places, in usual distances: 2 lines."""
    return np.stack(
        [
            (pairs[one] - pairs["middle"]).abs().to_numpy() / pairs["spread"].to_numpy(),
            (pairs[other] - pairs["middle_other"]).abs().to_numpy() / pairs["spread_other"].to_numpy(),
        ]
    )


def _differences(figures: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return where the difference of each two has lain in the reports before: figure, figure_other, middle, spread."""
    newest = figures.unique(["series", "place"], keep="last", maintain_order=True)
    every = newest.join(pairs.select(PAIR).unique(), on=[name for name in PAIR if name != "segment_other"]).join(
        newest.select(*REPORT, "figure", "value", segment_other="segment"),
        on=[*REPORT, "segment_other"],
        suffix="_other",
    )
    apart = pl.col("value") - pl.col("value_other")
    earlier = [f"before_{n}" for n in range(1, RECENT + 1)]
    before = every.sort(*PAIR, "period_end").with_columns(
        **{name: apart.shift(n).over(PAIR) for n, name in enumerate(earlier, 1)}
    )
    return (
        before.filter(pl.sum_horizontal(pl.col(earlier).is_not_null()) >= LEAST_DIFFERENCES)
        .with_columns(
            difference_middle=pl.concat_list(earlier).list.median(),
            size=pl.concat_list(pl.col(earlier).abs()).list.median(),
        )
        .with_columns(
            difference_spread=pl.max_horizontal(
                pl.mean_horizontal((pl.col(earlier) - pl.col("difference_middle")).abs()),
                LEAST_SPREAD_FRAC * pl.col("size"),
            )
        )
        .filter(pl.col("difference_spread") > 0)
        .select("figure", "figure_other", "difference_middle", "difference_spread")
    )
