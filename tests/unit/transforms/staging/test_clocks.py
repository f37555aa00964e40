from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.staging.clocks import (
    announced_clocks,
    bar_clocks,
    end_of_day,
    figure_clocks,
    fx_clocks,
    local_instant,
)


def told(clocks, **columns):
    """Known_at, precision and notes of a one-row frame."""
    row = pl.DataFrame(columns).select(
        clocks.known_at.alias("at"), clocks.known_precision.alias("precision"), *clocks.notes[:0]
    )
    notes = [pl.DataFrame(columns).select(note.alias("n"))["n"][0] for note in clocks.notes]
    return row["at"][0], row["precision"][0], [note for note in notes if note]


@pytest.mark.parametrize(
    ("symbol", "currency", "session", "known_at"),
    [
        ("BABA", "USD", date(2025, 9, 26), datetime(2025, 9, 26, 20, 15, tzinfo=UTC)),
        ("BABA", "USD", date(2025, 12, 26), datetime(2025, 12, 26, 21, 15, tzinfo=UTC)),
        ("9988.HK", "HKD", date(2025, 9, 26), datetime(2025, 9, 26, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_bar_is_known_from_its_exchange_s_close_on(universe, symbol, currency, session, known_at):
    clocks = bar_clocks(universe)
    assert told(clocks, symbol=[symbol], session=[session], currency=[currency]) == (known_at, "instant", [])


def test_an_unknown_symbol_has_no_clock(universe):
    known_at, _, notes = told(bar_clocks(universe), symbol=["XYZ"], session=[date(2025, 9, 26)], currency=["USD"])
    assert (known_at, notes) == (None, ["symbol 'XYZ' is not in config/universe.toml"])


def test_a_listing_at_an_exchange_that_is_not_described_has_no_clock(universe):
    lacking = replace(universe, exchanges=universe.exchanges[:1])
    known_at, _, notes = told(bar_clocks(lacking), symbol=["9988.HK"], session=[date(2025, 9, 26)], currency=["HKD"])
    assert (known_at, notes) == (None, ["symbol '9988.HK' is not in config/universe.toml"])


def test_another_currency_than_the_listing_s_is_said(universe):
    _, _, notes = told(bar_clocks(universe), symbol=["BABA"], session=[date(2025, 9, 26)], currency=["HKD"])
    assert notes == ["currency: 'HKD' is not USD, the listing's"]


def test_a_rate_is_known_from_its_fixing_on(universe):
    summer = told(fx_clocks(universe), pair=["USDCNY"], session=[date(2025, 7, 1)])
    winter = told(fx_clocks(universe), pair=["USDXXX"], session=[date(2025, 1, 2)])
    assert summer == (datetime(2025, 7, 1, 15, tzinfo=UTC), "instant", [])
    assert winter == (
        datetime(2025, 1, 2, 16, tzinfo=UTC),
        "instant",
        ["pair 'USDXXX' is not in config/universe.toml"],
    )


@pytest.mark.parametrize(
    ("known_on", "precision", "last_day"),
    [
        (date(2025, 9, 24), "day", date(2025, 9, 24)),
        (date(2024, 2, 10), "month", date(2024, 2, 29)),
        (date(2024, 2, 29), "month", date(2024, 2, 29)),
        (date(2019, 9, 25), "year", date(2019, 12, 31)),
    ],
)
def test_an_announcement_is_known_from_the_end_of_its_span_on(universe, known_on, precision, last_day):
    known_at, said, _ = told(announced_clocks(universe), known_on=[known_on], known_precision=[precision])
    assert known_at == datetime.combine(last_day, datetime.max.time(), UTC)
    assert said == precision


def test_a_figure_without_a_publication_day_is_assumed_known_later(universe):
    clocks, columns = figure_clocks(universe), {"period_end": [date(2025, 6, 30)]}
    stated = told(clocks, reported_on=[date(2025, 8, 29)], known_precision=["day"], **columns)
    unstated = told(clocks, reported_on=pl.Series([None], dtype=pl.Date), known_precision=pl.Series(["day"]), **columns)
    assert stated[:2] == (datetime(2025, 8, 29, 23, 59, 59, 999999, UTC), "day")
    assert unstated[:2] == (datetime(2025, 8, 14, 23, 59, 59, 999999, UTC), "assumed")


def test_days_end_with_their_last_microsecond_and_local_times_follow_summer_time():
    frame = pl.DataFrame({"day": [date(2025, 3, 30), None]})
    out = frame.select(
        end_of_day(pl.col("day")).alias("end"),
        local_instant(pl.col("day"), "17:30", "Europe/Berlin", minutes=0.5).alias("local"),
    )
    assert out["end"].to_list() == [datetime(2025, 3, 30, 23, 59, 59, 999999, UTC), None]
    assert out["local"].to_list() == [datetime(2025, 3, 30, 15, 30, 30, tzinfo=UTC), None]
