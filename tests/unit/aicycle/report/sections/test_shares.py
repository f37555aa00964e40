"""Segment shares: largest first, nothing made up, missing values with their reason."""

from __future__ import annotations

import pytest

from aicycle.report.sections.shares import share_section, value_in_unit


def test_the_largest_segment_stands_first_and_other_companies_are_left_out(views):
    section = share_section(views.full_view())
    assert [trace["name"] for trace in section.chart.figure["data"]] == ["e-commerce", "cloud"]
    assert "cut where the company changed its segments" in section.lead


def test_missing_values_stand_with_their_reason(views):
    rows = [[cell.text for cell in row] for row in share_section(views.full_view()).newest.rows]
    (missing,) = [row for row in rows if row[1] == "revenue_yoy_frac"]
    assert missing[2] == "\u2013"
    assert missing[-1] == "no comparable quarter a year before"


def test_only_the_newest_period_of_each_metric_is_listed(views):
    rows = share_section(views.full_view()).newest.rows
    assert len(rows) == 4
    assert {row[4].text for row in rows} == {"2025-06-30"}


def test_a_metric_with_details_keeps_the_newest_of_each(views):
    rows = [
        views.metric_row("cloud", "events_4q_count", end, value, detail=detail, unit="count")
        for end in views.QUARTERS
        for detail, value in (("region_launch", 3.0), ("partnership", 1.0))
    ]
    table = share_section(views.empty_view(metrics=views.frame("metrics", rows))).newest
    assert {(row[1].text, row[2].text) for row in table.rows} == {
        ("events_4q_count: region_launch", "3.00"),
        ("events_4q_count: partnership", "1.00"),
    }


def test_no_revenue_no_chart(views):
    section = share_section(views.empty_view())
    assert section.chart is None
    assert "has reported revenue" in section.lead


def test_segments_beyond_the_limit_are_in_the_table_only_and_that_is_said(views):
    rows = [
        views.metric_row(f"segment {i:02d}", "group_revenue_share_frac", views.QUARTERS[0], 0.01 * i)
        for i in range(1, 12)
    ]
    chart = share_section(views.empty_view(metrics=views.frame("metrics", rows))).chart
    assert len(chart.figure["data"]) == 8
    assert chart.notes == ("3 smaller segments are in the table only.",)
    assert len(chart.table.rows) == 11


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(0.12, "fraction", "12.0%"), (3.8e11, "CNY", "380 bn"), (1.5, "index", "1.50"), (None, "CNY", "\u2013")],
)
def test_values_are_worded_by_their_unit(value, unit, expected):
    assert value_in_unit(value, unit) == expected
