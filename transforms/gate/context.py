"""What a batch is judged against beside its own rows: what is believed already, and what is declared.

Here: the bundle. Not here: where it comes from (`flows.steps.believing`), what is measured against it
(`transforms.gate.measures`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.parameters import Universe
from aicycle.model.parameters.gate import GateRules
from transforms.point_in_time import one_per_key

THIS_RUN = 0
"""`load_seq` of rows that passed in this run and are not stored yet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GateContext:
    """Everything a judgement may rest on. Two equal contexts and batches give the same verdict."""

    universe: Universe
    rules: GateRules
    rules_version: str
    """Of suites and limits together: stands with every audit and quarantined row."""
    believed: Mapping[str, pl.DataFrame]
    """Full table name -> the newest version of each key, in the contract's schema: what is stored, and what passed in
    this run in the tables that were judged before. A table may be absent: nothing is known of it."""
    load_seq: int = 0
    """The newest load that is believed."""
    received: pl.DataFrame
    """payload_sha256, received_on (day): how far a vendor's adjustments of a believed bar can reach."""

    def rows(self, table: str) -> pl.DataFrame:
        """Return what is believed of a table, in its contract's schema."""
        found = self.believed.get(table)
        return CONTRACTS[table].polars_schema().to_frame() if found is None else found

    def believing(self, table: str, passing: pl.DataFrame) -> GateContext:
        """Return the context in which rows that passed are believed too.

        Args:
            table: full name of a core table.
            passing: staged rows of it. They replace what was believed under their key.
        """
        contract = CONTRACTS[table]
        schema = contract.polars_schema()
        # A raw table has no clocks: its newest row can't be told from its rows.
        if contract.schema != "core" or passing.is_empty():
            return self
        filled = passing.with_columns(
            source_known_at=pl.col("known_at"), revision=pl.lit(0, pl.Int64), load_seq=pl.lit(THIS_RUN, pl.Int64)
        ).select(schema.names())
        newest = one_per_key(filled, contract.key, ["known_at", "payload_sha256", "byte_start"], descending=[True] * 3)
        kept = self.rows(table).join(newest, on=list(contract.key), how="anti", nulls_equal=True)
        together = pl.concat([kept, newest]).match_to_schema(schema).sort(list(contract.key))
        return replace(self, believed={**self.believed, table: together})
