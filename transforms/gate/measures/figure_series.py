"""Reported figures as series: every figure, new or believed, in its place among the others of its kind.

Here: the frame that all measures of figures start from, and which kind of figure a metric is. Not here: what a series
leads to expect (`figure_habits`), what is wrong with a row (`figures`, `restatements`, `identities`).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.kinds import CURRENCIES
from aicycle.model.parameters.gate_statements import FigureWords
from transforms.gate.context import GateContext

SERIES = ("company", "segment", "segment_basis", "metric", "duration_months", "unit")
"""What must be equal for two figures to have one history."""

FIGURES_SCHEMA = pl.Schema(
    {
        "row_id": pl.Int64(),
        **{name: REPORTED_FIGURES.polars_schema()[name] for name in (*SERIES, "period_end", "value")},
        "known_on": pl.Date(),
        "kind": pl.String(),
    }
)

POSITIVE, SIGNED, INTERMITTENT, OUTLOOK = "positive", "signed", "intermittent", "outlook"
VIEW = " / "
"""`A / B` is B's view of A: it is no measurement."""
PART = "of which"
"""Begins the name of a row that is a part of a segment: no addend."""
MONEY = CURRENCIES
PERCENT = "percent"


def figures_of(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Return the new figures and those believed of the same companies.

    Args:
        rows: staged rows of `core.reported_figures`.
        context: what is believed.

    Returns:
        `FIGURES_SCHEMA` with `series` (number), `place` (of its period within the series, from 0) and `figure` (number
        of the row); `row_id` is null for what is believed. Sorted by series, period, day of knowledge, value.
    """
    columns = [*SERIES, "period_end", "value", "source_known_at"]
    new = rows.select("row_id", *columns)
    believed = (
        context.rows(REPORTED_FIGURES.full_name)
        .select(pl.lit(None, pl.Int64).alias("row_id"), *columns)
        .join(new, on="company", how="semi")
        # What is loaded again is judged as if for the first time: it is no witness for itself.
        .join(new, on=columns, how="anti")
    )
    together = pl.concat([new, believed]).filter(pl.col("value").is_finite())
    metrics = metric_kinds(together["metric"], context.rules.statements.words)
    return (
        together.with_columns(known_on=pl.col("source_known_at").dt.date())
        .drop("source_known_at")
        .join(metrics, on="metric")
        # Told before its period was over: wrong in its days, which is said elsewhere, and no history of anything.
        .filter(~is_premature())
        .sort(*SERIES, "period_end", "known_on", "value", "row_id", nulls_last=True)
        .with_columns(series=pl.struct(SERIES).rle_id().cast(pl.Int64))
        .with_columns(place=pl.struct("series", "period_end").rle_id().cast(pl.Int64))
        .with_columns(place=pl.col("place") - pl.col("place").first().over("series"))
        .with_row_index("figure")
    )


def is_premature() -> pl.Expr:
    """Return whether a measurement was known before its period was over; reads kind, company, period_end, known_on."""
    is_view = pl.col("company").str.contains(VIEW, literal=True)
    return (pl.col("kind") != OUTLOOK) & ~is_view & (pl.col("period_end") > pl.col("known_on"))


def metric_kinds(metrics: pl.Series, words: FigureWords) -> pl.DataFrame:
    """Return what kind of figure each metric is: metric, kind."""
    return metrics.unique().to_frame("metric").with_columns(kind=_kind(words))


def _kind(words: FigureWords) -> pl.Expr:
    """Return what kind of figure a metric is, by the words in its name."""
    listed = ((OUTLOOK, words.outlook), (SIGNED, words.signed), (INTERMITTENT, words.intermittent))
    kind = pl.when(has_word(words.positive)).then(pl.lit(POSITIVE)).otherwise(pl.lit(SIGNED))
    for name, those in reversed(listed):
        kind = pl.when(has_word(those)).then(pl.lit(name)).otherwise(kind)
    return kind


def has_word(words: tuple[str, ...]) -> pl.Expr:
    """Return whether one of some words stands between the underscores of a metric's name; reads metric."""
    return pl.col("metric").str.contains(rf"(?:^|_)(?:{'|'.join(words) or '-'})(?:_|$)")
