"""Where a projection starts: what was reported of a company by an instant, and what a registered number stands in for.

Here: the starting point as a whole; cash, units, the exchange rate. Not here: revenue and margins of the parts
(`transforms.valuation.parts`), drivers (`transforms.valuation.drivers`).

Where a fact is missing and the scenario set gives no number for it, there is no projection, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.instants import as_of_instant, end_of_day
from aicycle.model.kinds import Status, weakest
from aicycle.model.parameters import Company, Listing, Projection, Universe
from transforms.point_in_time import known_by
from transforms.quarters import TOTAL
from transforms.units import ratio_of, splits_between
from transforms.valuation.gathering import (
    Gathering,
    MissingError,
    StartingValue,
    Taken,
    positive,
    projection_path,
)
from transforms.valuation.horizon import month_of
from transforms.valuation.parts import Mix, Parts

OLDEST_RATE_DAYS = 31
"""An older rate is no rate of the day; a month, so that sources with month-end rates serve too."""
CASH_METRIC = "cash_and_liquid_investments"
UNIT_METRICS = ("ads_outstanding", "ordinary_shares_outstanding")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NoProjection:
    """Nothing is projected, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingPoint:
    """What is known of a company; amounts in its reporting currency."""

    as_of_day: date
    revenue_per_year: float
    """Group revenue of the trailing year."""
    revenue_month: int
    """Last month of that year, counted since year 0."""
    mix: Mix
    cash: float
    units: float
    """Units of the primary listing outstanding, in those of the as-of day."""
    units_month: int
    usd_rate: float
    """Reporting currency for one US dollar."""
    status: Status
    """Weakest of everything above."""
    taken: tuple[Taken, ...]
    """What was taken from where."""

    @property
    def facts(self) -> tuple[str, ...]:
        """What was taken from where, in words; what was taken for two values is said once."""
        return tuple(dict.fromkeys(taken.said for taken in self.taken))


def starting_point(
    projection: Projection,
    company: Company,
    listing: Listing,
    *,
    figures: pl.DataFrame,
    fx: pl.DataFrame,
    actions: pl.DataFrame,
    universe: Universe,
    as_of: datetime,
) -> StartingPoint | NoProjection:
    """Return what is known of a company by `as_of`, or why that is not enough.

    Args:
        projection: the mapping of segments to reported names, and registered numbers for what is not reported.
        company: whose figures.
        listing: in whose units.
        figures: versions of `core.reported_figures`.
        fx: versions of `core.fx_rates`.
        actions: versions of `core.corporate_actions`: a count of units is carried over splits.
        universe: says which names are the group's total.
        as_of: instant with a time zone; nothing known later counts.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    own = figures.filter(pl.col("company") == company.name)
    gathered = Gathering()
    try:
        parts = Parts(projection, company, own, universe=universe, as_of=instant, gathered=gathered)
        revenue, revenue_month = parts.trailing_revenue()
        mix = parts.mix()
        counted, counted_on = _units(projection, company, listing, own, instant=instant, gathered=gathered)
        splits = splits_between(
            actions,
            symbol=listing.symbol,
            from_day=counted_on,
            to_day=instant.astimezone(UTC).date(),
            known_by_instant=max(instant, end_of_day(counted_on)),
        )
        for row in splits.iter_rows(named=True):
            gathered.split(row, f"split of {row['symbol']} on {row['ex_date']}: {row['ratio']:g}")
        ratio = ratio_of(splits, is_forward=counted_on <= instant.astimezone(UTC).date())
        factor = ratio.later_per_earlier
        return StartingPoint(
            as_of_day=instant.astimezone(UTC).date(),
            revenue_per_year=revenue,
            revenue_month=revenue_month,
            mix=mix,
            cash=_cash(projection, company, own, instant, gathered),
            units=counted * factor if ratio.is_forward else counted / factor,
            units_month=month_of(counted_on),
            usd_rate=_usd_rate(projection, company, fx, instant, gathered),
            status=weakest(gathered.statuses),
            taken=tuple(gathered.taken),
        )
    except MissingError as missing:
        return NoProjection(str(missing))


def _moments(own: pl.DataFrame, metric: str, instant: datetime) -> Iterator[Row]:
    """Yield a total's figures at a moment, newest first."""
    wanted = own.filter((pl.col("segment") == TOTAL) & (pl.col("metric") == metric) & (pl.col("duration_months") == 0))
    known = known_by(wanted, REPORTED_FIGURES.key, instant, order=REPORTED_FIGURES.version_order)
    yield from known.sort("period_end", "known_at", "segment_basis", "value").reverse().iter_rows(named=True)


