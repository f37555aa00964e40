"""What people see of the quarantine: the list, one row with all about it, what was decided.

Here: wording, layout, JSON. Not here: what has become of a row (`transforms.gate.decisions`), what is decided
(`flows.steps.deciding`). Texts come from files and from people: control characters are shown escaped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from aicycle.cli.answers import Answer
from aicycle.cli.output import console, plain, print_table
from aicycle.contracts import CONTRACTS
from aicycle.model.address import Address
from aicycle.model.decisions import Decision
from aicycle.model.kinds import DecisionKind
from aicycle.model.parameters import Configuration
from expectations.suite import contract_checks
from flows.steps.holding import derived_holds
from flows.steps.rereading import Rereader
from transforms.gate.budget import WITHIN_BUDGET
from transforms.gate.decisions import decided, objection
from transforms.lineage import downstream
from transforms.staging.tables import TABLE_FORMATS
from warehouse import Reader
from warehouse.inbox import Waiting

SHORT = 12
"""Digits of an id that are shown."""
WAITS = list[tuple[Waiting, Decision]]


def shown(text: object) -> str:
    """Return a text on one line: characters that show nothing or steer a terminal are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text))


# --- the list -------------------------------------------------------------------------------------------------------


def list_json(rows: pl.DataFrame, total: int, waiting: WAITS, refused: list[tuple[str, str]]) -> Answer:
    """Return the stopped rows, what waits to be carried out, and what could not be."""
    names = (
        "quarantine_id", "state", "name", "source_line", "table_name", "check_name", "subject_kind", "subject_id",
        "metric", "known_at", "quarantined_at", "reason",
    )  # fmt: skip
    return {
        "rows": rows.select(names).to_dicts(),
        "in_quarantine": total,
        "waiting": [decision_content(decision) | {"file": w.name} for w, decision in waiting],
        "set_aside": [{"file": name, "reason": reason} for name, reason in refused],
    }


def print_list(content: Answer) -> None:
    """Print the stopped rows."""
    out = console()
    rows = [
        {
            "id": row["quarantine_id"][:SHORT],
            "state": row["state"],
            "file": shown(row["name"]),
            "about": " ".join(shown(row[n]) for n in ("subject_id", "metric") if row[n]) or "-",
            "reason": shown(row["reason"]),
        }
        for row in content["rows"]
    ]
    if rows:
        print_table(pl.DataFrame(rows))
    hidden = content["in_quarantine"] - len(rows)
    out.print(f"{len(rows)} rows shown, {hidden} more in quarantine" + (" (--all)" if hidden else "") + ".")
    for waiting in content["waiting"]:
        about = (waiting["quarantine_id"] or "")[:SHORT] or f"{waiting['table_name']} {waiting['key']}"
        out.print(plain(f"WAITS to be {waiting['what']}: {shown(about)}, by {shown(waiting['author'])}"))
    for note in content["set_aside"]:
        out.print(plain(f"NOT APPLIED {shown(note['file'])}: {shown(note['reason'].splitlines()[0])}"))
    if rows:
        out.print(f"next: aicycle quarantine show {rows[0]['id']}")
    elif content["waiting"]:
        out.print("next: aicycle apply")


# --- one row --------------------------------------------------------------------------------------------------------


def row_json(
    reader: Reader, row: dict[str, Any], configuration: Configuration, rereader: Rereader, waiting: WAITS
) -> Answer:
    """Return one stopped row with all that is known about it."""
    quarantine = reader.frame("ops.quarantine")
    about = decided(quarantine, reader.frame("ops.decisions")).filter(pl.col("quarantine_id") == row["quarantine_id"])
    told = ("decision_id", "what", "author", "reason", "decided_at", "changes", "correction_sha256")
    return row | {
        "row_content": _content(row["row_content"]),
        "bytes": rereader.told(Address(row["payload_sha256"], row["byte_start"], row["byte_end"]))
        if row["payload_sha256"] and row["source_line"]
        else None,
        "holds": _holds(reader, row["quarantine_id"], configuration),
        "decisions": about.select(told).to_dicts(),
        "waiting": [decision_content(d) for _, d in waiting if d.quarantine_id == row["quarantine_id"]],
        "next": _next_commands(row),
    }


