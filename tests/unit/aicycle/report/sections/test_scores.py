"""Scores: compared on the same forecasts, with n, and plain words where we are no better."""

from __future__ import annotations

import pytest

from aicycle.report.blocks import rows_of
from aicycle.report.sections.scores import score_remarks, score_table


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def scored(views, *rows):
    return rows_of(views.frame("forecast_scores", [line for lines in rows for line in lines]), "forecast_id")


def banded(views, hits, misses):
    rows = [views.score_rows(f"f{i}", "price_band", (0.1, 0.2, 0.3), is_covered=i < hits) for i in range(hits + misses)]
    return scored(views, *rows)


def test_means_per_question_and_forecaster_with_n(views):
    rows = scored(
        views,
        views.score_rows("a", "capex_above", (0.2, 0.5, 0.1)),
        views.score_rows("b", "capex_above", (0.4, 0.5, 0.2)),
    )
    assert texts(score_table(rows, "Live")) == [
        ["capex above", "2", "0.300", "0.500", "0.150", "0.600", "1.000", "0.300", "\u2013"]
    ]


def test_where_we_are_no_better_it_is_said_with_the_numbers(views):
    rows = scored(views, views.score_rows("a", "capex_above", (0.2, 0.5, 0.2)))
    (remark,) = score_remarks(rows)
    assert remark == (
        "capex above: our forecast beats climatology (0.200 against 0.500, n = 1) and does not beat persistence "
        "(0.200 against 0.200, n = 1). With 1 outcome that tells little."
    )


def test_many_outcomes_carry_no_caution(views):
    rows = scored(views, *(views.score_rows(f"f{i}", "capex_above", (0.2, 0.5, 0.6)) for i in range(20)))
    (remark,) = score_remarks(rows)
    assert remark.endswith("beats persistence (0.200 against 0.600, n = 20).")


def test_we_are_compared_on_the_forecasts_both_were_scored_on(views):
    lonely = [views.score_rows("easy", "capex_above", (0.0, 0.0, 0.0))[0]]
    rows = scored(views, views.score_rows("a", "capex_above", (0.6, 0.5, 0.7)), lonely)
    (remark,) = score_remarks(rows)
    assert "does not beat climatology (0.600 against 0.500, n = 1)" in remark


@pytest.mark.parametrize(
    ("hits", "misses", "said"),
    [
        (16, 4, "bands held 80% of 20 values, below the 85% to 95% that are wanted: the bands are too narrow."),
        (17, 3, "bands held 85% of 20 values, within the 85% to 95% that are wanted."),
        (19, 1, "bands held 95% of 20 values, within the 85% to 95% that are wanted."),
        (20, 0, "bands held 100% of 20 values, above the 85% to 95% that are wanted: the bands are too wide."),
        (1, 0, "the bands are too wide, as far as so few can tell."),
    ],
)
def test_coverage_is_held_against_what_is_wanted(views, hits, misses, said):
    assert score_remarks(banded(views, hits, misses))[-1].endswith(said)


def test_scores_that_are_no_numbers_are_left_out(views):
    rows = scored(views, views.score_rows("a", "capex_above", (float("nan"), 0.5, 1.7e308)))
    assert texts(score_table(rows, "Live"))[0][2:5] == ["\u2013", "0.500", texts(score_table(rows, "Live"))[0][4]]
    assert score_remarks(rows) == ()


def test_nothing_scored_says_so():
    assert score_table([], "Live").empty_text == "None has been resolved yet."
    assert score_remarks([]) == ()
