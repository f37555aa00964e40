"""Scenarios and crossings: what the recompute stage stores in one transaction, and the outbox the next stage works.

Here: one company's answer as of a view, its manifest, its rows, its crossings. The same `scenario_of` serves readers.
Not here: the rules (`transforms.scenarios`, `transforms.crossings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import NotKnownYetError, WarehouseError
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import AlertStatus, EventName
from aicycle.model.parameters import AlertRule, ScenarioSet
from flows.steps.accepting import Acceptance, RefusedAnswer
from flows.steps.deriving import View, joined_causes, quoted_closes, versions_by
from flows.steps.forecasting import record_forecasts
from flows.steps.landing import frame_of
from flows.steps.manifests import keep_manifest
from transforms.crossings import alerts_from, crossings, in_units_of_level, probability_observations
from transforms.dependence import facts_needed
from transforms.digests import content_digest, frame_digest
from transforms.lineage import last_good_instant, standing
from transforms.prices import session_history
from transforms.scenarios.answer import assess_company
from warehouse import Transaction

NO_SEED = 0
"""Of a scenario set without a projection: nothing is drawn."""

MANIFEST = (
    "company", "as_of", "facts_as_of", "held_because", "facts_digest", "parameters_digest", "gate_digest",
    "code_version", "libraries", "seed", "platform",
)  # fmt: skip
"""What a run's id is the digest of: the same manifest has to give the same answer. Loads are not in it: the same facts
stored by other loads are the same facts."""

ANSWER_TABLES = {
    "bands": "marts.scenario_bands",
    "evidence": "marts.scenario_evidence",
    "moves": "marts.scenario_moves",
    "paths": "marts.scenario_paths",
}
"""What an answer consists of beside its run, and where that is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One company's answer in rows of the marts."""

    run: dict[str, Any]
    bands: pl.DataFrame
    evidence: pl.DataFrame
    moves: pl.DataFrame
    paths: pl.DataFrame


@dataclass(slots=True)
class Recomputed:
    """What the recompute stage did."""

    run_ids: list[str] = field(default_factory=list)
    new_runs: int = 0
    unanswered: list[str] = field(default_factory=list)
    refused: list[RefusedAnswer] = field(default_factory=list)


def scenario_of(view: View, scenario_set: ScenarioSet) -> Scenario:
    """Return a company's scenarios as of the view. While an input is held: the last good ones, marked stale.

    Raises:
        NotKnownYetError: neither a price nor any evidence was known by the as-of day.
    """
    spread = view.held("marts.scenario_runs").filter(pl.col("company") == scenario_set.company)
    causes = standing(spread, view.as_of)
    facts_as_of = last_good_instant(spread, view.as_of)
    known = view.facts.known_by(facts_as_of)
    prices = quoted_closes(view, scenario_set.company, facts_as_of)
    answer = assess_company(
        prices=prices,
        actions=view.facts.corporate_actions,
        # All versions: a happening is dated by its first print.
        events=view.facts.cycle_events,
        members=view.facts.event_members,
        announcements=view.facts.announcements,
        figures=known.reported_figures,
        fx=known.fx_rates,
        scenario_set=scenario_set,
        universe=view.configuration.universe,
        as_of=facts_as_of,
    )
    run = dict(answer.run)
    run |= {
        "as_of": view.as_of,
        "facts_as_of": facts_as_of,
        "is_stale": not causes.is_empty(),
        "stale_since": causes["since"].min(),
        "held_because": joined_causes(causes) or None,
        "facts_digest": _facts_digest(view, scenario_set, prices, facts_as_of),
        **view.manifest(spread),
        "seed": scenario_set.projection.seed.value if scenario_set.projection else NO_SEED,
    }
    run["run_id"] = scenario_run_id(run)
    named = {"run_id": pl.lit(run["run_id"])}
    bands = answer.bands.with_columns(**named).select(CONTRACTS["marts.scenario_bands"].column_names)
    evidence = answer.evidence.with_columns(**named).select(CONTRACTS["marts.scenario_evidence"].column_names)
    moves = answer.moves.with_columns(**named).select(CONTRACTS["marts.scenario_moves"].column_names)
    paths = answer.paths.with_columns(**named).select(CONTRACTS["marts.scenario_paths"].column_names)
    frames = {"bands": bands, "evidence": evidence, "moves": moves, "paths": paths}
    run["digest"] = answer_digest(run, frames)
    return Scenario(run=run, **frames)


