"""What people decided, as the gate sees it: what has become of each stopped row, and which rows pass all the same.

Here: states, released addresses, whom a discard no longer holds, why a decision can't be carried out. Not here: the
decision itself (`aicycle.model.decisions`), its application (`flows.steps.deciding`).

A release counts by address and not by the quarantine's id: the id contains the rules' version, and a release outlives a
change of rules. A row that the source sends again, with the same key and content in another payload, has been decided
about already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from aicycle.contracts.schema import TableContract
from aicycle.model.kinds import DecisionKind, QuarantineState, Severity
from transforms.gate.holds import WITHDRAWN_SCHEMA, stopped_key
from transforms.gate.split import LONGEST_ROW, placed, quarantine_id
from transforms.staging.batch import StagedBatch

Address = tuple[str, int, int, int]
"""Table, first byte, one past the last, place in the span: a row within its payload."""

MOST_PLACES = 100_000
"""More rows in one span than any reply has bars."""
SAID = ("table_name", "row_key", "row_content")
CHECK_SEPARATOR = ";"


def place_of(row: Mapping[str, Any]) -> int | None:
    """Return the place of a stopped row among the rows of its span; None for a whole file.

    It is not a column of `ops.quarantine`, but the id is made of it.
    """
    if row["table_name"] is None or row["payload_sha256"] is None:
        return None
    for place in range(MOST_PLACES):
        if quarantine_id(row["table_name"], {**row, "place": place}, row["rules_version"]) == row["quarantine_id"]:
            return place
    return 0


def released_rows(decisions: pl.DataFrame) -> dict[str, list[Address]]:
    """Return the addresses of released rows by payload, in the order they were decided."""
    released: dict[str, list[Address]] = {}
    rows = decisions.filter(pl.col("what") == DecisionKind.RELEASED).drop_nulls(["table_name", "payload_sha256"])
    for row in _in_order(rows).iter_rows(named=True):
        address = (row["table_name"], row["byte_start"], row["byte_end"], row["place"] or 0)
        released.setdefault(row["payload_sha256"], []).append(address)
    return released


def excused(
    batch: StagedBatch,
    failures: pl.DataFrame,
    released: Mapping[str, Sequence[Address]],
    never: Collection[str],
) -> pl.DataFrame:
    """Return the failures, those of released rows no longer stopping.

    Args:
        batch: what was audited, repeats taken out.
        failures: row_id, check_name, severity, reason (`expectations.gate.Audit.failures`).
        released: sha256 of a payload -> addresses of released rows of it.
        never: names of the checks without which a row can't be stored at all, whoever says so.

    Returns:
        The same rows: that the checks failed stays on record. A released row that contradicts one which passes anyway,
        or another released one, stays stopped: a statement has one row.
    """
    mine = [
        (sha256, *address[1:])
        for sha256, addresses in released.items()
        for address in addresses
        if address[0] == batch.contract.full_name
    ]
    if not mine:
        return failures
    blocking = failures.filter(pl.col("severity") == Severity.BLOCKING)
    hopeless = blocking.filter(pl.col("check_name").is_in(list(never)))["row_id"]
    span = {"payload_sha256": pl.String(), "byte_start": pl.Int64(), "byte_end": pl.Int64(), "place": pl.Int64()}
    addressed = pl.DataFrame(mine, schema=span, orient="row").unique()
    frame = placed(batch.frame)
    passing = frame.join(blocking, on="row_id", how="anti")
    statement = list(batch.contract.statement)
    let_in = (
        frame.join(addressed, on=list(span), how="semi", maintain_order="left")
        .filter(~pl.col("row_id").is_in(hopeless.implode()))
        .join(passing, on=statement, how="anti", maintain_order="left")
        .unique(statement, keep="first", maintain_order=True)["row_id"]
    )
    return failures.with_columns(
        severity=pl.when(pl.col("row_id").is_in(let_in.implode()))
        .then(pl.lit(Severity.ADVISORY.value))
        .otherwise("severity")
    )


def decided(quarantine: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return, per stopped row that was decided about, every decision that is about it: quarantine_id, decision columns.

    A release or discard is also about the same row in another payload; a correction is about the row it names.
    """
    about = _in_order(decisions.drop_nulls("quarantine_id"))
    columns = [name for name in decisions.columns if name not in {"quarantine_id", "table_name", "row_key"}]
    direct = about.select("quarantine_id", *columns)
    rows = quarantine.select("quarantine_id", *SAID, "payload_sha256").drop_nulls(["table_name", "row_key"])
    whole = rows.filter(pl.col("row_content").str.len_chars() < LONGEST_ROW)
    again = (
        about.filter(pl.col("what") != DecisionKind.CORRECTED)
        .select("quarantine_id", *columns)
        .join(whole.drop("payload_sha256"), on="quarantine_id")
        .drop("quarantine_id")
        .join(whole.rename({"payload_sha256": "met_in"}), on=list(SAID))
        .filter(pl.col("met_in") != pl.col("payload_sha256"))
        .select("quarantine_id", *columns)
    )
    return _in_order(pl.concat([direct, again]).unique(["quarantine_id", "decision_id"]))


