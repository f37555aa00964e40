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
from transforms.phases import assess_phases
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


def phases(events: pl.DataFrame) -> pl.DataFrame:
    nothing = CONTRACTS["core.announcements"].polars_schema().to_frame()
    members = event_members(nothing, events)
    return assess_phases(events, members, universe=CONFIGURATION.universe, rules=CONFIGURATION.phases, as_of=AS_OF)


def assert_same(one: ScenarioAnswer, other: ScenarioAnswer) -> None:
    assert one.run == other.run
    assert_frame_equal(one.bands, other.bands, check_exact=True)
    assert_frame_equal(one.evidence, other.evidence, check_exact=True)


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
    assert math.fsum(chances.values()) == pytest.approx(1.0, abs=1e-12)
    assert all(0 < chance < 1 for chance in chances.values())
    for scenario, chance in chances.items():
        contributed = found.evidence.filter(pl.col("scenario") == scenario)["contribution_nats"].sum()
        stated = math.log(chance / chances["realistic"])
        assert contributed == pytest.approx(stated, abs=1e-9), scenario
    assert found.evidence.select("scenario", "family", "event_id").is_duplicated().sum() == 0


@EXAMPLES
@given(**facts, seed=st.integers(0, 1000))
def test_order_and_repetition_of_facts_do_not_matter(events, spending, prices, seed: int) -> None:
    frames = events_of(events), spending_of(spending), prices_of(prices)
    shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=seed) for frame in frames]
    # The same row, stored once more by a later load.
    repeated = [pl.concat([f, f.with_columns(load_seq=pl.lit(2, pl.Int64))]) for f in shuffled[:2]]
    assert_same(answer(*frames), answer(*shuffled))
    assert_same(answer(*frames), answer(*repeated, shuffled[2]))
    assert_frame_equal(phases(frames[0]), phases(repeated[0]), check_exact=True)


@EXAMPLES
@given(**facts, copies=st.integers(1, 5))
def test_more_rows_of_one_announcement_change_nothing(events, spending, prices, copies: int) -> None:
    frames = events_of(events), spending_of(spending), prices_of(prices)
    syndicated = pl.concat([frames[0], *(events_of(events, prefix=f"copy {i} ") for i in range(copies))])
    assert_same(answer(*frames), answer(syndicated, *frames[1:]))
    columns = ["company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4"]
    assert_frame_equal(phases(frames[0]).select(columns), phases(syndicated).select(columns), check_exact=True)


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
    assert_frame_equal(phases(frames[0]), phases(together[0]), check_exact=True)


@EXAMPLES
@given(events=facts["events"])
def test_phase_probabilities_are_shares_or_empty(events) -> None:
    for row in phases(events_of(events)).iter_rows(named=True):
        shares = [row[f"probability_{phase}"] for phase in (1, 2, 3, 4)]
        if None in shares:
            assert shares == [None] * 4
            assert row["is_abstained"]
        else:
            assert math.fsum(shares) == pytest.approx(1.0, abs=1e-12)
        assert row["phase"] != 4
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
