"""What the report is drawn from: frames in the shapes of the contracts, and nothing else.

Here: `ReportView` and the check that its frames have the columns they should. Not here: reading a warehouse (whoever
calls hands the frames over) or drawing (`aicycle.report.render`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import AicycleError
from transforms.gate.state import CHECKS_SUMMARY_SCHEMA, OUTPUTS_SCHEMA

PRICES_SCHEMA = pl.Schema(
    {
        "session": pl.Date(),
        "close_quoted_usd": pl.Float64(),
        "price_basis": pl.String(),
        "known_at": pl.Datetime("us", "UTC"),
    }
)
"""One row is one session of the company's primary listing, its close as quoted then, USD per unit."""

FRESHNESS_SCHEMA = pl.Schema(
    {
        "table_name": pl.String(),
        "rows": pl.Int64(),
        "newest_event_date": pl.Date(),
        "newest_known_at": pl.Datetime("us", "UTC"),
        "age_days": pl.Int64(),
        "is_stale": pl.Boolean(),
    }
)
"""One row is one table; age_days is how old its newest fact is, is_stale is null where no limit is set."""

FRAME_SCHEMAS: dict[str, pl.Schema] = {
    "phases": CONTRACTS["marts.phase_assessments"].polars_schema(),
    "bands": CONTRACTS["marts.scenario_bands"].polars_schema(),
    "evidence": CONTRACTS["marts.scenario_evidence"].polars_schema(),
    "moves": CONTRACTS["marts.scenario_moves"].polars_schema(),
    "paths": CONTRACTS["marts.scenario_paths"].polars_schema(),
    "phase_features": CONTRACTS["marts.phase_features"].polars_schema(),
    "players": CONTRACTS["marts.player_influence"].polars_schema(),
    "forecasts": CONTRACTS["marts.forecasts"].polars_schema(),
    "forecast_scores": CONTRACTS["marts.forecast_scores"].polars_schema(),
    "metrics": CONTRACTS["marts.segment_metrics"].polars_schema(),
    "announcements": CONTRACTS["core.announcements"].polars_schema(),
    "prices": PRICES_SCHEMA,
    "alerts": CONTRACTS["ops.alerts"].polars_schema(),
    "holds": CONTRACTS["ops.holds"].polars_schema(),
    "hold_history": CONTRACTS["ops.holds"].polars_schema(),
    "held_outputs": OUTPUTS_SCHEMA,
    "notices": CONTRACTS["ops.notices"].polars_schema(),
    "checks": CHECKS_SUMMARY_SCHEMA,
    "quarantine": CONTRACTS["ops.quarantine"].polars_schema(),
    "loads": CONTRACTS["ops.loads"].polars_schema(),
    "freshness": FRESHNESS_SCHEMA,
}
"""The shape of each frame of a view, by the name of its field. Any cell may be null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything one report shows. Every frame may be empty; what it shows does not depend on row order.

    Raises:
        AicycleError: a frame lacks a column it should have.
    """

    company: str
    """Whose scenarios, shares and prices are shown; its phases and plans stand first."""
    as_of: datetime
    """Facts known up to here."""
    generated_at: datetime
    """When the report was drawn: given, never read from a clock."""
    phase_names: tuple[str, ...]
    """Names of phases 1 to 4."""
    phases: pl.DataFrame
    """`marts.phase_assessments`, of every company assessed."""
    run: Mapping[str, object] | None
    """One row of `marts.scenario_runs`, or None: no run of this company yet."""
    bands: pl.DataFrame
    """`marts.scenario_bands` of the run."""
    evidence: pl.DataFrame
    """`marts.scenario_evidence` of the run."""
    moves: pl.DataFrame
    """`marts.scenario_moves` of the run."""
    paths: pl.DataFrame
    """`marts.scenario_paths` of the run."""
    phase_features: pl.DataFrame
    """`marts.phase_features`, of every company assessed."""
    players: pl.DataFrame
    """`marts.player_influence`, of every player."""
    player_checks: Sequence[Mapping[str, object]]
    """The orderings the article states: wave, claim, result (`holds`, `fails`, `not checkable`), detail; any may be
    missing."""
    forecasts: pl.DataFrame
    """`marts.forecasts` of the company, made by `as_of`."""
    forecast_scores: pl.DataFrame
    """`marts.forecast_scores` of the company, outcomes known by `as_of`."""
    metrics: pl.DataFrame
    """`marts.segment_metrics`, of every company."""
    announcements: pl.DataFrame
    """`core.announcements` as known by `as_of`, one version per item."""
    prices: pl.DataFrame
    """`PRICES_SCHEMA`: sessions of the company's primary listing."""
    alerts: pl.DataFrame
    """`ops.alerts`."""
    holds: pl.DataFrame
    """`ops.holds` that stand at `as_of`."""
    hold_history: pl.DataFrame
    """`ops.holds`."""
    held_outputs: pl.DataFrame
    """`OUTPUTS_SCHEMA`: outputs that keep their last good values at `as_of`."""
    notices: pl.DataFrame
    """`ops.notices`."""
    checks: pl.DataFrame
    """`CHECKS_SUMMARY_SCHEMA`: what each check said over all batches."""
    quarantine: pl.DataFrame
    """`ops.quarantine`."""
    loads: pl.DataFrame
    """`ops.loads`."""
    freshness: pl.DataFrame
    """`FRESHNESS_SCHEMA`: one row per table."""
    parameters: Sequence[Mapping[str, object]]
    """Configured numbers: name, value, unit, status, source, why."""

    def __post_init__(self) -> None:
        for name, schema in FRAME_SCHEMAS.items():
            frame: pl.DataFrame = getattr(self, name)
            missing = [column for column in schema if column not in frame.columns]
            if missing:
                raise AicycleError(
                    f"the report can't be drawn: {', '.join(missing)} missing",
                    where=f"ReportView.{name}",
                    expected=", ".join(schema),
                    next_command="hand over the whole table, also when it is empty",
                )
