"""Plans, counts, concentration and players on the recorded data, through the real readers and configuration."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from tests.first_load import tables_of_first_load
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.player_influence import OrderingCheck, ordering_checks, player_influence
from transforms.segment_metrics import all_metrics

pytestmark = pytest.mark.recording

FILES = ("fx.csv", "reported_figures.csv", "capex_events.csv", "cycle_events.csv")


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="module")
def facts(recording_dir: Path, configuration: Configuration) -> Facts:
    tables = tables_of_first_load(recording_dir, FILES, configuration.universe)
    members = event_members(tables["core.announcements"], tables["core.cycle_events"])
    return Facts.from_tables(tables | {"core.event_members": members})


def metrics_of(facts: Facts, configuration: Configuration, day: date) -> pl.DataFrame:
    return all_metrics(facts, universe=configuration.universe, rules=configuration.metrics, as_of=end_of_day(day))


@pytest.fixture(scope="module")
def metrics(facts: Facts, configuration: Configuration) -> pl.DataFrame:
    return metrics_of(facts, configuration, date(2025, 12, 31))


def value(metrics: pl.DataFrame, company: str, metric: str, detail: str, end: date) -> float | None:
    keys = {"company": company, "metric": metric, "detail": detail, "period_end": end}
    found = metrics.filter(pl.all_horizontal(pl.col(k) == v for k, v in keys.items()))["value"]
    number = found.item()
    return None if number is None else float(number)


def test_alibabas_programme_is_measured_from_the_june_quarter_on(metrics: pl.DataFrame):
    spent = (38_676 + 31_501) / 380_000

    assert value(metrics, "Alibaba", "plan_spent_frac", "ev012", date(2025, 9, 30)) == pytest.approx(spent)
    elapsed = value(metrics, "Alibaba", "plan_elapsed_frac", "ev012", date(2025, 9, 30))
    assert elapsed == pytest.approx(242 / 1124)


def test_the_increase_without_an_amount_changes_no_plan(facts: Facts, configuration: Configuration):
    before = metrics_of(facts, configuration, date(2025, 9, 23))
    after = metrics_of(facts, configuration, date(2025, 9, 28))
    is_progress = pl.col("metric").str.starts_with("plan_")

    assert before.filter(is_progress).equals(after.filter(is_progress))


def test_regional_plans_are_not_measured_with_the_groups_spending(metrics: pl.DataFrame):
    regional = metrics.filter((pl.col("metric") == "plan_spent_frac") & (pl.col("detail") == "ev003"))

    assert regional["value"].null_count() == regional.height > 0
    assert regional["null_reason"].str.contains("DE-BB only").all()


def test_eight_regions_of_one_announcement_are_one_of_the_years_launches(metrics: pl.DataFrame):
    launches = metrics.filter(
        (pl.col("company") == "Alibaba")
        & (pl.col("metric") == "events_4q_count")
        & (pl.col("detail") == "region_launch")
    )

    assert launches.filter(pl.col("period_end") == date(2025, 9, 30))["value"].item() == 5


def test_the_tracked_clouds_are_five_of_seven_and_moderately_concentrated(metrics: pl.DataFrame):
    end = date(2025, 9, 30)

    assert value(metrics, "all tracked", "tracked_cloud_revenue_coverage_frac", "", end) == pytest.approx(5 / 7)
    assert value(metrics, "all tracked", "tracked_cloud_revenue_hhi_index", "", end) == pytest.approx(0.317, abs=0.001)


def test_the_expected_path_stands_at_the_articles_day(facts: Facts, configuration: Configuration):
    found = metrics_of(facts, configuration, date(2025, 9, 30))

    target = "international_infrastructure_2030"
    assert value(found, "Alibaba", "expected_path_index", target, date(2025, 9, 30)) == pytest.approx(5 ** (2.75 / 8))


def test_the_articles_ordering_is_checked_also_where_it_fails(facts: Facts, configuration: Configuration):
    as_of = end_of_day(date(2025, 9, 28))
    influence = player_influence(
        metrics_of(facts, configuration, date(2025, 9, 28)),
        facts.cycle_events,
        facts.event_members,
        universe=configuration.universe,
        rules=configuration.players,
        as_of=as_of,
    )
    checks: dict[str, OrderingCheck] = {c.check_id: c for c in ordering_checks(influence, configuration.players)}

    assert checks["nvidia_first_in_wave_1"].result == "holds"
    assert checks["nvidia_fades_in_wave_3"].result == "holds"
    assert checks["leaders_ahead_of_alibaba_in_wave_3"].result == "holds"
    assert checks["leaders_ahead_of_alibaba_in_wave_2"].result == "fails"
    assert checks["leaders_ahead_of_huawei_in_wave_3"].result == "not checkable"
