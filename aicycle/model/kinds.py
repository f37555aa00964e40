"""The closed sets of words: what a value may be called, everywhere the same.

Here: enumerations whose members are the text that is stored. Not here: what follows from a word (`transforms`,
`config/`).
"""

from __future__ import annotations

from enum import StrEnum


class KnownPrecision(StrEnum):
    """How precisely it is known when a fact could first be known."""

    INSTANT = "instant"
    """A clock time: a session's close plus its declared delay, or the moment we received it."""
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ASSUMED = "assumed"
    """Not stated by the source; a declared rule filled it in."""


class Verification(StrEnum):
    """How well a fact's own source was checked. Order: strongest first."""

    SOURCE = "source"
    CROSSCHECK = "crosscheck"
    DERIVED = "derived"
    UNCHECKED = "unchecked"


class Status(StrEnum):
    """Where a number comes from. Order: strongest first; an output carries the weakest of its inputs."""

    REPORTED = "reported"
    ARTICLE = "article"
    DERIVED = "derived"
    ASSUMPTION = "assumption"


def weakest(statuses: list[Status]) -> Status:
    """Return the weakest status; of nothing, `ASSUMPTION` (what rests on nothing is assumed)."""
    order = list(Status)
    return max(statuses, key=order.index, default=Status.ASSUMPTION)


class Basis(StrEnum):
    """Whether an answer uses only definitions that were known on its as-of day."""

    LIVE = "live"
    HINDSIGHT = "hindsight"


class PriceBasis(StrEnum):
    """How a stored price relates to what was traded."""

    AS_TRADED = "as_traded"
    SPLIT_ADJUSTED = "split_adjusted"
    """Divided by the ratio of every later split, also those not yet known then."""
    VENDOR_ADJUSTED = "vendor_adjusted"
    """Split-adjusted and adjusted for distributions in kind as well: not what was traded."""
    SIMULATED = "simulated"
    """Not a price at all: drawn with a seed, to fill the sample between real month ends."""


class EventType(StrEnum):
    """What kind of happening moves the cycle."""

    CAPEX_PLAN = "capex_plan"
    CAPEX_INCREASE = "capex_increase"
    CAPEX_GUIDANCE = "capex_guidance"
    CAPEX_ACTUAL = "capex_actual"
    REGION_LAUNCH = "region_launch"
    MODEL_RELEASE = "model_release"
    CHIP_RELEASE = "chip_release"
    CHIP_RESTRICTION = "chip_restriction"
    PARTNERSHIP = "partnership"
    REGULATION = "regulation"
    COMPETITION = "competition"
    CONSOLIDATION = "consolidation"
    STAKE_PURCHASE = "stake_purchase"
    FINANCING = "financing"
    RESULTS = "results"
    OTHER_NOT_CAPEX = "other_not_capex"


class RowOrigin(StrEnum):
    """Whether an announcement or an event was a row of its source, or was read in a text."""

    ROW = "row"
    EXTRACTED = "extracted"


class DocumentKind(StrEnum):
    """How much of a document there is to read."""

    REPORT = "report"
    HEADLINE = "headline"


class MatchedBy(StrEnum):
    """Why something is a member of a happening. Order: by what its own source says first."""

    ANNOUNCEMENT_ID = "announcement_id"
    """Its announcement says so."""
    AMOUNT = "amount"
    DAY = "day"
    TEXT = "text"
    ADDRESS = "address"
    """It stands at the address of an earlier edition."""
    LEAD = "lead"
    """A document leads with it."""


class MarketState(StrEnum):
    """Where the price stands among the scenarios' target bands; the gaps are states of their own."""

    BELOW = "below"
    PESSIMISTIC = "pessimistic"
    GAP_LOWER = "gap_lower"
    REALISTIC = "realistic"
    GAP_UPPER = "gap_upper"
    OPTIMISTIC = "optimistic"
    ABOVE = "above"


class EvidenceState(StrEnum):
    """Whether there is evidence to state probabilities from. Stale evidence is a state, never a neutral value."""

    FRESH = "fresh"
    STALE = "stale"
    """All of it is older than the scenario set allows."""
    NONE = "none"


class Origin(StrEnum):
    """Whether a forecast was made before its outcome could be known. Only live ones are our record."""

    LIVE = "live"
    HINDSIGHT = "hindsight"


class Question(StrEnum):
    """What a forecast asks."""

    CLOUD_GROWTH_ABOVE = "cloud_growth_above"
    CAPEX_ABOVE = "capex_above"
    PRICE_STATE = "price_state"
    PRICE_BAND = "price_band"


class Forecaster(StrEnum):
    """Whose probabilities are scored: ours, and two that need no model."""

    MODEL = "model"
    CLIMATOLOGY = "climatology"
    PERSISTENCE = "persistence"


class Severity(StrEnum):
    """What a failed check does: stop its rows, or be said."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


class EventName(StrEnum):
    """Facts of the pipeline's own life, named in the past tense."""

    PAYLOAD_LANDED = "PayloadLanded"
    PRICES_LANDED = "PricesLanded"
    FIGURES_LANDED = "FiguresLanded"
    DOCUMENTS_LANDED = "DocumentsLanded"
    CAPEX_ANNOUNCED = "CapexAnnounced"
    CYCLE_EVENTS_LANDED = "CycleEventsLanded"
    BATCH_QUARANTINED = "BatchQuarantined"
    FILE_REFUSED = "FileRefused"
    SOURCE_FAILED = "SourceFailed"
    HOLD_OPENED = "HoldOpened"
    HOLD_ESCALATED = "HoldEscalated"
    HOLD_LIFTED = "HoldLifted"
    PHASE_CHANGED = "PhaseChanged"
    RUN_REFUSED = "RunRefused"
    """An answer was not what its rules say it must be: it is not stored, and the last good one stays."""
    SCENARIO_RECOMPUTED = "ScenarioRecomputed"
    THRESHOLD_CROSSED = "ThresholdCrossed"
    FORECASTS_ISSUED = "ForecastsIssued"
    FORECASTS_SCORED = "ForecastsScored"
    ROW_RELEASED = "RowReleased"
    ROW_DISCARDED = "RowDiscarded"
    FACT_CORRECTED = "FactCorrected"


class DecisionKind(StrEnum):
    """What a person decided about a row: let it in, give it up, say what is right."""

    RELEASED = "released"
    DISCARDED = "discarded"
    CORRECTED = "corrected"


class QuarantineState(StrEnum):
    """What has become of a stopped row."""

    OPEN = "open"
    """Somebody has to look at it."""
    RELEASED = "released"
    DISCARDED = "discarded"
    CORRECTED = "corrected"
    """A good row stands under its key since."""
    WITHDRAWN = "withdrawn"
    """Its source no longer claims it."""
    SUPERSEDED = "superseded"
    """It was judged again under later rules: the later verdict counts."""


class NoticeKind(StrEnum):
    """What is said about a hold. Order: as it happens to one."""

    OPENED = "opened"
    ESCALATED = "escalated"
    """It lasted longer than its limit."""
    LIFTED = "lifted"


class AlertStatus(StrEnum):
    """What became of a crossing."""

    BASELINE = "baseline"
    """It lay before the rule was first evaluated: recorded, never sent."""
    PENDING = "pending"
    """Written with the run that found it, not yet raised: the outbox."""
    RAISED = "raised"


CURRENCIES = ("USD", "CNY", "HKD", "EUR", "JPY", "GBP", "CAD", "KRW", "TWD", "SGD", "AUD", "INR", "CHF")
"""ISO 4217 codes in which prices, dividends and announced amounts may be given."""
