"""Holds as they follow from what is stored: who is not to be believed, since when and until when.

Here: which tables the rule reads; the audit stores what follows, a verification holds the stored against it. Not here:
the rule (`transforms.gate.holds`), whom a hold reaches (`transforms.lineage`).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from flows.steps.landing import answers_after_failures, withdrawals
from transforms.gate.holds import holds_from, observations_of
from warehouse import Reader


def derived_holds(view: Reader) -> pl.DataFrame:
    """Return `ops.holds` as quarantine, good rows and landings say it."""
    observations = [
        observations_of(view.frame(table), CONTRACTS[table])
        for table in LANDED_TABLES
        if CONTRACTS[table].subject is not None
    ]
    observations.append(answers_after_failures(view))
    return holds_from(view.frame("ops.quarantine"), pl.concat(observations), withdrawals(view))
