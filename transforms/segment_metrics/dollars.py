"""Amounts in US dollars: at the last rate at or before the period's end.

Here: the rates that serve, and conversion with its reason where there is none. Not here: which amounts are converted.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.model.kinds import Status
from transforms.point_in_time import known_by
from transforms.segment_metrics.shape import metric_rows

OLDEST_RATE_DAYS = 31
"""An older rate is no rate of the period's end; a month, so that sources with month-end rates serve too."""
DOLLAR = "USD"


def dollar_rates(fx: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return what one dollar cost, by currency and day, as known by `as_of`.

    Args:
        fx: versions of `core.fx_rates`; pairs with the dollar serve, either way round.
        as_of: instant with a time zone.

    Returns:
        session, unit, units_per_usd, rate_known_at, rate_first_known_at; sorted by session and unit.
    """
    rates = known_by(fx, FX_RATES.key, as_of).filter(pl.col("rate") > 0)
    first = fx.group_by(FX_RATES.key).agg(first_known_at=pl.col("known_at").min())
    times = {"rate_known_at": "known_at", "rate_first_known_at": "first_known_at"}
    timed = rates.join(first, on=FX_RATES.key).sort(FX_RATES.key)
    per_usd = timed.filter(pl.col("pair").str.starts_with(DOLLAR)).select(
        "session", unit=pl.col("pair").str.slice(3), units_per_usd="rate", **times
    )
    per_unit = timed.filter(pl.col("pair").str.ends_with(DOLLAR)).select(
        "session", unit=pl.col("pair").str.slice(0, 3), units_per_usd=1 / pl.col("rate"), **times
    )
    return (
        pl.concat([per_usd, per_unit])
        .unique(subset=["session", "unit"], keep="first", maintain_order=True)
        .sort("session", "unit")
    )


def in_dollars(amounts: pl.DataFrame, rates: pl.DataFrame, name: str, *, status: Status) -> pl.DataFrame:
    """Convert metric rows; what is reported in dollars stays as it is, with `status`.

    Args:
        amounts: metric rows with amounts in their `unit`.
        rates: `dollar_rates`.
        name: the metric they become.
        status: status of an amount that needs no conversion; a converted one is `derived`.
    """
    is_dollar = pl.col("unit") == DOLLAR
    foreign = amounts.filter(~is_dollar)
    # Few ends of periods, many amounts: the rate is looked up once for each end and currency.
    asked = foreign.select("unit", "period_end").unique().sort("period_end", "unit")
    found = asked.join_asof(
        rates,
        left_on="period_end",
        right_on="session",
        by="unit",
        strategy="backward",
        tolerance=f"{OLDEST_RATE_DAYS}d",
        check_sortedness=False,  # sorted just here; with `by` polars can't see it
    )
    no_rate = pl.format(f"no rate between USD and {{}} in the {OLDEST_RATE_DAYS} days up to {{}}", "unit", "period_end")
    converted = foreign.join(found, on=["unit", "period_end"], how="left").with_columns(
        value=pl.col("value") / pl.col("units_per_usd"),
        null_reason=pl.coalesce("null_reason", pl.when(pl.col("units_per_usd").is_null()).then(no_rate)),
        known_at=pl.max_horizontal("known_at", "rate_known_at"),
        first_known_at=pl.max_horizontal("first_known_at", "rate_first_known_at"),
    )
    as_it_is = metric_rows(amounts.filter(is_dollar), name, unit=DOLLAR, status=status)
    return pl.concat([as_it_is, metric_rows(converted, name, unit=DOLLAR)])
