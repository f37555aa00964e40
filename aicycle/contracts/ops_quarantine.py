"""Contract of `ops.quarantine`: rows and files that were not let in, with the reason."""

from aicycle.contracts.schema import TableContract, instant, integer, text

QUARANTINE = TableContract(
    schema="ops",
    name="quarantine",
    grain="one row (or whole file, line 0) that was stopped",
    time="known_at is what the row claims, where it could be read; quarantined_at is our clock",
    key=("quarantine_id",),
    columns=(
        text("quarantine_id", "digest of table, address and rules' version"),
        integer("load_seq", "load that met it", minimum=1),
        text("source", "source"),
        text("name", "payload's name within the source"),
        text("table_name", "table it was meant for; empty for a file refused as a whole", nullable=True),
        integer("source_line", "line the row begins at; 0: the whole file", minimum=0),
        text("check_name", "checks it failed, joined by ;"),
        text("reason", "what is wrong, for a person"),
        text("subject_kind", "whom it speaks about, where that could be read", nullable=True),
        text("subject_id", "whom it speaks about", nullable=True),
        text("metric", "which metric", nullable=True),
        text("row_key", "business key of the row as a JSON list, where it could be read", nullable=True),
        text("row_content", "the row as read, as JSON, cut at 4,000 characters"),
        text("payload_sha256", "address: payload; empty when it could not be taken", nullable=True),
        integer("byte_start", "address: first byte", unit="bytes", minimum=0),
        integer("byte_end", "address: one past the last byte", unit="bytes", minimum=0),
        instant("known_at", "what the row claims", nullable=True),
        text("rules_version", "version of the rules that stopped it"),
        instant("quarantined_at", "when", volatile=True),
    ),
)
