"""Receipts of stored answers: which branches a scenario run, a segment's phase and an alert have.

Here: the climb from an answer along its inputs, ending in facts with addresses, parameters with paths, holds and the
manifest. Not here: the tree itself (`transforms.receipts`), the bytes (`flows.steps.rereading`), printing.

Everything is looked up in the view the answer was made of: facts that came later are not on its receipt.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import UsageError
from aicycle.settings.configuration import dump_configuration
from flows.steps.comparing import OUTPUT
from flows.steps.deriving import View
from flows.steps.replaying import DERIVED, History
from flows.steps.stored_runs import SHORTEST_PREFIX, RunKind, StoredRun, find_run, newest_runs
from transforms.dependence import facts_needed
from transforms.facts import Facts
from transforms.parameter_paths import ConfiguredValue, configured_values, relevant_values
from transforms.receipts import (
    Node,
    contribution_nodes,
    fact_node,
    fact_nodes,
    happening_nodes,
    hold_nodes,
    manifest_node,
    parameter_nodes,
    reasons_of,
)
from transforms.scenarios.evidence import PRIOR
from warehouse import Reader

EVENTS = ("core.announcements", "core.cycle_events")
PRICES = ("core.daily_bars", "core.corporate_actions")
MANIFEST = (
    "run_id", "as_of", "facts_as_of", "load_seq", "facts_digest", "parameters_digest", "gate_digest", "code_version",
    "libraries", "seed", "platform", "digest",
)  # fmt: skip
SHOWN_CANDIDATES = 5


# --- scenario runs --------------------------------------------------------------------------------------------------


def scenario_run(runs: list[StoredRun], text: str) -> StoredRun:
    """Return the scenario run that is meant: by id, or a company's newest.

    Raises:
        UsageError: unknown or ambiguous.
    """
    scenarios = [run for run in runs if run.kind is RunKind.SCENARIO]
    of_company = [run for run in scenarios if run.manifest["company"] == text]
    return newest_runs(of_company)[0] if of_company else find_run(scenarios, text, kind=RunKind.SCENARIO)


def scenario_receipt(reader: Reader, history: History, run: StoredRun) -> Node:
    """Return the receipt of a stored scenario run.

    Raises:
        WarehouseError: what its manifest names is not there any more, or was altered.
    """
    view, said = history.view(run), run.manifest
    company = said["company"]
    known = view.facts.known_by(said["facts_as_of"])
    mine = pl.col("run_id") == run.run_id
    evidence = history.evidence.filter(mine)
    values = _values(view, OUTPUT[RunKind.SCENARIO], company)
    happenings = happening_nodes(
        set(evidence.filter(pl.col("family") != PRIOR)["event_id"].to_list()), known.event_members, _events(known)
    )
    scenario_set = view.configuration.scenario_set(company)
    reference = scenario_set.reference_scenario if scenario_set else ""
    bands = history.bands.filter(mine).sort("position")
    of_reference = next(iter(bands.filter(pl.col("scenario") == reference)["probability"]), None)
    scenarios = [
        _scenario_node(
            band,
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
        *_other_facts(view, known, RunKind.SCENARIO, company, None, without=(*EVENTS, *PRICES)),
        Node(kind="part", label="parameters", children=parameter_nodes(values)),
        _holds_node(reader, view, OUTPUT[RunKind.SCENARIO], company),
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
        children=(odds, target),
    )


def _price_node(view: View, known: Facts, said: Mapping[str, Any]) -> Node | None:
    if said["price_usd"] is None:
        return None
    listing = view.configuration.universe.primary_listing(said["company"])
    symbol = listing.symbol if listing else ""
    session = said["price_session"]
    bars = known.daily_bars.filter((pl.col("symbol") == symbol) & (pl.col("session") == session))
    splits = view.facts.corporate_actions.filter(
        (pl.col("symbol") == symbol) & (pl.col("kind") == "split") & (pl.col("ex_date") > session)
    )
    known_at = bars["known_at"].max()
    return Node(
        kind="price",
        label=f"close of {symbol}, session {session}, as quoted then"
        + (f"; {splits.height} later splits stand beside it" if splits.height else ""),
        value=said["price_usd"],
        unit="USD per unit",
        known_at=known_at if isinstance(known_at, datetime) else None,
        children=(*fact_nodes("core.daily_bars", bars), *fact_nodes("core.corporate_actions", splits)),
    )


# --- phases ---------------------------------------------------------------------------------------------------------


def phase_row(runs: list[StoredRun], text: str) -> tuple[StoredRun, Mapping[str, Any]]:
    """Return the phase assessment that is meant: `Company/segment`, or `run/Company/segment`.

    Raises:
        UsageError: unknown or ambiguous.
    """
    phases = [run for run in runs if run.kind is RunKind.PHASES]
    run = phases[-1] if phases else None
    wanted = text
    for candidate in phases[::-1]:
        if _segment_row(candidate, wanted) is not None:
            run = candidate
            break
    else:
        head, _, rest = text.partition("/")
        if run is not None and "/" in rest:
            run, wanted = find_run(phases, head, kind=RunKind.PHASES), rest
    row = None if run is None else _segment_row(run, wanted)
    if run is None or row is None:
        shown = [] if run is None else [f"{r['company']}/{r['segment']}" for r in run.rows.iter_rows(named=True)]
        raise UsageError(
            f"no phase of {wanted!r} is stored",
            expected="Company/segment, or run/Company/segment; there is "
            + (", ".join(sorted(shown)) if shown else "no phase run at all"),
            next_command="aicycle phases --company all",
        )
    return run, row


def _segment_row(run: StoredRun, text: str) -> Mapping[str, Any] | None:
    found = [r for r in run.rows.iter_rows(named=True) if f"{r['company']}/{r['segment']}" == text]
    return found[0] if found else None


def phase_receipt(reader: Reader, history: History, run: StoredRun, row: Mapping[str, Any]) -> Node:
    """Return the receipt of one segment's stored phase.

    Raises:
        WarehouseError: what its manifest names is not there any more, or was altered.
    """
    view, company, segment = history.view(run), row["company"], row["segment"]
    known = view.facts.known_by(row["facts_as_of"])
    output = OUTPUT[RunKind.PHASES]
    needed = facts_needed(known.tables(), view.configuration.universe, output=output, company=company, segment=segment)
    events = {table: needed[table] for table in EVENTS if table in needed}
    features, used = _feature_nodes(reader, run.run_id, company, segment, needed)
    rest = {table: frame.join(used, on=_LEDGER, how="anti") for table, frame in needed.items()}
    others = [
        Node(kind="part", label=f"further facts the lineage names: {table}", children=fact_nodes(table, frame))
        for table, frame in rest.items()
        if not frame.is_empty() and table not in events
    ]
    happened = _happenings_of(known, {table: rest[table] for table in events})
    values = _values(view, output, company)
    phase = "abstained" if row["phase"] is None else f"phase {row['phase']}"
    probabilities = [row[f"probability_{n}"] for n in range(1, 5)]
    stated = Node(
        kind="part",
        label="what was said for it",
        children=tuple(Node(kind="note", label=text) for text in reasons_of(row["reasons"])),
    )
    branches = [
        stated,
        *features,
        Node(kind="part", label="events of the segment", children=happened) if happened else None,
        *others,
        Node(
            kind="part",
            label="parameters",
            children=parameter_nodes(values, "phases", f"universe.companies[{company}]"),
        ),
        _holds_node(reader, view, output, company, segment),
        manifest_node({name: row[name] for name in MANIFEST if name in row}),
    ]
    return Node(
        kind="phase",
        label=f"{company}/{segment} as of {row['as_of']:%Y-%m-%d}: {phase}",
        value=row["phase"],
        status=row["status"],
        known_at=row["facts_as_of"],
        more={"probabilities": probabilities, "evidence": row["evidence"], "basis": row["basis"]},
        children=tuple(node for node in branches if node is not None),
    )


_LEDGER = ["load_seq", "payload_sha256", "byte_start", "byte_end", "revision"]
TYPED_BY = {"core.cycle_events": "type", "core.announcements": "kind", "core.reported_figures": "metric"}
"""Column that a feature's name is looked up in: an event type, or a metric."""


