"""What splits between two days do to an amount per unit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from transforms.units import units_per_unit

LATE = datetime(2030, 1, 1, tzinfo=UTC)
BEFORE, ON, AFTER = date(2024, 6, 9), date(2024, 6, 10), date(2024, 6, 11)


def actions(*given: dict) -> pl.DataFrame:
    contract = CONTRACTS["core.corporate_actions"]
    common = {
        "symbol": "NVDA",
        "kind": "split",
        "verification": "source",
        "known_precision": "day",
        "revision": 0,
        "load_seq": 1,
        "payload_sha256": "0" * 64,
        "byte_start": 0,
        "byte_end": 1,
        "known_at": datetime(2024, 5, 22, 23, 59, tzinfo=UTC),
    }
    return pl.DataFrame([common | row for row in given], schema=contract.polars_schema())


TEN = actions({"ex_date": ON, "ratio": 10.0})


def rescaled(frame: pl.DataFrame, from_day: date, to_day: date, known: datetime = LATE, symbol: str = "NVDA") -> float:
    return units_per_unit(frame, symbol=symbol, from_day=from_day, to_day=to_day, known_by_instant=known).rescaled(
        900.0
    )


def test_forward_divides_and_backward_multiplies() -> None:
    assert rescaled(TEN, BEFORE, ON) == 90.0
    assert rescaled(TEN, ON, BEFORE) == 9000.0


@pytest.mark.parametrize(("from_day", "to_day"), [(BEFORE, BEFORE), (ON, AFTER), (AFTER, ON), (ON, ON)])
def test_between_days_on_the_same_side_nothing_changes(from_day: date, to_day: date) -> None:
    assert rescaled(TEN, from_day, to_day) == 900.0


def test_there_and_back_is_where_it_was() -> None:
    three = actions({"ex_date": ON, "ratio": 3.0})
    there = units_per_unit(three, symbol="NVDA", from_day=BEFORE, to_day=ON, known_by_instant=LATE).rescaled(140.0)
    back = units_per_unit(three, symbol="NVDA", from_day=ON, to_day=BEFORE, known_by_instant=LATE).rescaled(there)
    assert back == pytest.approx(140.0, rel=1e-15)


def test_several_splits_multiply_in_any_order_of_rows() -> None:
    rows = [
        {"ex_date": ON, "ratio": 10.0},
        {"ex_date": AFTER, "ratio": 0.5},
        {"ex_date": date(2026, 1, 1), "ratio": 7.0},
    ]
    assert rescaled(actions(*rows), BEFORE, AFTER) == rescaled(actions(*rows[::-1]), BEFORE, AFTER) == 180.0


def test_not_yet_known_not_ours_and_no_split_count_for_nothing() -> None:
    assert rescaled(TEN, BEFORE, ON, known=datetime(2024, 5, 22, 23, 58, tzinfo=UTC)) == 900.0
    assert rescaled(TEN, BEFORE, ON, symbol="BABA") == 900.0
    assert rescaled(actions({"ex_date": ON, "kind": "cash_dividend", "ratio": None}), BEFORE, ON) == 900.0
    assert rescaled(actions({"ex_date": ON, "kind": "split", "ratio": None}), BEFORE, ON) == 900.0
