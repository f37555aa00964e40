"""Contract of `core.documents`: reports and headlines, by reference to their stored text."""

from aicycle.contracts.core import core_table
from aicycle.contracts.schema import Subject, instant, text
from aicycle.model.kinds import DocumentKind

DOCUMENTS = core_table(
    "documents",
    grain="one report or headline in one version",
    time="event_time is the publication where stated, else when it was first seen; known_at is the end of that span",
    key=("document_id",),
    content=(
        text("document_id", "the source's id, or a digest of address and title where it has none"),
        text("kind", "how much there is to read", domain=tuple(DocumentKind)),
        text("language", "ISO 639-1", pattern=r"[a-z]{2}"),
        instant("event_time", "publication, or first sight where that is unknown"),
        text("title", "title as published"),
        text("address", "where it was published; may be relative to its feed", nullable=True),
        text("feed", "feed it came by", nullable=True),
        text("tickers", "listings the feed ties it to, joined by |", nullable=True),
        text("text_sha256", "payload with the full text; empty for a headline", nullable=True, pattern=r"[0-9a-f]{64}"),
    ),
    subject=Subject("document", ("document_id",), metric="text", next_observation_lifts=False),
)
