"""What outcomes a scenario's band stands for: the closed form.

Here: a band read as the middle of a lognormal, and its percentiles. Not here: which share of outcomes a band holds
(`config/scenarios/`), probabilities of scenarios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

TENTH, NINE_TENTHS = 0.1, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Percentiles of the value per unit, given the scenario; USD per unit."""

    p10_usd: float
    p50_usd: float
    p90_usd: float


def band_outcomes(low_usd: float, high_usd: float, *, coverage_frac: float) -> Outcomes:
    """Return the percentiles of the lognormal whose middle `coverage_frac` is the band.

    A value per share can't be negative and moves by factors: hence lognormal. The median is the geometric mean of the
    edges; with 0.8 of the outcomes inside, the edges are the 10th and 90th percentile.

    Args:
        low_usd: lower edge, above 0.
        high_usd: upper edge, not below the lower.
        coverage_frac: share of outcomes inside the band, strictly between 0 and 1.

    Raises:
        ValueError: an edge or share outside these bounds.
    """
    if not 0 < low_usd <= high_usd < math.inf or not 0 < coverage_frac < 1:
        raise ValueError(f"no outcomes for {low_usd} to {high_usd} with {coverage_frac} inside")
    normal = NormalDist()
    middle = (math.log(low_usd) + math.log(high_usd)) / 2
    half_width = (math.log(high_usd) - math.log(low_usd)) / 2
    scale = half_width / normal.inv_cdf(0.5 + coverage_frac / 2)
    tail = scale * normal.inv_cdf(NINE_TENTHS)
    return Outcomes(p10_usd=math.exp(middle - tail), p50_usd=math.exp(middle), p90_usd=math.exp(middle + tail))
