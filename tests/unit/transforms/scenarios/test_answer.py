"""The whole answer of one company, from small facts and from recorded ones."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.errors import ConfigError, NotKnownYetError
from aicycle.model.instants import end_of_day
from tests.first_load import tables_of_first_load
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.prices import closes_of, quoted_bars
from transforms.scenarios.answer import ScenarioAnswer, assess_company

DAY = date(2025, 9, 26)
CLOSED = datetime(2025, 9, 26, 20, 15, tzinfo=UTC)
AS_OF = end_of_day(date(2025, 9, 28))


def closes(*given: tuple[date, float], basis: str = "as_traded") -> pl.DataFrame:
    rows = [(session, close, basis, datetime.combine(session, CLOSED.timetz())) for session, close in given]
    schema = {
        "session": pl.Date(),
        "close_quoted_usd": pl.Float64(),
        "price_basis": pl.String(),
        "known_at": pl.Datetime("us", "UTC"),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture
def asked(configuration, scenario_set, rows):
    def ask(**given: Any) -> ScenarioAnswer:
        facts = {
            "prices": closes((DAY, 171.91)),
            "actions": rows("core.corporate_actions"),
            "events": rows("core.cycle_events"),
            "members": rows("core.event_members"),
            "announcements": rows("core.announcements"),
            "figures": rows("core.reported_figures"),
            "fx": rows("core.fx_rates"),
            "universe": configuration.universe,
            "scenario_set": scenario_set,
            "as_of": AS_OF,
        }
        return assess_company(**(facts | given))

    return ask


def test_the_price_is_the_newest_known(asked) -> None:
    prices = closes((DAY, 171.91), (DAY - timedelta(days=1), 175.47), (DAY + timedelta(days=3), 179.9))
    run = asked(prices=prices).run
    assert (run["price_usd"], run["price_session"], run["market_state"]) == (171.91, DAY, "realistic")
    before_the_close = asked(prices=prices, as_of=CLOSED - timedelta(microseconds=1)).run
    assert before_the_close["price_usd"] == 175.47


def test_live_and_hindsight(asked, configuration) -> None:
    def bases(day: date) -> tuple[str, str]:
        run = asked(prices=closes((date(2020, 1, 2), 200.0)), as_of=end_of_day(day)).run
        return run["basis"], run["bands_basis"]

    registered = date(2026, 11, 28)
    assert bases(date(2025, 9, 27)) == ("hindsight", "hindsight")
    assert bases(date(2025, 9, 28)) == ("hindsight", "live")
    assert bases(registered - timedelta(days=1)) == ("hindsight", "live")
    assert bases(registered) == ("live", "live")


def test_a_definition_of_the_listing_counts_as_well(asked, configuration) -> None:
    universe = configuration.universe
    later = tuple(
        replace(e, delay_minutes=replace(e.delay_minutes, known_at=date(2028, 1, 1))) for e in universe.exchanges
    )
    as_of = end_of_day(date(2027, 1, 1))
    assert asked(as_of=as_of).run["basis"] == "live"
    assert asked(as_of=as_of, universe=replace(universe, exchanges=later)).run["basis"] == "hindsight"


def test_without_evidence_no_probability_is_stated_and_the_reason_is(asked) -> None:
    found = asked()
    assert found.bands["probability"].to_list() == [None] * 3
    assert found.bands["position"].to_list() == [0, 1, 2]
    assert set(found.bands["status"]) == {"assumption"}
    assert found.moves.is_empty()
    assert found.run["evidence_state"] == "none"
    assert "no evidence" in found.run["abstained_because"]
    # What does not rest on evidence is said all the same.
    assert (found.run["price_usd"], found.run["market_state"]) == (171.91, "realistic")


def test_stale_evidence_states_no_probability_and_fresh_evidence_does(asked, rows) -> None:
    def ask(known_at: datetime) -> ScenarioAnswer:
        event = {"cycle_event_id": "e", "announcement_id": "a", "type": "region_launch", "known_at": known_at}
        return asked(events=rows("core.cycle_events", event))

    stale = ask(AS_OF - timedelta(days=181))
    assert (stale.run["evidence_state"], stale.bands["probability"].null_count()) == ("stale", 3)
    assert stale.evidence.filter(pl.col("family") == "expansion").height == 1
    fresh = ask(AS_OF - timedelta(days=180))
    assert fresh.run["evidence_state"] == "fresh"
    assert fresh.run["evidence_newest_known_at"] == AS_OF - timedelta(days=180)
    chances = dict(zip(fresh.bands["scenario"], fresh.bands["probability"], strict=True))
    assert math.fsum(chances.values()) == pytest.approx(1.0, abs=1e-12)
    assert chances["optimistic"] > chances["pessimistic"] == pytest.approx(0.25, abs=0.01)
    moved = {(s, f): v for s, f, v in fresh.moves.select("scenario", "family", "shapley_frac").iter_rows()}
    assert moved["optimistic", "expansion"] == pytest.approx(chances["optimistic"] - 0.25, abs=1e-12)


def test_the_answer_fits_its_contracts(asked, rows) -> None:
    events = rows("core.cycle_events", {"type": "region_launch", "known_at": AS_OF})
    answer = asked(events=events)
    tables = {"bands": answer.bands, "evidence": answer.evidence, "paths": answer.paths}
    for name, frame in tables.items():
        table = f"marts.scenario_{name}"
        schema = CONTRACTS[table].polars_schema()
        schema.pop("run_id")
        assert frame.schema == schema
    ours = {"run_id", "digest", "created_at", "load_seq", "facts_digest", "parameters_digest", "code_version", "seed"}
    assert set(answer.run) == set(CONTRACTS["marts.scenario_runs"].column_names) - ours - {
        "platform",
        "gate_digest",
        "libraries",
    }


def test_without_a_price_there_is_no_market_state(asked, rows) -> None:
    events = rows("core.cycle_events", {"type": "region_launch", "known_at": AS_OF})
    run = asked(prices=closes(), events=events).run
    assert [run[name] for name in ("price_usd", "price_session", "price_basis", "market_state")] == [None] * 4


def test_before_the_first_fact_it_is_said_that_nothing_is_known(asked) -> None:
    with pytest.raises(NotKnownYetError, match="2025-09-26") as caught:
        asked(as_of=end_of_day(date(2019, 1, 1)))
    assert "2019-01-01" in caught.value.what
    with pytest.raises(NotKnownYetError, match="no price is stored"):
        asked(prices=closes(), as_of=end_of_day(date(2019, 1, 1)))


def test_a_company_without_primary_listing_is_a_configuration_error(asked, configuration) -> None:
    with pytest.raises(ConfigError, match="primary listing"):
        asked(universe=replace(configuration.universe, companies=()))


def test_without_figures_nothing_is_projected_and_the_reason_is_said(asked) -> None:
    answer = asked()
    assert answer.run["projection_null_reason"].startswith("revenue:")
    for name in ("p10_usd", "p50_usd", "p90_usd", "closed_form_usd"):
        assert answer.bands[name].null_count() == 3
    assert answer.paths.is_empty()
    assert answer.bands["target_low_usd"].null_count() == 0, "bands are there all the same"


def test_a_set_without_projection_gives_bands_and_probabilities(asked, scenario_set) -> None:
    answer = asked(scenario_set=replace(scenario_set, projection=None))
    assert "no drivers" in answer.run["projection_null_reason"]
    assert answer.bands["p50_usd"].null_count() == 3


def test_a_simulated_price_says_so(asked) -> None:
    run = asked(prices=closes((DAY, 171.91), basis="simulated")).run
    assert (run["price_basis"], run["status"]) == ("simulated", "assumption")


def test_after_a_split_price_and_bands_move_together(asked, rows) -> None:
    split = {"symbol": "BABA", "ex_date": date(2027, 3, 10), "kind": "split", "ratio": 2.0, "known_at": AS_OF}
    answer = asked(
        prices=closes((date(2027, 3, 10), 90.0)),
        actions=rows("core.corporate_actions", split),
        as_of=end_of_day(date(2027, 3, 10)),
    )
    assert answer.run["market_state"] == "realistic"
    assert answer.bands["target_low_usd"].to_list() == [35.0, 70.0, 100.0]


# --- the recorded data ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(recording_dir: Path, configuration) -> Facts:
    names = ("prices.csv", "actions.csv", "capex_events.csv", "cycle_events.csv", "reported_figures.csv", "fx.csv")
    tables = tables_of_first_load(recording_dir, names, configuration.universe)
    tables["core.event_members"] = event_members(tables["core.announcements"], tables["core.cycle_events"])
    return Facts.from_tables(tables)


@pytest.mark.recording
@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 9, 28), (171.91, date(2025, 9, 26), "realistic", "hindsight", "live")),
        (date(2024, 12, 31), (84.79, date(2024, 12, 31), "pessimistic", "hindsight", "hindsight")),
        (date(2025, 10, 2), (189.34, date(2025, 10, 2), "gap_upper", "hindsight", "live")),
    ],
)
def test_recorded_days(recorded: Facts, asked, day, said) -> None:
    as_of = end_of_day(day)
    answer = asked(
        prices=closes_of(quoted_bars(recorded.daily_bars, recorded.corporate_actions, as_of=as_of), "BABA"),
        actions=recorded.corporate_actions,
        events=recorded.cycle_events,
        members=recorded.event_members,
        announcements=recorded.announcements,
        figures=recorded.reported_figures,
        fx=recorded.fx_rates,
        as_of=as_of,
    )
    assert answer.run["projection_null_reason"] is None
    assert (answer.bands["p10_usd"] < answer.bands["p90_usd"]).all()
    assert answer.paths["quarter_end"].min() > day
    asked_for = ("price_usd", "price_session", "market_state", "basis", "bands_basis")
    assert tuple(answer.run[name] for name in asked_for) == said
    assert math.fsum(answer.bands["probability"]) == pytest.approx(1.0, abs=1e-12)
    assert answer.evidence["known_at"].drop_nulls().max() <= as_of
    for family in answer.evidence.filter(pl.col("family") != "prior").partition_by("scenario", "family"):
        assert abs(math.fsum(family["contribution_nats"])) <= 1.5 * 0.25 + 1e-12, "cap, tempered"
