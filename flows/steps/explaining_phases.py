"""Receipts of stored phases: what was said for one, its features, the events and figures behind it, parameters, holds.

Here: which segment's assessment is meant, and the branches of its receipt. Not here: the tree itself
(`transforms.receipts`), the bytes (`flows.steps.rereading`), printing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import UsageError
from flows.steps.comparing import OUTPUT
from flows.steps.deriving import View
from flows.steps.receipt_branches import EVENTS, MANIFEST, holds_node, reported_events, values_behind
from flows.steps.replaying import History
from flows.steps.stored_runs import RunKind, StoredRun, find_run
from transforms.dependence import facts_needed
from transforms.facts import Facts
from transforms.phases.sources import facts_behind
from transforms.receipts import (
    Node,
    fact_nodes,
    feature_node,
    happening_nodes,
    manifest_node,
    parameter_nodes,
    reasons_of,
)
from warehouse import Reader


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
    needed = facts_needed(
        known.tables(),
        view.configuration.universe,
        view.configuration.scenario_sets,
        output=output,
        company=company,
        segment=segment,
    )
    events = {table: needed[table] for table in EVENTS if table in needed}
    features, used = _feature_nodes(reader, view, row)
    rest = {
        table: frame.join(pl.concat(used[table]), on=_LEDGER, how="anti") if table in used else frame
        for table, frame in needed.items()
    }
    others = [
        Node(kind="part", label=f"further facts the lineage names: {table}", children=fact_nodes(table, frame))
        for table, frame in rest.items()
        if not frame.is_empty() and table not in events
    ]
    happened = _happenings_of(known, {table: rest[table] for table in events})
    values = values_behind(view, output, company)
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
        Node(kind="part", label="further events the lineage names", children=happened) if happened else None,
        *others,
        Node(
            kind="part",
            label="parameters",
            children=parameter_nodes(values, "phases", f"universe.companies[{company}]"),
        ),
        holds_node(reader, view, output, company, segment),
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
"""Where a row was read from: tells rows of one table apart."""


def _feature_nodes(
    reader: Reader, view: View, row: Mapping[str, Any]
) -> tuple[list[Node], dict[str, list[pl.DataFrame]]]:
    """Return the features of an assessment with the facts they were made of, and these facts by table."""
    assessed = ("run_id", "company", "segment")
    rows = reader.frame("marts.phase_features").filter(pl.all_horizontal(pl.col(n) == row[n] for n in assessed))
    rules = view.configuration.phases
    behind = facts_behind(
        view.facts,
        company=row["company"],
        segment=row["segment"],
        universe=view.configuration.universe,
        rules=rules,
        as_of=row["facts_as_of"],
    )
    quiet = {feature.name: feature.quiet for feature in rules.features}
    used: dict[str, list[pl.DataFrame]] = {}
    nodes = []
    for feature in rows.sort("family", "feature").iter_rows(named=True):
        facts, name = behind.get(feature["feature"], {}), feature["feature"]
        nodes.append(feature_node(feature, facts, quiet=quiet.get(name, ())))
        for table, frame in facts.items():
            used.setdefault(table, []).append(frame.select(_LEDGER))
    return nodes, used


def _happenings_of(known: Facts, events: Mapping[str, pl.DataFrame]) -> tuple[Node, ...]:
    ids: set[str] = set()
    for table, frame in events.items():
        (key,) = CONTRACTS[table].key
        members = known.event_members.filter(pl.col("member_table") == table)
        ids |= set(members.join(frame, left_on="member_id", right_on=key, how="semi")["event_id"].to_list())
    nodes = happening_nodes(ids, known.event_members, reported_events(known) if events else {})
    return tuple(nodes[event_id] for event_id in sorted(nodes))
