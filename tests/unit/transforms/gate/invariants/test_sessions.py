"""Sessions that did not come are found; holidays, half days and closures are not held against anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.model.kinds import Severity
from transforms.gate.invariants import INVARIANTS, METRICS_SCHEMA


@pytest.fixture
def found(market):
    """`found(check, **believed)`: the failing lines."""
    by_name = {invariant.check_name: invariant for invariant in INVARIANTS}

    def take(check, **believed):
        metrics = by_name[check].take(market.context(**{"bars": market.bars, **believed}))
        assert metrics.schema == METRICS_SCHEMA
        return metrics.filter(pl.col("value") > pl.col("limit")).sort("subject_id").to_dicts()

    return take


CHECKS = ["sessions.missing", "sessions.behind", "sessions.closed", "rates.missing", "rates.behind"]


def without(frame, *, symbol=None, day=None, after=None, pair=None, exchange=None):
    gone = pl.lit(value=True)
    if symbol:
        gone &= pl.col("symbol") == symbol
    if exchange == "HK":
        gone &= pl.col("symbol").str.ends_with(".HK")
    if pair:
        gone &= pl.col("pair") == pair
    if day:
        gone &= pl.col("session") == day
    if after:
        gone &= pl.col("session") > after
    return frame.filter(~gone)


def test_whole_data_is_whole(found, market):
    # Sessions that only one of the two exchanges has were left out when the market was drawn.
    for check in CHECKS:
        if check != "sessions.closed":
            assert found(check) == [], check


def test_nothing_believed_is_nothing_missing(market):
    for invariant in INVARIANTS:
        metrics = invariant.take(market.blank)
        assert metrics.schema == METRICS_SCHEMA
        assert metrics.filter(pl.col("value") > pl.col("limit")).is_empty()


def test_a_session_that_one_listing_lacks_is_its_own(found, market):
    day = market.days[-3]
    (line,) = found("sessions.missing", bars=without(market.bars, symbol="BABA", day=day))
    assert (line["subject_kind"], line["subject_id"], line["metric"]) == ("symbol", "BABA", "close")
    assert line["row_key"] == f'["BABA", "{day}"]'
    assert line["known_at"] == datetime(day.year, day.month, day.day, 20, 15, tzinfo=UTC)
    assert "BABA has no bar" in line["said"]


def test_a_listing_is_not_missed_before_its_first_bar(found, market):
    young = market.bars.filter((pl.col("symbol") != "META") | (pl.col("session") > market.days[50]))
    assert found("sessions.missing", bars=young) == []


def test_a_stray_day_without_session_makes_nobody_else_miss_it(found, market, put):
    stray = put(market.bars, "META", market.days[-1], session=date(2024, 8, 18))
    assert [line["subject_id"] for line in found("sessions.missing", bars=stray)] == ["META"]


def test_a_storm_that_closes_an_exchange_is_said_and_held_against_nobody(found, market):
    day = market.days[-10]
    closed = without(market.bars, exchange="HK", day=day)
    assert found("sessions.missing", bars=closed) == []
    lines = found("sessions.closed", bars=closed)
    assert f"XHKG was to have a session on {day}" in " ".join(line["said"] for line in lines)
    assert {line["row_key"] for line in lines} == {None}


def test_an_exchange_that_lags_is_behind_and_a_long_weekend_is_not(found, market):
    assert found("sessions.behind", bars=without(market.bars, exchange="HK", after=market.days[-4])) == []
    lines = found("sessions.behind", bars=without(market.bars, exchange="HK", after=market.days[-8]))
    assert {line["subject_id"] for line in lines} == {"0700.HK", "9888.HK", "9988.HK"}
    assert {line["row_key"] for line in lines} == {
        f'["{s}", "{market.days[-7]}"]' for s in ("0700.HK", "9888.HK", "9988.HK")
    }


def test_a_pair_that_lacks_a_day_is_found_and_a_holiday_is_not(found, market):
    day = market.days[-3]
    (line,) = found("rates.missing", rates=without(market.rates, pair="USDCNY", day=day))
    assert (line["subject_kind"], line["subject_id"], line["metric"]) == ("pair", "USDCNY", "rate")
    assert line["row_key"] == f'["USDCNY", "{day}"]'
    assert found("rates.missing", rates=without(market.rates, day=day)) == []


def test_rates_that_stop_are_behind_the_exchanges(found, market):
    assert found("rates.behind", rates=without(market.rates, after=market.days[-4])) == []
    lines = found("rates.behind", rates=without(market.rates, after=market.days[-6]))
    assert {line["subject_id"] for line in lines} == set(market.rates["pair"])


def test_a_pair_is_held_to_its_own_rhythm(found, market):
    monthly = market.rates.filter(pl.col("session").is_in(market.days[::21]))
    assert found("rates.behind", rates=monthly) == []
    assert found("rates.behind", rates=without(monthly, after=market.days[105])) == []
    lines = found("rates.behind", rates=without(monthly, after=market.days[84]))
    assert {line["subject_id"] for line in lines} == set(market.rates["pair"])
    assert {line["limit"] for line in lines} == {63.0}
    assert {line["row_key"] for line in lines if line["subject_id"] == "USDCNY"} == {
        f'["USDCNY", "{market.days[105]}"]'
    }


def test_of_a_young_pair_no_rhythm_is_known(found, market):
    young = market.rates.filter(pl.col("session").is_in([market.days[-20], market.days[-12]]))
    assert found("rates.behind", rates=young) == []


def test_only_a_closure_is_merely_said():
    assert [i.check_name for i in INVARIANTS if i.severity is Severity.ADVISORY] == ["sessions.closed"]
    assert [i.check_name for i in INVARIANTS][: len(CHECKS)] == [
        "sessions.missing", "sessions.behind", "sessions.closed", "rates.missing", "rates.behind",
    ]  # fmt: skip


def test_where_no_exchange_closes_without_notice_a_day_that_nobody_has_got_lost(market):
    day = market.days[-3]
    context = market.context(bars=without(market.bars, day=day))
    exchanges = tuple(replace(e, closes_without_notice=e.calendar == "XHKG") for e in context.universe.exchanges)
    strict = replace(context, universe=replace(context.universe, exchanges=exchanges))
    by_name = {invariant.check_name: invariant for invariant in INVARIANTS}

    def missed(check, given):
        lines = (
            by_name[check].take(given).filter(pl.col("value") > pl.col("limit"), pl.col("said").str.contains(str(day)))
        )
        return set(lines["subject_id"])

    listed = {symbol for symbol in market.bars["symbol"].unique() if not symbol.endswith(".HK")}
    assert (missed("sessions.missing", context), missed("sessions.closed", context)) == (set(), {"XHKG", "XNYS"})
    assert (missed("sessions.missing", strict), missed("sessions.closed", strict)) == (listed, {"XHKG"})
