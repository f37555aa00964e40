"""The transport under yfinance: it keeps the bytes of chart replies, bounded, before anybody interprets them.

Here: one session class for live use, which tests replace by one that replays. Not here: retries and what an answer
means (`yahoo`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from curl_cffi import CurlError, requests

if TYPE_CHECKING:
    from typing import Unpack

    from curl_cffi.requests.session import HttpMethod, RequestParams

LARGEST_REPLY_BYTES = 32 << 20
"""32 MiB: a reply with all days since 1960 has less than three."""

CHART_PATH = "/v8/finance/chart/"
SECRET_PARAMETERS = frozenset({"crumb"})
ABORT_TRANSFER = 0xFFFFFFFF
"""What a write callback returns to make curl give up (CURL_WRITEFUNC_ERROR)."""


class ReplyTooLargeError(Exception):
    """A reply went beyond the limit and was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAnswer:
    """One reply to a chart request, as it came."""

    request: str
    """Method, address and parameters, sorted, without credentials; cookies are never part of it."""
    status: int
    content: bytes
    is_history: bool
    """It covers the period asked for; yfinance asks for a day beforehand, to learn the time zone."""


class ChartSession(requests.Session[requests.Response]):
    """A session that remembers chart replies and refuses replies over a limit.

    Args:
        max_reply_bytes: limit of one reply, after decompression.
    """

    def __init__(self, *, max_reply_bytes: int = LARGEST_REPLY_BYTES) -> None:
        super().__init__(impersonate="chrome")
        self.max_reply_bytes = max_reply_bytes
        self.answers: list[ChartAnswer] = []

    def request(  # type: ignore[override]  # its thirty options travel on as they are
        self, method: HttpMethod, url: str, **options: Unpack[RequestParams]
    ) -> requests.Response:
        """Send a request, and remember the reply if it is a chart.

        Raises:
            ReplyTooLargeError: the reply is over the limit.
        """
        response = self.send(method, url, **options)
        if len(response.content) > self.max_reply_bytes:
            raise ReplyTooLargeError(f"a reply over {self.max_reply_bytes} bytes")
        if CHART_PATH in urlsplit(url).path:
            parameters = dict(options.get("params") or {})
            self.answers.append(
                ChartAnswer(
                    request=described(method, url, parameters),
                    status=response.status_code,
                    content=response.content,
                    is_history="period1" in parameters,
                )
            )
        return response

    def send(self, method: HttpMethod, url: str, **options: Unpack[RequestParams]) -> requests.Response:
        """Send a request over the network, taking no more bytes than the limit allows.

        Raises:
            ReplyTooLargeError: the reply is over the limit.
        """
        body = bytearray()

        def collect(chunk: bytes) -> int:
            body.extend(chunk)
            return ABORT_TRANSFER if len(body) > self.max_reply_bytes else len(chunk)

        options["content_callback"] = collect
        try:
            response = super().request(method, url, **options)  # type: ignore[arg-type]  # its own types differ
        except CurlError as error:
            if len(body) > self.max_reply_bytes:
                raise ReplyTooLargeError(f"a reply over {self.max_reply_bytes} bytes") from error
            raise
        response.content = bytes(body)
        return response


def described(method: str, url: str, parameters: dict[str, object]) -> str:
    """Return a request as text: parameters sorted, credentials left out."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query), *((name, str(value)) for name, value in parameters.items())]
    query = urlencode(sorted(pair for pair in pairs if pair[0] not in SECRET_PARAMETERS))
    return f"{method} {urlunsplit((parts.scheme, parts.hostname or '', parts.path, query, ''))}"
