"""What people may change: the shapes of everything in `config/`, and the provenance every number carries.

Here: frozen dataclasses. Not here: reading and checking files (`aicycle.settings.configuration`), or what follows from
the numbers (`transforms`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from aicycle.model.kinds import EventType, Severity, Status

Value = TypeVar("Value", float, int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[Value]):
    """One configured value with its provenance. A value without all five companions fails loading."""

    value: Value
    unit: str
    status: Status
    source: str
    why: str
    known_at: date
    """Since when the definition counts; the article's from its publication, ours from registration."""


Number = Parameter[float]


# --- universe -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A trading place: when a session's close is known there."""

    name: str
    timezone: str
    close_local: str
    """Regular close, `HH:MM`; on half days the true close is earlier, so nothing is known too early."""
    delay_minutes: Number


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company, its listings and its segments."""

    name: str
    reporting_currency: str
    listings: tuple[Listing, ...] = ()
    segments: tuple[Segment, ...] = ()


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

    def primary_listing(self, company: str) -> Listing | None:
        """Return the line a company's scenarios are stated in, or None."""
        found = self.company(company)
        return next((li for li in found.listings if li.is_primary), None) if found else None


# --- phases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseVote:
    """The dictionary's line for one event type: which phase it speaks for and how fast that fades."""

    event_type: EventType
    phase: Parameter[int]
    half_life_years: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRules:
    """`config/phases.toml`: rules name no company and no segment."""

    version: str
    phase_names: tuple[str, ...]
    votes: tuple[PhaseVote, ...]
    abstain_below: Number
    """Probability below which no phase is stated."""
    min_votes: Number
    """Decayed votes below which there is nothing to decide from."""


# --- scenarios ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioBand:
    """One scenario: its target band and what is assumed about it."""

    name: str
    target_low_usd: Number
    target_high_usd: Number
    prior_probability: Number
    cloud_revenue_share_frac: Number | None = None
    growth_low_frac: Number | None = None
    growth_high_frac: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWeight:
    """How much one deduplicated event of a family speaks for a scenario, against the reference scenario."""

    family: str
    event_types: tuple[EventType, ...]
    direction: int
    """+1 or -1: which direction of the event, from the company's view, this line is about."""
    scenario: str
    nats: Number
    """Log likelihood ratio per event, before fading, cap and tempering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSet:
    """`config/scenarios/<company>.toml`: the scenarios of one company to 2030."""

    version: str
    company: str
    horizon: date
    bands_known_at: date
    """When the target bands were published; edges are USD per unit of this day."""
    reference_scenario: str
    scenarios: tuple[ScenarioBand, ...]
    """Ordered from the lowest band to the highest."""
    evidence: tuple[EvidenceWeight, ...]
    family_cap_nats: Number
    tempering: Number
    evidence_half_life_years: Number
    band_coverage_frac: Number
    """Share of outcomes a band is read to hold, given its scenario."""


# --- alerts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One line of `config/alert_rules.toml`, versioned; a change is a new version, appended."""

    rule_id: str
    version: int
    company: str
    metric: str
    """`price_usd`, or `probability:<scenario>`."""
    comparison: str
    """`above`, `at_or_above`, `below` or `at_or_below`: which closes are inside the rule's state."""
    enter_level: Number
    exit_level: Number
    """Hysteresis: the state ends only beyond this level."""
    severity: Severity
    grouping_key: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessLimit:
    """One line of `config/freshness.toml`: how old a table's newest fact may be before it is called stale."""

    table: str
    max_age_days: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All of `config/`, checked."""

    universe: Universe
    phases: PhaseRules
    scenario_sets: tuple[ScenarioSet, ...]
    alert_rules: tuple[AlertRule, ...]
    digest: str
    """sha256 over the parsed content: the parameter part of a run's manifest."""
    source_names: tuple[str, ...] = field(default=())
    freshness: tuple[FreshnessLimit, ...] = field(default=())
    """Moves no answer, only what is called stale."""

    def scenario_set(self, company: str) -> ScenarioSet | None:
        """Return the company's scenario set, or None: then there is none and the answer says so."""
        return next((s for s in self.scenario_sets if s.company == company), None)
