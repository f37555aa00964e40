"""How likely each outcome is: what we say, what the past frequency says, what `as it is now` says.

Here: the arithmetic that all questions share: smoothing, shifting, persistence, floors. Not here: what is counted
(`transforms.forecasts.figures`, `transforms.forecasts.closes`), the numbers (`config/forecasts.toml`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aicycle.model.parameters import ForecastRules

Shares = Mapping[str, float]
"""Fractions by outcome; they sum to one."""
ABOVE, NOT_ABOVE = "above", "not_above"


class NoForecastError(Exception):
    """A question can't be asked honestly: the reason, as a sentence without its full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Three forecasters on the same outcomes."""

    model: Shares
    climatology: Shares
    persistence: Shares


def smoothed(counts: Shares, rules: ForecastRules) -> dict[str, float]:
    """Return relative frequencies by Laplace's rule: each outcome counts as seen `pseudo_count` times before.

    Args:
        counts: how often each possible outcome was seen, 0 or more; they need not be whole.
        rules: pseudo_count.
    """
    total = math.fsum(counts.values()) + rules.pseudo_count.value * len(counts)
    return {outcome: (count + rules.pseudo_count.value) / total for outcome, count in counts.items()}


def spread_out(shares: Shares, share_of_all: float) -> dict[str, float]:
    """Return shares of which the part `share_of_all` (0 to 1) is divided equally among all outcomes."""
    equal = share_of_all / len(shares)
    return {outcome: (1 - share_of_all) * share + equal for outcome, share in shares.items()}


def as_it_is(now: str, outcomes: Sequence[str], rules: ForecastRules) -> dict[str, float]:
    """Return persistence: what is so now is so then, but for the registered doubt."""
    certain = {outcome: float(outcome == now) for outcome in outcomes}
    return spread_out(certain, rules.persistence_doubt_frac.value)


def above_outlook(distances: Sequence[float], rules: ForecastRules, *, tilt_nats: float) -> Outlook:
    """Return the outlook of a question that asks whether something will lie above its threshold.

    Climatology is the smoothed frequency with which it did. Ours shifts its log-odds by momentum (the newest distance
    in units of the typical one, the root mean square, limited) and by the evidence.

    Args:
        distances: of past answers from their thresholds, oldest first; above 0 means that it lay above.
        rules: weights, limits, floors.
        tilt_nats: what the evidence says for the highest scenario against the lowest, in nats; 0 where there is none.

    Raises:
        NoForecastError: fewer distances than `min_quarters`.
    """
    if len(distances) < rules.min_quarters.value:
        raise NoForecastError(
            f"too little history: {len(distances)} past answers, {rules.min_quarters.value} are asked for"
        )
    rises = sum(distance > 0 for distance in distances)
    climatology = smoothed({ABOVE: rises, NOT_ABOVE: len(distances) - rises}, rules)
    typical = math.hypot(*distances) / math.sqrt(len(distances))
    limit = rules.momentum_limit.value
    newest = max(-limit, min(limit, distances[-1] / typical)) if typical else 0.0
    odds = math.log(climatology[ABOVE] / climatology[NOT_ABOVE])
    odds += rules.momentum_nats.value * newest + rules.evidence_weight.value * tilt_nats
    above = 1 / (1 + math.exp(-odds)) if odds > 0 else math.exp(odds) / (1 + math.exp(odds))
    floor = rules.floor_frac.value
    return Outlook(
        model=spread_out({ABOVE: above, NOT_ABOVE: 1 - above}, floor),
        climatology=spread_out(climatology, floor),
        persistence=as_it_is(ABOVE if distances[-1] > 0 else NOT_ABOVE, (ABOVE, NOT_ABOVE), rules),
    )
