"""Asking for a document: a transport that answers from memory, a resolver of a few hosts, and one real server."""

from __future__ import annotations

import gzip
import http.server
import socket
import threading
import time

import httpx
import pytest

from aicycle.errors import AicycleError, ExitCode, NoDataError, RefusedFileError, SourceDownError, UsageError
from aicycle.sources.fetching import MOST_REDIRECTIONS, Fetcher, system_addresses

ACCEPTED = frozenset(("text/html", "text/plain"))
HOSTS = {
    "example.org": ("93.184.216.34",),
    "two.example.org": ("2606:2800:220:1::1", "93.184.216.34"),
    "inside.example.org": ("10.0.0.7",),
    "half.example.org": ("93.184.216.34", "127.0.0.1"),
    "xn--bcher-kva.example": ("93.184.216.34",),
}


def resolve(host, port):
    del port
    if host not in HOSTS:
        raise socket.gaierror(-2, "Name or service not known")
    return HOSTS[host]


@pytest.fixture
def asked():
    """The requests that were sent."""
    return []


@pytest.fixture
def fetch(asked):
    """Fetch by replies of a function."""

    def fetched(reply, address="https://example.org/a", **more):
        def handle(request):
            asked.append(request)
            found = reply(request) if callable(reply) else reply
            if isinstance(found, Exception):
                raise found
            return found

        how = {"transport": httpx.MockTransport(handle), "resolve": resolve} | more
        return Fetcher(**how).fetch(address, ACCEPTED)

    return fetched


def html(content=b"<html>x</html>", **headers):
    return httpx.Response(200, headers={"content-type": "text/html; charset=GBK"} | headers, content=content)


def test_the_connection_goes_to_the_address_that_was_judged_and_the_certificate_must_be_the_host_s(fetch, asked):
    answer = fetch(html(), "https://example.org:8443/a?b=1#c")
    assert (answer.content, answer.content_type, answer.charset) == (b"<html>x</html>", "text/html", "gbk")
    assert answer.address == "https://example.org:8443/a?b=1"
    (request,) = asked
    assert (request.url.host, request.headers["host"]) == ("93.184.216.34", "example.org:8443")
    assert request.extensions["sni_hostname"] == "example.org"
    assert request.headers["accept-encoding"] == "gzip"
    assert not {"cookie", "authorization", "referer"} & set(request.headers)


def test_a_host_in_another_script_is_asked_by_its_ascii_name(fetch, asked):
    fetch(html(), "https://b\u00fccher.example/a")
    assert asked[0].headers["host"] == "xn--bcher-kva.example"


def test_the_next_address_is_tried_where_the_first_can_not_be_reached(fetch, asked):
    def reply(request):
        return httpx.ConnectError("no route") if ":" in request.url.host else html()

    assert fetch(reply, "https://two.example.org/").content
    assert [request.url.host for request in asked] == ["2606:2800:220:1::1", "93.184.216.34"]


@pytest.mark.parametrize("host", ["inside.example.org", "half.example.org"])
def test_a_host_that_leads_inside_is_not_asked(fetch, asked, host):
    with pytest.raises(RefusedFileError, match="is no public address"):
        fetch(html(), f"https://{host}/")
    assert asked == []


def test_a_setting_lets_private_machines_be_asked(fetch, asked):
    assert fetch(html(), "http://inside.example.org/", may_ask_private=True).content
    assert asked[0].url.host == "10.0.0.7"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://localhost/"]
)
def test_this_machine_is_not_asked_however_it_is_written(fetch, asked, address):
    with pytest.raises(RefusedFileError, match="is no public address"):
        fetch(html(), address, resolve=system_addresses)
    assert asked == []


def redirect(location, status=302, **headers):
    return httpx.Response(status, headers={"location": location} | headers)


def test_redirections_are_followed_and_judged_one_by_one(fetch, asked):
    replies = {"/a": redirect("/b", **{"set-cookie": "a=1"}), "/b": redirect("//two.example.org/c", 308), "/c": html()}
    answer = fetch(lambda request: replies[request.url.path])
    assert answer.address == "https://two.example.org/c"
    assert [request.headers["host"] for request in asked] == ["example.org", "example.org", "two.example.org"]
    assert not any("cookie" in request.headers for request in asked)


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://inside.example.org/", "is no public address"),
        ("http://127.0.0.1/", "is no public address"),
        ("file:///etc/passwd", "the scheme 'file'"),
        ("https://user:hunter2@example.org/", "user name or a password"),
    ],
)
def test_a_redirection_leads_nowhere_that_may_not_be_asked(fetch, asked, location, why):
    def known(host, port):
        return ("127.0.0.1",) if host == "127.0.0.1" else resolve(host, port)

    with pytest.raises(RefusedFileError, match=why) as refused:
        fetch(redirect(location), resolve=known)
    assert len(asked) == 1
    assert "hunter2" not in str(refused.value)


