"""How forecasts turn out: first prints, first closes, and what stays open."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import polars as pl
import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Origin
from transforms.forecasts.issue import issue
from transforms.forecasts.resolve import OUTCOMES_SCHEMA, resolve

SINCE, ASKED_ON = date(2024, 6, 3), date(2025, 12, 1)
AS_OF = end_of_day(ASKED_ON)
DUE = ASKED_ON + timedelta(days=90)
"""A Sunday: the first close on or after it is Monday's."""


@pytest.fixture
def forecasts(configuration, facts_of, alibabas_figures, alibabas_bars):
    facts = facts_of(figures=alibabas_figures(), bars=alibabas_bars(SINCE, ASKED_ON))
    made = issue(
        facts,
        received=None,
        configuration=configuration,
        companies=["Alibaba"],
        as_of=AS_OF,
        origin=Origin.LIVE,
    )
    return made.forecasts


@pytest.fixture
def resolved(configuration, facts_of, forecasts):
    def ask(figures=(), bars=(), actions=(), as_of=date(2026, 6, 30), **given):
        facts = facts_of(figures=list(figures), bars=list(bars), actions=list(actions))
        found = resolve(forecasts, facts, received=None, configuration=configuration, as_of=end_of_day(as_of), **given)
        assert found.schema == OUTCOMES_SCHEMA
        question = dict(forecasts.select("forecast_id", "question").iter_rows())
        return {question[row["forecast_id"]]: row for row in found.iter_rows(named=True)}

    return ask


def bar(session: date, close: float, **other: object) -> dict[str, object]:
    row = {"symbol": "BABA", "session": session, "currency": "USD", "price_basis": "as_traded", "volume": 1}
    row |= dict.fromkeys(("open", "high", "low", "close"), close)
    return row | {"known_at": datetime.combine(session, time(21, 15), end_of_day(session).tzinfo)} | other


def test_the_first_close_on_or_after_the_day_decides(resolved) -> None:
    friday, monday = DUE - timedelta(days=2), DUE + timedelta(days=1)
    found = resolved(bars=[bar(friday, 300.0), bar(monday, 150.0), bar(monday + timedelta(days=1), 300.0)])

    assert (found["price_state"]["happened"], found["price_state"]["observed"]) == ("realistic", 150.0)
    assert found["price_band"]["happened"] == "inside"
    assert found["price_band"]["outcome_known_at"].date() == monday


def test_the_edge_of_a_band_belongs_to_it(resolved, forecasts) -> None:
    high = forecasts.filter(pl.col("question") == "price_band")["high"][0]
    assert resolved(bars=[bar(DUE, high)])["price_band"]["happened"] == "inside"
    assert resolved(bars=[bar(DUE, math.nextafter(high, math.inf))])["price_band"]["happened"] == "outside"
    assert resolved(bars=[bar(DUE, 180.0)])["price_state"]["happened"] == "realistic"
    assert resolved(bars=[bar(DUE, 180.01)])["price_state"]["happened"] == "gap_upper"


def test_a_restated_close_changes_no_outcome(resolved) -> None:
    restated = bar(DUE, 300.0, known_at=end_of_day(DUE + timedelta(days=3)), load_seq=2)

    assert resolved(bars=[bar(DUE, 150.0), restated])["price_state"]["observed"] == 150.0
    assert resolved(bars=[restated, bar(DUE, 150.0)])["price_state"]["observed"] == 150.0


def test_a_split_since_then_is_taken_out(resolved) -> None:
    split = {
        "symbol": "BABA", "ex_date": date(2026, 1, 15), "kind": "split", "ratio": 10.0,
        "known_at": end_of_day(date(2026, 1, 2)), "source_known_at": end_of_day(date(2026, 1, 2)),
    }  # fmt: skip
    found = resolved(bars=[bar(DUE, 15.0)], actions=[split])

    assert (found["price_state"]["happened"], found["price_state"]["observed"]) == ("realistic", 150.0)


