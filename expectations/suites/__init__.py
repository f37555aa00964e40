"""What single tables need beyond what their contract already says: one module per table, as data.

Here: the additions by table. Not here: what follows from contracts (`expectations.suite`).
"""

from expectations.checks import Check
from expectations.suites import (
    announcements,
    corporate_actions,
    cycle_events,
    daily_bars,
    documents,
    forecasts,
    fx_rates,
    phase_assessments,
    phase_features,
    player_influence,
    reported_figures,
    scenario_bands,
    scenario_evidence,
    scenario_moves,
    scenario_paths,
    scenario_runs,
    segment_metrics,
)

ADDITIONS: dict[str, tuple[Check, ...]] = {
    "core.daily_bars": daily_bars.ADDITIONS,
    "core.fx_rates": fx_rates.ADDITIONS,
    "core.corporate_actions": corporate_actions.ADDITIONS,
    "core.reported_figures": reported_figures.ADDITIONS,
    "core.documents": documents.ADDITIONS,
    "core.announcements": announcements.ADDITIONS,
    "core.cycle_events": cycle_events.ADDITIONS,
}
"""Of tables that payloads are read into."""

MARTS_ADDITIONS: dict[str, tuple[Check, ...]] = {
    "marts.segment_metrics": segment_metrics.ADDITIONS,
    "marts.phase_assessments": phase_assessments.ADDITIONS,
    "marts.phase_features": phase_features.ADDITIONS,
    "marts.player_influence": player_influence.ADDITIONS,
    "marts.scenario_runs": scenario_runs.ADDITIONS,
    "marts.scenario_bands": scenario_bands.ADDITIONS,
    "marts.scenario_paths": scenario_paths.ADDITIONS,
    "marts.scenario_evidence": scenario_evidence.ADDITIONS,
    "marts.scenario_moves": scenario_moves.ADDITIONS,
    "marts.forecasts": forecasts.ADDITIONS,
}
"""Of tables that answers are stored in."""
