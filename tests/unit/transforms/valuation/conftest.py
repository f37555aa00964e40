"""A small company with figures, and drivers without spread unless a test gives them some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import Status
from aicycle.model.parameters import (
    ChipRestriction,
    Configuration,
    Driver,
    Number,
    Parameter,
    ProjectedSegment,
    Projection,
    ReportedParts,
    ScenarioDrivers,
    ScenarioSet,
    SegmentDrivers,
    SharedDrivers,
)
from aicycle.settings.configuration import load_configuration
from transforms.valuation.projection import model_of
from transforms.valuation.start import NoProjection
from transforms.valuation.worth import Model

AS_OF = datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC)
QUARTERS = (date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30))
BASIS = "2025_four_segments"
NAMES = ("Cloud Intelligence Group", "Alibaba China E-commerce Group", "Total")
REVENUES = {NAMES[0]: 20e9, NAMES[1]: 90e9, "Total": 100e9}
PROFITS = {NAMES[0]: 2e9, NAMES[1]: 27e9, "Total": 28e9}
Frames = dict[str, pl.DataFrame]


def number(value: float, *, status: Status = Status.ASSUMPTION, known_at: date = date(2025, 9, 28)) -> Number:
    return Parameter(value=value, unit="u", status=status, source="s", why="w", known_at=known_at)


def driver(low: float, mode: float | None = None, high: float | None = None) -> Driver:
    mode = low if mode is None else mode
    return Driver(low=number(low), mode=number(mode), high=number(mode if high is None else high))


def certain(projection: Projection) -> Projection:
    """The projection without any spread."""

    def at_mode(ranged: Driver) -> Driver:
        return Driver(low=ranged.mode, mode=ranged.mode, high=ranged.mode)

    def fixed(thing: Any) -> Any:
        if isinstance(thing, Driver):
            return at_mode(thing)
        if isinstance(thing, tuple):
            return tuple(fixed(item) for item in thing)
        if isinstance(thing, ScenarioDrivers | SegmentDrivers | SharedDrivers):
            return replace(thing, **{name: fixed(getattr(thing, name)) for name in thing.__dataclass_fields__})
        if isinstance(thing, ChipRestriction):
            return replace(thing, probability=number(float(thing.probability.value > 0.5)))
        return thing

    return replace(
        projection,
        shared=fixed(projection.shared),
        scenarios=fixed(projection.scenarios),
        multiple_log_sd=number(0.0),
    )


@pytest.fixture(scope="session")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="session")
def projection() -> Projection:
    """Two segments: the cloud leads, shops are the rest."""
    scenario = ScenarioDrivers(
        scenario="realistic",
        multiple=number(10.0),
        revenue_growth_frac=driver(0.05, 0.06, 0.08),
        lead_share_frac=driver(0.2, 0.25, 0.3),
        capex_plan_per_year=driver(40e9, 44e9, 50e9),
        capex_maintenance_frac=driver(0.05, 0.06, 0.08),
        chip_restriction=ChipRestriction(
            probability=number(0.3), lead_revenue_loss_frac=number(0.2), lead_margin_loss_frac=number(0.05)
        ),
        segments=(
            SegmentDrivers(segment="cloud", adj_ebita_margin_frac=driver(0.1, 0.15, 0.2)),
            SegmentDrivers(segment="shops", adj_ebita_margin_frac=driver(0.2, 0.25, 0.3), rest_weight_frac=driver(1.0)),
        ),
    )
    return Projection(
        lead_segment="cloud",
        segments=(
            ProjectedSegment(name="cloud", reported_as=(ReportedParts(basis=BASIS, names=NAMES[:1]),)),
            ProjectedSegment(name="shops", reported_as=(ReportedParts(basis=BASIS, names=NAMES[1:2]),)),
        ),
        target_meaning=Parameter(
            value="discounted_horizon",
            unit="u",
            status=Status.ASSUMPTION,
            source="s",
            why="w",
            known_at=date(2025, 1, 1),
        ),
        profit_years_ahead=number(0.0),
        depreciation_today_frac=number(0.03),
        capex_plan_years=number(2.0),
        multiple_log_sd=number(0.2),
        independent_multiples=(number(8.0), number(12.0)),
        shared=SharedDrivers(
            useful_life_years=driver(4.0, 5.0, 6.0),
            tax_rate_frac=driver(0.15, 0.2, 0.25),
            net_buyback_frac=driver(0.0, 0.01, 0.02),
            stakes=driver(0.0, 5e9, 10e9),
            debt=driver(10e9, 20e9, 30e9),
            discount_rate_frac=driver(0.08, 0.1, 0.12),
        ),
        scenarios=tuple(replace(scenario, scenario=name) for name in ("pessimistic", "realistic", "optimistic")),
        seed=Parameter(value=7, unit="u", status=Status.ASSUMPTION, source="s", why="w", known_at=date(2025, 1, 1)),
        draws_log2=Parameter(
            value=10, unit="u", status=Status.ASSUMPTION, source="s", why="w", known_at=date(2025, 1, 1)
        ),
        scramblings=Parameter(
            value=8, unit="u", status=Status.ASSUMPTION, source="s", why="w", known_at=date(2025, 1, 1)
        ),
    )


@pytest.fixture(scope="session")
def scenario_set(configuration: Configuration, projection: Projection) -> ScenarioSet:
    found = configuration.scenario_set("Alibaba")
    assert found is not None
    return replace(found, projection=projection)


def figure_rows(*given: dict[str, Any]) -> pl.DataFrame:
    """Rows of `core.reported_figures`; what is not given is filled in."""
    filler = {
        "company": "Alibaba", "segment": "Total", "segment_basis": "group", "duration_months": 0, "unit": "CNY",
        "verification": "source", "known_precision": "day", "revision": 0, "load_seq": 1,
        "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1,
    }  # fmt: skip
    schema = CONTRACTS["core.reported_figures"].polars_schema()
    rows = [dict.fromkeys(schema.names()) | filler | row for row in given]
    return pl.DataFrame(rows, schema=schema)


def known(day: date, delay_days: int = 60) -> datetime:
    return datetime.fromordinal(day.toordinal() + delay_days).replace(tzinfo=UTC)


@pytest.fixture(scope="session")
def facts() -> Frames:
    """Four quarters to June 2025, units, cash and a rate."""
    quarters = [
        {"segment": name, "segment_basis": BASIS, "metric": metric, "period_end": day, "duration_months": 3}
        | {"value": amounts[name], "known_at": known(day)}
        for day in QUARTERS
        for metric, amounts in (("revenue", REVENUES), ("adj_ebita", PROFITS))
        for name in NAMES
    ]
    moments = [
        {"metric": metric, "period_end": QUARTERS[-1], "value": value, "unit": unit, "known_at": known(QUARTERS[-1])}
        for metric, value, unit in (
            ("ads_outstanding", 2e9, "ADS"),
            ("ordinary_shares_outstanding", 99e9, "shares"),
            ("cash_and_liquid_investments", 120e9, "CNY"),
        )
    ]
    rate = {
        "pair": "USDCNY", "session": date(2025, 9, 26), "rate": 7.0, "known_at": known(date(2025, 9, 26), 1),
        "known_precision": "instant", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64,
        "byte_start": 0, "byte_end": 1,
    }  # fmt: skip
    return {
        "figures": figure_rows(*quarters, *moments),
        "fx": pl.DataFrame([rate], schema=CONTRACTS["core.fx_rates"].polars_schema()),
        "actions": CONTRACTS["core.corporate_actions"].polars_schema().to_frame(),
    }


Asked = Callable[..., Model | NoProjection]


@pytest.fixture(scope="session")
def asked(configuration: Configuration, scenario_set: ScenarioSet, facts: Frames) -> Asked:
    """`asked(projection=..., figures=..., as_of=...)`: the model, or why there is none."""

    def ask(
        projection: Projection | None = None, as_of: datetime = AS_OF, **changed: pl.DataFrame
    ) -> Model | NoProjection:
        company = configuration.universe.company("Alibaba")
        listing = configuration.universe.primary_listing("Alibaba")
        assert company is not None
        assert listing is not None
        chosen = scenario_set if projection is None else replace(scenario_set, projection=projection)
        return model_of(chosen, company, listing, universe=configuration.universe, as_of=as_of, **(facts | changed))

    return ask


@pytest.fixture(scope="session")
def model(asked: Asked) -> Model:
    found = asked()
    assert isinstance(found, Model)
    return found


@pytest.fixture(scope="session")
def small() -> SimpleNamespace:
    """The helpers above, for tests that build facts or drivers of their own."""
    return SimpleNamespace(
        AS_OF=AS_OF, BASIS=BASIS, NAMES=NAMES, number=number, driver=driver, certain=certain, known=known,
        figure_rows=figure_rows,
    )  # fmt: skip
