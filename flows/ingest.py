"""The first stage: ask the source, keep the bytes, index them.

Here: the flow. Not here: reading what the bytes say (`flows.audit`).
"""

from __future__ import annotations

from dataclasses import dataclass

from prefect import flow, task

from flows.runtime import Runtime, runtime_for
from flows.steps.auditing import derive
from flows.steps.landing import Received, keep_payloads, record_landing


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one ingest brought."""

    source: str
    payload_names: tuple[str, ...]
    """Names of all payloads that came, changed or not."""
    changed: int
    refused: tuple[str, ...]
    ignored: tuple[str, ...]
    is_source_down: bool


@task(name="receive payloads", persist_result=False)
def receive(runtime: Runtime) -> Received:
    """Fetch from the source; each payload goes into the store as it arrives."""
    return keep_payloads(runtime.source.name, runtime.source.fetch(), runtime.warehouse.payloads)


@flow(name="ingest", validate_parameters=False)
def ingest(home: str | None = None, recording: str | None = None) -> Ingested:
    """Ask the source and land what it gives: bytes in the store, their index in `raw.payloads`.

    Args:
        home: folder of the warehouse.
        recording: folder in the recording format; without one, live prices are fetched.
    """
    with runtime_for(home, recording) as runtime:
        received = receive(runtime)
        with runtime.warehouse.write("ingest") as transaction:
            changed = record_landing(transaction, received)
            if received.refused:
                # Holds follow from refusals at once: a run that dies here must not record them a second time.
                derive(transaction, runtime.configuration)
        return Ingested(
            source=received.source,
            payload_names=tuple(r.name for r in received.receipts),
            changed=changed,
            refused=tuple(f"{r.name}: {r.reason}" for r in received.refused if not r.is_ignored),
            ignored=tuple(f"{r.name}: {r.reason}" for r in received.refused if r.is_ignored),
            is_source_down=received.is_source_down,
        )
