"""Rows come in an order of their own."""

from __future__ import annotations

import polars as pl
import pytest

from aicycle.report import blocks


def test_order_does_not_depend_on_the_order_of_rows():
    frame = pl.DataFrame({"a": [2, 1, 2, None], "b": ["x", "y", "w", "z"]})
    expected = [{"a": 1, "b": "y"}, {"a": 2, "b": "w"}, {"a": 2, "b": "x"}, {"a": None, "b": "z"}]
    for seed in range(6):
        assert blocks.rows_of(frame.sample(fraction=1.0, shuffle=True, seed=seed), "a") == expected


def test_nulls_stand_last_in_both_directions():
    frame = pl.DataFrame({"a": [None, 1, 2]})
    assert [row["a"] for row in blocks.rows_of(frame, "a", descending=True)] == [2, 1, None]


def test_what_is_no_number_is_null():
    frame = pl.DataFrame({"a": [float("nan"), float("inf"), 1.5]})
    assert sorted(str(row["a"]) for row in blocks.rows_of(frame, "a")) == ["1.5", "None", "None"]


def test_untyped_columns_of_nulls_are_read():
    assert blocks.rows_of(pl.DataFrame({"a": [None, None], "b": [1, 2]}), "a") == [
        {"a": None, "b": 1},
        {"a": None, "b": 2},
    ]


def test_what_is_cut_is_counted():
    assert blocks.cut([{}, {}, {}], 2) == ([{}, {}], 1)
    assert blocks.cut([{}], 2) == ([{}], 0)


@pytest.mark.parametrize(
    ("label", "kind"), [("Name", "text"), ("#Rows", "number"), ("@Known", "day"), (">Rule", "code"), ("~Why", "wide")]
)
def test_headings_say_what_they_hold(label, kind):
    (heading,) = blocks.headings(label)
    assert (heading.kind, heading.label) == (kind, label.lstrip("#@>~"))
