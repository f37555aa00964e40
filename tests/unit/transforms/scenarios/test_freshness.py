"""Evidence that is too old, or none: no probability is stated, and the reason is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from aicycle.model.kinds import EvidenceState
from transforms.scenarios.freshness import evidence_freshness

AS_OF = datetime(2025, 9, 28, 12, tzinfo=UTC)
LIMIT = timedelta(days=180)


def evidence(*known_at: datetime | None) -> pl.DataFrame:
    return pl.DataFrame({"known_at": list(known_at)}, schema={"known_at": pl.Datetime("us", "UTC")})


def test_fresh_to_the_last_instant_of_the_limit(scenario_set):
    at_the_limit = evidence_freshness(evidence(None, AS_OF - LIMIT), scenario_set, as_of=AS_OF)
    assert (at_the_limit.state, at_the_limit.why_not) == (EvidenceState.FRESH, None)
    beyond = evidence_freshness(evidence(None, AS_OF - LIMIT - timedelta.resolution), scenario_set, as_of=AS_OF)
    assert beyond.state is EvidenceState.STALE
    assert beyond.newest_known_at == AS_OF - LIMIT - timedelta.resolution
    assert "2025-04-01, more than 180 days before" in str(beyond.why_not)


def test_the_newest_counts(scenario_set):
    found = evidence_freshness(evidence(AS_OF - 5 * LIMIT, AS_OF, None), scenario_set, as_of=AS_OF)
    assert (found.state, found.newest_known_at) == (EvidenceState.FRESH, AS_OF)


def test_the_prior_alone_is_no_evidence(scenario_set):
    found = evidence_freshness(evidence(None, None), scenario_set, as_of=AS_OF)
    assert (found.state, found.newest_known_at) == (EvidenceState.NONE, None)
    assert "no evidence for or against a scenario of Alibaba is known" in str(found.why_not)


def test_an_instant_needs_its_time_zone(scenario_set):
    with pytest.raises(ValueError, match="no time zone"):
        evidence_freshness(evidence(AS_OF), scenario_set, as_of=datetime(2025, 9, 28))  # noqa: DTZ001
