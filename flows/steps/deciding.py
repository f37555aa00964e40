"""Decisions of people: from the inbox into the ledger, in the next writer's transaction.

Here: what has become of each stopped row, whether a decision can be carried out, its application. Not here: the file
(`warehouse.inbox`), the rules (`transforms.gate.decisions`), what a correction comes to (`flows.steps.correcting`), how
released rows pass (`flows.steps.auditing`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import AicycleError, UsageError
from aicycle.model.decisions import MANUAL, Decision, decision_of
from aicycle.model.kinds import DecisionKind, EventName
from aicycle.model.parameters import Universe
from expectations.suite import contract_checks
from flows.steps.correcting import Correction, Corrector
from flows.steps.holding import good_observations
from flows.steps.landing import Receipt, Received, frame_of, record_landing, withdrawals
from transforms.gate.budget import WITHIN_BUDGET
from transforms.gate.decisions import objection, place_of, with_states
from warehouse import Reader, Transaction, Warehouse
from warehouse.inbox import Inbox, Waiting

EVENT = {
    DecisionKind.RELEASED: EventName.ROW_RELEASED,
    DecisionKind.DISCARDED: EventName.ROW_DISCARDED,
    DecisionKind.CORRECTED: EventName.FACT_CORRECTED,
}
VERB = {
    DecisionKind.RELEASED: "released",
    DecisionKind.DISCARDED: "discarded",
    DecisionKind.CORRECTED: "corrected",
}


@dataclass(slots=True)
class Outcome:
    """What became of the files in the inbox."""

    done: list[str] = field(default_factory=list)
    """Names of files that were applied, now or before."""
    refused: list[tuple[Waiting, str]] = field(default_factory=list)
    """Files that can't be applied, and why."""
    applied: int = 0


def states_of(view: Reader) -> pl.DataFrame:
    """Return the quarantine with what has become of each row."""
    return with_states(
        view.frame("ops.quarantine"),
        view.frame("ops.decisions"),
        loads=view.frame("ops.loads"),
        audits=view.frame("ops.audits"),
        observations=good_observations(view),
        withdrawn=withdrawals(view),
    )


def require_possible(view: Reader, row: Mapping[str, Any], what: DecisionKind) -> None:
    """Refuse a decision about a stopped row that can't be carried out.

    Raises:
        UsageError: it can't; the text says why and what can be done instead.
    """
    contract = CONTRACTS.get(row["table_name"] or "")
    why = objection(row, what, contract_checks(contract) if contract else (), contract)
    short = row["quarantine_id"][:12]
    if not why and what is DecisionKind.RELEASED:
        why = _contradiction(view, row)
    if why:
        can_be_corrected = contract is not None and row["state"] in {"open", "discarded"}
        raise UsageError(
            f"{short} can't be {VERB[what]}: {why}",
            where=f"{row['name']}, line {row['source_line']}",
            expected="a row that is open, and that its table could hold" if what is DecisionKind.RELEASED else "",
            next_command=f"aicycle correct --quarantined {short} --set COLUMN=VALUE --by AUTHOR --because REASON"
            if can_be_corrected and what is not DecisionKind.CORRECTED
            else f"aicycle quarantine show {short}",
        )


def _contradiction(view: Reader, row: Mapping[str, Any]) -> str:
    """Return what of the same file stands against letting a row in: a statement has one row."""
    same = (
        (pl.col("table_name") == row["table_name"])
        & (pl.col("payload_sha256") == row["payload_sha256"])
        & (pl.col("row_key") == row["row_key"])
    )
    released = view.frame("ops.decisions").filter(same & (pl.col("what") == DecisionKind.RELEASED))
    if not released.is_empty():
        return "another row of the same file under the same key was released"
    if row["row_key"] is None:
        return ""
    contract = CONTRACTS[row["table_name"]]
    stored = view.frame(row["table_name"]).filter(pl.col("payload_sha256") == row["payload_sha256"])
    names = [n for n in contract.statement if n in contract.key]
    key = dict(zip(contract.key, json.loads(row["row_key"]), strict=True))
    mine = stored.filter(*(pl.col(n).cast(pl.String) == str(key[n]) for n in names))
    if "source_known_at" in contract.statement:
        mine = mine.filter(pl.col("source_known_at") == row["known_at"])
    return "" if mine.is_empty() else "the same file says otherwise under the same key, and that passed"


