"""What is forecast every quarter, and how: the shapes of `config/forecasts.toml`.

Here: horizons, thresholds, weights. Not here: questions, probabilities and scores (`transforms.forecasts`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number, Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRules:
    """`config/forecasts.toml`: rules name no company and no segment."""

    version: str
    """Part of a forecast's id: other rules make other forecasts."""
    live_within_days: Number
    """How long after its as-of a forecast may be stored and still be called live."""
    horizon_days: Parameter[int]
    """From the as-of day to the close a price question is about."""
    close_tolerance_days: Parameter[int]
    """How far a close may lie from the day it stands for."""
    report_within_days: Parameter[int]
    """After a quarter's end: until then its figures are looked for."""
    capex_growth_factor: Number
    band_coverage_frac: Number
    min_quarters: Parameter[int]
    """Past answers to a question about figures below which there is no forecast."""
    volatility_days: Parameter[int]
    min_returns: Parameter[int]
    """Daily returns within `volatility_days` below which there is no forecast."""
    pseudo_count: Number
    momentum_nats: Number
    momentum_limit: Number
    evidence_weight: Number
    floor_frac: Number
    """Shared equally among a forecast's outcomes."""
    persistence_doubt_frac: Number
    """What `as it is now` leaves to all outcomes equally."""
