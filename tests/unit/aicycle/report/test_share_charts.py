"""Shares are cut where they can't be compared, and their names do not overlap."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from aicycle.report.figures import period_ticks, spread
from aicycle.report.share_charts import Share, basis_breaks, share_chart

QUARTERS = [date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30)]


def line(values, bases):
    return [Share(end, value, basis) for end, value, basis in zip(QUARTERS, values, bases, strict=True)]


def test_a_line_is_cut_at_a_new_basis_and_at_a_missing_value():
    series = [("cloud", line([0.1, None, 0.12, 0.13], ["old", "old", "old", "new"]))]
    (trace,) = share_chart(series)["data"]
    assert trace["y"] == [0.1, None, 0.12, None, 0.13]
    assert trace["connectgaps"] is False
    assert basis_breaks(series) == [date(2025, 6, 30)]
    assert len(share_chart(series)["layout"]["shapes"]) == 1


def test_one_basis_has_no_break():
    series = [("cloud", line([0.1, 0.11, 0.12, 0.13], ["old"] * 4))]
    assert basis_breaks(series) == []
    assert share_chart(series)["data"][0]["y"] == [0.1, 0.11, 0.12, 0.13]


def test_a_line_that_ended_is_named_where_it_ended():
    series = [
        ("cloud", line([0.1, 0.11, 0.12, 0.13], ["old"] * 4)),
        ("logistics", line([0.1, 0.1, None, None], ["old"] * 4)),
    ]
    named = {note["text"]: note["x"] for note in share_chart(series)["layout"]["annotations"]}
    assert named == {"cloud 13.0%": "2025-06-30", "logistics 10.0%": "2024-12-31"}


def test_names_of_lines_that_end_together_are_kept_apart():
    series = [(f"s{i}", line([0.1] * 4, ["old"] * 4)) for i in range(4)]
    places = sorted(note["y"] for note in share_chart(series)["layout"]["annotations"])
    gaps = [above - below for below, above in pairwise(places)]
    assert min(gaps) > 0.004


def test_labels_keep_their_order_and_distance():
    placed = spread([1.0, 1.0, 5.0], 2.0)
    assert placed[1] - placed[0] >= 2.0
    assert placed[2] > placed[1]
    assert spread([], 1.0) == []


def test_the_newest_period_always_has_a_tick():
    ticks = period_ticks(QUARTERS, 2)
    assert ticks["tickvals"][-1] == "2025-06-30"
    assert len(ticks["tickvals"]) == 2
    assert ticks["ticktext"][-1] == "Jun 2025"
    assert period_ticks([], 3)["tickvals"] == []


def test_negative_shares_are_on_the_chart():
    series = [("eliminations", line([-0.1, -0.1, -0.1, -0.1], ["old"] * 4))]
    assert share_chart(series)["layout"]["yaxis"]["range"][0] <= -0.1
