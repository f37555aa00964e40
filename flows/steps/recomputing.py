"""Scenarios and crossings: what the recompute stage stores in one transaction, and the outbox the next stage works.

Here: one company's answer as of a view, its manifest, its rows, its crossings. The same `scenario_of` serves readers.
Not here: the rules (`transforms.scenarios`, `transforms.crossings`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import NotKnownYetError, WarehouseError
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import AlertStatus, EventName
from aicycle.model.parameters import AlertRule, ScenarioSet
from aicycle.settings.manifest import platform_name
from flows.steps.deriving import View, joined_causes, quoted_closes, without_ledger
from flows.steps.landing import frame_of
from transforms.crossings import alerts_from, crossings, in_units_of_level
from transforms.digests import content_digest, frame_digest
from transforms.facts import Facts
from transforms.lineage import last_good_instant, standing
from transforms.prices import session_history
from transforms.quarters import TOTAL
from transforms.scenarios.answer import assess_company
from transforms.valuation.start import PROJECTED_METRICS
from warehouse import Transaction

NO_SEED = 0
"""Of a scenario set without a projection: nothing is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One company's answer in rows of the marts."""

    run: dict[str, Any]
    bands: pl.DataFrame
    evidence: pl.DataFrame
    paths: pl.DataFrame


@dataclass(slots=True)
class Recomputed:
    """What the recompute stage did."""

    run_ids: list[str] = field(default_factory=list)
    new_runs: int = 0
    unanswered: list[str] = field(default_factory=list)


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
    figures, fx = _projected_from(view, scenario_set, known)
    answer = assess_company(
        prices=prices,
        actions=view.facts.corporate_actions,
        events=known.cycle_events,
        members=known.event_members,
        announcements=known.announcements,
        figures=figures,
        fx=fx,
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
        "facts_digest": content_digest(
            {
                "prices": frame_digest(prices),
                "events": frame_digest(without_ledger(known.cycle_events)),
                "announcements": frame_digest(without_ledger(known.announcements)),
                "members": frame_digest(without_ledger(known.event_members)),
                "figures": frame_digest(without_ledger(figures)),
                "fx": frame_digest(without_ledger(fx)),
                "actions": frame_digest(without_ledger(_actions_that_count(view, scenario_set, facts_as_of))),
            }
        ),
        **view.manifest(spread),
        "seed": scenario_set.projection.seed.value if scenario_set.projection else NO_SEED,
        "platform": platform_name(),
    }
    manifest = (
        "company", "as_of", "facts_as_of", "held_because", "facts_digest", "parameters_digest", "gate_digest",
        "code_version", "libraries", "seed", "platform",
    )  # fmt: skip
    run["run_id"] = content_digest({name: run[name] for name in manifest})
    named = {"run_id": pl.lit(run["run_id"])}
    bands = answer.bands.with_columns(**named).select(CONTRACTS["marts.scenario_bands"].column_names)
    evidence = answer.evidence.with_columns(**named).select(CONTRACTS["marts.scenario_evidence"].column_names)
    paths = answer.paths.with_columns(**named).select(CONTRACTS["marts.scenario_paths"].column_names)
    said = (
        "price_usd", "price_session", "price_basis", "market_state", "basis", "bands_basis", "projection_null_reason",
        "status", "is_stale",
    )  # fmt: skip
    answered = {"bands": bands, "evidence": evidence, "paths": paths}
    run["digest"] = content_digest(
        {name: run[name] for name in said} | {name: frame_digest(frame) for name, frame in answered.items()}
    )
    return Scenario(run=run, bands=bands, evidence=evidence, paths=paths)


def _projected_from(view: View, scenario_set: ScenarioSet, known: Facts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the figures and rates that a projection can read: the company's own, and its currency against the dollar.

    What others say of a company, or it says of other parts, is no input: it must move no digest.
    """
    company = view.configuration.universe.company(scenario_set.company)
    if scenario_set.projection is None or company is None:
        return known.reported_figures.clear(), known.fx_rates.clear()
    pairs = [f"USD{company.reporting_currency}", f"{company.reporting_currency}USD"]
    names = {name for s in scenario_set.projection.segments for part in s.reported_as for name in part.names}
    own = known.reported_figures.filter(
        (pl.col("company") == company.name)
        & pl.col("segment").is_in([TOTAL, *sorted(names)])
        & pl.col("metric").is_in(PROJECTED_METRICS)
    )
    return own, known.fx_rates.filter(pl.col("pair").is_in(pairs))


def _actions_that_count(view: View, scenario_set: ScenarioSet, facts_as_of: datetime) -> pl.DataFrame:
    """Return the actions an answer can depend on: known by then, or by the day whose units the bands are stated in."""
    return view.facts.known_by(max(facts_as_of, end_of_day(scenario_set.bands_known_at))).corporate_actions


def record_scenarios(transaction: Transaction, view: View) -> Recomputed:
    """Store every company's run with bands, evidence and the crossings it reveals."""
    recomputed = Recomputed()
    for scenario_set in view.configuration.scenario_sets:
        try:
            scenario = scenario_of(view, scenario_set)
        except NotKnownYetError as error:
            recomputed.unanswered.append(str(error))
            continue
        run_id = scenario.run["run_id"]
        recomputed.run_ids.append(run_id)
        run = frame_of("marts.scenario_runs", [scenario.run | {"created_at": transaction.clock()}])
        _require_same_answer(transaction, scenario)
        if transaction.append_new("marts.scenario_runs", run).height:
            recomputed.new_runs += 1
            transaction.append("marts.scenario_bands", scenario.bands)
            transaction.append("marts.scenario_evidence", scenario.evidence)
            transaction.append("marts.scenario_paths", scenario.paths)
            transaction.record(
                EventName.SCENARIO_RECOMPUTED,
                scenario_set.company,
                {"run_id": run_id, "as_of": view.as_of.isoformat(), "market_state": scenario.run["market_state"]},
            )
        record_crossings(transaction, view, scenario)
    return recomputed


def _require_same_answer(transaction: Transaction, scenario: Scenario) -> None:
    runs = transaction.frame("marts.scenario_runs").filter(pl.col("run_id") == scenario.run["run_id"])
    if runs.height and runs["digest"][0] != scenario.run["digest"]:
        raise WarehouseError(
            f"run {scenario.run['run_id']} is stored with another answer, though its manifest is the same",
            where=f"digest {runs['digest'][0]} stored, {scenario.run['digest']} computed",
            expected="the same facts, parameters, gate, code, libraries, seed and platform to give the same answer",
            next_command="report it: something an answer depends on is missing in its manifest",
        )


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
    """Return what our own runs said of one scenario, one observation per day: the last run's; held ones say nothing."""
    runs = transaction.frame("marts.scenario_runs").filter(
        (pl.col("company") == company) & (pl.col("as_of") <= as_of) & ~pl.col("is_stale")
    )
    # Runs for a past day, made after those of later days, are no news of that day.
    runs = runs.sort("created_at", "as_of").filter(pl.col("as_of") == pl.col("as_of").cum_max())
    bands = transaction.frame("marts.scenario_bands").filter(pl.col("scenario") == scenario)
    return (
        runs.join(bands, on="run_id")
        .sort("as_of", "created_at", "run_id")
        .select(
            observed_on=pl.col("as_of").dt.date(),
            known_at="as_of",
            value="probability",
            price_basis=pl.lit(None, pl.String),
        )
        .unique("observed_on", keep="last", maintain_order=True)
    )


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
