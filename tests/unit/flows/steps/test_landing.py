"""What a fetch says about its prices, before anybody reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import polars as pl
import pytest

from aicycle.settings.homes import SIMULATED_MARK
from aicycle.sources.protocol import Fetched
from flows.steps.landing import PRICE_FORMATS, first_landed, keep_payloads

HEADER = b"symbol,session,open,high,low,close,volume,currency,price_basis\n"
ROW = b"BABA,2025-06-02,1,1,1,1,1,USD,as_traded\n"


def told(content: bytes, format_: str = PRICE_FORMATS[0]) -> bool | None:
    item = Fetched(name="x", format=format_, request="", content=content, fetched_at=datetime(2025, 6, 3, tzinfo=UTC))
    return keep_payloads("s", [item], SimpleNamespace(keep=lambda _: "ab")).is_simulated


@pytest.mark.parametrize(
    ("content", "is_simulated"),
    [(HEADER + ROW, False), (HEADER + ROW.replace(b",as_traded", SIMULATED_MARK), True), (HEADER, None), (b"", None)],
)
def test_only_rows_tell_whether_prices_are_simulated(content, is_simulated):
    assert told(content) is is_simulated


def test_a_reply_on_one_line_brings_prices_and_other_files_bring_none():
    assert told(b"{}", "yahoo/chart-v8") is False
    assert told(b"pair,session,rate\nUSDCNY,2025-06-02,7\n", "recording/fx.csv") is None


def test_when_something_first_landed_under_a_name():
    days = [datetime(2025, 6, day, tzinfo=UTC) for day in (5, 3, 1, 2)]
    landed = pl.DataFrame({"source": ["s", "s", "t", "s"], "name": ["a", "a", "a", "b"], "fetched_at": days})
    view = SimpleNamespace(frame=lambda _: landed)
    assert first_landed(view, "s", "a") == days[1]
    assert first_landed(view, "s", "c") is None