def discards(quarantine: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return from when on discarded rows hold nobody: quarantine_id, withdrawn_at, as a source's withdrawal."""
    given_up = decided(quarantine, decisions).filter(pl.col("what") == DecisionKind.DISCARDED)
    return (
        given_up.group_by("quarantine_id")
        .agg(withdrawn_at=pl.col("decided_at").min())
        .select(list(WITHDRAWN_SCHEMA))
        .match_to_schema(WITHDRAWN_SCHEMA)
        .sort("quarantine_id")
    )


def withdrawn_first(*withdrawn: pl.DataFrame) -> pl.DataFrame:
    """Return several withdrawals of the same rows as one each: the earliest counts."""
    together = pl.concat([WITHDRAWN_SCHEMA.to_frame(), *withdrawn])
    return together.group_by("quarantine_id").agg(pl.col("withdrawn_at").min()).sort("quarantine_id")


def with_states(
    quarantine: pl.DataFrame,
    decisions: pl.DataFrame,
    *,
    loads: pl.DataFrame,
    audits: pl.DataFrame,
    observations: pl.DataFrame,
    withdrawn: pl.DataFrame,
) -> pl.DataFrame:
    """Return the quarantine with `state` (`QuarantineState`), sorted by when the rows were met.

    Args:
        quarantine: `ops.quarantine`.
        decisions: `ops.decisions`.
        loads: `ops.loads`.
        audits: `ops.audits`, which know the rules of each load.
        observations: `transforms.gate.holds.observations_of` the tables, together.
        withdrawn: quarantine_id, withdrawn_at: rows that their source took back.
    """
    last = decided(quarantine, decisions.pipe(_carried_out, loads)).unique(
        "quarantine_id", keep="last", maintain_order=True
    )
    superseded = _judged_again(quarantine, loads, audits)
    corrected = _good_since(quarantine, observations)
    gone = pl.concat([withdrawn["quarantine_id"], _answered_since(quarantine, loads)])
    return (
        quarantine.join(last.select("quarantine_id", decision="what"), on="quarantine_id", how="left")
        .with_columns(
            state=pl.when(pl.col("decision").is_not_null())
            .then("decision")
            .when(pl.col("quarantine_id").is_in(superseded.implode()))
            .then(pl.lit(QuarantineState.SUPERSEDED.value))
            .when(pl.col("quarantine_id").is_in(corrected.implode()))
            .then(pl.lit(QuarantineState.CORRECTED.value))
            .when(pl.col("quarantine_id").is_in(gone.implode()))
            .then(pl.lit(QuarantineState.WITHDRAWN.value))
            .otherwise(pl.lit(QuarantineState.OPEN.value))
        )
        .drop("decision")
        .sort("load_seq", "source_line", "byte_start", "quarantine_id")
    )


def _carried_out(decisions: pl.DataFrame, loads: pl.DataFrame) -> pl.DataFrame:
    """Leave out corrections that the gate stopped: what they are about is as open as before."""
    taken = loads.filter(pl.col("rows_stored") + pl.col("rows_duplicate") > 0)["payload_sha256"].drop_nulls()
    is_stopped = (pl.col("what") == DecisionKind.CORRECTED) & ~pl.col("correction_sha256").is_in(taken.implode())
    return decisions.filter(~is_stopped)


def _judged_again(quarantine: pl.DataFrame, loads: pl.DataFrame, audits: pl.DataFrame) -> pl.Series:
    """Return the rows whose landing was judged again by later rules."""
    landing = ["source", "name", "batch_seq", "table_name"]
    # Answers are audited too, by rules of their own, under the newest load they rest on.
    rules = audits.select("load_seq", "table_name", rules_later="rules_version").unique()
    # What is said to be missing was not read from the landing whose load it stands with.
    read = quarantine.filter(pl.col("source_line") > 0)
    met = read.select("quarantine_id", "load_seq", "rules_version").join(
        loads.select("load_seq", *landing), on="load_seq"
    )
    later = loads.select(*landing, load_later="load_seq").join(
        rules, left_on=["load_later", "table_name"], right_on=["load_seq", "table_name"]
    )
    again = met.join(later, on=landing).filter(
        (pl.col("load_later") > pl.col("load_seq")) & (pl.col("rules_later") != pl.col("rules_version"))
    )
    return again["quarantine_id"].unique()


def _good_since(quarantine: pl.DataFrame, observations: pl.DataFrame) -> pl.Series:
    """Return the rows under whose key a good row was let in with them or later."""
    stopped = quarantine.select("quarantine_id", "table_name", "load_seq", "known_at", key=stopped_key())
    good = observations.select("table_name", "key", good_known_at="known_at", good_seq="load_seq")
    since = (pl.col("good_seq") >= pl.col("load_seq")) & (
        pl.col("known_at").is_null() | (pl.col("good_known_at") >= pl.col("known_at"))
    )
    return stopped.drop_nulls("key").join(good, on=["table_name", "key"]).filter(since)["quarantine_id"].unique()


def _answered_since(quarantine: pl.DataFrame, loads: pl.DataFrame) -> pl.Series:
    """Return the whole files and answers that were refused and could be read later."""
    read = loads.drop_nulls("table_name").select("source", "name", read_seq="load_seq")
    refused = quarantine.filter(pl.col("source_line") == 0, pl.col("table_name").is_null())
    later = refused.join(read, on=["source", "name"]).filter(pl.col("read_seq") > pl.col("load_seq"))
    return later["quarantine_id"].unique()


ENDED = {
    QuarantineState.RELEASED: "it was released already",
    QuarantineState.DISCARDED: "it was discarded already",
    QuarantineState.CORRECTED: "a good row stands under its key already",
    QuarantineState.WITHDRAWN: "its source no longer claims it",
    QuarantineState.SUPERSEDED: "it was judged again under later rules, and that verdict counts",
}


def objection(
    row: Mapping[str, Any], what: DecisionKind, never: Collection[str], contract: TableContract | None
) -> str:
    """Return why a decision about a stopped row can't be carried out; empty if it can.

    Args:
        row: of `with_states`.
        what: the decision.
        never: names of the checks without which a row can't be stored at all.
        contract: of the row's table; None for a whole file.
    """
    state = QuarantineState(row["state"])
    may_follow = {
        DecisionKind.RELEASED: {QuarantineState.OPEN, QuarantineState.DISCARDED},
        DecisionKind.DISCARDED: {QuarantineState.OPEN},
        DecisionKind.CORRECTED: {QuarantineState.OPEN, QuarantineState.DISCARDED, QuarantineState.WITHDRAWN},
    }
    if state not in may_follow[what]:
        return ENDED[state]
    if what is DecisionKind.DISCARDED:
        return ""
    if contract is None:
        return "it is a whole file, of which no row could be read"
    if not row["source_line"]:
        return "it says that something is missing: there is no row to decide about"
    hopeless = [name for name in row["check_name"].split(CHECK_SEPARATOR) if name in never]
    if what is DecisionKind.RELEASED and hopeless:
        return f"it can't be stored as it is: {row['reason']} ({', '.join(hopeless)}, which no row of a table may fail)"
    return ""


def _in_order(decisions: pl.DataFrame) -> pl.DataFrame:
    return decisions.sort("decision_seq", maintain_order=True)
