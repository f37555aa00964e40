"""The third stage: facts become segment metrics, the influence of the players, and phases.

Here: the flow. Not here: what a metric or a phase is (`transforms`).
"""

from __future__ import annotations

from prefect import flow

from flows.runtime import runtime_for
from flows.steps.accepting import Acceptance, RefusedAnswer
from flows.steps.deriving import record_phases, record_player_influence, record_segment_metrics, view_of


@flow(name="transform", validate_parameters=False)
def transform(home: str | None = None, as_of: str | None = None) -> list[RefusedAnswer]:
    """Recompute `marts.segment_metrics` and `marts.player_influence`, and assess the phases; return what is refused.

    Args:
        home: folder of the warehouse.
        as_of: day or instant; by default the newest fact's.
    """
    with runtime_for(home) as runtime, runtime.warehouse.write("transform") as transaction:
        view = view_of(transaction, runtime.configuration, as_of)
        if view is None:
            return []
        acceptance = Acceptance(transaction, view.load_seq, runtime.audit_marts)
        record_segment_metrics(transaction, view, acceptance)
        record_player_influence(transaction, view, acceptance)
        record_phases(transaction, view, acceptance)
        acceptance.record()
        return acceptance.refused
