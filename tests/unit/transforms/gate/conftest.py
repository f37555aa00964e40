"""A synthetic market that the gate's measures are held against: eight listings on two exchanges, rates, actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.settings.configuration import load_configuration
from transforms.gate.context import GateContext
from transforms.gate.sessions import scheduled_sessions
from transforms.staging.batch import staged_schema

FETCHED_AT = datetime(2026, 1, 2, tzinfo=UTC)
BARS, RATES, ACTIONS = "core.daily_bars", "core.fx_rates", "core.corporate_actions"
UNITS = {"BABA": 8, "BIDU": 8}
LISTED = {
    "BABA": ("USD", 90.0),
    "9988.HK": ("HKD", None),
    "BIDU": ("USD", 130.0),
    "9888.HK": ("HKD", None),
    "NVDA": ("USD", 50.0),
    "MSFT": ("USD", 370.0),
    "META": ("USD", 350.0),
    "0700.HK": ("HKD", 300.0),
}
SHARE_OF = {"9988.HK": "BABA", "9888.HK": "BIDU"}
USDHKD = 7.8


@dataclass(frozen=True)
class Market:
    """Rows as staged, and how to ask what the gate would know."""

    bars: pl.DataFrame
    rates: pl.DataFrame
    blank: GateContext

    def context(self, **believed: pl.DataFrame) -> GateContext:
        """The context in which staged rows are believed: bars=..., rates=..., actions=..."""
        names = {"bars": BARS, "rates": RATES, "actions": ACTIONS}
        tables = {names[name]: stored(frame, names[name]) for name, frame in believed.items()}
        return replace(self.blank, believed={RATES: stored(self.rates, RATES)} | tables)

    def received(self, days: dict[str, date], **believed: pl.DataFrame) -> GateContext:
        """Likewise, and when payloads were received."""
        frame = pl.DataFrame(
            {"payload_sha256": list(days), "received_on": list(days.values())}, schema=self.blank.received.schema
        )
        return replace(self.context(**believed), received=frame)

    @property
    def days(self) -> list[date]:
        return self.bars["session"].unique().sort().to_list()

    def before(self, day: date) -> pl.DataFrame:
        return self.bars.filter(pl.col("session") < day)

    def on(self, day: date) -> pl.DataFrame:
        return self.bars.filter(pl.col("session") == day)


def stored(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Staged rows as the table holds them."""
    filled = frame.with_columns(
        source_known_at=pl.col("known_at"), revision=pl.lit(0, pl.Int64), load_seq=pl.lit(1, pl.Int64)
    )
    return filled.select(CONTRACTS[table].polars_schema().names())


