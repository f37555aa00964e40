"""The declared lineage against what phases and scenarios really read: take a subject's rows away and see what moves."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.lineage import LINEAGE
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration, ScenarioSet
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.lineage import downstream
from transforms.phases import assess_phases
from transforms.scenarios.evidence import evidence_for
from transforms.segment_metrics import segment_metrics
from transforms.staging import stage
from transforms.staging.batch import Payload
from transforms.valuation.projection import model_of
from transforms.valuation.start import NoProjection

AS_OF = end_of_day(date(2025, 9, 28))
FILES = {
    "cycle_events.csv": "core.cycle_events",
    "capex_events.csv": "core.announcements",
    "reported_figures.csv": "core.reported_figures",
    "fx.csv": "core.fx_rates",
}
STATED_GROWTH = ("core.reported_figures", "yoy_pct", "marts.phase_assessments")
NO_RATES = CONTRACTS["core.fx_rates"].polars_schema().to_frame()
Moved = set[tuple[str, str, str | None]]


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
        readable = batch.frame.filter(pl.col("unreadable").is_null())
        stored = readable.with_columns(revision=pl.lit(0, pl.Int64), load_seq=pl.lit(1, pl.Int64))
        tables[table] = stored.select(CONTRACTS[table].column_names)
    return tables


def answers(facts: dict[str, pl.DataFrame], configuration: Configuration) -> dict[tuple[str, str, str | None], object]:
    """Every answer by output, company and segment."""
    events, announcements = facts["core.cycle_events"], facts["core.announcements"]
    members = event_members(announcements, events)
    metrics = segment_metrics(facts["core.reported_figures"], NO_RATES, universe=configuration.universe, as_of=AS_OF)
    phases = assess_phases(
        events=events,
        announcements=announcements,
        members=members,
        metrics=metrics if "first_known_at" in metrics.columns else metrics.with_columns(first_known_at="known_at"),
        universe=configuration.universe,
        rules=configuration.phases,
        as_of=AS_OF,
    )
    features = phases.features.partition_by("company", "segment", as_dict=True)
    found: dict[tuple[str, str, str | None], object] = {
        ("marts.phase_assessments", row["company"], row["segment"]): (
            row,
            features[row["company"], row["segment"]].rows(),
        )
        for row in phases.assessments.iter_rows(named=True)
    }
    for scenario_set in configuration.scenario_sets:
        company = configuration.universe.company(scenario_set.company)
        assert company is not None
        evidence = evidence_for(
            scenario_set, company, events=events, announcements=announcements, members=members, as_of=AS_OF
        )
        found["marts.scenario_runs", company.name, None] = (
            evidence.rows(),
            projected(facts, configuration, scenario_set),
        )
    return found


def projected(facts: dict[str, pl.DataFrame], configuration: Configuration, scenario_set: ScenarioSet) -> object:
    """What the projection starts from, or why it does not: all it reads. The draws add nothing to that."""
    company = configuration.universe.company(scenario_set.company)
    listing = configuration.universe.primary_listing(scenario_set.company)
    assert company is not None
    assert listing is not None
    model = model_of(
        scenario_set,
        company,
        listing,
        figures=facts["core.reported_figures"],
        fx=facts["core.fx_rates"],
        actions=CONTRACTS["core.corporate_actions"].polars_schema().to_frame(),
        universe=configuration.universe,
        as_of=AS_OF,
    )
    return model.reason if isinstance(model, NoProjection) else model.start


def test_what_moves_without_a_subjects_rows_is_what_the_lineage_names(
    facts: dict[str, pl.DataFrame], configuration: Configuration
):
    before = answers(facts, configuration)
    moved_at_all: set[tuple[str, str, str]] = set()
    moved_by: dict[tuple[str, str, str], set[str]] = {}
    for table, frame in facts.items():
        subject = CONTRACTS[table].subject
        assert subject is not None
        subject_id = pl.concat_str(subject.columns, separator="/")
        metric = pl.col(subject.metric_column) if subject.metric_column else pl.lit(subject.metric)
        for name, metric_name in frame.select(subject_id.alias("id"), metric.alias("m")).unique().sort(pl.all()).rows():
            is_other = (subject_id != name) | (metric != metric_name)
            without = answers(facts | {table: frame.filter(is_other)}, configuration)
            moved = {output for output, answer in before.items() if without[output] != answer}
            moved_at_all |= {(table, metric_name, output) for output, _, _ in moved}
            moved_by[table, name, metric_name] = {
                company for output, company, _ in moved if output == "marts.scenario_runs"
            }
            assert moved <= reached(subject.kind, name, metric_name, configuration), (table, name, metric_name)
    # Each line of the lineage is there because something in the sample needs it.
    declared = {
        (need.table, need.metric, need.output)
        for need in LINEAGE
        if need.table in facts and need.output in {"marts.phase_assessments", "marts.scenario_runs"}
    }
    # Growth as the company states it is read only where it can't be computed: the next test.
    assert moved_at_all == declared - {STATED_GROWTH}
    # What is declared of the projection is really read: without it the run moves.
    for subject_id, metric in (
        ("Alibaba/Total", "revenue"),
        ("Alibaba/Total", "adj_ebita"),
        ("Alibaba/Total", "ads_outstanding"),
        ("Alibaba/AIDC", "revenue"),
        ("Alibaba/Cloud Intelligence Group", "adj_ebita"),
        ("Nvidia/Data Center", "revenue"),
    ):
        company = subject_id.partition("/")[0]
        assert moved_by["core.reported_figures", subject_id, metric] == {company}, (subject_id, metric)
    assert moved_by["core.fx_rates", "USDCNY", "rate"] == {"Alibaba"}


def test_without_revenue_the_growth_the_company_states_is_read(
    facts: dict[str, pl.DataFrame], configuration: Configuration
):
    table, metric, output = STATED_GROWTH
    figures = facts[table].filter((pl.col("company") == "Alibaba") & (pl.col("metric") != "revenue"))
    stated = figures.filter(pl.col("metric") == metric)
    assert stated.height, "the sample has some"
    before = answers(facts | {table: figures}, configuration)
    without = answers(facts | {table: figures.filter(pl.col("metric") != metric)}, configuration)
    moved = {key for key, answer in before.items() if without[key] != answer}
    assert moved == {(output, "Alibaba", "cloud")}


def reached(kind: str, subject_id: str, metric: str, configuration: Configuration) -> Moved:
    hold = {"subject_kind": kind, "subject_id": subject_id, "metric": metric, "since": AS_OF, "cause": "test"}
    hold |= {"quarantine_id": "test", "load_seq": 1}
    holds = pl.DataFrame([hold], schema=CONTRACTS["ops.holds"].polars_schema())
    return set(
        downstream(holds, configuration.universe, configuration.scenario_sets)
        .select("output", "company", "segment")
        .iter_rows()
    )
