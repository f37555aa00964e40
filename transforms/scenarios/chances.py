"""What evidence says on one day: a probability per scenario, and whether there is enough to say any.

Here: the one place where live answers, the walk over many days and forecasts get probabilities from evidence. Not here:
what counts as evidence (`transforms.scenarios.evidence`), sums and softmax (`transforms.scenarios.probabilities`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from aicycle.model.kinds import EvidenceState
from transforms.scenarios.probabilities import log_odds, probabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Probabilities of one day, and what they rest on."""

    probability: Mapping[str, float | None]
    """Fractions by scenario; they sum to one, or all are None: abstained."""
    evidence_state: EvidenceState
    newest_known_at: datetime | None
    """When the newest happening became known; None: there is none."""


def chances_from(evidence: pl.DataFrame) -> Chances:
    """Return the probabilities of the day that evidence was faded to.

    Args:
        evidence: as `transforms.scenarios.evidence` gives it: scenario, contribution_nats, known_at.
    """
    newest = evidence["known_at"].max()
    return Chances(
        probability=probabilities(log_odds(evidence)),
        evidence_state=EvidenceState.FRESH,
        newest_known_at=newest if isinstance(newest, datetime) else None,
    )