def _units(
    projection: Projection,
    company: Company,
    listing: Listing,
    own: pl.DataFrame,
    *,
    instant: datetime,
    gathered: Gathering,
) -> tuple[float, date]:
    """Return the newest count of units outstanding, and its day."""
    newest = [next(_moments(own, metric, instant), None) for metric in UNIT_METRICS]
    # Of one day, the count in units of the listing goes before the one in ordinary shares.
    found = max((row for row in newest if row), key=lambda row: row["period_end"], default=None)
    if found is not None:
        day: date = found["period_end"]
        gathered.fact(StartingValue.UNITS, f"{found['metric']} on {day}: {found['value']:.6g}", found)
        per_unit = 1.0
        if found["metric"] != UNIT_METRICS[0]:
            path = f"universe.companies[{company.name}].listings[{listing.symbol}].shares_per_unit"
            per_unit = gathered.defined(StartingValue.UNITS, listing.shares_per_unit, "shares per unit", path)
        return positive(found["value"] / per_unit, f"units of {listing.symbol} outstanding on {day}"), day
    if projection.units_outstanding is None:
        raise MissingError(f"units: how many of {listing.symbol} are outstanding is not known")
    number, path = projection.units_outstanding, projection_path(company.name, "units_outstanding")
    return gathered.registered(StartingValue.UNITS, number, "units outstanding", path), number.known_at


def _cash(projection: Projection, company: Company, own: pl.DataFrame, instant: datetime, gathered: Gathering) -> float:
    for row in _moments(own, CASH_METRIC, instant):
        if row["unit"] == company.reporting_currency:
            said = f"{row['metric']} on {row['period_end']}: {row['value']:.6g} {row['unit']}"
            gathered.fact(StartingValue.CASH, said, row)
            return float(row["value"])
    if projection.cash is None:
        raise MissingError(f"cash: {CASH_METRIC} of {company.name} is not known")
    return gathered.registered(StartingValue.CASH, projection.cash, "cash", projection_path(company.name, "cash"))


def _usd_rate(
    projection: Projection, company: Company, fx: pl.DataFrame, instant: datetime, gathered: Gathering
) -> float:
    """Return the reporting currency for one US dollar, at the latest session of the month before."""
    currency = company.reporting_currency
    if currency == "USD":
        return 1.0
    per_dollar = f"USD{currency}"
    oldest = instant.astimezone(UTC).date() - timedelta(days=OLDEST_RATE_DAYS)
    near = fx.filter(pl.col("pair").is_in([per_dollar, f"{currency}USD"]) & (pl.col("session") >= oldest))
    # Of one day, the pair quoted per dollar goes first.
    known = known_by(near, FX_RATES.key, instant).sort("session", "pair", descending=[True, True])
    if known.is_empty():
        if projection.usd_rate is None:
            raise MissingError(f"exchange rate: no {per_dollar} of the {OLDEST_RATE_DAYS} days before is known")
        path = projection_path(company.name, "usd_rate")
        return gathered.registered(StartingValue.RATE, projection.usd_rate, "exchange rate", path)
    row = known.row(0, named=True)
    is_direct = row["pair"] == per_dollar
    said = f"{row['pair']} on {row['session']}: {row['rate']:g}"
    gathered.taken.append(Taken(value_of=StartingValue.RATE, said=said, table=FX_RATES.full_name, rows=(row,)))
    gathered.statuses.append(Status.REPORTED if is_direct else Status.DERIVED)
    return float(row["rate"]) if is_direct else 1 / float(row["rate"])