def staged(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows with content alone, as a reader would have staged them."""
    schema = staged_schema(CONTRACTS[table])
    handle = {
        "row_id": pl.int_range(pl.len(), dtype=pl.Int64),
        "source_line": pl.int_range(pl.len(), dtype=pl.Int64) + 2,
        "payload_sha256": pl.lit("ab" * 32),
        "byte_start": pl.int_range(pl.len(), dtype=pl.Int64) * 100,
        "byte_end": pl.int_range(pl.len(), dtype=pl.Int64) * 100 + 99,
        "fetched_at": pl.lit(FETCHED_AT),
        "known_at": pl.lit(datetime(2024, 1, 1, tzinfo=UTC)),
        "known_precision": pl.lit("instant"),
        "verification": pl.lit("source"),
    }
    added = [
        handle.get(name, pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
        if name not in rows.columns
    ]
    return rows.with_columns(added).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def drawn_bars(seed: int, sessions: int, *, first: date = date(2024, 1, 2), jumps: float = 0.0) -> pl.DataFrame:
    """Bars of the eight listings: a common move and an own one; two listings of one company follow each other.

    Args:
        seed: of the draw.
        sessions: number of days, of New York and Hong Kong each.
        first: from which on.
        jumps: share of bars that are moved by up to a half, without volume.
    """
    rng = np.random.default_rng(seed)
    calendars = {"USD": scheduled_sessions("XNYS"), "HKD": scheduled_sessions("XHKG")}
    both = np.intersect1d(*calendars.values())
    days = both[both >= np.datetime64(first)][:sessions]
    market = rng.normal(0, 0.008, len(days))
    frames, levels = [], {}
    for symbol, (currency, start) in LISTED.items():
        if start is None:
            level = levels[SHARE_OF[symbol]] + np.log(USDHKD / 8) + rng.normal(0, 0.008, len(days))
        else:
            level = np.log(start) + np.cumsum(market + rng.normal(0, 0.012, len(days)))
        levels[symbol] = level
        # Shares change hands when a price moves.
        volume = np.maximum(np.abs(np.diff(level, prepend=level[0])) / 0.01, rng.uniform(0.9, 1.1, len(days)))
        odd = np.where(rng.random(len(days)) < jumps, rng.uniform(-0.5, 0.5, len(days)), 0.0)
        close = np.exp(level + odd)
        opening = close * np.exp(rng.normal(0, 0.006, len(days)))
        frames.append(
            pl.DataFrame(
                {
                    "symbol": symbol,
                    "session": days,
                    "open": opening,
                    "high": np.maximum(opening, close) * 1.004,
                    "low": np.minimum(opening, close) * 0.996,
                    "close": close,
                    "volume": (1e6 * volume).astype(np.int64),
                    "currency": currency,
                    "price_basis": "split_adjusted",
                }
            )
        )
    return staged(pl.concat(frames).with_columns(pl.col("session").cast(pl.Date)), BARS)


def drawn_rates(seed: int, days: list[date]) -> pl.DataFrame:
    """Rates of five pairs: one pegged, one calm, three that float."""
    rng = np.random.default_rng(seed)
    dollar = rng.normal(0, 0.003, len(days))
    spread = {"USDCNY": (7.1, 0.0012), "USDHKD": (USDHKD, 0.0), "USDEUR": (0.92, 0.003), "USDJPY": (148.0, 0.004)}
    spread |= {"USDAUD": (1.5, 0.004)}
    frames = []
    for pair, (start, size) in spread.items():
        moves = dollar * (size > 0) + rng.normal(0, max(size, 0.0002), len(days))
        level = np.cumsum(moves) if size else rng.normal(0, 0.0003, len(days))
        frames.append(pl.DataFrame({"pair": pair, "session": days, "rate": start * np.exp(level)}))
    return staged(pl.concat(frames), RATES)


@pytest.fixture(scope="session")
def configuration():
    return load_configuration(Path(__file__).parents[4] / "config")


@pytest.fixture(scope="session")
def blank(configuration) -> GateContext:
    """Nothing is believed yet."""
    return GateContext(
        # The market is drawn without the sessions that only one exchange has: any exchange may close.
        universe=replace(
            configuration.universe,
            exchanges=tuple(replace(e, closes_without_notice=True) for e in configuration.universe.exchanges),
        ),
        rules=configuration.gate,
        rules_version="gate-test",
        believed={},
        received=pl.DataFrame(schema={"payload_sha256": pl.String(), "received_on": pl.Date()}),
    )


@pytest.fixture(scope="session")
def market(blank) -> Market:
    """150 sessions in which nothing is wrong."""
    bars = drawn_bars(1, 150)
    return Market(bars=bars, rates=drawn_rates(2, bars["session"].unique().sort().to_list()), blank=blank)


@pytest.fixture(scope="session")
def draw() -> Callable[..., pl.DataFrame]:
    """`draw(seed, sessions, jumps=...)`: bars."""
    return drawn_bars


@pytest.fixture(scope="session")
def put() -> Callable[..., pl.DataFrame]:
    """`put(frame, symbol, session, column=value or expression, ...)`: the frame with cells of one row replaced."""

    def replaced(frame: pl.DataFrame, subject: str, day: date | None, /, **cells: object) -> pl.DataFrame:
        kind = "pair" if "pair" in frame.columns else "symbol"
        here = pl.col(kind) == subject
        if day is not None:
            here &= pl.col("session") == day
        values = {n: v if isinstance(v, pl.Expr) else pl.lit(v, dtype=frame.schema[n]) for n, v in cells.items()}
        return frame.with_columns(pl.when(here).then(v).otherwise(pl.col(n)).alias(n) for n, v in values.items())

    return replaced


@pytest.fixture(scope="session")
def scaled(put) -> Callable[..., pl.DataFrame]:
    """`scaled(frame, symbol, session, factor)`: the frame with all prices of one bar multiplied."""

    def by(frame: pl.DataFrame, symbol: str, session: date | None, factor: float) -> pl.DataFrame:
        prices = ("open", "high", "low", "close")
        return put(frame, symbol, session, **{name: pl.col(name) * factor for name in prices})

    return by


@pytest.fixture(scope="session")
def failing() -> Callable[..., dict[tuple[str, date], set[str]]]:
    """`failing(measured, frame)`: subject and day of each row that fails -> its checks; advisory ones on request."""
    advisory = {"close.news", "close.twin_news", "rate.repeat", "ratio.usual", "amount.habit"}

    def of(
        measured: pl.DataFrame, frame: pl.DataFrame, *, merely_said: bool = False
    ) -> dict[tuple[str, date], set[str]]:
        subject = "pair" if "pair" in frame.columns else "symbol"
        day = "ex_date" if "ex_date" in frame.columns else "session"
        failed = measured.filter(pl.col("value") > pl.col("limit")).filter(
            pl.col("check_name").is_in(list(advisory)) == merely_said
        )
        found: dict[tuple[str, date], set[str]] = {}
        for row in failed.join(frame.select("row_id", subject, day), on="row_id").iter_rows(named=True):
            assert row["said"]
            found.setdefault((row[subject], row[day]), set()).add(row["check_name"])
        return found

    return of


@pytest.fixture(scope="session")
def stage_rows() -> Callable[[list[dict[str, object]], str], pl.DataFrame]:
    """`stage_rows(rows, table)`: dictionaries of content as staged rows."""
    return lambda rows, table: staged(pl.DataFrame(rows, infer_schema_length=None), table)
