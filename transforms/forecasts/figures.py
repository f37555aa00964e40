"""Questions about the next reported quarter: what its answer hangs on, and how the past answered.

Here: growth and capex as known by an instant, distances from past thresholds, and first prints. Not here: how growth is
computed (`transforms.segment_metrics`), probabilities (`transforms.forecasts.outlooks`).

Quarters are found by the calendar month end nearest to their last day, as everywhere. A question names its quarter: the
one after the newest known. It is decided by the first print; a restatement changes no outcome.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.model.parameters import Company, ForecastRules, Universe
from transforms.forecasts.outlooks import NoForecastError
from transforms.quarters import GROUP, QUARTER_MONTHS, YEAR_MONTHS
from transforms.segment_metrics import segment_metrics

GROWTH, CAPEX = "revenue_yoy_frac", "capex"
METRICS_READ = {GROWTH: ("revenue", "yoy_pct"), CAPEX: ("capex",)}
"""Reported metrics that each of the two is computed from: whose holds keep a question from being asked."""
HALF_MONTH = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One quarter's value."""

    month: int
    """Months since year 0 of the month end nearest to the quarter's end."""
    value: float
    known_at: datetime
    verification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureQuestion:
    """A threshold for the next quarter, and how far earlier quarters lay from theirs."""

    segment: str
    month: int
    threshold: float
    distances: tuple[float, ...]
    """Oldest first, in the question's unit; above 0: it lay above."""
    verifications: tuple[str, ...]


def month_end(month: int) -> date:
    """Return the last day of a month that is counted since year 0."""
    year, index = divmod(month - 1, YEAR_MONTHS)
    return date(year, index + 1, calendar.monthrange(year, index + 1)[1])


def month_of(period_end: date) -> int:
    """Return the month whose end is nearest to a period's, counted since year 0."""
    near = period_end - HALF_MONTH
    return near.year * YEAR_MONTHS + near.month


def known_figures(
    figures: pl.DataFrame, *, universe: Universe, company: Company, as_of: datetime
) -> dict[tuple[str, str], tuple[Figure, ...]]:
    """Return growth and capex of a company's segments known by `as_of`, by segment and metric, oldest quarter first.

    Args:
        figures: versions of `core.reported_figures`.
        universe: what is watched.
        company: one of it.
        as_of: instant with a time zone.
    """
    metrics = segment_metrics(
        figures.filter(pl.col("company") == company.name),
        FX_RATES.polars_schema().to_frame(),
        universe=replace(universe, companies=(company,)),
        as_of=as_of,
    )
    found: dict[tuple[str, str], list[Figure]] = {}
    wanted = metrics.filter(pl.col("metric").is_in([GROWTH, CAPEX]) & pl.col("value").is_not_null())
    for row in wanted.sort("segment", "metric", "period_end").iter_rows(named=True):
        found.setdefault((row["segment"], row["metric"]), []).append(
            Figure(
                month=month_of(row["period_end"]),
                value=row["value"],
                known_at=row["known_at"],
                verification=row["verification"],
            )
        )
    return {key: tuple(values) for key, values in found.items()}


def growth_question(
    growth: tuple[Figure, ...], segment: str, *, rules: ForecastRules, as_of: datetime
) -> FigureQuestion:
    """Ask whether the next quarter's growth will be above the newest known one; the past: from quarter to quarter.

    Raises:
        NoForecastError: no growth is known, or the next quarter is overdue already.
    """
    value = {figure.month: figure.value for figure in growth}
    changes = [value[m] - value[m - QUARTER_MONTHS] for m in sorted(value) if m - QUARTER_MONTHS in value]
    newest = _newest(growth, f"growth of {segment}", rules, as_of)
    return FigureQuestion(
        segment=segment,
        month=newest.month + QUARTER_MONTHS,
        threshold=newest.value,
        distances=tuple(changes),
        verifications=tuple(figure.verification for figure in growth),
    )


def capex_question(capex: tuple[Figure, ...], *, rules: ForecastRules, as_of: datetime) -> FigureQuestion:
    """Ask whether the next quarter's capex will be above a registered multiple of the same quarter's a year before.

    Distances are in multiples of that quarter, so that years of different size compare.

    Raises:
        NoForecastError: no capex is known, none for the quarter to compare with, or the next quarter is overdue.
    """
    factor = rules.capex_growth_factor.value
    value = {figure.month: figure.value for figure in capex}
    newest = _newest(capex, "capex", rules, as_of)
    month = newest.month + QUARTER_MONTHS
    before = value.get(month - YEAR_MONTHS)
    if before is None or before <= 0:
        raise NoForecastError(
            f"no capex above zero is known for {month_end(month - YEAR_MONTHS)}, which the next quarter is held against"
        )
    distances = [
        value[m] / value[m - YEAR_MONTHS] - factor for m in sorted(value) if value.get(m - YEAR_MONTHS, 0.0) > 0
    ]
    return FigureQuestion(
        segment=GROUP,
        month=month,
        threshold=factor * before,
        distances=tuple(distances),
        verifications=tuple(figure.verification for figure in capex),
    )


def due_on(month: int, rules: ForecastRules) -> date:
    """Return the day up to which the figures of the quarter that ends with `month` are looked for."""
    return month_end(month) + timedelta(days=rules.report_within_days.value)


def first_prints(
    figures: pl.DataFrame, *, universe: Universe, company: Company, since: datetime, until: datetime
) -> dict[tuple[str, str, int], tuple[float, datetime]]:
    """Return each growth and capex as it was when it first could be known: by segment, metric and month.

    Args:
        figures: versions of `core.reported_figures`.
        universe: what is watched.
        company: one of it.
        since: what was known by this instant has it as its own: when exactly is not looked for.
        until: nothing known later counts.

    Returns:
        Value, and the instant at which it became known.
    """
    found: dict[tuple[str, str, int], tuple[float, datetime]] = {}
    for instant in _instants_of_change(figures, company.name, since, until):
        known = known_figures(figures, universe=universe, company=company, as_of=instant)
        for (segment, metric), quarters in known.items():
            for quarter in quarters:
                found.setdefault((segment, metric, quarter.month), (quarter.value, instant))
    return found


def _instants_of_change(figures: pl.DataFrame, company: str, since: datetime, until: datetime) -> Iterable[datetime]:
    read = sorted({name for names in METRICS_READ.values() for name in names})
    own = figures.filter((pl.col("company") == company) & pl.col("metric").is_in(read))
    between = own.filter((pl.col("known_at") > since) & (pl.col("known_at") <= until))
    return [since, *between["known_at"].unique().sort().to_list()]


def _newest(figures: tuple[Figure, ...], what: str, rules: ForecastRules, as_of: datetime) -> Figure:
    if not figures:
        raise NoForecastError(f"no {what} is known")
    newest = max(figures, key=lambda figure: figure.month)
    due = due_on(newest.month + QUARTER_MONTHS, rules)
    if due < as_of.date():
        raise NoForecastError(
            f"the newest {what} is of {month_end(newest.month)}: the quarter after it was due by {due}, "
            "so that its outcome may have been known for long"
        )
    return newest
