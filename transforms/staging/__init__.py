"""From a payload's bytes to typed rows: all of them, good and bad, each with its address. Pure functions.

Here: which reader takes which format. Not here: judging rows (`expectations`) or keeping them (`warehouse`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from aicycle.errors import RefusedFileError
from aicycle.model.parameters import Universe
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.chart import read_chart
from transforms.staging.documents import read_documents, read_headlines
from transforms.staging.feeds import read_feed
from transforms.staging.ingested import read_record
from transforms.staging.labels import LABEL_FILES, read_labels
from transforms.staging.tables import TABLE_FORMATS, read_table

STAGING_VERSION = "3"
"""Counted up whenever the same bytes would be staged differently: what was staged before is then read again."""

RECORDING = "recording/"
TEXT = "recording/text"
"""Bytes that other payloads refer to; they have no rows of their own."""
CHART = "yahoo/chart-v8"
SOURCE_OF_TEXT = "document/text"
"""Bytes that a text was made of: a page, or a text in another charset."""
RECORD = "document/record"
FEED = "document/feed"


class Reader(Protocol):
    """Reads the payloads of one format."""

    def __call__(self, payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
        """Return the payload's batches.

        Raises:
            RefusedFileError: the payload can't be taken as a whole.
        """


def _table(payload: Payload, *, universe: Universe, siblings: Mapping[str, str], file_name: str) -> list[StagedBatch]:
    del siblings
    return read_table(payload, TABLE_FORMATS[file_name], universe)


def _documents(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    del universe
    return read_documents(payload, siblings)


def _headlines(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    del universe, siblings
    return read_headlines(payload)


def _labels(payload: Payload, *, universe: Universe, siblings: Mapping[str, str], file_name: str) -> list[StagedBatch]:
    del universe, siblings
    return read_labels(payload, file_name)


def _text(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    del payload, universe, siblings
    return []


def _chart(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    del siblings
    return read_chart(payload, universe)


def _record(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    del universe, siblings
    return read_record(payload)


def _feed(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    del universe, siblings
    return read_feed(payload)


READERS: dict[str, Reader] = {
    TEXT: _text,
    SOURCE_OF_TEXT: _text,
    **{RECORDING + name: partial(_table, file_name=name) for name in TABLE_FORMATS},
    RECORDING + "documents.jsonl": _documents,
    RECORDING + "headlines.jsonl": _headlines,
    **{RECORDING + name: partial(_labels, file_name=name) for name in LABEL_FILES},
    CHART: _chart,
    RECORD: _record,
    FEED: _feed,
}
"""Format of a payload -> its reader."""


def stage(payload: Payload, *, universe: Universe, siblings: Mapping[str, str]) -> list[StagedBatch]:
    """Read a payload into staged batches, one per target table.

    Args:
        payload: the bytes.
        universe: which listings and pairs are watched, and when their sessions close.
        siblings: name -> sha256 of the payloads that came with it, which it may refer to.

    Raises:
        RefusedFileError: the payload can't be taken as a whole; its row errors are in the batches instead.
    """
    reader = READERS.get(payload.format)
    if reader is None:
        raise RefusedFileError(
            f"{payload.name}: no reader for format {payload.format!r}",
            where=f"source {payload.source}",
            expected=f"one of {', '.join(READERS)}",
        )
    return reader(payload, universe=universe, siblings=siblings)
