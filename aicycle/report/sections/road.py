"""Section: the road to the horizon, as each scenario's projection draws it.

Here: a fan per scenario, its values at the ends of years, and why there is none. Not here: projecting (`transforms`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aicycle.report.blocks import Cell, Chart, Heading, Row, Table, cut, headings, rows_of
from aicycle.report.charts import is_simulated
from aicycle.report.road_charts import DECEMBER, Fan, RoadPoint, fan_chart, top_of
from aicycle.report.sections.scenarios import reasoned
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, between, counted, day, finite, number, percent, plain

FAN_LIMIT = 6
"""Scenarios shown."""
ROW_LIMIT = 120
HEIGHT_PX = 260
PERCENTILES = ("p10_usd", "p50_usd", "p90_usd")
STANDARD_ERRORS = ("se_p10_frac", "se_p50_frac", "se_p90_frac")


@dataclass(frozen=True, slots=True)
class RoadSection:
    """The section."""

    title: str
    lead: str
    has_simulated_prices: bool
    charts: tuple[Chart, ...]
    note: str
    years: Table


def road_section(view: ReportView) -> RoadSection:
    """Return the section; without a projection the reason alone."""
    order = [plain(band.get("scenario"), 60) for band in rows_of(view.bands, "position", "scenario")]
    rows = [row for row in rows_of(view.paths, "quarter_end", "scenario") if _quarter_end(row) is not None]
    names = order + sorted({plain(row.get("scenario"), 60) for row in rows} - set(order))
    ordered = sorted(rows, key=lambda row: (names.index(plain(row.get("scenario"), 60)), day(row.get("quarter_end"))))
    fans = _fans(view, names, ordered)
    drawn = fans[:FAN_LIMIT]
    return RoadSection(
        title=f"The road to {max(day(row.get('quarter_end'))[:4] for row in rows)}" if rows else "The road to 2030",
        lead=_lead(view, rows),
        has_simulated_prices=any(fan.is_price_simulated for _, fan in drawn),
        charts=_charts(drawn, ordered),
        note=_note(rows, len(fans) - len(drawn)) if fans else "",
        years=_year_table([name for name, _ in drawn], ordered),
    )


def _lead(view: ReportView, rows: Sequence[Row]) -> str:
    if rows:
        return (
            "What one unit would be worth if a scenario came true, quarter by quarter, as our model draws it from its "
            "assumptions. Every day here lies ahead of the run: nothing in this section is a fact."
        )
    if view.run is None:
        return f"No scenario run of {plain(view.company, 80)} by this day, so there is no road to draw."
    why = view.run.get("projection_null_reason")
    return reasoned("No value is projected", "no path is stored for this run." if why is None else why)


def _note(rows: Sequence[Row], left_out: int) -> str:
    errors = [value for row in rows for value in (finite(row.get(name)) for name in STANDARD_ERRORS) if value]
    said = (
        "Area: P10 to P90. Line: P50. Dot: the last price. Bar at the right: the scenario's target band; whether that "
        "means a price soon or a value at the horizon is an assumption."
    )
    if errors:
        said += f" Standard error of the percentiles: at most {percent(max(errors), 2)} of each."
    if left_out:
        said += f" {counted(left_out, 'scenario')} more: aicycle scenario --json."
    return said


def _fans(view: ReportView, names: Sequence[str], rows: Sequence[Row]) -> list[tuple[str, Fan]]:
    run: Row = view.run or {}
    session, price_usd = run.get("price_session"), finite(run.get("price_usd"))
    price = (session, price_usd) if isinstance(session, date) and price_usd is not None else None
    bands = {plain(band.get("scenario"), 60): band for band in rows_of(view.bands, "position", "scenario")}
    fans: list[tuple[str, Fan]] = []
    for position, name in enumerate(names):
        points = [point for point in map(_point, _of(rows, name)) if point is not None]
        if points:
            fan = Fan(
                position=position,
                scenario_count=len(names),
                points=points,
                band_usd=_band(bands.get(name, {})),
                price=price,
                is_price_simulated=price is not None and is_simulated(run),
            )
            fans.append((name, fan))
    return fans


def _charts(fans: Sequence[tuple[str, Fan]], rows: Sequence[Row]) -> tuple[Chart, ...]:
    top_usd = top_of([fan for _, fan in fans])
    return tuple(
        Chart(
            chart_id=f"chart-road-{at}",
            title=f"{name}, USD per unit"
            if fan.band_usd is None
            else f"{name} (target band {between(*fan.band_usd)} USD)",
            summary=_summary(name, fan),
            figure=fan_chart(fan, top_usd),
            height_px=HEIGHT_PX,
            table=_quarter_table(name, _of(rows, name)),
        )
        for at, (name, fan) in enumerate(fans)
    )


def _summary(name: str, fan: Fan) -> str:
    last = fan.points[-1]
    target = f" Target band {between(*fan.band_usd)} USD." if fan.band_usd else ""
    return (
        f"Fan chart of the {name} scenario, {counted(len(fan.points), 'quarter')} to {day(last.quarter_end)}: then "
        f"P10 {number(last.p10_usd)}, P50 {number(last.p50_usd)}, P90 {number(last.p90_usd)} USD.{target} "
        "A projection, no fact."
    )


def _year_table(names: Sequence[str], rows: Sequence[Row]) -> Table:
    ends = sorted({day(row.get("quarter_end")) for row in rows})
    chosen = [end for end in ends if date.fromisoformat(end).month == DECEMBER or end == ends[-1]]
    at = {(plain(row.get("scenario"), 60), day(row.get("quarter_end"))): row for row in rows}
    return Table(
        caption="Projected P50 (P10 to P90) at the ends of years, USD per unit: no row is a fact",
        headings=(*headings("@Day"), *(Heading(name, "number") for name in names)),
        rows=tuple(
            (Cell(end), *(Cell(_spread(at.get((name, end), {}))) for name in names)) for end in chosen[:ROW_LIMIT]
        ),
        omitted_count=max(0, len(chosen) - ROW_LIMIT),
        query="SELECT * FROM marts.scenario_paths",
        empty_text="No value is projected.",
    )


def _spread(row: Row) -> str:
    p10, p50, p90 = (row.get(name) for name in PERCENTILES)
    return MISSING if finite(p50) is None else f"{number(p50)} ({between(p10, p90)})"


def _quarter_table(name: str, rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, ROW_LIMIT)
    return Table(
        caption=f"{name}: every quarter, USD per unit",
        headings=headings("@Quarter end", "#P10", "#P50", "#P90", "#Without draws", "#SE of P50"),
        rows=tuple(
            (
                Cell(day(row.get("quarter_end"))),
                *(Cell(number(row.get(column))) for column in (*PERCENTILES, "closed_form_usd")),
                Cell(percent(row.get("se_p50_frac"), 2)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.scenario_paths",
    )


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if plain(row.get("scenario"), 60) == name]


def _quarter_end(row: Row) -> date | None:
    end = row.get("quarter_end")
    return end if isinstance(end, date) and not isinstance(end, datetime) else None


def _point(row: Row) -> RoadPoint | None:
    end = _quarter_end(row)
    p10, p50, p90 = (finite(row.get(name)) for name in PERCENTILES)
    if end is None or p10 is None or p50 is None or p90 is None:
        return None
    return RoadPoint(end, p10, p50, p90)


def _band(band: Row) -> tuple[float, float] | None:
    low, high = finite(band.get("target_low_usd")), finite(band.get("target_high_usd"))
    return None if low is None or high is None else (low, high)