def _content(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:  # empty for a whole file; cut where the row is long
        return text


def _holds(reader: Reader, quarantine_id: str, configuration: Configuration) -> list[dict[str, Any]]:
    holds = derived_holds(reader, quarantine_id)
    spread = downstream(holds, configuration.universe, configuration.scenario_sets)
    reached = {
        "/".join(str(part) for part in parts if part)
        for parts in spread.select("output", "company", "segment").unique().rows()
    }
    return [
        {name: hold[name] for name in ("subject_kind", "subject_id", "metric", "since", "until")}
        | {"outputs": sorted(reached)}
        for hold in holds.iter_rows(named=True)
    ]


def _next_commands(row: dict[str, Any]) -> list[str]:
    """Return what can be decided about a row, as commands to type."""
    contract = CONTRACTS.get(row["table_name"] or "")
    never = contract_checks(contract) if contract else frozenset[str]()
    may = {what for what in DecisionKind if not objection(row, what, never, contract)}
    if contract is not None and all(f.contract is not contract for f in TABLE_FORMATS.values()):
        may.discard(DecisionKind.CORRECTED)
    short, signed = row["quarantine_id"][:SHORT], "--by AUTHOR --because REASON"
    commands = {
        DecisionKind.RELEASED: f"aicycle quarantine release {short} {signed}",
        DecisionKind.DISCARDED: f"aicycle quarantine discard {short} {signed}",
        DecisionKind.CORRECTED: f"aicycle correct --quarantined {short} --set COLUMN=VALUE {signed}",
    }
    batch = [
        f"aicycle quarantine {verb} {short} --with-batch {signed}"
        for what, verb in ((DecisionKind.RELEASED, "release"), (DecisionKind.DISCARDED, "discard"))
        if what in may and row["check_name"] == WITHIN_BUDGET
    ]
    return [*(command for what, command in commands.items() if what in may), *batch]


def print_row(content: Answer) -> None:
    """Print one stopped row."""
    out = console()

    def say(text: str) -> None:
        out.print(plain(text))

    say(f"{content['quarantine_id']}  {content['state']}")
    place = f"line {content['source_line']}" if content["source_line"] else _whole(content)
    say(f"{shown(content['source'])}/{shown(content['name'])}, {place}, meant for {content['table_name'] or '-'}")
    say(f"why      {shown(content['reason'])}")
    say(f"checks   {shown(content['check_name'])} ({content['rules_version']})")
    say(f"clocks   claims to be known {content['known_at'] or '-'}; stopped {content['quarantined_at']:%Y-%m-%d %H:%M}")
    if isinstance(content["row_content"], dict):
        say("read as  " + ", ".join(f"{k}={shown(v)}" for k, v in content["row_content"].items() if v is not None))
    if content["bytes"]:
        told = content["bytes"]
        say(f"bytes    {told['payload_sha256'][:SHORT]} {told['byte_start']}-{told['byte_end']}")
        say(f"         {told['text'] if told['problem'] is None else told['problem']}")
    for hold in content["holds"]:
        until = f"until {hold['until']}" if hold["until"] else "and still does"
        whom = f"{hold['subject_kind']} {shown(hold['subject_id'])} {hold['metric']}"
        say(f"holds    {whom} since {hold['since']} {until}")
        say(f"         reaches {', '.join(hold['outputs']) or 'nothing'}")
    if not content["holds"]:
        say("holds    nobody")
    for decision in content["decisions"]:
        say(f"decided  {decision['what']} by {shown(decision['author'])}, {decision['decided_at']:%Y-%m-%d %H:%M}")
        say(f"         {shown(decision['reason'])}")
    for decision in content["waiting"]:
        say(f"waits    to be {decision['what']}, by {shown(decision['author'])}: aicycle apply")
    for command in content["next"]:
        say(f"next     {command}")


# --- decisions ------------------------------------------------------------------------------------------------------


def decision_content(decision: Decision) -> Answer:
    """Return a decision as plain content."""
    return {
        "decision_id": decision.id,
        "what": str(decision.what),
        "quarantine_id": decision.quarantine_id,
        "table_name": decision.table_name,
        "key": dict(decision.key),
        "changes": dict(decision.changes),
        "with_batch": decision.with_batch,
        "author": decision.author,
        "reason": decision.reason,
        "decided_at": decision.decided_at,
    }


def decision_json(decision: Decision, about: str, path: Path, home: Path) -> Answer:
    """Return what was put into the inbox."""
    return decision_content(decision) | {"about": about, "file": str(path), "next": f"aicycle apply --home {home}"}


def print_decision(content: Answer) -> None:
    """Print what was put into the inbox."""
    out = console()
    out.print(plain(f"To be {content['what']}, by {shown(content['author'])}: {shown(content['about'])}"))
    out.print(plain(f"The next run carries it out; now: {content['next']}"))
    out.print(plain(f"Until then it can be taken back: rm {content['file']}"))


def applied_json(applied: list[Decision], refused: list[tuple[str, str]]) -> Answer:
    """Return what became of the inbox."""
    return {
        "applied": [decision_content(decision) for decision in applied],
        "set_aside": [{"file": name, "reason": reason} for name, reason in refused],
    }


def print_applied(content: Answer) -> None:
    """Print what became of the inbox."""
    out = console()
    for decision in content["applied"]:
        about = (decision["quarantine_id"] or "")[:SHORT] or f"{decision['table_name']} {decision['key']}"
        out.print(plain(f"{decision['what']} {shown(about)}, by {shown(decision['author'])}"))
    for note in content["set_aside"]:
        out.print(plain(f"NOT APPLIED {shown(note['file'])}: {shown(note['reason'])}"))
    if not content["applied"] and not content["set_aside"]:
        out.print("Nothing waited to be decided.")


def _whole(content: Answer) -> str:
    return "a row that did not come" if content["table_name"] else "the whole file"
