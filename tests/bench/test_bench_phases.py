"""Phases of 1,000 companies x 40 quarters x 6 segments, against plain pandas and loops.

make bench
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Company, Segment, Universe
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.phases import assess_phases
from transforms.phases.evidence import score
from transforms.phases.filtering import filter_phases

COMPANIES, QUARTERS, EVENTS_EACH = 1_000, 40, 5
SEGMENTS = ("cloud", "models", "chips", "e-commerce", "fintech", "logistics")
AS_OF = end_of_day(date(2025, 9, 28))
METRICS = (
    "revenue", "revenue_usd", "revenue_yoy_frac", "revenue_yoy_acceleration_frac", "group_revenue_share_frac",
    "adj_ebita", "adj_ebita_margin_frac", "adj_ebita_margin_change_frac",
)  # fmt: skip
OF_GROUP = ("revenue", "capex", "capex_ttm", "capex_intensity_frac")
INSTANT = pl.Datetime("us", "UTC")


@pytest.fixture(scope="module")
def configuration(root: Path):
    return load_configuration(root / "config")


@pytest.fixture(scope="module")
def universe(configuration) -> Universe:
    companies = tuple(
        Company(
            name=f"company {n}",
            reporting_currency="USD",
            segments=tuple(Segment(name=s, takes_capex=s == "cloud") for s in SEGMENTS),
        )
        for n in range(COMPANIES)
    )
    return replace(configuration.universe, companies=companies)


@pytest.fixture(scope="module")
def metrics() -> pl.DataFrame:
    """`marts.segment_metrics` of all: about two million rows."""
    lots = np.random.default_rng(0)
    ends = [date(2015 + (q + 3) // 4, (q + 3) % 4 * 3 + 3, (31, 30, 30, 31)[(q + 3) % 4]) for q in range(QUARTERS)]
    names = [(s, m) for s in SEGMENTS for m in METRICS] + [("group", m) for m in OF_GROUP]
    each = len(names) * QUARTERS
    known = [datetime(e.year, e.month, e.day, tzinfo=UTC) + timedelta(days=45) for e in ends]
    rows = COMPANIES * each
    frame = pl.DataFrame(
        {
            "company": np.repeat([f"company {n}" for n in range(COMPANIES)], each),
            "segment": np.tile(np.repeat([s for s, _ in names], QUARTERS), COMPANIES),
            "metric": np.tile(np.repeat([m for _, m in names], QUARTERS), COMPANIES),
            "value": lots.normal(0.15, 0.1, rows),
        }
    )
    dated = pl.DataFrame({"period_end": ends * (rows // QUARTERS), "known_at": known * (rows // QUARTERS)})
    return pl.concat([frame, dated], how="horizontal").with_columns(
        pl.col("known_at").cast(INSTANT), first_known_at=pl.col("known_at").cast(INSTANT), detail=pl.lit(""),
        null_reason=pl.lit(None, pl.String), verification=pl.lit("source"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> dict[str, pl.DataFrame]:
    """Five events a segment."""
    lots = np.random.default_rng(1)
    size = COMPANIES * len(SEGMENTS) * EVENTS_EACH
    kinds = ["region_launch", "model_release", "chip_release", "competition", "consolidation", "regulation"]
    ages = lots.integers(0, 3000, size)
    events = pl.DataFrame(
        {
            "cycle_event_id": [f"e{n}" for n in range(size)],
            "announcement_id": [f"a{n}" for n in range(size)],
            "event_time": [date(2025, 1, 1)] * size,
            "company": [f"company {n // (len(SEGMENTS) * EVENTS_EACH)}" for n in range(size)],
            "segment": [SEGMENTS[n // EVENTS_EACH % len(SEGMENTS)] for n in range(size)],
            "type": lots.choice(kinds, size),
            "direction": [0] * size,
            "country": ["CN"] * size,
            "is_realised": [True] * size,
            "title": [f"event {n}" for n in range(size)],
            "verification": ["source"] * size,
            "known_at": [AS_OF - timedelta(days=int(age)) for age in ages],
            "load_seq": [1] * size,
            "revision": [0] * size,
        },
        schema_overrides={"known_at": INSTANT},
    )
    schema = CONTRACTS["core.cycle_events"].polars_schema()
    missing = {name: pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in events.columns}
    whole = events.with_columns(**missing).select(schema.names())
    announcements = CONTRACTS["core.announcements"].polars_schema().to_frame()
    return {"events": whole, "announcements": announcements, "members": event_members(announcements, whole)}


@pytest.mark.benchmark(group="phases of 1,000 companies x 40 quarters x 6 segments, metrics given")
class TestPhases:
    def test_assess_phases(self, benchmark, universe, metrics, facts, configuration):
        found = benchmark.pedantic(
            assess_phases,
            kwargs={**facts, "metrics": metrics, "universe": universe, "rules": configuration.phases, "as_of": AS_OF},
            rounds=3,
            warmup_rounds=1,
        )
        assert found.assessments.height == COMPANIES * len(SEGMENTS)
        assert found.assessments["phase"].n_unique() == 5


SOME = 2
"""Companies of the comparison: the loops would take an hour for all."""


@pytest.mark.benchmark(group="scores and filter of 2 companies; baseline: the same in pandas and loops")
class TestScoresAndFilter:
    @pytest.fixture
    def known(self, universe, metrics, facts, configuration):
        from transforms.phases.assessment import known_evidence

        few = replace(universe, companies=universe.companies[:SOME])
        return known_evidence(**facts, metrics=metrics, universe=few, rules=configuration.phases, as_of=AS_OF).evidence

    def test_vectorised(self, benchmark, known, configuration):
        rules = configuration.phases

        def run():
            scored = score(known, rules)
            return filter_phases(scored.scores, scored.first_step, rules.dynamics)

        assert np.isfinite(benchmark(run)).all()

    def test_baseline_pandas_and_loops(self, benchmark, known, configuration):
        rules = configuration.phases
        votes = pd.DataFrame({"place": known.vote_place, "feature": known.vote_feature, "known": known.vote_known})

        def run():
            return [_by_hand(votes[votes["place"] == place], known, rules, place) for place in range(SOME * 6)]

        ours = score(known, rules)
        expected = filter_phases(ours.scores, ours.first_step, rules.dynamics)[-1]
        assert np.array(benchmark.pedantic(run, rounds=1)) == pytest.approx(expected, abs=1e-9)


def _by_hand(votes: pd.DataFrame, known, rules, place: int) -> list[float]:
    """One segment: votes faded one by one, figures scaled one by one, states stepped one by one."""
    dwell = rules.dynamics.dwell_quarters.value
    state = {(phase, dwell): 0.25 for phase in range(4)}
    has_begun = False
    for step in range(known.steps.size):
        strengths, is_evidence = _strengths(votes, known, rules, place, step)
        if has_begun:
            state = _moved(state, rules.dynamics)
        has_begun = has_begun or is_evidence
        if has_begun:
            scores = [sum(f.weights.value[p] * strengths[f.name] for f in rules.features) for p in range(4)]
            likely = [np.exp((score - max(scores)) / rules.dynamics.temperature.value) for score in scores]
            weighed = {place: weight * likely[place[0]] for place, weight in state.items()}
            total = sum(weighed.values())
            state = {place: weight / total for place, weight in weighed.items()}
    return [sum(w for (p, _), w in state.items() if p == phase) for phase in range(4)]


def _strengths(votes, known, rules, place: int, step: int) -> tuple[dict[str, float], bool]:
    us_per_year, end = 365.25 * 86_400_000_000, known.steps[step]
    strengths: dict[str, float] = {}
    is_evidence = False
    for position, feature in enumerate(rules.features):
        if feature.half_life_years is not None:
            mine = votes[(votes["feature"] == position) & (votes["known"] <= end)]
            left = (0.5 ** ((end - mine["known"]) / us_per_year / feature.half_life_years.value)).sum()
            strengths[feature.name] = left / (left + rules.saturation_votes.value)
            is_evidence = is_evidence or not mine.empty
    for feature in rules.features:
        if feature.half_life_years is None:
            strength = 1.0
            for ramp in feature.ramps:
                zero_at, one_at = ramp.edges.value
                level = known.levels[ramp.metric, ramp.reading, ramp.is_of_company][step, place]
                is_evidence = is_evidence or not np.isnan(level)
                strength *= np.clip((level - zero_at) / (one_at - zero_at), 0.0, 1.0)
            for name in feature.quiet:
                strength *= 1 - strengths[name]
            strengths[feature.name] = 0.0 if np.isnan(strength) else strength
    return strengths, is_evidence


def _moved(state: dict[tuple[int, int], float], dynamics) -> dict[tuple[int, int], float]:
    dwell = dynamics.dwell_quarters.value
    moved = dict.fromkeys(((p, d) for p in range(4) for d in range(1, dwell + 1)), 0.0)
    for (phase, spent), weight in state.items():
        if spent < dwell:
            moved[phase, spent + 1] += weight
            continue
        on = dynamics.advance_frac.value if phase < 3 else 0.0
        again = dynamics.restart_frac.value if phase > 0 else 0.0
        moved[phase, dwell] += weight * (1 - on - again)
        if on:
            moved[phase + 1, 1] += weight * on
        if again:
            moved[0, 1] += weight * again
    return moved
