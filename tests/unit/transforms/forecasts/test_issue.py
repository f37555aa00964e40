"""Which questions are asked, what they are called, and when none is asked."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Origin, Question
from transforms.forecasts.issue import ISSUED_SCHEMA, held_because, issue, quarter_of

AS_OF = end_of_day(date(2025, 12, 1))
SINCE = date(2024, 6, 3)


@pytest.fixture
def world(facts_of, alibabas_figures, alibabas_bars):
    return facts_of(figures=alibabas_figures(), bars=alibabas_bars(SINCE, date(2025, 12, 1)))


@pytest.fixture
def asked(configuration, world):
    def ask(facts=world, as_of=AS_OF, companies=("Alibaba",), origin=Origin.LIVE, **given):
        changed = replace(configuration, **given.pop("changed", {}))
        return issue(
            facts, received=None, configuration=changed, companies=companies, as_of=as_of, origin=origin, **given
        )

    return ask


def test_every_question_is_asked_once_with_probabilities_that_sum_to_one(asked) -> None:
    found = asked()

    assert found.withheld.is_empty()
    assert found.forecasts.schema == ISSUED_SCHEMA
    by_question = found.forecasts.group_by("question").agg(
        pl.col("outcome").n_unique(), pl.col("forecast_id").n_unique(), pl.len(),
        *(pl.col(p).sum() for p in ("probability", "climatology", "persistence")),
    )  # fmt: skip
    counts = dict(by_question.select("question", "len").iter_rows())
    assert counts == {"cloud_growth_above": 2, "capex_above": 2, "price_state": 7, "price_band": 2}
    assert by_question["forecast_id"].to_list() == [1] * 4
    for sums in ("probability", "climatology", "persistence"):
        assert by_question[sums].to_list() == pytest.approx([1.0] * 4, abs=1e-12)


def test_a_question_says_what_it_is_about(asked) -> None:
    rows = {r["question"]: r for r in asked().forecasts.sort("outcome").iter_rows(named=True)}
    growth, capex, band, state = (rows[q] for q in ("cloud_growth_above", "capex_above", "price_band", "price_state"))

    assert (growth["subject"], capex["subject"], band["subject"]) == ("cloud", "group", "BABA")
    assert growth["period_end"] == capex["period_end"] == date(2025, 12, 31)
    assert growth["due_on"] == date(2025, 12, 31) + timedelta(days=120)
    assert growth["threshold"] == pytest.approx(math.exp(0.004 * (14**2 - 10**2)) - 1)
    assert capex["threshold"] == pytest.approx(1.2 * 10 * 1.1**11)
    assert band["due_on"] == state["due_on"] == date(2025, 12, 1) + timedelta(days=90)
    assert band["low"] < 160 < band["high"]
    assert {r["quarter"] for r in rows.values()} == {"2025Q4"}
    assert {r["basis"] for r in rows.values()} == {"hindsight"}, "the rules are younger than the day"
    assert {r["status"] for r in rows.values()} == {"assumption"}


def test_it_is_live_once_all_its_definitions_are_known(asked, facts_of, alibabas_figures, alibabas_bars) -> None:
    day = date(2026, 11, 30)
    facts = facts_of(figures=alibabas_figures(date(2026, 9, 30)), bars=alibabas_bars(date(2025, 10, 1), day))

    assert set(asked(facts, end_of_day(day)).forecasts["basis"]) == {"live"}


def test_states_store_the_bands_they_are_about(asked) -> None:
    states = asked().forecasts.filter(pl.col("question") == "price_state")

    edges = {o: (low, high) for o, low, high in states.select("outcome", "low", "high").iter_rows()}
    assert edges["below"] == (None, 70.0)
    assert edges["realistic"] == (140.0, 180.0)
    assert edges["gap_upper"] == (180.0, 200.0)
    assert edges["above"] == (240.0, None)


def test_its_id_is_the_quarter_and_not_the_day(asked) -> None:
    ids = set(asked().forecasts["forecast_id"])

    assert ids == set(asked(as_of=AS_OF - timedelta(days=20)).forecasts["forecast_id"])
    # October knows one quarter less, and begins the same calendar quarter.
    assert ids == set(asked(as_of=end_of_day(date(2025, 10, 1))).forecasts["forecast_id"])
    assert not ids & set(asked(as_of=end_of_day(date(2025, 9, 30))).forecasts["forecast_id"])
    assert not ids & set(asked(origin=Origin.HINDSIGHT).forecasts["forecast_id"])


def test_other_rules_make_other_forecasts(asked, configuration) -> None:
    other = replace(configuration.forecasts, version="other")

    assert not set(asked().forecasts["forecast_id"]) & set(asked(changed={"forecasts": other}).forecasts["forecast_id"])


def test_what_was_made_is_not_made_again(asked) -> None:
    made = asked().forecasts
    band = made.filter(pl.col("question") == "price_band")["forecast_id"][0]

    rest = asked(known_ids=[band])

    assert set(rest.forecasts["question"]) == {"cloud_growth_above", "capex_above", "price_state"}
    assert asked(known_ids=made["forecast_id"].to_list()).forecasts.is_empty()
    assert rest.withheld.is_empty()


def test_questions_that_can_not_be_asked_say_why(asked, facts_of) -> None:
    found = asked(companies=("Alibaba", "JD", "Nobody"), facts=facts_of())

    reasons = {(r["company"], r["question"]): r["reason"] for r in found.withheld.iter_rows(named=True)}
    assert found.forecasts.is_empty()
    assert len(reasons) == 8
    assert reasons["Alibaba", "cloud_growth_above"] == "no growth of cloud is known"
    assert reasons["Alibaba", "price_state"] == "no close of BABA is known"
    assert reasons["JD", "price_state"] == "JD has no scenario set, and so no bands for its price to stand among"
    assert "no figures are read" in reasons["JD", "cloud_growth_above"]


def test_evidence_tilts_the_questions_about_figures_and_no_other(asked, world, facts_of) -> None:
    event = {
        "cycle_event_id": "e", "announcement_id": "a", "company": "Alibaba", "segment": "cloud", "country": "CN",
        "type": "region_launch", "direction": 1, "title": "t", "source": "s", "is_realised": True,
        "event_time": date(2025, 11, 20),
        "known_at": end_of_day(date(2025, 11, 20)), "source_known_at": end_of_day(date(2025, 11, 20)),
    }  # fmt: skip
    told = replace(world, cycle_events=facts_of(events=[event]).cycle_events)

    before, after = asked().forecasts, asked(told).forecasts
    moved = after.filter(after["probability"] != before["probability"])

    assert set(moved["question"]) == {"cloud_growth_above", "capex_above"}
    is_asked = (pl.col("outcome") == "above") & (pl.col("question") != "price_state")
    above, less = (frame.filter(is_asked)["probability"].to_list() for frame in (after, before))
    assert all(a > b for a, b in zip(above, less, strict=True)), "a launch speaks for the highest scenario"


def held(**row: str | None) -> pl.DataFrame:
    schema = dict.fromkeys(("company", "segment", "metric", "cause"), pl.String)
    return pl.DataFrame([{"company": "Alibaba", "segment": None, "cause": "prices.csv:7: broken"} | row], schema=schema)


@pytest.mark.parametrize(
    ("hold", "questions"),
    [
        (held(metric="close"), {"price_state", "price_band"}),
        (held(metric="actions"), {"price_state", "price_band"}),
        (held(metric="revenue", segment="cloud"), {"cloud_growth_above"}),
        (held(metric="yoy_pct", segment="cloud"), {"cloud_growth_above"}),
        (held(metric="revenue", segment="group"), set()),
        (held(metric="capex", segment="group"), {"capex_above"}),
        (held(metric="events"), {"cloud_growth_above", "capex_above"}),
        (held(metric="announcements"), {"cloud_growth_above", "capex_above"}),
        (held(metric="close", company="Nvidia"), set()),
    ],
)
def test_a_hold_keeps_what_rests_on_it_from_being_asked_and_no_more(asked, hold, questions: set[str]) -> None:
    found = asked(held=hold)

    assert set(found.withheld["question"]) == questions
    assert set(found.withheld["reason"]) <= {"an input is held: prices.csv:7: broken"}
    assert set(found.forecasts["question"]) == {q.value for q in Question} - questions


def test_held_events_hold_only_where_there_are_scenarios_that_they_speak_for(asked) -> None:
    assert asked(held=held(metric="events"), changed={"scenario_sets": ()}).withheld["question"].to_list() == [
        "price_state"
    ]


def test_an_outcome_does_not_hang_on_evidence() -> None:
    assert held_because(held(metric="events"), Question.CAPEX_ABOVE, "Alibaba", "group") == ""
    assert held_because(None, Question.CAPEX_ABOVE, "Alibaba", "group") == ""


def test_what_is_known_later_order_and_copies_change_nothing(asked, world, facts_of, alibabas_figures, alibabas_bars):
    later = facts_of(
        figures=alibabas_figures(date(2026, 3, 31), 16), bars=alibabas_bars(SINCE, date(2026, 3, 1), 160.0)
    )
    news = {
        name: pl.concat([frame, later.tables()[name].filter(pl.col("known_at") > AS_OF)])
        for name, frame in world.tables().items()
    }
    shuffled = {
        name: pl.concat([frame, frame]).sample(fraction=1.0, shuffle=True, seed=3) for name, frame in news.items()
    }

    assert asked(world.from_tables(news)).forecasts.equals(asked().forecasts)
    assert asked(world.from_tables(shuffled)).forecasts.equals(asked().forecasts)


def test_quarters_are_calendar_quarters_in_utc() -> None:
    assert quarter_of(end_of_day(date(2025, 12, 31))) == "2025Q4"
    assert quarter_of(end_of_day(date(2026, 1, 1))) == "2026Q1"
    assert set(CONTRACTS["marts.forecasts"].key) == {"forecast_id", "outcome"}
