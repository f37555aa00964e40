"""The ladder of target bands as the report draws it: scenarios, the gaps between them and what lies outside.

Here: zones, the axis that shows them all, their shapes and labels. Not here: which zone is the market's state (the run
says so) or any line over them (`aicycle.report.charts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from aicycle.report import palette
from aicycle.report.blocks import Row
from aicycle.report.figures import Spec, label
from aicycle.report.wording import between, chart_text, finite, number

LEAST_TICK_GAP_FRAC = 0.03
"""Below this share of the axis two band edges can't both be labelled."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One rung: a scenario's band, a gap between two, or what lies outside all."""

    name: str
    low_usd: float | None
    high_usd: float | None
    position: int | None
    """The scenario's position, or None: no scenario speaks for this zone."""

    @property
    def span(self) -> str:
        """The edges in words, USD: one outside all bands, two elsewhere."""
        if self.low_usd is None:
            return number(self.high_usd, 0)
        if self.high_usd is None:
            return number(self.low_usd, 0)
        return between(self.low_usd, self.high_usd)

    def holds(self, price_usd: float | None) -> bool:
        """Return whether a price lies inside; a band's own edges belong to the band."""
        if price_usd is None:
            return False
        low = float("-inf") if self.low_usd is None else self.low_usd
        high = float("inf") if self.high_usd is None else self.high_usd
        return low <= price_usd <= high if self.position is not None else low < price_usd < high


def zones(bands: Sequence[Row]) -> list[Zone]:
    """Return all zones from the lowest to the highest, gaps included; a band without edges has none.

    Args:
        bands: rows of `marts.scenario_bands`, lowest first.
    """
    found: list[Zone] = []
    previous_high: float | None = None
    for position, band in enumerate(bands):
        low, high = finite(band.get("target_low_usd")), finite(band.get("target_high_usd"))
        if low is None or high is None:
            continue
        if previous_high is None:
            found.append(Zone("below", None, low, None))
        elif low > previous_high:
            found.append(Zone("gap", previous_high, low, None))
        found.append(Zone(str(band.get("scenario") or "unnamed"), low, high, position))
        previous_high = high
    if previous_high is not None:
        found.append(Zone("above", previous_high, None, None))
    return found


def usd_range(ladder: Sequence[Zone], values_usd: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a price axis in USD that shows all bands and all values with some room."""
    edges = [edge for zone in ladder for edge in (zone.low_usd, zone.high_usd) if edge is not None]
    everything = [*edges, *values_usd] or [0.0, 1.0]
    low, high = min(everything), max(everything)
    room = max((high - low) * 0.1, high * 0.02, 0.01)
    return max(0.0, low - room * 1.4), high + room * 1.2


def edge_ticks(ladder: Sequence[Zone], span_usd: tuple[float, float]) -> Spec:
    """Return axis attributes that put a tick on each band edge, or none where they would overlap."""
    edges = sorted({edge for zone in ladder for edge in (zone.low_usd, zone.high_usd) if edge is not None})
    least = (span_usd[1] - span_usd[0]) * LEAST_TICK_GAP_FRAC
    if not edges or any(above - below < least for below, above in pairwise(edges)):
        return {}
    return {"tickvals": edges, "ticktext": [number(edge, 0) for edge in edges]}


def zone_shape(zone: Zone, span_usd: tuple[float, float], scenario_count: int) -> Spec:
    """Return the zone's area across the whole chart."""
    is_gap = zone.position is None
    return {
        "type": "rect",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": span_usd[0] if zone.low_usd is None else zone.low_usd,
        "y1": span_usd[1] if zone.high_usd is None else zone.high_usd,
        "line": {"width": 0},
        "fillcolor": palette.GAP_FILL
        if is_gap
        else palette.by_position(palette.SCENARIO_FILLS, zone.position or 0, scenario_count),
    }


def zone_label(
    zone: Zone, span_usd: tuple[float, float], scenario_count: int, *, is_inside: bool, price_usd: float | None
) -> Spec:
    """Return the zone's name and edges: beside the chart, or inside its left edge where there is no room beside.

    Args:
        zone: what to name.
        span_usd: ends of the price axis.
        scenario_count: how many scenarios there are.
        is_inside: there is no room beside the chart.
        price_usd: said in the zone that holds it.
    """
    low = span_usd[0] if zone.low_usd is None else zone.low_usd
    high = span_usd[1] if zone.high_usd is None else zone.high_usd
    name = chart_text(zone.name, 13)
    named = f"<b>{name}</b> {zone.span}" if zone.position is not None else f"{name} {zone.span}"
    colour = (
        palette.MUTED
        if zone.position is None
        else palette.by_position(palette.SCENARIO_INKS, zone.position, scenario_count)
    )
    place: Spec = (
        {"x": 0, "xanchor": "left", "xshift": 3, "y": high, "yanchor": "top", "yshift": -2, "bgcolor": palette.VEIL}
        if is_inside
        else {"x": 1, "xanchor": "left", "xshift": 8, "y": (low + high) / 2, "yanchor": "middle"}
    )
    if zone.holds(price_usd):
        named += f"{' · ' if is_inside else '<br>'}price {number(price_usd)}"
    return label(named, xref="paper", font={"color": colour, "size": 11 if is_inside else 12.5}, **place)
