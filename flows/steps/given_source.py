"""Which source a path or an address means that somebody gives to `aicycle ingest`.

Here: a file of the recording format is read as a recording of that one file, anything else is one document. Not here:
reading either (`aicycle.sources`), running (`flows.pipeline`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aicycle.errors import NothingPublishedError, UsageError
from aicycle.model.instants import Clock
from aicycle.sources.addresses import checked, is_address
from aicycle.sources.document import SOURCE, DocumentSource, require_file, shown
from aicycle.sources.fetching import Fetcher
from aicycle.sources.protocol import Source
from aicycle.sources.recording import FILES, PLAIN_NAME, RecordingSource
from flows.steps.landing import first_landed
from transforms.staging.documents import KeyReader
from warehouse import Warehouse

NEXT_COMMAND = "aicycle ingest --help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gives, and says about it."""

    place: str
    document_id: str | None = None
    language: str | None = None
    """ISO 639-1; None: to be told from the text."""
    published: str | None = None
    """A day, month or year, or an instant with its offset; None: to be told from the document."""


def source_of(
    given: Given,
    warehouse: Warehouse,
    clock: Clock,
    *,
    may_ask_private: bool = False,
    fetcher: Fetcher | None = None,
) -> Source:
    """Return the source that is meant. Nothing is asked or read yet.

    Args:
        given: what is to be ingested.
        warehouse: knows what came before.
        clock: the present.
        may_ask_private: whether machines that are not public may be talked to.
        fetcher: asks, instead of one that uses the network.

    Raises:
        UsageError: the call can't be meant so.
    """
    _require_readable_words(given)
    if is_address(given.place):
        checked(given.place)
    else:
        require_file(given.place)
        path = Path(given.place)
        if path.name in FILES:
            _require_no_words(given, path.name)
            return RecordingSource(path.parent, clock, only=path.name)
    return DocumentSource(
        place=given.place,
        clock=clock,
        first_seen=_first_seen(warehouse),
        document_id=given.document_id,
        language=given.language,
        published=given.published,
        may_ask_private=may_ask_private,
        fetcher=fetcher,
    )


def _first_seen(warehouse: Warehouse) -> Callable[[str], datetime | None]:
    """Return what tells when a payload first landed: asked when the run has repaired what an earlier one left."""

    def first_seen(name: str) -> datetime | None:
        try:
            with warehouse.read() as reader:
                return first_landed(reader, SOURCE, name)
        except NothingPublishedError:
            return None

    return first_seen


def _require_readable_words(given: Given) -> None:
    """Refuse an id or a publication that can't be read."""
    if given.document_id is not None and not PLAIN_NAME.fullmatch(given.document_id):
        raise UsageError(
            f"--id {shown(given.document_id)[:80]!r} can't be an id",
            expected="letters, digits, blanks, . - _, at most 200, a letter or digit first",
            next_command=NEXT_COMMAND,
        )
    if given.published is not None:
        keys = KeyReader({"--published": given.published})
        if keys.moment("--published") is None:
            raise UsageError(
                "; ".join(keys.notes) or "--published is empty",
                expected="a day, month or year, or an instant with its offset",
                next_command=NEXT_COMMAND,
            )


def _require_no_words(given: Given, file_name: str) -> None:
    if (given.document_id, given.language, given.published) != (None, None, None):
        raise UsageError(
            f"--id, --lang and --published are of one document: the rows of {file_name} say so themselves",
            where=shown(given.place),
            next_command="leave them out",
        )
