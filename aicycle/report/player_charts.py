"""The chart of the players: the index of each in each wave, one dot each.

Here: dots on one scale, waves told apart by place, marker and colour. Not here: the index (`transforms`) or sentences
(`aicycle.report.sections.players`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.report import palette
from aicycle.report.figures import Spec, axis, layout
from aicycle.report.wording import chart_text, finite, percent

ROW_PX = 46
SPREAD = 0.8
"""Of a player's row, how much its waves take up together."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One player's index in one wave."""

    player: str
    wave: str
    index_frac: float
    rank: int | None
    is_partial: bool


def player_chart(players: Sequence[str], waves: Sequence[str], standings: Sequence[Standing]) -> Spec:
    """Return one row per player, one dot per wave; a hollow dot is partial.

    Args:
        players: from top to bottom.
        waves: in their order.
        standings: any order; players and waves that are not named are left out.
    """
    top = max((standing.index_frac for standing in standings), default=1.0)
    figure = layout(
        margin={"l": 104, "r": 16, "t": 34, "b": 30},
        showlegend=True,
        xaxis=axis(range=[0, finite(top * 1.08) or 1.0], tickformat=".0%", side="bottom", nticks=7),
        yaxis=axis(
            range=[len(players) - 0.4, -0.6],
            tickvals=list(range(len(players))),
            ticktext=[chart_text(player, 14) for player in players],
            tickfont={"color": palette.INK, "size": 12},
            showgrid=False,
            zeroline=False,
        ),
        shapes=[_row_rule(at) for at in range(1, len(players))],
    )
    traces = [_wave_trace(at, wave, players, len(waves), standings) for at, wave in enumerate(waves)]
    narrow = {
        "margin": {"l": 84, "r": 12, "t": 8, "b": 34 + 22 * len(waves)},
        "legend.orientation": "v",
        "legend.y": -34 / (ROW_PX * max(1, len(players))),
        "legend.yanchor": "top",
        "xaxis.nticks": 4,
    }
    return {"data": traces, "layout": figure, "narrow": narrow}


def _wave_trace(at: int, wave: str, players: Sequence[str], wave_count: int, standings: Sequence[Standing]) -> Spec:
    colour = palette.SERIES[at % len(palette.SERIES)]
    offset = (at - (wave_count - 1) / 2) * SPREAD / max(1, wave_count)
    found = [standing for standing in standings if standing.wave == wave and standing.player in players]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": chart_text(wave, 40),
        "x": [standing.index_frac for standing in found],
        "y": [players.index(standing.player) + offset for standing in found],
        "hovertext": [_said(standing) for standing in found],
        "hoverinfo": "text",
        "cliponaxis": False,
        "marker": {
            "color": [palette.SURFACE if standing.is_partial else colour for standing in found],
            "size": 10,
            "symbol": palette.SYMBOLS[at % len(palette.SYMBOLS)],
            "line": {"color": colour, "width": 2},
        },
    }


def _said(standing: Standing) -> str:
    rank = f", rank {standing.rank}" if standing.rank is not None else ""
    partial = "<br>partial: something is not reported" if standing.is_partial else ""
    return (
        f"<b>{chart_text(standing.player, 60)}</b> {percent(standing.index_frac, 1)}{rank}"
        f"<br>{chart_text(standing.wave, 60)}{partial}"
    )


def _row_rule(at: int) -> Spec:
    return {
        "type": "line",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": at - 0.5,
        "y1": at - 0.5,
        "line": {"color": palette.GRID, "width": 1},
    }
