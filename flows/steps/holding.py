"""Holds as they follow from what is stored: who is not to be believed, since when and until when, and who is told.

Here: which tables the rules read; the audit stores what follows, a verification holds the stored against it. Not here:
the rules (`transforms.gate.holds`, `transforms.gate.notices`), whom a hold reaches (`transforms.lineage`).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.model.kinds import EventName, NoticeKind
from aicycle.model.parameters import Configuration
from flows.steps.landing import answers_after_failures, withdrawals
from transforms.gate.holds import holds_from, observations_of
from transforms.gate.notices import notices_due
from transforms.lineage import downstream
from warehouse import Reader, Transaction


def derived_holds(view: Reader) -> pl.DataFrame:
    """Return `ops.holds` as quarantine, good rows and landings say it."""
    observations = [
        observations_of(view.frame(table), CONTRACTS[table])
        for table in LANDED_TABLES
        if CONTRACTS[table].subject is not None
    ]
    observations.append(answers_after_failures(view))
    return holds_from(view.frame("ops.quarantine"), pl.concat(observations), withdrawals(view))


def record_notices(transaction: Transaction, configuration: Configuration) -> int:
    """Write what is to be said about holds, once; return how many notices are new."""
    holds = transaction.frame("ops.holds")
    due = notices_due(
        holds,
        transaction.frame("ops.notices"),
        downstream(holds, configuration.universe, configuration.scenario_sets),
        now=transaction.clock(),
        limit_days=configuration.gate.batches.hold_limit_days.value,
    )
    for row in due.filter(pl.col("kind") == NoticeKind.ESCALATED).iter_rows(named=True):
        transaction.record(
            EventName.HOLD_ESCALATED,
            f"{row['subject_kind']}:{row['subject_id']}:{row['metric']}",
            {"since": row["since"].isoformat(), "episode": row["episode"], "cause": row["cause"]},
        )
    return transaction.append("ops.notices", due)
