"""What a company is projected from: the shapes of `[projection]` in `config/scenarios/<company>.toml`.

Here: drivers with their ranges, the mapping of segments to reported names, registered choices. Not here: the value that
follows from them (`transforms.valuation`), or whether they fit each other (`aicycle.settings.coherence_valuation`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from aicycle.model.parameters.base import Number, Parameter

DISCOUNTED_HORIZON = "discounted_horizon"
TWELVE_MONTHS = "twelve_months"
TARGET_MEANINGS = (DISCOUNTED_HORIZON, TWELVE_MONTHS)
"""What a target price may mean: the horizon's value discounted to the as-of day, or the value twelve months ahead."""


MULTIPLE = "multiple"
"""Name of the one driver without a range: it spreads by the logarithm."""
OF_SCENARIO = ("revenue_growth_frac", "lead_share_frac", "capex_plan_per_year", "capex_maintenance_frac")
"""Fields of `ScenarioDrivers` that are drivers."""


def margin_name(segment: str) -> str:
    """Return what a segment's margin at the horizon is called among the drivers."""
    return f"margin:{segment}"


def weight_name(segment: str) -> str:
    """Return what a segment's weight among the segments beside the lead is called among the drivers."""
    return f"weight:{segment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A number that is not known: its range and where in it we expect it. Low and high are by size, not by value."""

    low: Number
    mode: Number
    high: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedParts:
    """The names whose figures together are a segment on one basis."""

    basis: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectedSegment:
    """One part of the sum; the segments named here are the whole company."""

    name: str
    reported_as: tuple[ReportedParts, ...] = ()
    revenue_per_year: Number | None = None
    """Reporting currency; taken where no revenue is reported."""
    adj_ebita_margin_frac: Number | None = None
    """Today's; taken where no adjusted EBITA is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDrivers:
    """One segment at the horizon."""

    segment: str
    adj_ebita_margin_frac: Driver
    rest_weight_frac: Driver | None = None
    """Weight among the segments beside the lead; every segment but the lead has one. Brought to a sum of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipRestriction:
    """A jump: chips are withheld, or not. Full at the horizon, growing evenly until then."""

    probability: Number
    lead_revenue_loss_frac: Number
    """Share of the lead segment's revenue that is lost, to the company and not only to the segment."""
    lead_margin_loss_frac: Number
    """Points of the lead segment's margin that are lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioDrivers:
    """What distinguishes one scenario."""

    scenario: str
    multiple: Number
    """Of after-tax EBITA, the same for all parts: the scenario's one free parameter, as it was fitted."""
    revenue_growth_frac: Driver
    lead_share_frac: Driver
    """The lead segment's share of group revenue at the horizon."""
    capex_plan_per_year: Driver
    """Reporting currency a year, until the announced plan ends."""
    capex_maintenance_frac: Driver
    """Capital spending as a share of revenue at the horizon."""
    chip_restriction: ChipRestriction
    segments: tuple[SegmentDrivers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDrivers:
    """What is the same in every scenario."""

    useful_life_years: Driver
    tax_rate_frac: Driver
    net_buyback_frac: Driver
    """Units taken out of circulation a year, net of new ones."""
    stakes: Driver
    """Holdings that are not consolidated, reporting currency."""
    debt: Driver
    """To be taken off the reported cash, reporting currency."""
    discount_rate_frac: Driver


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How two drivers go together; pairs that are not named do not."""

    first: str
    second: str
    rho: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """`[projection]`: everything the sum of the parts needs beside facts."""

    lead_segment: str
    """The segment whose share of revenue the scenarios are about."""
    segments: tuple[ProjectedSegment, ...]
    target_meaning: Parameter[str]
    profit_years_ahead: Number
    """0: the multiple is of the trailing year's profit, 1: of the coming one's."""
    depreciation_today_frac: Number
    """Share of revenue that today's margins already bear."""
    capex_plan_years: Number
    """Years from the bands' day to the end of the announced plan."""
    multiple_log_sd: Number
    """Standard deviation of the multiple's logarithm; 0: no spread."""
    independent_multiples: tuple[Number, ...]
    """Multiples that others used by the bands' day, for homes without these facts."""
    shared: SharedDrivers
    scenarios: tuple[ScenarioDrivers, ...]
    seed: Parameter[int]
    draws_log2: Parameter[int]
    scramblings: Parameter[int]
    correlations: tuple[Correlation, ...] = ()
    cash: Number | None = None
    """Cash and liquid investments, reporting currency; taken where none are reported."""
    units_outstanding: Number | None = None
    """Of the primary listing, on the day the number is known from."""
    usd_rate: Number | None = None
    """Reporting currency for one US dollar."""

    def drivers_of(self, scenario: str) -> ScenarioDrivers:
        """Return one scenario's drivers.

        Raises:
            KeyError: it has none.
        """
        found = next((s for s in self.scenarios if s.scenario == scenario), None)
        if found is None:
            raise KeyError(scenario)
        return found

    def driver_names(self) -> tuple[str, ...]:
        """Return what may be correlated: every driver with a range, and the multiple."""
        segments = [segment.name for segment in self.segments]
        return (
            *OF_SCENARIO,
            *(field.name for field in fields(SharedDrivers)),
            *(margin_name(name) for name in segments),
            *(weight_name(name) for name in segments if name != self.lead_segment),
            MULTIPLE,
        )
