"""The real yfinance client on a transport that replays."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from aicycle.sources.protocol import Fetched, Refused, Subject
from aicycle.sources.yahoo import YahooSource
from transforms.staging import CHART, stage
from transforms.staging.batch import Payload

BABA = Subject("symbol", "BABA", "close")
NOW = datetime(2025, 10, 1, 12, tzinfo=UTC)
START = date(2025, 9, 1)
THURSDAY, FRIDAY = date(2025, 9, 25), date(2025, 9, 26)
HTML = (200, b"<html>blocked</html>")
INVALID_CRUMB = b'{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}'
NOTHING = {"meta": {"exchangeTimezoneName": "America/New_York"}, "indicators": {"quote": [{}]}}
EMPTY = json.dumps({"chart": {"result": [NOTHING], "error": None}}).encode()


@pytest.fixture
def answers(tmp_path, v8_reply):
    """Recorded replies for everything the universe asks for."""
    folder = tmp_path / "answers"
    folder.mkdir()
    bars = [(THURSDAY, 100.1, 103.3, 99.9, 102.7, 1_000), (FRIDAY, 102.6, 104.4, 101.1, 103.3, 2_000)]
    (folder / "BABA.json").write_bytes(v8_reply("BABA", bars, dividends=[(FRIDAY, 1.05)]))
    (folder / "9988.HK.json").write_bytes(v8_reply("9988.HK", bars, currency="HKD"))
    (folder / "CNY=X.json").write_bytes(v8_reply("CNY=X", bars, currency="CNY"))
    return folder


@pytest.fixture
def run(tmp_path, universe, answers, replay):
    """Fetch with a script; returns what was handed over, the session and the waits."""

    def fetch(*script, **more):
        sessions, waits = [], []

        def session_factory():
            sessions.append(replay.ReplaySession(answers, script=script, **more))
            return sessions[-1]

        source = YahooSource(
            universe=universe,
            clock=lambda: NOW,
            start=START,
            cache_dir=tmp_path / "cache" / "yfinance",
            session_factory=session_factory,
            sleep=waits.append,
        )
        assert source.name == "yahoo"
        return list(source.fetch()), sessions[0], waits

    return fetch


def test_the_photograph_is_the_reply_and_not_what_was_made_of_it(run, answers):
    items, _, waits = run()
    assert [item.name for item in items] == ["chart/BABA", "chart/9988.HK", "chart/CNY=X"]
    assert all(isinstance(item, Fetched) and item.format == CHART and item.fetched_at == NOW for item in items)
    assert [item.content for item in items] == [
        (answers / f"{name}.json").read_bytes() for name in ("BABA", "9988.HK", "CNY=X")
    ]
    assert waits == []


def test_the_request_names_the_period_and_no_crumb(run):
    items, session, _ = run()
    asked = [params for path, params in session.asked if path.endswith("/BABA") and "period1" in params]
    assert asked[0]["crumb"] == "cRuMb/1"
    assert (asked[0]["interval"], asked[0]["period1"]) == ("1d", int(datetime(2025, 9, 1, 4, tzinfo=UTC).timestamp()))
    assert items[0].request.startswith("GET https://query")
    assert "events=div%2Csplits%2CcapitalGains" in items[0].request
    assert f"period2={int(datetime(2025, 10, 3, 4, tzinfo=UTC).timestamp())}" in items[0].request
    assert "crumb" not in items[0].request.lower()


def test_what_is_handed_over_can_be_staged(run, universe):
    items, *_ = run()
    tables = {}
    for item in items:
        payload = Payload(
            source="yahoo",
            name=item.name,
            format=item.format,
            sha256=hashlib.sha256(item.content).hexdigest(),
            content=item.content,
            fetched_at=item.fetched_at,
        )
        for batch in stage(payload, universe=universe, siblings={}):
            tables.setdefault(batch.contract.full_name, []).append(batch.frame.height)
            assert batch.frame["unreadable"].null_count() == batch.frame.height
    assert tables == {"core.daily_bars": [2, 2], "core.corporate_actions": [1], "core.fx_rates": [2]}


@pytest.mark.parametrize(
    "failure",
    [(429, b"Too Many Requests\r\n"), (500, b"oops"), HTML, (401, INVALID_CRUMB), "dead"],
    ids=["429", "500", "html", "401", "dead"],
)
def test_a_source_that_is_down_for_a_moment_is_asked_again(run, failure):
    # yfinance itself asks twice after a refusal; the answer it remembers must not be served a second time.
    items, _, waits = run(failure, failure)
    assert [type(item) for item in items] == [Fetched] * 3
    assert waits in ([2.0], [2.0, 8.0])


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ((429, b"Too Many Requests"), "BABA: HTTP 429; tried 3 times"),
        ((503, b""), "BABA: HTTP 503; tried 3 times"),
        ((401, INVALID_CRUMB), "BABA: HTTP 401; tried 3 times"),
        (HTML, "BABA: an answer that is no chart (a consent or error page); tried 3 times"),
    ],
)
def test_one_symbol_that_stays_down_is_refused_as_stale_and_the_rest_goes_on(run, universe, failure, reason):
    per_try = 1 if failure is HTML else 2
    items, _, waits = run(*[failure] * 3 * per_try)
    assert items[0] == Refused(name="chart/BABA", reason=reason, is_source_down=True, subject=BABA)
    assert [type(item) for item in items[1:]] == [Fetched, Fetched]
    assert waits == [2.0, 8.0]


def test_an_unknown_symbol_is_refused_at_once(run, answers):
    (answers / "BABA.json").unlink()
    items, _, waits = run()
    assert isinstance(items[0], Refused)
    assert not items[0].is_source_down
    assert "No data found, symbol may be delisted" in items[0].reason
    assert [type(item) for item in items[1:]] == [Fetched, Fetched]
    assert waits == []


def test_no_bars_in_the_period_is_no_result_and_no_outage(run, answers):
    (answers / "BABA.json").write_bytes(EMPTY)
    items, _, waits = run()
    assert items[0] == Refused(name="chart/BABA", reason="BABA: no bars in the period asked for", subject=BABA)
    assert waits == []


def test_a_table_that_comes_out_empty_is_no_result(run, answers, v8_reply):
    # A latest quote beyond the period, which yfinance drops.
    (answers / "BABA.json").write_bytes(v8_reply("BABA", [(date(2025, 10, 6), 100.0, 103.0, 99.0, 102.0, 1_000)]))
    items, _, waits = run()
    assert items[0] == Refused(
        name="chart/BABA", reason="BABA: yfinance makes nothing of the reply (an empty table)", subject=BABA
    )
    assert waits == []


def test_a_reply_yfinance_can_t_read_is_refused_and_not_down(run, answers):
    whole = json.loads((answers / "BABA.json").read_bytes())
    del whole["chart"]["result"][0]["meta"]["instrumentType"]
    (answers / "BABA.json").write_bytes(json.dumps(whole).encode())
    items, _, waits = run()
    assert items[0] == Refused(
        name="chart/BABA", reason="BABA: yfinance makes nothing of the reply (KeyError: 'instrumentType')", subject=BABA
    )
    assert waits == []


def test_a_reply_over_the_limit_is_refused(run, answers):
    (answers / "BABA.json").write_bytes(b" " * 20_000)
    items, _, waits = run(max_reply_bytes=10_000)
    assert items[0] == Refused(name="chart/BABA", reason="BABA: a reply over 10000 bytes", subject=BABA)
    assert len(items) == 3
    assert waits == []


def test_a_dead_network_is_said_of_every_symbol_after_few_requests(run):
    items, session, waits = run(is_dead=True)
    assert all(isinstance(item, Refused) and item.is_source_down for item in items)
    assert [item.subject for item in items] == [
        BABA,
        Subject("symbol", "9988.HK", "close"),
        Subject("pair", "USDCNY", "rate"),
    ]
    assert "BABA: no reply (ConnectionError: could not" in items[0].reason
    assert "the network seems dead" in items[2].reason
    assert waits == [2.0, 8.0, 2.0, 8.0]
    assert not any(path.endswith("CNY=X") for path, _ in session.asked)


def test_a_network_that_dies_on_the_way_leaves_the_rest_stale(run):
    first_symbol = [None, None]
    items, _, _ = run(*first_symbol, *["dead"] * 100)
    assert [(type(item), getattr(item, "is_source_down", None)) for item in items] == [
        (Fetched, None),
        (Refused, True),
        (Refused, True),
    ]


def test_refusals_by_the_vendor_alone_are_a_source_that_is_down(run):
    items, _, _ = run(*[(429, b"Too Many Requests")] * 100)
    assert all(item.is_source_down and "HTTP 429" in item.reason for item in items)
    assert len(items) == 3, "it answers: every symbol is asked for"


def test_importing_the_source_loads_neither_yfinance_nor_curl():
    program = (
        "import sys, aicycle.sources.yahoo, aicycle.sources.recording;"
        "print(sorted({'yfinance', 'curl_cffi', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
