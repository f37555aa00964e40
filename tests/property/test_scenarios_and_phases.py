"""What must hold for any facts: sums, order, duplicates, and nothing known later."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import EventType, MarketState
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.phases import PhaseAnswer, assess_phases
from transforms.scenarios.answer import ScenarioAnswer, assess_company
from transforms.scenarios.bands import Band, market_state
from transforms.scenarios.probabilities import log_odds, probabilities

AS_OF = datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC)
FIRST = datetime(2021, 1, 1, tzinfo=UTC)
EXAMPLES = settings(max_examples=40, deadline=None)

CONFIGURATION: Configuration = load_configuration(Path(__file__).parents[2] / "config")
LEDGER = {
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
}

instants = st.datetimes(min_value=datetime(2021, 1, 1), max_value=datetime(2025, 9, 28, 23, 59)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
later_instants = st.integers(1, 10**14).map(lambda ticks: AS_OF + timedelta(microseconds=ticks))


def event_drafts(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "announcement_id": st.sampled_from([f"a{i}" for i in range(12)]),
            "company": st.sampled_from(["Alibaba", "Ant", "none", "Nvidia"]),
            "segment": st.sampled_from(["cloud", "models", "chips", "fintech", "group"]),
            "type": st.sampled_from([t.value for t in EventType]),
            "direction": st.sampled_from([-1, 0, 1]),
            "verification": st.sampled_from(["source", "crosscheck", "unchecked"]),
            "known_at": moments,
        }
    )


def spending_drafts(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "announcement_id": st.sampled_from([f"s{i}" for i in range(6)]),
            "company": st.sampled_from(["Alibaba", "Alphabet"]),
            "kind": st.sampled_from(["capex_plan", "capex_increase", "financing"]),
            "direction": st.sampled_from([None, "none", "up", "down"]),
            "is_hypothetical": st.booleans(),
            "known_at": moments,
        }
    )


def price_drafts(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[tuple[datetime, float]]:
    return st.tuples(moments, st.floats(1, 500))


def events_of(drafts: list[dict[str, Any]], prefix: str = "e") -> pl.DataFrame:
    filler = {"event_time": date(2025, 1, 1), "country": "CN", "is_realised": True, "title": "t", "source": "s"}
    rows = [filler | LEDGER | {"cycle_event_id": f"{prefix}{i}"} | draft for i, draft in enumerate(drafts)]
    return pl.DataFrame(rows, schema=CONTRACTS["core.cycle_events"].polars_schema())


def spending_of(drafts: list[dict[str, Any]], prefix: str = "s") -> pl.DataFrame:
    filler = {"origin": "row", "source": "s", "verification": "source"}
    rows = [filler | LEDGER | {"item_id": f"{prefix}{i}"} | draft for i, draft in enumerate(drafts)]
    return pl.DataFrame(rows, schema=CONTRACTS["core.announcements"].polars_schema())


def metric_drafts(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    names = sorted({ramp.metric for f in CONFIGURATION.phases.features for ramp in f.ramps})
    return st.fixed_dictionaries(
        {
            "company": st.sampled_from(["Alibaba", "Nvidia", "Nobody"]),
            "segment": st.sampled_from(["group", "cloud", "chips"]),
            "metric": st.sampled_from(names),
            "period_end": st.dates(date(2023, 1, 1), date(2025, 9, 1)),
            "value": st.one_of(st.none(), st.floats(-2, 2), st.sampled_from([0.0, math.inf, math.nan])),
            "known_at": moments,
        }
    )


def metrics_of(drafts: list[dict[str, Any]]) -> pl.DataFrame:
    filler = {"detail": "", "unit": "fraction", "segment_basis": "b", "status": "derived", "verification": "source"}
    schema = {**CONTRACTS["marts.segment_metrics"].polars_schema(), "first_known_at": pl.Datetime("us", "UTC")}
    rows = [filler | draft | {"first_known_at": draft["known_at"]} for draft in drafts]
    return pl.DataFrame(rows, schema=schema).unique(
        ["company", "segment", "metric", "period_end"], keep="first", maintain_order=True
    )


def prices_of(drafts: list[tuple[datetime, float]]) -> pl.DataFrame:
    by_session = {moment.date(): (moment, close) for moment, close in drafts}
    rows = [(session, close, "as_traded", moment) for session, (moment, close) in by_session.items()]
    schema = {
        "session": pl.Date(),
        "close_quoted_usd": pl.Float64(),
        "price_basis": pl.String(),
        "known_at": pl.Datetime("us", "UTC"),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def answer(events: pl.DataFrame, spending: pl.DataFrame, prices: pl.DataFrame) -> ScenarioAnswer:
    scenario_set = CONFIGURATION.scenario_set("Alibaba")
    assert scenario_set is not None
    return assess_company(
        prices=prices,
        actions=CONTRACTS["core.corporate_actions"].polars_schema().to_frame(),
        events=events,
        members=event_members(spending, events),
        announcements=spending,
        figures=CONTRACTS["core.reported_figures"].polars_schema().to_frame(),
        fx=CONTRACTS["core.fx_rates"].polars_schema().to_frame(),
        universe=CONFIGURATION.universe,
        scenario_set=scenario_set,
        as_of=AS_OF,
    )


def phases(
    events: pl.DataFrame, spending: pl.DataFrame | None = None, metrics: pl.DataFrame | None = None
) -> PhaseAnswer:
    announced = spending_of([]) if spending is None else spending
    return assess_phases(
        events=events,
        announcements=announced,
        members=event_members(announced, events),
        metrics=metrics_of([]) if metrics is None else metrics,
        universe=CONFIGURATION.universe,
        rules=CONFIGURATION.phases,
        as_of=AS_OF,
    )


def assert_same_phases(one: PhaseAnswer, other: PhaseAnswer) -> None:
    assert_frame_equal(one.assessments, other.assessments, check_exact=True)
    assert_frame_equal(one.features, other.features, check_exact=True)


def assert_same(one: ScenarioAnswer, other: ScenarioAnswer) -> None:
    assert one.run == other.run
    assert_frame_equal(one.bands, other.bands, check_exact=True)
    assert_frame_equal(one.evidence, other.evidence, check_exact=True)
    assert_frame_equal(one.moves, other.moves, check_exact=True)


def chances_of(found: ScenarioAnswer) -> dict[str, float]:
    """Probabilities by softmax of the contributions, also where they are too old to be stated."""
    return probabilities(log_odds(found.evidence))


facts = {
    "events": st.lists(event_drafts(instants), max_size=25),
    "spending": st.lists(spending_drafts(instants), max_size=8),
    "prices": st.lists(price_drafts(instants), min_size=1, max_size=4),
}


@EXAMPLES
@given(**facts)
def test_probabilities_sum_to_one_and_contributions_add_up(events, spending, prices) -> None:
    found = answer(events_of(events), spending_of(spending), prices_of(prices))
    chances = dict(zip(found.bands["scenario"], found.bands["probability"], strict=True))
    newest = found.evidence["known_at"].max()
    is_fresh = isinstance(newest, datetime) and AS_OF - newest <= timedelta(days=180)
    assert (found.run["abstained_because"] is None) == is_fresh == (found.run["evidence_state"] == "fresh")
    if not is_fresh:
        assert set(chances.values()) == {None}
        assert found.moves.is_empty()
        return
    assert math.fsum(chances.values()) == pytest.approx(1.0, abs=1e-12)
    assert all(0 < chance < 1 for chance in chances.values())
    for scenario, chance in chances.items():
        contributed = found.evidence.filter(pl.col("scenario") == scenario)["contribution_nats"].sum()
        stated = math.log(chance / chances["realistic"])
        assert contributed == pytest.approx(stated, abs=1e-9), scenario
    assert found.evidence.select("scenario", "family", "event_id").is_duplicated().sum() == 0


@EXAMPLES
@given(**facts)
def test_what_families_moved_adds_up_to_the_whole_move(events, spending, prices) -> None:
    found = answer(events_of(events), spending_of(spending), prices_of(prices))
    prior = probabilities(log_odds(found.evidence.filter(pl.col("family") == "prior")))
    moved = found.moves.group_by("scenario").agg(pl.col("shapley_frac").sum())
    for scenario, total in moved.iter_rows():
        assert total == pytest.approx(chances_of(found)[scenario] - prior[scenario], abs=1e-12)
    for row in found.moves.iter_rows(named=True):
        without = probabilities(log_odds(found.evidence.filter(pl.col("family") != row["family"])))
        assert row["without_it_frac"] == pytest.approx(without[row["scenario"]], abs=1e-12)


@EXAMPLES
@given(**facts, better=st.lists(event_drafts(instants), min_size=1, max_size=4), which=st.integers(0, 24))
def test_better_evidence_never_lowers_the_optimistic_scenario(events, spending, prices, better, which: int) -> None:
    frames = spending_of(spending), prices_of(prices)
    before = chances_of(answer(events_of(events), *frames))["optimistic"]
    good_news = [draft | {"direction": 1, "announcement_id": f"better {i}"} for i, draft in enumerate(better)]
    more = pl.concat([events_of(events), events_of(good_news, prefix="better ")])
    assert chances_of(answer(more, *frames))["optimistic"] >= before - 1e-12
    # The same news turned for the better, in all its rows.
    turned = [d | {"direction": 1} if d["announcement_id"] == f"a{which % 12}" else d for d in events]
    assert chances_of(answer(events_of(turned), *frames))["optimistic"] >= before - 1e-12


@EXAMPLES
@given(**facts, wrong=st.lists(event_drafts(instants), min_size=1, max_size=4), claims=facts["spending"])
def test_what_is_taken_back_leaves_no_trace(events, spending, prices, wrong, claims) -> None:
    before = events_of(events), spending_of(spending), prices_of(prices)
    published = [d | {"announcement_id": f"wrong {i}"} for i, d in enumerate(wrong)]
    claimed = [d | {"announcement_id": f"claim {i}"} for i, d in enumerate(claims)]
    later = {"known_at": AS_OF, "load_seq": 2, "revision": 1}
    retracted = events_of([d | later | {"is_retracted": True} for d in published], prefix="wrong ")
    denied = spending_of([d | later | {"is_negated": True} for d in claimed], prefix="claim ")
    after = (
        pl.concat([before[0], events_of(published, prefix="wrong "), retracted]),
        pl.concat([before[1], spending_of(claimed, prefix="claim "), denied]),
        before[2],
    )
    assert_same(answer(*before), answer(*after))


@EXAMPLES
@given(**facts, seed=st.integers(0, 1000))
def test_order_and_repetition_of_facts_do_not_matter(events, spending, prices, seed: int) -> None:
    frames = events_of(events), spending_of(spending), prices_of(prices)
    shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=seed) for frame in frames]
    # The same row, stored once more by a later load.
    repeated = [pl.concat([f, f.with_columns(load_seq=pl.lit(2, pl.Int64))]) for f in shuffled[:2]]
    assert_same(answer(*frames), answer(*shuffled))
    assert_same(answer(*frames), answer(*repeated, shuffled[2]))
    assert_same_phases(phases(*frames[:2]), phases(*repeated))


@EXAMPLES
@given(**facts, copies=st.integers(1, 5))
def test_more_rows_of_one_announcement_change_nothing(events, spending, prices, copies: int) -> None:
    frames = events_of(events), spending_of(spending), prices_of(prices)
    syndicated = pl.concat([frames[0], *(events_of(events, prefix=f"copy {i} ") for i in range(copies))])
    assert_same(answer(*frames), answer(syndicated, *frames[1:]))
    columns = ["company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4"]
    one, many = phases(*frames[:2]), phases(syndicated, frames[1])
    assert_frame_equal(one.assessments.select(columns), many.assessments.select(columns), check_exact=True)
    assert_frame_equal(one.features, many.features, check_exact=True)


later_facts = st.tuples(
    st.lists(event_drafts(later_instants), min_size=1, max_size=6),
    st.lists(spending_drafts(later_instants), max_size=4),
    st.lists(price_drafts(later_instants), max_size=3),
)


@EXAMPLES
@given(**facts, later=later_facts, is_restatement=st.booleans())
def test_facts_known_later_change_no_answer(events, spending, prices, later, is_restatement: bool) -> None:
    frames = events_of(events), spending_of(spending), prices_of(prices)
    # As a restatement the later row carries a key that is known already.
    unknown = (
        events_of(later[0], prefix="e" if is_restatement else "later e"),
        spending_of(later[1], prefix="s" if is_restatement else "later s"),
        prices_of(later[2]),
    )
    together = [pl.concat([known, more]) for known, more in zip(frames, unknown, strict=True)]
    assert_same(answer(*frames), answer(*together))
    assert_same_phases(phases(*frames[:2]), phases(*together[:2]))


metrics = st.lists(metric_drafts(instants), max_size=25)


@EXAMPLES
@given(known=metrics, later=st.lists(metric_drafts(later_instants), max_size=6), seed=st.integers(0, 1000))
def test_figures_known_later_and_the_order_of_figures_change_no_phase(known, later, seed: int) -> None:
    nothing, figures = events_of([]), metrics_of(known)
    shuffled = pl.concat([figures, metrics_of(later)]).sample(fraction=1.0, shuffle=True, seed=seed)
    assert_same_phases(phases(nothing, metrics=figures), phases(nothing, metrics=shuffled))


@EXAMPLES
@given(events=facts["events"], spending=facts["spending"], figures=metrics)
def test_phase_probabilities_are_shares_or_empty(events, spending, figures) -> None:
    found = phases(events_of(events), spending_of(spending), metrics_of(figures))
    for row in found.assessments.iter_rows(named=True):
        shares = [row[f"probability_{phase}"] for phase in (1, 2, 3, 4)]
        if None in shares:
            assert shares == [None] * 4
            assert row["is_abstained"]
        else:
            assert math.fsum(shares) == pytest.approx(1.0, abs=1e-12)
        assert row["is_abstained"] == (row["phase"] is None)
        if row["phase"] is not None:
            assert shares[row["phase"] - 1] == max(shares) >= 0.5


@given(st.dictionaries(st.text(max_size=3), st.floats(-700, 700), min_size=1, max_size=6))
def test_softmax_sums_to_one_and_keeps_the_order(odds: dict[str, float]) -> None:
    chances = probabilities(odds)
    assert math.fsum(chances.values()) == pytest.approx(1.0, abs=1e-12)
    ranked = sorted(odds, key=lambda name: odds[name])
    assert all(chances[a] <= chances[b] for a, b in pairwise(ranked))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-5, 5)), min_size=1), st.randoms())
def test_log_odds_do_not_depend_on_the_order(rows: list[tuple[str, float]], random) -> None:
    shuffled = random.sample(rows, len(rows))
    one, other = (
        log_odds(pl.DataFrame(r, schema={"scenario": pl.String, "contribution_nats": pl.Float64}, orient="row"))
        for r in (rows, shuffled)
    )
    assert one == other


edges = st.lists(st.floats(0.01, 1e5), min_size=6, max_size=6, unique=True).map(sorted)
prices = st.floats(0, 1e6)


@given(edges, st.lists(prices, min_size=2, max_size=8))
def test_market_state_is_total_and_rises_with_the_price(levels: list[float], several: list[float]) -> None:
    bands = [Band(scenario="", low_usd=levels[i], high_usd=levels[i + 1]) for i in (0, 2, 4)]
    order = list(MarketState)
    positions = [order.index(market_state(price, bands)) for price in sorted(several)]
    assert positions == sorted(positions)
    for i, band in enumerate(bands):
        for inside in (band.low_usd, band.high_usd):
            assert order.index(market_state(inside, bands)) == 2 * i + 1
        assert order.index(market_state(math.nextafter(band.low_usd, 0), bands)) == 2 * i
        assert order.index(market_state(math.nextafter(band.high_usd, math.inf), bands)) == 2 * i + 2
