"""The chart of segment shares over time.

Here: one line per segment, cut where shares can't be compared. Not here: computing a share (`transforms`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from aicycle.report import palette
from aicycle.report.figures import Spec, axis, label, layout, period_ticks, spread
from aicycle.report.wording import chart_text, day, percent

LABEL_GAP_FRAC = 0.052
"""Least distance of two labels at the end of lines, as a share of the axis: one line of text."""


@dataclass(frozen=True, slots=True)
class Share:
    """One segment's share of revenue in one period."""

    period_end: date
    share_frac: float | None
    segment_basis: str


def share_chart(series: Sequence[tuple[str, Sequence[Share]]]) -> Spec:
    """Return one line per segment; a line is cut where a value is missing or the segment's basis changes.

    Args:
        series: segment and its shares, earliest first; the largest segment first.
    """
    data = [_line(at, segment, shares) for at, (segment, shares) in enumerate(series)]
    values = [share.share_frac for _, shares in series for share in shares if share.share_frac is not None]
    top, floor = max(values, default=1.0) * 1.08, min([0.0, *values])
    ends = [share.period_end for _, shares in series for share in shares]
    few = period_ticks(ends, 3)
    breaks = basis_breaks(series)
    break_labels = [_break_label(at) for at in breaks]
    figure = layout(
        margin={"l": 44, "r": 12, "t": 24, "b": 32},
        xaxis=axis(type="date", showgrid=False, **period_ticks(ends, 8)),
        yaxis=axis(range=[floor, top], tickformat=".0%"),
        annotations=_end_labels(series, floor, top) + break_labels,
        shapes=[_break_line(at) for at in breaks],
    )
    narrow = {
        "margin": {"l": 38, "r": 10, "t": 24, "b": 100},
        "annotations": break_labels,
        "showlegend": True,
        "legend.y": -0.1,
        "legend.yanchor": "top",
        "xaxis.tickvals": few["tickvals"],
        "xaxis.ticktext": few["ticktext"],
    }
    return {"data": data, "layout": figure, "narrow": narrow}


def basis_breaks(series: Sequence[tuple[str, Sequence[Share]]]) -> list[date]:
    """Return the first period of each new segment basis, any segment's."""
    found: set[date] = set()
    for _, shares in series:
        known = [share for share in shares if share.share_frac is not None]
        for before, after in pairwise(known):
            if before.segment_basis != after.segment_basis:
                found.add(after.period_end)
    return sorted(found)


def _line(at: int, segment: str, shares: Sequence[Share]) -> Spec:
    colour = palette.SERIES[at % len(palette.SERIES)]
    x: list[str] = []
    y: list[float | None] = []
    hover: list[str] = []
    previous: Share | None = None
    for share in shares:
        if previous is not None and previous.segment_basis != share.segment_basis:
            x.append(day(share.period_end))
            y.append(None)
            hover.append("")
        x.append(day(share.period_end))
        y.append(share.share_frac)
        hover.append(
            f"<b>{chart_text(segment, 60)}</b> {percent(share.share_frac, 1)}"
            f"<br>{day(share.period_end)}, {chart_text(share.segment_basis, 60)}"
        )
        previous = share
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": chart_text(segment, 40),
        "x": x,
        "y": y,
        "hovertext": hover,
        "hoverinfo": "text",
        "connectgaps": False,
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "size": 7, "symbol": palette.SYMBOLS[at % len(palette.SYMBOLS)]},
    }


def _end_labels(series: Sequence[tuple[str, Sequence[Share]]], floor: float, top: float) -> list[Spec]:
    """Name each line where it ends; lines that end together have their names kept apart."""
    ends: dict[date, list[tuple[str, float, str]]] = {}
    for at, (segment, shares) in enumerate(series):
        known = [share for share in shares if share.share_frac is not None]
        if known:
            colour = palette.SERIES[at % len(palette.SERIES)]
            said = f"{chart_text(segment, 26)} {percent(known[-1].share_frac, 1)}"
            ends.setdefault(known[-1].period_end, []).append((said, known[-1].share_frac or 0.0, colour))
    labels: list[Spec] = []
    for end, named in sorted(ends.items()):
        places = spread([value for _, value, _ in named], (top - floor) * LABEL_GAP_FRAC)
        labels.extend(
            label(
                said,
                x=day(end),
                y=place,
                xanchor="left",
                xshift=9,
                bgcolor=palette.VEIL,
                font={"color": colour, "size": 12.5},
            )
            for (said, _, colour), place in zip(named, places, strict=True)
        )
    return labels


def _break_line(at: date) -> Spec:
    return {
        "type": "line",
        "yref": "paper",
        "x0": day(at),
        "x1": day(at),
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.MUTED, "width": 1, "dash": "dot"},
    }


def _break_label(at: date) -> Spec:
    return label(
        "new segments",
        x=day(at),
        y=1,
        yref="paper",
        xanchor="right",
        yanchor="bottom",
        font={"color": palette.MUTED, "size": 11},
    )
