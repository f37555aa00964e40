"""Benchmarks. Each group has a named baseline; the table's relative column is the ratio, measured in one run.

make bench
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from expectations.gate import audit, preload
from transforms.point_in_time import known_by
from transforms.staging.batch import StagedBatch, staged_schema
from warehouse import Warehouse

FETCHED = datetime(2026, 11, 23, tzinfo=UTC)
FIRST = date(2000, 1, 3)


def _rates(rows: int, pairs: int = 20) -> pl.DataFrame:
    """A staged batch of rates: `rows` in all, of `pairs` pairs."""
    sessions = [FIRST + timedelta(days=n // pairs) for n in range(rows)]
    known = [datetime(s.year, s.month, s.day, 15, tzinfo=UTC) for s in sessions]
    return pl.DataFrame(
        {
            "pair": [f"USD{chr(65 + n % pairs)}AA" for n in range(rows)],
            "session": sessions,
            "rate": [1.0 + n / rows for n in range(rows)],
            "known_at": known,
            "known_precision": ["instant"] * rows,
            "source_known_at": known,
            "row_id": list(range(rows)),
            "source_line": [n + 2 for n in range(rows)],
            "payload_sha256": ["a" * 64] * rows,
            "byte_start": [n * 20 for n in range(rows)],
            "byte_end": [n * 20 + 19 for n in range(rows)],
            "fetched_at": [FETCHED] * rows,
            "unreadable": pl.Series([None] * rows, dtype=pl.String),
        },
        schema=staged_schema(CONTRACTS["core.fx_rates"]),
    )


@pytest.fixture(scope="module")
def versions() -> pl.DataFrame:
    """100,000 versions of 50,000 keys."""
    first = _rates(50_000).with_columns(load_seq=pl.lit(1))
    return pl.concat([first, first.with_columns(known_at=pl.col("known_at").dt.offset_by("30d"), load_seq=pl.lit(2))])


@pytest.mark.benchmark(group="as-of read of 100,000 versions; baseline: pandas sort and drop_duplicates")
class TestAsOf:
    AS_OF = datetime(2005, 1, 1, tzinfo=UTC)

    def test_known_by(self, benchmark, versions):
        rows = benchmark(known_by, versions, ("pair", "session"), self.AS_OF)
        assert rows.height > 30_000

    def test_baseline_pandas(self, benchmark, versions):
        frame = versions.to_pandas()

        def read():
            known = frame[frame["known_at"] <= self.AS_OF].sort_values(["known_at", "load_seq"])
            return known.drop_duplicates(["pair", "session"], keep="last").sort_values(["pair", "session"])

        assert len(benchmark(read)) > 30_000


@pytest.mark.benchmark(group="storing 100,000 rows; baseline: the same rows by plain INSERT")
class TestStoring:
    @pytest.fixture
    def batch(self):
        return _rates(100_000)

    @staticmethod
    def _home(tmp_path_factory):
        return (Warehouse(tmp_path_factory.mktemp("home")),), {}

    def test_first_print(self, benchmark, batch, tmp_path_factory):
        def store(warehouse):
            with warehouse.write("bench") as transaction:
                return transaction.store("core.fx_rates", batch, 1)

        stored = benchmark.pedantic(store, setup=lambda: self._home(tmp_path_factory), rounds=3)
        assert stored.stored == batch.height

    def test_all_known_already(self, benchmark, batch, tmp_path_factory):
        warehouse = Warehouse(tmp_path_factory.mktemp("home"))
        with warehouse.write("bench") as transaction:
            transaction.store("core.fx_rates", batch, 1)

        def store():
            with warehouse.write("bench") as transaction:
                return transaction.store("core.fx_rates", batch, 2)

        assert benchmark.pedantic(store, rounds=3).duplicate == batch.height

    def test_baseline_insert(self, benchmark, batch, tmp_path_factory):
        contract = CONTRACTS["core.fx_rates"]
        rows = batch.with_columns(revision=pl.lit(0, pl.Int64), load_seq=pl.lit(1, pl.Int64))

        def insert(warehouse):
            with warehouse.write("bench") as transaction:
                return transaction.append(contract.full_name, rows)

        assert benchmark.pedantic(insert, setup=lambda: self._home(tmp_path_factory), rounds=3) == batch.height


@pytest.mark.benchmark(group="judging 5,000 rows once loaded; baseline: two of the checks by hand in Polars")
class TestGate:
    @pytest.fixture
    def batch(self):
        preload()
        batch = StagedBatch(contract=CONTRACTS["core.fx_rates"], frame=_rates(5_000))
        audit(batch)
        return batch

    def test_audit(self, benchmark, batch):
        assert not benchmark(audit, batch).is_blocked

    def test_baseline_by_hand(self, benchmark, batch):
        def check():
            return batch.frame.select(
                (pl.col("rate") <= 0).sum(), pl.struct("pair", "session", "source_known_at").is_duplicated().sum()
            )

        assert benchmark(check).row(0) == (0, 0)
