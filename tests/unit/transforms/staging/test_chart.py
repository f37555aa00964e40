from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

import pytest

from transforms.staging.chart import DIVIDEND_NOTE, NO_BAR, NO_RATE, pair_of, symbol_of_pair

CHART = "yahoo/chart-v8"
THURSDAY, FRIDAY, MONDAY = date(2025, 9, 25), date(2025, 9, 26), date(2025, 9, 29)
BARS = [(THURSDAY, 100.1, 103.3, 99.9, 102.7, 1_000), (FRIDAY, 102.6, 104.4, 101.1, 103.3, 2_000)]
GAP = (MONDAY, None, None, None, None, None)
AFTER = datetime(2025, 10, 1, tzinfo=UTC)


def read(staged, content, symbol="BABA", fetched_at=AFTER):
    return staged(f"chart/{symbol}", content, payload_format=CHART, fetched_at=fetched_at)


def test_bars_are_the_exchange_s_sessions_at_quoted_prices(staged, v8_reply):
    content = v8_reply("BABA", BARS)
    assert b"100.0999984741211" in content
    first, second = read(staged, content)
    assert [first[name] for name in ("symbol", "session", "open", "high", "low", "close", "volume", "currency")] == [
        "BABA", THURSDAY, 100.1, 103.3, 99.9, 102.7, 1_000, "USD",
    ]  # fmt: skip
    assert (first["price_basis"], first["known_precision"], first["unreadable"]) == ("split_adjusted", "instant", None)
    assert second["known_at"] == second["source_known_at"] == datetime(2025, 9, 26, 20, 15, tzinfo=UTC)


def test_every_row_s_address_is_the_result_object(staged, v8_reply):
    plain = v8_reply("BABA", BARS, meta={"longName": "\u963f\u91cc"})
    content = json.dumps(json.loads(plain), indent=1, ensure_ascii=False).encode()
    for row in read(staged, content):
        cut = json.loads(content[row["byte_start"] : row["byte_end"]])
        assert cut == json.loads(content)["chart"]["result"][0]
        assert row["source_line"] == content.count(b"\n", 0, row["byte_start"]) + 1 == 4


