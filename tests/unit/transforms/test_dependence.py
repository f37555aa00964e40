"""Which facts an answer can depend on: the lineage, climbed upwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.lineage import LINEAGE
from aicycle.settings.configuration import load_configuration
from transforms.dependence import facts_needed

STORED = {
    "known_at": datetime(2025, 1, 1, tzinfo=UTC), "source_known_at": datetime(2025, 1, 1, tzinfo=UTC),
    "known_precision": "day", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def universe(root: Path):
    return load_configuration(root / "config").universe


def frame(table, *rows):
    schema = CONTRACTS[table].polars_schema()
    full = [STORED | row for row in rows]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)


@pytest.fixture(scope="module")
def tables():
    def event(company, segment):
        return {"cycle_event_id": f"{company}/{segment}", "company": company, "segment": segment}

    return {
        "core.daily_bars": frame(
            "core.daily_bars", *({"symbol": s, "session": date(2025, 1, 2)} for s in ("BABA", "9988.HK", "NVDA"))
        ),
        "core.cycle_events": frame(
            "core.cycle_events",
            *(event("Alibaba", segment) for segment in ("cloud", "space")),
            event("Ant", "fintech"),
            *(event("none", segment) for segment in ("chips", "farming")),
            event("Nvidia", "chips"),
        ),
        "core.announcements": frame(
            "core.announcements", *({"item_id": c, "company": c} for c in ("Alibaba", "Ant", "Nvidia"))
        ),
        "core.documents": frame("core.documents", {"document_id": "d"}),
    }  # fmt: skip


def keys(found):
    return {name: rows[CONTRACTS[name].key[0]].to_list() for name, rows in found.items()}


def test_a_scenario_needs_its_listing_its_events_and_those_of_its_markets(tables, universe):
    found = keys(facts_needed(tables, universe, (), output="marts.scenario_runs", company="Alibaba"))
    assert found["core.daily_bars"] == ["BABA"]
    assert found["core.cycle_events"] == ["Alibaba/cloud", "Alibaba/space", "Ant/fintech", "none/chips"]
    assert found["core.announcements"] == ["Alibaba", "Ant"]
    assert "core.documents" not in found


def test_a_phase_needs_the_events_of_its_segment(tables, universe):
    def of(segment):
        found = facts_needed(tables, universe, (), output="marts.phase_assessments", company="Alibaba", segment=segment)
        return keys(found).get("core.cycle_events", [])

    assert of("cloud") == ["Alibaba/cloud"]
    assert of("fintech") == ["Ant/fintech"]
    assert of(None) == ["Alibaba/cloud", "Ant/fintech"]


def test_a_table_the_lineage_gains_is_found_without_a_word_here(tables, universe):
    needed = {need.table for need in LINEAGE if need.output == "marts.segment_metrics"}
    figures = frame(
        "core.reported_figures",
        *({"company": c, "segment": "Total", "metric": m} for c in ("Alibaba", "Nvidia") for m in ("revenue", "taxes")),
    )
    found = facts_needed(
        tables | {"core.reported_figures": figures}, universe, (), output="marts.segment_metrics", company="Alibaba"
    )
    assert "core.reported_figures" in needed
    assert found["core.reported_figures"].select("company", "metric").rows() == [("Alibaba", "revenue")]


def test_whom_nobody_knows_needs_nothing(tables, universe):
    assert facts_needed(tables, universe, (), output="marts.scenario_runs", company="Acme") == {}
