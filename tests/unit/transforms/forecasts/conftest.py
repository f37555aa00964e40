"""Facts for forecasts, filled up; and one company's world in which every question can be asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from transforms.facts import Facts

LEDGER = {
    "known_precision": "day", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0,
    "byte_end": 1, "verification": "source",
}  # fmt: skip
TABLES = {
    "figures": "core.reported_figures", "bars": "core.daily_bars", "actions": "core.corporate_actions",
    "events": "core.cycle_events", "announcements": "core.announcements",
}  # fmt: skip
Row = dict[str, Any]
FactsOf = Callable[..., Facts]


def frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    names = CONTRACTS[table].column_names
    kept = [{k: v for k, v in (LEDGER | row).items() if k in names} for row in rows]
    return pl.DataFrame(kept, schema=CONTRACTS[table].polars_schema())


@pytest.fixture(scope="session")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="session")
def facts_of() -> FactsOf:
    """`facts_of(figures=[...], bars=[...], actions=[...], ...)`: rows of dicts, filled up."""

    def build(**rows: list[Row]) -> Facts:
        return Facts.from_tables({TABLES[name]: frame(TABLES[name], given) for name, given in rows.items()})

    return build


@pytest.fixture(scope="session")
def alibabas_figures() -> Callable[..., list[Row]]:
    """Quarters of cloud revenue (growing ever faster) and capex to an end, each known 45 days after its own."""

    def build(last: date = date(2025, 9, 30), quarters: int = 14) -> list[Row]:
        rows: list[Row] = []
        for back in range(quarters):
            month = last.year * 12 + last.month - 3 * back
            end = date((month - 1) // 12, (month - 1) % 12 + 1, 28) + timedelta(days=4)
            end -= timedelta(days=end.day)
            age = quarters - back
            for metric, segment, value in (
                ("revenue", "Cloud Intelligence Group", 100 * math.exp(0.004 * age**2)),
                ("capex", "Total", 10 * 1.1**age),
            ):
                known = end_of_day(end + timedelta(days=45))
                rows.append(
                    {
                        "company": "Alibaba", "segment": segment, "metric": metric, "value": value,
                        "segment_basis": "2023_six_groups" if metric == "revenue" else "group",
                        "period_end": end, "duration_months": 3, "unit": "CNY", "known_at": known,
                        "source_known_at": known,
                    }
                )  # fmt: skip
        return rows

    return build


@pytest.fixture(scope="session")
def alibabas_bars() -> Callable[..., list[Row]]:
    """Closes of BABA on every weekday of a span, up and down by one percent around a level."""

    def build(first: date, last: date, level: float = 160.0) -> list[Row]:
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        sessions = [day for day in days if day.weekday() < 5]
        return [
            {
                "symbol": "BABA", "session": session, "currency": "USD", "price_basis": "as_traded", "volume": 1,
                "known_at": datetime.combine(session, time(21, 15), UTC),
            }
            | dict.fromkeys(("open", "high", "low", "close"), level * math.exp(0.01 * (i % 2)))
            for i, session in enumerate(sessions)
        ]  # fmt: skip

    return build
