"""Cycle events against their days and events like them."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.gate.measures.happenings import likeness

TABLE = "core.cycle_events"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"event_time": date(2025, 3, 24)}, {"event_time.by_then"}),
        ({"event_time": date(2026, 2, 24)}, {"event_time.by_then", "event_time.near", "event_time.over"}),
        ({"event_time": date(2025, 10, 1), "is_realised": False}, set()),
        ({"event_time": date(2024, 2, 24)}, {"event_time.near"}),
        ({"company": "Meituan"}, {"company.watched"}),
        ({"company": "none"}, set()),
        ({"company": "Ant", "segment": "fintech"}, set()),
        ({"segment": "gaming"}, {"company.watched"}),
        ({"title": "A data cent\ufffd opens"}, {"text.whole"}),
    ],
)
def test_one_event(happened, failures, nothing_known, changed, expected):
    assert {check for _, check in failures(TABLE, happened(changed), nothing_known)} == expected


def test_a_copy_is_said(happened, failures, nothing_known):
    copy = {"cycle_event_id": "f", "announcement_id": "b", "title": "Data centre opens in Mexico, a first"}
    copy |= {"known_on": date(2025, 2, 26)}
    assert failures(TABLE, happened({}, copy), nothing_known) == {(1, "event.told_once")}
    assert failures(TABLE, happened({}, copy | {"title": "Second site near Monterrey"}), nothing_known) == set()


def test_the_one_bad_event_among_good_ones_is_said(happened, failures, nothing_known):
    rows = [
        {"cycle_event_id": f"e{n}", "announcement_id": f"a{n}", "title": f"site {n}", "country": "MX"} for n in range(6)
    ]
    assert failures(TABLE, happened(*rows), nothing_known) == set()
    assert failures(TABLE, happened(*rows[:-1], rows[-1] | {"direction": -1}), nothing_known) == {
        (5, "direction.usual")
    }


def test_likeness_counts_words():
    assert likeness("Qwen3 released", "qwen3 released.") == 1
    assert likeness("Qwen3 released", "Zhipu stake bought") == 0
    assert likeness("", "") == 0
