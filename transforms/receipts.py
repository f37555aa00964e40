"""A receipt: an answer as a tree that ends in addresses of bytes and paths of parameters.

Here: the tree's one kind of node, and nodes made of facts and parameters. Not here: which branches an answer has
(`flows.steps.explaining_scenarios`, `flows.steps.explaining_phases`, `flows.steps.explaining_alerts`), reading the
bytes at an address, printing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.address import Address
from aicycle.model.kinds import Verification
from aicycle.model.provenance import STATUS_OF_VERIFICATION
from transforms.parameter_paths import ConfiguredValue

SHOWN = {
    "core.daily_bars": ("close", "currency", "price_basis"),
    "core.corporate_actions": ("kind", "ratio", "amount"),
    "core.fx_rates": ("rate",),
    "core.reported_figures": ("metric", "value", "unit"),
    "core.announcements": ("kind", "company", "amount_low", "currency", "wording"),
    "core.cycle_events": ("type", "company", "segment", "direction", "title"),
}
"""Columns that say in short what a row states."""
LABEL_CHARACTERS = 200
"""A title can be as long as its source likes; what is told of a row is a line. The row itself is at its address."""
PERIODS = {0: "at", 3: "quarter to", 6: "half-year to", 9: "nine months to", 12: "year to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing an answer says or rests on."""

    kind: str
    """answer, part, contribution, happening, fact, parameter, hold, manifest, ..."""
    label: str
    value: Any = None
    unit: str | None = None
    status: str | None = None
    known_at: datetime | str | None = None
    table: str | None = None
    key: Mapping[str, Any] | None = None
    address: Address | None = None
    """Of a fact: the bytes it was read from."""
    path: str | None = None
    """Of a parameter: where it stands in `config/`."""
    more: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_grounded(self) -> bool:
        """Whether everything below ends in bytes, in a path of `config/`, or in what the program itself is."""
        if self.children:
            return all(child.is_grounded for child in self.children)
        return self.address is not None or self.path is not None or self.kind in UNGROUNDED


UNGROUNDED = frozenset({"manifest", "note"})
"""Kinds of leaves that rest on nothing else."""
UNREAD = "unread"
"""Kind of a branch with facts an answer did not rest on, though it may read their like: told as a number."""
MISSING = "missing"
"""Kind of a leaf that stands for facts that ought to be there: a receipt with one of them is not grounded."""


