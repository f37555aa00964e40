"""Live prices: daily bars, actions and currency rates of the universe, through yfinance.

Here: what is asked, how often, and what an answer means: a photograph, "no data", or "the source is down". Not here:
the transport (`yahoo_session`), or reading the reply (`transforms.staging.chart`).

yfinance is asked for its cookies, crumbs and time zones; what is handed over are the bytes of the reply it got. It is
imported when something is fetched, because that takes a second.
"""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aicycle.errors import NoDataError, RefusedFileError, SourceDownError
from aicycle.model.instants import Clock
from aicycle.model.parameters import Universe
from aicycle.sources.protocol import Fetched, Refused, Subject
from transforms.staging import CHART
from transforms.staging.chart import pair_of, symbol_of_pair

if TYPE_CHECKING:
    from aicycle.sources.yahoo_session import ChartAnswer, ChartSession

TIMEOUT_SECONDS = 20
WAITS_SECONDS = (2.0, 8.0)
"""Waits before the second and third try of one symbol."""

GIVE_UP_AFTER = 2
"""Symbols in a row that no reply at all came for: then the network is dead and the rest is not asked."""

DOWN_STATUSES = frozenset({401, 403, 407, 408, 425, 429})
"""Refusals that concern us or the moment, not the symbol; beside these everything from 500 on."""

FIRST_SERVER_ERROR = 500
FIRST_REFUSAL = 400


def live_session() -> ChartSession:
    """Return a session that uses the network."""
    from aicycle.sources.yahoo_session import ChartSession  # noqa: PLC0415 - loads curl

    return ChartSession()


@dataclass(frozen=True, slots=True, kw_only=True)
class YahooSource:
    """The source `yahoo`.

    Args:
        universe: listings and pairs that are asked for.
        clock: says when a reply came, and up to which day is asked.
        start: first day that is asked for.
        cache_dir: where yfinance keeps time zones and cookies; created.
        session_factory: gives the transport.
        sleep: waits between tries.
        waits_seconds: how long, before each further try.
    """

    universe: Universe
    clock: Clock
    start: date
    cache_dir: Path
    session_factory: Callable[[], ChartSession] = live_session
    sleep: Callable[[float], None] = time.sleep
    waits_seconds: tuple[float, ...] = WAITS_SECONDS

    @property
    def name(self) -> str:
        """Name in the ledger."""
        return "yahoo"

    @property
    def symbols(self) -> tuple[str, ...]:
        """What is asked for, in this order: listings, then pairs, each in the vendor's spelling."""
        listings = (listing.symbol for company in self.universe.companies for listing in company.listings)
        return (*listings, *(symbol_of_pair(pair) for pair in self.universe.fx_pairs))

    def fetch(self) -> Iterator[Fetched | Refused]:
        """Ask for each symbol; those that fail are refused, the rest goes on. After two silences no more are asked."""
        _prepare(self.cache_dir)
        silent_in_a_row = 0
        with self.session_factory() as session:
            for symbol in self.symbols:
                if silent_in_a_row >= GIVE_UP_AFTER:
                    reason = f"not asked: {silent_in_a_row} symbols in a row got no reply; the network seems dead"
                    yield _refused(symbol, reason, is_source_down=True)
                    continue
                yield self._outcome(session, symbol)
                silent_in_a_row = 0 if session.answers else silent_in_a_row + 1

    def _outcome(self, session: ChartSession, symbol: str) -> Fetched | Refused:
        """Ask for one symbol, again while the source is down."""
        for wait in (*self.waits_seconds, None):
            try:
                return self._photograph(session, symbol)
            except SourceDownError as error:
                if wait is None:
                    tries = len(self.waits_seconds) + 1
                    return _refused(symbol, f"{error.what}; tried {tries} times", is_source_down=True)
                self.sleep(wait)
            except (NoDataError, RefusedFileError) as error:
                return _refused(symbol, error.what)
        raise AssertionError  # the loop's last round returns

    def _photograph(self, session: ChartSession, symbol: str) -> Fetched:
        """Ask once.

        Raises:
            SourceDownError: no answer, or one that is worth another try.
            NoDataError: there is nothing for this symbol and period.
            RefusedFileError: an answer that can't be taken.
        """
        import yfinance  # noqa: PLC0415 - takes a second
        from yfinance.data import YfData  # noqa: PLC0415 - likewise

        from aicycle.sources.yahoo_session import ReplyTooLargeError  # noqa: PLC0415 - loads curl

        session.answers.clear()
        # Two days on: the day after today ends nowhere on earth before that.
        end = self.clock().date() + timedelta(days=2)
        cause: Exception | None = None
        is_empty = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it calls pandas in ways that pandas 4 will drop
                frame = yfinance.Ticker(symbol, session=session).history(
                    start=self.start,
                    end=end,
                    interval="1d",
                    auto_adjust=False,
                    actions=True,
                    keepna=True,
                    timeout=TIMEOUT_SECONDS,
                )
            is_empty = frame.empty
        except ReplyTooLargeError as error:
            raise RefusedFileError(f"{symbol}: {error}") from error
        except Exception as error:  # noqa: BLE001 - on a bad answer it raises whatever its parsing met; judged below
            cause = error
        finally:
            # It caches error answers: without this, another try would be given the same one.
            YfData().cache_get.cache_clear()
        history = next((answer for answer in reversed(session.answers) if answer.is_history), None)
        if cause is not None or is_empty or history is None:
            raise _judged(symbol, session.answers[-1] if session.answers else None, cause) from cause
        return Fetched(
            name=_name(symbol),
            format=CHART,
            request=history.request,
            content=history.content,
            fetched_at=self.clock(),
        )


