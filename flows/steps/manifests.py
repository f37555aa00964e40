"""What a stored answer keeps beside its manifest's digests, so that it can be made again: parameters, and holds it saw.

Here: both as JSON under their digest, and back. Not here: the rest of a manifest (`flows.steps.deriving`), making an
answer again (`flows.steps.replaying`).
"""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import WarehouseError
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import dump_configuration, restore_configuration
from transforms.digests import content_digest, frame_digest
from transforms.lineage import DOWNSTREAM_SCHEMA
from warehouse import Transaction

INSTANTS = ("since", "until")
LOST = "restore the home from a backup, or run again: the answer of today is not lost"


def gate_digest(seen: pl.DataFrame, rules_version: str) -> str:
    """Return the digest of the holds an answer saw, and of the rules they follow from.

    Args:
        seen: in `DOWNSTREAM_SCHEMA`.
        rules_version: of the gate.
    """
    return content_digest({"holds": frame_digest(seen), "rules": rules_version})


def keep_manifest(
    transaction: Transaction, configuration: Configuration, seen: pl.DataFrame, rules_version: str
) -> None:
    """Store what a run's manifest names by digest: in the run's own transaction, once per content."""
    now = pl.lit(transaction.clock()).cast(pl.Datetime("us", "UTC"))
    parameters = {"parameters_digest": configuration.digest, "content": dump_configuration(configuration)}
    gate = {
        "gate_digest": gate_digest(seen, rules_version),
        "holds": _dump_holds(seen),
        "rules_version": rules_version,
    }
    for table, row in (("ops.parameter_sets", parameters), ("ops.gate_states", gate)):
        transaction.append_new(table, _frame_of(table, row).with_columns(first_used_at=now))


def kept_configuration(sets: pl.DataFrame, digest: str) -> Configuration:
    """Return the configuration a run was made with.

    Args:
        sets: `ops.parameter_sets`.
        digest: the run's `parameters_digest`.

    Raises:
        WarehouseError: it is not there.
        ConfigError: it was altered, or does not fit this version.
    """
    row = _only(sets.filter(pl.col("parameters_digest") == digest), "ops.parameter_sets", digest)
    return restore_configuration(str(row["content"]), digest)


def kept_holds(states: pl.DataFrame, digest: str) -> tuple[pl.DataFrame, str]:
    """Return the holds a run saw, spread along the lineage, and the version of the rules they followed from.

    Args:
        states: `ops.gate_states`.
        digest: the run's `gate_digest`.

    Raises:
        WarehouseError: they are not there, or were altered.
    """
    row = _only(states.filter(pl.col("gate_digest") == digest), "ops.gate_states", digest)
    holds, rules_version = _load_holds(str(row["holds"])), str(row["rules_version"])
    if gate_digest(holds, rules_version) != digest:
        raise WarehouseError(
            "the kept holds were altered",
            where=f"ops.gate_states, gate_digest {digest}",
            expected="the content whose digest is its key",
            next_command=LOST,
        )
    return holds, rules_version


def _frame_of(table: str, row: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame([row], schema={n: t for n, t in CONTRACTS[table].polars_schema().items() if n in row})


def _dump_holds(seen: pl.DataFrame) -> str:
    rows = [
        {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
        for row in seen.select(DOWNSTREAM_SCHEMA.names()).sort(pl.all(), nulls_last=True).iter_rows(named=True)
    ]
    return json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _load_holds(text: str) -> pl.DataFrame:
    rows = json.loads(text)
    for row in rows:
        row |= {name: datetime.fromisoformat(row[name]) if row[name] else None for name in INSTANTS}
    return pl.DataFrame(rows, schema=DOWNSTREAM_SCHEMA)


def _only(found: pl.DataFrame, table: str, digest: str) -> dict[str, object]:
    if found.height != 1:
        raise WarehouseError(
            f"{found.height} rows of {table} have the digest {digest}",
            where=table,
            expected="one: it is stored with the run",
            next_command=LOST,
        )
    return found.row(0, named=True)
