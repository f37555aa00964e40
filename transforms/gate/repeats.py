"""The same row twice in one batch is one fact told twice, not a contradiction.

Here: taking repeats out and counting them. Not here: the same key with different values (the gate stops both), or rows
that are known from an earlier load (the warehouse counts those).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core import CLOCKS, content_columns
from aicycle.contracts.schema import TableContract
from aicycle.errors import GateError
from aicycle.model.kinds import Verification

PROVENANCE = ("source", "source_language", "verification", "note")
"""Columns that say where a fact was read and not what it is: two sources for the same figure do not contradict."""


def drop_repeats(frame: pl.DataFrame, contract: TableContract) -> tuple[pl.DataFrame, int]:
    """Keep one row of those that state the same fact with the same clocks.

    The best verified one stays, among equals the first. A row with something unreadable in it repeats nothing: what it
    states is not known, so each goes to quarantine with its own address.

    Args:
        frame: columns of `transforms.staging.batch.staged_schema(contract)`.
        contract: the table it was staged for.

    Returns:
        The rows that stay, by row_id, and how many were taken out.
    """
    clocks = CLOCKS if contract.schema == "core" else ()
    stated = [c.name for c in (*content_columns(contract), *clocks) if c.name not in PROVENANCE]
    is_unreadable = pl.col("unreadable").is_not_null()
    kept = (
        frame.sort(_strength(frame), "row_id")
        .filter(is_unreadable | pl.struct(*stated, is_unreadable.alias("unreadable")).is_first_distinct())
        .sort("row_id")
    )
    return kept, frame.height - kept.height


def _strength(frame: pl.DataFrame) -> pl.Expr:
    if "verification" not in frame.columns:
        return pl.col("row_id") * 0  # nobody checked anything: all alike
    order = {word.value: position for position, word in enumerate(Verification)}
    return pl.col("verification").replace_strict(order, default=len(order), return_dtype=pl.Int64)


def reconcile(*, rows_in: int, passing: int, stopped: int, repeated: int) -> None:
    """Hold the gate's books: in = passing + stopped + repeated.

    Raises:
        GateError: a row was lost or counted twice.
    """
    if rows_in != passing + stopped + repeated or min(passing, stopped, repeated) < 0:
        raise GateError(
            f"{rows_in} rows went in, {passing} + {stopped} + {repeated} came out",
            where="the gate's books: passing + stopped + repeated",
            expected="the same number",
            next_command="nothing was stored; report this with the file that was read",
        )
