"""Rates that fit pass; each kind of fault is found, where it is, and nowhere else."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.gate.measures import MEASURES
from transforms.gate.measures.rates import RATE_CHECKS, measure_rates


@pytest.fixture
def day(market):
    return market.days[-5]


@pytest.fixture
def judged(market, failing):
    """`judged(batch, before=None)`: what fails of a batch, given all rates before its first day."""

    def judge(batch, before=None):
        known = market.rates.filter(pl.col("session") < batch["session"].min()) if before is None else before
        return failing(measure_rates(batch, market.context(rates=known)), batch)

    return judge


@pytest.fixture
def rates_on(market):
    return lambda day: market.rates.filter(pl.col("session") == day)


def test_nothing_is_wrong_with_rates_in_which_nothing_is_wrong(market, judged):
    assert judged(market.rates) == {}
    assert [m.checks for m in MEASURES["core.fx_rates"]] == [RATE_CHECKS]
    assert measure_rates(market.rates.head(0), market.context()).is_empty()


@pytest.mark.parametrize("factor", [1.1, 2, 10, 100, 1000, 0.9, 0.5, 0.01])
def test_a_rate_out_of_scale_is_stopped_and_its_neighbours_are_not(market, judged, put, day, factor):
    for pair in ("USDCNY", "USDHKD", "USDJPY"):
        batch = put(market.rates.filter(pl.col("session") >= day), pair, day, rate=pl.col("rate") * factor)
        assert list(judged(batch)) == [(pair, day)]


def test_a_peg_is_held_to_its_own_past(judged, rates_on, put, day):
    assert judged(put(rates_on(day), "USDHKD", day, rate=7.85)) == {}
    assert judged(put(rates_on(day), "USDHKD", day, rate=7.95)) == {("USDHKD", day): {"rate.surprise"}}


@pytest.mark.parametrize("factor", [1.02, 0.98])
def test_two_per_cent_are_too_much_for_a_pair_that_is_held(judged, rates_on, put, day, factor):
    batch = put(rates_on(day), "USDHKD", day, rate=pl.col("rate") * factor)
    assert judged(batch) == {("USDHKD", day): {"rate.surprise"}}


def test_a_pair_that_parts_from_its_kin_is_stopped_and_one_that_goes_with_them_is_not(judged, rates_on, put, day):
    batch = put(rates_on(day), "USDAUD", day, rate=pl.col("rate") * 1.045)
    assert judged(batch) == {("USDAUD", day): {"rate.surprise"}}
    assert (
        judged(rates_on(day).with_columns(pl.col("rate") * pl.when(pl.col("pair") == "USDHKD").then(1).otherwise(1.03)))
        == {}
    )


def test_a_rate_upside_down_is_stopped_and_said_to_be(market, rates_on, put, day):
    batch = put(rates_on(day), "USDCNY", day, rate=1 / pl.col("rate"))
    before = market.rates.filter(pl.col("session") < day)
    measured = measure_rates(batch, market.context(rates=before))
    said = measured.filter(pl.col("value") > pl.col("limit"))["said"].to_list()
    assert said
    assert all("upside down?" in text for text in said)


def test_swapped_pairs_are_both_stopped(judged, rates_on, day):
    batch = rates_on(day).with_columns(pair=pl.col("pair").replace({"USDAUD": "USDEUR", "USDEUR": "USDAUD"}))
    assert set(judged(batch)) == {("USDAUD", day), ("USDEUR", day)}


def test_a_day_of_the_day_before_is_a_stale_repeat_and_one_rate_is_not(market, judged, rates_on, put, day):
    before = rates_on(market.days[-6]).select("pair", "rate")
    stale = rates_on(day).drop("rate").join(before, on="pair").select(market.rates.columns)
    assert judged(stale) == {(pair, day): {"session.repeat"} for pair in stale["pair"]}
    one = put(rates_on(day), "USDHKD", day, rate=before.filter(pl.col("pair") == "USDHKD")["rate"][0])
    assert judged(one) == {}


def test_a_move_of_the_dollar_is_none_of_a_pair_but_has_its_bounds(judged, rates_on, day):
    assert judged(rates_on(day).with_columns(pl.col("rate") * 1.015).filter(pl.col("pair") != "USDHKD")) == {}
    found = judged(rates_on(day).with_columns(pl.col("rate") * 1.1))
    assert len(found) == 5
    assert all("session.market" in checks for checks in found.values())


def test_two_ways_across_agree(market, judged, rates_on, put, day):
    cross = market.rates.filter(pl.col("pair") == "USDCNY").join(
        market.rates.filter(pl.col("pair") == "USDHKD").select("session", other="rate"), on="session"
    )
    cross = cross.with_columns(
        pair=pl.lit("CNYHKD"), rate=pl.col("other") / pl.col("rate"), row_id=pl.col("row_id") + 10_000
    )
    every = pl.concat([market.rates, cross.drop("other").select(market.rates.columns)])
    before, batch = every.filter(pl.col("session") < day), every.filter(pl.col("session") == day)
    assert judged(batch, before) == {}
    odd = put(batch, "CNYHKD", day, rate=pl.col("rate") * 1.015)
    assert judged(odd, before) == {("CNYHKD", day): {"rate.cross"}}


def test_a_jump_that_stays_is_believed_from_its_second_day_on(market, judged, put, day):
    batch = market.rates.filter(pl.col("session") >= day)
    batch = put(batch, "USDCNY", None, rate=pl.col("rate") * 1.05)
    assert judged(batch) == {("USDCNY", day): {"rate.surprise"}}


def test_all_at_once_is_judged_as_day_by_day(market, put, failing):
    days = market.days[-40:]
    rates = market.rates
    for place, factor in ((3, 10.0), (4, 1.08), (20, 0.1), (21, 1.0), (30, 1.06)):
        rates = put(rates, "USDJPY", days[place], rate=pl.col("rate") * factor)
    rest = rates.filter(pl.col("session") >= days[0])
    context = market.context(rates=rates.filter(pl.col("session") < days[0]))
    at_once = failing(measure_rates(rest, context), rest)
    daily = {}
    for day in days:
        batch = rest.filter(pl.col("session") == day)
        found = failing(measure_rates(batch, context), batch)
        daily |= found
        stopped = [pair for pair, _ in found]
        context = context.believing("core.fx_rates", batch.filter(~pl.col("pair").is_in(stopped)))
    assert at_once == daily
    assert len(daily) >= 3


def test_the_order_of_rows_changes_nothing(market, put, day):
    batch = put(market.rates.filter(pl.col("session") >= day), "USDCNY", day, rate=8.0)
    context = market.context(rates=market.rates.filter(pl.col("session") < day))
    key = ["row_id", "check_name"]
    shuffled = batch.sample(fraction=1, shuffle=True, seed=3)
    assert measure_rates(batch, context).sort(key).equals(measure_rates(shuffled, context).sort(key))
