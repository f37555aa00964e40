"""Alerts: raised ones and the silent baseline, apart."""

from __future__ import annotations

from datetime import UTC, datetime

from aicycle.report.sections.alerts import alert_section


def test_raised_and_baseline_stand_apart(views):
    section = alert_section(views.full_view())
    assert [row[1].text for row in section.raised.rows] == ["closed above 140 USD (one-raised)"]
    assert [row[1].text for row in section.baseline.rows] == ["closed above 140 USD (one-of-baseline)"]
    assert section.lead.startswith("1 alert raised. 1 crossing lay before")


def test_a_simulated_value_is_marked(views):
    rows = [views.alert_row("real", "raised"), views.alert_row("drawn", "raised", price_basis="simulated")]
    section = alert_section(views.empty_view(alerts=views.frame("alerts", rows)))
    tones = {row[1].text: row[5].tone for row in section.raised.rows}
    assert tones == {"closed above 140 USD (real)": "", "closed above 140 USD (drawn)": "simulated"}
    assert section.has_simulated_prices
    assert not alert_section(views.full_view()).has_simulated_prices


def test_the_newest_stands_first(views):
    rows = [views.alert_row(f"a{day}", "raised", known_at=datetime(2025, 9, day, tzinfo=UTC)) for day in (3, 9, 5)]
    section = alert_section(views.empty_view(alerts=views.frame("alerts", rows)))
    assert [row[1].text[-3:-1] for row in section.raised.rows] == ["a9", "a5", "a3"]


def test_what_is_not_shown_is_counted(views):
    section = alert_section(views.crowded_view(1))
    assert len(section.raised.rows) == 60
    assert section.raised.omitted_count == 1940
