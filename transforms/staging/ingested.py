"""One ingested document: the record that was written beside its bytes -> `core.documents`.

Here: the row a record makes. Not here: how a record is written (`transforms.texts.records`), what its text says.

The row's address is the record's line, which names the sha256 of the text that is read and of the bytes it was made of.
"""

from __future__ import annotations

from aicycle.model.kinds import DocumentKind
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.documents import KeyReader, clocks_of, read_described


def read_record(payload: Payload) -> list[StagedBatch]:
    """Return the batch of one record; a document whose bytes could not be read is a row that says why.

    Raises:
        RefusedFileError: there is no line in it.
    """

    def report(keys: KeyReader) -> dict[str, object]:
        published = keys.moment("published")
        seen = keys.moment("first_seen_at", is_required=published is None)
        unreadable = keys.text("unreadable")
        if unreadable:
            keys.notes.append(unreadable)
        return {
            "document_id": keys.text("id", is_required=True),
            "kind": DocumentKind.REPORT.value,
            "language": keys.text("language", is_required=True),
            "title": keys.text("title", is_required=True),
            "address": keys.text("url"),
            "text_sha256": keys.text("text_sha256", is_required=True),
            **clocks_of(published or seen),
        }

    return read_described(payload, report)
