"""Moves: from what stood before evidence to what is stated, in parts that add up before the reader's eyes."""

from __future__ import annotations

import pytest

from aicycle.report.blocks import rows_of
from aicycle.report.sections.moves import move_table, without_table


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


@pytest.fixture
def bands(views):
    return rows_of(views.bands(), "position")


@pytest.fixture
def moves(views):
    return rows_of(views.moves(), "family", "scenario")


def test_parts_lead_from_before_evidence_to_what_is_stated(bands, moves):
    table = move_table(bands, moves)
    assert [heading.label for heading in table.headings] == ["Family", "pessimistic", "realistic", "optimistic"]
    assert texts(table) == [
        ["before evidence", "23.6%", "52.7%", "23.7%"],
        ["expansion", "\u22125.0", "\u22121.2", "+6.2"],
        ["regulation", "+1.4", "+0.5", "\u22121.9"],
        ["sum of the moves", "\u22123.6", "\u22120.7", "+4.3"],
        ["stated", "20.0%", "52.0%", "28.0%"],
    ]
    assert table.rows[3][0].tone == "sum"


def test_the_family_that_moved_most_stands_first(bands, moves):
    turned = [
        row | {"shapley_frac": 10 * row["shapley_frac"]} if row["family"] == "regulation" else row for row in moves
    ]
    assert [row[0] for row in texts(move_table(bands, turned))][1:3] == ["regulation", "expansion"]


def test_without_a_family_is_another_number(bands, moves):
    assert texts(without_table(bands, moves)) == [
        ["expansion", "25.0%", "28.8%", "36.2%"],
        ["regulation", "31.4%", "30.5%", "28.1%"],
    ]


def test_a_part_that_is_not_known_leaves_no_sum(bands, moves):
    hole = ("realistic", "regulation")
    holed = [row | {"shapley_frac": None} if (row["scenario"], row["family"]) == hole else row for row in moves]
    table = texts(move_table(bands, holed))
    assert [row[2] for row in table] == ["\u2013", "\u22121.2", "\u2013", "\u2013", "52.0%"]
    assert [row[1] for row in table][3] == "\u22123.6"


@pytest.mark.parametrize("part", [1.7e308, float("inf"), float("nan")])
def test_parts_beyond_all_bounds_have_no_sum(bands, moves, part):
    table = texts(move_table(bands, [row | {"shapley_frac": part} for row in moves]))
    assert table[-2][1:] == ["\u2013"] * 3


def test_nothing_moved_says_so(bands):
    table = move_table(bands, [])
    assert table.rows == ()
    assert "No probability was moved" in table.empty_text


def test_families_beyond_the_limit_are_counted_and_still_in_the_sum(bands):
    moves = [{"scenario": "realistic", "family": f"f{i:03d}", "shapley_frac": 0.001} for i in range(60)]
    table = move_table(bands, moves)
    assert table.omitted_count == 20
    assert texts(table)[-2][2] == "+6.0"
