"""`aicycle gate`: what may be believed at a moment, what is held and why, and what the checks said.

Here: the answer and its page. Not here: the state itself (`transforms.gate.state`), the scorecard (`gating`).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from aicycle.cli.output import console, plain, print_table
from aicycle.contracts import CONTRACTS, LANDED_TABLES
from flows.steps.deriving import View
from transforms.gate.holds import observations_of
from transforms.gate.state import HELD, audit_summary, held_outputs_at, subjects_at
from warehouse import Reader

Answer = dict[str, Any]
SHOWN_CHECKS = 40


def gate_json(reader: Reader, view: View) -> Answer:
    """Return the gate's state as of the view, for programs."""
    universe, sets = view.configuration.universe, view.configuration.scenario_sets
    facts = view.facts.tables()
    observations = pl.concat([observations_of(facts[t], CONTRACTS[t]) for t in LANDED_TABLES if t in facts])
    subjects = subjects_at(observations, view.holds, universe, sets, as_of=view.as_of)
    quarantine = reader.frame("ops.quarantine")
    notices = reader.frame("ops.notices").sort("noticed_at", "since", descending=True)
    return {
        "as_of": view.as_of,
        "rules_version": view.rules_version,
        "held": subjects.filter(pl.col("state") == HELD).height,
        "open": subjects.filter(pl.col("state") != HELD).height,
        "subjects": subjects.to_dicts(),
        "held_outputs": held_outputs_at(view.holds, universe, sets, as_of=view.as_of).to_dicts(),
        "holds": view.holds.sort("since", descending=True).to_dicts(),
        "quarantined": _by_check(quarantine),
        "checks": audit_summary(reader.frame("ops.audits")).to_dicts(),
        "notices": notices.select("kind", "message", "noticed_at").head(20).to_dicts(),
    }


def _by_check(quarantine: pl.DataFrame) -> list[Answer]:
    per_check = quarantine.with_columns(pl.col("check_name").str.split(";")).explode("check_name")
    return per_check.group_by("table_name", "check_name").agg(rows=pl.len()).sort(pl.all(), nulls_last=True).to_dicts()


def print_gate(content: Answer) -> None:
    """Print what is held first, then what the checks said."""
    out = console()
    out.print(f"As of {content['as_of']:%Y-%m-%d %H:%M} UTC, rules {content['rules_version']}")
    out.print(f"{content['open']} subjects and metrics are open, {content['held']} held.")
    for row in content["subjects"]:
        if row["state"] != HELD:
            continue
        out.print(
            plain(f"HELD {row['subject_kind']} {row['subject_id']} {row['metric']} since {row['since']:%Y-%m-%d %H:%M}")
        )
        out.print(plain(f"  because {row['cause']}"))
    for row in content["held_outputs"]:
        name = "/".join(str(row[k]) for k in ("output", "company", "segment") if row[k] is not None)
        out.print(plain(f"STALE {name}: last good at {row['last_good_at']:%Y-%m-%d %H:%M} UTC"))
    failed = [row for row in content["checks"] if row["rows_failed"]]
    out.print()
    if failed:
        columns = ["table_name", "check_name", "severity", "batches", "batches_failed", "rows_failed", "rows_evaluated"]
        print_table(
            pl.DataFrame(failed[:SHOWN_CHECKS], infer_schema_length=None).select(columns), title="Checks that failed"
        )
    else:
        out.print("No check failed on any row.")
    passed = len(content["checks"]) - len(failed)
    out.print(f"{passed} checks passed on every row they saw.")
    for notice in content["notices"][:5]:
        out.print(plain(f"  {notice['message']}"))
