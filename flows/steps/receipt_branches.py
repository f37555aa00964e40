"""Branches that the receipts of several answers share: parameters, facts by the lineage, holds.

Here: these branches, from the view an answer was made of. Not here: which answer has which (`explaining_scenarios`,
`explaining_phases`, `explaining_alerts`), the tree itself (`transforms.receipts`).
"""

from __future__ import annotations

import json

import polars as pl

from aicycle.settings.configuration import dump_configuration
from flows.steps.comparing import OUTPUT
from flows.steps.deriving import View
from flows.steps.replaying import DERIVED
from flows.steps.stored_runs import RunKind
from transforms.dependence import facts_needed
from transforms.facts import Facts
from transforms.parameter_paths import ConfiguredValue, configured_values, relevant_values
from transforms.receipts import Node, hold_nodes
from warehouse import Reader

EVENTS = ("core.announcements", "core.cycle_events")
PRICES = ("core.daily_bars", "core.corporate_actions")
MANIFEST = (
    "run_id", "as_of", "facts_as_of", "load_seq", "facts_digest", "parameters_digest", "gate_digest", "code_version",
    "libraries", "seed", "platform", "digest",
)  # fmt: skip
"""Columns of a run that say what it was computed with."""


def values_behind(view: View, output: str, company: str) -> dict[str, ConfiguredValue]:
    """Return what stood in `config/` that an answer can depend on, by path."""
    return relevant_values(configured_values(json.loads(dump_configuration(view.configuration))), output, company)


def reported_events(known: Facts) -> dict[str, pl.DataFrame]:
    """Return the tables whose rows are members of happenings."""
    return {table: frame for table, frame in known.tables().items() if table in EVENTS}


def other_facts(
    view: View, known: Facts, kind: RunKind, company: str, segment: str | None, *, without: tuple[str, ...]
) -> dict[str, pl.DataFrame]:
    """Return, per table the lineage names beside those told already, the facts that were the newest known."""
    tables = {name: frame for name, frame in known.tables().items() if name not in (*without, DERIVED)}
    return facts_needed(
        tables,
        view.configuration.universe,
        view.configuration.scenario_sets,
        output=OUTPUT[kind],
        company=company,
        segment=segment,
    )


def holds_node(reader: Reader, view: View, output: str, company: str, segment: str | None = None) -> Node | None:
    """Return the holds an answer saw, or None: there were none."""
    holds = view.held(output).filter(pl.col("company") == company)
    if segment is not None:
        holds = holds.filter(pl.col("segment").is_null() | (pl.col("segment") == segment))
    if holds.is_empty():
        return None
    told = holds.unique(["subject_kind", "subject_id", "metric", "since", "cause"], keep="any")
    return Node(kind="part", label="holds it saw", children=hold_nodes(told, reader.frame("ops.quarantine")))
