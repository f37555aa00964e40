"""How much each player weighs in each wave: the shapes of `config/players.toml`.

Here: waves, weights of indicators, the article's ordering as checks. Not here: what an indicator is
(`transforms.player_influence`). Every company of `config/universe.toml` is a player.
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number, Parameter

INDEX = "index"
"""Name of the weighted mean, beside those of the indicators it is made of."""

INDICATORS = {
    "compute_revenue_usd": "USD",
    "compute_revenue_increase_usd": "USD",
    "cloud_revenue_usd": "USD",
    "cloud_revenue_increase_usd": "USD",
    "capex_ttm_usd": "USD",
    "capex_ttm_increase_usd": "USD",
    "model_releases_count": "count",
    "region_launches_count": "count",
    "region_launches_abroad_count": "count",
    "cloud_home_share_frac": "fraction",
}
"""Everything that is observed of a player, with its unit. A fraction is shown and checked, never shared out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorWeight:
    """How much an indicator counts in a wave's index; 0: it is shown beside it."""

    indicator: str
    weight: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """One wave of the cycle, and what makes a player matter in it."""

    number: int
    name: str
    weights: tuple[IndicatorWeight, ...]

    @property
    def label(self) -> str:
        """What the wave is called in the mart: number and name, so that waves sort."""
        return f"{self.number} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerCheck:
    """One ordering the article states: each of `above` is above each of `below`."""

    check_id: str
    claim: Parameter[str]
    above: tuple[str, ...]
    above_wave: int
    below: tuple[str, ...] = ()
    """Empty: all other players of which there is a number."""
    below_wave: int
    indicator: str = INDEX


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRules:
    """`config/players.toml`."""

    version: str
    event_window_years: Number
    """How far back events count."""
    home_window_years: Number
    """How far back the split of home and abroad looks."""
    oldest_figure_days: Number
    """How long before the as-of day the newest reported period may have ended."""
    waves: tuple[Wave, ...]
    checks: tuple[PlayerCheck, ...] = ()

    def wave(self, number: int) -> Wave | None:
        """Return the wave with this number, or None."""
        return next((wave for wave in self.waves if wave.number == number), None)
