"""The contracts: one module per table. DDL, Polars schema, suite, COMMENTs and data dictionary derive from them.

Here: the registry in the order of a fact's journey. Not here: what uses it.
"""

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_corporate_actions import CORPORATE_ACTIONS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.core_documents import DOCUMENTS
from aicycle.contracts.core_event_members import EVENT_MEMBERS
from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.contracts.marts_forecast_scores import FORECAST_SCORES
from aicycle.contracts.marts_forecasts import FORECASTS
from aicycle.contracts.marts_phase_assessments import PHASE_ASSESSMENTS
from aicycle.contracts.marts_phase_features import PHASE_FEATURES
from aicycle.contracts.marts_player_influence import PLAYER_INFLUENCE
from aicycle.contracts.marts_scenario_bands import SCENARIO_BANDS
from aicycle.contracts.marts_scenario_evidence import SCENARIO_EVIDENCE
from aicycle.contracts.marts_scenario_moves import SCENARIO_MOVES
from aicycle.contracts.marts_scenario_paths import SCENARIO_PATHS
from aicycle.contracts.marts_scenario_runs import SCENARIO_RUNS
from aicycle.contracts.marts_segment_metrics import SEGMENT_METRICS
from aicycle.contracts.ops_alerts import ALERTS
from aicycle.contracts.ops_audits import AUDITS
from aicycle.contracts.ops_decisions import DECISIONS
from aicycle.contracts.ops_events import EVENTS
from aicycle.contracts.ops_gate_states import GATE_STATES
from aicycle.contracts.ops_holds import HOLDS
from aicycle.contracts.ops_loads import LOADS
from aicycle.contracts.ops_notices import NOTICES
from aicycle.contracts.ops_parameter_sets import PARAMETER_SETS
from aicycle.contracts.ops_quarantine import QUARANTINE
from aicycle.contracts.ops_rule_baselines import RULE_BASELINES
from aicycle.contracts.raw_feeds import RAW_FEEDS
from aicycle.contracts.raw_labels import RAW_LABELS
from aicycle.contracts.raw_payloads import RAW_PAYLOADS
from aicycle.contracts.schema import TableContract

SCHEMA_VERSION = 4
"""Version of all contracts together. A database with a higher one is refused."""

CONTRACTS: dict[str, TableContract] = {
    contract.full_name: contract
    for contract in (
        RAW_PAYLOADS,
        RAW_FEEDS,
        RAW_LABELS,
        DAILY_BARS,
        CORPORATE_ACTIONS,
        FX_RATES,
        REPORTED_FIGURES,
        DOCUMENTS,
        ANNOUNCEMENTS,
        CYCLE_EVENTS,
        EVENT_MEMBERS,
        SEGMENT_METRICS,
        PHASE_ASSESSMENTS,
        PHASE_FEATURES,
        PLAYER_INFLUENCE,
        SCENARIO_RUNS,
        SCENARIO_BANDS,
        SCENARIO_PATHS,
        SCENARIO_EVIDENCE,
        SCENARIO_MOVES,
        FORECASTS,
        FORECAST_SCORES,
        LOADS,
        AUDITS,
        QUARANTINE,
        DECISIONS,
        HOLDS,
        NOTICES,
        EVENTS,
        ALERTS,
        RULE_BASELINES,
        PARAMETER_SETS,
        GATE_STATES,
    )
}

CORE_TABLES = tuple(name for name in CONTRACTS if name.startswith("core."))
LANDED_TABLES = (
    "raw.feeds",
    "raw.labels",
    *(name for name in CORE_TABLES if name != "core.event_members"),
)
"""Tables that payloads are read into; the rest is derived."""
