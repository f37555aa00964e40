"""The charts of spending: plans on their horizon, and what was spent each quarter.

Here: plotly figures in plain data. Not here: which announcements are plans (`aicycle.report.sections.spending`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aicycle.model.kinds import Verification
from aicycle.report import palette
from aicycle.report.figures import Spec, axis, label, layout, period_ticks
from aicycle.report.wording import chart_text, compact, day

DAY_MS = 86_400_000
BAR_DAYS = 66
"""Width of a quarter's bar: three quarters of the quarter."""
ROW_PX = 42
"""Height of one plan's row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One announced plan as it is drawn and listed."""

    company: str
    is_focus: bool
    kind: str
    amount: str
    has_amount: bool
    known_date: date | None
    start_date: date | None
    """First day of the horizon."""
    end_date: date | None
    """Last day of the horizon."""
    remark: str
    """What qualifies it: hypothetical, denied, somebody else's claim; else empty."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent in one quarter."""

    period_end: date
    amount: float | None
    verification: str


def plan_chart(plans: Sequence[Plan], as_of_date: date) -> Spec:
    """Return one row per plan: its amount in words, a bar over its horizon, a diamond where it was announced.

    A plan without an amount has an empty bar, one without a horizon only the diamond. A dotted line marks the as-of
    day. No length stands for money: the amounts are in different currencies.
    """
    rows = len(plans)
    data: list[Spec] = []
    for is_focus in (True, False):
        for has_amount in (True, False):
            chosen = [
                (rows - 1 - at, plan)
                for at, plan in enumerate(plans)
                if plan.is_focus == is_focus and plan.has_amount == has_amount
            ]
            data.extend(_bars(chosen, is_focus=is_focus, has_amount=has_amount))
    known = [(rows - 1 - at, plan) for at, plan in enumerate(plans) if plan.known_date is not None]
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [day(plan.known_date) for _, plan in known],
            "y": [at for at, _ in known],
            "marker": {
                "symbol": "diamond",
                "size": 10,
                "color": palette.SURFACE,
                "line": {"color": palette.INK, "width": 2},
            },
            "hovertext": [f"announced {day(plan.known_date)}" for _, plan in known],
            "hoverinfo": "text",
        }
    )
    figure = layout(
        margin={"l": 4, "r": 12, "t": 28, "b": 6},
        barmode="overlay",
        xaxis=axis(type="date", nticks=10, zeroline=False, side="top"),
        yaxis=axis(range=[-0.45, rows - 0.4], showgrid=False, showticklabels=False, zeroline=False),
        shapes=[*(_row_rule(at) for at in range(rows)), _as_of_line(as_of_date)],
        annotations=[_plan_label(rows - 1 - at, plan, 110) for at, plan in enumerate(plans)],
    )
    narrow = {
        "annotations": [_plan_label(rows - 1 - at, plan, 46) for at, plan in enumerate(plans)],
        "xaxis.nticks": 5,
    }
    return {"data": data, "layout": figure, "narrow": narrow}


