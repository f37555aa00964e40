"""The charts of the scenarios: the price against the bands, and what each scenario expects.

Here: plotly figures in plain data. Not here: the other charts (`share_charts`, `spending_charts`), tables and
sentences (`aicycle.report.sections`).
"""

from __future__ import annotations

from collections.abc import Sequence

from aicycle.model.kinds import PriceBasis
from aicycle.report import palette
from aicycle.report.blocks import Row
from aicycle.report.figures import Spec, axis, layout
from aicycle.report.ladder import edge_ticks, zone_label, zone_shape, zones
from aicycle.report.wording import between, chart_text, day, finite, number, percent


def is_simulated(row: Row) -> bool:
    """Return whether a row's price is none at all."""
    return row.get("price_basis") == PriceBasis.SIMULATED


def drawable(prices: Sequence[Row]) -> list[Row]:
    """Return the rows that have both a session and a close."""
    return [r for r in prices if r.get("session") is not None and finite(r.get("close_quoted_usd")) is not None]


def price_chart(prices: Sequence[Row], bands: Sequence[Row], span_usd: tuple[float, float]) -> Spec:
    """Return the price over the bands: closes as a solid line (dots among simulated ones), simulated sessions dotted.

    Args:
        prices: rows of `view.PRICES_SCHEMA`, earliest first.
        bands: rows of `marts.scenario_bands`, lowest first.
        span_usd: ends of the price axis.
    """
    points = drawable(prices)
    last = points[-1:]
    price_usd = finite(last[0].get("close_quoted_usd")) if last else None
    ladder, count = zones(bands), len(bands)

    def labels(*, is_inside: bool) -> list[Spec]:
        return [zone_label(zone, span_usd, count, is_inside=is_inside, price_usd=price_usd) for zone in ladder]

    figure = layout(
        margin={"l": 44, "r": 150, "t": 8, "b": 46},
        xaxis=axis(type="date", showgrid=False, nticks=8, showticklabels=bool(points)),
        yaxis=axis(range=list(span_usd), zeroline=False, showgrid=not ladder) | edge_ticks(ladder, span_usd),
        shapes=[zone_shape(zone, span_usd, count) for zone in ladder],
        annotations=labels(is_inside=False),
    )
    narrow = {
        "margin": {"l": 32, "r": 6, "t": 8, "b": 30},
        "annotations": labels(is_inside=True),
        "xaxis.nticks": 4,
    }
    return {"data": _price_traces(points), "layout": figure, "narrow": narrow}


def outcome_chart(bands: Sequence[Row], price_usd: float | None, span_usd: tuple[float, float]) -> Spec:
    """Return what each scenario expects: band, P10 to P90, P50 and probability, on the price chart's axis.

    Args:
        bands: rows of `marts.scenario_bands`, lowest first.
        price_usd: drawn as a level across, where known.
        span_usd: ends of the price axis.
    """
    count = len(bands)
    titles = [f"<b>{percent(b.get('probability'))}</b><br>{chart_text(b.get('scenario'), 14)}" for b in bands]
    ladder = zones(bands)
    figure = layout(
        margin={"l": 44, "r": 8, "t": 8, "b": 46},
        barmode="overlay",
        xaxis=axis(
            tickvals=list(range(count)),
            ticktext=titles,
            tickfont={"color": palette.INK, "size": 12},
            range=[-0.6, max(count, 1) - 0.4],
            showgrid=False,
            zeroline=False,
        ),
        yaxis=axis(range=list(span_usd), zeroline=False) | edge_ticks(ladder, span_usd),
        shapes=[] if price_usd is None else [_level(price_usd)],
    )
    data = [trace for position, band in enumerate(bands) for trace in _outcome_traces(position, band, count)]
    return {"data": data, "layout": figure, "narrow": {"margin": {"l": 32, "r": 6, "t": 8, "b": 46}}}


def _outcome_traces(position: int, band: Row, count: int) -> list[Spec]:
    ink = palette.by_position(palette.SCENARIO_INKS, position, count)
    low, high = finite(band.get("target_low_usd")), finite(band.get("target_high_usd"))
    p10, p50, p90 = (finite(band.get(name)) for name in ("p10_usd", "p50_usd", "p90_usd"))
    name = chart_text(band.get("scenario"), 40)
    traces: list[Spec] = []
    if low is not None and high is not None:
        said = f"<b>{name}</b>, {percent(band.get('probability'), 1)}<br>target {between(low, high)} USD"
        traces.append(
            {
                "type": "bar",
                "x": [position],
                "base": [low],
                "y": [high - low],
                "width": [0.64],
                "hovertext": [said],
                "hoverinfo": "text",
                "marker": {
                    "color": palette.by_position(palette.SCENARIO_FILLS, position, count),
                    "line": {"width": 0},
                },
            }
        )
    if p10 is not None and p90 is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [position, position],
                "y": [p10, p90],
                "line": {"color": ink, "width": 2.5},
                "hovertext": [f"<b>{name}</b><br>P10 {number(p10)} USD", f"<b>{name}</b><br>P90 {number(p90)} USD"],
                "hoverinfo": "text",
            }
        )
    if p50 is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [position],
                "y": [p50],
                "marker": {"color": ink, "size": 12, "line": {"color": palette.SURFACE, "width": 2}},
                "hovertext": [f"<b>{name}</b><br>P50 {number(p50)} USD"],
                "hoverinfo": "text",
            }
        )
    return traces


def _price_traces(points: Sequence[Row]) -> list[Spec]:
    xs = [day(row["session"]) for row in points]
    ys = [finite(row["close_quoted_usd"]) for row in points]
    drawn = [is_simulated(row) for row in points]
    said = [
        f"{x}: {number(y)} USD" + ("<br>simulated, no real price" if s else "")
        for x, y, s in zip(xs, ys, drawn, strict=True)
    ]
    last = len(drawn) - 1
    near = [s or (i > 0 and drawn[i - 1]) or (i < last and drawn[i + 1]) for i, s in enumerate(drawn)]
    has_simulated = any(drawn)
    shared = {"type": "scatter", "x": xs, "hovertext": said, "hoverinfo": "text", "connectgaps": False}
    traces: list[Spec] = []
    if has_simulated:
        traces.append(
            shared
            | {
                "mode": "lines",
                "name": "simulated sessions",
                "y": [y if keep else None for y, keep in zip(ys, near, strict=True)],
                "line": {"color": palette.PEER, "width": 1.5, "dash": "2px,2px"},
            }
        )
    traces.append(
        shared
        | {
            "mode": "lines+markers" if has_simulated or len(points) == 1 else "lines",
            "name": "closes",
            "y": [None if s else y for y, s in zip(ys, drawn, strict=True)],
            "line": {"color": palette.INK, "width": 1.7},
            "marker": {"color": palette.INK, "size": 6, "line": {"width": 0}},
        }
    )
    if points:
        traces.append(
            shared
            | {
                "mode": "markers",
                "name": "last",
                "x": xs[-1:],
                "y": ys[-1:],
                "hovertext": said[-1:],
                "marker": {
                    "color": palette.SURFACE if drawn[-1] else palette.INK,
                    "size": 9,
                    "line": {"color": palette.INK, "width": 2},
                },
            }
        )
    return traces


def _level(price_usd: float) -> Spec:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": price_usd,
        "y1": price_usd,
        "line": {"color": palette.INK, "width": 1, "dash": "dash"},
    }
