"""Scenarios: state, probabilities, and contributions that add up before the reader's eyes."""

from __future__ import annotations

import polars as pl
import pytest

from aicycle.report.sections.scenarios import scenario_section, status_cell


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_each_scenario_has_its_numbers_and_status(views):
    table = scenario_section(views.full_view()).scenarios
    assert texts(table)[1] == ["realistic", "52.0%", "140\u2013180", "133.00", "158.75", "189.00", "assumption"]
    assert table.rows[1][-1].tone == "status-assumption"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("realistic", "in the realistic band"),
        ("gap_upper", "in the upper gap between two bands"),
        ("gap_lower", "in the lower gap"),
        ("below", "below all bands"),
        ("above", "above all bands"),
    ],
)
def test_the_market_state_is_said_in_words(views, state, said):
    assert said in scenario_section(views.full_view(run=views.run(market_state=state))).lead


def test_why_something_is_not_stated_is_a_visible_note(views):
    stated = views.run(
        abstained_because="No probabilities are stated: all evidence is old.", projection_null_reason="no figures"
    )
    assert scenario_section(views.full_view(run=stated)).cautions == (
        "No probabilities are stated: all evidence is old.",
        "No value is projected: no figures.",
    )
    assert scenario_section(views.full_view()).cautions == ()


def test_without_probabilities_the_values_are_still_drawn_and_without_both_nothing(views):
    silent = views.bands().with_columns(probability=views.pl.lit(None, views.pl.Float64))
    section = scenario_section(views.full_view(bands=silent))
    assert [chart.chart_id for chart in section.charts] == ["chart-price", "chart-outcomes"]
    assert texts(section.scenarios)[0][1] == "\u2013"
    assert "likeliest" not in section.lead
    nothing = silent.with_columns(p10_usd=None, p50_usd=None, p90_usd=None)
    assert [c.chart_id for c in scenario_section(views.full_view(bands=nothing)).charts] == ["chart-price"]


def test_family_sums_are_the_sums_of_contributions(views):
    rows = texts(scenario_section(views.full_view()).families)
    assert rows[0] == ["prior", "0", "\u22120.800", "\u2013", "\u22120.800"]
    assert rows[1] == ["expansion", "3", "\u22120.300", "\u2013", "+0.300"]
    assert rows[2] == ["sum", "3", "\u22121.100", "\u2013", "\u22120.500"]


def test_contributions_stand_strongest_first(views):
    nats = [row[2] for row in texts(scenario_section(views.full_view()).contributions)]
    assert nats[:4] == ["\u22120.8000", "\u22120.8000", "+0.1500", "\u22120.1500"]


def test_simulated_prices_are_noticed(views):
    assert not scenario_section(views.full_view()).has_simulated_prices
    assert scenario_section(views.full_view(prices=views.prices(simulated=True))).has_simulated_prices


def test_prices_without_a_run_are_still_drawn(views):
    section = scenario_section(views.empty_view(prices=views.prices()))
    assert [chart.chart_id for chart in section.charts] == ["chart-price"]
    assert section.lead.startswith("No scenario run")


def test_bands_without_a_price_are_still_drawn(views):
    section = scenario_section(views.full_view(prices=views.prices().clear(), run=views.run(price_usd=None)))
    assert [chart.chart_id for chart in section.charts] == ["chart-price", "chart-outcomes"]


def test_a_run_without_a_price_has_no_state(views):
    assert "No price to place" in scenario_section(views.full_view(run=views.run(market_state=None))).lead


def test_price_table_shows_the_newest_first_and_counts_the_rest(views):
    from aicycle.report.sections import scenarios

    table = scenario_section(views.full_view()).charts[0].table
    assert table.rows[0][0].text == "2025-09-26"
    assert table.omitted_count == max(0, len(table.rows) - scenarios.PRICE_ROW_LIMIT)


def test_unknown_status_words_get_no_class_of_their_own():
    assert status_cell('x" onload="y').tone == ""
    assert status_cell("article").tone == "status-article"


def test_without_a_projection_the_bands_stand_and_the_reason_is_said(views):
    bands = views.bands().with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in ("p10_usd", "p50_usd", "p90_usd", "closed_form_usd")
    )
    run = views.run(projection_null_reason="exchange rate: no USDCNY is known")
    section = scenario_section(views.full_view(bands=bands, run=run))
    assert "No value is projected: exchange rate: no USDCNY is known." in section.lead
    assert [row[3:6] for row in texts(section.scenarios)] == [["\u2013"] * 3] * 3
    (outcomes,) = [chart for chart in section.charts if chart.chart_id == "chart-outcomes"]
    assert outcomes.summary.count("no value projected") == 3
