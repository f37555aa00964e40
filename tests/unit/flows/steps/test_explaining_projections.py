"""A projected value on a receipt, where there is one and where there is none."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.steps.explaining_projections import Origin, projection_node
from transforms.valuation.start import NoProjection

WHY = "revenue: that of the group is not known"
BAND = {"scenario": "realistic", "p10_usd": None, "p50_usd": None, "p90_usd": None, "closed_form_usd": None}


def test_a_value_that_is_missing_says_why() -> None:
    origin = Origin(company="Acme", projection=None, model=NoProjection(WHY), starting=(), unread=None)
    run = {"facts_as_of": datetime(2025, 9, 28, tzinfo=UTC), "projection_null_reason": WHY}
    node = projection_node(origin, BAND, run, {})
    assert (node.kind, node.value, node.more["null_reason"]) == ("projection", None, WHY)
    assert WHY in node.label
    assert [child.label for child in node.children] == [WHY]
    assert node.is_grounded
