"""The fifth stage: what lies in the outbox becomes alerts.

Here: the flow. Not here: finding crossings (written with the run that reveals them), sending messages.
"""

from __future__ import annotations

from prefect import flow

from flows.runtime import runtime_for
from flows.steps.recomputing import raise_pending


@flow(name="raise-alerts", validate_parameters=False)
def raise_alerts(home: str | None = None) -> int:
    """Raise every pending alert, each exactly once; return how many.

    Args:
        home: folder of the warehouse.
    """
    with runtime_for(home) as runtime, runtime.warehouse.write("raise-alerts") as transaction:
        return raise_pending(transaction)
