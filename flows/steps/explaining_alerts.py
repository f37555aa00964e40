"""Receipts of alerts: the rule, the two values around the crossing, and the run it was found with.

Here: which alert is meant, and the branches of its receipt. Not here: the run's own receipt (`explaining_scenarios`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from aicycle.errors import UsageError
from aicycle.settings.configuration import dump_configuration
from flows.steps.deriving import View
from flows.steps.explaining_scenarios import scenario_receipt
from flows.steps.replaying import History
from flows.steps.stored_runs import SHORTEST_PREFIX, SHOWN_CANDIDATES, RunKind, StoredRun, find_run
from transforms.crossings import probability_observations
from transforms.parameter_paths import configured_values
from transforms.receipts import Node, fact_node, parameter_nodes
from warehouse import Reader


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
        else _probabilities_around(reader, run, alert)
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


def _probabilities_around(reader: Reader, run: StoredRun, alert: Mapping[str, Any]) -> tuple[Node, ...]:
    """Return the two observations the rule saw, of the runs that were stored when it looked."""
    scenario = alert["metric"].partition(":")[2]
    runs = reader.frame("marts.scenario_runs")
    looked_at = runs.filter(pl.col("run_id") == run.run_id)["created_at"].max()
    seen = probability_observations(
        runs.filter(pl.col("created_at") <= looked_at),
        reader.frame("marts.scenario_bands"),
        company=alert["company"],
        scenario=scenario,
        as_of=run.manifest["as_of"],
    )
    said = seen.filter(pl.col("value").is_finite() & (pl.col("observed_on") <= alert["crossed_on"]))
    return tuple(
        Node(
            kind="manifest",
            label=f"run {row['run_id'][:12]}, as of {row['known_at']:%Y-%m-%d}: probability of {scenario}",
            value=row["value"],
            unit="fraction",
        )
        for row in said.tail(2).iter_rows(named=True)
    )
