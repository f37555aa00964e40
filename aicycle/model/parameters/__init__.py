"""What people may change: the shapes of everything in `config/`, and the provenance every number carries.

Here: frozen dataclasses, one module per file of `config/`. Not here: reading and checking files
(`aicycle.settings.configuration`), or what follows from the numbers (`transforms`).
"""

from aicycle.model.parameters.alerts import AlertRule, FreshnessLimit
from aicycle.model.parameters.base import Number, Parameter
from aicycle.model.parameters.configuration import Configuration
from aicycle.model.parameters.phases import PhaseRules, PhaseVote
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
    "AlertRule",
    "ChipRestriction",
    "Company",
    "Configuration",
    "Correlation",
    "Driver",
    "EvidenceWeight",
    "Exchange",
    "FreshnessLimit",
    "Listing",
    "Number",
    "Parameter",
    "PhaseRules",
    "PhaseVote",
    "ProjectedSegment",
    "Projection",
    "ReportedParts",
    "ReportedSegment",
    "ScenarioBand",
    "ScenarioDrivers",
    "ScenarioSet",
    "Segment",
    "SegmentDrivers",
    "SharedDrivers",
    "Universe",
]
