"""What annotators said about documents: label files -> `raw.labels`.

Here: the line as it is and whom it is about. Not here: what a label means (evaluation reads that; no output does).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.raw_labels import RAW_LABELS
from transforms.staging.assemble import content_frame, place_frame, staged_batch
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.documents import KeyReader, rows_of

LABEL_FILES = {"gold.jsonl": "id", "gold_headlines.jsonl": "id", "clusters.jsonl": "cluster_id"}
"""Label file -> key that says whom a line is about."""


def read_labels(payload: Payload, file_name: str) -> list[StagedBatch]:
    """Return the batch of the label file `file_name`.

    Raises:
        RefusedFileError: the file holds no line.
    """
    rows, notes, records = [], [], rows_of(payload)
    for record in records:
        keys = KeyReader(record.value or {})
        row: dict[str, object] = {"label_set": file_name.removesuffix(".jsonl")}
        if record.value is not None:
            row |= {"label_id": keys.text(LABEL_FILES[file_name], is_required=True), "content": record.text}
        rows.append(row)
        notes.append("; ".join([record.trouble] * bool(record.trouble) + keys.notes))
    places = place_frame([(record.line, record.byte_start, record.byte_end) for record in records])
    return [
        staged_batch(payload, RAW_LABELS, content_frame(RAW_LABELS, rows), places, pl.Series(notes, dtype=pl.String))
    ]
