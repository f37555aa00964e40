"""What clean data do by themselves, on a made-up recording of two hundred sessions."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from aicycle.model.faults import OPERATIONS, FaultKind, RowsHit
from aicycle.settings.configuration import load_configuration
from transforms.gate.faults.batch import batch_file
from transforms.gate.faults.injecting import inject
from transforms.gate.faults.natural import natural_moves, natural_share
from transforms.gate.faults.recorded import recorded_file

SESSIONS = [date(2024, 1, 1) + timedelta(days=at) for at in range(200)]
LAST = SESSIONS[-1]


def walk(seed: int, sd: float) -> np.ndarray:
    return np.exp(np.cumsum(sd * np.random.default_rng(seed).standard_normal(len(SESSIONS))))


def recorded(name: str, header: str, lines: list[str]):
    content = "\n".join([header, *lines])
    days = {at: date.fromisoformat(line.split(",")[1]) for at, line in enumerate(lines, 2)}
    return recorded_file(name, content.encode(), days)


@pytest.fixture(scope="module")
def files():
    share, other = 10 * walk(1, 0.03), 400 * walk(2, 0.03)
    close = {"9988.HK": share * 7.8, "BABA": share * 8 * (1 + 0.005 * np.sin(np.arange(200))), "MSFT": other}
    lines = [
        f"{symbol},{day},{c[at]:.4f},{c[at] * 1.01:.4f},{c[at] * 0.99:.4f},{c[at]:.4f},{1000 + 7 * at},"
        f"{'HKD' if symbol.endswith('HK') else 'USD'},as_traded"
        for symbol, c in close.items()
        for at, day in enumerate(SESSIONS)
    ]
    rates = [f"USDHKD,{day},{7.8 + 0.001 * (at % 5):.4f}" for at, day in enumerate(SESSIONS)]
    header = "symbol,session,open,high,low,close,volume,currency,price_basis"
    return {
        "prices.csv": recorded("prices.csv", header, lines),
        "fx.csv": recorded("fx.csv", "pair,session,rate", rates),
    }


@pytest.fixture(scope="module")
def moves(files, root):
    return natural_moves(files, load_configuration(root / "config").universe)


def share(files, moves, *steps: dict, symbol: str = "MSFT", name: str = "prices.csv") -> float | None:
    do = tuple(OPERATIONS[step["op"]](**step) for step in steps)
    kind = FaultKind(name="k", says="", file=name, do=do, rows=RowsHit())
    members = files[name].by_day[LAST]
    lead = next(row for row in members if row.series[0] == symbol)
    file = batch_file(files[name], members)
    inject(file, kind, None, lead, np.random.default_rng(0))
    return natural_share(file, moves)


OHLC = ("open", "high", "low", "close")


def scaled(files, moves, by: float, symbol: str) -> float:
    return share(files, moves, {"op": "multiply", "columns": OHLC, "by": by}, symbol=symbol)


def test_a_small_move_of_a_single_listing_happens_every_week(files, moves):
    assert scaled(files, moves, 1.02, "MSFT") > 0.1
    assert scaled(files, moves, 2.0, "MSFT") == 0


def test_a_twin_is_the_sharper_yardstick(files, moves):
    assert moves.class_of(files["prices.csv"], files["prices.csv"].by_day[LAST][0], by_move=True) == "twin listing"
    assert scaled(files, moves, 1.05, "BABA") < 0.01 < scaled(files, moves, 1.05, "MSFT")


def test_prices_out_of_order_and_wrong_signs_never_happen_by_themselves(files, moves):
    assert share(files, moves, {"op": "multiply", "columns": ("close",), "by": 1.02}) == 0
    assert share(files, moves, {"op": "negate", "columns": ("close",)}) == 0
    assert share(files, moves, {"op": "set", "columns": ("close",), "to": ""}) == 0


def test_a_repeated_bar_is_told_by_its_numbers_and_not_by_its_move(files, moves):
    assert share(files, moves, {"op": "copy_back", "columns": OHLC}) == 0
    repeated = (
        share(files, moves, {"op": "copy_back", "columns": ("rate",), "rows": 5}, symbol="USDHKD", name="fx.csv")
        if files["fx.csv"].by_day[LAST][0].cells["rate"] != files["fx.csv"].rows[-6].cells["rate"]
        else 1.0
    )
    assert repeated == 1.0


def test_what_is_no_move_of_numbers_can_always_be_told(files, moves):
    for step in (
        {"op": "drop"},
        {"op": "duplicate"},
        {"op": "cut_file", "keep": 0.5},
        {"op": "insert_bytes", "bytes": "ff"},
    ):
        assert share(files, moves, step) == 0
    assert share(files, moves, {"op": "shift_date", "columns": ("session",), "days": 1}) == 0


def test_where_there_is_nothing_to_compare_with_nothing_is_said(files, moves):
    assert moves.share_at_least(("nobody", "close", "own"), 1.0) is None
    assert moves.share_at_least(("single listing", "close", "own"), math.inf) == 0


def test_profits_that_cross_zero_are_held_against_what_profits_do(root):
    ends = [date(2019, 1, 1) + timedelta(days=91 * at) for at in range(12)]
    lines = [
        f"Made Up,{end},Total,now,{metric},3,{value},CNY"
        for at, end in enumerate(ends)
        for metric, value in (("revenue", 100 + at), ("profit", 5 if at % 3 else -5))
    ]
    header = "company,period_end,segment,segment_basis,metric,duration_months,value,unit"
    name = "reported_figures.csv"
    days = {at: date.fromisoformat(line.split(",")[1]) for at, line in enumerate(lines, 2)}
    file = recorded_file(name, "\n".join([header, *lines]).encode(), days)
    found = natural_moves({name: file}, load_configuration(root / "config").universe)
    shares = {}
    for row in file.by_day[ends[-1]]:
        batch = batch_file(file, [row])
        kind = FaultKind(name="k", says="", file=name, do=(OPERATIONS["negate"](op="negate", columns=("value",)),))
        inject(batch, kind, None, row, np.random.default_rng(0))
        shares[found.class_of(file, row, by_move=True)] = natural_share(batch, found)
    assert shares["figure"] == 0.0
    assert shares["signed figure"] > 0.3
