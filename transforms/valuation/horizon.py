"""The quarters from the last observed month to the horizon, and which of them an answer shows.

Here: months and quarter ends ahead. Not here: what is worth what in them (`transforms.valuation.worth`).

Months are counted since year 0. A fiscal quarter that ends a few days off a month's end belongs to that month.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

QUARTER_MONTHS = 3
YEAR_MONTHS = 12
DAYS_A_YEAR = 365.25
HALF_MONTH = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarters:
    """Every quarter end after the observed month up to the horizon; the shown ones are the last of them."""

    months: tuple[int, ...]
    shown: tuple[date, ...]
    """Quarter ends that lie after both the bands' day and the as-of day."""
    plan_end_month: int
    """Up to here capital spending follows the announced plan."""


def month_of(day: date) -> int:
    """Return the month whose end is nearest to `day`, counted since year 0."""
    near = day - HALF_MONTH
    return near.year * YEAR_MONTHS + near.month


def month_end(month: int) -> date:
    """Return the last day of a month counted since year 0."""
    year, month_number = divmod(month - 1, YEAR_MONTHS)
    return date(year, month_number + 1, calendar.monthrange(year, month_number + 1)[1])


def quarters_to(
    horizon: date, *, observed_month: int, bands_known_at: date, as_of_day: date, plan_years: float
) -> Quarters:
    """Return the quarters to the horizon.

    Args:
        horizon: a quarter's last day.
        observed_month: month of the newest observed quarter.
        bands_known_at: the first quarter shown is the one that begins after it.
        as_of_day: quarters that have ended by it are not shown.
        plan_years: from the bands' day to the end of the announced plan.
    """
    last = horizon.year * YEAR_MONTHS + horizon.month
    first = observed_month + QUARTER_MONTHS - observed_month % QUARTER_MONTHS
    months = tuple(range(first, last + 1, QUARTER_MONTHS))
    frozen = bands_known_at.year * YEAR_MONTHS + bands_known_at.month
    end_of_its_quarter = frozen + (-frozen) % QUARTER_MONTHS
    shown = tuple(month_end(m) for m in months if m > end_of_its_quarter and month_end(m) > as_of_day)
    plan_end = bands_known_at + timedelta(days=round(plan_years * DAYS_A_YEAR))
    return Quarters(months=months, shown=shown, plan_end_month=month_of(plan_end))


def years_between(start: date, end: date) -> float:
    """Return the years from `start` to `end`."""
    return (end - start).days / DAYS_A_YEAR
