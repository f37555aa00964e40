"""What is watched: the shapes of `config/universe.toml`.

Here: exchanges, listings, companies, segments. Not here: checking them (`aicycle.settings`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A trading place: when a session's close is known there."""

    name: str
    timezone: str
    close_local: str
    """Regular close, `HH:MM`; on half days the true close is earlier, so nothing is known too early."""
    delay_minutes: Number
    calendar: str = ""
    """Its sessions' code in `exchange_calendars` (ISO 10383, `XNYS`); empty: no calendar, no session is checked."""
    closes_without_notice: bool = True
    """It may stay closed on a scheduled session, for a storm: then a day without any bar is no fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One traded line of a company."""

    symbol: str
    exchange: str
    currency: str
    shares_per_unit: Number
    """Ordinary shares per traded unit: 8 for an Alibaba ADS, 1 for an ordinary share."""
    is_primary: bool = False
    """The line the company's scenarios are stated in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSegment:
    """The name under which a segment is reported on one basis: `segment_basis` mapping is data."""

    basis: str
    name: str
    comparable: str = ""
    """Bases with the same non-empty tag can be compared with each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment of a company as this project speaks of it."""

    name: str
    reported_as: tuple[ReportedSegment, ...] = ()
    event_companies: tuple[str, ...] = ()
    """Companies, beside the owner, whose events belong here (Ant is Alibaba's fintech)."""
    takes_capex: bool = False
    """The company's capital expenditure and announced spending are read for this segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company, its listings and its segments."""

    name: str
    reporting_currency: str
    listings: tuple[Listing, ...] = ()
    segments: tuple[Segment, ...] = ()
    home_country: str = ""
    """ISO 3166-1 alpha-2; empty: not said, then no region counts as home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """Everything that is watched."""

    exchanges: tuple[Exchange, ...]
    companies: tuple[Company, ...]
    fx_pairs: tuple[str, ...]
    fx_close_local: str
    fx_timezone: str
    fx_delay_minutes: Number
    reporting_delay_days: Number
    """Assumed delay between a period's end and its publication where a source does not say."""

    def company(self, name: str) -> Company | None:
        """Return the company called `name`, or None."""
        return next((c for c in self.companies if c.name == name), None)

    def exchange(self, name: str) -> Exchange | None:
        """Return the exchange called `name`, or None."""
        return next((e for e in self.exchanges if e.name == name), None)

    def listing(self, symbol: str) -> Listing | None:
        """Return the listing with `symbol`, or None."""
        return next((li for c in self.companies for li in c.listings if li.symbol == symbol), None)

    def listed_at(self, exchange: str) -> tuple[str, ...]:
        """Return the symbols listed at one exchange."""
        return tuple(li.symbol for c in self.companies for li in c.listings if li.exchange == exchange)

    def primary_listing(self, company: str) -> Listing | None:
        """Return the line a company's scenarios are stated in, or None."""
        found = self.company(company)
        return next((li for li in found.listings if li.is_primary), None) if found else None
