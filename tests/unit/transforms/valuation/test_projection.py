"""What a run gets: targets, paths, or the reason why there are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from aicycle.contracts import CONTRACTS
from transforms.valuation.projection import NO_DRIVERS, model_of, project
from transforms.valuation.start import NoProjection


def test_targets_and_paths(scenario_set, model) -> None:
    found = project(scenario_set, model)
    assert found.null_reason is None
    assert set(found.targets) == {"pessimistic", "realistic", "optimistic"}
    for value in found.targets.values():
        assert 0 < value.p10_usd < value.p50_usd < value.p90_usd
        assert value.p10_usd < value.closed_form_usd < value.p90_usd
    schema = CONTRACTS["marts.scenario_paths"].polars_schema()
    schema.pop("run_id")
    assert found.paths.schema == schema
    assert found.paths.height == 3 * 21
    assert_frame_equal(found.paths, found.paths.sort("scenario", "quarter_end"))
    assert (found.paths["p10_usd"] < found.paths["p50_usd"]).all()
    assert (found.paths["se_p50_frac"] < 0.02).all()
    assert found.status.value == "assumption"


def test_the_other_meaning_reads_the_path_a_year_ahead(scenario_set, model) -> None:
    meaning = replace(model.projection.target_meaning, value="twelve_months")
    found = project(scenario_set, replace(model, projection=replace(model.projection, target_meaning=meaning)))
    ahead = found.paths.filter(
        (pl.col("scenario") == "realistic") & (pl.col("quarter_end") == date(2026, 9, 30))
    ).to_dicts()[0]
    target = found.targets["realistic"]
    for name in ("p10_usd", "p50_usd", "p90_usd", "closed_form_usd"):
        assert getattr(target, name) == pytest.approx(ahead[name], rel=1e-12)


def test_a_reason_is_handed_on(scenario_set) -> None:
    found = project(scenario_set, NoProjection("no rate"))
    assert (found.null_reason, found.targets, found.paths.height) == ("no rate", {}, 0)


def test_a_set_without_drivers_says_so(asked, scenario_set, configuration, facts) -> None:
    bare = replace(scenario_set, projection=None)
    universe = configuration.universe
    found = model_of(
        bare, universe.company("Alibaba"), universe.primary_listing("Alibaba"), universe=universe,
        as_of=datetime(2025, 9, 28, tzinfo=UTC), **facts,
    )  # fmt: skip
    assert found == NoProjection(NO_DRIVERS)


def test_a_group_that_loses_money_at_the_horizon_has_no_value(scenario_set, model, small) -> None:
    scenario = model.projection.scenarios[0]
    ruined = tuple(replace(s, adj_ebita_margin_frac=small.driver(-0.2)) for s in scenario.segments)
    projection = replace(
        model.projection, scenarios=(replace(scenario, segments=ruined), *model.projection.scenarios[1:])
    )
    found = project(scenario_set, replace(model, projection=projection))
    assert found.null_reason == "pessimistic: the group loses money in the year to 2030-12-31, at the modes"
    assert found.targets == {}


def test_more_debt_than_worth_is_no_value(scenario_set, model, small) -> None:
    shared = replace(model.projection.shared, debt=small.driver(5e12))
    found = project(scenario_set, replace(model, projection=replace(model.projection, shared=shared)))
    assert "debt exceeds" in found.null_reason
