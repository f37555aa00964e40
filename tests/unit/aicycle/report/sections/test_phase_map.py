"""The map: every segment, every phase, abstentions and the empty phase said aloud."""

from __future__ import annotations

import json

import pytest

from aicycle.report.sections.phase_map import phase_map


def test_the_focus_company_stands_first_and_others_apart(views):
    found = phase_map(views.full_view())
    assert found.focus.company == "Alibaba"
    assert [company.company for company in found.others] == ["Microsoft"]
    assert len(found.focus.segments) == 6


def test_segments_stand_in_the_order_of_their_phase_abstentions_last(views):
    segments = [line.segment for line in phase_map(views.full_view()).focus.segments]
    assert segments == ["cloud", "chips", "models", "e-commerce", "logistics", "fintech"]


def test_an_empty_phase_and_an_abstention_are_said(views):
    found = phase_map(views.full_view())
    assert [column.segment_count for column in found.columns] == [1, 2, 2, 0]
    assert "no segment in phase 4 (maturity)" in found.lead
    assert "1 without a stated phase" in found.lead
    fintech = found.focus.segments[-1]
    assert fintech.is_abstained
    assert not any(cell.is_stated for cell in fintech.cells)


def test_a_stated_phase_is_marked_once_with_its_probability(views):
    cloud = phase_map(views.full_view()).focus.segments[0]
    assert [cell.is_stated for cell in cloud.cells] == [True, False, False, False]
    assert [cell.text for cell in cloud.cells] == ["71%", "22%", "7%", "0%"]
    assert "first reason" in cloud.cells[0].title
    assert cloud.verdict == "phase 1, infrastructure build-out"


@pytest.mark.parametrize(
    "more", [{"phase": 2, "is_abstained": True}, {"phase": 7, "is_abstained": False}, {"is_abstained": None}]
)
def test_what_abstains_or_makes_no_sense_is_in_no_phase(views, more):
    row = views.phase_row("cloud", None, (None, None, None, None)) | more
    found = phase_map(views.empty_view(phases=views.frame("phases", [row])))
    assert found.focus.segments[0].is_abstained
    assert sum(column.segment_count for column in found.columns) == 0


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (json.dumps(["a", "b"]), ("a", "b")),
        (json.dumps([]), ()),
        ("not json", ("not json",)),
        (json.dumps({"a": 1}), ('{"a": 1}',)),
        (json.dumps(["a", None, ""]), ("a",)),
        ("[" * 100_000, ("[" * 279 + "…",)),
        (None, ()),
    ],
)
def test_reasons_are_read_whatever_is_stored(views, stored, expected):
    row = views.phase_row("cloud", 1, (1.0, 0.0, 0.0, 0.0), reasons=stored)
    found = phase_map(views.empty_view(phases=views.frame("phases", [row])))
    assert found.focus.segments[0].reasons == expected


@pytest.mark.parametrize(("probability", "strength"), [(1.7, 100), (-2.0, 0), (None, 0), (float("nan"), 0), (0.5, 50)])
def test_shades_stay_between_nothing_and_all(views, probability, strength):
    row = views.phase_row("cloud", None, (probability, 0.0, 0.0, 0.0))
    found = phase_map(views.empty_view(phases=views.frame("phases", [row])))
    assert found.focus.segments[0].cells[0].strength_percent == strength


def test_companies_beyond_the_limit_are_counted(views):
    found = phase_map(views.crowded_view(100))
    assert len(found.others) == 40
    assert found.omitted_company_count == 61


def test_missing_phase_names_have_numbers(views):
    found = phase_map(views.empty_view(phase_names=("one",)))
    assert [column.name for column in found.columns] == ["one", "phase 2", "phase 3", "phase 4"]


def test_nothing_assessed_is_said(views):
    assert "No segment of Alibaba" in phase_map(views.empty_view()).lead
    assert phase_map(views.empty_view()).focus is None
