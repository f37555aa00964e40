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


def test_a_held_output_says_since_when_it_is_stale_and_because_of_what(views):
    section = gate_section(views.full_view(**views.gate_frames()))
    assert [cell.text for cell in section.outputs.rows[0]] == [
        "marts.scenario_runs",
        "Alibaba",
        "\u2013",
        "2025-09-26 23:59 UTC",
        "2025-09-26",
        "prices.csv line 12: high 1 is below low 2",
    ]


def test_holds_that_are_over_stay_in_the_history(views):
    section = gate_section(views.full_view(**views.gate_frames()))
    assert {(row[0].text, row[3].text) for row in section.history.rows} == {("9988.HK", "stands"), ("JD", "2025-09-27")}


def test_each_check_says_what_it_looked_at_and_what_failed(views):
    section = gate_section(views.full_view(**views.gate_frames()))
    assert [cell.text for cell in section.checks.rows[0]] == [
        "core.daily_bars", "high.at_least.low", "blocking", "3", "1", "2", "2,505",
    ]  # fmt: skip


def test_what_was_said_about_a_hold_is_shown(views):
    section = gate_section(views.full_view(**views.gate_frames()))
    assert [cell.text for cell in section.notices.rows[0]][1:] == ["opened", "Held since 2025-09-26: 9988.HK"]
