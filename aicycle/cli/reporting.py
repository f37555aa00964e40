"""From a published snapshot to the report's file.

Here: gathering what the report shows, and writing it in one step. Not here: how it looks (`aicycle.report`).
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from aicycle.cli.answers import company_or_refuse, freshness_of, standing_holds
from aicycle.contracts import CONTRACTS
from aicycle.errors import NotKnownYetError, UsageError
from aicycle.model.provenance import parameters_within
from aicycle.report.render import render
from aicycle.report.view import FRESHNESS_SCHEMA, ReportView
from flows.steps.deriving import View, metrics_of, phase_answer_of, players_of, quoted_closes
from flows.steps.recomputing import Scenario, scenario_of
from transforms.gate.state import audit_summary, held_outputs_at
from transforms.player_influence import ordering_checks

if TYPE_CHECKING:
    from warehouse import Reader


def write_report(reader: Reader, view: View, company: str, target: Path, now: datetime) -> Path:
    """Write the report of one company and return where it is.

    Raises:
        UsageError: no such company, or the file can't be written.
    """
    company_or_refuse(view.configuration.universe, company)
    page = render(report_view(reader, view, company, now))
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(page, encoding="utf-8")
        beside.replace(target)
    except OSError as error:
        raise UsageError(
            f"the report can't be written: {error.strerror}",
            where=str(target),
            expected="a file in a folder that can be written to",
            next_command="aicycle report --output report.html",
        ) from None
    return target


def report_view(reader: Reader, view: View, company: str, now: datetime) -> ReportView:
    """Gather what the report of one company shows as of the view."""
    scenario, phases, influence = _scenario(view, company), phase_answer_of(view), players_of(view)
    ledger = {name: reader.frame(f"ops.{name}") for name in ("alerts", "quarantine", "loads", "notices", "audits")}
    parameters = [
        {
            "name": ".".join(str(key) for key in path),
            "value": parameter.value,
            "unit": parameter.unit,
            "status": str(parameter.status),
            "source": parameter.source,
            "why": parameter.why,
        }
        for path, parameter in parameters_within(view.configuration)
    ]
    return ReportView(
        company=company,
        as_of=view.as_of,
        generated_at=now,
        phase_names=view.configuration.phases.phase_names,
        phases=phases.assessments.with_columns(created_at=pl.lit(now).cast(pl.Datetime("us", "UTC"))),
        run=scenario.run if scenario else None,
        bands=scenario.bands if scenario else _empty("marts.scenario_bands"),
        evidence=scenario.evidence if scenario else _empty("marts.scenario_evidence"),
        moves=scenario.moves if scenario else _empty("marts.scenario_moves"),
        paths=scenario.paths if scenario else _empty("marts.scenario_paths"),
        phase_features=phases.features,
        players=influence,
        player_checks=[
            {"wave": c.above.wave, "claim": c.claim, "result": c.result.value, "detail": c.sentence}
            for c in ordering_checks(influence, view.configuration.players)
        ],
        forecasts=rows_known_by(reader, "marts.forecasts", company, "as_of", as_of=view.as_of),
        forecast_scores=rows_known_by(reader, "marts.forecast_scores", company, "outcome_known_at", as_of=view.as_of),
        metrics=metrics_of(view),
        announcements=view.facts.known_by(view.as_of).announcements,
        prices=quoted_closes(view, company, view.as_of),
        alerts=ledger["alerts"].filter((pl.col("company") == company) & (pl.col("known_at") <= view.as_of)),
        holds=standing_holds(view),
        hold_history=view.holds,
        held_outputs=held_outputs_at(
            view.holds, view.configuration.universe, view.configuration.scenario_sets, as_of=view.as_of
        ),
        notices=ledger["notices"],
        checks=audit_summary(ledger["audits"]),
        quarantine=ledger["quarantine"],
        loads=ledger["loads"],
        freshness=freshness_of(view, now).cast(dict(FRESHNESS_SCHEMA), strict=False),  # type: ignore[arg-type]
        parameters=parameters,
    )


def _scenario(view: View, company: str) -> Scenario | None:
    scenario_set = view.configuration.scenario_set(company)
    if scenario_set is None:
        return None
    try:
        return scenario_of(view, scenario_set)
    except NotKnownYetError:
        return None


def rows_known_by(reader: Reader, table: str, company: str, known: str, *, as_of: datetime) -> pl.DataFrame:
    """Return a company's rows of a mart, those whose instant in column `known` lies by `as_of`, inclusive."""
    return reader.frame(table).filter((pl.col("company") == company) & (pl.col(known) <= as_of))


def _empty(table: str) -> pl.DataFrame:
    return CONTRACTS[table].polars_schema().to_frame()
