"""Derived tables against what they follow from, and answers against the ledger of events that tells of them.

Here: per table, which rows are not what follows, or why that can't be told. Only reads. Not here: facts against their
bytes (`flows.steps.fact_checking`), answers made again (`flows.steps.replaying`).

A table that every run replaces carries no manifest: that it is another than today's program makes is an error only
where the newest run was made by today's program and parameters, from all that is loaded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import EventName
from aicycle.model.parameters import Configuration
from aicycle.settings.manifest import code_version, libraries, platform_name
from flows.steps.deriving import View, metrics_of, players_of, view_of
from flows.steps.holding import derived_holds
from flows.steps.recomputing import ANSWER_TABLES
from transforms.digests import quantised, table_digest
from warehouse import Reader
from warehouse.transaction import event_id_of

REPLACED: dict[str, Callable[[View], pl.DataFrame]] = {
    "marts.segment_metrics": metrics_of,
    "marts.player_influence": players_of,
}
"""Tables of which each run keeps only its own: how they are made."""

FORECAST_EVENTS = {
    "marts.forecasts": EventName.FORECASTS_ISSUED,
    "marts.forecast_scores": EventName.FORECASTS_SCORED,
}
ROUNDING = 1e-9
"""How far from one the probabilities of a forecast may add up."""
NAMED_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCheck:
    """One table, and what of it is not what follows."""

    table: str
    problems: tuple[str, ...] = ()
    unchecked_because: str | None = None
    """Set: its rows are not what today's program makes, and that is no sign of damage."""


def check_tables(reader: Reader, configuration: Configuration) -> tuple[TableCheck, ...]:
    """Hold derived tables and answers against what they follow from.

    Args:
        reader: a snapshot.
        configuration: today's `config/`.
    """
    events = reader.frame("ops.events")
    holds = tuple(_differing("ops.holds", reader.frame("ops.holds"), derived_holds(reader)))
    return (
        TableCheck(table="ops.events", problems=tuple(_broken_events(events))),
        TableCheck(table="ops.holds", problems=holds),
        *_replaced(reader, configuration),
        TableCheck(table="marts.scenario_runs", problems=tuple(_runs_without_event(reader, events))),
        *(
            TableCheck(table=table, problems=tuple(_rows_of_no_run(reader, table, of)))
            for table, of in (
                *((table, "marts.scenario_runs") for table in ANSWER_TABLES.values()),
                ("marts.phase_features", "marts.phase_assessments"),
            )
        ),
        *(
            TableCheck(table=table, problems=tuple(_forecasts(reader.frame(table), table, events)))
            for table in FORECAST_EVENTS
        ),
    )


def _replaced(reader: Reader, configuration: Configuration) -> Iterator[TableCheck]:
    view = view_of(reader, configuration, None)
    why = _not_comparable(reader, configuration)
    for table, make in REPLACED.items():
        stored = reader.frame(table)
        made = stored.clear() if view is None else make(view)
        problems = tuple(_differing(table, stored, made))
        unchecked = why or (_refused(reader, table, view) if view is not None else None)
        if problems and unchecked is not None:
            yield TableCheck(table=table, unchecked_because=unchecked)
        else:
            yield TableCheck(table=table, problems=problems)


def _not_comparable(reader: Reader, configuration: Configuration) -> str | None:
    """Return why the tables that the newest run left can differ from those of today, or None if they can't."""
    # Phases are stored in the transaction that replaces these tables.
    runs = reader.frame("marts.phase_assessments").sort("created_at")
    if runs.is_empty():
        return "no run is stored that tells what it was made with"
    newest = runs.row(-1, named=True)
    today = {
        "code_version": code_version(),
        "libraries": libraries(),
        "platform": platform_name(),
        "parameters_digest": configuration.digest,
    }
    other = [name for name, now in today.items() if newest[name] != now]
    if other:
        return f"made by another program ({', '.join(other)})"
    loaded = reader.frame("ops.loads")["load_seq"].max()
    return "loads came after the newest run" if isinstance(loaded, int) and newest["load_seq"] < loaded else None


