"""Dots: each wave of each player on one scale, apart, hollow where partial."""

from __future__ import annotations

from aicycle.report import palette
from aicycle.report.player_charts import Standing, player_chart

PLAYERS, WAVES = ["Nvidia", "Baidu"], ["1", "2"]
STANDINGS = [
    Standing("Nvidia", "1", 0.5, 1, False),
    Standing("Baidu", "1", 0.1, 2, True),
    Standing("Baidu", "2", 0.2, None, False),
    Standing("nobody", "1", 0.9, 1, False),
]


def test_each_wave_is_a_trace_and_each_player_a_row():
    first, second = player_chart(PLAYERS, WAVES, STANDINGS)["data"]
    assert (first["name"], first["x"]) == ("1", [0.5, 0.1])
    assert [round(y) for y in first["y"]] == [0, 1]
    assert first["marker"]["symbol"] != second["marker"]["symbol"]
    assert second["x"] == [0.2]


def test_waves_of_one_player_are_drawn_apart():
    first, second = player_chart(PLAYERS, WAVES, STANDINGS)["data"]
    assert second["y"][0] - first["y"][1] > 0.3


def test_a_partial_index_is_hollow_and_says_so():
    first = player_chart(PLAYERS, WAVES, STANDINGS)["data"][0]
    assert first["marker"]["color"] == [palette.SERIES[0], palette.SURFACE]
    assert "partial" in first["hovertext"][1]
    assert "partial" not in first["hovertext"][0]


def test_the_scale_holds_every_value_however_great():
    assert player_chart(PLAYERS, WAVES, STANDINGS)["layout"]["xaxis"]["range"][1] > 0.9
    high = [Standing("Nvidia", "1", 1.7e308, 1, False)]
    assert player_chart(PLAYERS, WAVES, high)["layout"]["xaxis"]["range"][1] == 1.0
