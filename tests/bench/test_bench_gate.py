"""Benchmarks of the gate: a batch that the library reads row by row, and one that is counted for it.

make bench
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.settings.configuration import load_configuration
from expectations import bridge, engine, evaluation
from expectations.checks import Check, CheckKind
from expectations.compiled import evaluate_compiled
from expectations.gate import audit_table, preload
from expectations.suite import RULES_VERSION, SUITES
from transforms.gate.context import GateContext
from transforms.staging.batch import StagedBatch, staged_schema

SYMBOLS = 500
CHECKS = (
    "symbol.given", "symbol.pattern", "session.given", "close.given", "close.finite", "close.range", "volume.given",
    "volume.range", "currency.domain", "known_precision.domain", "high.at_least.low", "high.at_least.close",
    "open.at_least.low", "known_at.not_ahead", "key.unique",
)  # fmt: skip
BY_HAND = """
SELECT
  count(*) FILTER (symbol IS NULL),
  count(*) FILTER (NOT regexp_full_match(symbol, '[A-Z0-9.^=-]{1,16}')),
  count(*) FILTER (session IS NULL),
  count(*) FILTER (close IS NULL),
  count(*) FILTER (NOT isfinite(close)),
  count(*) FILTER (close <= 0),
  count(*) FILTER (volume IS NULL),
  count(*) FILTER (volume < 0),
  count(*) FILTER (currency NOT IN
    ('USD', 'CNY', 'HKD', 'EUR', 'JPY', 'GBP', 'CAD', 'KRW', 'TWD', 'SGD', 'AUD', 'INR', 'CHF')),
  count(*) FILTER (known_precision NOT IN ('instant', 'day', 'month', 'year', 'assumed')),
  count(*) FILTER (high < low),
  count(*) FILTER (high < close),
  count(*) FILTER (open < low),
  count(*) FILTER (known_at > CASE known_precision
    WHEN 'assumed' THEN NULL
    WHEN 'day' THEN date_trunc('day', fetched_at + INTERVAL 38 HOURS) - INTERVAL 1 MICROSECOND
    WHEN 'month' THEN date_trunc('month', fetched_at + INTERVAL 14 HOURS) + INTERVAL 1 MONTH - INTERVAL 1 MICROSECOND
    WHEN 'year' THEN date_trunc('year', fetched_at + INTERVAL 14 HOURS) + INTERVAL 1 YEAR - INTERVAL 1 MICROSECOND
    ELSE fetched_at END),
  count(*) - count(DISTINCT (symbol, session))
FROM staged
"""


def _rows(request: pytest.FixtureRequest, full: int, small: int) -> int:
    """Where nothing is measured it is enough that everything runs."""
    return full if request.config.getoption("benchmark_enable") else small


def _bars(rows: int) -> pl.DataFrame:
    """Sound staged bars: `rows` in all, of 500 listings."""
    place = np.arange(rows)
    close = 50 + np.random.default_rng(3).uniform(0, 50, rows)
    day = pl.Series(place // SYMBOLS + 1_000, dtype=pl.Int32).cast(pl.Date)
    known_at = day.cast(pl.Datetime("us")).dt.offset_by("21h").dt.replace_time_zone("UTC")
    columns = {
        "symbol": pl.Series([f"S{n % SYMBOLS:03}.HK" for n in range(rows)]),
        "session": day, "open": close, "high": close + 1, "low": close - 1, "close": close, "volume": place + 1,
        "known_at": known_at, "source_known_at": known_at, "row_id": place, "source_line": place + 2,
        "byte_start": place * 20, "byte_end": place * 20 + 19,
    }  # fmt: skip
    same = {
        "currency": "USD", "price_basis": "as_traded", "known_precision": "instant", "payload_sha256": "a" * 64,
        "fetched_at": datetime(2026, 11, 23, tzinfo=UTC), "unreadable": None,
    }  # fmt: skip
    schema = staged_schema(DAILY_BARS)
    frame = pl.DataFrame(columns).with_columns(pl.lit(value).alias(name) for name, value in same.items())
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


@pytest.fixture(scope="module")
def context(root: Path) -> GateContext:
    configuration = load_configuration(root / "config")
    return GateContext(
        universe=configuration.universe,
        rules=configuration.gate,
        rules_version=RULES_VERSION,
        believed={},
        received=pl.DataFrame(schema={"payload_sha256": pl.String(), "received_on": pl.Date()}),
    )


@pytest.fixture(scope="module")
def frame(request: pytest.FixtureRequest) -> pl.DataFrame:
    preload()
    return _bars(_rows(request, 5_000, 50))


@pytest.fixture(scope="module")
def many(request: pytest.FixtureRequest) -> pl.DataFrame:
    preload()
    return _bars(_rows(request, 1_000_000, 1_000))


@pytest.fixture(scope="module")
def checks() -> Sequence[Check]:
    by_name = {check.name: check for check in SUITES["core.daily_bars"].checks}
    return [by_name[name] for name in CHECKS]


@pytest.mark.benchmark(group="judging 5,000 bars once loaded; baseline: the library asked check by check for all rows")
class TestOneBatch:
    def test_audit_table(self, benchmark, frame, context):
        batch = StagedBatch(contract=DAILY_BARS, frame=frame)
        (found,) = benchmark.pedantic(audit_table, ([batch], context), rounds=5, warmup_rounds=1)
        assert not found.is_blocked

    def test_audit_table_compiled(self, benchmark, frame, context):
        batch = StagedBatch(contract=DAILY_BARS, frame=frame)
        with_compiled = {"evaluator": evaluate_compiled}
        (found,) = benchmark.pedantic(audit_table, ([batch], context), with_compiled, rounds=5, warmup_rounds=1)
        assert not found.is_blocked

    def test_baseline_naive(self, benchmark, frame):
        checks = [check for check in SUITES["core.daily_bars"].own.checks if check.kind is not CheckKind.ROWS_PRESENT]

        def ask_one_by_one() -> bool:
            library = engine.library()
            rows = bridge.as_pandas(frame, (*frame.columns, *bridge.columns_of(checks)))
            results = [
                library.results(rows, [library.expectation(check)], engine.ROW_IDS)[check.name] for check in checks
            ]
            return all(result.success for result in results)

        assert benchmark.pedantic(ask_one_by_one, rounds=3)


@pytest.mark.benchmark(group="15 checks of 1,000,000 bars; baseline: one SELECT written by hand for DuckDB")
class TestManyRows:
    def test_counted_and_judged(self, benchmark, many, checks):
        found = benchmark.pedantic(evaluation.evaluate_by_metrics, (many, checks), rounds=5, warmup_rounds=1)
        assert all(outcome.is_passed for outcome in found.values())

    def test_by_the_library_on_pandas(self, benchmark, many, checks):
        def ask():
            return engine.evaluate(bridge.as_pandas(many, bridge.columns_of(checks)), checks)

        assert all(outcome.is_passed for outcome in benchmark.pedantic(ask, rounds=1).values())

    def test_baseline_duckdb(self, benchmark, many):
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.register("batch", many.to_arrow())
            connection.execute("CREATE TEMP TABLE staged AS FROM batch")
            found = benchmark.pedantic(lambda: connection.execute(BY_HAND).fetchall(), rounds=5, warmup_rounds=1)
        assert found == [(0,) * len(CHECKS)]