def spending_chart(spent: Sequence[Spent], currency: str, *, is_focus: bool) -> Spec:
    """Return a bar per quarter, in one company's own currency; figures nobody checked are hatched."""
    shown = [quarter for quarter in spent if quarter.amount is not None]
    colour = palette.ACCENT if is_focus else palette.PEER
    unit = chart_text(currency, 12)
    trace: Spec = {
        "type": "bar",
        "x": [day(quarter.period_end) for quarter in shown],
        "y": [quarter.amount for quarter in shown],
        "width": [BAR_DAYS * DAY_MS for _ in shown],
        "hovertext": [
            f"quarter to {day(quarter.period_end)}<br><b>{unit} {compact(quarter.amount)}</b>"
            f"<br>{chart_text(quarter.verification, 24)}"
            for quarter in shown
        ],
        "hoverinfo": "text",
        "marker": {
            "color": colour,
            "line": {"width": 0},
            "pattern": {
                "shape": ["/" if quarter.verification == Verification.UNCHECKED else "" for quarter in shown],
                "size": 5,
                "solidity": 0.35,
            },
        },
    }
    ends = [quarter.period_end for quarter in shown]
    few = period_ticks(ends, 4)
    span = {"range": [day(shifted(min(ends), -BAR_DAYS)), day(shifted(max(ends), BAR_DAYS))]} if ends else {}
    figure = layout(
        margin={"l": 44, "r": 22, "t": 6, "b": 26},
        bargap=0.1,
        xaxis=axis(type="date", showgrid=False, **period_ticks(ends, 10 if is_focus else 3), **span),
        yaxis=axis(**_money_ticks([quarter.amount or 0.0 for quarter in shown])),
    )
    return {
        "data": [trace],
        "layout": figure,
        "narrow": {"xaxis.tickvals": few["tickvals"], "xaxis.ticktext": few["ticktext"]},
    }


def shifted(value: date, days: int) -> date:
    """Return a day some days later, or the calendar's own end where there is none."""
    try:
        return value + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _bars(chosen: Sequence[tuple[int, Plan]], *, is_focus: bool, has_amount: bool) -> list[Spec]:
    spans = [
        (at, plan, plan.start_date, plan.end_date)
        for at, plan in chosen
        if plan.start_date is not None and plan.end_date is not None and plan.end_date >= plan.start_date
    ]
    if not spans:
        return []
    colour = palette.ACCENT if is_focus else palette.PEER
    return [
        {
            "type": "bar",
            "orientation": "h",
            "y": [at for at, *_ in spans],
            "base": [day(start) for _, _, start, _ in spans],
            "x": [((end - start).days + 1) * DAY_MS for _, _, start, end in spans],
            "width": [0.24 for _ in spans],
            "offset": [-0.12 for _ in spans],
            "hovertext": [
                f"<b>{chart_text(plan.company, 60)}</b> {chart_text(plan.amount, 60)}<br>{day(start)} to {day(end)}"
                for _, plan, start, end in spans
            ],
            "hoverinfo": "text",
            "marker": {
                "color": colour if has_amount else palette.CLEAR,
                "line": {"color": colour, "width": 0 if has_amount else 1.5},
            },
        }
    ]


def _plan_label(at: int, plan: Plan, limit: int) -> Spec:
    parts = [plan.amount, plan.kind, *([plan.remark] if plan.remark else [])]
    if plan.start_date is None or plan.end_date is None:
        parts.append("no horizon given")
    company = chart_text(plan.company, 24)
    rest = chart_text(" · ".join(parts), max(12, limit - len(company)))
    return label(
        f"<b>{company}</b>  {rest}",
        x=0,
        y=at + 0.17,
        xref="paper",
        xanchor="left",
        yanchor="bottom",
        bgcolor=palette.VEIL,
        font={"color": palette.INK, "size": 12},
    )


def _row_rule(at: int) -> Spec:
    return {
        "type": "line",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": at - 0.38,
        "y1": at - 0.38,
        "line": {"color": palette.GRID, "width": 1},
    }


def _as_of_line(as_of_date: date) -> Spec:
    return {
        "type": "line",
        "layer": "below",
        "yref": "paper",
        "x0": day(as_of_date),
        "x1": day(as_of_date),
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.MUTED, "width": 1, "dash": "dot"},
    }


def _money_ticks(amounts: Sequence[float]) -> Spec:
    """Return about four ticks at round amounts, in words."""
    top = max(amounts, default=0.0)
    if top < 1:
        return {"nticks": 4}
    scale = 10.0 ** math.floor(math.log10(top / 3))
    step = next(factor * scale for factor in (1, 2, 5, 10) if factor * scale * 4 >= top)
    values = [step * i for i in range(math.ceil(top / step) + 1)]
    return {"tickvals": values, "ticktext": [compact(value) for value in values]}
