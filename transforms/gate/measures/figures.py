"""Reported figures against themselves and their own series: size, sign, range, unit, repeats.

Here: what one series says about a figure. Not here: figures that contradict each other (`identities`), restatements
(`restatements`), days and sources (`figure_reports`).
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from transforms.gate.context import GateContext
from transforms.gate.measures.exchange import rate_between
from transforms.gate.measures.figure_habits import Judged
from transforms.gate.measures.figure_series import (
    INTERMITTENT,
    MONEY,
    PART,
    PERCENT,
    POSITIVE,
    SIGNED,
    VIEW,
    has_word,
)
from transforms.gate.measures.saying import Row, amount, marked, numbers
from transforms.quarters import QUARTER_MONTHS

SIZE, SIGN, RANGE, UNIT, OTHER_CURRENCY, SCALE, REPEATED, ACCUMULATED = CHECKS = (
    "value.size",
    "value.sign",
    "value.possible",
    "unit.usual",
    "unit.reporting_currency",
    "value.scale",
    "value.repeated",
    "value.accumulated",
)
WORLD_CURRENCY = "USD"
"""Into which reports are translated for the reader's convenience, and into no other."""
CLEARLY, CLEARLY_OF_TWO = 0.6, 0.1
"""Of a limit: how much odder to its own series one of two equal figures must be to be the wrong one. Between two
periods the later is, unless much speaks for the other; between two segments nothing else can tell."""
FURTHEST = 1e9
"""Factor beyond which it does not matter any more how far."""
GROWTH_WORDS = ("yoy", "growth")
SHARE_WORDS = ("share", "stake")
LIKE_A_SLIP = 1.25
UNIT_FACTORS = (8, 10, 100, 1_000, 10_000, 1_000_000, 1_000_000_000)


def measure_series(judged: Judged, context: GateContext) -> pl.DataFrame:
    """Measure figures by their own series.

    Args:
        judged: new and believed figures.
        context: exchange rates, and how far is far.

    Returns:
        Numbers of `CHECKS`. `value.size`, `value.scale`: a factor. `value.sign`, `value.possible`: how far below zero
        or outside what can be, in the row's unit. `unit.*`, `value.repeated`, `value.accumulated`: 1 where wrong.
    """
    habits = judged.habits
    figures = judged.figures.with_columns(
        distance=pl.Series(habits.distance(judged.figures["value"].to_numpy())),
        far=pl.Series(habits.limit),
        expected=pl.Series(habits.expected()),
        is_far=pl.Series(judged.is_far),
    )
    new = figures.filter(pl.col("row_id").is_not_null())
    return pl.concat(
        [
            _size(new),
            _sign(new),
            _range(new),
            _units(figures, context),
            _scale(figures, context),
            _repeats(figures, context),
            _accumulated(figures),
        ]
    )


def name_of(row: Row) -> str:
    """Return how a sentence names a figure."""
    length = f" ({row['duration_months']} months)" if row["duration_months"] else ""
    return f"{row['metric']} of {row['company']}, {row['segment']}, to {row['period_end']}{length}"


def _size(new: pl.DataFrame) -> pl.DataFrame:
    def said(row: Row) -> str:
        value, expected = row["value"], row["expected"]
        ratio = abs(value) / expected if expected else math.inf
        ratio = max(ratio, 1 / ratio) if ratio else math.inf
        slip = next((unit for unit in UNIT_FACTORS if 1 / LIKE_A_SLIP < ratio / unit < LIKE_A_SLIP), None)
        hint = f", as if the unit were off by {slip:,}" if slip else ""
        return (
            f"{name_of(row)}: {amount(value, row['unit'])} is far from what its history leads to expect, about "
            f"{amount(expected)}{hint}"
        )

    known = new.filter(pl.col("distance").is_not_nan() & pl.col("far").is_not_nan())
    return numbers(SIZE, known, value=pl.col("distance").exp().clip(0, FURTHEST), limit=pl.col("far").exp(), said=said)


def _sign(new: pl.DataFrame) -> pl.DataFrame:
    never_below = new.filter(pl.col("kind").is_in([POSITIVE, INTERMITTENT]))
    return numbers(
        SIGN,
        never_below,
        value=-pl.col("value"),
        limit=pl.lit(0.0),
        said=lambda row: f"{name_of(row)}: {amount(row['value'], row['unit'])} is below zero, which it can't be",
    )


