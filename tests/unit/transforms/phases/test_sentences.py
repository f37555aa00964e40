"""Reasons: the strongest first, in words that can be checked."""

from __future__ import annotations

from datetime import timedelta

from aicycle.report.sections.phase_map import REASON_LIMIT

REGION = {"type": "region_launch"}


def test_the_first_sentence_names_phase_figures_and_the_strongest_event(assessed, given) -> None:
    old = REGION | {"title": "old region", "known_at": given.as_of - given.year}
    row = assessed(old, REGION | {"title": "new region"}, metrics=given.metrics({"value": 0.25}))
    first = row["reasons"][0]
    assert first.startswith("Phase 1, infrastructure build-out: ")
    assert "region_launch +1.80 (1.50 faded votes)" in first
    assert "fast_growth +0.57 (revenue_yoy_frac 25.0%)" in first
    assert "strongest event: new region (known 2025-09-28, 1.00 of a vote)" in first


def test_all_figures_that_are_multiplied_are_named_each_once(assessed, given) -> None:
    steady = given.metrics(
        {"value": 0.1},
        {"metric": "revenue_yoy_acceleration_frac", "value": -0.01},
        {"metric": "adj_ebita_margin_frac", "value": 0.25},
        {"metric": "adj_ebita_margin_change_frac", "value": -0.025},
    )
    said = next(reason for reason in assessed(metrics=steady)["reasons"] if reason.startswith("Phase 4, "))
    assert "(revenue_yoy_frac 10.0%, size of revenue_yoy_acceleration_frac 1.0%)" in said
    assert "(adj_ebita_margin_frac 25.0%, size of adj_ebita_margin_change_frac 2.5%)" in said


def test_phases_follow_by_their_probability(assessed, given) -> None:
    model = {"type": "model_release"}
    row = assessed(*(REGION | {"known_at": given.as_of - n * given.year / 4} for n in range(4)), model)
    stated = [reason[6] for reason in row["reasons"] if reason.startswith("Phase ") and ", " in reason[:40]]
    ranked = sorted((1, 2), key=lambda phase: -row["shares"][phase - 1])
    assert stated[:2] == [str(phase) for phase in ranked]


def test_since_when_it_leads_and_what_is_unchecked(assessed, given) -> None:
    rows = [
        REGION | {"known_at": given.as_of - timedelta(days=n * 91), "verification": "source" if n else "unchecked"}
        for n in range(5)
    ]
    reasons = assessed(*rows)["reasons"]
    assert "Phase 1 has led since the quarter that ended on 2024-09-30." in reasons
    assert reasons[-1] == "1 of 5 announcements rest on unchecked sources."
    assert len(reasons) <= REASON_LIMIT


def test_a_long_title_is_cut_and_braces_are_only_text(assessed) -> None:
    row = assessed(REGION | {"title": "{nats} " + "x" * 500})
    sentences = " ".join(row["reasons"])
    assert "{nats} xxx" in sentences
    assert "x" * 100 not in sentences


def test_an_abstention_comes_first_and_the_phases_after_it(assessed) -> None:
    reasons = assessed(REGION, {"type": "model_release"}, {"type": "competition"})["reasons"]
    assert reasons[0].startswith("No phase is stated")
    assert reasons[1].startswith("Phase ")