def scenario_run_id(run: Mapping[str, Any]) -> str:
    """Return the id of a run: the digest of its manifest, given as columns of `marts.scenario_runs`."""
    return content_digest({name: run[name] for name in MANIFEST})


def answer_digest(run: Mapping[str, Any], frames: Mapping[str, pl.DataFrame]) -> str:
    """Return the digest of an answer alone: what it was computed with may differ where the answer does not.

    Args:
        run: columns of `marts.scenario_runs`; what identifies the run and what it was made with take no part.
        frames: the rows of the run in `ANSWER_TABLES`, by their names there.
    """
    made_with = {*MANIFEST, "load_seq", "run_id", "digest", "created_at"}
    said = {name: value for name, value in run.items() if name not in made_with}
    return content_digest(said | {name: frame_digest(frames[name].drop("run_id")) for name in ANSWER_TABLES})


def _facts_digest(view: View, scenario_set: ScenarioSet, prices: pl.DataFrame, facts_as_of: datetime) -> str:
    """Return the digest of the facts an answer can depend on: what others do moves no run of this company.

    Closes count as they were quoted, all else in every version known by then, actions also by the day whose units the
    bands are stated in.
    """
    needed = facts_needed(
        {name: frame for name, frame in view.facts.tables().items() if name != "core.daily_bars"},
        view.configuration.universe,
        view.configuration.scenario_sets,
        output="marts.scenario_runs",
        company=scenario_set.company,
    )
    later = max(facts_as_of, end_of_day(scenario_set.bands_known_at))
    facts = {
        name: versions_by(frame, later if name == "core.corporate_actions" else facts_as_of)
        for name, frame in needed.items()
    }
    members = view.facts.event_members
    reported = [
        members.filter(pl.col("member_table") == name).join(
            needed[name].select(member_id=CONTRACTS[name].key[0]).unique(), on="member_id", how="semi"
        )
        for name in ("core.announcements", "core.cycle_events")
        if name in needed
    ]
    if reported:
        facts["core.event_members"] = versions_by(pl.concat(reported), facts_as_of)
    return content_digest({name: frame_digest(frame) for name, frame in (facts | {"prices": prices}).items()})


def record_scenarios(transaction: Transaction, view: View, acceptance: Acceptance) -> Recomputed:
    """Store every company's run with bands, evidence and the crossings it reveals, where the gate accepts it.

    From a refused run no crossing is read either: the thresholds wait for the next run that is accepted.
    """
    recomputed = Recomputed()
    for scenario_set in view.configuration.scenario_sets:
        try:
            scenario = scenario_of(view, scenario_set)
        except NotKnownYetError as error:
            recomputed.unanswered.append(str(error))
            continue
        if not _is_stored(transaction, scenario):
            if not _stores(transaction, view, scenario, acceptance):
                continue
            recomputed.new_runs += 1
        recomputed.run_ids.append(scenario.run["run_id"])
        record_crossings(transaction, view, scenario)
    record_forecasts(transaction, view, acceptance)
    acceptance.record()
    recomputed.refused += acceptance.refused
    return recomputed


def _stores(transaction: Transaction, view: View, scenario: Scenario, acceptance: Acceptance) -> bool:
    """Store a new run, if the gate accepts it; return whether it did."""
    company = scenario.run["company"]
    frames = {
        "marts.scenario_runs": frame_of("marts.scenario_runs", [scenario.run | {"created_at": transaction.clock()}]),
        **{table: getattr(scenario, name) for name, table in ANSWER_TABLES.items()},
    }
    if not acceptance.accepts(frames, output="marts.scenario_runs", subject=company, as_of=view.as_of):
        return False
    for table, frame in frames.items():
        transaction.append(table, frame)
    spread = view.held("marts.scenario_runs").filter(pl.col("company") == company)
    keep_manifest(transaction, view.configuration, view.seen(spread), view.rules_version)
    transaction.record(
        EventName.SCENARIO_RECOMPUTED,
        company,
        {
            "run_id": scenario.run["run_id"],
            "as_of": view.as_of.isoformat(),
            "market_state": scenario.run["market_state"],
        },
    )
    return True


