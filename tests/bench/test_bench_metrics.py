"""Benchmark of the segment metrics; the table's relative column is the ratio, measured in one run.

make bench
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, MetricRules, Parameter, PhaseRules, ReportedSegment, Segment, Universe
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.phases import assess_phases
from transforms.segment_metrics import all_metrics, segment_metrics

COMPANIES = 1_000
SEGMENTS = ("group", "cloud", "models", "chips", "e-commerce", "fintech")
ENDS = [date(2015 + n // 4, 3 * (n % 4) + 3, (31, 30, 30, 31)[n % 4]) for n in range(40)]
AS_OF = end_of_day(date(2025, 6, 1))
NUMBER = Parameter(value=1.0, unit="x", status=Status.ASSUMPTION, source="t", why="t", known_at=date(2020, 1, 1))
RULES = MetricRules(
    plan_start=Parameter(
        value="first_full_quarter", unit="r", status=Status.ASSUMPTION, source="t", why="t", known_at=date(2020, 1, 1)
    )
)


def _segment(name: str) -> Segment:
    reported = "Total" if name == "group" else name
    bases = tuple(ReportedSegment(basis=basis, name=reported, comparable="x") for basis in ("a", "b"))
    return Segment(name=name, reported_as=bases)


@pytest.fixture(scope="module")
def universe() -> Universe:
    companies = tuple(
        Company(
            name=f"Company {n:04}",
            reporting_currency="CNY" if n % 3 == 0 else "USD",
            segments=tuple(_segment(name) for name in SEGMENTS),
        )
        for n in range(COMPANIES)
    )
    return Universe(
        exchanges=(),
        companies=companies,
        fx_pairs=("USDCNY",),
        fx_close_local="16:00",
        fx_timezone="UTC",
        fx_delay_minutes=NUMBER,
        reporting_delay_days=NUMBER,
    )


@pytest.fixture(scope="module")
def figures(universe: Universe) -> pl.DataFrame:
    """240,000 revenues, as many adjusted EBITA, 40,000 capex, and a restated version of every fiftieth; shuffled."""
    companies = pl.DataFrame(
        [(c.name, c.reporting_currency) for c in universe.companies], ["company", "unit"], orient="row"
    )
    segments = pl.DataFrame({"segment": ["Total", *SEGMENTS[1:]]})
    periods = pl.DataFrame({"period_end": ENDS, "segment_basis": ["a"] * 20 + ["b"] * 20})
    places = companies.join(segments, how="cross").join(periods, how="cross")
    rows = pl.concat(
        [
            places.with_columns(metric=pl.lit("revenue")),
            places.with_columns(metric=pl.lit("adj_ebita")),
            places.filter(pl.col("segment") == "Total").with_columns(metric=pl.lit("capex")),
        ]
    )
    known_at = pl.col("period_end").cast(pl.Datetime("us")).dt.offset_by("45d").dt.replace_time_zone("UTC")
    first = rows.with_columns(
        value=pl.Series(np.random.default_rng(0).uniform(10, 1000, rows.height)),
        duration_months=pl.lit(3, pl.Int64),
        verification=pl.lit("source"),
        known_at=known_at,
        source_known_at=known_at,
        known_precision=pl.lit("day"),
        revision=pl.lit(0, pl.Int64),
        load_seq=pl.lit(1, pl.Int64),
        payload_sha256=pl.lit("0" * 64),
        byte_start=pl.int_range(pl.len(), dtype=pl.Int64),
        byte_end=pl.int_range(pl.len(), dtype=pl.Int64) + 1,
        period_start=pl.lit(None, pl.Date),
        reported_on=pl.lit(None, pl.Date),
        source=pl.lit("t"),
        note=pl.lit(None, pl.String),
    )
    later = pl.col("known_at").dt.offset_by("90d")
    restated = first.gather_every(50).with_columns(
        pl.col("value") * 1.01, known_at=later, source_known_at=later, revision=pl.lit(1, pl.Int64)
    )
    schema = CONTRACTS["core.reported_figures"].polars_schema()
    return pl.concat([first, restated]).select(schema.names()).sample(fraction=1.0, shuffle=True, seed=2)


@pytest.fixture(scope="module")
def rates() -> pl.DataFrame:
    rows = [
        {
            "pair": "USDCNY", "session": end, "rate": 7 + n / 100, "known_at": end_of_day(end),
            "source_known_at": end_of_day(end), "known_precision": "day", "revision": 0, "load_seq": 1,
            "payload_sha256": "0" * 64, "byte_start": n, "byte_end": n + 1,
        }
        for n, end in enumerate(ENDS)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CONTRACTS["core.fx_rates"].polars_schema())


@pytest.fixture(scope="module")
def events(universe: Universe) -> pl.DataFrame:
    """Five events of every segment, over eight years."""
    places = [(c.name, s.name) for c in universe.companies for s in c.segments if s.name != "group"] * 5
    lots, kinds = np.random.default_rng(1), ("region_launch", "model_release", "chip_release", "competition")
    known = [AS_OF - timedelta(days=int(age)) for age in lots.integers(0, 3000, len(places))]
    rows = [
        {
            "cycle_event_id": f"e{n}", "announcement_id": f"a{n}", "event_time": known_at.date(), "company": company,
            "segment": segment, "type": kinds[n % 4], "direction": 0, "country": "CN", "is_realised": True,
            "title": f"event {n}", "verification": "source", "known_at": known_at, "source_known_at": known_at,
            "known_precision": "day", "load_seq": 1, "revision": 0, "payload_sha256": "0" * 64, "byte_start": n,
            "byte_end": n + 1,
        }
        for n, ((company, segment), known_at) in enumerate(zip(places, known, strict=True))
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CONTRACTS["core.cycle_events"].polars_schema())


@pytest.fixture(scope="module")
def facts(figures: pl.DataFrame, rates: pl.DataFrame, events: pl.DataFrame) -> Facts:
    tables = {"core.reported_figures": figures, "core.fx_rates": rates, "core.cycle_events": events}
    members = event_members(CONTRACTS["core.announcements"].polars_schema().to_frame(), events)
    return Facts.from_tables(tables | {"core.event_members": members})


@pytest.fixture(scope="module")
def rules(root: Path) -> PhaseRules:
    return load_configuration(root / "config").phases


@pytest.mark.benchmark(
    group="metrics and phases of 1,000 companies x 40 quarters x 6 segments; baseline: pandas, five of the metrics"
)
class TestMetrics:
    def test_figures(self, benchmark, figures, rates, universe):
        found = benchmark.pedantic(
            segment_metrics, (figures, rates), {"universe": universe, "as_of": AS_OF}, rounds=3, warmup_rounds=1
        )
        assert found.height > 2_000_000

    def test_everything(self, benchmark, facts, universe):
        found = benchmark.pedantic(
            all_metrics, (facts,), {"universe": universe, "rules": RULES, "as_of": AS_OF}, rounds=3, warmup_rounds=1
        )
        assert found.height > 2_000_000

    def test_metrics_and_phases(self, benchmark, facts, universe, rules):
        """What a run asks for: the metrics, and every segment's phase from them and 25,000 events."""

        def compute():
            metrics = segment_metrics(facts.reported_figures, facts.fx_rates, universe=universe, as_of=AS_OF)
            return assess_phases(
                events=facts.cycle_events, announcements=facts.announcements, members=facts.event_members,
                metrics=metrics, universe=universe, rules=rules, as_of=AS_OF,
            )  # fmt: skip

        found = benchmark.pedantic(compute, rounds=3, warmup_rounds=1)
        assert found.assessments.height == COMPANIES * (len(SEGMENTS) - 1)
        assert found.assessments["evidence"].unique().sort().to_list() == ["figures and events"]

    def test_baseline_pandas(self, benchmark, figures):
        """Growth, share, margin, trailing year and intensity of the newest versions; no bases, reasons or times."""
        columns = ["company", "segment", "metric", "period_end", "value", "known_at", "revision"]
        frame = figures.select(columns).to_pandas()

        def compute():
            known = frame[frame["known_at"] <= AS_OF].sort_values(["known_at", "revision"])
            newest = known.drop_duplicates(["company", "segment", "metric", "period_end"], keep="last")
            wide = newest.pivot_table(
                index=["company", "segment", "period_end"], columns="metric", values="value", aggfunc="last"
            ).sort_index()
            by_segment = wide.groupby(level=["company", "segment"], sort=False)
            wide["yoy"] = by_segment["revenue"].pct_change(4)
            group = wide.xs("Total", level="segment")["revenue"].rename("group_revenue")
            wide = wide.join(group, on=["company", "period_end"])
            wide["share"] = wide["revenue"] / wide["group_revenue"]
            wide["margin"] = wide["adj_ebita"] / wide["revenue"]
            by_segment = wide.groupby(level=["company", "segment"], sort=False)
            wide["capex_ttm"] = by_segment["capex"].transform(lambda capex: capex.rolling(4).sum())
            revenue_ttm = by_segment["revenue"].transform(lambda revenue: revenue.rolling(4).sum())
            wide["intensity"] = wide["capex_ttm"] / revenue_ttm
            return wide

        assert len(benchmark.pedantic(compute, rounds=2)) == COMPANIES * len(SEGMENTS) * len(ENDS)
