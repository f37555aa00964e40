"""Contract of `ops.decisions`: what people decided about rows, by whom and why."""

from aicycle.contracts.schema import TableContract, instant, integer, text
from aicycle.model.kinds import DecisionKind

DECISIONS = TableContract(
    schema="ops",
    name="decisions",
    grain="one decision of one person about one row (or whole file)",
    time="decided_at is when the person decided; applied_at when a writer took it over",
    key=("decision_id",),
    columns=(
        integer(
            "decision_seq", "position in the history of decisions: of two about one row the later counts", minimum=1
        ),
        text("decision_id", "digest of all that the person said"),
        text("what", "what was decided", domain=tuple(DecisionKind)),
        text("quarantine_id", "the stopped row; empty where a stored row was corrected", nullable=True),
        text("table_name", "table of the row; empty for a file refused as a whole", nullable=True),
        text("row_key", "business key of the row as a JSON list, where it could be read", nullable=True),
        text("payload_sha256", "address: payload; empty when it could not be taken", nullable=True),
        integer("byte_start", "address: first byte", unit="bytes", nullable=True, minimum=0),
        integer("byte_end", "address: one past the last byte", unit="bytes", nullable=True, minimum=0),
        integer("place", "address: place among the rows of one span; 0 for the only one", nullable=True, minimum=0),
        text("changes", "of a correction: column -> text as JSON", nullable=True),
        text("correction_sha256", "of a correction: the payload that says what is right", nullable=True),
        text("author", "who decided"),
        text("reason", "why"),
        instant("decided_at", "when it was decided"),
        instant("applied_at", "when it was applied", volatile=True),
    ),
)
