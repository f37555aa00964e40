"""Our own record: live apart from hindsight, open from resolved, and no word of praise where none is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aicycle.report.sections.record import record_section


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def live(views, **more):
    return views.full_view(
        forecasts=views.forecasts().with_columns(origin=views.pl.lit("live")),
        forecast_scores=views.forecast_scores(origin="live"),
        **more,
    )


def test_without_a_resolved_live_forecast_there_is_no_record(views):
    section = record_section(views.full_view())
    assert "No live forecast has been resolved yet: there is no record to judge us by." in section.lead
    assert (section.live_scores.rows, section.remarks) == ((), ())
    assert "11 forecasts stored, 2 of them live" in section.lead


def test_hindsight_is_apart_and_says_what_it_is(views):
    section = record_section(views.full_view())
    assert "made after the fact and no record" in section.hindsight_scores.caption
    assert [row[0] for row in texts(section.hindsight_scores)] == ["cloud growth above", "price band"]


def test_live_outcomes_are_the_record(views):
    section = record_section(live(views))
    assert "8 live forecasts resolved; only these are our record." in section.lead
    assert len(section.live_scores.rows) == 2
    assert (section.hindsight_scores.rows, section.hindsight_remarks) == ((), ())
    assert any("does not beat persistence" in remark for remark in section.remarks)


def test_open_questions_say_what_we_and_the_others_say(views):
    rows = texts(record_section(views.full_view()).open)
    assert rows[0] == [
        "cloud growth above", "cloud", "0.26", "above", "62%", "50%", "90%", "2025-09-28", "2025-12-31", "open", "live",
    ]  # fmt: skip
    assert rows[2][:4] == ["price band", "BABA", "128.40 to 221.70", "inside"]
    assert len(rows) == 3


def test_a_question_whose_day_has_passed_is_overdue(views):
    view = views.full_view()
    states = {row[0].text: row[9].text for row in record_section(view).open.rows}
    assert states == {"cloud growth above": "open", "price state": "overdue", "price band": "open"}
    later = views.full_view(as_of=view.as_of + timedelta(days=200))
    assert {row[9].text for row in record_section(later).open.rows} == {"overdue"}


def test_every_outcome_stands_with_all_three_probabilities(views):
    rows = texts(record_section(views.full_view()).outcomes)
    assert len(rows) == 7
    assert rows[0][2:6] == ["above", "62.0%", "50.0%", "90.0%"]


def test_a_resolved_forecast_says_what_we_had_said_of_what_happened(views):
    rows = {row[0]: row for row in texts(record_section(views.full_view()).resolved)}
    assert len(record_section(views.full_view()).resolved.rows) == 8
    assert rows["cloud growth above"][2:8] == ["above", "0.34", "60%", "0.320", "0.640", "\u2013"]
    held = [row[7] for row in texts(record_section(views.full_view()).resolved) if row[0] == "price band"]
    assert sorted(held) == ["inside"] * 3 + ["outside"]


def test_a_score_without_its_forecast_is_still_shown(views):
    view = views.full_view(forecasts=views.forecasts().clear())
    section = record_section(view)
    assert len(section.resolved.rows) == 8
    assert section.resolved.rows[0][4].text == "\u2013"


def test_nothing_stored_is_said(views):
    section = record_section(views.empty_view())
    assert section.lead == "No forecast has been stored by this day, so there is no record yet."
    assert not section.has_forecasts


@pytest.mark.parametrize("name", ["open", "outcomes", "resolved"])
def test_many_are_bounded(views, name):
    table = getattr(record_section(views.crowded_view(2)), name)
    assert table.omitted_count > 0
    assert len(table.rows) <= 200
