"""What people may change: the shapes of everything in `config/`, and the provenance every number carries.

Here: frozen dataclasses, one module per file of `config/`. Not here: reading and checking files
(`aicycle.settings.configuration`), or what follows from the numbers (`transforms`).
"""

from aicycle.model.parameters.alerts import AlertRule, FreshnessLimit
from aicycle.model.parameters.base import Number, Parameter
from aicycle.model.parameters.configuration import Configuration
from aicycle.model.parameters.forecasts import ForecastRules
from aicycle.model.parameters.phases import PhaseRules, PhaseVote
from aicycle.model.parameters.scenarios import EvidenceWeight, ScenarioBand, ScenarioSet
from aicycle.model.parameters.universe import Company, Exchange, Listing, ReportedSegment, Segment, Universe

__all__ = [
    "AlertRule",
    "Company",
    "Configuration",
    "EvidenceWeight",
    "Exchange",
    "ForecastRules",
    "FreshnessLimit",
    "Listing",
    "Number",
    "Parameter",
    "PhaseRules",
    "PhaseVote",
    "ReportedSegment",
    "ScenarioBand",
    "ScenarioSet",
    "Segment",
    "Universe",
]
