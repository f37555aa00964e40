"""The scenario charts: plotly accepts them, simulated sessions are drawn apart, no text brings markup."""

from __future__ import annotations

import re

import pytest

from aicycle.report import charts
from aicycle.report.blocks import rows_of

SPAN = (50.0, 260.0)


@pytest.fixture
def bands(views):
    return rows_of(views.bands(), "position")


def traces(spec):
    return {trace.get("name"): trace for trace in spec["data"]}


def test_plotly_accepts_every_figure(views, bands):
    from plotly.graph_objects import Figure

    for prices in (views.prices(), views.prices(simulated=True), views.prices().clear()):
        spec = charts.price_chart(rows_of(prices, "session"), bands, SPAN)
        figure = Figure(data=spec["data"], layout=spec["layout"])
        figure.update_layout(annotations=spec["narrow"]["annotations"])
        assert len(figure.layout.shapes) == 7
    outcome = charts.outcome_chart(bands, 171.91, SPAN)
    assert len(Figure(data=outcome["data"], layout=outcome["layout"]).data) == 9


def test_real_closes_are_one_solid_line(views, bands):
    found = traces(charts.price_chart(rows_of(views.prices(), "session"), bands, SPAN))
    assert set(found) == {"closes", "last"}
    assert found["closes"]["mode"] == "lines"
    assert "dash" not in found["closes"]["line"]


def test_simulated_sessions_are_dotted_and_never_in_the_line_of_closes(views, bands):
    prices = rows_of(views.prices(simulated=True), "session")
    found = traces(charts.price_chart(prices, bands, SPAN))
    drawn = [charts.is_simulated(row) for row in prices]
    assert any(drawn)
    assert [y is None for y in found["closes"]["y"]] == drawn
    assert found["simulated sessions"]["line"]["dash"]
    assert all(y is not None for y, is_drawn in zip(found["simulated sessions"]["y"], drawn, strict=True) if is_drawn)
    assert all(
        ("simulated" in said) == is_drawn for said, is_drawn in zip(found["closes"]["hovertext"], drawn, strict=True)
    )
    assert found["closes"]["mode"] == "lines+markers"


def test_a_last_simulated_session_is_an_empty_dot(views, bands):
    prices = rows_of(views.prices(simulated=True), "session")
    simulated_last = [*prices[:-1], {**prices[-1], "price_basis": "simulated"}]
    real_last = [*prices[:-1], {**prices[-1], "price_basis": "as_traded"}]
    empty, full = (
        traces(charts.price_chart(p, bands, SPAN))["last"]["marker"]["color"] for p in (simulated_last, real_last)
    )
    assert empty != full


def test_sessions_without_a_close_are_not_drawn():
    rows = [{"session": None, "close_quoted_usd": 1.0}, {"session": 1, "close_quoted_usd": None}]
    assert charts.drawable(rows) == []
    assert charts.price_chart(rows, [], SPAN)["data"][0]["x"] == []


def test_the_two_charts_share_their_axis(views, bands):
    price = charts.price_chart(rows_of(views.prices(), "session"), bands, SPAN)
    outcome = charts.outcome_chart(bands, 171.91, SPAN)
    for part in ("t", "b"):
        assert price["layout"]["margin"][part] == outcome["layout"]["margin"][part]
    assert price["layout"]["yaxis"]["range"] == outcome["layout"]["yaxis"]["range"] == list(SPAN)


def test_outcomes_of_unknown_numbers_are_left_out():
    spec = charts.outcome_chart([{"scenario": None, "probability": None}], None, SPAN)
    assert spec["data"] == []
    assert spec["layout"]["shapes"] == []


def test_names_bring_no_markup_into_a_chart():
    band = {
        "scenario": "<i>x</i>&",
        "probability": 0.5,
        "target_low_usd": 70.0,
        "target_high_usd": 90.0,
        "p50_usd": 80.0,
    }
    said = repr([charts.price_chart([], [band], SPAN), charts.outcome_chart([band], 80.0, SPAN)])
    assert "&lt;i&gt;" in said
    assert set(re.findall(r"<[^>]*>", said)) <= {"<b>", "</b>", "<br>"}
