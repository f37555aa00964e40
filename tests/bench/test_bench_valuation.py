"""Benchmarks of the projection: three scenarios x 2^17 draws x 21 quarters x 5 segments.

make bench
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, norm

from aicycle.model.kinds import Status
from aicycle.model.parameters import ProjectedSegment, Projection
from aicycle.model.parameters.valuation import MULTIPLE, margin_name, weight_name
from aicycle.settings.configuration import load_configuration
from transforms.valuation.draws import scores
from transforms.valuation.drivers import CHIPS, ranges
from transforms.valuation.horizon import YEAR_MONTHS, quarters_to
from transforms.valuation.parts import Mix
from transforms.valuation.start import StartingPoint
from transforms.valuation.uncertainty import LEVELS, simulate
from transforms.valuation.worth import Model

DRAWS_LOG2, QUARTERS, SEGMENTS = 17, 21, 5


@pytest.fixture(scope="module")
def model() -> Model:
    """Alibaba's drivers as of the bands' day, with the rest split once more so that there are five segments."""
    configuration = load_configuration(Path(__file__).parents[2] / "config")
    scenario_set = configuration.scenario_set("Alibaba")
    assert scenario_set is not None
    assert scenario_set.projection is not None
    projection = _with_five(scenario_set.projection)
    start = StartingPoint(
        as_of_day=scenario_set.bands_known_at,
        revenue_per_year=1.0e12,
        revenue_month=2025 * 12 + 6,
        mix=Mix(
            mix_month=2025 * 12 + 6,
            segments_per_group_revenue=1.077,
            lead_share_frac=0.135,
            rest_weights_frac=(0.6, 0.15, 0.2, 0.05),
            margins_frac=(0.09, 0.27, 0.0, -0.02, -0.02),
            unallocated_frac=-0.004,
        ),
        cash=5.857e11,
        units=2.31e9,
        units_month=2025 * 12 + 3,
        usd_rate=7.137,
        status=Status.ASSUMPTION,
        taken=(),
    )
    quarters = quarters_to(
        scenario_set.horizon,
        observed_month=start.revenue_month,
        bands_known_at=scenario_set.bands_known_at,
        as_of_day=start.as_of_day,
        plan_years=projection.capex_plan_years.value,
    )
    assert (len(quarters.shown), len(projection.segments)) == (QUARTERS, SEGMENTS)
    return Model(start=start, quarters=quarters, projection=projection)


def _with_five(projection: Projection) -> Projection:
    scenarios = tuple(
        replace(s, segments=(*s.segments, replace(s.segments[-1], segment="fifth"))) for s in projection.scenarios
    )
    return replace(
        projection,
        segments=(*projection.segments, ProjectedSegment(name="fifth")),
        scenarios=scenarios,
        draws_log2=replace(projection.draws_log2, value=DRAWS_LOG2),
    )


def plain_numpy(model: Model) -> dict[str, np.ndarray]:
    """The same in plain NumPy: every quantity one array over all draws, quantiles by the distributions' own inverse.

    Shape of each scenario's answer: percentiles, quarters.
    """
    projection, start = model.projection, model.start
    count = projection.scramblings.value
    sets = [
        scores(projection, seed=projection.seed.value, scrambling=i, draws_log2=DRAWS_LOG2 - 3) for i in range(count)
    ]
    normal = {name: np.concatenate([s.by_name[name] for s in sets]) for name in sets[0].by_name}
    lead = projection.lead_segment
    others = [s.name for s in projection.segments if s.name != lead]
    names = [s.name for s in projection.segments]
    months = np.array(model.quarters.months)
    found = {}
    for scenario in projection.scenarios:
        d = {}
        for name, driver in ranges(projection, scenario).items():
            low, mode, high = driver.low.value, driver.mode.value, driver.high.value
            weight = (mode - low) / (high - low)
            u = norm.cdf(normal[name])
            d[name] = low + (high - low) * beta.ppf(u, 1 + 4 * weight, 5 - 4 * weight)
        multiple = scenario.multiple.value * np.exp(projection.multiple_log_sd.value * normal[MULTIPLE])
        withheld = (normal[CHIPS] < norm.ppf(scenario.chip_restriction.probability.value)).astype(float)
        total = sum(d[weight_name(n)] for n in others)
        property_worth = projection.depreciation_today_frac.value * start.revenue_per_year * d["useful_life_years"]
        worths, before, share_then = [], start.revenue_month, None
        for month in months:
            years = (month - start.revenue_month) / YEAR_MONTHS
            revenue = start.revenue_per_year * (1 + d["revenue_growth_frac"]) ** years
            if month <= model.quarters.plan_end_month:
                spent = d["capex_plan_per_year"]
                share_then = spent / revenue
            else:
                along = (month - model.quarters.plan_end_month) / (months[-1] - model.quarters.plan_end_month)
                spent = (share_then + along * (d["capex_maintenance_frac"] - share_then)) * revenue
            worn = property_worth / d["useful_life_years"]
            property_worth = property_worth + (month - before) / YEAR_MONTHS * (spent - worn)
            before = month
            way = (month - start.mix.mix_month) / (months[-1] - start.mix.mix_month)
            share = start.mix.lead_share_frac + way * (d["lead_share_frac"] - start.mix.lead_share_frac)
            kept = share * (1 - way * withheld * scenario.chip_restriction.lead_revenue_loss_frac.value)
            lost_margin = withheld * scenario.chip_restriction.lead_margin_loss_frac.value
            margins = {
                n: m + way * (d[margin_name(n)] - (lost_margin if n == lead else 0) - m)
                for n, m in zip(names, start.mix.margins_frac, strict=True)
            }
            rest = sum(
                (w + way * (d[weight_name(n)] / total - w)) * margins[n]
                for n, w in zip(others, start.mix.rest_weights_frac, strict=True)
            )
            of_group = kept * margins[lead] + (start.mix.segments_per_group_revenue - share) * rest
            worn_share = projection.depreciation_today_frac.value
            drag = np.maximum(property_worth / d["useful_life_years"] - worn_share * revenue, 0)
            profit = ((of_group + start.mix.unallocated_frac) * revenue - drag) * (1 - d["tax_rate_frac"])
            units = start.units * (1 - d["net_buyback_frac"]) ** ((month - start.units_month) / YEAR_MONTHS)
            held = start.cash - d["debt"] + d["stakes"]
            if month >= months[-QUARTERS]:
                worths.append((multiple * np.maximum(profit, 0) + held) / units / start.usd_rate)
        found[scenario.scenario] = np.array([np.quantile(w, LEVELS) for w in worths]).T
    return found


@pytest.mark.benchmark(group="3 scenarios x 2^17 draws x 21 quarters x 5 segments; baseline: plain NumPy, whole arrays")
class TestValuation:
    def test_simulate(self, benchmark, model):
        found = benchmark.pedantic(simulate, (model, model.projection.scenarios), rounds=3, warmup_rounds=1)
        for spread in found.values():
            assert spread.path_error_frac.max() < 0.005
            assert spread.target_error_frac.max() < 0.005

    def test_baseline_plain_numpy(self, benchmark, model):
        expected = benchmark.pedantic(plain_numpy, (model,), rounds=1)
        for name, spread in simulate(model, model.projection.scenarios).items():
            np.testing.assert_allclose(spread.path_usd, expected[name], rtol=1e-5)
