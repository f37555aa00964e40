"""The declared lineage against what the answers really read: take a subject's rows away and see what moves."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.lineage import downstream
from transforms.phases import assess_phases
from transforms.player_influence import player_influence
from transforms.scenarios.evidence import evidence_for
from transforms.segment_metrics import all_metrics
from transforms.staging import stage
from transforms.staging.batch import Payload

AS_OF = end_of_day(date(2025, 9, 28))
FILES = {
    "cycle_events.csv": "core.cycle_events",
    "capex_events.csv": "core.announcements",
    "reported_figures.csv": "core.reported_figures",
    "fx.csv": "core.fx_rates",
}
Moved = set[tuple[str, str, str | None]]
OF_METRICS = {"marts.segment_metrics", "marts.player_influence"}


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="module")
def facts(sample_dir: Path, configuration: Configuration) -> dict[str, pl.DataFrame]:
    tables = {}
    for name, table in FILES.items():
        content = (sample_dir / name).read_bytes()
        payload = Payload(
            source="sample",
            name=name,
            format=f"recording/{name}",
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
        )
        (batch,) = stage(payload, universe=configuration.universe, siblings={})
        stored = batch.frame.with_columns(revision=pl.lit(0, pl.Int64), load_seq=pl.lit(1, pl.Int64))
        tables[table] = stored.select(CONTRACTS[table].column_names)
    return tables


Answers = dict[tuple[str, str, str | None], object]


def answers(facts: dict[str, pl.DataFrame], configuration: Configuration) -> Answers:
    """Every answer by output, company and segment."""
    return from_events(facts, configuration) | of_metrics(facts, configuration)


def of_metrics(facts: dict[str, pl.DataFrame], configuration: Configuration) -> Answers:
    members = event_members(facts["core.announcements"], facts["core.cycle_events"])
    together = Facts.from_tables(facts | {"core.event_members": members})
    universe = configuration.universe
    metrics = all_metrics(together, universe=universe, rules=configuration.metrics, as_of=AS_OF)
    influence = player_influence(
        metrics, facts["core.cycle_events"], members, universe=universe, rules=configuration.players, as_of=AS_OF
    )
    places = metrics.partition_by("company", "segment", as_dict=True)
    found: Answers = {
        ("marts.segment_metrics", str(company), str(segment)): rows.rows()
        for (company, segment), rows in places.items()
    }
    return found | {("marts.player_influence", "all tracked", None): influence.rows()}


def from_events(facts: dict[str, pl.DataFrame], configuration: Configuration) -> Answers:
    events, announcements = facts["core.cycle_events"], facts["core.announcements"]
    members = event_members(announcements, events)
    phases = assess_phases(events, members, universe=configuration.universe, rules=configuration.phases, as_of=AS_OF)
    found: dict[tuple[str, str, str | None], object] = {
        ("marts.phase_assessments", row["company"], row["segment"]): row for row in phases.iter_rows(named=True)
    }
    for scenario_set in configuration.scenario_sets:
        company = configuration.universe.company(scenario_set.company)
        assert company is not None
        evidence = evidence_for(
            scenario_set, company, events=events, announcements=announcements, members=members, as_of=AS_OF
        )
        found["marts.scenario_runs", company.name, None] = evidence.rows()
    return found


def test_what_moves_without_a_subjects_rows_is_what_the_lineage_names(
    facts: dict[str, pl.DataFrame], configuration: Configuration
):
    before = answers(facts, configuration)
    moved_at_all: Moved = set()
    for table, frame in facts.items():
        subject = CONTRACTS[table].subject
        assert subject is not None
        # Only figures carry many metrics; and of events alone phases and scenarios are made.
        metric = pl.col(subject.metric_column) if subject.metric_column else pl.lit(subject.metric)
        answer = answers if table in {"core.cycle_events", "core.announcements"} else of_metrics
        of_row = frame.select(pl.concat_str(subject.columns, separator="/"), metric=metric)
        for name, held_metric in of_row.unique().sort("metric", pl.first()).iter_rows():
            is_other = of_row.select((pl.first() != name) | (pl.col("metric") != held_metric)).to_series()
            without = answer(facts | {table: frame.filter(is_other)}, configuration)
            compared = before if answer is answers else {key: before[key] for key in before if key[0] in OF_METRICS}
            moved = {key for key in {*compared, *without} if without.get(key) != compared.get(key)}
            moved_at_all |= moved
            assert moved <= reached(subject.kind, name, held_metric, configuration), (table, name, held_metric)
    assert {output for output, _, _ in moved_at_all} == {*OF_METRICS, "marts.phase_assessments", "marts.scenario_runs"}


def reached(kind: str, subject_id: str, metric: str, configuration: Configuration) -> Moved:
    hold = {"subject_kind": kind, "subject_id": subject_id, "metric": metric, "since": AS_OF, "cause": "test"}
    hold |= {"quarantine_id": "test", "load_seq": 1}
    holds = pl.DataFrame([hold], schema=CONTRACTS["ops.holds"].polars_schema())
    return set(downstream(holds, configuration.universe).select("output", "company", "segment").iter_rows())
