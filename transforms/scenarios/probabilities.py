"""From contributions to probabilities: sums of log-odds, then softmax.

Here: both steps. Not here: where contributions come from (`transforms.scenarios.evidence`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl


def log_odds(evidence: pl.DataFrame) -> dict[str, float]:
    """Return each scenario's log-odds against the reference scenario: the exact sum of its contributions.

    Args:
        evidence: scenario, contribution_nats; any order.

    Returns:
        Nats, by scenario, in the order of their names.
    """
    return {
        str(name): math.fsum(evidence.filter(pl.col("scenario") == name)["contribution_nats"].to_list())
        for name in evidence["scenario"].unique().sort()
    }


def probabilities(odds_nats: Mapping[str, float]) -> dict[str, float]:
    """Return probabilities that sum to one.

    Args:
        odds_nats: log-odds of each scenario against one and the same reference, which has 0; finite, at least one.

    Returns:
        Fractions, by scenario, in the given order.

    Raises:
        ValueError: no scenario, or log-odds that are not finite.
    """
    if not odds_nats or not all(math.isfinite(nats) for nats in odds_nats.values()):
        raise ValueError(f"no probabilities for log-odds {dict(odds_nats)}")
    # Taking the greatest off first keeps exp() from overflowing; the ratio stays.
    greatest = max(odds_nats.values())
    weights = {name: math.exp(nats - greatest) for name, nats in odds_nats.items()}
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
