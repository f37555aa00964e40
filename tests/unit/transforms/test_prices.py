from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.errors import ConfigError
from aicycle.model.instants import end_of_day
from transforms.prices import closes_of, quoted_bars, session_history

STORED = {
    "known_precision": "instant",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
}


def bar(session: date, close: float, basis: str = "split_adjusted", **more: object) -> dict[str, object]:
    known_at = datetime(session.year, session.month, session.day, 20, 15, tzinfo=UTC)
    return {
        **STORED,
        "symbol": "NVDA",
        "session": session,
        "open": close - 1,
        "high": close + 2,
        "low": close - 2,
        "close": close,
        "volume": 1_000,
        "currency": "USD",
        "price_basis": basis,
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def bars(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTRACTS["core.daily_bars"].polars_schema())


def split(ex_date: date, ratio: float | None, known_on: date, **more: object) -> dict[str, object]:
    return {
        **STORED,
        "symbol": "NVDA",
        "ex_date": ex_date,
        "kind": "split",
        "ratio": ratio,
        "verification": "source",
        "known_at": end_of_day(known_on),
        "source_known_at": end_of_day(known_on),
        **more,
    }


def actions(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTRACTS["core.corporate_actions"].polars_schema())


MARCH = date(2024, 3, 28)
TEN_FOR_ONE = split(date(2024, 6, 10), 10, known_on=date(2024, 5, 22))


def close_on(as_of: date, stored: pl.DataFrame, splits: pl.DataFrame, session: date = MARCH) -> float:
    quoted = quoted_bars(stored, splits, as_of=end_of_day(as_of)).filter(pl.col("session") == session)
    return quoted["close_quoted"].item()


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (MARCH, 903.6),
        (date(2024, 5, 30), 903.6),  # announced, not in effect
        (date(2024, 6, 9), 903.6),
        (date(2024, 6, 10), 90.36),
        (date(2025, 1, 1), 90.36),
    ],
)
def test_a_split_is_undone_until_it_is_in_effect(as_of: date, expected: float):
    assert close_on(as_of, bars(bar(MARCH, 90.36)), actions(TEN_FOR_ONE)) == pytest.approx(expected, rel=1e-12)


def test_a_split_that_was_known_only_later_is_undone_even_past_its_ex_date():
    late = split(date(2024, 6, 10), 10, known_on=date(2024, 7, 1))

    assert close_on(date(2024, 6, 20), bars(bar(MARCH, 90.36)), actions(late)) == pytest.approx(903.6, rel=1e-12)
    assert close_on(date(2024, 7, 1), bars(bar(MARCH, 90.36)), actions(late)) == pytest.approx(90.36, rel=1e-12)


def test_later_splits_multiply_and_each_counts_from_its_own_day():
    stored = bars(bar(date(2021, 7, 19), 18.78))
    both = actions(split(date(2021, 7, 20), 4, known_on=date(2021, 5, 21)), TEN_FOR_ONE)

    assert close_on(date(2021, 7, 19), stored, both, date(2021, 7, 19)) == pytest.approx(751.2)
    assert close_on(date(2021, 7, 20), stored, both, date(2021, 7, 19)) == pytest.approx(187.8)
    assert close_on(date(2024, 6, 10), stored, both, date(2021, 7, 19)) == pytest.approx(18.78)


def test_a_session_on_the_ex_date_is_traded_on_the_new_footing():
    stored = bars(bar(date(2024, 6, 10), 121.79))

    assert close_on(date(2024, 6, 10), stored, actions(TEN_FOR_ONE), date(2024, 6, 10)) == 121.79


@pytest.mark.parametrize("basis", ["as_traded", "simulated"])
def test_what_was_stored_as_traded_is_divided_by_the_splits_in_effect_since(basis: str):
    stored = bars(bar(MARCH, 903.6, basis))

    assert close_on(date(2024, 6, 9), stored, actions(TEN_FOR_ONE)) == 903.6
    assert close_on(date(2024, 6, 10), stored, actions(TEN_FOR_ONE)) == pytest.approx(90.36)


