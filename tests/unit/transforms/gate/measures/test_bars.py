"""Bars that fit pass; each kind of fault is found, where it is, and nowhere else."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.gate.measures import MEASURES
from transforms.gate.measures.bars import BAR_CHECKS, measure_bars
from transforms.gate.measures.schema import MEASURED_SCHEMA

PRICES = ["open", "high", "low", "close"]


@pytest.fixture
def day(market) -> date:
    return market.days[-5]


@pytest.fixture
def judged(market, failing):
    """`judged(batch, before=None, **believed)`: what fails of a batch, given all bars before its first day."""

    def judge(batch, before=None, **believed):
        known = market.before(batch["session"].min()) if before is None else before
        return failing(measure_bars(batch, market.context(bars=known, **believed)), batch)

    return judge


def test_nothing_is_wrong_with_a_market_in_which_nothing_is_wrong(market, judged):
    measured = measure_bars(market.bars, market.context())
    assert measured.schema == MEASURED_SCHEMA
    assert set(measured["check_name"]) <= set(BAR_CHECKS)
    assert judged(market.bars) == {}


def test_an_empty_batch_has_no_numbers(market):
    assert measure_bars(market.bars.head(0), market.context()).is_empty()


def test_the_registry_names_every_check():
    assert [m.checks for m in MEASURES["core.daily_bars"]] == [BAR_CHECKS]


@pytest.mark.parametrize("factor", [2, 8, 10, 100, 1000, 7.1, 0.5, 0.1, 0.01, 0.128])
def test_a_bar_out_of_scale_is_stopped_and_its_neighbours_are_not(market, judged, scaled, day, factor):
    batch = scaled(market.bars.filter(pl.col("session") >= day), "BABA", day, factor)
    found = judged(batch)
    assert list(found) == [("BABA", day)]
    assert "close.jump" in found["BABA", day]


def test_a_quiet_tenth_is_stopped_where_market_and_twin_deny_it(market, judged, scaled, day):
    assert judged(scaled(market.on(day), "BABA", day, 1.1)) == {("BABA", day): {"close.surprise"}}


def test_a_move_with_volume_is_news(market, judged, scaled, put, failing):
    day = market.days[-5]
    batch = put(scaled(market.on(day), "NVDA", day, 1.15), "NVDA", day, volume=5_000_000)
    assert judged(batch) == {}
    measured = measure_bars(batch, market.context(bars=market.before(day)))
    assert failing(measured, batch, merely_said=True) == {("NVDA", day): {"close.news"}}


def test_a_tenth_of_the_whole_market_is_news(market, judged, scaled, day):
    batch = market.on(day)
    for symbol in batch["symbol"]:
        batch = scaled(batch, symbol, day, 1.1)
    assert judged(batch) == {}


def test_a_move_that_the_twin_made_before_is_news(market, judged, scaled, put, day):
    batch = put(scaled(market.on(day), "9988.HK", day, 1.1), "9988.HK", day, volume=4_000_000)
    assert judged(scaled(batch, "BABA", day, 1.1)) == {}


def test_a_mild_jump_that_stays_is_believed_from_its_second_session_on(market, judged, scaled, day):
    later = [d for d in market.days if d >= day]
    batch = market.bars.filter(pl.col("session") >= day)
    for moved in later:
        batch = scaled(batch, "NVDA", moved, 1.3)
    assert judged(batch) == {("NVDA", day): {"close.surprise"}}


@pytest.mark.parametrize("factor", [1.2, 1.5])
def test_a_mild_jump_that_stays_is_stopped_all_along_where_the_twin_denies_it(market, judged, scaled, day, factor):
    later = [d for d in market.days if d >= day]
    batch = market.bars.filter(pl.col("session") >= day)
    for moved in later:
        batch = scaled(batch, "BABA", moved, factor)
    assert set(judged(batch)) == {("BABA", d) for d in later}


def test_a_level_that_nothing_explains_stays_stopped(market, judged, scaled, day):
    later = [d for d in market.days if d >= day]
    batch = market.bars.filter(pl.col("session") >= day)
    for moved in later:
        batch = scaled(batch, "NVDA", moved, 4)
    assert set(judged(batch)) == {("NVDA", d) for d in later}


def test_a_level_that_was_wrong_for_months_is_stopped_to_its_end(market, judged, scaled):
    later = market.days[30:]
    batch = market.bars
    for moved in later:
        batch = scaled(batch, "NVDA", moved, 4)
    assert set(judged(batch)) == {("NVDA", d) for d in later}


def test_a_poisoned_first_row_is_the_one_that_is_found(market, judged, scaled):
    first = market.days[0]
    assert judged(scaled(market.bars, "MSFT", first, 10)) == {("MSFT", first): {"close.jump"}}


def test_a_poisoned_twin_or_rate_holds_the_other_listing_of_no_company(market, judged, scaled, put, day):
    assert set(judged(scaled(market.on(day), "9988.HK", day, 1.2))) == {("9988.HK", day)}
    rates = put(market.rates, "USDHKD", market.days[-6], rate=78.0)
    assert judged(market.on(day), rates=rates) == {}


def test_a_loud_move_away_from_the_twin_is_stopped_all_the_same(market, judged, scaled, put, day):
    batch = put(scaled(market.on(day), "BABA", day, 1.4), "BABA", day, volume=20_000_000)
    assert judged(batch) == {("BABA", day): {"close.twin", "close.surprise"}}


def test_another_currency_than_the_listings_is_stopped(market, judged, put, day):
    assert judged(put(market.on(day), "BABA", day, currency="CNY")) == {("BABA", day): {"currency.of_listing"}}


def test_a_day_without_session_is_stopped(market, judged, put, day):
    for odd in (date(2024, 7, 4), date(2024, 8, 4)):
        found = judged(put(market.on(day), "MSFT", day, session=odd), before=market.before(date(2024, 7, 1)))
        assert found["MSFT", odd] == {"session.scheduled"}


def test_a_years_sessions_outside_the_calendar_are_not_measured(market, put, day):
    batch = put(market.on(day), "MSFT", day, session=date(1985, 3, 3))
    measured = measure_bars(batch, market.context())
    row_id = batch.filter(pl.col("session") == date(1985, 3, 3))["row_id"][0]
    assert measured.filter((pl.col("row_id") == row_id) & (pl.col("check_name") == "session.scheduled")).is_empty()


def test_the_bar_of_the_day_before_once_more_is_stopped(market, judged, put, day):
    before = market.before(day).filter(pl.col("symbol") == "META").tail(1)
    stale = {name: before[name][0] for name in [*PRICES, "volume"]}
    assert judged(put(market.on(day), "META", day, **stale)) == {("META", day): {"prices.repeat"}}


def test_a_bar_of_some_sessions_before_is_stopped_with_its_day(market, put, failing, day):
    old = market.before(day).filter(pl.col("symbol") == "META").tail(5).head(1)
    batch = put(market.on(day), "META", day, **{name: old[name][0] for name in [*PRICES, "volume"]})
    measured = measure_bars(batch, market.context(bars=market.before(day)))
    assert "prices.repeat" in failing(measured, batch)["META", day]
    said = measured.filter((pl.col("check_name") == "prices.repeat") & (pl.col("value") > pl.col("limit")))["said"]
    assert said.to_list() == [f"open, high, low and close are those of {old['session'][0]}: 5 sessions old"]


def test_a_flat_line_of_a_month_before_and_another_volume_are_no_repeat(market, judged, put, day):
    old = market.days[-9]
    last = market.before(day).filter(pl.col("symbol") == "0700.HK")["close"][-1]
    flat = dict.fromkeys(PRICES, last)
    before = put(market.before(day), "0700.HK", old, **flat, volume=0)
    assert judged(put(market.on(day), "0700.HK", day, **flat, volume=0), before=before) == {}
    bar = {"open": last * 1.001, "high": last * 1.002, "low": last * 0.999, "close": last}
    before = put(market.before(day), "0700.HK", old, **bar, volume=1_000_000)
    assert judged(put(market.on(day), "0700.HK", day, **bar, volume=1_100_000), before=before) == {}


def test_another_symbols_bar_is_stopped_and_its_owner_is_not(market, judged, put, day):
    for session in (day, market.days[-7]):
        other = market.bars.filter((pl.col("symbol") == "META") & (pl.col("session") == session))
        batch = put(market.on(day), "MSFT", day, **{name: other[name][0] for name in [*PRICES, "volume"]})
        found = judged(batch)
        assert list(found) == [("MSFT", day)]
        assert "prices.of_other_symbol" in found["MSFT", day]


def test_two_flat_lines_at_one_price_are_nobodys(market, judged, put, day):
    last = market.before(day).filter(pl.col("symbol") == "MSFT")["close"][-1]
    batch = market.on(day)
    for symbol in ("MSFT", "0700.HK"):
        batch = put(batch, symbol, day, **dict.fromkeys(PRICES, last), volume=0)
    assert not any("prices.of_other_symbol" in checks for checks in judged(batch).values())


def test_without_volume_a_move_is_given_the_room_of_one_without_market(market, judged, scaled, put, day):
    calm = scaled(market.on(day), "NVDA", day, 1.05)
    assert judged(put(calm, "NVDA", day, volume=0)) == {}


def test_a_line_without_trade_is_no_repeat(market, judged, put, day):
    close = market.before(day).filter(pl.col("symbol") == "0700.HK")["close"][-1]
    flat = dict.fromkeys(PRICES, close) | {"volume": 0}
    batch = market.bars.filter(pl.col("session") >= day)
    for halted in batch["session"].unique():
        batch = put(batch, "0700.HK", halted, **flat)
    assert judged(batch) == {}


def test_a_bar_that_is_believed_may_come_again_but_not_otherwise(market, judged, put, day):
    again = market.on(day)
    assert judged(again, before=market.bars) == {}
    assert judged(put(again, "BABA", day, close=pl.col("close") * 1.001), before=market.bars) == {}
    found = judged(put(again, "BABA", day, close=pl.col("close") * 0.997), before=market.bars)
    assert found == {("BABA", day): {"prices.revision"}}


def test_a_bar_under_the_session_before_is_a_revision(market, judged, put, day):
    earlier = market.days[-6]
    batch = put(market.on(day), "BABA", day, session=earlier)
    assert judged(batch, before=market.before(day)) == {("BABA", earlier): {"prices.revision"}}


def test_a_vendors_shift_for_a_distribution_is_no_revision_but_a_bent_bar_is(market, judged, put, scaled, day):
    again = put(market.bars, "0700.HK", None, price_basis="vendor_adjusted")
    assert judged(scaled(again, "0700.HK", None, 0.96), before=market.bars) == {}
    bent = put(again, "0700.HK", day, low=pl.col("low") * 0.96)
    assert judged(bent, before=market.bars) == {("0700.HK", day): {"prices.revision"}}


@pytest.fixture
def split(market, stage_rows):
    """A split of NVDA, ten for one, on the last but four session."""
    row = {"symbol": "NVDA", "ex_date": market.days[-5], "kind": "split", "ratio": 10.0}
    return stage_rows([row], "core.corporate_actions")


def _paid(frame, sha256):
    return frame.with_columns(payload_sha256=pl.lit(sha256 * 32))


def test_a_real_split_is_no_jump_on_any_basis(market, scaled, split, day, failing):
    before, batch = _paid(market.before(day), "cd"), market.on(day)
    quoted = scaled(before, "NVDA", None, 10)
    as_received = market.received({"cd" * 32: market.days[-6]}, bars=quoted, actions=split)
    assert failing(measure_bars(batch, as_received), batch) == {}
    traded = scaled(before, "NVDA", None, 10).with_columns(price_basis=pl.lit("as_traded"))
    as_traded = market.context(bars=traded, actions=split)
    batch = batch.with_columns(price_basis=pl.lit("as_traded"))
    assert failing(measure_bars(batch, as_traded), batch) == {}


def test_the_vendors_own_adjustment_of_what_is_believed_is_no_revision(market, scaled, split, day, failing):
    quoted = scaled(_paid(market.before(day), "cd"), "NVDA", None, 10)
    context = market.received({"cd" * 32: market.days[-6]}, bars=quoted, actions=split)
    again = market.before(day).filter(pl.col("symbol") == "NVDA")
    assert failing(measure_bars(again, context), again) == {}
    twice = scaled(again, "NVDA", None, 0.1)
    found = failing(measure_bars(twice, context), twice)
    assert {symbol for symbol, _ in found} == {"NVDA"}
    assert all("prices.revision" in checks for checks in found.values())


def test_a_split_that_was_not_divided_out_is_stopped(market, judged, scaled, split, day):
    for factor in (10, 0.1):
        found = judged(scaled(market.on(day), "NVDA", day, factor), actions=split)
        assert list(found) == [("NVDA", day)]
        assert "close.jump" in found["NVDA", day]


def test_drawn_prices_hold_nobody_but_are_held_to_sense(market, judged, scaled, day):
    drawn = market.bars.with_columns(price_basis=pl.lit("simulated"))
    batch = scaled(drawn.filter(pl.col("session") == day), "BABA", day, 1.2)
    assert judged(batch, before=drawn.filter(pl.col("session") < day)) == {}
    batch = scaled(batch, "MSFT", day, 10)
    assert judged(batch, before=drawn.filter(pl.col("session") < day)) == {("MSFT", day): {"close.jump"}}


def test_swapped_listings_are_both_stopped(market, judged, day):
    other = {"NVDA": "META", "META": "NVDA"}
    batch = market.on(day).with_columns(symbol=pl.col("symbol").replace(other))
    assert set(judged(batch)) == {("NVDA", day), ("META", day)}


def test_the_order_of_rows_changes_nothing(market, scaled, day):
    batch = scaled(market.bars.filter(pl.col("session") >= day), "BABA", day, 1.15)
    context = market.context(bars=market.before(day))
    key = ["row_id", "check_name"]
    turned = market.context(bars=market.before(day).sample(fraction=1, shuffle=True, seed=1))
    expected = measure_bars(batch, context).sort(key)
    assert measure_bars(batch.sample(fraction=1, shuffle=True, seed=2), turned).sort(key).equals(expected)


def test_two_claims_on_one_session_are_both_judged(market, judged, scaled, day):
    twice = pl.concat([market.on(day), scaled(market.on(day), "BABA", day, 10).with_columns(pl.col("row_id") + 10_000)])
    measured = measure_bars(twice, market.context(bars=market.before(day)))
    failed = measured.filter(pl.col("value") > pl.col("limit"))
    poisoned = twice.filter((pl.col("row_id") >= 10_000) & (pl.col("symbol") == "BABA"))["row_id"][0]
    assert failed.filter(pl.col("check_name") == "close.jump")["row_id"].to_list() == [poisoned]


def _verdicts(measured: pl.DataFrame) -> set[tuple[int, str]]:
    return set(measured.filter(pl.col("value") > pl.col("limit")).select("row_id", "check_name").rows())


BLOCKING = set(BAR_CHECKS) - {"close.news", "close.twin_news"}


@settings(max_examples=4)
@given(seed=st.integers(0, 10_000), jumps=st.sampled_from([0.0, 0.02, 0.2]))
def test_all_at_once_is_judged_as_day_by_day(market, draw, seed, jumps):
    bars = draw(seed, 52, jumps=jumps)
    days = bars["session"].unique().sort().to_list()
    history, rest = bars.filter(pl.col("session") < days[40]), bars.filter(pl.col("session") >= days[40])
    context = market.context(bars=history)
    at_once = _verdicts(measure_bars(rest, context))
    daily: set[tuple[int, str]] = set()
    for day in days[40:]:
        batch = rest.filter(pl.col("session") == day)
        found = _verdicts(measure_bars(batch, context))
        daily |= found
        stopped = {row for row, check in found if check in BLOCKING}
        context = context.believing("core.daily_bars", batch.filter(~pl.col("row_id").is_in(list(stopped))))
    assert at_once == daily


def test_the_sentence_tells_what_was_expected(market, scaled, day):
    batch = scaled(market.on(day), "BABA", day, 7.1)
    measured = measure_bars(batch, market.context(bars=market.before(day)))
    said = measured.filter(pl.col("value") > pl.col("limit"), pl.col("check_name") == "close.jump")["said"][0]
    assert f"of {day}" in said
    assert "times the" in said
    assert f"of {market.days[-6]}" in said
    assert "USDCNY" in said or "USDHKD" in said


def test_numbers_are_numbers(market):
    measured = measure_bars(market.bars, market.context())
    assert np.isfinite(measured.select("value", "limit").to_numpy()).all()


def test_a_poisoned_bar_does_not_take_its_neighbours_witness_away(market, judged, scaled, day):
    batch = market.on(day)
    for symbol in ("9988.HK", "9888.HK", "0700.HK"):
        batch = scaled(batch, symbol, day, 1.12)
    assert set(judged(scaled(batch, "9888.HK", day, 10))) == {("9888.HK", day)}
