"""Fans: percentiles in their order, the band beside the fan, the price where it was."""

from __future__ import annotations

from datetime import date

from aicycle.report import palette
from aicycle.report.road_charts import Fan, RoadPoint, fan_chart, top_of, year_ticks

POINTS = [
    RoadPoint(date(2025, 12, 31), 90.0, 100.0, 120.0),
    RoadPoint(date(2026, 3, 31), 80.0, 105.0, 150.0),
]


def fan(**more):
    given = {"position": 1, "scenario_count": 3, "points": POINTS, "band_usd": (140.0, 180.0), "price": None}
    return Fan(**(given | more))


def traces(chart):
    return {trace["name"]: trace for trace in chart["data"]}


def test_the_area_lies_between_p10_and_p90():
    found = traces(fan_chart(fan(), 200.0))
    assert found["P10"]["y"] == [90.0, 80.0]
    assert (found["P90"]["y"], found["P90"]["fill"]) == ([120.0, 150.0], "tonexty")
    assert [trace["name"] for trace in fan_chart(fan(), 200.0)["data"]][:2] == ["P10", "P90"]
    assert found["P50"]["y"] == [100.0, 105.0]
    assert "P90 150.00<br>P50 105.00<br>P10 80.00 USD" in found["P50"]["hovertext"][1]


def test_the_target_band_stands_beyond_the_last_quarter_and_inside_the_axis():
    chart = fan_chart(fan(), 200.0)
    band = traces(chart)["target band"]
    assert band["y"] == [140.0, 180.0]
    assert band["x"][0] == band["x"][1]
    assert "2026-03-31" < band["x"][0] < chart["layout"]["xaxis"]["range"][1]
    assert "target band" not in traces(fan_chart(fan(band_usd=None), 200.0))


def test_a_price_is_a_dot_and_a_simulated_one_is_hollow():
    price = (date(2025, 9, 26), 171.91)
    real = traces(fan_chart(fan(price=price), 200.0))["last price"]
    drawn = traces(fan_chart(fan(price=price, is_price_simulated=True), 200.0))["last price"]
    assert (real["x"], real["y"], real["marker"]["color"]) == (["2025-09-26"], [171.91], palette.INK)
    assert drawn["marker"]["color"] == palette.SURFACE
    assert "no real price" in drawn["hovertext"][0]


def test_the_axis_begins_before_the_price():
    chart = fan_chart(fan(price=(date(2025, 9, 26), 171.91)), 200.0)
    assert chart["layout"]["xaxis"]["range"][0] < "2025-09-26"


def test_days_at_the_ends_of_the_calendar_are_drawn():
    points = [RoadPoint(date.min, 1.0, 2.0, 3.0), RoadPoint(date.max, 1.0, 2.0, 3.0)]
    assert fan_chart(fan(points=points), 5.0)["layout"]["xaxis"]["range"] == ["0001-01-01", "9999-12-31"]


def test_all_fans_share_an_axis_with_room_for_bands_and_prices():
    assert top_of([fan(), fan(band_usd=(200.0, 240.0))]) > 240.0
    assert top_of([fan(price=(date(2025, 9, 26), 300.0))]) > 300.0
    assert top_of([fan(points=[RoadPoint(date(2026, 3, 31), 1.0, 1.0, 1.7e308)])]) == 1.7e308
    assert top_of([]) > 0


def test_the_last_year_is_always_labelled():
    ticks = year_ticks([date(year, month, 28) for year in range(2025, 2041) for month in (6, 12)])
    assert ticks["ticktext"][-1] == "end 2040"
    assert len(ticks["ticktext"]) == len(ticks["tickvals"]) == 4
    assert year_ticks([date(2026, 3, 31)])["tickvals"] == []