def _feature_nodes(
    reader: Reader, run_id: str, company: str, segment: str, needed: Mapping[str, pl.DataFrame]
) -> tuple[list[Node], pl.DataFrame]:
    """Return the features of an assessment with the facts they are made of, and the addresses of those facts."""
    rows = reader.frame("marts.phase_features").filter(
        (pl.col("run_id") == run_id) & (pl.col("company") == company) & (pl.col("segment") == segment)
    )
    nodes, used = [], [frame.select(_LEDGER).clear() for frame in needed.values()]
    for row in rows.sort("family", "feature").iter_rows(named=True):
        facts: list[Node] = []
        for table, column in TYPED_BY.items():
            if table in needed:
                of_feature = needed[table].filter(pl.col(column) == row["feature"])
                used.append(of_feature.select(_LEDGER))
                facts += fact_nodes(table, of_feature)
        nodes.append(
            Node(
                kind="feature",
                label=f"{row['family']}: {row['feature']}",
                value=row["value"],
                unit=row["unit"],
                known_at=row["known_at"],
                more={
                    "contributions_nats": [row[f"contribution_{n}"] for n in range(1, 5)],
                    "null_reason": row["null_reason"],
                },
                children=tuple(facts) or (Node(kind="note", label=row["null_reason"] or "no fact of this name"),),
            )
        )
    together = pl.concat(used) if used else pl.DataFrame(schema=dict.fromkeys(_LEDGER, pl.Int64))
    return nodes, together


