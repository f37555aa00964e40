"""Prices: what a vendor did to them with hindsight is undone, from whatever side one looks."""

from datetime import UTC, date, datetime, timedelta
from math import prod

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from transforms.prices import quoted_bars, session_history

STORED = {
    "known_precision": "instant",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
    "symbol": "X",
}
FIRST = date(2024, 1, 1)
offsets = st.integers(0, 40)
ratios = st.sampled_from([0.1, 0.5, 1.5, 2.0, 3.0, 4.0, 10.0, 20.0])

Split = tuple[int, float, int]
"""Day of the ex-date, ratio, day it became known."""


@st.composite
def markets(draw: st.DrawFn) -> tuple[dict[int, float], list[Split]]:
    """Closes as traded, by day; splits on days of their own."""
    traded = draw(st.dictionaries(offsets, st.floats(1, 1_000), min_size=1, max_size=8))
    ex_days = draw(st.lists(offsets, unique=True, max_size=4))
    return traded, [(day, draw(ratios), draw(offsets)) for day in ex_days]


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def vendor_bars(closes: dict[int, float], splits: list[Split], basis: str) -> pl.DataFrame:
    """Bars as stored: a vendor that adjusts has divided by every split after the session."""
    rows = []
    for offset, traded in closes.items():
        later = prod(ratio for ex, ratio, _ in splits if ex > offset) if basis.endswith("adjusted") else 1.0
        known_at = datetime.combine(day(offset), datetime.min.time(), UTC) + timedelta(hours=20)
        price = dict.fromkeys(("open", "high", "low", "close"), traded / later)
        rows.append(
            STORED
            | price
            | {"session": day(offset), "volume": 1, "currency": "USD", "price_basis": basis}
            | {"known_at": known_at, "source_known_at": known_at}
        )
    return pl.DataFrame(rows, schema=CONTRACTS["core.daily_bars"].polars_schema())


def stored_splits(splits: list[Split]) -> pl.DataFrame:
    rows = [
        STORED
        | {"ex_date": day(ex), "kind": "split", "ratio": ratio, "verification": "source"}
        | {"known_at": end_of_day(day(known)), "source_known_at": end_of_day(day(known))}
        for ex, ratio, known in splits
    ]
    return pl.DataFrame(rows, schema=CONTRACTS["core.corporate_actions"].polars_schema())


def on_screen(closes: dict[int, float], splits: list[Split], as_of: int) -> dict[date, float]:
    """What a screen shows on that day, from what was traded, split by split."""
    return {
        day(offset): traded / prod(r for ex, r, known in splits if offset < ex <= as_of and known <= as_of)
        for offset, traded in closes.items()
        if offset <= as_of
    }


def quotes(bars: pl.DataFrame, splits: list[Split], as_of: int) -> dict[date, float]:
    quoted = quoted_bars(bars, stored_splits(splits), as_of=end_of_day(day(as_of)))
    assert quoted["session"].is_unique().all()
    return dict(quoted.select("session", "close_quoted").iter_rows())


@pytest.mark.parametrize("basis", ["split_adjusted", "vendor_adjusted", "as_traded", "simulated"])
@given(market=markets(), as_of=offsets)
def test_quotes_are_what_was_on_the_screen_however_they_are_stored(
    market: tuple[dict[int, float], list[Split]], as_of: int, basis: str
):
    closes, splits = market

    found = quotes(vendor_bars(closes, splits, basis), splits, as_of)

    assert found == pytest.approx(on_screen(closes, splits, as_of), rel=1e-12)


@given(market=markets(), as_of=offsets, ratio=ratios)
def test_a_later_split_and_the_vendors_hindsight_about_it_cancel(
    market: tuple[dict[int, float], list[Split]], as_of: int, ratio: float
):
    closes, splits = market
    later = [*splits, (41, ratio, 45)]

    before = quotes(vendor_bars(closes, splits, "split_adjusted"), splits, as_of)
    after = quotes(vendor_bars(closes, later, "split_adjusted"), later, as_of)

    assert after == pytest.approx(before, rel=1e-12)


@given(market=markets(), as_of=offsets, ratio=ratios)
def test_prices_stored_as_traded_know_nothing_of_later_splits(
    market: tuple[dict[int, float], list[Split]], as_of: int, ratio: float
):
    closes, splits = market
    bars = vendor_bars(closes, splits, "as_traded")

    assert quotes(bars, [*splits, (41, ratio, 45)], as_of) == quotes(bars, splits, as_of)


@given(market=markets(), as_of=offsets, price=st.floats(1, 1_000))
def test_a_later_session_changes_no_quote(market: tuple[dict[int, float], list[Split]], as_of: int, price: float):
    closes, splits = market
    longer = closes | {as_of + 1 + n: price for n in range(3)}
    known = {offset: close for offset, close in longer.items() if offset <= as_of}

    found = quotes(vendor_bars(longer, splits, "split_adjusted"), splits, as_of)

    assert found == quotes(vendor_bars(known, splits, "split_adjusted"), splits, as_of)


@given(market=markets(), basis=st.sampled_from(["split_adjusted", "as_traded"]))
def test_a_history_is_what_was_traded(market: tuple[dict[int, float], list[Split]], basis: str):
    closes, splits = market

    history = session_history(
        vendor_bars(closes, splits, basis), stored_splits(splits), symbol="X", as_of=end_of_day(day(60))
    )

    found = dict(history.select("observed_on", "value").iter_rows())
    assert found == pytest.approx({day(offset): close for offset, close in closes.items()}, rel=1e-12)


@given(market=markets(), as_of=offsets, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_no_quote(market: tuple[dict[int, float], list[Split]], as_of: int, random):
    closes, splits = market
    bars, actions = vendor_bars(closes, splits, "split_adjusted"), stored_splits(splits)
    seed = random.randrange(1_000)
    muddled = pl.concat([bars, bars]).sample(fraction=1, shuffle=True, seed=seed)
    repeated = pl.concat([actions, actions]).sample(fraction=1, shuffle=True, seed=seed)

    instant = end_of_day(day(as_of))
    assert quoted_bars(muddled, repeated, as_of=instant).equals(quoted_bars(bars, actions, as_of=instant))
