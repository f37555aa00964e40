"""The gate: who is held and why, what was stopped and where it stands."""

from __future__ import annotations

from aicycle.report.sections.gate import gate_section


def test_a_hold_stands_with_its_cause(views):
    section = gate_section(views.empty_view(holds=views.frame("holds", [views.hold_row()])))
    assert [cell.text for cell in section.holds.rows[0]] == [
        "9988.HK",
        "symbol",
        "close",
        "2025-09-26",
        "prices.csv line 12: high 1 is below low 2",
    ]
    assert section.lead.startswith("1 subject held")


def test_stopped_rows_have_their_place_and_are_counted_by_check(views):
    section = gate_section(views.full_view())
    assert [row[0].text for row in section.stopped.rows] == ["prices.csv:12", "prices.csv:13"]
    assert [cell.text for cell in section.groups.rows[0]] == ["prices.csv", "high_at_least_low", "2"]
    assert section.lead.startswith("Nobody is held. 2 rows and files stopped")


def test_a_whole_file_is_said_to_be_one(views):
    row = views.quarantine_row(0, table_name=None)
    section = gate_section(views.empty_view(quarantine=views.frame("quarantine", [row])))
    assert section.stopped.rows[0][0].text == "prices.csv (whole file)"


def test_nothing_stopped_is_said(views):
    assert gate_section(views.empty_view()).lead == "Nothing is held and nothing was stopped."


def test_a_long_row_is_cut(views):
    row = views.quarantine_row(1, row_content="x" * 4000)
    section = gate_section(views.empty_view(quarantine=views.frame("quarantine", [row])))
    assert len(section.stopped.rows[0][4].text) == 280


def test_twenty_thousand_stopped_rows_are_counted_not_listed(views):
    section = gate_section(views.crowded_view(1))
    assert len(section.stopped.rows) == 60
    assert section.stopped.omitted_count == 19_939
    assert section.groups.rows[0][2].text == "19,999"
