"""The road: one fan per scenario, no word of it a fact, and the reason where there is none."""

from __future__ import annotations

import pytest

from aicycle.report.sections.road import road_section


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_each_scenario_has_a_fan_with_its_target_in_the_order_of_the_ladder(views):
    section = road_section(views.full_view())
    assert section.title == "The road to 2030"
    assert [chart.title for chart in section.charts] == [
        "pessimistic (target band 70\u201390 USD)",
        "realistic (target band 140\u2013180 USD)",
        "optimistic (target band 200\u2013240 USD)",
    ]
    assert len({tuple(chart.figure["layout"]["yaxis"]["range"]) for chart in section.charts}) == 1


def test_nothing_in_it_is_a_fact_and_that_is_said(views):
    section = road_section(views.full_view())
    assert "nothing in this section is a fact" in section.lead
    assert "no row is a fact" in section.years.caption
    for chart in section.charts:
        assert "A projection, no fact." in chart.summary


def test_the_text_alternative_names_the_horizon_and_its_values(views):
    summary = road_section(views.full_view()).charts[1].summary
    assert "realistic scenario, 21 quarters to 2030-12-31: then P10 149.31, P50 206.05, P90 284.34 USD." in summary
    assert "Target band 140\u2013180 USD." in summary


def test_ends_of_years_and_every_quarter_stand_in_tables(views):
    section = road_section(views.full_view())
    rows = texts(section.years)
    assert [row[0] for row in rows] == [f"{year}-12-31" for year in range(2025, 2031)]
    assert rows[0][1:] == ["110.00 (104\u2013117)", "150.00 (142\u2013159)", "168.00 (158\u2013178)"]
    assert len(section.charts[0].table.rows) == 21


def test_a_horizon_within_a_year_has_its_last_quarter_in_the_table(views):
    rows = [views.path_row("realistic", end, 150.0, 1.1) for end in views.QUARTER_ENDS[:3]]
    section = road_section(views.full_view(paths=views.frame("paths", rows)))
    assert section.title == "The road to 2026"
    assert [row[0] for row in texts(section.years)] == ["2025-12-31", "2026-06-30"]


def test_the_standard_error_is_the_greatest(views):
    assert "Standard error of the percentiles: at most 0.40% of each." in road_section(views.full_view()).note


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (
            {"projection_null_reason": "no revenue of cloud is known"},
            "No value is projected: no revenue of cloud is known.",
        ),
        ({"projection_null_reason": "No value is projected: zero units."}, "No value is projected: zero units."),
        ({}, "No value is projected: no path is stored for this run."),
    ],
)
def test_without_a_path_the_reason_is_said(views, run, said):
    section = road_section(views.full_view(paths=views.paths().clear(), run=views.run(**run)))
    assert section.lead == said
    assert (section.charts, section.note, section.years.rows) == ((), "", ())


def test_without_a_run_there_is_no_road(views):
    assert "No scenario run of Alibaba" in road_section(views.empty_view()).lead


def test_a_quarter_without_a_number_is_not_drawn_but_in_the_table(views):
    rows = [views.path_row("realistic", end, 150.0, 1.1) for end in views.QUARTER_ENDS[:5]]
    rows[2] |= {"p90_usd": None}
    (chart,) = road_section(views.full_view(paths=views.frame("paths", rows))).charts
    assert len(chart.figure["data"][0]["x"]) == 4
    assert len(chart.table.rows) == 5
    assert texts(chart.table)[2][3] == "\u2013"


def test_a_simulated_price_is_noticed(views):
    assert not road_section(views.full_view()).has_simulated_prices
    assert road_section(views.full_view(run=views.run(price_basis="simulated"))).has_simulated_prices


def test_a_path_of_a_scenario_without_a_band_is_drawn(views):
    section = road_section(views.full_view(bands=views.bands().clear()))
    assert [chart.title for chart in section.charts] == [
        f"{name}, USD per unit" for name in ("optimistic", "pessimistic", "realistic")
    ]


def test_scenarios_beyond_the_limit_are_counted(views):
    rows = [views.path_row(f"scenario {i}", views.QUARTER_ENDS[0], 100.0, 1.1) for i in range(9)]
    section = road_section(views.full_view(paths=views.frame("paths", rows), bands=views.bands().clear()))
    assert len(section.charts) == 6
    assert "3 scenarios more" in section.note
