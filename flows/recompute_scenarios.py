"""The fourth stage: the scenarios of every company that has a set, with the crossings they reveal.

Here: the flow. Run, bands, evidence and alert outbox are one transaction. Not here: what a scenario is
(`transforms.scenarios`), what a crossing is (`transforms.crossings`).
"""

from __future__ import annotations

from prefect import flow

from flows.runtime import runtime_for
from flows.steps.accepting import Acceptance
from flows.steps.deriving import view_of
from flows.steps.recomputing import Recomputed, record_scenarios


@flow(name="recompute-scenarios", validate_parameters=False)
def recompute_scenarios(home: str | None = None, as_of: str | None = None) -> Recomputed:
    """Recompute the scenarios; the same facts, rules and as-of give the same run and write nothing.

    Args:
        home: folder of the warehouse.
        as_of: day or instant; by default the newest fact's.
    """
    with runtime_for(home) as runtime, runtime.warehouse.write("recompute-scenarios") as transaction:
        view = view_of(transaction, runtime.configuration, as_of)
        if view is None:
            return Recomputed()
        return record_scenarios(transaction, view, Acceptance(transaction, view.load_seq, runtime.audit_marts))