def _judged(
    symbol: str, answer: ChartAnswer | None, cause: Exception | None
) -> SourceDownError | NoDataError | RefusedFileError:
    """Return what a failed attempt means, told by the answer rather than by what yfinance makes of it."""
    if answer is None:
        return SourceDownError(f"{symbol}: no reply ({_short(cause)})")
    if answer.status in DOWN_STATUSES or answer.status >= FIRST_SERVER_ERROR:
        return SourceDownError(f"{symbol}: HTTP {answer.status}")
    try:
        chart = json.loads(answer.content)["chart"]
        error, results = chart["error"], chart["result"]
    except (ValueError, LookupError, TypeError):
        if answer.status < FIRST_REFUSAL:
            return SourceDownError(f"{symbol}: an answer that is no chart (a consent or error page)")
        error, results = {"description": f"HTTP {answer.status}"}, None
    if isinstance(error, dict):
        return NoDataError(f"{symbol}: nothing there, Yahoo says: {error.get('description')}")
    if not results or not isinstance(results[0], dict) or not results[0].get("timestamp"):
        return NoDataError(f"{symbol}: no bars in the period asked for")
    return RefusedFileError(f"{symbol}: yfinance makes nothing of the reply ({_short(cause)})")


def _short(cause: Exception | None) -> str:
    """Return what was raised in one short line."""
    return f"{type(cause).__name__}: {cause}".splitlines()[0][:200] if cause else "an empty table"


def _refused(symbol: str, reason: str, *, is_source_down: bool = False) -> Refused:
    pair = pair_of(symbol)
    subject = Subject("pair", pair, "rate") if pair else Subject("symbol", symbol, "close")
    return Refused(name=_name(symbol), reason=reason, is_source_down=is_source_down, subject=subject)


def _name(symbol: str) -> str:
    """Return the payload's name."""
    return f"chart/{symbol}"


def _prepare(cache_dir: Path) -> None:
    """Set what yfinance keeps for the whole process."""
    import yfinance  # noqa: PLC0415 - takes a second
    from yfinance import cache  # noqa: PLC0415 - likewise

    cache_dir.mkdir(parents=True, exist_ok=True)
    if cache._TzDBManager.get_location() != str(cache_dir):  # noqa: SLF001 - there is no public way to ask
        yfinance.set_tz_cache_location(str(cache_dir))
        # Once used, the caches keep the file they opened, wherever the location points afterwards.
        cache._TzCacheManager._tz_cache = None  # noqa: SLF001
        cache._CookieCacheManager._Cookie_cache = None  # noqa: SLF001
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
