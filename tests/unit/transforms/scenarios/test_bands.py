"""Every band edge from both sides, and what splits do to the edges."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.model.kinds import MarketState
from aicycle.model.parameters import ScenarioSet
from transforms.scenarios.bands import Band, bands_on, market_state

ARTICLE = (
    Band(scenario="pessimistic", low_usd=70.0, high_usd=90.0),
    Band(scenario="realistic", low_usd=140.0, high_usd=180.0),
    Band(scenario="optimistic", low_usd=200.0, high_usd=240.0),
)
BELOW, ABOVE = -math.inf, math.inf

EDGES = [
    (70.0, "below", "pessimistic", "pessimistic"),
    (90.0, "pessimistic", "pessimistic", "gap_lower"),
    (140.0, "gap_lower", "realistic", "realistic"),
    (180.0, "realistic", "realistic", "gap_upper"),
    (200.0, "gap_upper", "optimistic", "optimistic"),
    (240.0, "optimistic", "optimistic", "above"),
]


@pytest.mark.parametrize(("edge", "under", "on", "over"), EDGES)
def test_a_band_owns_both_its_edges(edge: float, under: str, on: str, over: str) -> None:
    assert market_state(math.nextafter(edge, BELOW), ARTICLE) == under
    assert market_state(edge - 0.01, ARTICLE) == under
    assert market_state(edge, ARTICLE) == on
    assert market_state(edge + 0.01, ARTICLE) == over
    assert market_state(math.nextafter(edge, ABOVE), ARTICLE) == over


INSIDE = dict(zip((1, 80, 100, 160, 190, 220, 241), MarketState, strict=True))


@pytest.mark.parametrize(("price", "state"), INSIDE.items())
def test_inside(price: float, state: MarketState) -> None:
    assert market_state(price, ARTICLE) is state


@pytest.mark.parametrize("price", [math.nan, math.inf, -math.inf])
def test_what_is_no_price_has_no_state(price: float) -> None:
    with pytest.raises(ValueError, match="no price"):
        market_state(price, ARTICLE)


def test_states_are_named_for_three_bands() -> None:
    with pytest.raises(ValueError, match="2 bands"):
        market_state(100.0, ARTICLE[:2])


def edges(scenario_set: ScenarioSet, actions: pl.DataFrame, as_of: datetime) -> list[float]:
    return [e for b in bands_on(scenario_set, actions, symbol="BABA", as_of=as_of) for e in (b.low_usd, b.high_usd)]


def split(ex_date: date, ratio: float, known: date | None = None, symbol: str = "BABA", kind: str = "split") -> dict:
    known_at = datetime.combine(known or ex_date, datetime.min.time(), UTC)
    return {"symbol": symbol, "ex_date": ex_date, "kind": kind, "ratio": ratio, "known_at": known_at}


PLAIN = [70.0, 90.0, 140.0, 180.0, 200.0, 240.0]
HALVED = [35.0, 45.0, 70.0, 90.0, 100.0, 120.0]
DOUBLED = [140.0, 180.0, 280.0, 360.0, 400.0, 480.0]


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, tzinfo=UTC)


def test_edges_are_the_articles_without_a_split(scenario_set, rows) -> None:
    for as_of in (at(2021, 1, 1), at(2025, 9, 28), at(2029, 1, 1)):
        assert edges(scenario_set, rows("core.corporate_actions"), as_of) == PLAIN


def test_a_later_split_divides_the_edges_from_its_ex_date_on(scenario_set, rows) -> None:
    actions = rows("core.corporate_actions", split(date(2027, 3, 10), 2, known=date(2027, 2, 1)))
    assert edges(scenario_set, actions, at(2027, 3, 9)) == PLAIN
    assert edges(scenario_set, actions, at(2027, 3, 10)) == HALVED


def test_a_reverse_split_multiplies_them(scenario_set, rows) -> None:
    actions = rows("core.corporate_actions", split(date(2027, 3, 10), 0.5))
    assert edges(scenario_set, actions, at(2027, 3, 10)) == DOUBLED


def test_an_earlier_split_multiplies_the_edges_for_days_before_it(scenario_set, rows) -> None:
    actions = rows("core.corporate_actions", split(date(2024, 3, 10), 2))
    assert edges(scenario_set, actions, at(2024, 3, 9)) == DOUBLED
    assert edges(scenario_set, actions, at(2024, 3, 10)) == PLAIN


def test_splits_multiply(scenario_set, rows) -> None:
    actions = rows("core.corporate_actions", split(date(2026, 1, 5), 4), split(date(2027, 1, 5), 0.5))
    assert edges(scenario_set, actions, at(2027, 6, 1)) == HALVED


def test_a_split_that_is_not_known_or_not_ours_changes_nothing(scenario_set, rows) -> None:
    actions = rows(
        "core.corporate_actions",
        split(date(2027, 3, 10), 2, known=date(2028, 1, 1)),
        split(date(2026, 3, 10), 2, symbol="9988.HK"),
        split(date(2026, 3, 11), 2, kind="distribution_in_kind"),
        split(date(2024, 3, 10), 2, known=date(2025, 10, 1)),
    )
    assert edges(scenario_set, actions, at(2027, 6, 1)) == PLAIN
    assert edges(scenario_set, actions, at(2024, 1, 1)) == PLAIN, "known only after the bands' own day"


def test_a_corrected_ratio_counts_from_when_it_was_known(scenario_set, rows) -> None:
    day = date(2026, 3, 10)
    first, second = split(day, 3), split(day, 2, known=date(2026, 5, 1)) | {"revision": 1}
    actions = rows("core.corporate_actions", first, second)
    assert edges(scenario_set, actions, at(2026, 4, 1))[2] == pytest.approx(140 / 3)
    assert edges(scenario_set, actions, at(2026, 6, 1)) == HALVED
