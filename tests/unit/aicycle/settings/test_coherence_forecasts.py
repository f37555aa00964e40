"""Numbers of config/forecasts.toml that can't be computed with are refused, with file and key."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from aicycle.errors import ConfigError
from aicycle.model.kinds import Status
from aicycle.model.parameters import ForecastRules, Parameter
from aicycle.model.provenance import parameters_within
from aicycle.settings.coherence_forecasts import RANGES, check_forecasts
from aicycle.settings.configuration import load_configuration

FILE = "forecasts.toml"


@pytest.fixture(scope="module")
def rules(root: Path) -> ForecastRules:
    return load_configuration(root / "config").forecasts


def changed(rules: ForecastRules, **values: Any) -> ForecastRules:
    return replace(rules, **{name: replace(getattr(rules, name), value=value) for name, value in values.items()})


def test_our_own_numbers_are_assumptions_and_every_one_is_checked(rules: ForecastRules) -> None:
    assert {p.status for _, p in parameters_within(rules)} == {Status.ASSUMPTION}
    assert set(RANGES) == {f.name for f in fields(rules) if isinstance(getattr(rules, f.name), Parameter)}
    check_forecasts(rules, FILE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("live_within_days", -1.0), ("live_within_days", float("nan")), ("horizon_days", 0), ("horizon_days", 10**9),
        ("close_tolerance_days", -1), ("report_within_days", 0), ("capex_growth_factor", 0.0),
        ("band_coverage_frac", 1.0), ("band_coverage_frac", 0.0), ("min_quarters", 0), ("volatility_days", 0),
        ("min_returns", 1), ("pseudo_count", 0.0), ("momentum_nats", -0.1), ("momentum_limit", -1.0),
        ("evidence_weight", float("inf")), ("floor_frac", 0.0), ("floor_frac", 1.0), ("persistence_doubt_frac", 0.0),
        ("persistence_doubt_frac", 1.5),
    ],
)  # fmt: skip
def test_a_number_outside_its_range_is_refused(rules: ForecastRules, name: str, value: float) -> None:
    with pytest.raises(ConfigError) as caught:
        check_forecasts(changed(rules, **{name: value}), FILE)
    assert f"config/forecasts.toml, key {name}.value" in str(caught.value)


def test_late_is_not_live(rules: ForecastRules) -> None:
    with pytest.raises(ConfigError, match="stored 90 days late would be live"):
        check_forecasts(changed(rules, live_within_days=90.0), FILE)


def test_a_year_has_only_so_many_sessions(rules: ForecastRules) -> None:
    with pytest.raises(ConfigError, match="100 days do not hold 200 daily returns"):
        check_forecasts(changed(rules, volatility_days=100), FILE)


def test_rules_without_a_version_are_refused(rules: ForecastRules) -> None:
    with pytest.raises(ConfigError, match="'version' is empty"):
        check_forecasts(replace(rules, version=" "), FILE)
