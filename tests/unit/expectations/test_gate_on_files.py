"""Whole files through the gate: what it stops is exactly the reviewed list, and every row is accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aicycle.settings.configuration import load_configuration
from aicycle.sources.protocol import Fetched
from aicycle.sources.recording import FILES, RecordingSource
from expectations.gate import audit
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.gate.split import split
from transforms.staging import TEXT, stage
from transforms.staging.batch import Payload, StagedBatch

FETCHED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""After everything in both folders was known."""

REVIEWED: dict[tuple[str, int], str] = {}
"""Rows of the recording that the gate stops, by file and line, with the text they are stopped with: none."""

SAID = {
    ("prices.csv", "volume.traded"): 11,
    ("reported_figures.csv", "source.stated"): 5,
}
"""What is merely said: eleven Hong Kong half days with volume 0; five figures, marked unchecked, without a source."""


def batches(folder: Path, root: Path) -> Iterator[tuple[str, StagedBatch]]:
    universe = load_configuration(root / "config").universe
    fetched = list(RecordingSource(folder=folder, clock=lambda: FETCHED_AT).fetch())
    assert all(isinstance(one, Fetched) for one in fetched)
    whole = [one for one in fetched if isinstance(one, Fetched)]
    digests = {one.name: hashlib.sha256(one.content).hexdigest() for one in whole}
    assert {one.name for one in whole if one.format != TEXT} == set(FILES)
    for one in whole:
        payload = Payload(
            source="recording",
            name=one.name,
            format=one.format,
            sha256=digests[one.name],
            content=one.content,
            fetched_at=one.fetched_at,
        )
        for batch in stage(payload, universe=universe, siblings=digests):
            yield one.name, batch


def outcome(folder: Path, root: Path) -> tuple[dict[tuple[str, int], str], dict[tuple[str, str], int]]:
    """Return what was stopped (file and line -> reason) and what was merely said (file and check -> rows)."""
    stopped_rows: dict[tuple[str, int], str] = {}
    said: dict[tuple[str, str], int] = {}
    for name, batch in batches(folder, root):
        frame, repeated = drop_repeats(batch.frame, batch.contract)
        judged = replace(batch, frame=frame)
        found = audit(judged)
        passing, stopped = split(judged, found.failures, found.checks)
        reconcile(rows_in=batch.frame.height, passing=passing.height, stopped=stopped.height, repeated=repeated)
        assert not found.batch_failure
        assert not found.checks["is_broken"].any()
        stopped_rows |= {(name, line): text for line, text in stopped.select("source_line", "reason").iter_rows()}
        advice = found.failures.filter(severity="advisory")["check_name"].value_counts()
        said |= {(name, check): rows for check, rows in advice.iter_rows()}
    return stopped_rows, said


@pytest.mark.recording
def test_what_is_stopped_of_the_recording_is_the_reviewed_list(recording_dir, root):
    stopped, said = outcome(recording_dir, root)
    assert stopped == REVIEWED
    assert said == SAID


def test_nothing_of_the_sample_is_stopped(sample_dir, root):
    stopped, said = outcome(sample_dir, root)
    assert stopped == {}
    assert {check for _, check in said} <= {"volume.traded"}
