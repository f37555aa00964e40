"""The same fact told twice counts once; what cannot be read repeats nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.contracts.raw_labels import RAW_LABELS
from aicycle.contracts.schema import TableContract
from aicycle.errors import GateError
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.staging.batch import staged_schema

KNOWN_AT = datetime(2024, 6, 3, 20, 15, tzinfo=UTC)
BAR = {"symbol": "BABA", "session": date(2024, 6, 3), "close": 78.5, "known_at": KNOWN_AT}
FIGURE = {"company": "Alibaba", "metric": "revenue", "value": 1e9, "source": "20-F", "verification": "source"}


def staged(contract: TableContract, *rows: dict[str, object]) -> pl.DataFrame:
    full = [{"row_id": n, "source_line": n + 2, "byte_start": n, "byte_end": n, **row} for n, row in enumerate(rows)]
    return pl.DataFrame(full, schema=staged_schema(contract), orient="row")


def kept(contract: TableContract, *rows: dict[str, object]) -> list[int]:
    frame, repeated = drop_repeats(staged(contract, *rows), contract)
    assert frame.height + repeated == len(rows)
    assert frame.schema == staged_schema(contract)
    return frame["row_id"].to_list()


def test_the_first_of_the_same_rows_is_kept():
    assert kept(DAILY_BARS, BAR, {**BAR, "close": 79.0}, BAR, BAR) == [0, 1]


@pytest.mark.parametrize(
    "other",
    [
        {"close": 78.50001},
        {"close": None},
        {"symbol": "JD"},
        {"known_at": KNOWN_AT.replace(hour=21)},
        {"known_precision": "day"},
        {"source_known_at": KNOWN_AT},
    ],
)
def test_a_row_with_another_value_or_clock_is_no_repeat(other):
    assert kept(DAILY_BARS, BAR, {**BAR, **other}) == [0, 1]


def test_missing_values_are_the_same_missing_value():
    assert kept(DAILY_BARS, {**BAR, "close": None}, {**BAR, "close": None}) == [0]


def test_lines_that_cannot_be_read_are_each_kept():
    broken = {"unreadable": "3 cells where 9 were expected"}
    assert kept(DAILY_BARS, broken, broken, BAR, {**BAR, **broken}) == [0, 1, 2, 3]


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows_repeat_nothing(rows):
    assert kept(DAILY_BARS, *[BAR] * rows) == list(range(rows))


def test_one_figure_from_two_sources_is_one_fact():
    assert kept(REPORTED_FIGURES, FIGURE, {**FIGURE, "source": "6-K", "note": "first page"}) == [0]


def test_the_better_verified_source_of_a_figure_is_kept():
    weak = {**FIGURE, "source": "a blog", "verification": "unchecked"}
    odd = {**FIGURE, "source": "a rumour", "verification": "hearsay"}
    assert kept(REPORTED_FIGURES, odd, weak, FIGURE, FIGURE) == [2]


def test_two_sources_with_different_values_contradict_each_other():
    assert kept(REPORTED_FIGURES, FIGURE, {**FIGURE, "source": "6-K", "value": 2e9}) == [0, 1]


def test_tables_without_clocks():
    label = {"label_set": "gold", "label_id": "1", "content": "{}"}
    assert kept(RAW_LABELS, label, label, {**label, "content": "[]"}) == [0, 2]


def test_the_books_balance():
    reconcile(rows_in=10, passing=6, stopped=3, repeated=1)


@pytest.mark.parametrize("counts", [(6, 3, 0), (6, 3, 2), (0, 0, 0), (12, -2, 0)])
def test_books_that_do_not_balance_stop_the_stage(counts):
    passing, stopped, repeated = counts
    with pytest.raises(GateError, match="10 rows went in"):
        reconcile(rows_in=10, passing=passing, stopped=stopped, repeated=repeated)