def stated(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says in short, by column."""
    return {name: row[name] for name in SHOWN.get(table, ()) if row.get(name) is not None}


def fact_label(table: str, row: Mapping[str, Any]) -> str:
    """Return what a row says on one line, cut where it is too long for one."""
    match table:
        case "core.reported_figures":
            months = row["duration_months"]
            period = f"{PERIODS.get(months, f'{months} months to')} {row['period_end']}"
            said = f"{row['segment']} {row['metric']}, {period}: {row['value']:.12g} {row['unit']}"
        case "core.fx_rates":
            said = f"{row['pair']} {row['session']}: {row['rate']:.12g}"
        case _:
            said = ", ".join(str(value) for value in stated(table, row).values())
    return said if len(said) <= LABEL_CHARACTERS else said[:LABEL_CHARACTERS] + "..."


def fact_node(table: str, row: Mapping[str, Any], *, label: str = "") -> Node:
    """Return a row of a core table as a leaf with its address.

    Args:
        table: full name.
        row: one row in the table's schema.
        label: by default, `fact_label`.
    """
    verification = row.get("verification")
    key = {name: row[name] for name in CONTRACTS[table].key}
    return Node(
        kind="fact",
        label=label or fact_label(table, row),
        status=STATUS_OF_VERIFICATION[Verification(verification)].value if verification else None,
        known_at=row["known_at"],
        table=table,
        key=key,
        address=Address(row["payload_sha256"], row["byte_start"], row["byte_end"]),
        more={"load_seq": row["load_seq"], "revision": row["revision"], "states": stated(table, row)},
    )


def fact_nodes(table: str, rows: pl.DataFrame) -> tuple[Node, ...]:
    """Return rows of a core table as leaves, by key and version."""
    ordered = rows.sort([*CONTRACTS[table].key, "known_at", "load_seq", "revision"])
    return tuple(fact_node(table, row) for row in ordered.iter_rows(named=True))


def feature_node(feature: Mapping[str, Any], facts: Mapping[str, pl.DataFrame], *, quiet: Sequence[str] = ()) -> Node:
    """Return a feature of a phase with the facts its value was made of.

    A value with no fact behind it is no answer we can show: it is not grounded. Where nothing is said, a note says why.

    Args:
        feature: one row of `marts.phase_features`.
        facts: rows of core tables that voted or were read, by the table's full name.
        quiet: features whose silence it needs; their facts stand with them.
    """
    children = tuple(node for table, rows in sorted(facts.items()) for node in fact_nodes(table, rows))
    if not children:
        children = (
            Node(kind=MISSING, label="no fact behind this value was found")
            if feature["value"]
            else Node(kind="note", label=feature["null_reason"] or "no fact of this kind is known"),
        )
    return Node(
        kind="feature",
        label=f"{feature['family']}: {feature['feature']}",
        value=feature["value"],
        unit=feature["unit"],
        known_at=feature["known_at"],
        more={
            "contributions_nats": [feature[f"contribution_{n}"] for n in range(1, 5)],
            "null_reason": feature["null_reason"],
            "needs_silence_of": list(quiet),
        },
        children=children,
    )


def parameter_node(line: ConfiguredValue) -> Node:
    """Return a parameter as a leaf with its path."""
    return Node(
        kind="parameter",
        label=line.path,
        value=line.value,
        unit=line.unit,
        status=line.status,
        known_at=line.known_at,
        path=f"{line.file}: {line.path}",
        more={"source": line.source, "why": line.why},
    )


def parameter_nodes(values: Mapping[str, ConfiguredValue], *beginnings: str) -> tuple[Node, ...]:
    """Return the parameters (numbers with a status) whose path begins with one of `beginnings`; all, if none is."""
    return tuple(
        parameter_node(line)
        for path, line in sorted(values.items())
        if line.status is not None and (not beginnings or path.startswith(beginnings))
    )


def happening_nodes(event_ids: set[str], members: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> dict[str, Node]:
    """Return each happening with the rows that report it.

    Args:
        event_ids: which happenings.
        members: `core.event_members`, one version per key.
        tables: `core.announcements` and `core.cycle_events`, one version per key.
    """
    found: dict[str, list[Node]] = {event_id: [] for event_id in event_ids}
    for table, frame in sorted(tables.items()):
        (key,) = CONTRACTS[table].key
        of_table = members.filter((pl.col("member_table") == table) & pl.col("event_id").is_in(sorted(event_ids)))
        rows = of_table.select("member_id", "event_id").join(frame, left_on="member_id", right_on=key, how="inner")
        for row in rows.sort("event_id", "member_id").iter_rows(named=True):
            found[row["event_id"]].append(fact_node(table, row | {key: row["member_id"]}))
    return {
        event_id: Node(
            kind="happening",
            label=f"reported by {len(nodes)} {'row' if len(nodes) == 1 else 'rows'}",
            value=event_id,
            known_at=min((node.known_at for node in nodes if isinstance(node.known_at, datetime)), default=None),
            children=tuple(nodes),
        )
        for event_id, nodes in found.items()
    }


def contribution_nodes(evidence: pl.DataFrame, happenings: Mapping[str, Node]) -> tuple[Node, ...]:
    """Return a scenario's contributions, the heaviest first.

    Args:
        evidence: family, event_id, contribution_nats, known_at of one scenario, without the prior.
        happenings: by event id.
    """
    heaviest_first = evidence.sort(
        pl.col("contribution_nats").abs(), "family", "event_id", descending=[True, False, False]
    )
    return tuple(
        Node(
            kind="contribution",
            label=f"{row['family']}: {row['event_id']}",
            value=row["contribution_nats"],
            unit="nats",
            known_at=row["known_at"],
            more={"family": row["family"], "event_id": row["event_id"]},
            children=(happenings[row["event_id"]],),
        )
        for row in heaviest_first.iter_rows(named=True)
    )


def hold_nodes(holds: pl.DataFrame, quarantine: pl.DataFrame) -> tuple[Node, ...]:
    """Return the holds an answer saw, each with the address of the row that caused it, where that is still told.

    Looked up in the quarantine itself: a hold that ended where it began is not in `ops.holds` any more.

    Args:
        holds: subject_kind, subject_id, metric, since, until, cause.
        quarantine: `ops.quarantine`.
    """
    stopped = {
        (
            *(row[name] for name in ("subject_kind", "subject_id", "metric", "known_at")),
            f"{row['name']}: {row['reason']}",
        ): row
        for row in quarantine.sort("load_seq", "quarantine_id", descending=True).iter_rows(named=True)
    }
    nodes = []
    for hold in holds.sort("since", "subject_kind", "subject_id", "metric").iter_rows(named=True):
        row = stopped.get(tuple(hold[name] for name in ("subject_kind", "subject_id", "metric", "since", "cause")))
        has_bytes = row is not None and row["payload_sha256"] is not None
        nodes.append(
            Node(
                kind="hold" if has_bytes else "note",
                label=f"{hold['subject_kind']} {hold['subject_id']} {hold['metric']}: {hold['cause']}",
                known_at=hold["since"],
                table="ops.quarantine" if row else None,
                key={"quarantine_id": row["quarantine_id"]} if row else None,
                address=Address(row["payload_sha256"], row["byte_start"], row["byte_end"])
                if row is not None and has_bytes
                else None,
                more={"until": hold["until"]},
            )
        )
    return tuple(nodes)


def manifest_node(manifest: Mapping[str, Any]) -> Node:
    """Return what an answer was computed with, beside its facts."""
    parts = tuple(Node(kind="manifest", label=name, value=value) for name, value in manifest.items())
    return Node(kind="part", label="manifest", children=parts)


def reasons_of(text: str) -> list[str]:
    """Return the sentences of a phase's reasons."""
    return [str(sentence) for sentence in json.loads(text)]