def test_all_four_prices_move_and_volume_moves_the_other_way():
    stored = bars(bar(MARCH, 90.0))

    (row,) = quoted_bars(stored, actions(TEN_FOR_ONE), as_of=end_of_day(MARCH)).to_dicts()

    assert (row["open_quoted"], row["high_quoted"], row["low_quoted"]) == (890.0, 920.0, 880.0)
    assert (row["close_quoted"], row["volume_quoted"]) == (900.0, 100.0)
    traded = bars(bar(MARCH, 900.0, "as_traded"))
    (later,) = quoted_bars(traded, actions(TEN_FOR_ONE), as_of=end_of_day(date(2024, 7, 1))).to_dicts()
    assert (later["close_quoted"], later["volume_quoted"]) == (90.0, 10_000.0)


def test_a_price_that_no_split_touches_keeps_its_last_bit():
    stored = bars(bar(MARCH, 171.91, symbol="BABA"))

    assert close_on(MARCH, stored, actions(TEN_FOR_ONE)) == 171.91


def test_dividends_and_distributions_change_no_quote():
    paid = {**TEN_FOR_ONE, "ex_date": date(2024, 6, 12), "kind": "cash_dividend", "ratio": None, "amount": 1.66}
    handed_out = {**TEN_FOR_ONE, "ex_date": date(2024, 6, 13), "kind": "distribution_in_kind", "ratio": 2.0}

    assert close_on(MARCH, bars(bar(MARCH, 90.36)), actions(paid, handed_out)) == 90.36


def test_what_the_vendor_adjusted_for_distributions_stays_marked():
    stored = bars(bar(MARCH, 90.36, "vendor_adjusted"))

    (row,) = quoted_bars(stored, actions(TEN_FOR_ONE), as_of=end_of_day(MARCH)).to_dicts()

    assert row["price_basis"] == "vendor_adjusted"
    assert row["close_quoted"] == pytest.approx(903.6)


def test_a_restated_ratio_undoes_what_the_vendor_now_divides_by_and_leaks_into_no_price_as_traded():
    first = split(date(2024, 6, 10), 9, known_on=date(2024, 5, 22))
    restated = split(date(2024, 6, 10), 10, known_on=date(2024, 6, 20), revision=1)
    both = actions(first, restated)

    assert close_on(MARCH, bars(bar(MARCH, 90.0)), both) == 900.0
    assert close_on(date(2024, 6, 15), bars(bar(MARCH, 90.0)), both) == 90.0
    assert close_on(date(2024, 6, 15), bars(bar(MARCH, 900.0, "as_traded")), both) == 100.0
    assert close_on(date(2024, 6, 20), bars(bar(MARCH, 900.0, "as_traded")), both) == 90.0


def test_a_split_that_is_moved_counts_once_from_its_new_day():
    announced, moved = date(2025, 10, 20), date(2025, 10, 28)
    first = split(date(2025, 11, 3), 4.0, announced)
    called_off = first | {"ratio": None, "known_at": end_of_day(moved), "revision": 1, "load_seq": 2}
    splits = actions(first, called_off, split(date(2025, 11, 10), 4.0, moved))
    stored = bars(bar(date(2025, 9, 1), 40.0, "as_traded"))
    assert close_on(date(2025, 11, 5), stored, splits, date(2025, 9, 1)) == 40.0
    assert close_on(date(2025, 11, 10), stored, splits, date(2025, 9, 1)) == 10.0


