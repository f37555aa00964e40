"""What evidence says on one day: a probability per scenario, or why none is stated.

Here: the one place where live answers, the walk over many days and forecasts get probabilities from evidence. Not here:
what counts as evidence (`transforms.scenarios.evidence`), how old it may be (`transforms.scenarios.freshness`), sums
and softmax (`transforms.scenarios.probabilities`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from aicycle.model.parameters import ScenarioSet
from transforms.scenarios.freshness import EvidenceFreshness, evidence_freshness
from transforms.scenarios.probabilities import log_odds, probabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Probabilities of one day, and what they rest on."""

    probability: Mapping[str, float | None]
    """Fractions by scenario; they sum to one, or all are None: `freshness.why_not` says why."""
    freshness: EvidenceFreshness

    @property
    def is_stated(self) -> bool:
        """Whether there are probabilities."""
        return self.freshness.why_not is None


def chances_from(evidence: pl.DataFrame, scenario_set: ScenarioSet, *, as_of: datetime) -> Chances:
    """Return the probabilities of the day that evidence was faded to.

    Args:
        evidence: as `transforms.scenarios.evidence` gives it: scenario, contribution_nats, known_at.
        scenario_set: its scenarios, and how old the newest evidence may be.
        as_of: the day, an instant with a time zone.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    freshness = evidence_freshness(evidence, scenario_set, as_of=as_of)
    stated = probabilities(log_odds(evidence)) if freshness.why_not is None else {}
    return Chances(
        probability={band.name: stated.get(band.name) for band in scenario_set.scenarios}, freshness=freshness
    )
