"""The ladder: bands own their edges, gaps are states of their own."""

from __future__ import annotations

import pytest

from aicycle.report import ladder

BANDS = [
    {"scenario": "pessimistic", "target_low_usd": 70.0, "target_high_usd": 90.0},
    {"scenario": "realistic", "target_low_usd": 140.0, "target_high_usd": 180.0},
    {"scenario": "optimistic", "target_low_usd": 200.0, "target_high_usd": 240.0},
]


def test_all_seven_zones_from_low_to_high():
    found = [(zone.name, zone.span) for zone in ladder.zones(BANDS)]
    assert found == [
        ("below", "70"),
        ("pessimistic", "70\u201390"),
        ("gap", "90\u2013140"),
        ("realistic", "140\u2013180"),
        ("gap", "180\u2013200"),
        ("optimistic", "200\u2013240"),
        ("above", "240"),
    ]


@pytest.mark.parametrize(
    ("price", "at"),
    [
        (69.99, 0),
        (70.0, 1),
        (90.0, 1),
        (90.01, 2),
        (139.99, 2),
        (140.0, 3),
        (180.0, 3),
        (180.01, 4),
        (199.99, 4),
        (200.0, 5),
        (240.0, 5),
        (240.01, 6),
    ],
)
def test_each_edge_belongs_to_its_band(price, at):
    assert [zone.holds(price) for zone in ladder.zones(BANDS)] == [i == at for i in range(7)]


def test_bands_that_touch_have_no_gap_and_no_bands_have_no_zones():
    touching = [BANDS[0], {"scenario": "next", "target_low_usd": 90.0, "target_high_usd": 100.0}]
    assert [zone.name for zone in ladder.zones(touching)] == ["below", "pessimistic", "next", "above"]
    assert ladder.zones([]) == []
    assert ladder.zones([{"scenario": "open", "target_low_usd": 70.0, "target_high_usd": None}]) == []


def test_no_price_is_in_no_zone():
    assert not any(zone.holds(None) for zone in ladder.zones(BANDS))


def test_the_axis_shows_every_band_and_every_price():
    low, high = ladder.usd_range(ladder.zones(BANDS), [300.0, 20.0])
    assert 0 <= low < 20
    assert high > 300
    assert ladder.usd_range([], []) != (0.0, 0.0)


def test_edges_are_ticks_unless_they_would_overlap():
    zones = ladder.zones(BANDS)
    assert ladder.edge_ticks(zones, (50.0, 260.0))["tickvals"] == [70.0, 90.0, 140.0, 180.0, 200.0, 240.0]
    assert ladder.edge_ticks(zones, (0.0, 5000.0)) == {}
    assert ladder.edge_ticks([], (0.0, 1.0)) == {}


def test_the_zone_that_holds_the_price_says_it():
    texts = [
        ladder.zone_label(zone, (50.0, 260.0), 3, is_inside=False, price_usd=171.91)["text"]
        for zone in ladder.zones(BANDS)
    ]
    assert [text for text in texts if "price" in text] == ["<b>realistic</b> 140\u2013180<br>price 171.91"]