def test_a_hong_kong_stamp_is_the_local_day(staged, v8_reply):
    (row,) = read(staged, v8_reply("9988.HK", BARS[:1], currency="HKD"), "9988.HK")
    assert (row["session"], row["known_at"]) == (THURSDAY, datetime(2025, 9, 25, 8, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("fetched_at", "sessions"),
    [
        (datetime(2025, 9, 26, 20, 14, 59, tzinfo=UTC), [THURSDAY]),
        (datetime(2025, 9, 26, 20, 15, tzinfo=UTC), [THURSDAY, FRIDAY]),
    ],
)
def test_an_open_session_is_not_yet_an_observation(staged, v8_reply, fetched_at, sessions):
    assert [row["session"] for row in read(staged, v8_reply("BABA", BARS), fetched_at=fetched_at)] == sessions


def test_a_last_bar_without_prices_counts_only_once_its_session_is_over(staged, v8_reply):
    content = v8_reply("BABA", [*BARS, GAP])
    during = read(staged, content, fetched_at=datetime(2025, 9, 29, 15, tzinfo=UTC))
    after = read(staged, content, fetched_at=datetime(2025, 9, 29, 21, tzinfo=UTC))
    assert [row["unreadable"] for row in during] == [None, None]
    assert [row["unreadable"] for row in after] == [None, None, NO_BAR]


def test_a_bar_with_some_prices_missing_is_left_to_the_gate(staged, v8_reply):
    (row,) = read(staged, v8_reply("BABA", [(THURSDAY, None, 103.3, 99.9, 102.7, None)]))
    assert (row["open"], row["volume"], row["unreadable"]) == (None, None, None)


def test_the_latest_quote_stands_for_its_session(staged, v8_reply):
    quote = (FRIDAY, time(16, 0, 1), 102.6, 104.4, 101.1, 103.5, 2_100)
    rows = read(staged, v8_reply("BABA", [*BARS, quote]))
    assert [(row["session"], row["close"]) for row in rows] == [(THURSDAY, 102.7), (FRIDAY, 103.5)]


def test_splits_and_dividends_are_a_second_batch(staged, v8_reply):
    content = v8_reply("BABA", BARS, dividends=[(FRIDAY, 1.05)], splits=[(THURSDAY, 8, 1), (FRIDAY, 3, 2)])
    actions = [row for row in read(staged, content) if "kind" in row]
    assert [(row["ex_date"], row["kind"], row["ratio"], row["amount"], row["currency"]) for row in actions] == [
        (THURSDAY, "split", 8.0, None, None),
        (FRIDAY, "cash_dividend", None, 1.05, "USD"),
        (FRIDAY, "split", 1.5, None, None),
    ]
    assert [row["note"] for row in actions] == [None, DIVIDEND_NOTE, None]
    assert {row["known_precision"] for row in actions} == {"assumed"}
    assert actions[0]["known_at"] == datetime(2025, 9, 25, 13, 30, tzinfo=UTC)


def test_an_action_ahead_is_known_since_it_was_fetched(staged, v8_reply):
    fetched_at = datetime(2025, 9, 26, 12, tzinfo=UTC)
    rows = read(staged, v8_reply("BABA", BARS[:1], dividends=[(FRIDAY, 1.05)]), fetched_at=fetched_at)
    assert rows[-1]["known_at"] == fetched_at


def test_a_pair_s_rates_are_known_at_local_midnight(staged, v8_reply):
    content = v8_reply("CNY=X", [(THURSDAY, 7.1, 7.2, 7.0, 7.11, 0), (FRIDAY, 7.1, 7.2, 7.0, 7.12, 0)], currency="CNY")
    (row,) = read(staged, content, "CNY=X", datetime(2025, 9, 26, 22, 59, tzinfo=UTC))
    assert (row["pair"], row["session"], row["rate"]) == ("USDCNY", THURSDAY, 7.11)
    assert (row["known_at"], row["unreadable"]) == (datetime(2025, 9, 25, 23, tzinfo=UTC), None)
    assert len(read(staged, content, "CNY=X", datetime(2025, 9, 26, 23, tzinfo=UTC))) == 2


def test_a_rate_that_is_missing_or_of_no_watched_pair_is_said(staged, v8_reply):
    (gap,) = read(staged, v8_reply("CNY=X", [(FRIDAY, None, None, None, None, 0)]), "CNY=X")
    (other,) = read(staged, v8_reply("EURUSD=X", [(FRIDAY, 1.1, 1.1, 1.1, 1.1, 0)]), "EURUSD=X")
    assert gap["unreadable"] == NO_RATE
    assert other["unreadable"] == "pair 'EURUSD' is not in config/universe.toml"


def test_a_stranger_or_another_currency_is_unreadable_and_not_lost(staged, v8_reply):
    stranger = read(staged, v8_reply("XYZ", BARS, splits=[(FRIDAY, 2, 1)]), "XYZ")
    pence = read(staged, v8_reply("BABA", BARS, currency="GBp"))
    assert [row["unreadable"] for row in stranger] == ["symbol 'XYZ' is not in config/universe.toml"] * 3
    assert [row["unreadable"] for row in pence] == ["currency: 'GBp' is not USD, the listing's"] * 2


def test_a_reply_of_an_open_session_alone_gives_no_batch(staged, v8_reply):
    assert read(staged, v8_reply("BABA", BARS[:1]), fetched_at=datetime(2025, 9, 25, 15, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("pair", "symbol"), [("USDCNY", "CNY=X"), ("EURUSD", "EURUSD=X"), ("USDHKD", "HKD=X"), ("EURCNY", "EURCNY=X")]
)
def test_pairs_and_their_symbols(pair, symbol):
    assert (symbol_of_pair(pair), pair_of(symbol)) == (symbol, pair)


@pytest.mark.parametrize("symbol", ["BABA", "9988.HK", "=X", "12=X", "CN=X", "ES=F"])
def test_what_is_no_pair(symbol):
    assert pair_of(symbol) is None
