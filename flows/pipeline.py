"""All stages in order: ingest, audit, transform, recompute scenarios, raise alerts, publish.

Here: the flow that a run is. Not here: any stage's work.
"""

from __future__ import annotations

from prefect import flow

from aicycle.errors import SourceDownError
from flows.audit import audit
from flows.ingest import ingest
from flows.publish import publish
from flows.raise_alerts import raise_alerts
from flows.recompute_scenarios import recompute_scenarios
from flows.runtime import runtime_for
from flows.steps.summary import RunSummary, summarise
from flows.transform import transform


@flow(name="pipeline", validate_parameters=False)
def pipeline(home: str | None = None, recording: str | None = None, as_of: str | None = None) -> RunSummary:
    """Run the whole journey of the facts once. A second run on the same input changes nothing.

    Args:
        home: folder of the warehouse.
        recording: folder in the recording format; without one, live prices are fetched.
        as_of: day or instant the answers are for; by default the newest fact's.

    Raises:
        SourceDownError: the source did not answer at all; what was known stays, marked stale.
    """
    with runtime_for(home, recording) as runtime:
        started_at = runtime.clock()
        runtime.warehouse.repair()
        runtime.progress(f"ingest: asking {runtime.source.name}")
        ingested = ingest()
        runtime.progress("audit: judging what has landed")
        counts = audit()
        runtime.progress("transform: metrics and phases")
        refused = transform(as_of=as_of)
        runtime.progress("recompute scenarios, raise alerts")
        recomputed = recompute_scenarios(as_of=as_of)
        new_alerts = raise_alerts()
        runtime.progress("publish")
        snapshot = publish()
        if ingested.is_source_down:
            raise SourceDownError(
                f"{ingested.source} did not answer: no prices were fetched",
                where="; ".join(ingested.refused[:3]),
                expected="an answer to at least one request",
                next_command="check the network and run again, or aicycle run --recording DIR, which needs none; "
                "until then the last answers stay and are marked stale",
            )
        return summarise(
            runtime,
            ingested=ingested,
            counts=counts,
            recomputed=recomputed,
            refused=[*refused, *recomputed.refused],
            new_alerts=new_alerts,
            snapshot=snapshot,
            started_at=started_at,
        )
