"""Facts for walks: bars, splits and events, only what a test is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.facts import Facts

LEDGER = {
    "known_precision": "instant", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0,
    "byte_end": 1,
}  # fmt: skip
CLOSE = time(21, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="session")
def facts_of() -> Callable[..., Facts]:
    """`facts_of(closes, splits, events)`: BABA's bars (session, close[, known_at]), its splits, Alibaba's events."""

    def build(
        closes: list[tuple[Any, ...]] = (),
        splits: list[tuple[date, float, date]] = (),
        events: list[dict[str, Any]] = (),
        symbol: str = "BABA",
    ) -> Facts:
        bars = [
            LEDGER
            | {"symbol": symbol, "session": session, "currency": "USD", "price_basis": "split_adjusted", "volume": 1}
            | dict.fromkeys(("open", "high", "low", "close"), close)
            | {"known_at": known[0] if known else datetime.combine(session, CLOSE), "load_seq": 1 + len(known)}
            for session, close, *known in closes
        ]
        actions = [
            LEDGER
            | {"symbol": symbol, "ex_date": ex_date, "kind": "split", "ratio": ratio, "verification": "source"}
            | {"known_at": datetime.combine(known_on, CLOSE), "source_known_at": datetime.combine(known_on, CLOSE)}
            for ex_date, ratio, known_on in splits
        ]
        filler = {
            "event_time": date(2025, 1, 1), "company": "Alibaba", "segment": "cloud", "country": "CN", "title": "t",
            "source": "s", "is_realised": True, "verification": "source", "direction": 1, "type": "region_launch",
        }  # fmt: skip
        happened = [
            LEDGER | filler | {"cycle_event_id": f"e{i}", "announcement_id": f"a{i}"} | event
            for i, event in enumerate(events)
        ]
        frames = {
            "core.daily_bars": bars,
            "core.corporate_actions": actions,
            "core.cycle_events": happened,
        }
        tables = {
            name: pl.DataFrame(
                [{k: v for k, v in row.items() if k in CONTRACTS[name].column_names} for row in rows],
                schema=CONTRACTS[name].polars_schema(),
            )
            for name, rows in frames.items()
        }
        nothing = CONTRACTS["core.announcements"].polars_schema().to_frame()
        return Facts.from_tables(tables | {"core.event_members": event_members(nothing, tables["core.cycle_events"])})

    return build
