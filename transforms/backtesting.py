"""A backtest: the walk over a range of days, its alerts, and the forecasts that would have been made in it.

Here: the whole of it from facts and parameters, all of it hindsight. Not here: the parts (`transforms.walking`,
`transforms.forecasts`), how it is shown (`aicycle.cli`).

It is made of the functions that live runs use. What differs: nobody said these things on those days, the definitions
may be younger than the days, and holds take no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Origin
from aicycle.model.parameters import Configuration
from transforms.crossings import ALERTS_SCHEMA
from transforms.facts import Facts
from transforms.forecasts.issue import ISSUED_SCHEMA, WITHHELD_SCHEMA, issue
from transforms.forecasts.resolve import resolve
from transforms.forecasts.score import scored
from transforms.walking.alerts import alerts_of_walk
from transforms.walking.days import walk

QUARTER_STARTS = (1, 4, 7, 10)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backtest:
    """Everything a range of days would have shown."""

    walked: pl.DataFrame
    """As `transforms.walking.days.walk` gives it."""
    alerts: pl.DataFrame
    """`ops.alerts` without run_id; what was crossed before the first day has status baseline."""
    forecasts: pl.DataFrame
    """`marts.forecasts` without manifest: those of each quarter start within the range."""
    withheld: pl.DataFrame
    """company, question, subject, reason, as_of: what was not asked."""
    outcomes: pl.DataFrame
    """As `transforms.forecasts.resolve.resolve` gives them, by what was known at the range's end."""
    scores: pl.DataFrame
    """`marts.forecast_scores`."""


def backtest(
    facts: Facts,
    *,
    received: pl.DataFrame | None,
    configuration: Configuration,
    companies: Sequence[str],
    first: date,
    last: date,
) -> Backtest:
    """Walk every day from `first` to `last`, both included, as of its end (UTC).

    Args:
        facts: all versions; on each day only those known by its end count.
        received: payload_sha256, received_on: as for `transforms.prices.quoted_bars`.
        configuration: universe, scenario sets, alert rules, forecast rules.
        companies: names of the universe.
        first: first day.
        last: last day; forecasts are resolved by what was known at its end.

    Raises:
        ConfigError: a company can't be walked; see `transforms.walking.days.walk`.
        ValueError: `first` lies after `last`.
    """
    if first > last:
        raise ValueError(f"no days from {first} to {last}")
    walked = walk(
        facts, received=received, configuration=configuration, companies=companies, days=days_between(first, last)
    )
    alerts = [
        alerts_of_walk(walked, facts, received=received, configuration=configuration, company=company)
        for company in companies
    ]
    issued = [
        (
            start,
            issue(
                facts,
                received=received,
                configuration=configuration,
                companies=companies,
                as_of=start,
                origin=Origin.HINDSIGHT,
            ),
        )
        for start in quarter_starts(first, last)
    ]
    forecasts = pl.concat([ISSUED_SCHEMA.to_frame(), *(made.forecasts for _, made in issued)])
    instants = pl.Datetime("us", "UTC")
    none = WITHHELD_SCHEMA.to_frame().with_columns(as_of=pl.lit(None, instants))
    withheld = [made.withheld.with_columns(as_of=pl.lit(start).cast(instants)) for start, made in issued]
    outcomes = resolve(forecasts, facts, received=received, configuration=configuration, as_of=end_of_day(last))
    return Backtest(
        walked=walked,
        alerts=pl.concat([ALERTS_SCHEMA.to_frame(), *alerts]),
        forecasts=forecasts,
        withheld=pl.concat([none, *withheld]),
        outcomes=outcomes,
        scores=scored(forecasts, outcomes),
    )


def days_between(first: date, last: date) -> list[datetime]:
    """Return the last instant of each day from `first` to `last`, both included."""
    return [end_of_day(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def quarter_starts(first: date, last: date) -> list[datetime]:
    """Return the last instant of the first day of each calendar quarter that begins within the range."""
    return [day for day in days_between(first, last) if day.day == 1 and day.month in QUARTER_STARTS]
