"""What people may change: the shapes of everything in `config/`, and the provenance every number carries.

Here: frozen dataclasses, one module per file of `config/`. Not here: reading and checking files
(`aicycle.settings.configuration`), or what follows from the numbers (`transforms`).
"""

from aicycle.model.parameters.alerts import AlertRule, FreshnessLimit
from aicycle.model.parameters.base import Number, Numbers, Parameter
from aicycle.model.parameters.configuration import Configuration
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
from aicycle.model.parameters.scenarios import EvidenceWeight, ScenarioBand, ScenarioSet
from aicycle.model.parameters.universe import Company, Exchange, Listing, ReportedSegment, Segment, Universe

__all__ = [
    "AlertRule",
    "ArticleMap",
    "Company",
    "Configuration",
    "CycleDynamics",
    "EvidenceWeight",
    "Exchange",
    "FreshnessLimit",
    "Listing",
    "MappedSegment",
    "Number",
    "Numbers",
    "Parameter",
    "PhaseFeature",
    "PhaseRules",
    "PhaseVote",
    "Ramp",
    "Reading",
    "ReportedSegment",
    "ScenarioBand",
    "ScenarioSet",
    "Segment",
    "Universe",
]
