"""All of `config/` together.

Here: the bundle that is loaded once per run. Not here: its parts (the modules beside this one).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aicycle.model.parameters.alerts import AlertRule, FreshnessLimit
from aicycle.model.parameters.forecasts import ForecastRules
from aicycle.model.parameters.gate import GateRules
from aicycle.model.parameters.metrics import MetricRules
from aicycle.model.parameters.phases import ArticleMap, PhaseRules
from aicycle.model.parameters.players import PlayerRules
from aicycle.model.parameters.scenarios import ScenarioSet
from aicycle.model.parameters.universe import Universe


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All of `config/`, checked."""

    universe: Universe
    phases: PhaseRules
    metrics: MetricRules
    players: PlayerRules
    scenario_sets: tuple[ScenarioSet, ...]
    alert_rules: tuple[AlertRule, ...]
    forecasts: ForecastRules
    gate: GateRules
    digest: str
    """sha256 over the parsed content: the parameter part of a run's manifest."""
    source_names: tuple[str, ...] = field(default=())
    freshness: tuple[FreshnessLimit, ...] = field(default=())
    """Moves no answer, only what is called stale."""
    article_map: ArticleMap | None = None
    """Moves no answer: what the phases are held against."""

    def scenario_set(self, company: str) -> ScenarioSet | None:
        """Return the company's scenario set, or None: then there is none and the answer says so."""
        return next((s for s in self.scenario_sets if s.company == company), None)
