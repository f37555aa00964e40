"""One document by its address: a reply's bytes, bounded in size, time and reach.

Here: the request, its redirections, the limits, and what a status means. Not here: which addresses may be asked
(`addresses`), what the bytes are (`document`).

A host is resolved once, its addresses are judged, and the connection goes to one of those: a name that resolves
otherwise a moment later leads nowhere else. The environment's proxies and credential files are not used.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from queue import Empty, Queue
from threading import Thread

import httpx

from aicycle.errors import NoDataError, RefusedFileError, SourceDownError, UsageError
from aicycle.sources.addresses import checked, require_public

LARGEST_DOCUMENT_BYTES = 10 << 20
"""10 MiB, of a page with all that is around its text; how long the text may be, its reader says."""
MOST_REDIRECTIONS = 5
STEP_SECONDS = 20.0
"""Longest wait for a connection, and for the next bytes."""
DEADLINE_SECONDS = 60.0
"""Longest time for all of it, names and headers included: who sends a byte now and then is given up too."""
DOWN_STATUSES = frozenset({408, 425, 429})
MOST_DIGITS = 18
"""Of a length: Python refuses to read endless ones."""
FIRST_REFUSAL, FIRST_SERVER_ERROR = 400, 500
NEXT_COMMAND = "try again later, or save the document and give its path: aicycle ingest FILE"

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the IP addresses of a host."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that came whole."""

    content: bytes
    """Its body, without transport compression."""
    address: str
    """Where it came from, after redirections."""
    content_type: str
    """Lower case, without parameters; empty: not said."""
    charset: str | None


def system_addresses(host: str, port: int) -> Sequence[str]:
    """Return what this machine resolves a host to, in the order to be tried.

    Raises:
        OSError: nothing.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Asks for documents.

    Args:
        may_ask_private: whether machines that are not public may be talked to.
        transport: talks to the network; tests give one that does not.
        resolve: gives a host's addresses.
        max_bytes: longest body.
        deadline_seconds: longest time for one document.
    """

    may_ask_private: bool = False
    transport: httpx.BaseTransport | None = None
    resolve: Resolve = system_addresses
    max_bytes: int = LARGEST_DOCUMENT_BYTES
    deadline_seconds: float = DEADLINE_SECONDS

    def fetch(self, address: str, accepted: frozenset[str]) -> Answer:
        """Return the document at an address.

        Args:
            address: of the document.
            accepted: content types that are read; a reply of another is refused before its body.

        Raises:
            UsageError: the address is none that is asked.
            RefusedFileError: the reply, or where it leads, can't be taken.
            NoDataError: there is no such document.
            SourceDownError: no answer, or one that is worth another try.
        """
        url = checked(address)
        answers: Queue[Answer | BaseException] = Queue()

        def work() -> None:
            try:
                answers.put(self._fetched(url, accepted))
            except BaseException as error:  # noqa: BLE001 - raised again below, where somebody waits for it
                answers.put(error)

        # Neither a resolver nor a client of HTTP has a limit for all it does: a thread can be given up.
        Thread(target=work, name="aicycle-fetch", daemon=True).start()
        try:
            answer = answers.get(timeout=self.deadline_seconds)
        except Empty:
            raise _down(f"{url.host} took longer than {self.deadline_seconds:g} s", url) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _fetched(self, url: httpx.URL, accepted: frozenset[str]) -> Answer:
        transport = self.transport or httpx.HTTPTransport(trust_env=False)
        with httpx.Client(transport=transport, trust_env=False, timeout=STEP_SECONDS) as client:
            visit = _Visit(self, client, accepted, time.monotonic() + self.deadline_seconds)
            for _ in range(MOST_REDIRECTIONS + 1):
                reached = visit.ask(url)
                if isinstance(reached, Answer):
                    return reached
                url = reached
        raise _refused(f"{url.host} redirects more than {MOST_REDIRECTIONS} times", url, "a document")


