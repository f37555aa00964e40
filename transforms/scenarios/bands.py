"""Where a price stands among the target bands, in units of the as-of day.

Here: the bands' edges after unit changes, and the market state. Not here: the bands (`config/scenarios/`), quotes
(`transforms.prices`).

Bands are closed: an edge belongs to its band, because the article writes each with both ends. The gaps between them,
below the lowest and above the highest are states of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from aicycle.model.instants import as_of_instant, end_of_day
from aicycle.model.kinds import MarketState
from aicycle.model.parameters import ScenarioSet
from transforms.units import units_per_unit

BANDS = 3
STATES = tuple(MarketState)
"""In order of the price: state 2 i + 1 is band i, the even ones lie below, between and above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One scenario's target band in units of one day, both edges inside."""

    scenario: str
    low_usd: float
    high_usd: float


def bands_on(scenario_set: ScenarioSet, actions: pl.DataFrame, *, symbol: str, as_of: datetime) -> tuple[Band, ...]:
    """Return the target bands in USD per unit of the as-of day (UTC).

    Edges are stated per unit of `bands_known_at`. A split between the two days rescales them: forward they are divided
    by its ratio, backward multiplied. Backward, the answer is hindsight, and so is the unit it is stated in: splits
    count that were known on the bands' own day.

    Args:
        scenario_set: bands, from the lowest to the highest.
        actions: versions of `core.corporate_actions`, up to the later of `as_of` and the bands' day.
        symbol: the company's primary listing.
        as_of: instant with a time zone.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    ratio = units_per_unit(
        actions,
        symbol=symbol,
        from_day=scenario_set.bands_known_at,
        to_day=instant.astimezone(UTC).date(),
        known_by_instant=max(instant, end_of_day(scenario_set.bands_known_at)),
    )
    return tuple(
        Band(
            scenario=band.name,
            low_usd=ratio.rescaled(band.target_low_usd.value),
            high_usd=ratio.rescaled(band.target_high_usd.value),
        )
        for band in scenario_set.scenarios
    )


def market_state(price_usd: float, bands: Sequence[Band]) -> MarketState:
    """Return where a price stands among three closed bands.

    Args:
        price_usd: USD per unit, in the bands' unit; finite.
        bands: from the lowest to the highest, without overlap.

    Raises:
        ValueError: another number of bands than three, or a price that is not finite.
    """
    if len(bands) != BANDS:
        raise ValueError(f"{len(bands)} bands; market states are named for {BANDS}")
    if not math.isfinite(price_usd):
        raise ValueError(f"{price_usd} is no price")
    for i, band in enumerate(bands):
        if price_usd < band.low_usd:
            return STATES[2 * i]
        if price_usd <= band.high_usd:
            return STATES[2 * i + 1]
    return STATES[2 * BANDS]