def _happenings_of(known: Facts, events: Mapping[str, pl.DataFrame]) -> tuple[Node, ...]:
    ids: set[str] = set()
    for table, frame in events.items():
        (key,) = CONTRACTS[table].key
        members = known.event_members.filter(pl.col("member_table") == table)
        ids |= set(members.join(frame, left_on="member_id", right_on=key, how="semi")["event_id"].to_list())
    nodes = happening_nodes(ids, known.event_members, _events(known) if events else {})
    return tuple(nodes[event_id] for event_id in sorted(nodes))


# --- alerts ---------------------------------------------------------------------------------------------------------


def alert_row(reader: Reader, text: str) -> Mapping[str, Any]:
    """Return the alert whose id begins with `text`.

    Raises:
        UsageError: too short, unknown or ambiguous.
    """
    rows = reader.frame("ops.alerts").sort("known_at", "alert_id", descending=True)
    beginning = text.strip().lower()
    is_long_enough = len(beginning) >= SHORTEST_PREFIX
    found = rows.filter(pl.col("alert_id").str.starts_with(beginning) & is_long_enough)
    if found.height == 1:
        return found.row(0, named=True)
    shown = (found if found.height else rows).head(SHOWN_CANDIDATES)
    names = ", ".join(f"{r['alert_id'][:12]} ({r['rule_id']}, {r['crossed_on']})" for r in shown.iter_rows(named=True))
    raise UsageError(
        f"{found.height} alerts begin with {text!r}" if found.height else f"there is no alert {text!r}",
        expected=f"at least six digits of one of: {names}" if names else "a home in which something was crossed",
        next_command="aicycle alerts --all --json",
    )


