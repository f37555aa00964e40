"""Figures that are stated again: what a revision may change.

Here: a statement against the first print of its key. Not here: storing both (`warehouse.ledger`).

Two sources may round one figure differently, and a company reclassifies a little. More than that is another definition,
or a wrong row, whether it comes under the first print's own date or under a later one: a person looks at it.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from aicycle.model.parameters.gate_statements import StatementRules
from transforms.gate.measures.figure_habits import Judged
from transforms.gate.measures.figure_series import PERCENT
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import Row, amount, marked, numbers
from transforms.quarters import QUARTER_MONTHS

RESTATED, MISPLACED = CHECKS = ("value.restated", "period_end.of_its_report")
QUARTER_DAYS = 365.25 / 4
DUE_DAYS = 30
"""How far from its usual day a report may come."""
QUARTERS_LATER = (1, 2, 3, 4)
LEAST_REPORTS = 3
SAME_FRAC = 0.001
"""Two sources round one figure differently by less than this."""
POINT = 1.0
"""Percentage point: what a figure in percent may move however small it is."""
SMALL_FRAC = 0.1
"""Of the middle of its series: what is smaller is measured by that, or a profit near zero could never be corrected."""


def measure_restatements(judged: Judged, rules: StatementRules) -> pl.DataFrame:
    """Measure by how much a row restates what was said of its key before.

    Args:
        judged: new and believed figures.
        rules: what a revision may be.

    Returns:
        Numbers of `CHECKS` for the rows that restate something: the change as a fraction of the first print.
    """
    habits = judged.habits
    figures = judged.figures.with_columns(
        is_far=pl.Series(judged.is_far),
        excess=pl.Series(habits.distance(judged.figures["value"].to_numpy()) / habits.limit),
    ).with_columns(size=pl.col("value").abs().median().over("series"))
    told = figures.filter(pl.struct("series", "place").is_duplicated() & ~pl.col("is_far")).with_columns(
        pl.col("excess").fill_nan(0.0).fill_null(0.0)
    )
    # What is believed was there first, whatever day it claims: a row under the same date overwrites it.
    order = ["known_on", pl.col("row_id").is_not_null(), "excess", "figure"]
    first = (
        told.sort(order)
        .group_by("series", "place", maintain_order=True)
        .agg(first="value", first_figure="figure", first_on="known_on")
        .with_columns(pl.col("first", "first_figure", "first_on").list.first())
    )
    again = (
        told.filter(pl.col("row_id").is_not_null())
        .join(first, on=["series", "place"])
        .filter(pl.col("figure") != pl.col("first_figure"))
        .with_columns(
            base=pl.max_horizontal(
                pl.col("first").abs(),
                pl.col("size") * SMALL_FRAC,
                pl.when(pl.col("unit") == PERCENT).then(POINT / rules.revision_tolerance_frac.value),
            )
        )
        .filter(pl.col("base") > 0)
    )

    def said(row: Row) -> str:
        when = "under the same day" if row["known_on"] == row["first_on"] else f"after {row['first_on']}"
        return (
            f"{name_of(row)}: {amount(row['value'], row['unit'])} restates {amount(row['first'])} {when}, by more than "
            f"a revision of {rules.revision_tolerance_frac.value:.0%}"
        )

    change = (pl.col("value") - pl.col("first")).abs() / pl.col("base")
    limit = rules.revision_tolerance_frac.value
    revised = again.with_columns(change=change).filter(pl.col("change") <= limit)
    return pl.concat(
        [
            numbers(RESTATED, again, value=change, limit=pl.lit(limit), said=said),
            _misplaced(revised, figures),
        ]
    )


def _misplaced(revised: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Find a small revision that came just when a later quarter was due, which did not: it is that quarter's figure.

    A fiscal label that was joined by name gives a quarter the end of another one; where that one is known already and
    little different, it looks like a revision.
    """
    lags = figures.filter(pl.col("duration_months") == QUARTER_MONTHS).with_columns(
        lag=(pl.col("known_on") - pl.col("period_end")).dt.total_days()
    )
    firsts = lags.sort("known_on", "figure").unique(["series", "place"], keep="first", maintain_order=True)
    usual = firsts.group_by("series").agg(pl.len(), usual_lag=pl.col("lag").median(), ends=pl.col("period_end"))
    timed = (
        revised.filter(pl.col("change") > SAME_FRAC)
        .with_columns(lag=(pl.col("known_on") - pl.col("period_end")).dt.total_days())
        .join(usual.filter(pl.col("len") >= LEAST_REPORTS), on="series")
    )
    sentences: dict[int, str] = {}
    for row in timed.iter_rows(named=True):
        for later in QUARTERS_LATER:
            missing = row["period_end"] + timedelta(days=QUARTER_DAYS * later)
            is_due = abs(row["lag"] - row["usual_lag"] - QUARTER_DAYS * later) <= DUE_DAYS
            if is_due and all(abs((end - missing).days) > DUE_DAYS for end in row["ends"]):
                sentences[row["row_id"]] = (
                    f"{name_of(row)}: {amount(row['value'], row['unit'])} revises {amount(row['first'])} on the day "
                    f"when the quarter to about {missing} was due, which is missing: it may be that quarter's figure"
                )
    return marked(MISPLACED, revised, sentences)
