"""Contract of `raw.payloads`: the index of photographs. The bytes lie beside the database, under their sha256."""

from aicycle.contracts.schema import TableContract, instant, integer, text

RAW_PAYLOADS = TableContract(
    schema="raw",
    name="payloads",
    grain="one payload as it was received; bytes unchanged since the last time under their name are not recorded again",
    time="fetched_at is when we received the bytes; it says nothing about the facts in them",
    key=("source", "name", "batch_seq"),
    columns=(
        text("payload_sha256", "address of the bytes in the content-addressed store", pattern=r"[0-9a-f]{64}"),
        text("source", "which source gave it, e.g. recording, yahoo"),
        text("name", "its name within the source, e.g. prices.csv"),
        text("format", "how it is read, e.g. recording/prices.csv, yahoo/chart-v8"),
        text("request", "what was asked, without credentials; empty for a file"),
        integer("size_bytes", "length", unit="bytes", minimum=0),
        instant("fetched_at", "when it was received", volatile=True),
        integer("batch_seq", "the batch it landed with: payloads of one batch may refer to each other", minimum=1),
    ),
)
