"""The volatility of total returns, and what it makes likely."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import NormalDist

import pytest

from aicycle.model.instants import end_of_day
from transforms.forecasts.closes import (
    INSIDE,
    CloseHistory,
    band_outlook,
    close_history,
    likely_band,
    state_outlook,
)
from transforms.forecasts.outlooks import NoForecastError
from transforms.scenarios.bands import Band

LAST = date(2024, 12, 31)
AS_OF = end_of_day(LAST)
SESSIONS = [d for n in range(366) if (d := LAST - timedelta(days=365 - n)).weekday() < 5]
BANDS = [
    Band(scenario="pessimistic", low_usd=70, high_usd=90),
    Band(scenario="realistic", low_usd=140, high_usd=180),
    Band(scenario="optimistic", low_usd=200, high_usd=240),
]


def bar(session: date, close: float, **other: object) -> dict[str, object]:
    known = {"known_at": datetime.combine(session, time(21, 15), UTC)}
    row = {"symbol": "AMZN", "session": session, "currency": "USD", "price_basis": "as_traded", "volume": 1} | known
    return row | dict.fromkeys(("open", "high", "low", "close"), close) | other


def wave(sessions: list[date] = SESSIONS, step: float = 0.01) -> list[dict[str, object]]:
    """Closes that go up and down by one logarithmic step: the sum of squared returns is known by hand."""
    return [bar(session, 100 * math.exp(step * (i % 2))) for i, session in enumerate(sessions)]


@pytest.fixture
def history(configuration, facts_of):
    listing = configuration.universe.primary_listing("Amazon")

    def ask(bars, actions=(), as_of=AS_OF, listing=listing) -> CloseHistory:
        facts = facts_of(bars=list(bars), actions=list(actions))
        return close_history(
            facts.daily_bars,
            facts.corporate_actions,
            listing=listing,
            rules=configuration.forecasts,
            as_of=as_of,
            received=None,
        )

    return ask


def test_the_spread_is_the_trailing_variance_for_as_many_days(history) -> None:
    found = history(wave())
    span = (SESSIONS[-1] - SESSIONS[0]).days

    assert found.spread == pytest.approx(math.sqrt((len(SESSIONS) - 1) * 0.01**2 / span * 90))


def test_an_ex_day_is_no_fall(history) -> None:
    ex = SESSIONS[100]
    fallen = [row | dict.fromkeys(("open", "high", "low", "close"), row["close"] - 10 * (row["session"] >= ex))
              for row in wave(step=0.0)]  # fmt: skip
    dividend = {
        "symbol": "AMZN", "ex_date": ex, "kind": "cash_dividend", "amount": 10.0, "currency": "USD",
        "known_at": end_of_day(SESSIONS[90]), "source_known_at": end_of_day(SESSIONS[90]),
    }  # fmt: skip

    bare = history(fallen)
    with pytest.raises(NoForecastError, match="has not moved"):
        history(fallen, [dividend])
    assert bare.spread > 0.04
    # One in another currency, or in kind, is a return that is not known: left out, not taken for a fall.
    with pytest.raises(NoForecastError, match="has not moved"):
        history(fallen, [dividend | {"currency": "HKD"}])
    # And one that is not known yet can't be counted.
    late = dict.fromkeys(("known_at", "source_known_at"), AS_OF + timedelta(days=1))
    assert history(fallen, [dividend | late]).spread == bare.spread


def test_a_split_is_no_fall_either(history) -> None:
    ex = SESSIONS[100]
    halved = [row | dict.fromkeys(("open", "high", "low", "close"), row["close"] / (2 if row["session"] >= ex else 1))
              for row in wave()]  # fmt: skip
    known = dict.fromkeys(("known_at", "source_known_at"), end_of_day(SESSIONS[90]))
    split = {"symbol": "AMZN", "ex_date": ex, "kind": "split", "ratio": 2.0} | known

    assert history(halved, [split]).spread == pytest.approx(history(wave()).spread)


def test_closes_after_the_as_of_do_not_count(history) -> None:
    later = [bar(LAST + timedelta(days=n), 500.0) for n in (1, 2)]

    assert history([*wave(), *later]) == history(wave())


@pytest.mark.parametrize(
    ("bars", "reason"),
    [
        ([], "no close of AMZN is known"),
        (wave()[:-12], "the newest close of AMZN is of 2024-12-1"),
        (wave(SESSIONS[-150:]), "149 daily returns of AMZN within 365 days, 200 are asked for"),
        ([row | {"price_basis": "simulated"} for row in wave()], "drawn and never traded"),
        ([row | {"currency": "EUR"} for row in wave()], "closes of AMZN are in EUR"),
        (wave(step=0.0), "has not moved"),
    ],
)
def test_what_can_not_be_forecast_says_why(history, bars, reason: str) -> None:
    with pytest.raises(NoForecastError, match=reason):
        history(bars)


def test_a_listing_that_is_none_or_not_in_dollars_says_why(history, configuration) -> None:
    with pytest.raises(NoForecastError, match="no primary listing"):
        history(wave(), listing=None)
    with pytest.raises(NoForecastError, match=r"0700\.HK is quoted in HKD"):
        history(wave(), listing=configuration.universe.primary_listing("Tencent"))


# --- what is likely --------------------------------------------------------------------------------------------------


def at(newest: float, spread: float, past: tuple[float, ...] = ()) -> CloseHistory:
    closes = (*past, newest)
    first = LAST - timedelta(days=90 * len(past))
    return CloseHistory(
        sessions=tuple(first + timedelta(days=90 * i) for i in range(len(closes))), closes_usd=closes, spread=spread
    )


def test_states_have_what_the_lognormal_gives_them(configuration) -> None:
    outlook = state_outlook(at(160.0, 0.2), BANDS, configuration.forecasts)
    normal = NormalDist(math.log(160), 0.2)

    expected = normal.cdf(math.log(180)) - normal.cdf(math.log(140))
    assert outlook.model["realistic"] == pytest.approx(0.99 * expected + 0.01 / 7)
    assert outlook.persistence["realistic"] == pytest.approx(0.9 + 0.1 / 7)
    for shares in (outlook.model, outlook.climatology, outlook.persistence):
        assert math.fsum(shares.values()) == pytest.approx(1.0, abs=1e-12)
        assert list(shares) == list(outlook.model)


def test_a_quarter_of_closes_is_one_observation(configuration) -> None:
    # Four horizons, all in the lower gap but the newest.
    outlook = state_outlook(at(160.0, 0.2, past=(100.0,) * 4), BANDS, configuration.forecasts)

    counted = (4 / 5 * 4 + 1) / (4 + 7)
    assert outlook.climatology["gap_lower"] == pytest.approx(0.99 * counted + 0.01 / 7)


def test_the_band_holds_nine_tenths(configuration) -> None:
    low, high = likely_band(at(100.0, 0.2), configuration.forecasts)
    normal = NormalDist(math.log(100), 0.2)

    assert normal.cdf(math.log(high)) - normal.cdf(math.log(low)) == pytest.approx(0.9)
    assert low * high == pytest.approx(100.0**2)


def test_climatology_of_the_band_counts_past_moves_of_its_width(configuration) -> None:
    # Moves over the horizon: log 2, then none, then none; a band of 0.2 * 1.645 holds two of three.
    outlook = band_outlook(at(100.0, 0.2, past=(50.0, 100.0, 100.0)), configuration.forecasts)

    counted = (2 / 3 * 3 + 1) / (3 + 2)
    assert outlook.climatology[INSIDE] == pytest.approx(0.99 * counted + 0.005)
    assert outlook.model[INSIDE] == 0.9
    assert outlook.persistence[INSIDE] == pytest.approx(0.95)


def test_a_wider_horizon_is_less_certain(configuration, history) -> None:
    rules = configuration.forecasts
    longer = replace(rules, horizon_days=replace(rules.horizon_days, value=360))
    assert longer.horizon_days.value == 4 * rules.horizon_days.value
    assert band_outlook(at(100.0, 0.2), longer).climatology[INSIDE] == pytest.approx(0.5)
