"""Players: the index by wave, and the article's orderings with their result, also where they fail."""

from __future__ import annotations

from aicycle.report.sections.players import player_section


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_index_rank_and_partial_marks_by_wave(views):
    section = player_section(views.full_view())
    rows = {row[0]: row[1:] for row in texts(section.standings)}
    assert list(rows)[:2] == ["Nvidia", "Microsoft"]
    assert rows["Nvidia"][:3] == ["52.0%, rank 1", "21.0%, rank 4", "9.0%, rank 5"]
    assert rows["Tencent"][0] == "4.0%, rank 6, partial"
    assert rows["Huawei"] == ["\u2013", "\u2013", "\u2013", "assumption", "nothing observable is reported"]
    assert [heading.label for heading in section.standings.headings][1:4] == list(views.WAVES)


def test_the_numbers_are_ours_and_each_result_is_counted(views):
    lead = player_section(views.full_view()).lead
    assert "no numbers: the index and its weights are ours" in lead
    assert "3 orderings that it states, by our index: 1 hold, 1 fail, 1 can't be checked." in lead


def test_every_check_stands_with_its_result_and_its_numbers(views):
    table = player_section(views.full_view()).checks
    assert [(row[2].text, row[2].tone) for row in table.rows] == [
        ("holds", "fresh"),
        ("fails", "stale"),
        ("not checkable", "abstained"),
    ]
    assert texts(table)[1] == [
        "2 models and expansion",
        "Microsoft, Amazon and Alphabet stand ahead of Alibaba",
        "fails",
        "Alibaba stands ahead of one of them",
    ]


def test_checks_may_name_a_subject_and_lack_the_rest(views):
    checks = [{"subject": "Nvidia", "result": 'x" onload="y'}, {}]
    rows = player_section(views.full_view(player_checks=checks)).checks.rows
    assert [row[0].text for row in rows] == ["Nvidia", "\u2013"]
    assert rows[0][2].tone == ""


def test_the_order_of_checks_does_not_matter(views):
    turned = list(reversed(views.player_checks()))
    assert player_section(views.full_view(player_checks=turned)) == player_section(views.full_view())


def test_who_has_no_index_is_not_drawn(views):
    chart = player_section(views.full_view()).chart
    assert "Huawei" not in chart.figure["layout"]["yaxis"]["ticktext"]
    assert "1 infrastructure: Nvidia with 52.0%" in chart.summary


def test_a_stale_index_says_why(views):
    rows = [views.player_row("Nvidia", "1", "index", 0.5, is_stale=True, held_because="capex is held")]
    table = player_section(views.empty_view(players=views.frame("players", rows))).standings
    assert table.rows[0][1].title == "stale: capex is held"


def test_indicators_stand_apart_with_their_weight(views):
    rows = texts(player_section(views.full_view()).indicators)
    assert len(rows) == 24
    assert rows[0] == [
        "Alibaba", "1 infrastructure", "capex ttm", "32 bn", "USD", "7.0%", "0.40", "yes", "assumption", "\u2013",
    ]  # fmt: skip


def test_many_players_are_bounded(views):
    section = player_section(views.crowded_view(100))
    assert len(section.chart.figure["layout"]["yaxis"]["ticktext"]) == 14
    assert len(section.chart.figure["data"]) == 6
    assert section.standings.omitted_count == 40
    assert section.checks.omitted_count == 440


def test_nothing_computed_is_said(views):
    section = player_section(views.empty_view())
    assert "No player's influence" in section.lead
    assert section.chart is None