def _range(new: pl.DataFrame) -> pl.DataFrame:
    is_growth = has_word(GROWTH_WORDS)
    is_share = has_word(SHARE_WORDS) & (pl.col("kind") == POSITIVE)
    percent = new.filter((pl.col("unit") == PERCENT) & (is_growth | is_share)).with_columns(is_share=is_share)
    return numbers(
        RANGE,
        percent,
        # A loss that becomes a profit has a growth below -100 %; what can't fall by more is never written as one.
        value=pl.when("is_share")
        .then(pl.max_horizontal(pl.col("value") - 100, -pl.col("value")))
        .otherwise(-100 - pl.col("value")),
        limit=pl.when(pl.col("metric").str.contains("profit|ebit|income|earnings|eps|flow") & ~pl.col("is_share"))
        .then(1e9)
        .otherwise(0.0),
        said=lambda row: (
            f"{name_of(row)}: {amount(row['value'])} percent can't be: "
            + ("a share lies between 0 and 100" if row["is_share"] else "nothing shrinks by more than all of it")
        ),
    )


def _units(judged: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Compare a figure's unit with the one its metric is given in, and its value at the day's exchange rate."""
    history = context.rules.statements.history
    metric = ["company", "segment", "metric"]
    usual = (
        judged.group_by([*metric, "unit"])
        .agg(pl.len(), series_value=pl.col("value").abs().median())
        .with_columns(share=pl.col("len") / pl.col("len").sum().over(metric))
        .filter(
            (pl.col("len") >= history.least_observations.value) & (pl.col("share") >= history.unit_share_frac.value)
        )
        .select(*metric, usual_unit="unit")
    )
    used = judged.group_by("company", "unit").agg(times_used=pl.len())
    new = judged.filter(pl.col("row_id").is_not_null()).join(usual, on=metric).join(used, on=["company", "unit"])
    odd = new.filter(pl.col("unit") != pl.col("usual_unit"))
    nearest = (
        odd.select("figure", *metric, "duration_months", "usual_unit", "period_end")
        .join(
            judged.select(*metric, "duration_months", usual_unit="unit", near_end="period_end", near_value="value"),
            on=[*metric, "duration_months", "usual_unit"],
        )
        .sort("figure", (pl.col("period_end") - pl.col("near_end")).abs(), "near_value")
        .unique("figure", keep="first", maintain_order=True)
        .select("figure", "near_value")
    )
    odd = odd.join(nearest, on="figure", how="left")
    wrong: dict[int, str] = {}
    for row in odd.iter_rows(named=True):
        stated = f"{name_of(row)}: {amount(row['value'], row['unit'])}, while it is given in {row['usual_unit']}"
        if not {row["unit"], row["usual_unit"]} <= set(MONEY):
            wrong[row["row_id"]] = stated
            continue
        rate = rate_between(context, row["unit"], row["usual_unit"], row["period_end"])
        near = row["near_value"]
        if row["unit"] != WORLD_CURRENCY and row["times_used"] < history.least_observations.value:
            wrong[row["row_id"]] = f"{stated}, and nothing else of {row['company']} is in {row['unit']}"
        elif rate is None or near is None or near * row["value"] <= 0:
            wrong[row["row_id"]] = f"{stated}, and no rate tells whether that is the same amount"
        elif abs(np.log(row["value"] / near)) < abs(np.log(row["value"] * rate / near)):
            wrong[row["row_id"]] = (
                f"{stated}: the nearest figure is {amount(near)}, and this one would be {amount(row['value'] * rate)}"
            )
    translated = {
        row["row_id"]: f"{name_of(row)} in {row['unit']}, a translation: it is reported in {row['usual_unit']}"
        for row in odd.iter_rows(named=True)
        if row["row_id"] not in wrong
    }
    return pl.concat([marked(UNIT, new, wrong), marked(OTHER_CURRENCY, new, translated)])


def _scale(judged: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Compare what has no history at all with the company's other figures in the same currency."""
    rules = context.rules.statements.history
    money = judged.filter(
        pl.col("unit").is_in(MONEY) & ~pl.col("company").str.contains(VIEW, literal=True) & (pl.col("value") != 0)
    ).with_columns(size=pl.col("value").abs())
    scale = money.group_by("company", "unit").agg(
        pl.len(), largest=pl.col("size").top_k(2), middle=pl.col("size").median()
    )
    alone = (
        money.filter(pl.col("row_id").is_not_null() & pl.col("far").is_nan())
        .join(scale, on=["company", "unit"])
        .filter(pl.col("len") > rules.least_observations.value)
        .with_columns(
            # The largest other one: its own value is no witness.
            largest=pl.when(pl.col("size") == pl.col("largest").list.first())
            .then(pl.col("largest").list.last())
            .otherwise(pl.col("largest").list.first()),
            above=pl.lit(rules.company_above_factor.value),
            below=pl.lit(rules.company_below_factor.value),
        )
    )
    return numbers(
        SCALE,
        alone,
        value=pl.max_horizontal(
            pl.col("size") / pl.col("largest") / pl.col("above"), pl.col("middle") / pl.col("size") / pl.col("below")
        ),
        limit=pl.lit(1.0),
        said=lambda row: (
            f"{name_of(row)}: {amount(row['value'], row['unit'])} is of another order than all else of "
            f"{row['company']}, from about {amount(row['middle'])} up to {amount(row['largest'])}"
        ),
    )


def _repeats(judged: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Find a flow that is digit for digit another period's or another segment's: one of the two is not its own.

    To blame is the one that is further from what its own series leads to expect; if both fit, the later period's, as
    if it had come when the other was believed already.
    """
    digits = context.rules.statements.history.repeat_digits.value
    flows = judged.filter(
        (pl.col("duration_months") > 0)
        & ~pl.col("unit").is_in([PERCENT, "multiple"])
        & pl.col("kind").is_in([POSITIVE, SIGNED])
        & (pl.col("value") != 0)
    )
    shared = flows.filter(pl.struct("company", "metric", "unit", "value").is_duplicated())
    if shared.is_empty():
        return marked(REPEATED, flows.filter(pl.col("row_id").is_not_null()), {})
    shared = shared.filter(pl.col("value").map_elements(_digits, return_dtype=pl.Int64) >= digits).with_columns(
        excess=(pl.col("distance") / pl.col("far")).fill_nan(0.0).fill_null(0.0)
    )
    pairs = shared.join(shared, on=["company", "metric", "unit", "value", "duration_months"], suffix="_other").filter(
        ((pl.col("segment") == pl.col("segment_other")) & (pl.col("period_end") != pl.col("period_end_other")))
        | (
            # A part may be all of its segment, and one segment has several names on several bases.
            (pl.col("segment") != pl.col("segment_other"))
            & (pl.col("segment_basis") == pl.col("segment_basis_other"))
            & (pl.col("period_end") == pl.col("period_end_other"))
            & ~pl.any_horizontal(pl.col("segment", "segment_other").str.starts_with(PART))
        )
    )
    gap = pl.col("excess") - pl.col("excess_other")
    is_same_period = pl.col("period_end") == pl.col("period_end_other")
    clearly = pl.when(is_same_period).then(CLEARLY_OF_TWO).otherwise(CLEARLY)
    is_later = is_same_period | (pl.col("period_end") > pl.col("period_end_other"))
    to_blame = pairs.filter(pl.col("row_id").is_not_null() & ((gap > clearly) | ((gap >= -clearly) & is_later)))
    sentences = {
        row["row_id"]: f"{name_of(row)}: {amount(row['value'], row['unit'])} is digit for digit what stands for "
        f"{row['segment_other']} to {row['period_end_other']}: one of the two is not its own"
        for row in to_blame.sort("figure", "figure_other").iter_rows(named=True)
    }
    return marked(REPEATED, flows.filter(pl.col("row_id").is_not_null()), sentences)


def _digits(value: float) -> int:
    """Return how many significant digits a number is written with."""
    return len(f"{abs(value):.12e}".split("e")[0].replace(".", "").rstrip("0"))


def _accumulated(judged: pl.DataFrame) -> pl.DataFrame:
    """Find a quarter that holds the quarters before it as well: nine or twelve months given as three."""
    quarters = judged.filter(
        (pl.col("duration_months") == QUARTER_MONTHS) & (pl.col("kind") == POSITIVE) & pl.col("unit").is_in(MONEY)
    )
    # Only what is believable itself, or the error would explain its neighbours.
    past = quarters.filter(~pl.col("is_far")).unique(["series", "place"], keep="last", maintain_order=True)
    past = past.sort("series", "period_end").with_columns(
        *(pl.col("value").shift(k).over("series").alias(f"back_{k}") for k in (0, 1, 2)),
        days=pl.col("period_end") - pl.col("period_end").shift(2).over("series"),
    )
    before = past.select(
        "series", before_end="period_end", back_1="back_0", back_2="back_1", back_3="back_2", span="days"
    )
    new = (
        quarters.filter(pl.col("row_id").is_not_null())
        .sort("period_end")
        .join_asof(
            before.sort("before_end"),
            left_on="period_end",
            right_on="before_end",
            by="series",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(
            (pl.col("span") < pl.duration(days=200))
            & ((pl.col("period_end") - pl.col("before_end")) < pl.duration(days=100))
        )
    )
    largest = pl.max_horizontal("back_1", "back_2", "back_3")
    least = pl.min_horizontal("back_1", "back_2", "back_3")
    alone = {n: pl.col("value") - pl.sum_horizontal([f"back_{k}" for k in range(1, n)]) for n in (3, 4)}
    is_usual = {n: alone[n].is_between(least * 0.6, largest * 1.6) for n in alone}
    sums = (pl.col("value") >= 1.8 * largest) & (is_usual[3] | is_usual[4])
    return numbers(
        ACCUMULATED,
        new,
        value=sums.cast(pl.Float64),
        limit=pl.lit(0.0),
        said=lambda row: (
            f"{name_of(row)}: {amount(row['value'], row['unit'])} holds the quarters before it as well "
            f"({amount(row['back_1'])} in the last one): a longer period given as three months"
        ),
    )
