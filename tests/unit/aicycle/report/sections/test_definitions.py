"""Assumptions are listed as such; the footer names the run."""

from __future__ import annotations

from aicycle.report.sections.definitions import definition_section


def test_assumptions_and_sourced_numbers_stand_apart(views):
    section = definition_section(views.full_view())
    assert [[cell.text for cell in row][:4] for row in section.assumptions.rows] == [
        ["tempering", "0.25", "nats", "assumption"]
    ]
    assert [row[0].text for row in section.others.rows] == ["target_low_usd"]
    assert section.lead.startswith("1 number of 2 are our own assumptions") or "1 number of 2" in section.lead


def test_order_does_not_depend_on_the_order_given(views):
    lines = [views.parameter(name, 1.0, "assumption") for name in ("b", "a", "c")]
    one, other = (definition_section(views.empty_view(parameters=given)) for given in (lines, lines[::-1]))
    assert one == other


def test_the_manifest_names_run_and_digests(views):
    manifest = dict(definition_section(views.full_view()).manifest)
    assert manifest["Run"] == "run-7f3a"
    assert manifest["Answer's digest"] == "answer-c0ffee"
    assert manifest["Parameters' digest"] == "parameters-90aa"


def test_no_run_has_no_manifest(views):
    assert definition_section(views.empty_view()).manifest == ()


def test_a_value_that_is_a_word_stays_one(views):
    line = views.parameter("method", "lognormal", "assumption")
    assert definition_section(views.empty_view(parameters=[line])).assumptions.rows[0][1].text == "lognormal"