def test_endless_redirections_end(fetch, asked):
    with pytest.raises(RefusedFileError, match=f"redirects more than {MOST_REDIRECTIONS} times"):
        fetch(redirect("/a"))
    assert len(asked) == MOST_REDIRECTIONS + 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NoDataError), (410, NoDataError), (401, NoDataError), (403, NoDataError), (408, SourceDownError),
     (429, SourceDownError), (500, SourceDownError), (503, SourceDownError), (204, RefusedFileError),
     (206, RefusedFileError), (304, RefusedFileError), (301, RefusedFileError)],
)  # fmt: skip
def test_a_status_says_whether_to_try_again(fetch, status, error):
    with pytest.raises(AicycleError, match=f"example.org answers HTTP {status}") as refused:
        fetch(httpx.Response(status, content=b"x"))
    assert type(refused.value) is error
    assert refused.value.exit_code == ExitCode.FAILED
    assert refused.value.next_command


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"content-type": "application/pdf"}, "'application/pdf'"),
        ({"content-type": "image/svg+xml"}, "image/svg"),
        ({"content-encoding": "br"}, "packed as 'br'"),
        ({"content-encoding": "zstd"}, "packed as 'zstd'"),
        ({"content-length": "11"}, "more than 10 bytes"),
        ({"content-length": "9" * 5000}, "more than 10 bytes"),
    ],
)
def test_a_reply_that_can_not_be_taken_is_refused_before_its_body(fetch, headers, why):
    class Unread(httpx.SyncByteStream):
        def __iter__(self):
            raise AssertionError("the body is read")

    reply = httpx.Response(200, headers={"content-type": "text/html"} | headers, stream=Unread())
    with pytest.raises(RefusedFileError, match=why):
        fetch(reply, max_bytes=10)


class Endless(httpx.SyncByteStream):
    def __init__(self, wait=0.0):
        self.wait, self.given = wait, 0

    def __iter__(self):
        while True:
            time.sleep(self.wait)
            self.given += 1
            yield b"x" * 1000


def test_no_more_is_read_than_the_limit():
    stream = Endless()
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-type": "text/plain"}, stream=stream)
    )
    with pytest.raises(RefusedFileError, match="more than 5000 bytes"):
        Fetcher(transport=transport, resolve=resolve, max_bytes=5000).fetch("https://example.org/", ACCEPTED)
    assert stream.given == 6


def packed(content):
    headers = {"content-type": "text/html", "content-encoding": "gzip"}
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))


def test_a_reply_that_unpacks_beyond_the_limit_is_refused(fetch):
    bomb = gzip.compress(b"0" * 10_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(RefusedFileError, match="more than 1000000 bytes"):
        fetch(packed(bomb), max_bytes=1_000_000)
    assert fetch(packed(gzip.compress(b"<html>"))).content == b"<html>"


def test_a_reply_whose_packing_is_broken_is_no_answer(fetch):
    with pytest.raises(SourceDownError, match="gives no answer that can be taken: DecodingError"):
        fetch(packed(b"not gzip"))


def test_a_redirection_that_can_not_be_read_is_no_answer(fetch):
    with pytest.raises(SourceDownError, match="gives no answer that can be taken: RemoteProtocolError"):
        fetch(redirect("https://[::1"))


def test_who_sends_a_little_now_and_then_is_given_up(fetch):
    reply = httpx.Response(200, headers={"content-type": "text/plain"}, stream=Endless(wait=0.05))
    started = time.monotonic()
    with pytest.raises(SourceDownError, match=r"takes too long|took longer than"):
        fetch(reply, deadline_seconds=0.3)
    assert time.monotonic() - started < 3


def test_a_resolver_that_hangs_is_given_up(fetch):
    let_go = threading.Event()
    with pytest.raises(SourceDownError, match=r"example.org took longer than 0.2 s"):
        fetch(html(), resolve=lambda *_: let_go.wait(20), deadline_seconds=0.2)
    let_go.set()


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx.ConnectError("no route"), "can't be reached: ConnectError: no route"),
        (httpx.ConnectTimeout("late"), "can't be reached: ConnectTimeout"),
        (httpx.ReadTimeout("late"), "gives no answer that can be taken: ReadTimeout"),
        (httpx.RemoteProtocolError("odd"), "gives no answer that can be taken: RemoteProtocolError"),
    ],
)
def test_a_network_that_fails_is_a_source_that_is_down(fetch, error, why):
    with pytest.raises(SourceDownError, match=why):
        fetch(error)


def test_a_host_that_nobody_knows_is_a_source_that_is_down(fetch, asked):
    with pytest.raises(SourceDownError, match=r"nowhere\.example can't be found"):
        fetch(html(), "https://nowhere.example/")
    assert asked == []


def test_an_empty_reply_is_refused(fetch):
    with pytest.raises(RefusedFileError, match="an empty reply"):
        fetch(html(b""))


def test_an_address_that_is_not_asked_is_the_caller_s_error(fetch, asked):
    with pytest.raises(UsageError):
        fetch(html(), "ftp://example.org/")
    assert asked == []


@pytest.fixture
def server(monkeypatch):
    """A server on this machine; the environment names a proxy that nobody runs."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.hosts.append(self.headers["Host"])
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write("für 亿".encode())

        def log_message(self, *_):
            pass

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.hosts = []
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_real_server_is_asked_by_its_name_at_the_address_it_has(server):
    port = server.server_address[1]
    fetcher = Fetcher(may_ask_private=True, resolve=lambda host, _: ("127.0.0.1",) if host == "my.test" else ())
    answer = fetcher.fetch(f"http://my.test:{port}/a", ACCEPTED)
    assert answer.content.decode() == "für 亿"
    assert server.hosts == [f"my.test:{port}"]
    with pytest.raises(RefusedFileError, match="is no public address"):
        Fetcher().fetch(f"http://127.0.0.1:{port}/a", ACCEPTED)
    assert len(server.hosts) == 1