def _refused(reader: Reader, table: str, view: View) -> str | None:
    """Return that the gate refused what follows for the view's instant, if it did: then the last good answer stands."""
    told = _told(reader.frame("ops.events"), EventName.RUN_REFUSED)
    is_refused = any(subject == table and payload["as_of"] == view.as_of.isoformat() for subject, payload in told)
    return "what follows was refused by the gate, and the last good answer stands" if is_refused else None


def _differing(table: str, stored: pl.DataFrame, made: pl.DataFrame) -> Iterator[str]:
    """Yield what of a table is not what follows, by key; numbers count at the digits that digests have."""
    contract = CONTRACTS[table]
    key = list(contract.key)
    columns = [name for name in contract.column_names if name not in contract.volatile_columns]
    then, now = (quantised(frame.select(columns)) for frame in (stored, made))
    other = pl.concat(
        [
            then.join(now, on=columns, how="anti", nulls_equal=True).select(key),
            now.join(then, on=columns, how="anti", nulls_equal=True).select(key),
        ]
    ).unique()
    rows = other.sort(key, nulls_last=True).rows()
    for row in rows[:NAMED_ROWS]:
        yield f"{table} {'/'.join(str(part) for part in row)}: not what follows from what is stored"
    if rows[NAMED_ROWS:]:
        yield f"{table}: {len(rows) - NAMED_ROWS} more rows are not what follows"


def _broken_events(events: pl.DataFrame) -> Iterator[str]:
    for position, row in enumerate(events.sort("event_seq").iter_rows(named=True), start=1):
        if row["event_seq"] != position:
            yield f"ops.events {position}: it is missing"
            return
        if row["event_id"] != event_id_of(row["name"], row["subject"], row["payload"]):
            yield f"ops.events {position}: {row['name']} of {row['subject']} does not have the digest that is its id"


def _told(events: pl.DataFrame, name: EventName) -> list[tuple[str, dict[str, Any]]]:
    """Return subject and payload of the events of a name, in their order."""
    found = events.filter(pl.col("name") == name).sort("event_seq")
    return [(subject, json.loads(payload)) for subject, payload in found.select("subject", "payload").rows()]


def _runs_without_event(reader: Reader, events: pl.DataFrame) -> Iterator[str]:
    told = {payload["run_id"]: company for company, payload in _told(events, EventName.SCENARIO_RECOMPUTED)}
    stored = dict(reader.frame("marts.scenario_runs").select("run_id", "company").rows())
    for run_id in sorted(told.keys() - stored.keys()):
        yield f"marts.scenario_runs {run_id[:12]} of {told[run_id]}: ops.events tells of it, and it is not there"
    for run_id in sorted(stored.keys() - told.keys()):
        yield f"marts.scenario_runs {run_id[:12]} of {stored[run_id]}: ops.events tells nothing of it"


def _rows_of_no_run(reader: Reader, table: str, of: str) -> Iterator[str]:
    runs = reader.frame(of).select("run_id")
    for run_id in reader.frame(table).join(runs, on="run_id", how="anti")["run_id"].unique().sort():
        yield f"{table}: rows of run {run_id[:12]}, which {of} does not hold"


def _forecasts(stored: pl.DataFrame, table: str, events: pl.DataFrame) -> Iterator[str]:
    ids = set(stored["forecast_id"])
    told: set[str] = set()
    for company, payload in _told(events, FORECAST_EVENTS[table]):
        named = payload["forecast_ids"]
        told.update(named)
        for forecast_id in sorted(set(named) - ids):
            yield f"{table} {forecast_id[:12]} of {company}: ops.events tells of it, and it is not there"
        rows = stored.filter(pl.col("forecast_id").is_in(named))
        if ids.issuperset(named) and table_digest(rows, CONTRACTS[table]) != payload.get("digest"):
            yield (
                f"{table}: the {len(named)} of {company} as of {payload['as_of'][:10]} "
                "do not have the digest that ops.events keeps of them"
            )
    for forecast_id in sorted(ids - told):
        yield f"{table} {forecast_id[:12]}: ops.events tells nothing of it"
    if table != "marts.forecasts":
        return
    for (forecast_id,), rows in sorted(stored.partition_by("forecast_id", as_dict=True).items()):
        total = math.fsum(rows["probability"])
        if abs(total - 1) > ROUNDING:
            yield f"{table} {forecast_id[:12]}: its probabilities add up to {total:.9g}"