def _is_stored(transaction: Transaction, scenario: Scenario) -> bool:
    """Return whether the run is there already.

    Raises:
        WarehouseError: it is, with another answer.
    """
    runs = transaction.frame("marts.scenario_runs").filter(pl.col("run_id") == scenario.run["run_id"])
    if runs.height and runs["digest"][0] != scenario.run["digest"]:
        raise WarehouseError(
            f"run {scenario.run['run_id']} is stored with another answer, though its manifest is the same",
            where=f"digest {runs['digest'][0]} stored, {scenario.run['digest']} computed",
            expected="the same facts, parameters, gate, code, libraries, seed and platform to give the same answer",
            next_command="report it: something an answer depends on is missing in its manifest",
        )
    return not runs.is_empty()


def record_crossings(transaction: Transaction, view: View, scenario: Scenario) -> int:
    """Put the crossings of a company's rules into the outbox; return how many are new.

    A rule's first evaluation sets its baseline: what was crossed before is recorded and never sent.
    """
    company = scenario.run["company"]
    rules = [r for r in view.configuration.alert_rules if r.company == company]
    if not rules:
        return 0
    listing = view.configuration.universe.primary_listing(company)
    symbol = listing.symbol if listing else ""
    facts_as_of = scenario.run["facts_as_of"]
    actions = view.facts.corporate_actions
    prices = session_history(view.facts.daily_bars, actions, symbol=symbol, as_of=facts_as_of, received=view.received)
    transaction.append_new(
        "ops.rule_baselines",
        frame_of(
            "ops.rule_baselines",
            [{"rule_id": r.rule_id, "rule_version": r.version, "baseline_as_of": view.as_of} for r in rules],
        ),
    )
    known = transaction.frame("ops.rule_baselines")
    new = 0
    for rule in rules:
        baseline = known.filter((pl.col("rule_id") == rule.rule_id) & (pl.col("rule_version") == rule.version))
        if rule.metric == "price_usd":
            observations = in_units_of_level(prices, actions, rule, symbol=symbol, as_of=facts_as_of)
        else:
            observations = probability_history(transaction, company, rule.metric.partition(":")[2], view.as_of)
        alerts = _alerts(rule, observations, baseline["baseline_as_of"][0], scenario.run["run_id"])
        new += transaction.append_new("ops.alerts", alerts).height
    return new


def _alerts(rule: AlertRule, history: pl.DataFrame, baseline_as_of: datetime, run_id: str) -> pl.DataFrame:
    alerts = alerts_from(crossings(history, rule), rule, baseline_as_of=baseline_as_of)
    in_outbox = pl.when(pl.col("status") == AlertStatus.RAISED).then(pl.lit(AlertStatus.PENDING.value))
    return alerts.with_columns(run_id=pl.lit(run_id), status=in_outbox.otherwise("status"))


def probability_history(transaction: Transaction, company: str, scenario: str, as_of: datetime) -> pl.DataFrame:
    """Return what our own stored runs said of one scenario."""
    runs, bands = transaction.frame("marts.scenario_runs"), transaction.frame("marts.scenario_bands")
    return probability_observations(runs, bands, company=company, scenario=scenario, as_of=as_of)


def raise_pending(transaction: Transaction) -> int:
    """Raise what lies in the outbox: each alert once, with its event in the ledger."""
    pending = transaction.frame("ops.alerts").filter(pl.col("status") == AlertStatus.PENDING)
    for alert in pending.sort("known_at", "alert_id").iter_rows(named=True):
        transaction.record(
            EventName.THRESHOLD_CROSSED,
            f"{alert['company']}/{alert['rule_id']}",
            {"alert_id": alert["alert_id"], "message": alert["message"], "run_id": alert["run_id"]},
        )
    transaction.update_status("ops.alerts", pending["alert_id"].to_list(), AlertStatus.RAISED)
    return pending.height
