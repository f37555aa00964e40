"""The declared lineage against what the answers really read: take a subject's rows away and see what moves."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.lineage import LINEAGE
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration, ScenarioSet
from aicycle.settings.configuration import load_configuration
from tests.first_load import tables_of_first_load
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.lineage import downstream
from transforms.phases import assess_phases
from transforms.player_influence import player_influence
from transforms.scenarios.evidence import evidence_for
from transforms.segment_metrics import all_metrics
from transforms.valuation.projection import model_of
from transforms.valuation.start import NoProjection

AS_OF = end_of_day(date(2025, 9, 28))
FILES = ("cycle_events.csv", "capex_events.csv", "reported_figures.csv", "fx.csv")
STATED_GROWTH = "yoy_pct"
"""Read only where growth can't be computed: the second test."""
NOT_IN_THE_SAMPLE = {"ordinary_shares_outstanding", "cash_and_liquid_investments"}
Moved = set[tuple[str, str, str | None]]


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="module")
def facts(sample_dir: Path, configuration: Configuration) -> dict[str, pl.DataFrame]:
    return tables_of_first_load(sample_dir, FILES, configuration.universe)


Answers = dict[tuple[str, str, str | None], object]


def answers(facts: dict[str, pl.DataFrame], configuration: Configuration) -> Answers:
    """Every answer by output, company and segment."""
    universe = configuration.universe
    events, announcements = facts["core.cycle_events"], facts["core.announcements"]
    members = event_members(announcements, events)
    together = Facts.from_tables(facts | {"core.event_members": members})
    metrics = all_metrics(together, universe=universe, rules=configuration.metrics, as_of=AS_OF)
    influence = player_influence(metrics, events, members, universe=universe, rules=configuration.players, as_of=AS_OF)
    phases = assess_phases(
        events=events,
        announcements=announcements,
        members=members,
        metrics=metrics,
        universe=universe,
        rules=configuration.phases,
        as_of=AS_OF,
    )
    found: Answers = {("marts.player_influence", "all tracked", None): influence.rows()}
    for (company, segment), rows in metrics.partition_by("company", "segment", as_dict=True).items():
        found["marts.segment_metrics", str(company), str(segment)] = rows.rows()
    features = phases.features.partition_by("company", "segment", as_dict=True)
    for row in phases.assessments.iter_rows(named=True):
        place = (row["company"], row["segment"])
        found["marts.phase_assessments", *place] = (row, features[place].rows())
    return found | scenarios(facts, members, configuration)


def scenarios(facts: dict[str, pl.DataFrame], members: pl.DataFrame, configuration: Configuration) -> Answers:
    found: Answers = {}
    for scenario_set in configuration.scenario_sets:
        company = configuration.universe.company(scenario_set.company)
        assert company is not None
        evidence = evidence_for(
            scenario_set,
            company,
            events=facts["core.cycle_events"],
            announcements=facts["core.announcements"],
            members=members,
            as_of=AS_OF,
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
            moved = {output for output in {*before, *without} if without.get(output) != before.get(output)}
            moved_at_all |= {(table, metric_name, output) for output, _, _ in moved}
            moved_by[table, name, metric_name] = {
                company for output, company, _ in moved if output == "marts.scenario_runs"
            }
            assert moved <= reached(subject.kind, name, metric_name, configuration), (table, name, metric_name)
    # Each line of the lineage is there because something in the sample needs it.
    declared = {
        (need.table, need.metric, need.output)
        for need in LINEAGE
        if need.table in facts
        and need.metric not in {STATED_GROWTH, *NOT_IN_THE_SAMPLE}
        # What forecasts read is held against their lineage where they are tested.
        and need.output != "marts.forecasts"
    }
    assert moved_at_all == declared
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
    table = "core.reported_figures"
    figures = facts[table].filter((pl.col("company") == "Alibaba") & (pl.col("metric") != "revenue"))
    unstated = figures.filter(pl.col("metric") != STATED_GROWTH)
    assert unstated.height < figures.height, "the sample has some"
    before = answers(facts | {table: figures}, configuration)
    without = answers(facts | {table: unstated}, configuration)
    moved = {key for key in {*before, *without} if without.get(key) != before.get(key)}
    assert {key for key in moved if key[0] == "marts.phase_assessments"} == {
        ("marts.phase_assessments", "Alibaba", "cloud")
    }
    # The players' index reads growth beside revenue, never alone.
    others = {"marts.player_influence", "marts.forecasts"}
    outputs = {need.output for need in LINEAGE if need.metric == STATED_GROWTH} - others
    assert {output for output, _, _ in moved} == outputs


def reached(kind: str, subject_id: str, metric: str, configuration: Configuration) -> Moved:
    hold = {"subject_kind": kind, "subject_id": subject_id, "metric": metric, "since": AS_OF, "cause": "test"}
    hold |= {"quarantine_id": "test", "load_seq": 1}
    holds = pl.DataFrame([hold], schema=CONTRACTS["ops.holds"].polars_schema())
    return set(
        downstream(holds, configuration.universe, configuration.scenario_sets)
        .select("output", "company", "segment")
        .iter_rows()
    )
