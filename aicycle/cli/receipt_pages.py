"""How replays, differences, receipts and verifications are printed, for people and for programs.

Here: text and JSON. Not here: the answers (`flows.steps`), or which command prints which (`receipts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from aicycle.cli.output import console, plain, print_table
from flows.steps.comparing import Difference, Side
from flows.steps.fact_checking import FactProblem, PayloadProblem
from flows.steps.replaying import Replayed
from flows.steps.rereading import Rereader, node_content
from flows.steps.stored_runs import RunKind
from flows.steps.table_checking import TableCheck
from flows.steps.verifying import CURE, Verified
from transforms.differences import Cause, CauseKind
from transforms.receipts import UNREAD, Node

SHOWN_CHILDREN = 8
"""Lines of a long list that are printed unless all are asked for."""
SHOWN_FACTS = 10

TITLES = {
    CauseKind.NEW_FACT: "new fact: known between the two",
    CauseKind.ARRIVED_LATE: "arrived late: known by then, but loaded only later",
    CauseKind.RESTATED: "restated: its source says something else now",
    CauseKind.RETRACTED: "retracted: its source took it back",
    CauseKind.HELD: "held: an input is not to be believed",
    CauseKind.RELEASED: "released: an input can be believed again",
    CauseKind.ASSUMPTION: "assumption: a registered assumption differs",
    CauseKind.RULE: "rule: another definition differs",
    CauseKind.CODE: "code: the program differs",
    CauseKind.TIME: "time: the same facts, at another distance",
}


# --- replay ---------------------------------------------------------------------------------------------------------


def replay_json(replayed: Replayed) -> dict[str, Any]:
    """Return a replay for programs."""
    return {
        "run_id": replayed.run_id,
        "kind": replayed.kind.value,
        "same": replayed.is_same,
        "error": replayed.is_error,
        "verdict": replayed.verdict,
        "digest_then": replayed.digest_then,
        "digest_now": replayed.digest_now,
        "program_differs": [asdict(part) for part in replayed.program],
        "inputs_differ": [asdict(part) for part in (*replayed.inputs, *replayed.altered_rows)],
        "failed_because": replayed.failed_because,
        "then": replayed.then,
        "now": replayed.now,
    }


def print_replay(replayed: Replayed) -> None:
    """Print what was said then and what comes out now."""
    out = console()
    out.print(f"{replayed.kind.value} run {replayed.run_id}")
    print_table(_beside(replayed.then, replayed.now or {}, "then", "now"))
    if replayed.failed_because:
        out.print(plain(f"It can't be made again: {replayed.failed_because}"))
    for part in replayed.program:
        out.print(plain(f"  {part.what}: {part.then} -> {part.now}"))
    for part in (*replayed.inputs, *replayed.altered_rows):
        out.print(plain(f"  DIFFERS {part.what}: {part.then} -> {part.now}"))
    out.print(plain(replayed.verdict))


def _beside(a: Mapping[str, Any], b: Mapping[str, Any], name_a: str, name_b: str) -> pl.DataFrame:
    left, right = dict(_lines(a)), dict(_lines(b))
    names = [*left, *(name for name in right if name not in left)]
    rows = [{"": name, name_a: _text(left.get(name)), name_b: _text(right.get(name))} for name in names]
    return pl.DataFrame(rows, schema={"": pl.String, name_a: pl.String, name_b: pl.String})


def _lines(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, Mapping) and "phase" in value:
            shares = " ".join("-" if p is None else f"{p:.3f}" for p in value["probabilities"].values())
            phase = "abstained" if value["phase"] is None else f"phase {value['phase']}"
            yield name, f"{phase} ({shares}){' STALE' if value['is_stale'] else ''}"
        elif isinstance(value, Mapping):
            yield from _lines(value, f"{above}{name} ")
        else:
            yield f"{above}{name}", value


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


# --- difference -----------------------------------------------------------------------------------------------------


def difference_json(difference: Difference) -> dict[str, Any]:
    """Return a difference for programs."""
    return {
        "same": difference.is_same,
        "unexplained": difference.is_unexplained,
        "a": _side_json(difference.a),
        "b": _side_json(difference.b),
        "counts": difference.counts,
        "causes": [{"kind": c.kind.value, "side": c.side, "what": c.what, **c.detail} for c in difference.causes],
        "scenarios": [asdict(change) for change in difference.odds],
    }


def _side_json(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        "kind": side.kind.value,
        "company": side.company,
        "digest": side.digest,
        "load_seq": side.view.load_seq,
        "answer": side.content,
    }


def print_difference(difference: Difference) -> None:
    """Print two answers beside each other, the change per scenario and the causes by kind."""
    out, a, b = console(), difference.a, difference.b
    out.print(f"A: {a.label}\nB: {b.label}")
    print_table(_beside(a.content, b.content, "A", "B"))
    for change in difference.odds:
        out.print()
        out.print(
            f"{change.scenario}: log-odds {change.log_odds_a_nats:+.6f} -> {change.log_odds_b_nats:+.6f}, "
            f"change {change.change_nats:+.6f} nats"
        )
        for line in change.happenings[:SHOWN_CHILDREN]:
            out.print(plain(f"  {line['change_nats']:+.6f}  {line['family']}  {line['event_id']}  {line['why']}"))
        rest = change.happenings[SHOWN_CHILDREN:]
        if rest:
            out.print(f"  {sum(line['change_nats'] for line in rest):+.6f}  {len(rest)} more (--json lists them)")
    out.print()
    for kind in CauseKind:
        _print_causes(kind, [cause for cause in difference.causes if cause.kind is kind])
    if difference.is_same:
        out.print("Both say the same.")
    elif difference.is_unexplained:
        out.print(
            "ERROR: they differ, and nothing is known that could have moved one. aicycle verify looks for damage."
        )


def _print_causes(kind: CauseKind, causes: list[Cause]) -> None:
    if not causes:
        return
    out = console()
    out.print(plain(f"{TITLES[kind]} ({len(causes)})"))
    newest_first = sorted(causes, key=lambda cause: str(cause.detail.get("known_at", "")), reverse=True)
    for table in dict.fromkeys(cause.detail.get("table") for cause in newest_first):
        of_table = [cause for cause in newest_first if cause.detail.get("table") == table]
        # Only the newest close is read: the days before it are counted, not listed.
        cut = 1 if table == "core.daily_bars" else SHOWN_CHILDREN
        for cause in of_table[:cut]:
            out.print(plain(f"  [{_side_word(cause)}] {cause.what}{_when(cause)}"))
        if of_table[cut:]:
            rest = f" of {table}" if table else ""
            out.print(plain(f"  ... and {len(of_table) - cut} more{rest} (--json lists them)"))


def _side_word(cause: Cause) -> str:
    return {"a": "only A", "b": "only B"}.get(cause.side, "A -> B")


def _when(cause: Cause) -> str:
    detail = cause.detail
    if "byte_start" not in detail:
        return ""
    late = ", arrived late" if detail["is_late"] else ""
    return (
        f" (known {detail['known_at']:%Y-%m-%d}, load {detail['load_seq']}{late}; "
        f"{detail['payload_sha256'][:12]} {detail['byte_start']}..{detail['byte_end']})"
    )


# --- receipts -------------------------------------------------------------------------------------------------------


def receipt_json(receipt: Node, rereader: Rereader) -> dict[str, Any]:
    """Return a receipt for programs."""
    leaves = [node for node in receipt.walk() if not node.children]
    return {
        "kind": receipt.kind,
        "label": receipt.label,
        "is_grounded": receipt.is_grounded,
        "facts": sum(node.kind == "fact" for node in leaves),
        "parameters": sum(node.kind == "parameter" for node in leaves),
        "receipt": node_content(receipt, rereader),
    }


def print_receipt(receipt: Node, rereader: Rereader, *, shown: int | None) -> None:
    """Print a receipt as an indented tree.

    Args:
        receipt: its root.
        rereader: reads the bytes at the leaves.
        shown: lines of a long list; None: all.
    """
    out = console()
    for depth, line in _tree(receipt, rereader, shown, 0):
        out.print(plain("  " * depth + line))


def _tree(node: Node, rereader: Rereader, shown: int | None, depth: int) -> Iterator[tuple[int, str]]:
    if node.kind == UNREAD and shown is not None:
        yield depth, f"{_line(node)} (--all, --json)"
        return
    yield depth, _line(node)
    if node.address is not None:
        told = rereader.told(node.address)
        where = ", ".join(told["payload_names"]) or "payload"
        line = "" if told["source_line"] is None else f" line {told['source_line']}"
        yield (
            depth + 1,
            f"{where}{line}, sha256 {told['payload_sha256']} bytes {told['byte_start']}..{told['byte_end']}",
        )
        yield depth + 1, f"PROBLEM {told['problem']}" if told["problem"] else f"| {told['text']}"
    if node.kind == "parameter":
        yield depth + 1, f"{node.more['source']}: {node.more['why']}"
    cut = len(node.children) if shown is None or node.kind in {"scenario_run", "phase", "alert"} else shown
    for child in node.children[:cut]:
        yield from _tree(child, rereader, shown, depth + 1)
    if node.children[cut:]:
        yield depth + 1, f"... and {len(node.children) - cut} more (--all, --json)"


def _line(node: Node) -> str:
    parts = [node.label]
    if node.value is not None and node.kind not in {"happening", "scenario_run", "phase"}:
        value = f"{node.value:+.9f}" if node.unit == "nats" else _text(node.value)
        parts.append(f"= {value}{'' if node.unit is None else f' {node.unit}'}")
    if node.status:
        parts.append(f"[{node.status}]")
    if node.known_at is not None:
        parts.append(f"(known {str(node.known_at)[:10]})")
    return " ".join(parts)


# --- verification ---------------------------------------------------------------------------------------------------


def verified_json(verified: Verified) -> dict[str, Any]:
    """Return a verification for programs."""
    return {
        "sound": verified.is_sound,
        "payloads_checked": verified.payloads_checked,
        "facts_checked": verified.facts_checked,
        "runs_replayed": len(verified.replayed),
        "payload_problems": [asdict(problem) for problem in verified.payloads],
        "fact_problems": [asdict(problem) for problem in verified.facts],
        "book_problems": list(verified.books),
        "run_problems": [
            *(replay_json(run) for run in verified.replayed if run.is_error),
            *({**asdict(run), "kind": run.kind.value} for run in (*verified.unmade, *verified.altered)),
        ],
        "table_problems": [problem for check in verified.tables for problem in check.problems],
        "tables_checked": [check.table for check in verified.tables if check.unchecked_because is None],
        "tables_not_checked": {
            check.table: check.unchecked_because for check in verified.tables if check.unchecked_because is not None
        },
        "runs_digested": verified.runs_digested,
        "runs": [
            {"run_id": run.run_id, "kind": run.kind.value, "same": run.is_same, "verdict": run.verdict}
            for run in verified.replayed
        ],
    }


def print_verified(verified: Verified) -> None:
    """Print what was checked, and each thing that failed."""
    out = console()
    for problem in verified.payloads:
        _print_payload_problem(problem)
    if verified.facts:
        out.print(f"FACTS that are not what their bytes say: {len(verified.facts)}")
        _print_facts(verified.facts)
    for sentence in verified.books:
        out.print(plain(f"BOOKS {sentence}"))
    for run in verified.replayed:
        if run.is_error or not run.is_same:
            out.print(plain(f"{run.kind.value} run {run.run_id[:12]}: {run.verdict}"))
    for unmade in verified.unmade:
        out.print(plain(f"RUN {unmade.kind.value} {unmade.run_id[:12]} can't be made again: {unmade.problem}"))
    for altered in verified.altered:
        out.print(plain(f"RUN {altered.kind.value} {altered.run_id[:12]} was altered: {altered.problem}"))
    _print_tables(verified.tables)
    out.print(plain(_checked(verified)))


def _print_tables(checks: tuple[TableCheck, ...]) -> None:
    out = console()
    for check in checks:
        for sentence in check.problems:
            out.print(plain(f"TABLE {sentence}"))
        if check.unchecked_because is not None:
            out.print(plain(f"{check.table} not checked: {check.unchecked_because}"))


def _checked(verified: Verified) -> str:
    """Return the last sentence: what was checked, and whether it held."""
    kinds = {kind: sum(run.kind is kind for run in verified.replayed) for kind in RunKind}
    tables = [check.table for check in verified.tables if check.unchecked_because is None]
    more = f", {verified.runs_digested} other runs held against their digests" if verified.runs_digested else ""
    if tables:
        more += f", {', '.join(tables)} held against what they follow from or the events that tell of them"
    return (
        f"{verified.payloads_checked} payloads read again, {verified.facts_checked} facts held against their bytes, "
        f"{kinds[RunKind.SCENARIO]} scenario runs and {kinds[RunKind.PHASES]} phase runs made again{more}: "
        + ("all of this is as it was stored." if verified.is_sound else "NOT as it was stored.")
    )


def _print_payload_problem(problem: PayloadProblem) -> None:
    out = console()
    names = ", ".join(problem.names) or "not in raw.payloads"
    out.print(plain(f"PAYLOAD {problem.problem}: {names}, sha256 {problem.payload_sha256}"))
    out.print(plain(f"  where: {problem.path}"))
    if problem.found_sha256:
        out.print(f"  its bytes now have sha256 {problem.found_sha256}")
    out.print(f"  cure: {CURE}")
    which = "which of them is damaged can't be told" if problem.is_all else f"{len(problem.damaged)} read otherwise now"
    out.print(f"  {problem.facts_read_from_it} facts were read from it; {which}:")
    _print_facts(problem.damaged)


def _print_facts(facts: tuple[FactProblem, ...]) -> None:
    out = console()
    for fact in facts[:SHOWN_FACTS]:
        key = "/".join(str(part) for part in fact.key.values())
        where = f"{(fact.payload_sha256 or '')[:12]} bytes {fact.byte_start}..{fact.byte_end}, load {fact.load_seq}"
        out.print(plain(f"    {fact.table} {key} ({where}): {fact.problem}"))
    if len(facts) > SHOWN_FACTS:
        out.print(f"    ... and {len(facts) - SHOWN_FACTS} more (--json lists them)")