def test_only_bars_known_by_then_are_quoted_each_in_its_newest_version():
    first = bar(MARCH, 90.36)
    restated = bar(MARCH, 90.5, revision=1, known_at=datetime(2024, 4, 2, tzinfo=UTC))
    next_session = bar(date(2024, 4, 1), 91.0)
    stored = bars(restated, next_session, first)

    on_the_day = quoted_bars(stored, actions(), as_of=end_of_day(MARCH))
    later = quoted_bars(stored, actions(), as_of=end_of_day(date(2024, 4, 2)))

    assert on_the_day.select("session", "close_quoted").rows() == [(MARCH, 90.36)]
    assert later.select("session", "close_quoted").rows() == [(MARCH, 90.5), (date(2024, 4, 1), 91.0)]


def test_empty_tables_give_an_empty_table_of_the_same_columns():
    quoted = quoted_bars(bars(), actions(), as_of=end_of_day(MARCH))

    assert quoted.is_empty()
    assert quoted.columns == [
        "symbol", "session", "open_quoted", "high_quoted", "low_quoted", "close_quoted", "volume_quoted", "currency",
        "price_basis", "known_at",
    ]  # fmt: skip
    assert closes_of(quoted, "NVDA").is_empty()
    assert session_history(bars(), actions(), symbol="NVDA", as_of=end_of_day(MARCH)).is_empty()


def test_closes_are_those_of_one_listing_in_dollars():
    stored = bars(bar(date(2024, 4, 1), 91.0), bar(MARCH, 90.36), bar(MARCH, 70.0, symbol="BABA"))
    quoted = quoted_bars(stored, actions(), as_of=end_of_day(date(2024, 4, 1)))

    closes = closes_of(quoted, "NVDA")

    assert closes.columns == ["session", "close_quoted_usd", "price_basis", "known_at"]
    assert closes["close_quoted_usd"].to_list() == [90.36, 91.0]


def test_closes_in_another_currency_are_refused_with_what_to_do():
    quoted = quoted_bars(bars(bar(MARCH, 70.0, currency="HKD")), actions(), as_of=end_of_day(MARCH))

    with pytest.raises(ConfigError, match=r"NVDA are in HKD[\s\S]*expected: USD[\s\S]*next: "):
        closes_of(quoted, "NVDA")


def test_a_history_gives_each_close_as_quoted_on_its_own_session():
    stored = bars(bar(MARCH, 90.36), bar(date(2024, 6, 7), 120.89), bar(date(2024, 6, 10), 121.79))

    history = session_history(stored, actions(TEN_FOR_ONE), symbol="NVDA", as_of=end_of_day(date(2024, 12, 31)))

    assert history.columns == ["observed_on", "known_at", "value", "price_basis"]
    assert history["value"].to_list() == pytest.approx([903.6, 1208.9, 121.79])


@pytest.mark.parametrize("basis", ["as_traded", "simulated"])
def test_a_history_of_prices_as_traded_is_those_prices(basis: str):
    stored = bars(bar(MARCH, 903.6, basis), bar(date(2024, 6, 10), 121.79, basis))

    history = session_history(stored, actions(TEN_FOR_ONE), symbol="NVDA", as_of=end_of_day(date(2024, 12, 31)))

    assert history["value"].to_list() == [903.6, 121.79]
    assert history["price_basis"].to_list() == [basis, basis]


def test_a_history_equals_the_quotes_of_each_session_on_its_day():
    sessions = [MARCH, date(2024, 6, 7), date(2024, 6, 10), date(2024, 6, 11)]
    stored = bars(*(bar(day, 90.0 + i) for i, day in enumerate(sessions)), bar(MARCH, 5.0, symbol="BABA"))
    splits = actions(TEN_FOR_ONE)

    history = session_history(stored, splits, symbol="NVDA", as_of=end_of_day(date(2025, 1, 1)))

    nvda = stored.filter(pl.col("symbol") == "NVDA")
    assert history["value"].to_list() == [close_on(day, nvda, splits, day) for day in sessions]


def test_naive_instants_are_refused():
    naive = datetime(2024, 3, 28)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="no time zone"):
        quoted_bars(bars(), actions(), as_of=naive)
    with pytest.raises(ValueError, match="no time zone"):
        session_history(bars(), actions(), symbol="NVDA", as_of=naive)