def test_a_close_far_off_stands_for_another_day(resolved, configuration) -> None:
    last = DUE + timedelta(days=configuration.forecasts.close_tolerance_days.value)

    assert resolved(bars=[bar(last, 150.0)])["price_state"]["state"] == "resolved"
    late = resolved(bars=[bar(last + timedelta(days=1), 150.0)])["price_state"]
    assert (late["state"], late["happened"]) == ("overdue", None)
    assert late["reason"] == f"no close of BABA is known from {DUE} to {last}"
    assert resolved(as_of=last)["price_state"]["state"] == "open"


def test_a_close_that_was_drawn_decides_nothing(resolved) -> None:
    found = resolved(bars=[bar(DUE, 150.0, price_basis="simulated")])

    assert found["price_band"]["happened"] is None
    assert "drawn and never traded" in found["price_band"]["reason"]


def test_the_first_print_of_a_figure_decides(resolved, alibabas_figures, forecasts) -> None:
    rows = alibabas_figures(date(2025, 12, 31), 15)
    print_of = next(r for r in rows if r["period_end"] == date(2025, 12, 31) and r["metric"] == "revenue")
    threshold = forecasts.filter(pl.col("question") == "cloud_growth_above")["threshold"][0]
    later = end_of_day(date(2026, 4, 1))
    restated = print_of | {"value": 1.0, "known_at": later, "source_known_at": later, "load_seq": 2}

    found = resolved(figures=[*rows, restated])["cloud_growth_above"]

    assert (found["state"], found["happened"]) == ("resolved", "above")
    assert found["observed"] > threshold
    assert found["outcome_known_at"] == print_of["known_at"]
    assert resolved(figures=rows, as_of=date(2026, 2, 1))["cloud_growth_above"]["state"] == "open"


def test_capex_is_held_against_the_stored_threshold(resolved, alibabas_figures) -> None:
    found = resolved(figures=alibabas_figures(date(2025, 12, 31), 15))["capex_above"]

    # 1.1 a quarter is 1.46 a year, above the factor.
    assert found["happened"] == "above"
    assert found["observed"] == pytest.approx(10 * 1.1**15)


def test_a_figure_that_never_comes_is_overdue_and_says_so(resolved, alibabas_figures) -> None:
    open_, overdue = (
        resolved(figures=alibabas_figures(), as_of=day)["capex_above"] for day in (date(2026, 4, 30), date(2026, 5, 1))
    )

    assert (open_["state"], overdue["state"]) == ("open", "overdue")
    assert overdue["reason"] == "nothing comparable is reported for the quarter to 2025-12-31"


def test_a_figure_that_was_public_before_decides_nothing(resolved, alibabas_figures) -> None:
    early = {"known_at": end_of_day(date(2025, 11, 30)), "source_known_at": end_of_day(date(2025, 11, 30))}
    rows = [
        row | early if row["period_end"] == date(2025, 12, 31) else row
        for row in alibabas_figures(date(2025, 12, 31), 15)
    ]

    found = resolved(figures=rows)["capex_above"]

    assert found["happened"] is None
    assert "public before it was made" in found["reason"]


def test_what_is_held_is_not_looked_at(resolved) -> None:
    hold = pl.DataFrame({"company": ["Alibaba"], "segment": [None], "metric": ["close"], "cause": ["broken"]})
    hold = hold.cast(pl.String)

    found = resolved(bars=[bar(DUE, 150.0)], held=hold)["price_state"]

    assert (found["happened"], found["reason"]) == (None, "an input is held: broken")


def test_what_is_made_later_is_passed_over(resolved) -> None:
    assert resolved(as_of=ASKED_ON - timedelta(days=1)) == {}


def test_bands_count_as_they_were_stored(configuration, facts_of, forecasts) -> None:
    facts = facts_of(bars=[bar(DUE, 150.0)])
    nobody = replace(configuration, scenario_sets=())

    found = resolve(forecasts, facts, received=None, configuration=nobody, as_of=end_of_day(date(2026, 6, 30)))

    assert "realistic" in found["happened"].to_list()
