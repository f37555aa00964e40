"""Actions that fit pass; each kind of fault is found."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from transforms.gate.measures import MEASURES
from transforms.gate.measures.actions import ACTION_CHECKS, measure_actions

ACTIONS = "core.corporate_actions"


@pytest.fixture
def judged(market, failing):
    def judge(batch, *, merely_said=False, context=None, **believed):
        context = context or market.context(**{"bars": market.bars, **believed})
        return failing(measure_actions(batch, context), batch, merely_said=merely_said)

    return judge


@pytest.fixture
def dividend(stage_rows):
    def make(symbol="BABA", ex_date=date(2024, 6, 12), amount=1.66, currency="USD"):
        row = {"symbol": symbol, "ex_date": ex_date, "kind": "cash_dividend", "amount": amount, "currency": currency}
        return stage_rows([row], ACTIONS)

    return make


@pytest.fixture
def split(stage_rows):
    def make(ratio=10.0, symbol="NVDA", ex_date=date(2024, 6, 10)):
        return stage_rows([{"symbol": symbol, "ex_date": ex_date, "kind": "split", "ratio": ratio}], ACTIONS)

    return make


def test_actions_that_fit_pass(market, judged, dividend, split):
    assert judged(dividend()) == {}
    assert judged(dividend(symbol="9988.HK", ex_date=date(2024, 6, 12), amount=1.6, currency="HKD")) == {}
    assert judged(split()) == {}
    assert [m.checks for m in MEASURES[ACTIONS]] == [ACTION_CHECKS]
    assert measure_actions(split().head(0), market.context()).is_empty()


def test_an_action_is_judged_also_where_no_bar_is_known(market, split, dividend, failing):
    for batch in (split(), dividend()):
        assert failing(measure_actions(batch, market.context()), batch) == {}


def test_an_ex_date_without_session_is_stopped(judged, dividend):
    saturday = date(2024, 6, 15)
    assert judged(dividend(ex_date=saturday)) == {("BABA", saturday): {"ex_date.scheduled"}}


def test_a_dividend_beyond_all_measure_is_stopped(judged, dividend):
    day = date(2024, 6, 12)
    assert judged(dividend(amount=60.0)) == {("BABA", day): {"amount.of_close"}}
    # 60 yuan are eight dollars; 60 Hong Kong dollars are a great part of a share.
    assert judged(dividend(amount=60.0, currency="CNY")) == {}
    assert judged(dividend("9988.HK", amount=60.0, currency="HKD")) == {("9988.HK", day): {"amount.of_close"}}


def test_a_dividend_that_is_not_what_is_usually_paid_is_pointed_out(judged, dividend):
    earlier = dividend(ex_date=date(2023, 12, 20), amount=1.0)
    assert judged(dividend(amount=13.0), actions=earlier) == {}
    found = judged(dividend(amount=13.0), actions=earlier, merely_said=True)
    assert found == {("BABA", date(2024, 6, 12)): {"amount.habit"}}
    assert judged(dividend(amount=1.66), actions=earlier, merely_said=True) == {}


def test_one_action_under_two_dates_is_stopped(judged, dividend):
    day = date(2024, 6, 12)
    later = dividend(ex_date=day + timedelta(days=1))
    assert judged(later, actions=dividend()) == {("BABA", date(2024, 6, 13)): {"key.other_date"}}
    both = pl.concat([dividend(), later.with_columns(row_id=pl.lit(1, pl.Int64))])
    assert set(judged(both)) == {("BABA", day), ("BABA", day + timedelta(days=1))}
    assert judged(dividend(ex_date=date(2024, 7, 12)), actions=dividend()) == {}


@pytest.mark.parametrize("ratio", [9.37, 1.0, 33.33])
def test_a_ratio_that_nobody_uses_is_pointed_out(judged, split, ratio):
    assert judged(split(ratio), merely_said=True) == {("NVDA", date(2024, 6, 10)): {"ratio.usual"}}


@pytest.mark.parametrize("ratio", [2.0, 1.5, 0.1, 20.0, 0.04])
def test_usual_ratios_are_usual(judged, split, ratio):
    assert judged(split(ratio), merely_said=True) == {}


@pytest.mark.parametrize("ratio", [1.0, 100.0, 200.0, 0.4, 0.01, 2 / 3])
def test_a_ratio_that_no_split_has_is_stopped(judged, split, ratio):
    assert judged(split(ratio))["NVDA", date(2024, 6, 10)] >= {"ratio.possible"}


@pytest.mark.parametrize("ratio", [50.0, 20.0, 1.5, 0.5, 0.1, 0.02, 1 / 3])
def test_a_ratio_that_a_split_may_have_is_not(judged, split, ratio):
    assert judged(split(ratio)) == {}


def test_bars_as_traded_must_jump_by_the_split(market, judged, scaled, split):
    ex_date = date(2024, 6, 10)
    before = market.bars.filter(pl.col("session") < ex_date)
    traded = pl.concat([scaled(before, "NVDA", None, 10), market.bars.filter(pl.col("session") >= ex_date)])
    traded = traded.with_columns(price_basis=pl.lit("as_traded"))
    assert judged(split(10.0), bars=traded) == {}
    assert judged(split(2.0), bars=traded) == {("NVDA", ex_date): {"ratio.fits_bars"}}
    assert judged(split(0.1), bars=traded) == {("NVDA", ex_date): {"ratio.fits_bars"}}


def test_bars_that_were_received_before_the_split_must_jump_by_it(market, judged, scaled, split):
    ex_date = date(2024, 6, 10)
    before = scaled(market.bars.filter(pl.col("session") < ex_date), "NVDA", None, 10)
    bars = pl.concat(
        [before.with_columns(payload_sha256=pl.lit("cd" * 32)), market.bars.filter(pl.col("session") >= ex_date)]
    )
    context = market.received({"cd" * 32: date(2024, 6, 7)}, bars=bars)
    assert judged(split(10.0), context=context) == {}
    assert judged(split(4.0), context=context) == {("NVDA", ex_date): {"ratio.fits_bars"}}
