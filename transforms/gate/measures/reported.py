"""Reported figures by their history and by each other: the measures that start from the same series.

Here: the series, judged once. Not here: the measures (`figures`, `swaps`, `restatements`, `identities`).
"""

from __future__ import annotations

import polars as pl

from transforms.gate.context import GateContext
from transforms.gate.measures import figures, identities, restatements, swaps
from transforms.gate.measures.figure_habits import judge
from transforms.gate.measures.figure_series import figures_of

CHECKS = (*figures.CHECKS, *swaps.CHECKS, *restatements.CHECKS, *identities.CHECKS)

DOUBTS = (figures.OTHER_CURRENCY, figures.ACCUMULATED)
"""Checks whose failure is said and stops nothing."""


def measure_figures(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure figures by their own series, by earlier statements, and by the figures they must agree with.

    Args:
        rows: staged rows of `core.reported_figures`.
        context: what is believed.

    Returns:
        Numbers of `CHECKS`.
    """
    judged = judge(figures_of(rows, context), context.rules.statements.history)
    alone = pl.concat(
        [
            figures.measure_series(judged, context),
            swaps.measure_swaps(judged, context.rules.statements.swaps),
            restatements.measure_restatements(judged, context.rules.statements),
        ]
    )
    accused = alone.filter((pl.col("value") > pl.col("limit")) & ~pl.col("check_name").is_in(DOUBTS))
    return pl.concat([alone, identities.measure_identities(judged, context, frozenset(accused["row_id"]))])
