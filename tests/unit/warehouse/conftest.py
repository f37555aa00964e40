"""Small things warehouse tests share: a warehouse in a fresh folder, rows of one simple table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from transforms.staging.batch import staged_schema
from warehouse import Warehouse

FETCHED = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def store(home):
    return Warehouse(home, clock=lambda: FETCHED, writer_wait_seconds=5)


@pytest.fixture
def rates():
    """Build a staged batch of rates: one (day of January 2025, rate) a row."""

    def build(*rows: tuple[int, float], pair: str = "USDCNY", fetched_at: datetime = FETCHED) -> pl.DataFrame:
        known = [datetime(2025, 1, d, 15, tzinfo=UTC) for d, _ in rows]
        return pl.DataFrame(
            {
                "pair": [pair for _ in rows],
                "session": [date(2025, 1, d) for d, _ in rows],
                "rate": [r for _, r in rows],
                "known_at": known,
                "known_precision": ["instant" for _ in rows],
                "source_known_at": known,
                "row_id": list(range(len(rows))),
                "source_line": [n + 2 for n in range(len(rows))],
                "payload_sha256": ["a" * 64 for _ in rows],
                "byte_start": [n * 10 for n in range(len(rows))],
                "byte_end": [n * 10 + 9 for n in range(len(rows))],
                "fetched_at": [fetched_at for _ in rows],
                "unreadable": [None for _ in rows],
            },
            schema=staged_schema(CONTRACTS["core.fx_rates"]),
        )

    return build
