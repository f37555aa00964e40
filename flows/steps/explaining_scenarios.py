"""Receipts of stored scenario runs: price, scenarios with their contributions and values, parameters, holds.

Here: which run is meant, and the branches of its receipt. Not here: where projected values come from
(`flows.steps.explaining_projections`), the tree itself (`transforms.receipts`), the bytes (`flows.steps.rereading`),
printing.

Everything is looked up in the view the answer was made of: facts that came later are not on its receipt.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.errors import UsageError
from aicycle.model.parameters import Configuration
from flows.steps.comparing import OUTPUT
from flows.steps.deriving import View
from flows.steps.explaining_projections import Origin, origin_of, projection_node
from flows.steps.receipt_branches import (
    MANIFEST,
    holds_node,
    reported_events,
    values_behind,
)
from flows.steps.replaying import History
from flows.steps.stored_runs import RunKind, StoredRun, find_run, is_run_id, newest_named, newest_runs
from transforms.facts import Facts
from transforms.parameter_paths import ConfiguredValue
from transforms.receipts import (
    Node,
    contribution_nodes,
    fact_nodes,
    happening_nodes,
    manifest_node,
    parameter_nodes,
)
from transforms.scenarios.evidence import PRIOR
from warehouse import Reader


def scenario_run(runs: list[StoredRun], text: str, configuration: Configuration) -> StoredRun:
    """Return the scenario run that is meant: by id, or a company's newest.

    Args:
        runs: in the order they were made.
        text: as a person typed it.
        configuration: says which companies there are, and which have scenarios.

    Raises:
        UsageError: unknown, ambiguous, or a company without a stored run.
    """
    scenarios = [run for run in runs if run.kind is RunKind.SCENARIO]
    of_company = [run for run in scenarios if run.manifest["company"] == text]
    if of_company:
        return newest_runs(of_company)[0]
    answered = sorted({run.manifest["company"] for run in scenarios})
    companies = ", ".join(answered) or "none yet"
    if configuration.universe.company(text) is not None:
        has_set = configuration.scenario_set(text) is not None
        raise UsageError(
            f"no scenario run of {text} is stored" + ("" if has_set else ": it has no scenario set"),
            where="" if has_set else "config/scenarios/",
            expected=f"a company whose scenarios are stored: {companies}",
            next_command="aicycle run" if has_set or not answered else f"aicycle explain scenario {answered[0]}",
        )
    if not is_run_id(text):
        raise UsageError(
            f"{text!r} is no run, and no company",
            expected=f"a company whose scenarios are stored ({companies}), or a run's id; {newest_named(scenarios)}",
            next_command=f"aicycle explain scenario {answered[0]}" if answered else "aicycle run",
        )
    return find_run(scenarios, text, kind=RunKind.SCENARIO)


def scenario_receipt(reader: Reader, history: History, run: StoredRun) -> Node:
    """Return the receipt of a stored scenario run.

    Raises:
        WarehouseError: what its manifest names is not there any more, or was altered.
    """
    view, said = history.view(run), run.manifest
    company = said["company"]
    known = view.facts.known_by(said["facts_as_of"])
    mine = pl.col("run_id") == run.run_id
    evidence = history.answers["evidence"].filter(mine)
    values = values_behind(view, OUTPUT[RunKind.SCENARIO], company)
    happenings = happening_nodes(
        set(evidence.filter(pl.col("family") != PRIOR)["event_id"].to_list()),
        known.event_members,
        reported_events(known),
    )
    scenario_set = view.configuration.scenario_set(company)
    reference = scenario_set.reference_scenario if scenario_set else ""
    bands = history.answers["bands"].filter(mine).sort("position")
    of_reference = next(iter(bands.filter(pl.col("scenario") == reference)["probability"]), None)
    origin = origin_of(view, known, said, values)
    scenarios = [
        _scenario_node(
            band,
            origin=origin,
            said=said,
            of_reference=of_reference,
            evidence=evidence.filter(pl.col("scenario") == band["scenario"]),
            happenings=happenings,
            values=values,
            company=company,
        )
        for band in bands.iter_rows(named=True)
    ]
    branches = [
        _price_node(view, known, said),
        *scenarios,
        origin.unread,
        Node(kind="part", label="parameters", children=parameter_nodes(values)),
        holds_node(reader, view, OUTPUT[RunKind.SCENARIO], company),
        manifest_node({name: said[name] for name in MANIFEST}),
    ]
    return Node(
        kind="scenario_run",
        label=f"{company} as of {said['as_of']:%Y-%m-%d}: {said['market_state'] or 'no price known'}",
        value=run.run_id,
        status=said["status"],
        known_at=said["facts_as_of"],
        more={"market_state": said["market_state"], "basis": said["basis"], "bands_basis": said["bands_basis"]},
        children=tuple(node for node in branches if node is not None),
    )


def _scenario_node(
    band: Mapping[str, Any],
    *,
    origin: Origin,
    said: Mapping[str, Any],
    of_reference: float | None,
    evidence: pl.DataFrame,
    happenings: Mapping[str, Node],
    values: Mapping[str, ConfiguredValue],
    company: str,
) -> Node:
    name = band["scenario"]
    here = f"scenario_sets[{company}].scenarios[{name}]."
    of_set = f"scenario_sets[{company}].scenarios["
    priors = [path for path in values if path.startswith(of_set) and path.endswith("prior_probability")]
    is_prior = pl.col("family") == PRIOR
    prior = Node(
        kind="contribution",
        label="prior: what stood before any evidence",
        value=math.fsum(evidence.filter(is_prior)["contribution_nats"].to_list()),
        unit="nats",
        more={"family": PRIOR, "event_id": PRIOR},
        children=parameter_nodes(values, *priors) if priors else (),
    )
    odds = Node(
        kind="log_odds",
        label="log-odds against the reference scenario: the sum of the contributions below",
        value=math.fsum(evidence["contribution_nats"].to_list()),
        unit="nats",
        more={
            "stated_nats": math.log(band["probability"] / of_reference)
            if band["probability"] and of_reference
            else None
        },
        children=(prior, *contribution_nodes(evidence.filter(~is_prior), happenings)),
    )
    target = Node(
        kind="part",
        label=f"target band {band['target_low_usd']:g} to {band['target_high_usd']:g} USD",
        children=parameter_nodes(values, f"{here}target_"),
    )
    return Node(
        kind="scenario",
        label=f"{name}: probability",
        value=band["probability"],
        unit="fraction",
        status=band["status"],
        more={"scenario": name, "p10_usd": band["p10_usd"], "p50_usd": band["p50_usd"], "p90_usd": band["p90_usd"]},
        children=(odds, target, projection_node(origin, band, said, values)),
    )


def _price_node(view: View, known: Facts, said: Mapping[str, Any]) -> Node | None:
    if said["price_usd"] is None:
        return None
    listing = view.configuration.universe.primary_listing(said["company"])
    symbol = listing.symbol if listing else ""
    session = said["price_session"]
    bars = known.daily_bars.filter((pl.col("symbol") == symbol) & (pl.col("session") == session))
    # A split after the session requoted its close, one after the bands' day rescaled their edges.
    scenario_set = view.configuration.scenario_set(said["company"])
    since = min(session, scenario_set.bands_known_at) if scenario_set else session
    splits = view.facts.corporate_actions.filter(
        (pl.col("symbol") == symbol) & (pl.col("kind") == "split") & (pl.col("ex_date") > since)
    )
    known_at = bars["known_at"].max()
    return Node(
        kind="price",
        label=f"close of {symbol}, session {session}, as quoted then"
        + (f"; with {splits.height} splits that requote it or the bands" if splits.height else ""),
        value=said["price_usd"],
        unit="USD per unit",
        known_at=known_at if isinstance(known_at, datetime) else None,
        children=(*fact_nodes("core.daily_bars", bars), *fact_nodes("core.corporate_actions", splits)),
    )
