"""What reported metrics say at each step: the newest figure printed by then, as the rules read it.

Here: `marts.segment_metrics` rows brought to the steps. Not here: the metrics (`transforms.segment_metrics`), what they
speak for (`evidence`).

A figure is placed in time at its first print (`first_known_at`), with the value of its newest version: a restatement
does not make it young again. The newest quarter that was printed speaks, also by its reason for having no value: what
can't be computed any more says nothing, and the quarter before it is not asked instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aicycle.model.parameters import PhaseRules, Ramp, Reading
from transforms.phases.places import Places
from transforms.phases.steps import US_PER_YEAR, Instants
from transforms.phases.votes import DOUBT, INSTANT
from transforms.quarters import GROUP, HALF_MONTH, YEAR_MONTHS

Floats = NDArray[np.float64]
Key = tuple[str, Reading, bool]
"""Metric, how it is read, whether the whole company's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """One way to read one metric, at every step and place."""

    levels: Floats
    """Steps x places; NaN where nothing is said."""
    latest: pl.DataFrame
    """One row per place, at the last step: value, period_end, null_reason, known_at; first_known_at (null: there was
    no value) and doubt of its source."""


def key_of(ramp: Ramp) -> Key:
    """Return what a ramp reads."""
    return ramp.metric, ramp.reading, ramp.is_of_company


def figures_of(
    metrics: pl.DataFrame, *, places: Places, rules: PhaseRules, steps: Instants, as_of: datetime
) -> dict[Key, Figures]:
    """Return, for everything some ramp reads, its figures.

    Args:
        metrics: `marts.segment_metrics` as of the same instant, with `first_known_at`.
        places: the segments.
        rules: what is read, and how long a figure speaks.
        steps: ends of the steps, microseconds.
        as_of: instant with a time zone; what is known later is not used.
    """
    keys = list(dict.fromkeys(key_of(ramp) for feature in rules.features for ramp in feature.ramps))
    wanted = pl.col("metric").is_in([metric for metric, _, _ in keys]) & (pl.col("first_known_at") <= as_of)
    if "detail" in metrics.columns:
        wanted &= pl.col("detail") == ""
    # Words are looked up by row at the end, for the rows that speak: carried along they would cost most of the time.
    slim = (
        metrics.lazy()
        .with_row_index("row")
        .filter(wanted)
        .select("row", "company", "segment", "metric", "period_end", "value", "known_at", "first_known_at")
        .collect()
    )
    own = slim.join(places.segments.select("place", "company", "segment"), on=["company", "segment"])
    takers = places.segments.filter("takes_capex").select("place", "company")
    of_company = slim.filter(pl.col("segment") == GROUP).join(takers, on="company")
    columns = ("row", "place", "period_end", "value", "known_at", "first_known_at")
    found = {}
    for metric, reading, is_of_company in keys:
        rows = (of_company if is_of_company else own).filter(pl.col("metric") == metric).select(columns)
        read = _read(rows.with_columns(no_year_before=pl.lit(None, pl.String)), reading)
        found[metric, reading, is_of_company] = _at_steps(
            read, metrics=metrics, places=places, rules=rules, steps=steps, is_of_company=is_of_company
        )
    return found


def _read(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Return the rows with `value` as it is read, and why there is none where that lies in the reading."""
    match reading:
        case Reading.LEVEL:
            return rows
        case Reading.MAGNITUDE:
            return rows.with_columns(pl.col("value").abs())
        case Reading.YEAR_ON_YEAR:
            return _year_on_year(rows)


def _year_on_year(rows: pl.DataFrame) -> pl.DataFrame:
    # Joined by the nearest month's end: a year of 52 or 53 weeks ends a few days off.
    near = pl.col("period_end").dt.offset_by(HALF_MONTH)
    dated = rows.with_columns(month=near.dt.year().cast(pl.Int32) * YEAR_MONTHS + near.dt.month().cast(pl.Int32))
    before = dated.select(
        "place",
        pl.col("month") + YEAR_MONTHS,
        before="value",
        before_known_at="known_at",
        before_first_known_at="first_known_at",
    ).unique(["place", "month"], keep="first", maintain_order=True)
    joined = dated.join(before, on=["place", "month"], how="left")
    return joined.with_columns(
        value=pl.when(pl.col("before") > 0).then(pl.col("value") / pl.col("before") - 1),
        no_year_before=pl.when(pl.col("before").is_null())
        .then(pl.lit("nothing is reported for the same quarter a year before"))
        .when(pl.col("before") <= 0)
        .then(pl.lit("the same quarter a year before is not above zero")),
        known_at=pl.max_horizontal("known_at", "before_known_at"),
        first_known_at=pl.max_horizontal("first_known_at", "before_first_known_at"),
    )


def _at_steps(
    rows: pl.DataFrame,
    *,
    metrics: pl.DataFrame,
    places: Places,
    rules: PhaseRules,
    steps: Instants,
    is_of_company: bool,
) -> Figures:
    """Put each figure at the first step that knows it, and let it speak until a newer period's or its life ends."""
    ordered = rows.sort("place", "period_end", "first_known_at", "known_at")
    first_us = ordered["first_known_at"].dt.epoch("us").to_numpy()
    # The position in this order says which of two figures is of the newer period. Ascending: the last one written wins.
    newest = np.zeros((steps.size, places.count), dtype=np.int64)
    newest[np.searchsorted(steps, first_us), ordered["place"].to_numpy()] = np.arange(1, ordered.height + 1)
    newest = np.maximum.accumulate(newest, axis=0)
    # Row 0 stands for no figure at all.
    value = np.concatenate([[np.nan], ordered["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()])
    since = np.concatenate([[np.iinfo(np.int64).min // 2], first_us])
    life_us = int(rules.figure_life_years.value * US_PER_YEAR)
    # The infinite are no figures to compute with either.
    is_young = steps[:, None] - since[newest] <= life_us
    levels = np.where(is_young & np.isfinite(value[newest]), value[newest], np.nan)

    why_none = (
        pl.when(pl.lit(value=is_of_company) & ~pl.col("takes_capex"))
        .then(pl.lit("the segment does not take the company's capital expenditure"))
        .otherwise(pl.lit("no figure is reported"))
    )
    speaking = newest[-1] > 0
    of_places = ordered[(newest[-1][speaking] - 1).tolist()]
    words = metrics[of_places["row"]].select("null_reason", "verification")
    latest = (
        places.segments.with_columns(is_young=pl.Series(is_young[-1], dtype=pl.Boolean))
        .join(pl.concat([of_places.drop("row"), words], how="horizontal"), on="place", how="left",
              maintain_order="left")
        .with_columns(
            pl.Series("value", levels[-1], dtype=pl.Float64).fill_nan(None), has_value=pl.col("value").is_not_null()
        )
        .select(
            "place",
            "value",
            "period_end",
            null_reason=pl.when(pl.col("value").is_null()).then(
                pl.coalesce(
                    "null_reason",
                    "no_year_before",
                    pl.when(pl.col("first_known_at").is_null()).then(why_none),
                    pl.when(~pl.col("is_young")).then(
                        pl.format("the last figure, for {}, is too old to speak", "period_end")
                    ),
                    pl.lit("the figure is not finite"),
                )
            ),
            known_at=pl.col("known_at").cast(INSTANT),
            first_known_at=pl.when("has_value").then("first_known_at").cast(INSTANT),
            doubt=pl.col("verification").replace_strict(
                list(DOUBT), list(DOUBT.values()), default=max(DOUBT.values()), return_dtype=pl.Int64
            ),
        )
    )  # fmt: skip
    return Figures(levels=levels, latest=latest)
