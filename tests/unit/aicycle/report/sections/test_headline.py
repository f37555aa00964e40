"""The headline: basis, state and every warning there is cause for, and no other."""

from __future__ import annotations

import pytest

from aicycle.report.sections.headline import has_simulated_prices, headline


def kinds(view):
    return [banner.kind for banner in headline(view).banners]


def figures(view):
    return {figure.label: figure.value for figure in headline(view).figures}


def test_the_state_in_six_figures(views):
    assert figures(views.full_view()) == {
        "Market state": "realistic",
        "Price": "171.91",
        "Likeliest scenario": "realistic",
        "Phases stated": "5 of 6",
        "Alerts raised": "1",
        "Held": "0",
    }


def test_without_probabilities_no_scenario_is_the_likeliest(views):
    silent = views.bands().with_columns(probability=views.pl.lit(None, views.pl.Float64))
    (likeliest,) = [f for f in headline(views.full_view(bands=silent)).figures if f.label == "Likeliest scenario"]
    assert (likeliest.value, likeliest.note) == ("\u2013", "no probabilities are stated")


def test_nothing_wrong_no_banner(views):
    assert kinds(views.full_view()) == []


def test_basis_is_said_with_that_of_the_bands(views):
    head = headline(views.full_view())
    assert (head.basis, "target bands alone: live" in head.basis_text) == ("hindsight", True)
    live = headline(views.full_view(run=views.run(basis="live")))
    assert (live.basis, "was known on the as-of day" in live.basis_text) == ("live", True)


@pytest.mark.parametrize("where", ["prices", "alerts", "run"])
def test_simulated_prices_anywhere_raise_the_banner(views, where):
    changed = {
        "prices": lambda: views.full_view(prices=views.prices(simulated=True)),
        "alerts": lambda: views.full_view(
            alerts=views.frame("alerts", [views.alert_row("a", "baseline", price_basis="simulated")])
        ),
        "run": lambda: views.full_view(run=views.run(price_basis="simulated")),
    }[where]()
    assert has_simulated_prices(changed)
    assert kinds(changed) == ["simulated"]


def test_a_stale_run_says_since_when_and_why(views):
    view = views.full_view(run=views.run(is_stale=True, stale_since=views.AS_OF, held_because="close is not above 0"))
    (banner,) = headline(view).banners
    assert banner.kind == "stale"
    assert banner.lines == ("Scenarios since 2025-09-28: close is not above 0",)


def test_a_stale_phase_names_its_segment(views):
    row = views.phase_row("chips", 2, (0.0, 1.0, 0.0, 0.0), is_stale=True, held_because="no such day")
    (banner,) = headline(views.empty_view(phases=views.frame("phases", [row]))).banners
    assert banner.lines == ("Phase of Alibaba chips: no such day",)


def test_holds_are_named_and_the_rest_counted(views):
    rows = [views.hold_row(subject_id=f"S{i}") for i in range(7)]
    (banner,) = headline(views.full_view(holds=views.frame("holds", rows))).banners
    assert banner.kind == "held"
    assert banner.lines[0].startswith("S0, close: ")
    assert banner.lines[-1] == "and 3 more, listed under Gate"


def test_facts_loaded_but_later_than_the_as_of_day_are_said_not_to_count(views):
    later = views.freshness_row("core.documents", -30, is_stale=False)
    head = headline(views.full_view(freshness=views.frame("freshness", [later])))
    assert head.freshness_text == "newest fact 2025-10-28, later than the as-of instant: loaded, not used here"
    assert "later" not in headline(views.full_view()).freshness_text


def test_a_fresh_home_says_what_to_do(views):
    (banner,) = headline(views.empty_view()).banners
    assert banner.kind == "empty"
    assert "aicycle demo" in banner.lines[0]
    assert set(figures(views.empty_view()).values()) == {"\u2013", "0 of 0", "0"}
