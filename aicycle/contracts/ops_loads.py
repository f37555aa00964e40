"""Contract of `ops.loads`: the load ledger. in = stored + duplicate + quarantined, always."""

from aicycle.contracts.schema import TableContract, instant, integer, text

LOADS = TableContract(
    schema="ops",
    name="loads",
    grain="one payload's rows for one table, audited under one version of the rules",
    time="loaded_at is our clock; load_seq orders loads and is what replays refer to",
    key=("load_seq",),
    columns=(
        integer("load_seq", "position in the history of loads", minimum=1),
        text("load_id", "digest of source, name, table and inputs"),
        text("source", "source"),
        text("name", "payload's name within the source"),
        text("table_name", "target table; empty for a file refused as a whole", nullable=True),
        text("payload_sha256", "payload; empty when it could not be taken", nullable=True),
        integer(
            "batch_seq", "the landing it read, in raw.payloads; empty when nothing was taken", nullable=True, minimum=1
        ),
        text("inputs_digest", "digest of the payload, what it refers to and the rules' version"),
        integer("rows_in", "rows read", unit="rows", minimum=0),
        integer("rows_stored", "rows added to the table", unit="rows", minimum=0),
        integer("rows_restated", "of the stored, new versions of a known key", unit="rows", minimum=0),
        integer("rows_duplicate", "rows already known", unit="rows", minimum=0),
        integer("rows_quarantined", "rows stopped by the gate", unit="rows", minimum=0),
        instant("loaded_at", "when", volatile=True),
    ),
)
