"""What must hold of a projection whatever the facts: nothing later counts, nor order, nor copies; news stays local."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.parameters import Configuration
from aicycle.model.parameters.valuation import MULTIPLE
from aicycle.settings.configuration import load_configuration
from transforms.valuation.drivers import End, at_end
from transforms.valuation.projection import model_of, project
from transforms.valuation.start import NoProjection, StartingPoint
from transforms.valuation.worth import Model, path

AS_OF = datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC)
EXAMPLES = settings(max_examples=30, deadline=None)
FIGURES = CONTRACTS["core.reported_figures"].polars_schema()
BASIS = "2025_four_segments"
PARTS = ("Cloud Intelligence Group", "Alibaba China E-commerce Group", "AIDC", "All others")
LEDGER = {"verification": "source", "known_precision": "day", "revision": 0, "load_seq": 1}
LEDGER |= {"payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1}
QUARTERS = (date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30))


@cache
def configuration() -> Configuration:
    return load_configuration(Path(__file__).parents[2] / "config")


def figure(segment: str, metric: str, day: date, value: float, known_at: datetime, **more: Any) -> dict[str, Any]:
    row = {"company": "Alibaba", "segment": segment, "segment_basis": BASIS, "metric": metric, "period_end": day}
    row |= {"duration_months": 3, "value": value, "unit": "CNY", "known_at": known_at}
    return dict.fromkeys(FIGURES.names()) | LEDGER | row | more


def of_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=50)


amounts = st.floats(1e9, 2e11)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for day in QUARTERS:
        parts = [draw(amounts) for _ in PARTS]
        rows += [figure(p, "revenue", day, a, of_day(day)) for p, a in zip(PARTS, parts, strict=True)]
        margins = [draw(st.floats(-0.2, 0.5)) for _ in PARTS]
        profits = [a * m for a, m in zip(parts, margins, strict=True)]
        rows += [figure(p, "adj_ebita", day, v, of_day(day)) for p, v in zip(PARTS, profits, strict=True)]
        rows.append(figure("Total", "revenue", day, sum(parts) * draw(st.floats(0.85, 1.0)), of_day(day)))
        rows.append(figure("Total", "adj_ebita", day, sum(profits) - 1e9, of_day(day)))
    units = figure("Total", "ads_outstanding", QUARTERS[-1], draw(st.floats(1e9, 4e9)), of_day(QUARTERS[-1]))
    return [*rows, units | {"segment_basis": "group", "duration_months": 0, "unit": "ADS"}]


def rates() -> pl.DataFrame:
    schema = CONTRACTS["core.fx_rates"].polars_schema()
    row = {
        "pair": "USDCNY",
        "session": date(2025, 9, 26),
        "rate": 7.1,
        "known_at": datetime(2025, 9, 26, 16, tzinfo=UTC),
    }
    return pl.DataFrame([{n: v for n, v in (LEDGER | row).items() if n in schema.names()}], schema=schema)


def asked(rows: list[dict[str, Any]]) -> Model | NoProjection:
    chosen = configuration()
    universe, scenario_set = chosen.universe, chosen.scenario_set("Alibaba")
    company, listing = universe.company("Alibaba"), universe.primary_listing("Alibaba")
    assert company is not None
    assert listing is not None
    assert scenario_set is not None
    return model_of(
        scenario_set,
        company,
        listing,
        figures=pl.DataFrame(rows, schema=FIGURES),
        fx=rates(),
        actions=CONTRACTS["core.corporate_actions"].polars_schema().to_frame(),
        universe=universe,
        as_of=AS_OF,
    )


def start(rows: list[dict[str, Any]]) -> StartingPoint:
    found = asked(rows)
    assert isinstance(found, Model)
    return found.start


@EXAMPLES
@given(histories(), st.integers(1, 10**13), st.sampled_from(PARTS), amounts)
def test_nothing_known_later_counts(history, ticks, part, amount) -> None:
    later = AS_OF + timedelta(microseconds=ticks)
    restated = [row | {"value": row["value"] * 2, "known_at": later, "load_seq": 2} for row in history]
    news = [figure(part, "revenue", date(2025, 9, 30), amount, later)]
    assert start(history) == start([*history, *restated, *news])


@EXAMPLES
@given(histories(), st.randoms(use_true_random=False))
def test_order_and_duplicates_do_not_matter(history, chance) -> None:
    shuffled = [*history, *history[:9]]
    chance.shuffle(shuffled)
    assert start(shuffled) == start(history)


@EXAMPLES
@given(histories(), amounts)
def test_a_restated_margin_moves_that_margin_alone(history, profit) -> None:
    row = next(
        r for r in history if r["metric"] == "adj_ebita" and r["segment"] == "AIDC" and r["period_end"] == QUARTERS[-1]
    )
    after = start([*history, row | {"value": profit, "known_at": AS_OF, "load_seq": 2}])
    before = start(history)
    assert (
        after.mix.margins_frac[:2] + after.mix.margins_frac[3:]
        == before.mix.margins_frac[:2] + before.mix.margins_frac[3:]
    )
    for name in ("revenue_per_year", "units", "cash", "usd_rate", "units_month", "revenue_month"):
        assert getattr(after, name) == getattr(before, name)
    assert (after.mix.lead_share_frac, after.mix.rest_weights_frac) == (
        before.mix.lead_share_frac,
        before.mix.rest_weights_frac,
    )


@EXAMPLES
@given(
    histories(), st.sampled_from(["market_multiple_fy26", "revenue", "ads_outstanding", "cash_and_liquid_investments"])
)
def test_what_others_say_of_the_company_is_not_read(history, metric) -> None:
    said = figure("Total", metric, QUARTERS[-1], 1e15, of_day(QUARTERS[-1]), company="Alibaba / Somebody")
    assert start([*history, said]) == start(history)


@EXAMPLES
@given(histories())
def test_a_higher_multiple_never_lowers_a_value(history) -> None:
    model = asked(history)
    assert isinstance(model, Model)
    for scenario in model.projection.scenarios:
        modes = at_end(model.projection, scenario, End.MODE)
        found = path(model, scenario, modes)
        dearer = path(model, scenario, {**modes, MULTIPLE: modes[MULTIPLE] * 1.1})
        assert (dearer.worth_usd >= found.worth_usd).all()


@settings(max_examples=8, deadline=None)
@given(histories())
def test_a_projection_is_ordered_or_gives_a_reason(history) -> None:
    scenario_set = configuration().scenario_set("Alibaba")
    assert scenario_set is not None
    found = project(scenario_set, asked(history))
    if found.null_reason is not None:
        assert found.paths.is_empty()
        assert found.targets == {}
        return
    assert found.paths.height == 63
    for value in found.targets.values():
        assert 0 < value.p10_usd <= value.p50_usd <= value.p90_usd
