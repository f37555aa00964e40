"""A kind of fault: which rows of which file it hits, what it does to them, and what a good gate makes of it.

Here: the shape of a catalogue's `[[kinds]]`. Not here: the operations (`operations`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from aicycle.model.faults.conditions import RowCondition
from aicycle.model.faults.operations import Operation

Size = float | str
"""What stands for `$size` in the operations of one cell of the scorecard."""

FaultFile = Literal[
    "prices.csv",
    "actions.csv",
    "fx.csv",
    "reported_figures.csv",
    "capex_events.csv",
    "cycle_events.csv",
    "documents.jsonl",
    "headlines.jsonl",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsHit:
    """Which rows of a batch are hit."""

    take: Literal["one", "group", "share", "all"] = "one"
    """One row; all rows that agree with it in `group`; a `share` of the rows; all rows."""
    where: tuple[RowCondition, ...] = ()
    """What a row must fulfil to be hit at all."""
    group: tuple[str, ...] = ()
    beside_least: int = 0
    """Other rows of the batch that agree with the row in `group` ..."""
    beside_most: int | None = None
    """... at least, and at most where it is said."""
    share: float = 0.25
    """Of the rows that may be hit, at least one."""
    largest: str | None = None
    """With `share`: the rows where this column is largest, else rows by lot."""
    earlier: int = 1
    """Rows of its own series that must have been known before the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetectable:
    """A size that nobody can tell from clean data, whatever a yardstick says."""

    size: Size | None = None
    """None: of a kind without sizes."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One kind of fault."""

    name: str
    """Letters, digits, `_`; unique."""
    says: str
    """What happens, in one line."""
    file: FaultFile
    do: tuple[Operation, ...]
    """One after the other; each works on the rows that are hit."""
    rows: RowsHit = field(default_factory=RowsHit)
    sizes: tuple[Size, ...] = ()
    """Each makes cells of its own; none: one cell."""
    trials: int | None = None
    """Faults per cell at most, where chance decides little; else as many as `ScoringRules.trials` says."""
    days: int = 1
    """How many days a batch covers: more than one is a late load of many sessions."""
    expected: Literal["caught", "absorbed"] = "caught"
    """`absorbed`: it is no fault to a good pipeline: nothing stops, and nothing is harmed."""
    adds: bool = False
    """An absorbed kind brings rows of its own, beside which everything else must come in unchanged."""
    undetectable: tuple[Undetectable, ...] = ()
    """Sizes that are declared so: listed with their reason, and not counted."""
    note: str = ""
    """Why, where it needs saying."""