def waiting_with(view: Reader, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the other open rows that wait with one because their batch spent its error budget.

    Raises:
        UsageError: the row does not wait: it failed a check itself.
    """
    short = row["quarantine_id"][:12]
    if row["check_name"] != WITHIN_BUDGET:
        raise UsageError(
            f"{short} does not wait with its batch: it failed {row['check_name']} itself",
            where=f"{row['name']}, line {row['source_line']}",
            expected=f"a row that was stopped by {WITHIN_BUDGET} alone",
            next_command=f"aicycle quarantine list --check {WITHIN_BUDGET}",
        )
    same = [pl.col(name) == row[name] for name in ("load_seq", "table_name", "payload_sha256", "check_name", "state")]
    return states_of(view).filter(*same, pl.col("quarantine_id") != row["quarantine_id"]).to_dicts()


def apply_inbox(transaction: Transaction, warehouse: Warehouse, universe: Universe) -> Outcome:
    """Apply what lies in the inbox, each file once; a file that can't be applied stops no other.

    Args:
        transaction: the writer's.
        warehouse: whose inbox and payloads.
        universe: which listings and pairs are watched.
    """
    outcome = Outcome()
    for waiting in warehouse.inbox.waiting():
        if waiting.content is None:
            outcome.refused.append((waiting, waiting.problem))
            continue
        try:
            decision = decision_of(waiting.content)
            known = set(transaction.frame("ops.decisions")["decision_id"])
            if decision.id not in known:
                _apply(transaction, warehouse, universe, decision)
                outcome.applied += 1
            outcome.done.append(waiting.name)
        except ValueError as error:
            outcome.refused.append((waiting, f"no decision can be read from it: {error}"))
        except AicycleError as error:
            outcome.refused.append((waiting, str(error)))
    for waiting, reason in outcome.refused:
        transaction.record(EventName.FILE_REFUSED, f"inbox/{waiting.shown}", {"reason": reason})
    return outcome


def settle(inbox: Inbox, outcome: Outcome, progress: Callable[[str], None]) -> None:
    """Clear the inbox of what was applied and refused; called when the transaction is committed."""
    for name in outcome.done:
        inbox.remove(name)
    for waiting, reason in outcome.refused:
        first = reason.splitlines()[0] if reason else ""
        try:
            inbox.set_aside(waiting, reason)
            progress(f"inbox: {waiting.shown} was set aside: {first}")
        except OSError as error:
            # It stays where it is and will be met again: no reason to lose a run.
            progress(f"inbox: {waiting.shown} can't be applied ({first}) and can't be moved: {error.strerror}")


def _apply(transaction: Transaction, warehouse: Warehouse, universe: Universe, decision: Decision) -> None:
    now = transaction.clock()
    stopped = None if decision.quarantine_id is None else stopped_row(transaction, decision.quarantine_id)
    row: dict[str, Any] = {
        "decision_seq": transaction.next_number("ops.decisions", "decision_seq"),
        "decision_id": decision.id,
        "what": str(decision.what),
        "author": decision.author,
        "reason": decision.reason,
        "applied_at": now,
    }
    met_by = 0
    others: list[dict[str, Any]] = []
    if stopped is not None:
        require_possible(transaction, stopped, decision.what)
        others = waiting_with(transaction, stopped) if decision.with_batch else []
        row |= _named(stopped)
        met_by = stopped["load_seq"]
    made = None
    if decision.what is DecisionKind.CORRECTED:
        made = Corrector(transaction, warehouse.payloads, universe).correction(decision, stopped, now)
        row |= {"table_name": made.table, "row_key": made.row_key, **made.address}
        row["changes"] = json.dumps(dict(decision.changes), ensure_ascii=False, sort_keys=True)
        met_by = made.load_seq
    row["decided_at"] = _decided_at(transaction, decision, met_by, now)
    if made is not None:
        row["correction_sha256"] = _land(transaction, warehouse, decision, made, row["decided_at"])
    # A statement that has a row already keeps it: what contradicts it stays stopped when the batch is judged again.
    each = [
        row | _named(other) | {"decision_id": decision.id_for(other["quarantine_id"]), "decision_seq": seq}
        for seq, other in enumerate(others, row["decision_seq"] + 1)
    ]
    transaction.append("ops.decisions", frame_of("ops.decisions", [row, *each]))
    about = row.get("quarantine_id") or f"{row['table_name']} {row['row_key']}"
    told = {name: row[name] for name in ("decision_id", "author", "reason")}
    transaction.record(EVENT[decision.what], about, told | ({"rows": 1 + len(each)} if decision.with_batch else {}))


def _named(stopped: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a decision keeps of the row it is about."""
    named = ("quarantine_id", "table_name", "row_key", "payload_sha256", "byte_start", "byte_end")
    return {name: stopped[name] for name in named} | {"place": place_of(stopped)}


def _decided_at(view: Reader, decision: Decision, met_by: int, now: datetime) -> datetime:
    """Return when a decision counts from: not before its row was met, not after it is applied.

    The clock of another machine may be ahead of ours, and a date in a file may be anything: a decision dated back would
    change what was known, or held, in a past that was already spoken about.
    """
    met_at = view.frame("ops.loads").filter(pl.col("load_seq") == met_by)["loaded_at"].max()
    earliest = met_at if isinstance(met_at, datetime) else decision.decided_at
    return min(max(decision.decided_at, earliest), now)


def _land(
    transaction: Transaction, warehouse: Warehouse, decision: Decision, made: Correction, received_at: datetime
) -> str:
    changed = "; ".join(f"{name} {before!r} -> {after!r}" for name, (before, after) in made.row.changed.items())
    receipt = Receipt(
        name=f"corrections/{decision.id[:16]}/{made.row.file_name}",
        format=made.row.format,
        request=f"corrected by {decision.author}: {decision.reason} ({changed})",
        sha256=warehouse.payloads.keep(made.row.content),
        size_bytes=len(made.row.content),
        fetched_at=received_at,
    )
    record_landing(transaction, Received(MANUAL, [receipt]))
    return receipt.sha256


def stopped_row(view: Reader, quarantine_id: str) -> dict[str, Any]:
    """Return the one stopped row whose id begins so, with its state.

    Raises:
        UsageError: none, or several do.
    """
    rows = states_of(view).filter(pl.col("quarantine_id").str.starts_with(quarantine_id.lower()))
    if not quarantine_id or rows.height != 1:
        found = ", ".join(i[:16] for i in rows["quarantine_id"].head(5))
        raise UsageError(
            f"no row in quarantine has the id {quarantine_id!r}"
            if rows.is_empty() or not quarantine_id
            else f"{rows.height} rows in quarantine have an id that begins with {quarantine_id!r}: {found}",
            expected="an id, or a beginning of it that only one row has",
            next_command="aicycle quarantine list --all",
        )
    return rows.row(0, named=True)
