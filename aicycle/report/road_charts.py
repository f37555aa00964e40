"""The fan charts: what each scenario's projection says, quarter by quarter, up to the horizon.

Here: one fan per scenario (P10 to P90 as an area, P50 as a line) with the last price and the target band. Not here:
projecting anything (`transforms`), tables and sentences (`aicycle.report.sections.road`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aicycle.report import palette
from aicycle.report.figures import Spec, axis, layout
from aicycle.report.wording import between, day, finite, number

BAND_LAG_DAYS = 75
"""How far beyond the last quarter the target band stands: beside the fan, never in it."""
MOST_LABELLED_YEARS = 4
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class RoadPoint:
    """What one scenario's projection says of one quarter's end, USD per unit."""

    quarter_end: date
    p10_usd: float
    p50_usd: float
    p90_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """One scenario's projection with what it is compared with."""

    position: int
    """Of the scenario in the ladder, for its colour."""
    scenario_count: int
    points: Sequence[RoadPoint]
    """Earliest first, at least one."""
    band_usd: tuple[float, float] | None
    """Target band, or None: the scenario has none."""
    price: tuple[date, float] | None
    """Session and close of the last price."""
    is_price_simulated: bool = False


def fan_chart(fan: Fan, top_usd: float) -> Spec:
    """Return one scenario's fan.

    Args:
        fan: what to draw.
        top_usd: upper end of the value axis, the same for all fans of a page.
    """
    last = fan.points[-1].quarter_end
    first = min([point.quarter_end for point in fan.points] + ([fan.price[0]] if fan.price else []))
    figure = layout(
        margin={"l": 44, "r": 14, "t": 8, "b": 30},
        xaxis=axis(
            type="date",
            showgrid=False,
            range=[day(_moved(first, -BAND_LAG_DAYS)), day(_moved(last, 2 * BAND_LAG_DAYS))],
            **year_ticks([point.quarter_end for point in fan.points]),
        ),
        yaxis=axis(range=[0, top_usd], nticks=6, zeroline=False),
    )
    return {
        "data": [*_fan_traces(fan), *_band_trace(fan, _moved(last, BAND_LAG_DAYS)), *_price_trace(fan)],
        "layout": figure,
        "narrow": {"margin": {"l": 40, "r": 14, "t": 8, "b": 30}},
    }


def top_of(fans: Sequence[Fan]) -> float:
    """Return the upper end of a value axis in USD on which all fans, bands and prices have room."""
    values = [point.p90_usd for fan in fans for point in fan.points]
    values += [fan.band_usd[1] for fan in fans if fan.band_usd]
    values += [fan.price[1] for fan in fans if fan.price]
    highest = max(values, default=1.0)
    return finite(highest * 1.06) or highest or 1.0


def year_ticks(ends: Sequence[date]) -> Spec:
    """Return ticks on the ends of years, as many as there is room for; the last always has one."""
    years = sorted({end for end in ends if end.month == DECEMBER})
    step = max(1, -(-len(years) // MOST_LABELLED_YEARS))
    chosen = years[::-1][::step][::-1]
    return {"tickvals": [day(end) for end in chosen], "ticktext": [f"end {end.year}" for end in chosen]}


def _fan_traces(fan: Fan) -> list[Spec]:
    ink = palette.by_position(palette.SCENARIO_INKS, fan.position, fan.scenario_count)
    fill = palette.by_position(palette.SCENARIO_FILLS, fan.position, fan.scenario_count)
    days = [day(point.quarter_end) for point in fan.points]
    said = [
        f"<b>{day(point.quarter_end)}</b><br>P90 {number(point.p90_usd)}<br>P50 {number(point.p50_usd)}"
        f"<br>P10 {number(point.p10_usd)} USD"
        for point in fan.points
    ]
    edge = {"color": ink, "width": 0.8}
    shared: Spec = {"type": "scatter", "x": days, "mode": "lines", "hoverinfo": "skip", "line": edge}
    return [
        shared | {"name": "P10", "y": [point.p10_usd for point in fan.points]},
        shared | {"name": "P90", "y": [point.p90_usd for point in fan.points], "fill": "tonexty", "fillcolor": fill},
        shared
        | {
            "name": "P50",
            "mode": "lines+markers",
            "y": [point.p50_usd for point in fan.points],
            "hovertext": said,
            "hoverinfo": "text",
            "line": {"color": ink, "width": 2.5},
            "marker": {"color": ink, "size": 5},
        },
    ]


def _band_trace(fan: Fan, at: date) -> list[Spec]:
    if fan.band_usd is None:
        return []
    said = f"target band {between(*fan.band_usd)} USD"
    return [
        {
            "type": "scatter",
            "name": "target band",
            "mode": "lines",
            "x": [day(at), day(at)],
            "y": list(fan.band_usd),
            "hovertext": [said, said],
            "hoverinfo": "text",
            "line": {"color": palette.INK, "width": 7},
        }
    ]


def _price_trace(fan: Fan) -> list[Spec]:
    if fan.price is None:
        return []
    session, price_usd = fan.price
    said = f"{day(session)}: {number(price_usd)} USD" + (
        "<br>simulated, no real price" if fan.is_price_simulated else ""
    )
    return [
        {
            "type": "scatter",
            "name": "last price",
            "mode": "markers",
            "x": [day(session)],
            "y": [price_usd],
            "hovertext": [said],
            "hoverinfo": "text",
            "cliponaxis": False,
            "marker": {
                "color": palette.SURFACE if fan.is_price_simulated else palette.INK,
                "size": 9,
                "line": {"color": palette.INK, "width": 2},
            },
        }
    ]


def _moved(when: date, days: int) -> date:
    """Return a day some days later or earlier, within what a calendar holds."""
    return when + timedelta(days=max((date.min - when).days, min(days, (date.max - when).days)))
