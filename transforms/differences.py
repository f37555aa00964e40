"""Why two answers differ: typed causes, from the facts each could see and what each was made with.

Here: the comparison. Not here: which two answers (`flows.steps.comparing`), which facts an answer can depend on
(`transforms.dependence`), or words for people (`aicycle.cli`).

A fact that only one of two answers could see is a cause. What it is called:
- retracted: it takes back, or denies, what the other answer still counted;
- restated: it is a newer version of a fact that the other answer saw;
- arrived_late: the other answer's instant lies after it became known, but it had not been loaded by then;
- new_fact: it became known between the two.
Words for a person follow the first that fits; that a restatement arrived late as well is said beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.schema import TableContract
from aicycle.model.kinds import Status
from transforms.lineage import standing
from transforms.parameter_paths import ConfiguredValue
from transforms.receipts import stated


class CauseKind(StrEnum):
    """What may move an answer."""

    NEW_FACT = "new_fact"
    ARRIVED_LATE = "arrived_late"
    RESTATED = "restated"
    RETRACTED = "retracted"
    HELD = "held"
    RELEASED = "released"
    ASSUMPTION = "assumption"
    RULE = "rule"
    CODE = "code"
    TIME = "time"


SEEN = 2
"""How far a row is seen that counts as knowledge; see `Sight.sees`."""
TAKEN_BACK = ("is_retracted", "is_negated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How far one answer could see."""

    facts_as_of: datetime
    load_seq: int
    later: Mapping[str, datetime] = field(default_factory=dict)
    """Tables of which it counts facts up to a later instant than `facts_as_of`."""
    hindsight: frozenset[str] = frozenset()
    """Tables of which every stored row takes part, whenever it became known: splits undo what a vendor did to old
    prices with hindsight."""

    def sees(self, table: str) -> pl.Expr:
        """Return how far a row could be seen: 0 not at all, 1 only to take a vendor's hindsight out, 2 as knowledge."""
        is_loaded = pl.col("load_seq") <= self.load_seq
        is_known = pl.col("known_at") <= self.until(table)
        otherwise = 1 if table in self.hindsight else 0
        return pl.when(is_loaded & is_known).then(2).when(is_loaded).then(otherwise).otherwise(0)

    def until(self, table: str) -> datetime:
        """Return the instant up to which a table's facts count."""
        return max(self.facts_as_of, self.later.get(table, self.facts_as_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why two answers may differ."""

    kind: CauseKind
    side: str
    """`b`: only the second answer has it; `a`: only the first; `both`: each has its own."""
    what: str
    """For a person."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """For programs: a fact's table, key, known_at, load_seq and address; a parameter's path and values; ..."""


def fact_causes(tables: Mapping[str, pl.DataFrame], a: Sight, b: Sight) -> list[Cause]:
    """Return the facts that only one of two answers could see.

    Args:
        tables: all versions of the rows either can depend on, by full table name, in their contracts' schemas.
        a: how far the first could see.
        b: how far the second could see.

    Returns:
        By table, key and version; each with side, table, key, known_at, load_seq, revision, address, whether it arrived
        late, and what it states.
    """
    causes: list[Cause] = []
    for table in sorted(tables):
        contract = CONTRACTS[table]
        order = [*contract.key, "known_at", "load_seq", "revision", "payload_sha256", "byte_start"]
        frame = tables[table].with_columns(a=a.sees(table), b=b.sees(table)).sort(order)
        for side, unseen, other in (("a", "b", b), ("b", "a", a)):
            alone = frame.filter(pl.col(side) > pl.col(unseen))
            if alone.is_empty():
                continue
            before = _newest_per_key(frame.filter(pl.col(unseen) == SEEN), contract)
            causes += [
                _fact_cause(row, contract, side, other, before.get(_key(row, contract)))
                for row in alone.iter_rows(named=True)
            ]
    return causes


def _newest_per_key(seen: pl.DataFrame, contract: TableContract) -> dict[tuple[object, ...], dict[str, Any]]:
    return {_key(row, contract): row for row in seen.sort(contract.version_order).iter_rows(named=True)}


def _key(row: Mapping[str, Any], contract: TableContract) -> tuple[object, ...]:
    return tuple(row[name] for name in contract.key)


def _fact_cause(
    row: Mapping[str, Any], contract: TableContract, side: str, other: Sight, before: Mapping[str, Any] | None
) -> Cause:
    table = contract.full_name
    is_hindsight = row[side] < SEEN
    # Unseen, though known by then: the other answer had not loaded it.
    is_late = is_hindsight or row["known_at"] <= other.until(table)
    if before is not None and _is_taken_back(row) and not _is_taken_back(before):
        kind = CauseKind.RETRACTED
    elif before is not None and _is_later_version(row, before, contract):
        kind = CauseKind.RESTATED
    elif is_late:
        kind = CauseKind.ARRIVED_LATE
    else:
        kind = CauseKind.NEW_FACT
    states = stated(table, row)
    key = {name: row[name] for name in contract.key}
    named = "/".join(str(value) for value in key.values())
    said = ", ".join(f"{value}" for value in states.values())
    detail = {
        "table": table,
        "key": key,
        "known_at": row["known_at"],
        "load_seq": row["load_seq"],
        "revision": row["revision"],
        "payload_sha256": row["payload_sha256"],
        "byte_start": row["byte_start"],
        "byte_end": row["byte_end"],
        "is_late": is_late,
        "states": states,
    }
    if kind in (CauseKind.RESTATED, CauseKind.RETRACTED) and before is not None:
        detail["before"] = {name: before[name] for name in states}
    undoes = "; it undoes what the vendor did to older prices" if is_hindsight else ""
    return Cause(kind=kind, side=side, what=f"{table} {named}: {said}{undoes}", detail=detail)


def _is_taken_back(row: Mapping[str, Any]) -> bool:
    return any(bool(row.get(name)) for name in TAKEN_BACK)


def _is_later_version(row: Mapping[str, Any], before: Mapping[str, Any], contract: TableContract) -> bool:
    order = contract.version_order
    return tuple(row[name] for name in order) > tuple(before[name] for name in order)


def hold_causes(a: pl.DataFrame, b: pl.DataFrame, *, as_of_a: datetime, as_of_b: datetime) -> list[Cause]:
    """Return the holds that stood for one answer and not for the other.

    Args:
        a: holds on the first answer, with subject_kind, subject_id, metric, since, until, cause.
        b: holds on the second.
        as_of_a: instant of the first.
        as_of_b: instant of the second.
    """
    key = ["subject_kind", "subject_id", "metric", "since"]
    stood_a, stood_b = (
        standing(holds, instant).unique(key, keep="any").sort(key) for holds, instant in ((a, as_of_a), (b, as_of_b))
    )
    begun = stood_b.join(stood_a, on=key, how="anti").sort(key)
    ended = stood_a.join(stood_b, on=key, how="anti").sort(key)
    return [
        Cause(
            kind=kind,
            side=side,
            what=f"{row['subject_kind']} {row['subject_id']} {row['metric']}, since {row['since']:%Y-%m-%d}: "
            + row["cause"],
            detail={name: row[name] for name in (*key, "cause")},
        )
        for kind, side, rows in ((CauseKind.HELD, "b", begun), (CauseKind.RELEASED, "a", ended))
        for row in rows.iter_rows(named=True)
    ]


def definition_causes(a: Mapping[str, ConfiguredValue], b: Mapping[str, ConfiguredValue]) -> list[Cause]:
    """Return the configured values that differ: assumptions as such, every other number, version or name as a rule.

    A number whose words alone changed (source, why) moves nothing and is left out; one that became an assumption, or is
    none any more, counts as one.

    Args:
        a: relevant values of the first answer, by path.
        b: of the second.
    """
    causes = []
    for path in sorted(a.keys() | b.keys()):
        old, new = a.get(path), b.get(path)
        if _counts_as(old) == _counts_as(new):
            continue
        lines = [line for line in (old, new) if line is not None]
        kind = CauseKind.ASSUMPTION if any(line.status == Status.ASSUMPTION for line in lines) else CauseKind.RULE
        unit = next((f" {line.unit}" for line in reversed(lines) if line.unit), "")
        causes.append(
            Cause(
                kind=kind,
                side="both" if old and new else "b" if new else "a",
                what=f"{path}: {_said(old)} -> {_said(new)}{unit} ({lines[-1].file})",
                detail={
                    "path": path,
                    "file": lines[-1].file,
                    "old": old.value if old else None,
                    "new": new.value if new else None,
                    "unit": lines[-1].unit,
                    "status_old": old.status if old else None,
                    "status_new": new.status if new else None,
                },
            )
        )
    return causes


def _counts_as(line: ConfiguredValue | None) -> str:
    return "" if line is None else json.dumps([line.value, line.unit, line.status, line.known_at], sort_keys=True)


def _said(line: ConfiguredValue | None) -> str:
    return "absent" if line is None else str(line.value)


def program_causes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Cause]:
    """Return what of the program differs: code, libraries, platform; the gate's rules as a rule.

    Args:
        a: manifest of the first answer.
        b: of the second; a part that either lacks is not compared.
    """
    kinds = {
        "code_version": CauseKind.CODE,
        "libraries": CauseKind.CODE,
        "platform": CauseKind.CODE,
        "rules_version": CauseKind.RULE,
        "seed": CauseKind.RULE,
    }
    return [
        Cause(
            kind=kind,
            side="both",
            what=f"{name}: {a[name]} -> {b[name]}",
            detail={"what": name, "old": a[name], "new": b[name]},
        )
        for name, kind in kinds.items()
        if name in a and name in b and a[name] != b[name]
    ]


def time_causes(facts_as_of_a: datetime, facts_as_of_b: datetime) -> list[Cause]:
    """Return that the same facts are older, or younger, for the second answer than for the first."""
    days = (facts_as_of_b - facts_as_of_a).total_seconds() / 86400
    if not days:
        return []
    word = "older" if days > 0 else "younger"
    return [
        Cause(
            kind=CauseKind.TIME,
            side="both",
            what=f"the same evidence is {abs(days):.1f} days {word}: it has faded {'more' if days > 0 else 'less'}",
            detail={"facts_as_of_a": facts_as_of_a, "facts_as_of_b": facts_as_of_b, "days": days},
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsChange:
    """How one scenario's log-odds moved, happening by happening."""

    scenario: str
    log_odds_a_nats: float
    log_odds_b_nats: float
    change_nats: float
    """Of the log-odds; what the happenings' changes add up to."""
    happenings: tuple[Mapping[str, Any], ...]
    """family, event_id, known_at, contribution_a_nats, contribution_b_nats, change_nats, why (appeared, gone, weighs
    otherwise); the greatest change first. Unchanged ones are left out."""


def odds_changes(a: pl.DataFrame, b: pl.DataFrame) -> list[OddsChange]:
    """Return the change of each scenario's log-odds as the sum of the changes of its contributions.

    Exact: a contribution that only one answer has counts as zero in the other, and the sum runs over all.

    Args:
        a: scenario, family, event_id, contribution_nats, known_at of the first answer.
        b: of the second.
    """
    changes = []
    for scenario in sorted({*a["scenario"].to_list(), *b["scenario"].to_list()}):
        mine, theirs = _contributions(a, scenario), _contributions(b, scenario)
        moved = []
        for family, event_id in sorted(mine.keys() | theirs.keys()):
            old, new = mine.get((family, event_id)), theirs.get((family, event_id))
            change = (new or _NOTHING)["contribution_nats"] - (old or _NOTHING)["contribution_nats"]
            if old is not None and new is not None and not change:
                continue
            moved.append(
                {
                    "family": family,
                    "event_id": event_id,
                    "known_at": (new or old or _NOTHING)["known_at"],
                    "contribution_a_nats": old["contribution_nats"] if old else None,
                    "contribution_b_nats": new["contribution_nats"] if new else None,
                    "change_nats": change,
                    "why": "appeared" if old is None else "gone" if new is None else "weighs otherwise",
                }
            )
        moved.sort(key=lambda line: (-abs(line["change_nats"]), line["family"], line["event_id"]))
        odds_a, odds_b = (math.fsum(r["contribution_nats"] for r in rows.values()) for rows in (mine, theirs))
        changes.append(
            OddsChange(
                scenario=scenario,
                log_odds_a_nats=odds_a,
                log_odds_b_nats=odds_b,
                change_nats=odds_b - odds_a,
                happenings=tuple(moved),
            )
        )
    return changes


_NOTHING: dict[str, Any] = {"contribution_nats": 0.0, "known_at": None}


def _contributions(evidence: pl.DataFrame, scenario: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows: Iterable[dict[str, Any]] = evidence.filter(pl.col("scenario") == scenario).iter_rows(named=True)
    return {(row["family"], row["event_id"]): row for row in rows}