@dataclass(frozen=True, slots=True)
class _Visit:
    """One document being asked for."""

    fetcher: Fetcher
    client: httpx.Client
    accepted: frozenset[str]
    ends_at: float

    def ask(self, url: httpx.URL) -> Answer | httpx.URL:
        """Ask at the first of the host's addresses that can be connected to; return the reply, or where it leads."""
        failure: Exception | None = None
        for found in self._addresses(url):
            # Whatever an earlier reply set is none of the next host's business.
            self.client.cookies.clear()
            try:
                response = self.client.send(self._request(url, found), stream=True)
                try:
                    return self._taken(response, url)
                finally:
                    response.close()
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
            except httpx.HTTPError as error:
                raise _down(f"{url.host} gives no answer that can be taken: {_short(error)}", url) from error
        raise _down(f"{url.host} can't be reached: {_short(failure)}", url)

    def _addresses(self, url: httpx.URL) -> Sequence[str]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = self.fetcher.resolve(_ascii_host(url), port)
        except (OSError, UnicodeError) as error:
            raise _down(f"{url.host} can't be found: {error}", url) from error
        if not self.fetcher.may_ask_private:
            require_public(url.host, found)
        return found

    def _request(self, url: httpx.URL, found: str) -> httpx.Request:
        return self.client.build_request(
            "GET",
            url.copy_with(host=found),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": f"aicycle/{version('aicycle')}",
                "Accept": ", ".join(sorted(self.accepted)),
                "Accept-Encoding": "gzip",
            },
            # The certificate must be the host's, wherever it was found.
            extensions={"sni_hostname": _ascii_host(url)},
        )

    def _taken(self, response: httpx.Response, url: httpx.URL) -> Answer | httpx.URL:
        if response.has_redirect_location:
            return _led_to(url, response.headers["location"])
        _judge_status(response.status_code, url)
        content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type and content_type not in self.accepted:
            raise _refused(f"{url.host} sends {content_type[:60]!r}", url, ", ".join(sorted(self.accepted)))
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in {"identity", "gzip"}:
            raise _refused(f"{url.host} sends its reply packed as {packing[:20]!r}", url, "gzip or nothing")
        return Answer(self._body(response, url), str(url), content_type, response.charset_encoding)

    def _body(self, response: httpx.Response, url: httpx.URL) -> bytes:
        """Return a reply's body, taking no more of it than the limits allow."""
        most = self.fetcher.max_bytes
        too_large = _refused(f"{url.host} sends more than {most} bytes", url, f"at most {most} bytes")
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > MOST_DIGITS or int(announced) > most):
            raise too_large
        body = bytearray()
        for chunk in response.iter_bytes():
            body.extend(chunk)
            if len(body) > most:
                raise too_large
            if time.monotonic() > self.ends_at:
                raise _down(f"{url.host} takes too long", url)
        if not body:
            raise _refused(f"{url.host} sends an empty reply", url, "a document")
        return bytes(body)


def _ascii_host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _led_to(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a reply redirects to."""
    try:
        return checked(str(url.join(location)))
    except (UsageError, httpx.InvalidURL, ValueError) as error:
        why = error.what if isinstance(error, UsageError) else "an address that can't be read is not asked"
        raise _refused(f"{url.host} redirects elsewhere: {why}", url, "http:// or https:// addresses") from None


def _judge_status(status: int, url: httpx.URL) -> None:
    """Refuse a reply that is no document."""
    if status in DOWN_STATUSES or status >= FIRST_SERVER_ERROR:
        raise _down(f"{url.host} answers HTTP {status}", url)
    if status >= FIRST_REFUSAL:
        raise NoDataError(
            f"{url.host} answers HTTP {status}", where=str(url), expected="a document", next_command=NEXT_COMMAND
        )
    if status != httpx.codes.OK:
        raise _refused(f"{url.host} answers HTTP {status}", url, "HTTP 200 with a document")


def _refused(what: str, url: httpx.URL, expected: str) -> RefusedFileError:
    return RefusedFileError(what, where=str(url), expected=expected, next_command=NEXT_COMMAND)


def _down(what: str, url: httpx.URL) -> SourceDownError:
    return SourceDownError(what, where=str(url), next_command=NEXT_COMMAND)


def _short(error: Exception | None) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200] if error else "it has no address"
