"""What a currency was worth in another one on a day.

Here: the newest believed reference rate. Not here: whether the rate may be believed (its own checks).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from transforms.gate.context import GateContext

BASE = "USD"
"""All recorded pairs are units of another currency for one of these."""


def rate_between(context: GateContext, source: str, target: str, day: date) -> float | None:
    """Return units of `target` for one of `source` on a day, or None where no rate is young enough."""
    if source == target:
        return 1.0
    per_base = {BASE: 1.0}
    for currency in {source, target} - {BASE}:
        found = rate_on(context, BASE + currency, day)
        if found is None:
            return None
        per_base[currency] = found
    return per_base[target] / per_base[source]


def rate_on(context: GateContext, pair: str, day: date) -> float | None:
    """Return the newest rate of a pair by a day, or None where none is young enough."""
    oldest = day - timedelta(days=context.rules.statements.announcements.rate_age_days.value)
    rates = context.rows("core.fx_rates").filter(
        (pl.col("pair") == pair) & pl.col("session").is_between(oldest, day) & (pl.col("rate") > 0)
    )
    return None if rates.is_empty() else float(rates.sort("session")["rate"][-1])
