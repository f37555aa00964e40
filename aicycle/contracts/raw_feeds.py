"""Contract of `raw.feeds`: addresses a source may be polled at. A list to work from, not facts."""

from aicycle.contracts.core import LEDGER
from aicycle.contracts.schema import TableContract, text

RAW_FEEDS = TableContract(
    schema="raw",
    name="feeds",
    grain="one feed address",
    time="no time of its own",
    key=("address",),
    columns=(
        text("address", "URL, possibly with {placeholders}", pattern=r"https?://.+"),
        text("kind", "RSS, Atom, JSON, HTML ..."),
        text("language", "ISO 639-1", pattern=r"[a-z]{2}"),
        text("status", "whether and how the address was checked"),
        *LEDGER,
    ),
)
