"""Whether an answer is stored: the gate's word on it, the ledger's line, and what is said of an answer that is refused.

Here: the one way of every answer into the marts. Not here: what is checked (`expectations.marts`), what an answer is
(`flows.steps.deriving`, `flows.steps.recomputing`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from aicycle.model.kinds import EventName, Severity
from expectations.marts import MartsAudit, audit_marts
from warehouse import Transaction

MartsGate = Callable[[Mapping[str, pl.DataFrame]], MartsAudit]
"""Full table name -> rows to be stored there; gives the audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAnswer:
    """An answer that was not stored; the last good one stays."""

    output: str
    """Full name of the table that the answer is about."""
    subject: str
    """The company, or empty: all of them."""
    as_of: datetime
    cause: str
    """The failed checks with what they say."""


class Acceptance:
    """The gate before the marts, for all answers of one stage in one transaction."""

    def __init__(self, transaction: Transaction, load_seq: int, gate: MartsGate = audit_marts) -> None:
        """Take where refusals are written, the newest load the answers rest on, and the gate."""
        self._transaction, self._load_seq, self._gate = transaction, load_seq, gate
        self._checks: list[pl.DataFrame] = []
        self.refused: list[RefusedAnswer] = []

    def accepts(self, frames: Mapping[str, pl.DataFrame], *, output: str, subject: str, as_of: datetime) -> bool:
        """Return whether an answer may be stored; say in the ledger why not, once per distinct refusal.

        Args:
            frames: full table name -> the rows to be stored there.
            output: the table the answer is about.
            subject: the company, or empty.
            as_of: instant the answer is for.
        """
        audit = self._gate(frames)
        self._checks.append(audit.checks)
        if not audit.is_blocked:
            return True
        stopping = audit.problems.filter(pl.col("severity") == Severity.BLOCKING)
        named = [f"{row['table_name']} {row['check_name']} ({row['said']})" for row in stopping.iter_rows(named=True)]
        self.refused.append(RefusedAnswer(output=output, subject=subject, as_of=as_of, cause="; ".join(named)))
        self._transaction.record(
            EventName.RUN_REFUSED,
            f"{output}/{subject}" if subject else output,
            {"as_of": as_of.isoformat(), "problems": audit.problems.to_dicts()},
        )
        return False

    def record(self) -> None:
        """Write what the gate said into `ops.audits`: one line a table and check, over all answers of the stage."""
        if not self._checks:
            return
        ran = ~pl.col("is_broken").any()
        together = (
            pl.concat(self._checks)
            .group_by("table_name", "check_name", maintain_order=True)
            .agg(
                pl.when(ran)
                .then(pl.col("severity").first())
                .otherwise(pl.lit(Severity.BLOCKING.value))
                .alias("severity"),
                pl.col("is_passed").all(),
                pl.col("is_broken").any(),
                pl.col("rows_failed", "rows_evaluated").sum(),
                pl.col("rules_version").first(),
            )
            .with_columns(load_seq=pl.lit(self._load_seq, pl.Int64))
        )
        self._transaction.append_new("ops.audits", together)
        self._checks.clear()
