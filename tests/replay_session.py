"""A transport that answers from a folder: the real yfinance client runs, and no socket is touched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from curl_cffi import requests

from aicycle.sources.yahoo_session import CHART_PATH, ChartSession

DEAD = "dead"
"""In a script: nothing answers."""


class ReplaySession(ChartSession):
    """Answers each chart request with the file `<symbol>.json` of a folder.

    Args:
        folder: recorded replies; a symbol without one is answered as the vendor answers an unknown symbol.
        script: what the first chart requests get instead, in order: a status and a body, `DEAD`, or None (the file).
        is_dead: nothing answers, ever.
        max_reply_bytes: as in the session this replaces.
    """

    def __init__(self, folder: Path, *, script: Iterable = (), is_dead: bool = False, **more) -> None:
        super().__init__(**more)
        self.folder, self.script, self.is_dead = folder, list(script), is_dead
        self.asked: list[tuple[str, dict]] = []

    def send(self, method, url, **options):
        path = urlsplit(url).path
        self.asked.append((path, dict(options.get("params") or {})))
        if self.is_dead:
            raise requests.exceptions.ConnectionError(f"could not resolve host of {url}")
        if not path.startswith(CHART_PATH):
            return answer(url, 200, b"cRuMb/1") if path.endswith("getcrumb") else answer(url, 404, b"x")
        scripted = self.script.pop(0) if self.script else None
        if scripted == DEAD:
            raise requests.exceptions.ConnectionError("connection reset")
        if scripted is not None:
            return answer(url, *scripted)
        recorded = self.folder / (unquote(path.removeprefix(CHART_PATH)) + ".json")
        if not recorded.is_file():
            return answer(url, 404, UNKNOWN)
        return answer(url, 200, recorded.read_bytes())


UNKNOWN = (
    b'{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}'
)


def answer(url: str, status: int, content: bytes) -> requests.Response:
    """A response as curl's session returns it."""
    response = requests.Response()
    response.url, response.status_code, response.content = url, status, content
    response.ok = status < 400
    return response
