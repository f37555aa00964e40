"""Yahoo's v8 chart reply: one symbol's daily bars and corporate actions, or one currency pair's rates.

Here: what the reply means. Not here: its shape (`chart_reply`), or how it is fetched (`aicycle.sources.yahoo`).

Decided:
- A session is the local date, in the reply's exchange time zone, of its time stamp.
- A session that was still open when the reply was fetched is not yet an observation: its last price is no close and may
  be missing. It gives no row; the next fetch brings it. A closed session without any price is a row, unreadable.
- Two stamps on one local date at the end of a reply are the session and its latest quote; the later stands for both.
- Prices are 32-bit floats written as 64-bit ones (490.3999938964844): the shortest decimal of the same 32-bit float is
  what was quoted (490.4). A value that is no 32-bit float is left alone.
- A bar lies scattered over six arrays, so the address of every row is the span of the whole result object.
- A currency pair's session runs to local midnight.
- The reply does not say when an action was announced. It is public when the ex-session opens at the latest: that is
  `known_at`, with precision `assumed`. Dividends are divided by later splits, like the prices: their note says so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from aicycle.contracts.core_corporate_actions import CORPORATE_ACTIONS
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.contracts.schema import POLARS, DType
from aicycle.model.kinds import KnownPrecision, PriceBasis, Verification
from aicycle.model.parameters import Universe
from transforms.staging.assemble import place_frame, staged_batch
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.cells import joined
from transforms.staging.chart_reply import ChartReply, chart_reply, refused
from transforms.staging.clocks import Clocks, bar_clocks, local_instant, unknown_pair, unknown_symbol

PRICES = ("open", "high", "low", "close")
NO_BAR = "no bar for this session: open, high, low and close are null"
NO_RATE = "no rate for this session: close is null"
DIVIDEND_NOTE = "amount as the vendor states it: divided by the ratio of every later split"

PAIR_SUFFIX = "=X"


def pair_of(symbol: str) -> str | None:
    """Return the currency pair a vendor symbol stands for: `CNY=X` is USDCNY, `EURUSD=X` is EURUSD; else None."""
    codes = symbol.removesuffix(PAIR_SUFFIX)
    if codes == symbol or not codes.isalpha():
        return None
    return {len("CNY"): f"USD{codes}", len("EURUSD"): codes}.get(len(codes))


def symbol_of_pair(pair: str) -> str:
    """Return the vendor's symbol of a currency pair."""
    return pair.removeprefix("USD") + PAIR_SUFFIX


def read_chart(payload: Payload, universe: Universe) -> list[StagedBatch]:
    """Return bars and actions of a listing, or the rates of a pair; a batch that would have no row is left out.

    Raises:
        RefusedFileError: the reply is an error, no chart, or not about daily bars.
    """
    reply = chart_reply(payload)
    try:
        sessions = _dated(reply.bars, reply.time_zone, "stamp").rename({"day": "session"})
        actions = _dated(reply.actions, reply.time_zone, "stamp").rename({"day": "ex_date"})
    except pl.exceptions.PolarsError as error:
        raise refused(payload, f"time zone {reply.time_zone!r} is not known") from error
    sessions = _without_quoted_twin(sessions).with_columns(_as_quoted(name) for name in PRICES)
    pair = pair_of(reply.symbol)
    if pair is not None:
        return _with_rows(_rates(payload, reply, sessions, pair, universe))
    return _with_rows(_bars(payload, reply, sessions, universe), _actions(payload, reply, actions, universe))


def _bars(payload: Payload, reply: ChartReply, sessions: pl.DataFrame, universe: Universe) -> StagedBatch:
    """Return the bars of a listing whose sessions are over."""
    clocks = bar_clocks(universe)
    is_gap = pl.all_horizontal(pl.col(name).is_null() for name in PRICES) & pl.col("trouble").is_null()
    frame = _observed(
        sessions.with_columns(
            pl.lit(reply.symbol).alias("symbol"),
            pl.lit(reply.currency, dtype=pl.String).alias("currency"),
            pl.lit(PriceBasis.SPLIT_ADJUSTED.value).alias("price_basis"),
        ),
        clocks,
        payload.fetched_at,
    ).with_columns(joined([pl.col("trouble"), pl.when(is_gap).then(pl.lit(NO_BAR)), *clocks.notes]).alias("unreadable"))
    content = frame.select(
        "symbol", "session", *PRICES, "volume", "currency", "price_basis", "known_at", "known_precision"
    )
    return staged_batch(payload, DAILY_BARS, content, _places(reply, frame.height), frame["unreadable"])


