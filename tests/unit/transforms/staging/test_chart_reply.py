from __future__ import annotations

import json
from datetime import date

import pytest

from aicycle.errors import RefusedFileError
from transforms.staging.chart_reply import chart_reply

BARS = [(date(2025, 9, 25), 100.0, 103.0, 99.0, 102.0, 1_000), (date(2025, 9, 26), 102.0, 104.0, 101.0, 103.0, 2_000)]


@pytest.fixture
def reply(make_payload, v8_reply):
    def build(**more):
        return chart_reply(make_payload("chart/BABA", v8_reply("BABA", BARS, **more), payload_format="yahoo/chart-v8"))

    return build


@pytest.fixture
def refusal(make_payload):
    def build(content):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        with pytest.raises(RefusedFileError) as refused:
            chart_reply(make_payload("chart/BABA", content, payload_format="yahoo/chart-v8"))
        return refused.value.what

    return build


@pytest.mark.parametrize(
    ("value", "read", "trouble"),
    [
        (1, 1.0, None),
        (None, None, None),
        ("abc", None, "open: 'abc' is not a number"),
        (True, None, "open: 'True' is not a number"),
        (float("inf"), None, "open: 'inf' is not a number"),
        (float("nan"), None, "open: 'nan' is not a number"),
        (10**30, None, "open: '1000000000000000000000000000000' is not a number"),
    ],
)
def test_a_price_that_is_no_number_costs_its_row_only(reply, value, read, trouble):
    bars = reply(quote={"open": [value, 102.0]}).bars
    assert (bars["open"].to_list(), bars["trouble"].to_list()) == ([read, 102.0], [trouble, None])


def test_a_volume_is_whole(reply):
    bars = reply(quote={"volume": [1000.0, 0.5]}).bars
    assert bars["volume"].to_list() == [1000, None]
    assert bars["trouble"].to_list() == [None, "volume: '0.5' is not a whole number"]


@pytest.mark.parametrize(
    ("event", "trouble"),
    [
        ({"amount": "x", "date": 1758807000}, "amount: 'x' is not a number"),
        ({"amount": None, "date": 1758807000}, "amount: missing or not above zero"),
        ({"amount": 1.0, "date": "soon"}, "date: soon is not a time stamp"),
        (5, "date: None is not a time stamp"),
    ],
)
def test_an_action_that_can_t_be_read_is_a_row(make_payload, v8_reply, event, trouble):
    whole = json.loads(v8_reply("BABA", BARS, dividends=[(BARS[0][0], 1.0)]))
    whole["chart"]["result"][0]["events"]["dividends"]["x"] = event
    actions = chart_reply(make_payload("chart/BABA", json.dumps(whole))).actions
    assert set(actions["trouble"]) == {None, trouble}


def test_a_split_into_nothing_has_no_ratio(reply):
    actions = reply(splits=[(BARS[0][0], 1, 0)]).actions
    assert (actions["ratio"].to_list(), actions["trouble"].to_list()) == (
        [None],
        ["numerator or denominator: missing or not above zero"],
    )


def test_answers_that_are_no_chart_are_refused(refusal, v8_reply):
    error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    assert "not JSON" in refusal(b"<html>blocked</html>")
    assert "not JSON" in refusal(b"\xff\xfe")
    assert "not JSON" in refusal(b"[" * 100_000)
    assert "no chart in it" in refusal([])
    assert "the vendor answers" in refusal({"chart": {"result": None, "error": error}})
    assert "not a list of one object" in refusal({"chart": {"result": [], "error": None}})
    assert "meta is missing" in refusal({"chart": {"result": [{}], "error": None}})
    assert "the reply is about 'NVDA', 'BABA' was asked for" in refusal(v8_reply("NVDA", BARS))
    assert "granularity is '1wk'" in refusal(v8_reply("BABA", BARS, meta={"dataGranularity": "1wk"}))
    assert "meta.symbol" in refusal(v8_reply("BABA", BARS, meta={"exchangeTimezoneName": None}))
    assert "no bars in it" in refusal(v8_reply("BABA", []))
    assert "low does not hold one value per time stamp" in refusal(v8_reply("BABA", BARS, quote={"low": [1.0]}))


def test_stamps_that_are_no_times_are_refused(refusal, v8_reply):
    whole = json.loads(v8_reply("BABA", BARS))
    for stamps in ([1, None], [1, "2"], [1, -5], [1, 10**12]):
        whole["chart"]["result"][0]["timestamp"] = stamps
        assert "timestamp holds what is no time" in refusal(whole)


def test_the_place_is_the_result_s_whatever_stands_before_it(make_payload, v8_reply):
    result = json.loads(v8_reply("BABA", BARS))["chart"]["result"]
    decoy = {"remark": "\u963f\u91cc", "result": [{"meta": 1}]}
    whole = {"other": decoy, "chart": {"result": result, "error": None}}
    payload = make_payload("chart/BABA", json.dumps(whole, ensure_ascii=False))
    _, start, end = chart_reply(payload).place
    assert json.loads(payload.content[start:end]) == result[0]


def test_an_unknown_time_zone_is_refused(staged, v8_reply):
    with pytest.raises(RefusedFileError, match="time zone 'Mars/North' is not known"):
        staged(
            "chart/BABA",
            v8_reply("BABA", BARS, meta={"exchangeTimezoneName": "Mars/North"}),
            payload_format="yahoo/chart-v8",
        )