def alert_receipt(reader: Reader, history: History, runs: list[StoredRun], alert: Mapping[str, Any]) -> Node:
    """Return the receipt of an alert: its rule, the two observations around the crossing, the run it was found with.

    Raises:
        UsageError: the run is not stored any more.
        WarehouseError: what the run's manifest names is not there any more, or was altered.
    """
    run = find_run(runs, alert["run_id"], kind=RunKind.SCENARIO)
    view = history.view(run)
    values = configured_values(json.loads(dump_configuration(view.configuration)))
    rule = parameter_nodes(values, f"alert_rules[{alert['rule_id']}/{alert['rule_version']}]")
    crossing = (
        _closes_around(view, run, alert)
        if alert["metric"] == "price_usd"
        else _probabilities_around(history, runs, run, alert)
    )
    return Node(
        kind="alert",
        label=alert["message"],
        value=alert["value"],
        known_at=alert["known_at"],
        more={
            name: alert[name] for name in ("alert_id", "transition", "level", "value_before", "crossed_on", "status")
        },
        children=(
            Node(
                kind="part",
                label=f"rule {alert['rule_id']}, version {alert['rule_version']}: {alert['metric']}",
                children=rule,
            ),
            Node(kind="part", label="the two values around the crossing", children=crossing),
            scenario_receipt(reader, history, run),
        ),
    )


def _closes_around(view: View, run: StoredRun, alert: Mapping[str, Any]) -> tuple[Node, ...]:
    listing = view.configuration.universe.primary_listing(alert["company"])
    known = view.facts.known_by(run.manifest["facts_as_of"])
    bars = known.daily_bars.filter(
        (pl.col("symbol") == (listing.symbol if listing else "")) & (pl.col("session") <= alert["crossed_on"])
    )
    around = bars.sort("session").tail(2)
    return tuple(
        fact_node("core.daily_bars", row, label=f"session {row['session']}: close {row['close']:g} {row['currency']}")
        for row in around.iter_rows(named=True)
    )


def _probabilities_around(
    history: History, runs: list[StoredRun], run: StoredRun, alert: Mapping[str, Any]
) -> tuple[Node, ...]:
    scenario = alert["metric"].partition(":")[2]
    before = [
        r
        for r in runs
        if r.kind is RunKind.SCENARIO
        and r.manifest["company"] == alert["company"]
        and r.manifest["as_of"] < run.manifest["as_of"]
    ]
    around = [*sorted(before, key=lambda r: r.manifest["as_of"])[-1:], run]
    bands = history.bands.filter(pl.col("scenario") == scenario)
    return tuple(
        Node(
            kind="manifest",
            label=f"run {r.run_id[:12]}, as of {r.manifest['as_of']:%Y-%m-%d}: probability of {scenario}",
            value=next(iter(bands.filter(pl.col("run_id") == r.run_id)["probability"]), None),
            unit="fraction",
        )
        for r in around
    )


# --- branches that all have -----------------------------------------------------------------------------------------


def _values(view: View, output: str, company: str) -> dict[str, ConfiguredValue]:
    return relevant_values(configured_values(json.loads(dump_configuration(view.configuration))), output, company)


def _events(known: Facts) -> dict[str, pl.DataFrame]:
    return {table: frame for table, frame in known.tables().items() if table in EVENTS}


def _other_facts(
    view: View, known: Facts, kind: RunKind, company: str, segment: str | None, *, without: tuple[str, ...]
) -> list[Node]:
    """Return, per table the lineage names beside those told already, the facts that were the newest known."""
    tables = {name: frame for name, frame in known.tables().items() if name not in (*without, DERIVED)}
    needed = facts_needed(tables, view.configuration.universe, output=OUTPUT[kind], company=company, segment=segment)
    return [
        Node(kind="part", label=f"facts of {table}", children=fact_nodes(table, frame))
        for table, frame in needed.items()
        if not frame.is_empty()
    ]


def _holds_node(reader: Reader, view: View, output: str, company: str, segment: str | None = None) -> Node | None:
    holds = view.held(output).filter(pl.col("company") == company)
    if segment is not None:
        holds = holds.filter(pl.col("segment").is_null() | (pl.col("segment") == segment))
    if holds.is_empty():
        return None
    key = ["subject_kind", "subject_id", "metric", "since"]
    causes = reader.frame("ops.holds").select(*key, "quarantine_id")
    told = holds.unique(key, keep="any").join(causes, on=key, how="left")
    return Node(kind="part", label="holds it saw", children=hold_nodes(told, reader.frame("ops.quarantine")))
