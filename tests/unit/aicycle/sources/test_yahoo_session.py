"""The live transport against a server on this machine."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from aicycle.sources.yahoo_session import ChartAnswer, ChartSession, ReplyTooLargeError, described

BODY = b'{"chart": null}'


MEGABYTE = 1_000_000
ENDLESS_MEGABYTES = 100


class Vendor(BaseHTTPRequestHandler):
    taken: ClassVar[list[int]] = []

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path.endswith("/ENDLESS"):
            self.stream()
            return
        body = gzip.compress(b" " * 5_000_000) if path.endswith("/BOMB") else BODY
        self.send_response(503 if path.endswith("/DOWN") else 200)
        if path.endswith("/BOMB"):
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "A3=secret")
        self.end_headers()
        self.wfile.write(body)

    def stream(self):
        self.send_response(200)
        self.end_headers()
        for megabyte in range(ENDLESS_MEGABYTES):
            try:
                self.wfile.write(b" " * MEGABYTE)
            except OSError:
                self.taken.append(megabyte)
                return
        self.taken.append(ENDLESS_MEGABYTES)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def vendor():
    with HTTPServer(("127.0.0.1", 0), Vendor) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def session(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ChartSession(max_reply_bytes=1_000_000) as session:
        yield session


def test_a_chart_reply_is_remembered_as_it_came(session, vendor):
    parameters = {"period1": 1, "crumb": "secret", "interval": "1d"}
    response = session.get(f"{vendor}/v8/finance/chart/BABA", params=parameters, timeout=5)
    assert (response.content, response.json()) == (BODY, {"chart": None})
    assert session.answers == [
        ChartAnswer(
            request="GET http://127.0.0.1/v8/finance/chart/BABA?interval=1d&period1=1",
            status=200,
            content=BODY,
            is_history=True,
        )
    ]


def test_other_replies_are_not(session, vendor):
    assert session.get(f"{vendor}/v1/test/getcrumb", timeout=5).content == BODY
    session.get(f"{vendor}/v8/finance/chart/DOWN", params={"range": "1d"}, timeout=5)
    assert [(answer.status, answer.is_history) for answer in session.answers] == [(503, False)]


def test_a_reply_that_unpacks_beyond_the_limit_is_cut_off(session, vendor):
    with pytest.raises(ReplyTooLargeError, match="a reply over 1000000 bytes"):
        session.get(f"{vendor}/v8/finance/chart/BOMB", timeout=5)
    assert session.answers == []
    assert session.get(f"{vendor}/v8/finance/chart/BABA", timeout=5).content == BODY


def test_a_reply_over_the_limit_is_not_taken_to_its_end(session, vendor):
    Vendor.taken.clear()
    with pytest.raises(ReplyTooLargeError):
        session.get(f"{vendor}/v8/finance/chart/ENDLESS", timeout=20)
    assert session.get(f"{vendor}/v8/finance/chart/BABA", timeout=5).content == BODY
    assert Vendor.taken[0] < ENDLESS_MEGABYTES


def test_a_request_is_told_without_credentials():
    url = "https://user:pass@example.org:8443/v8/finance/chart/A?b=2&crumb=s#x"
    assert described("GET", url, {"a": 1, "crumb": "t"}) == "GET https://example.org/v8/finance/chart/A?a=1&b=2"
