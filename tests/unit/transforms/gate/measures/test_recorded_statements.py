"""Real statements, and the sample's: true rows are not stopped, and a broken one among them stops nobody else."""

from __future__ import annotations

import hashlib

import pytest

from tests.unit.transforms.gate.measures.conftest import FETCHED_AT
from transforms.gate.repeats import drop_repeats
from transforms.staging import stage
from transforms.staging.batch import Payload

FIGURES = "core.reported_figures"
FILES = {
    "reported_figures.csv": FIGURES,
    "capex_events.csv": "core.announcements",
    "cycle_events.csv": "core.cycle_events",
    "documents.jsonl": "core.documents",
    "headlines.jsonl": "core.documents",
}


def staged(folder, name, universe):
    """All rows of one file of a recording, repeats taken out."""
    texts = {
        f"documents/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "documents").iterdir()
    }
    content = (folder / name).read_bytes()
    payload = Payload(
        source="recording",
        name=name,
        format=f"recording/{name}",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        fetched_at=FETCHED_AT,
    )
    (batch,) = stage(payload, universe=universe, siblings=texts)
    return drop_repeats(batch.frame, batch.contract)[0]


def nobody_is_stopped(folder, nothing_known, stopped):
    universe = nothing_known.universe
    context = nothing_known.believing("core.fx_rates", staged(folder, "fx.csv", universe))
    for name, table in FILES.items():
        rows = staged(folder, name, universe)
        assert stopped(table, rows, context) == set(), name
        if table == FIGURES:
            assert stopped(table, rows, context.believing(table, rows)) == set(), "loaded again"
            context = context.believing(table, rows)


def test_the_sample_passes(sample_dir, nothing_known, stopped):
    nobody_is_stopped(sample_dir, nothing_known, stopped)


@pytest.mark.recording
def test_the_recording_passes(recording_dir, nothing_known, stopped):
    nobody_is_stopped(recording_dir, nothing_known, stopped)


def test_reports_of_the_sample_pass_one_after_the_other(sample_dir, nothing_known, stopped):
    rows = staged(sample_dir, "reported_figures.csv", nothing_known.universe)
    days = rows["known_at"].dt.truncate("6mo").unique().sort()
    context = nothing_known
    for day in days:
        part = rows.filter(rows["known_at"].dt.truncate("6mo") == day)
        assert stopped(FIGURES, part, context) == set()
        context = context.believing(FIGURES, part)
