"""The last stage: readers see what was committed.

Here: the flow. Not here: how a snapshot is made (`warehouse.snapshots`).
"""

from __future__ import annotations

from prefect import flow

from flows.runtime import runtime_for


@flow(name="publish", validate_parameters=False)
def publish(home: str | None = None) -> str:
    """Publish a snapshot if anything was committed since the last one; return the path of the newest.

    Args:
        home: folder of the warehouse.
    """
    with runtime_for(home) as runtime:
        runtime.warehouse.publish()
        return str(runtime.warehouse.newest_snapshot() or "")
