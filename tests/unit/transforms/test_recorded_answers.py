"""Prices and metrics of the recorded data, read through the real readers and the real configuration."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Universe
from aicycle.settings.configuration import load_configuration
from tests.first_load import tables_of_first_load
from transforms.facts import Facts
from transforms.prices import quoted_bars, session_history
from transforms.segment_metrics import segment_metrics

pytestmark = pytest.mark.recording

FILES = ("prices.csv", "actions.csv", "fx.csv", "reported_figures.csv")
MARCH = date(2024, 3, 28)


@pytest.fixture(scope="module")
def universe(root: Path) -> Universe:
    return load_configuration(root / "config").universe


@pytest.fixture(scope="module")
def facts(recording_dir: Path, universe: Universe) -> Facts:
    """What a first load of the recording stores, the gate left out."""
    return Facts.from_tables(tables_of_first_load(recording_dir, FILES, universe))


@pytest.fixture(scope="module")
def metrics(facts: Facts, universe: Universe) -> pl.DataFrame:
    return segment_metrics(
        facts.reported_figures, facts.fx_rates, universe=universe, as_of=end_of_day(date(2025, 12, 31))
    )


def quote(facts: Facts, symbol: str, session: date, as_of: date) -> float:
    quoted = quoted_bars(facts.daily_bars, facts.corporate_actions, as_of=end_of_day(as_of))
    return quoted.filter((pl.col("symbol") == symbol) & (pl.col("session") == session))["close_quoted"].item()


def metric(metrics: pl.DataFrame, company: str, segment: str, name: str, period_end: date) -> dict[str, object]:
    key = {"company": company, "segment": segment, "metric": name, "period_end": period_end}
    (row,) = metrics.filter(pl.all_horizontal(pl.col(k) == v for k, v in key.items())).to_dicts()
    return row


def test_prices_are_quoted_as_they_were_traded(facts: Facts):
    # NVIDIA closed at 903.56 on that day; the vendor's file says 90.36, for the split of June.
    assert quote(facts, "NVDA", MARCH, MARCH) == pytest.approx(903.56, abs=0.06)
    assert quote(facts, "NVDA", MARCH, date(2024, 6, 9)) == pytest.approx(903.56, abs=0.06)
    assert quote(facts, "NVDA", MARCH, date(2024, 6, 10)) == pytest.approx(90.36)
    assert quote(facts, "NVDA", date(2023, 12, 29), date(2023, 12, 29)) == pytest.approx(495.22, abs=0.06)
    # Alphabet closed at 2,235.55 on the last session before twenty for one.
    assert quote(facts, "GOOGL", date(2022, 7, 15), date(2022, 7, 15)) == pytest.approx(2235.55, abs=0.11)
    assert quote(facts, "BABA", date(2025, 9, 26), date(2025, 9, 28)) == 171.91


def test_a_history_carries_both_splits_of_nvidia(facts: Facts):
    history = session_history(
        facts.daily_bars, facts.corporate_actions, symbol="NVDA", as_of=end_of_day(date(2025, 12, 31))
    )
    value = dict(history.select("observed_on", "value").iter_rows())

    assert value[date(2021, 7, 19)] == pytest.approx(751.19, abs=0.25)
    assert value[date(2021, 7, 20)] == pytest.approx(186.12, abs=0.06)
    assert value[date(2024, 6, 7)] == pytest.approx(1208.88, abs=0.06)
    assert value[date(2024, 6, 10)] == pytest.approx(121.79)


def test_prices_from_before_a_distribution_in_kind_say_that_they_were_not_traded(facts: Facts):
    quoted = quoted_bars(facts.daily_bars, facts.corporate_actions, as_of=end_of_day(date(2025, 12, 31)))
    tencent = quoted.filter(pl.col("symbol") == "0700.HK")
    before = pl.col("session") < date(2023, 1, 5)

    assert tencent.filter(before)["price_basis"].unique().to_list() == ["vendor_adjusted"]
    assert tencent.filter(~before)["price_basis"].unique().to_list() == ["split_adjusted"]


def test_cloud_growth_crosses_the_change_of_june_2025(metrics: pl.DataFrame):
    growth = metric(metrics, "Alibaba", "cloud", "revenue_yoy_frac", date(2025, 9, 30))

    assert growth["value"] == pytest.approx(39_824 / 29_610 - 1, rel=1e-12)
    assert growth["value"] == pytest.approx(0.345, abs=0.0005)
    assert growth["segment_basis"] == "2025_four_segments"
    assert (growth["status"], growth["verification"]) == ("derived", "crosscheck")
    assert growth["known_at"] == end_of_day(date(2025, 11, 25))


def test_e_commerce_growth_does_not_cross_it_and_says_why(metrics: pl.DataFrame):
    for period_end in (date(2025, 6, 30), date(2025, 9, 30)):
        growth = metric(metrics, "Alibaba", "e-commerce", "revenue_yoy_frac", period_end)
        assert growth["value"] is None
        assert growth["null_reason"] == (
            "the segment basis changed from 2023_six_groups to 2025_four_segments within the year: not comparable"
        )
    assert metric(metrics, "Alibaba", "e-commerce", "revenue_yoy_frac", date(2025, 3, 31))["value"] == pytest.approx(
        101_369 / 93_216 - 1, abs=0.001
    )


def test_microsofts_cloud_growth_does_not_cross_its_redefinition(metrics: pl.DataFrame):
    broken = [date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30)]
    for period_end in broken:
        growth = metric(metrics, "Microsoft", "cloud", "revenue_yoy_frac", period_end)
        assert growth["value"] is None
        assert "from until_2024Q2 to from_2024Q3" in str(growth["null_reason"])
    before = metric(metrics, "Microsoft", "cloud", "revenue_yoy_frac", date(2024, 6, 30))
    after = metric(metrics, "Microsoft", "cloud", "revenue_yoy_frac", date(2025, 9, 30))
    assert before["value"] == pytest.approx(28_515 / 23_993 - 1)
    assert after["value"] == pytest.approx(30_897 / 24_092 - 1)


def test_nvidias_quarters_are_joined_by_their_calendar_end(metrics: pl.DataFrame):
    growth = metric(metrics, "Nvidia", "chips", "revenue_yoy_frac", date(2025, 10, 26))

    assert growth["value"] == pytest.approx(51_215 / 30_771 - 1)


def test_a_trailing_year_of_capex_equals_the_reported_year(metrics: pl.DataFrame):
    trailing = metric(metrics, "Alibaba", "group", "capex_ttm", date(2025, 3, 31))
    too_early = metric(metrics, "Alibaba", "group", "capex_ttm", date(2024, 9, 30))

    assert trailing["value"] == 85_972e6
    assert too_early["value"] is None
    assert "only 3 of the four quarters up to 2024-09-30" in str(too_early["null_reason"])


def test_the_total_grows_across_both_the_segments_names(metrics: pl.DataFrame):
    growth = metric(metrics, "Alibaba", "group", "revenue_yoy_frac", date(2025, 9, 30))

    assert growth["value"] == pytest.approx(247_795 / 236_503 - 1)


def test_what_was_known_in_september_2025_lacks_the_september_quarter(facts: Facts, universe: Universe):
    known = segment_metrics(
        facts.reported_figures, facts.fx_rates, universe=universe, as_of=end_of_day(date(2025, 9, 28))
    )

    alibaba = known.filter(pl.col("company") == "Alibaba")
    assert alibaba["period_end"].max() == date(2025, 6, 30)
    assert metric(known, "Alibaba", "cloud", "revenue_yoy_frac", date(2025, 6, 30))["value"] == pytest.approx(
        0.26, abs=0.005
    )
