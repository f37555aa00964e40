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
from transforms.gate.decisions import discards, withdrawn_first
from transforms.gate.holds import holds_from, observations_of
from transforms.gate.notices import notices_due
from transforms.lineage import downstream
from warehouse import Reader, Transaction


def good_observations(view: Reader) -> pl.DataFrame:
    """Return all good rows as observations of their subjects."""
    return pl.concat(
        observations_of(view.frame(table), CONTRACTS[table])
        for table in LANDED_TABLES
        if CONTRACTS[table].subject is not None
    )


def derived_holds(view: Reader, quarantine_id: str | None = None) -> pl.DataFrame:
    """Return `ops.holds` as quarantine, good rows, landings and decisions say it.

    Args:
        view: an open database.
        quarantine_id: only what this row holds by itself, whoever else holds the same.
    """
    quarantine = view.frame("ops.quarantine")
    withdrawn = withdrawn_first(withdrawals(view), discards(quarantine, view.frame("ops.decisions")))
    observations = pl.concat([good_observations(view), answers_after_failures(view)])
    if quarantine_id is not None:
        quarantine = quarantine.filter(pl.col("quarantine_id") == quarantine_id)
    return holds_from(quarantine, observations, withdrawn)


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
