"""Freshness: stale tables are marked, every source's rows add up or it is said that they don't."""

from __future__ import annotations

from datetime import date

from aicycle.report.sections.freshness import freshness_section, newest_known


def test_stale_tables_are_marked(views):
    section = freshness_section(views.full_view())
    states = {row[0].text: (row[5].text, row[5].tone) for row in section.tables.rows}
    assert states == {"core.daily_bars": ("fresh", "fresh"), "core.cycle_events": ("stale", "stale")}
    assert "2 tables, 1 of them stale" in section.lead


def test_loads_add_up_by_source_and_by_file(views):
    section = freshness_section(views.full_view())
    assert [cell.text for cell in section.sources.rows[0]][:7] == ["recording", "150", "144", "2", "2", "4", "adds up"]
    assert [row[1].text for row in section.files.rows] == ["fx.csv", "prices.csv"]


def test_loads_that_do_not_add_up_say_so(views):
    loads = views.frame("loads", [views.load_row(1, "prices.csv", 84, rows_in=100)])
    assert freshness_section(views.empty_view(loads=loads)).sources.rows[0][6].text == "does not add up"


def test_the_newest_fact_of_all_tables(views):
    assert newest_known(views.full_view()).date() == date(2025, 9, 26)
    assert newest_known(views.empty_view()) is None


def test_an_unknown_state_is_neither(views):
    row = views.freshness_row("core.daily_bars", 2, is_stale=False) | {"is_stale": None}
    section = freshness_section(views.empty_view(freshness=views.frame("freshness", [row])))
    assert section.tables.rows[0][5].tone == ""


def test_no_data_is_said(views):
    assert freshness_section(views.empty_view()).lead == "No table has data yet."