def _rates(payload: Payload, reply: ChartReply, sessions: pl.DataFrame, pair: str, universe: Universe) -> StagedBatch:
    """Return the rates of a pair whose sessions are over."""
    midnight = local_instant(pl.col("session") + timedelta(days=1), "00:00", reply.time_zone, minutes=0)
    clocks = Clocks(
        known_at=midnight,
        known_precision=pl.lit(KnownPrecision.INSTANT.value),
        notes=(unknown_pair(universe),),
    )
    is_gap = pl.col("rate").is_null() & pl.col("trouble").is_null()
    frame = _observed(
        sessions.with_columns(pl.lit(pair).alias("pair"), pl.col("close").alias("rate")), clocks, payload.fetched_at
    ).with_columns(
        joined([pl.col("trouble"), pl.when(is_gap).then(pl.lit(NO_RATE)), *clocks.notes]).alias("unreadable")
    )
    content = frame.select("pair", "session", "rate", "known_at", "known_precision")
    return staged_batch(payload, FX_RATES, content, _places(reply, frame.height), frame["unreadable"])


def _actions(payload: Payload, reply: ChartReply, actions: pl.DataFrame, universe: Universe) -> StagedBatch:
    """Return the splits and dividends of a listing."""
    fetched_at = payload.fetched_at.astimezone(UTC)
    is_dividend = pl.col("kind") == "cash_dividend"
    frame = actions.with_columns(
        pl.lit(reply.symbol).alias("symbol"),
        pl.when(is_dividend).then(pl.coalesce("currency", pl.lit(reply.currency, dtype=pl.String))).alias("currency"),
        pl.lit(Verification.UNCHECKED.value).alias("verification"),
        pl.when(is_dividend).then(pl.lit(DIVIDEND_NOTE)).alias("note"),
        pl.min_horizontal("instant", pl.lit(fetched_at, dtype=POLARS[DType.INSTANT])).alias("known_at"),
        pl.lit(KnownPrecision.ASSUMED.value).alias("known_precision"),
    ).with_columns(joined([pl.col("trouble"), unknown_symbol(universe)]).alias("unreadable"))
    content = frame.drop("stamp", "instant", "trouble", "unreadable")
    return staged_batch(payload, CORPORATE_ACTIONS, content, _places(reply, frame.height), frame["unreadable"])


def _dated(frame: pl.DataFrame, time_zone: str, stamp: str) -> pl.DataFrame:
    """Return the frame with column `instant` (UTC) of its epoch seconds and column `day`, their local date."""
    instant = pl.from_epoch(pl.col(stamp), time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return frame.with_columns(instant.alias("instant"), instant.dt.convert_time_zone(time_zone).dt.date().alias("day"))


def _without_quoted_twin(sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the sessions without the last but one, where the last is the latest quote of the same day."""
    days = sessions["session"]
    if len(days) > 1 and days[-1] == days[-2]:
        return pl.concat([sessions.head(-2), sessions.tail(1)])
    return sessions


def _as_quoted(column: str) -> pl.Expr:
    """Return a price as it was quoted: the shortest decimal of its 32-bit float, if it is one."""
    value = pl.col(column)
    narrow = value.cast(pl.Float32)
    shortest = narrow.cast(pl.String).cast(pl.Float64, strict=False)
    return pl.when(narrow.cast(pl.Float64) == value).then(shortest).otherwise(value).alias(column)


def _observed(frame: pl.DataFrame, clocks: Clocks, fetched_at: datetime) -> pl.DataFrame:
    """Return the rows with their clocks, without sessions that were still open at `fetched_at`."""
    timed = frame.with_columns(clocks.known_at.alias("known_at"), clocks.known_precision.alias("known_precision"))
    is_over = pl.col("known_at").is_null() | (pl.col("known_at") <= pl.lit(fetched_at.astimezone(UTC)))
    return timed.filter(is_over)


def _places(reply: ChartReply, rows: int) -> pl.DataFrame:
    """Return the result object's place, once per row."""
    return place_frame([reply.place] * rows)


def _with_rows(*batches: StagedBatch) -> list[StagedBatch]:
    """Return the batches that hold something."""
    return [batch for batch in batches if batch.frame.height]
