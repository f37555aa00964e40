"""What all charts share: the layout they start from and how a series is cut.

Here: axes, margins, fonts, hover labels. Not here: any one chart.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from aicycle.report.palette import CLEAR, GRID, INK, MUTED, SURFACE
from aicycle.report.wording import day, month

Spec = dict[str, Any]
"""A part of a plotly figure: plain data, so that a report is drawn without loading plotly's Python classes."""

FONT = "Inter, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def axis(**more: Any) -> Spec:  # noqa: ANN401 - plotly's attributes have many types
    """Return an axis as all charts have it."""
    base: Spec = {
        "gridcolor": GRID,
        "linecolor": GRID,
        "zerolinecolor": GRID,
        "tickfont": {"color": MUTED, "size": 12},
        "title": {"font": {"color": MUTED, "size": 12}, "text": "", "standoff": 8},
        "fixedrange": True,
        "automargin": False,
    }
    return base | more


def layout(**more: Any) -> Spec:  # noqa: ANN401 - plotly's attributes have many types
    """Return a layout as all charts have it; the height comes from the page."""
    base: Spec = {
        "autosize": True,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"family": FONT, "size": 12, "color": INK},
        "margin": {"l": 52, "r": 16, "t": 12, "b": 32},
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"color": INK, "size": 12},
        },
        "hoverlabel": {
            "bgcolor": SURFACE,
            "bordercolor": GRID,
            "font": {"family": FONT, "size": 12, "color": INK},
            "align": "left",
        },
        "hovermode": "closest",
        "dragmode": False,
        "colorway": [INK],
    }
    return base | more


def label(text: str, *, x: Any, y: Any, **more: Any) -> Spec:  # noqa: ANN401 - days and numbers
    """Return a text in a chart, without an arrow. The text must come from `wording.chart_text`."""
    base: Spec = {
        "text": text,
        "x": x,
        "y": y,
        "showarrow": False,
        "font": {"color": INK, "size": 12},
        "align": "left",
    }
    return base | more


def spread(values: list[float], gap: float) -> list[float]:
    """Return label positions at least `gap` apart, in the order given, as near to `values` as is simple."""
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    placed = list(values)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    overshoot = placed[order[-1]] - values[order[-1]] if order else 0.0
    return [position - overshoot / 2 for position in placed]


def period_ticks(ends: list[date], most: int) -> Spec:
    """Return at most `most` ticks, each on the end of a period and named by its month; the newest always has one."""
    distinct = sorted(set(ends))
    step = max(1, -(-len(distinct) // most))
    chosen = distinct[::-1][::step][::-1]
    return {"tickvals": [day(end) for end in chosen], "ticktext": [month(end) for end in chosen]}
