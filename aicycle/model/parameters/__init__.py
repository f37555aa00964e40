"""What people may change: the shapes of everything in `config/`, and the provenance every number carries.

Here: frozen dataclasses, one module per file of `config/`. Not here: reading and checking files
(`aicycle.settings.configuration`), or what follows from the numbers (`transforms`).
"""

from aicycle.model.parameters.alerts import AlertRule, FreshnessLimit
from aicycle.model.parameters.base import Number, Numbers, Parameter
from aicycle.model.parameters.configuration import Configuration
from aicycle.model.parameters.forecasts import ForecastRules
from aicycle.model.parameters.gate import BatchRules, GateRules
from aicycle.model.parameters.gate_prices import ActionRules, PriceRules, RateRules
from aicycle.model.parameters.gate_statements import StatementRules
from aicycle.model.parameters.metrics import MetricRules, PlanStart, StatedTarget
from aicycle.model.parameters.phases import (
    ArticleMap,
    CycleDynamics,
    MappedSegment,
    PhaseFeature,
    PhaseRules,
    PhaseVote,
    Ramp,
    Reading,
)
from aicycle.model.parameters.players import (
    INDEX,
    INDICATORS,
    IndicatorWeight,
    PlayerCheck,
    PlayerRules,
    Wave,
)
from aicycle.model.parameters.scenarios import EvidenceWeight, ScenarioBand, ScenarioSet
from aicycle.model.parameters.universe import Company, Exchange, Listing, ReportedSegment, Segment, Universe
from aicycle.model.parameters.valuation import (
    ChipRestriction,
    Correlation,
    Driver,
    ProjectedSegment,
    Projection,
    ReportedParts,
    ScenarioDrivers,
    SegmentDrivers,
    SharedDrivers,
)

__all__ = [
    "INDEX",
    "INDICATORS",
    "ActionRules",
    "AlertRule",
    "ArticleMap",
    "BatchRules",
    "ChipRestriction",
    "Company",
    "Configuration",
    "Correlation",
    "CycleDynamics",
    "Driver",
    "EvidenceWeight",
    "Exchange",
    "ForecastRules",
    "FreshnessLimit",
    "GateRules",
    "IndicatorWeight",
    "Listing",
    "MappedSegment",
    "MetricRules",
    "Number",
    "Numbers",
    "Parameter",
    "PhaseFeature",
    "PhaseRules",
    "PhaseVote",
    "PlanStart",
    "PlayerCheck",
    "PlayerRules",
    "PriceRules",
    "ProjectedSegment",
    "Projection",
    "Ramp",
    "RateRules",
    "Reading",
    "ReportedParts",
    "ReportedSegment",
    "ScenarioBand",
    "ScenarioDrivers",
    "ScenarioSet",
    "Segment",
    "SegmentDrivers",
    "SharedDrivers",
    "StatedTarget",
    "StatementRules",
    "Universe",
    "Wave",
]
