"""Each operation, done to a small file and read back from its bytes."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

import numpy as np
import pytest

from aicycle.model.faults import OPERATIONS, FaultKind, RowCondition, RowsHit
from transforms.gate.faults.batch import NothingToHitError, batch_file, written
from transforms.gate.faults.choosing import may_hit
from transforms.gate.faults.injecting import DOING, inject
from transforms.gate.faults.recorded import recorded_file

HEADER = "symbol,session,open,high,low,close,volume,currency,price_basis"
DAYS = ("2025-03-27", "2025-03-28", "2025-03-31")
BARS = "\n".join(
    [HEADER]
    + [
        f"{symbol},{day},{base + i},{base + i + 2},{base + i - 2},{base + i + 1},{1000 * (i + 1)},{money},"
        "split_adjusted"
        for symbol, base, money in (("AAA", 100, "USD"), ("BBB", 50, "USD"), ("CCC", 20, "HKD"))
        for i, day in enumerate(DAYS)
    ]
)
FIGURES = "\n".join(
    ["company,segment,segment_basis,metric,period_start,period_end,duration_months,value,unit,reported_on,source"]
    + [
        f"Acme,{segment},b,revenue,{start},{end},3,{value},CNY,{reported},{segment} of Müller"
        for end, start, reported, values in (
            ("2024-06-30", "2024-04-01", "2024-08-01", {"Total": 100, "Cloud": 30, "Shops": 60}),
            ("2024-09-30", "2024-07-01", "2024-11-01", {"Total": 110, "Cloud": 35, "Shops": 65}),
        )
        for segment, value in values.items()
    ]
)
NEWS = (
    '{"title": "One", "link": "u:1", "tickers": ["A"], "published": "2025-03-28T10:00:00+00:00"}\n'
    '{"title": "Two", "link": "u:2", "published": "2025-03-31T10:00:00+00:00", "url": null}'
)


def days_of(content: str, at: int) -> dict[int, date]:
    return {
        line: date.fromisoformat(text.split(",")[at]) for line, text in enumerate(content.splitlines(), 1) if line > 1
    }


BAR_FILE = recorded_file("prices.csv", BARS.encode(), days_of(BARS, 1))
FIGURE_FILE = recorded_file("reported_figures.csv", FIGURES.encode(), days_of(FIGURES, 9))
NEWS_FILE = recorded_file("headlines.jsonl", NEWS.encode(), {1: date(2025, 3, 28), 2: date(2025, 3, 31)})
LAST = {
    "prices.csv": date(2025, 3, 31),
    "reported_figures.csv": date(2024, 11, 1),
    "headlines.jsonl": date(2025, 3, 31),
}


def done(*steps: dict, recorded=BAR_FILE, size=None, lead=0, earlier=1, **rows) -> str:
    """Return the file of the last day after the steps."""
    kind = FaultKind(
        name="k",
        says="",
        file=recorded.name,
        do=tuple(OPERATIONS[step["op"]](**step) for step in steps),
        rows=RowsHit(earlier=earlier, **rows),
    )
    members = recorded.by_day[LAST[recorded.name]]
    file = batch_file(recorded, members)
    inject(file, kind, size, members[lead], np.random.default_rng(2))
    return written(file).content.decode("utf-8", errors="replace")


def clean(recorded=BAR_FILE) -> str:
    return written(batch_file(recorded, recorded.by_day[LAST[recorded.name]])).content.decode()


def test_a_clean_batch_is_the_recordings_own_lines():
    wanted = [HEADER, *(line for line in BARS.splitlines() if DAYS[-1] in line)]
    assert clean().splitlines() == wanted
    assert clean(NEWS_FILE).splitlines() == [
        '{"title": "Two", "link": "u:2", "published": "2025-03-31T10:00:00+00:00"}'
    ]


def test_every_operation_of_a_catalogue_can_be_done():
    assert set(DOING) == set(OPERATIONS.values())


OHLC = ("open", "high", "low", "close")
FIRST = "AAA,2025-03-31,102,104,100,103,3000,USD,split_adjusted"


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ([{"op": "multiply", "columns": ("close",), "by": 1.5}], FIRST.replace("103", "154.5")),
        ([{"op": "multiply", "columns": ("volume",), "by": 1.0005}], FIRST.replace("3000", "3002")),
        ([{"op": "add", "columns": ("close",), "amount": -3.0}], FIRST.replace("103", "100")),
        ([{"op": "negate", "columns": ("close",)}], FIRST.replace("103", "-103")),
        ([{"op": "invert", "columns": ("low",)}], FIRST.replace("100", "0.01")),
        ([{"op": "set", "columns": ("close",), "to": ""}], FIRST.replace("103", "")),
        ([{"op": "replace", "column": "currency", "by": {"USD": "HKD"}}], FIRST.replace("USD", "HKD")),
        ([{"op": "swap_columns", "columns": ("high", "low")}], FIRST.replace("104,100", "100,104")),
        ([{"op": "copy_back", "columns": OHLC, "rows": 2}], FIRST.replace("102,104,100,103", "100,102,98,101")),
        ([{"op": "shift_date", "columns": ("session",), "days": -1}], FIRST.replace("03-31", "03-30")),
        ([{"op": "shift_date", "columns": ("session",), "months": 1}], FIRST.replace("03-31", "04-30")),
        ([{"op": "shift_to_weekday", "columns": ("session",), "weekday": 6}], FIRST.replace("03-31", "03-29")),
        ([{"op": "insert_text", "columns": ("symbol",), "text": "\x07"}], FIRST.replace("AAA", "A\x07AA")),
        ([{"op": "cut_text", "columns": ("price_basis",), "keep": 0.5}], FIRST.replace("split_adjusted", "split_a")),
        ([{"op": "insert_bytes", "bytes": "ff", "at": "start"}], "\ufffd" + FIRST),
        ([{"op": "cut_line", "keep": 0.2}], FIRST[:10]),
    ],
)
def test_operations_on_one_row(steps, line):
    before, after = clean().splitlines(), done(*steps).splitlines()
    assert after[1] == line
    assert after[:1] + after[2:] == before[:1] + before[2:]


def test_noise_moves_every_number_by_its_own_factor():
    cells = done({"op": "noise", "columns": OHLC, "sd": 0.1}).splitlines()[1].split(",")
    ratios = {
        round(float(cell) / clean_cell, 6) for cell, clean_cell in zip(cells[2:6], (102, 104, 100, 103), strict=True)
    }
    assert len(ratios) == 4


def test_cells_from_other_rows():
    swapped = done({"op": "swap_rows", "columns": OHLC, "same": ("session", "currency"), "differ": ("symbol",)})
    assert "AAA,2025-03-31,52,54,50,53,3000,USD" in swapped
    assert "BBB,2025-03-31,102,104,100,103,3000,USD" in swapped
    copied = done({"op": "copy_from", "columns": ("close",), "differ": ("currency",)})
    assert "AAA,2025-03-31,102,104,100,23,3000,USD" in copied
    dealt = done({"op": "shuffle_column", "columns": OHLC}, take="all")
    assert sorted(line.split(",")[5] for line in dealt.splitlines()[1:]) == ["103", "23", "53"]
    assert dealt != clean()


@pytest.mark.parametrize(
    ("apart", "is_fitting"),
    [
        ({"apart_least": 1.9}, True),
        ({"apart_least": 2}, False),
        ({"apart_most": 2.0}, True),
        ({"apart_most": 1.9}, False),
        ({"apart_least": 1.5, "apart_most": 3}, True),
    ],
)
def test_what_is_swapped_may_have_to_be_so_far_apart(apart, is_fitting):
    swap = {"op": "swap_rows", "columns": ("open",), "same": ("currency",), "differ": ("symbol",)} | apart
    with nullcontext() if is_fitting else pytest.raises(NothingToHitError):
        assert "AAA,2025-03-31,52," in done(swap)


@pytest.mark.parametrize(("other", "is_far"), [("-102", True), ("0", True), ("102", False), ("nought", False)])
def test_numbers_on_both_sides_of_zero_are_endlessly_far_apart(other, is_far):
    swap = {"op": "swap_rows", "columns": ("open",), "differ": ("symbol",), "apart_least": 1e9}
    with nullcontext() if is_far else pytest.raises(NothingToHitError):
        done({"op": "set", "columns": ("open",), "to": other}, swap)


def test_sums_and_remainders_of_reports():
    summed = done({"op": "sum_back", "columns": ("value",), "periods": 2}, recorded=FIGURE_FILE)
    assert ",3,210,CNY," in summed
    rest = done(
        {"op": "remainder", "column": "value", "part": "segment", "total": "Total", "same": ("company", "period_end")},
        recorded=FIGURE_FILE,
        lead=1,
    )
    assert "Cloud,b,revenue,2024-07-01,2024-09-30,3,45,CNY" in rest
    with pytest.raises(NothingToHitError, match="reach"):
        done({"op": "sum_back", "columns": ("value",), "periods": 3}, recorded=FIGURE_FILE)


def test_mojibake_needs_a_letter_beyond_ascii():
    read = done({"op": "mojibake", "columns": ("source",)}, recorded=FIGURE_FILE)
    assert "Total of MÃ¼ller" in read
    with pytest.raises(NothingToHitError):
        done({"op": "mojibake", "columns": ("symbol",)})


def test_rows_come_and_go():
    assert "AAA" not in done({"op": "drop"})
    twice = done({"op": "duplicate"}, {"op": "multiply", "columns": ("close",), "by": 2.0})
    assert [line for line in twice.splitlines() if "AAA" in line] == [FIRST, FIRST.replace("103", "206")]
    again = done({"op": "resend", "rows": 2})
    assert again.splitlines()[-1].startswith("AAA,2025-03-27,100,")
    shuffled = done({"op": "shuffle_rows"})
    assert shuffled != clean()
    assert sorted(shuffled.splitlines()) == sorted(clean().splitlines())


def test_the_file_as_a_whole():
    assert done({"op": "delimiter", "character": ";"}).splitlines()[0] == HEADER.replace(",", ";")
    assert done({"op": "byte_order_mark"}).startswith("\ufeff")
    assert done({"op": "line_ends"}).count("\r\n") == 4
    assert len(done({"op": "cut_file", "keep": 0.5})) == round(len(clean()) / 2)


def test_json_lines_stay_json_lines():
    later = done({"op": "shift_clock", "columns": ("published",), "hours": 14.0}, recorded=NEWS_FILE, earlier=0)
    assert later == '{"title": "Two", "link": "u:2", "published": "2025-04-01T00:00:00+00:00"}\n'
    again = done({"op": "resend"}, recorded=NEWS_FILE)
    assert '"tickers": ["A"]' in again


def test_sizes_stand_for_values_and_for_columns():
    assert FIRST.replace("103", "10.3") in done({"op": "multiply", "columns": ("close",), "by": "1/$size"}, size=10)
    assert "AAA,2025-03-30" in done({"op": "shift_date", "columns": ("session",), "days": "-$size"}, size=1)
    assert FIRST.replace("102", "x") in done({"op": "set", "columns": ("$size",), "to": "x"}, size="open")
    with pytest.raises(NothingToHitError, match="no sizes"):
        done({"op": "multiply", "columns": ("close",), "by": "$size"})


def test_groups_and_shares_of_rows():
    in_dollars = done({"op": "set", "columns": ("close",), "to": "x"}, take="group", group=("currency",))
    assert [line.split(",")[5] for line in in_dollars.splitlines()[1:]] == ["x", "x", "23"]
    some = done({"op": "set", "columns": ("close",), "to": "x"}, take="share", share=0.4, largest="open")
    assert [line.split(",")[5] for line in some.splitlines()[1:]] == ["x", "53", "23"]
    with pytest.raises(NothingToHitError):
        done({"op": "multiply", "columns": ("close",), "by": 1.0})


@pytest.mark.parametrize(
    ("condition", "hits"),
    [
        ({"equals": "AAA"}, True),
        ({"among": ("BBB",)}, False),
        ({"not_among": ("BBB",)}, True),
        ({"matches": "^A+$"}, True),
        ({"given": False}, False),
        ({"at_least": 1.0}, False),
    ],
)
def test_conditions(condition, hits):
    rows = RowsHit(where=(RowCondition(column="symbol", **condition),))
    kind = FaultKind(name="k", says="", file="prices.csv", do=(), rows=rows)
    assert may_hit(BAR_FILE.by_day[LAST["prices.csv"]][0], kind) is hits


@pytest.mark.parametrize(
    ("rows", "may"),
    [
        ({"beside_least": 1}, True),
        ({"beside_least": 2}, False),
        ({"beside_most": 1}, True),
        ({"beside_most": 0}, False),
    ],
)
def test_a_kind_may_ask_how_many_rows_stand_beside_the_one_it_hits(rows, may):
    step = {"op": "set", "columns": ("close",), "to": "x"}
    if may:
        assert FIRST.replace("103", "x") in done(step, group=("currency",), **rows)
    else:
        with pytest.raises(NothingToHitError, match="beside it"):
            done(step, group=("currency",), **rows)
