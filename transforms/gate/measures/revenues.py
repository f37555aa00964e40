"""What companies take in a year, in US dollars: the yardstick for what they say they will spend.

Here: the revenue that is believed. Not here: which amounts are too large beside it (`announcements`).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from transforms.gate.context import GateContext
from transforms.gate.measures.exchange import rate_between
from transforms.quarters import TOTAL


def yearly_revenue_usd(context: GateContext) -> pl.DataFrame:
    """Return company and revenue_usd: the revenue of a year, from the newest believed period of the whole company."""
    figures = context.rows(REPORTED_FIGURES.full_name).filter(
        (pl.col("metric") == "revenue") & (pl.col("segment") == TOTAL) & (pl.col("duration_months") > 0)
    )
    newest = figures.sort("period_end", "value").group_by("company", maintain_order=True).last()
    found = [
        (row["company"], row["value"] / row["duration_months"] * 12 * rate)
        for row in newest.iter_rows(named=True)
        if (rate := rate_between(context, row["unit"], "USD", row["period_end"])) is not None
    ]
    return pl.DataFrame(found, schema={"company": pl.String, "revenue_usd": pl.Float64}, orient="row")
