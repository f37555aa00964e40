"""Whether the numbers in `config/forecasts.toml` can be computed with. Each check refuses with file and key.

Here: ranges. Not here: types and missing keys (`configuration`), other files (`coherence`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aicycle.model.parameters import ForecastRules
from aicycle.settings.refusal import refuse

LONGEST_DAYS = 3653
"""Ten years: horizons beyond are a slip of the pen, and days must stay days that exist."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values that are allowed; open at an end that is excluded."""

    low: float
    high: float
    is_open_low: bool = False
    is_open_high: bool = False

    def holds(self, value: float) -> bool:
        """Return whether a value lies inside."""
        above = value > self.low if self.is_open_low else value >= self.low
        below = value < self.high if self.is_open_high else value <= self.high
        return math.isfinite(value) and above and below

    def __str__(self) -> str:
        start = "more than" if self.is_open_low else "at least"
        if self.high == math.inf:
            return f"{start} {self.low:g}"
        return f"{start} {self.low:g} and {'less than' if self.is_open_high else 'at most'} {self.high:g}"


DAYS = Range(1, LONGEST_DAYS)
NOT_NEGATIVE = Range(0, math.inf)
POSITIVE = Range(0, math.inf, is_open_low=True)
WITHIN_ONE = Range(0, 1, is_open_low=True, is_open_high=True)
RANGES = {
    "live_within_days": Range(0, LONGEST_DAYS),
    "horizon_days": DAYS,
    "close_tolerance_days": Range(0, LONGEST_DAYS),
    "report_within_days": DAYS,
    "capex_growth_factor": POSITIVE,
    "band_coverage_frac": WITHIN_ONE,
    "min_quarters": Range(1, math.inf),
    "volatility_days": DAYS,
    "min_returns": Range(2, math.inf),
    "pseudo_count": POSITIVE,
    # Momentum in the wrong direction would be another model under the same name.
    "momentum_nats": NOT_NEGATIVE,
    "momentum_limit": NOT_NEGATIVE,
    "evidence_weight": NOT_NEGATIVE,
    # At 0 a log score may be infinite, at 1 nothing is said.
    "floor_frac": WITHIN_ONE,
    "persistence_doubt_frac": WITHIN_ONE,
}


def check_forecasts(rules: ForecastRules, file: str) -> None:
    """Refuse numbers outside their ranges, rules without a version, and a live window as long as the horizon."""
    if not rules.version.strip():
        refuse("'version' is empty", file=file, key="version", expected="text: it is part of a forecast's id")
    for name, allowed in RANGES.items():
        value = getattr(rules, name).value
        if not allowed.holds(value):
            refuse(f"{value:g} lies outside", file=file, key=f"{name}.value", expected=str(allowed))
    if rules.live_within_days.value >= rules.horizon_days.value:
        refuse(
            f"a forecast stored {rules.live_within_days.value:g} days late would be live, and its outcome known",
            file=file,
            key="live_within_days.value",
            expected=f"less than the horizon of {rules.horizon_days.value} days",
        )
    if rules.min_returns.value > rules.volatility_days.value:
        refuse(
            f"{rules.volatility_days.value} days do not hold {rules.min_returns.value} daily returns",
            file=file,
            key="min_returns.value",
            expected="at most volatility_days",
        )
