"""What all core tables share: two clocks, a revision, an address.

Here: the common columns and the constructor of core contracts. Not here: what any one table holds.
"""

from __future__ import annotations

from aicycle.contracts.schema import AtLeast, Clock, Column, Subject, TableContract, instant, integer, text
from aicycle.model.kinds import KnownPrecision, Verification

VERIFICATION = text(
    "verification",
    "how well the source itself was checked; an output rests on its weakest input",
    domain=tuple(Verification),
)

CLOCKS = (
    instant("known_at", "when this could first be known; for a restatement under an old date, when it reached us"),
    text("known_precision", "how precisely that is known", domain=tuple(KnownPrecision)),
    instant("source_known_at", "the instant of knowledge as the source states it or a declared rule derives it"),
)

LEDGER = (
    integer("revision", "0 for a first print, counted up with each restatement of the same key", minimum=0),
    integer("load_seq", "the load that stored this row, in `ops.loads`", minimum=1),
    text("payload_sha256", "address: the payload this row was read from", pattern=r"[0-9a-f]{64}"),
    integer("byte_start", "address: first byte", unit="bytes", minimum=0),
    integer("byte_end", "address: one past the last byte", unit="bytes", minimum=0),
)

STAGED = (
    integer("row_id", "position in the staged batch", minimum=0),
    integer("source_line", "line of the source file the row begins at", minimum=0),
    text("payload_sha256", "address: payload"),
    integer("byte_start", "address: first byte", unit="bytes", minimum=0),
    integer("byte_end", "address: one past the last byte", unit="bytes", minimum=0),
    instant("fetched_at", "when the payload was fetched"),
    text("unreadable", "what could not be read in this row; empty in a readable one", nullable=True),
)
"""What a staged row carries beside its content: the gate's handle on it."""


def core_table(
    name: str,
    *,
    grain: str,
    time: str,
    key: tuple[str, ...],
    content: tuple[Column, ...],
    rules: tuple[AtLeast, ...] = (),
    subject: Subject | None = None,
    clock: Clock = Clock.STATED,
) -> TableContract:
    """Build the contract of one append-only table of facts.

    Args:
        name: table name in schema `core`.
        grain: one row is ...
        time: what the clocks mean here.
        key: business key; versions of one key differ in `known_at` and `revision`.
        content: the table's own columns.
        rules: what must hold within a row.
        subject: whom a row speaks about.
        clock: where its `known_at` comes from.
    """
    return TableContract(
        schema="core",
        name=name,
        grain=grain,
        time=time,
        key=key,
        columns=content + CLOCKS + LEDGER,
        rules=rules,
        subject=subject,
        clock=clock,
    )


def content_columns(contract: TableContract) -> tuple[Column, ...]:
    """Return the table's own columns: what two versions of one key are compared by."""
    shared = {c.name for c in CLOCKS + LEDGER}
    return tuple(c for c in contract.columns if c.name not in shared)
