"""Contract of `ops.events`: the ledger of what happened in the pipeline, written with the data it speaks of."""

from aicycle.contracts.schema import TableContract, instant, integer, text
from aicycle.model.kinds import EventName

EVENTS = TableContract(
    schema="ops",
    name="events",
    grain="one happening in the pipeline's own life",
    time="recorded_at is our clock; event_seq is the order",
    key=("event_seq",),
    columns=(
        integer("event_seq", "position in the ledger", minimum=1),
        text("event_id", "digest of name, subject and payload: the same happening has the same id"),
        text("name", "what happened, in the past tense", domain=tuple(EventName)),
        text("subject", "what or whom it is about"),
        text("payload", "JSON: details"),
        instant("recorded_at", "when", volatile=True),
    ),
)
