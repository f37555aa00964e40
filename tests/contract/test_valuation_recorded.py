"""The article's bands against recorded facts: what `aicycle eval scenarios` prints, and what it rests on."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from tests.first_load import tables_of_first_load
from transforms.scenarios.bands import bands_on
from transforms.valuation.confrontation import Confrontation, confront, independent_multiples
from transforms.valuation.projection import model_of
from transforms.valuation.worth import Model

pytestmark = pytest.mark.recording
FILES = ("reported_figures.csv", "fx.csv", "actions.csv")
TABLES = {"core.reported_figures": "figures", "core.fx_rates": "fx", "core.corporate_actions": "actions"}


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="module")
def facts(recording_dir: Path, configuration: Configuration) -> dict[str, pl.DataFrame]:
    tables = tables_of_first_load(recording_dir, FILES, configuration.universe)
    return {argument: tables[table] for table, argument in TABLES.items()}


def confronted(
    company: str, facts: dict[str, pl.DataFrame], configuration: Configuration
) -> tuple[Model, Confrontation]:
    universe, scenario_set = configuration.universe, configuration.scenario_set(company)
    found, listing = universe.company(company), universe.primary_listing(company)
    assert scenario_set is not None
    assert scenario_set.projection is not None
    assert found is not None
    assert listing is not None
    as_of = end_of_day(scenario_set.bands_known_at)
    model = model_of(scenario_set, found, listing, universe=universe, as_of=as_of, **facts)
    assert isinstance(model, Model)
    others = independent_multiples(scenario_set.projection, facts["figures"], found, scenario_set=scenario_set)
    bands = bands_on(scenario_set, facts["actions"], symbol=listing.symbol, as_of=as_of)
    return model, confront(model, bands, others)


def test_the_articles_bands(facts, configuration) -> None:
    model, found = confronted("Alibaba", facts, configuration)
    assert len(model.quarters.shown) == 21
    assert model.start.revenue_per_year == 1_000_763e6, "four quarters to June 2025"
    assert model.start.mix.lead_share_frac == pytest.approx(33_398 / 247_652)
    assert model.start.usd_rate == 7.13742
    assert (found.degrees_of_freedom, found.independent_low, found.independent_high) == (3, 11.0, 22.0)
    printed = {(c.meaning, c.scenario): (c.fitted_multiple, c.residual_high_usd) for c in found.scenarios}
    assert printed == {
        ("twelve_months", "pessimistic"): pytest.approx((8.0, 2.8), abs=0.1),
        ("twelve_months", "realistic"): pytest.approx((16.9, -3.1), abs=0.1),
        ("twelve_months", "optimistic"): pytest.approx((24.5, 17.3), abs=0.1),
        ("discounted_horizon", "pessimistic"): pytest.approx((58.4, 173.6), abs=0.1),
        ("discounted_horizon", "realistic"): pytest.approx((31.1, 116.8), abs=0.1),
        ("discounted_horizon", "optimistic"): pytest.approx((31.3, 177.8), abs=0.1),
    }, "docs/model.md prints these"


@pytest.mark.parametrize("company", ["Alibaba", "Nvidia"])
def test_the_registered_multiples_are_the_fitted_ones(facts, configuration, company) -> None:
    model, found = confronted(company, facts, configuration)
    registered = model.projection.target_meaning.value
    for c in found.scenarios:
        if c.meaning == registered:
            assert model.projection.drivers_of(c.scenario).multiple.value == pytest.approx(c.fitted_multiple, rel=1e-3)


def test_the_registered_multiples_of_others_are_those_among_the_facts(facts, configuration) -> None:
    model, found = confronted("Alibaba", facts, configuration)
    registered = sorted(n.value for n in model.projection.independent_multiples)
    assert registered == [m.value for m in found.independent]
