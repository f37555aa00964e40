"""What is taken from facts, what from registered numbers, and what is missing."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import Status
from transforms.valuation.gathering import StartingValue
from transforms.valuation.start import NoProjection


def test_the_starting_point_is_what_was_reported(model) -> None:
    start, mix = model.start, model.start.mix
    assert start.revenue_per_year == 400e9
    assert (start.units, start.cash, start.usd_rate) == (2e9, 120e9, 7.0)
    assert mix.lead_share_frac == pytest.approx(0.2)
    assert mix.segments_per_group_revenue == pytest.approx(1.1)
    assert mix.rest_weights_frac == (1.0,)
    assert mix.margins_frac == pytest.approx((0.1, 0.3))
    assert mix.unallocated_frac == pytest.approx(-0.01)
    assert start.status is Status.REPORTED
    assert [model.quarters.shown[i] for i in (0, -1)] == [date(2025, 12, 31), date(2030, 12, 31)]
    assert len(model.quarters.shown) == 21


def without(figures: pl.DataFrame, **named: Any) -> pl.DataFrame:
    return figures.filter(~pl.all_horizontal(pl.col(k) == v for k, v in named.items()))


def changed(figures: pl.DataFrame, value: float, **named: Any) -> pl.DataFrame:
    found = pl.all_horizontal(pl.col(k) == v for k, v in named.items())
    return figures.with_columns(value=pl.when(found).then(pl.lit(value)).otherwise("value"))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"segment": "Total", "period_end": date(2024, 12, 31)}, "only"),
        ({"segment": "Cloud Intelligence Group", "metric": "revenue"}, "segments: no quarter"),
        ({"segment": "Cloud Intelligence Group", "metric": "adj_ebita"}, "margins:"),
        ({"metric": "cash_and_liquid_investments"}, "cash:"),
    ],
)
def test_a_fact_that_is_missing_leaves_nothing_to_project(asked, facts, named, said) -> None:
    found = asked(figures=without(facts["figures"], **named))
    assert isinstance(found, NoProjection)
    assert said in found.reason


@pytest.mark.parametrize(
    ("named", "value", "said"),
    [
        ({"metric": "ads_outstanding"}, 0.0, "units"),
        ({"segment": "Total", "metric": "revenue"}, 0.0, "revenue"),
        ({"segment": "Alibaba China E-commerce Group", "metric": "revenue"}, -1.0, "negative"),
    ],
)
def test_an_amount_that_can_not_be_gives_a_reason_and_no_number(asked, facts, named, value, said) -> None:
    found = asked(figures=changed(facts["figures"], value, **named))
    assert isinstance(found, NoProjection)
    assert said in found.reason


def test_one_quarter_of_history_is_not_enough(asked, facts) -> None:
    figures = facts["figures"].filter(pl.col("period_end") == date(2025, 6, 30))
    found = asked(figures=figures)
    assert isinstance(found, NoProjection)
    assert "only 1 of the four quarters" in found.reason


def test_before_the_first_figure_nothing_is_projected(asked) -> None:
    assert isinstance(asked(as_of=datetime(2020, 1, 1, tzinfo=UTC)), NoProjection)


def test_after_the_horizon_nothing_is_projected(asked, projection, small) -> None:
    late = replace(projection, usd_rate=small.number(7.0))
    found = asked(late, as_of=datetime(2031, 1, 1, tzinfo=UTC))
    assert found == NoProjection("the horizon 2030-12-31 has passed")


def test_an_old_rate_is_no_rate_and_a_registered_one_stands_in(asked, facts, projection, small) -> None:
    old = facts["fx"].with_columns(session=pl.lit(date(2025, 8, 27)))
    assert "exchange rate" in asked(fx=old).reason
    found = asked(replace(projection, usd_rate=small.number(6.5)), fx=old)
    assert found.start.usd_rate == 6.5
    assert found.start.status is Status.ASSUMPTION
    just = facts["fx"].with_columns(session=pl.lit(date(2025, 8, 28)))
    assert asked(fx=just).start.usd_rate == 7.0


def test_a_rate_may_be_quoted_the_other_way_round(asked, facts) -> None:
    inverse = facts["fx"].with_columns(pair=pl.lit("CNYUSD"), rate=pl.lit(0.125))
    assert asked(fx=inverse).start.usd_rate == 8.0


def test_ordinary_shares_stand_in_for_ads(asked, facts) -> None:
    found = asked(figures=without(facts["figures"], metric="ads_outstanding"))
    assert found.start.units == 99e9 / 8


def test_registered_numbers_stand_in_and_weaken_the_status(asked, facts, projection, small) -> None:
    figures = facts["figures"].filter(~pl.col("metric").is_in(["ads_outstanding", "ordinary_shares_outstanding"]))
    derived = small.number(3e9, status=Status.DERIVED)
    found = asked(replace(projection, units_outstanding=derived), figures=figures)
    assert (found.start.units, found.start.status) == (3e9, Status.DERIVED)
    assert any("registered (derived)" in said for said in found.start.facts)


def test_an_unchecked_figure_makes_an_assumption_of_it(asked, facts) -> None:
    unchecked = facts["figures"].with_columns(
        verification=pl.when(pl.col("metric") == "ads_outstanding").then(pl.lit("unchecked")).otherwise("verification")
    )
    assert asked(figures=unchecked).start.status is Status.ASSUMPTION


def test_only_the_rows_that_were_chosen_are_told(asked, facts, small) -> None:
    older = small.figure_rows(
        {"metric": "ads_outstanding", "period_end": date(2024, 6, 30), "value": 3e9, "unit": "ADS"}
        | {"known_at": small.known(date(2024, 6, 30))}
    )
    another = facts["fx"].with_columns(session=pl.lit(date(2025, 9, 25)), rate=pl.lit(8.0))
    start = asked(figures=pl.concat([facts["figures"], older]), fx=pl.concat([another, facts["fx"]])).start
    rows = {
        name: sorted((row.get("metric", "rate"), str(row.get("segment", "")), row.get("value"))
                     for taken in start.taken if taken.value_of is name for row in taken.rows)
        for name in StartingValue
    }  # fmt: skip
    cloud, shops, total = small.NAMES
    assert rows[StartingValue.REVENUE] == [("revenue", total, 100e9)] * 4
    assert math.fsum(value for *_, value in rows[StartingValue.REVENUE]) == start.revenue_per_year
    assert rows[StartingValue.MIX] == [("revenue", shops, 90e9), ("revenue", cloud, 20e9), ("revenue", total, 100e9)]
    assert [segment for _, segment, _ in rows[StartingValue.MARGINS]] == [shops, cloud, total]
    assert rows[StartingValue.CASH] == [("cash_and_liquid_investments", total, 120e9)]
    assert rows[StartingValue.UNITS] == [("ads_outstanding", total, 2e9)]
    (rate,) = [taken for taken in start.taken if taken.value_of is StartingValue.RATE]
    assert [(rate.table, row["session"], row["rate"]) for row in rate.rows] == [
        ("core.fx_rates", date(2025, 9, 26), 7.0)
    ]
    for taken in start.taken:
        assert all(list(row) == list(CONTRACTS[taken.table].column_names) for row in taken.rows)


def test_a_registered_number_is_told_by_its_path(asked, facts, projection, small) -> None:
    figures = without(facts["figures"], metric="ads_outstanding")
    figures = without(figures, metric="cash_and_liquid_investments")
    start = asked(replace(projection, cash=small.number(1e9)), figures=figures).start
    paths = {(taken.value_of, taken.path) for taken in start.taken if taken.path}
    assert paths == {
        (StartingValue.CASH, "scenario_sets[Alibaba].projection.cash"),
        (StartingValue.UNITS, "universe.companies[Alibaba].listings[BABA].shares_per_unit"),
    }


def test_a_split_after_the_count_makes_more_units(asked, facts, small) -> None:
    schema = CONTRACTS["core.corporate_actions"].polars_schema()
    split = {
        "symbol": "BABA",
        "kind": "split",
        "ratio": 2.0,
        "ex_date": date(2025, 8, 1),
        "known_at": small.known(date(2025, 7, 1)),
    }
    actions = pl.DataFrame([dict.fromkeys(schema.names()) | split], schema=schema)
    start = asked(actions=actions).start
    assert start.units == 4e9
    (told,) = [taken for taken in start.taken if taken.table == "core.corporate_actions"]
    assert (told.value_of, [row["ratio"] for row in told.rows]) == (StartingValue.UNITS, [2.0])


def test_without_a_total_the_parts_are_summed_with_registered_ones(asked, facts, projection, small) -> None:
    parts = (
        projection.segments[0],
        replace(
            projection.segments[1],
            reported_as=(),
            revenue_per_year=small.number(320e9),
            adj_ebita_margin_frac=small.number(0.25),
        ),
    )
    figures = facts["figures"].filter((pl.col("segment") == small.NAMES[0]) | (pl.col("duration_months") == 0))
    found = asked(replace(projection, segments=parts), figures=figures)
    assert found.start.revenue_per_year == 400e9
    assert found.start.mix.lead_share_frac == pytest.approx(0.2)
    assert found.start.mix.segments_per_group_revenue == 1.0
    assert found.start.mix.margins_frac == pytest.approx((0.1, 0.25))
    path = "scenario_sets[Alibaba].projection.segments[shops].revenue_per_year"
    assert [t.value_of for t in found.start.taken if t.path == path] == [StartingValue.REVENUE, StartingValue.MIX]
    assert len(set(found.start.facts)) == len(found.start.facts)
    assert asked(figures=figures).reason.startswith("revenue: that of the group is not known")


def test_the_newest_quarter_with_all_parts_is_the_mix(asked, facts, small) -> None:
    newest = {"segment_basis": small.BASIS, "period_end": date(2025, 9, 30), "duration_months": 3, "metric": "revenue"}
    newest |= {"known_at": small.known(date(2025, 9, 30))}
    rows = small.figure_rows(newest | {"value": 120e9}, newest | {"segment": small.NAMES[0], "value": 60e9})
    late = small.AS_OF + timedelta(days=90)
    rate = facts["fx"].with_columns(session=pl.lit(late.date()))
    found = asked(figures=pl.concat([facts["figures"], rows]), fx=rate, as_of=late)
    assert found.start.revenue_per_year == 420e9
    assert found.start.mix.lead_share_frac == pytest.approx(0.2), "shops are not yet reported"
    assert found.quarters.shown[0] == date(2025, 12, 31)
