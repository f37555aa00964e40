"""Section: the scenarios, their bands and the price.

Here: the ladder with the price over it, what each scenario expects, what moved the probabilities. Not here: how any of
it is computed (`transforms.scenarios`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.report.blocks import Cell, Chart, Heading, Row, Table, cut, headings, rows_of
from aicycle.report.charts import drawable, is_simulated, outcome_chart, price_chart
from aicycle.report.ladder import usd_range, zones
from aicycle.report.sections.moves import move_table, without_table
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, between, counted, day, finite, instant, number, percent, plain, signed

PRICE_ROW_LIMIT = 260
EVIDENCE_ROW_LIMIT = 200
FAMILY_LIMIT = 40
PRIOR = "prior"


@dataclass(frozen=True, slots=True)
class ScenarioSection:
    """The section."""

    lead: str
    cautions: tuple[str, ...]
    """Why no probabilities are stated, why no value is projected."""
    has_simulated_prices: bool
    charts: tuple[Chart, ...]
    scenarios: Table
    moves: Table
    without: Table
    families: Table
    contributions: Table


def scenario_section(view: ReportView) -> ScenarioSection:
    """Return the section; without a run the prices alone."""
    bands = rows_of(view.bands, "position", "scenario")
    prices = drawable(rows_of(view.prices, "session", "known_at"))
    evidence = rows_of(view.evidence, "family", "known_at", "scenario", "event_id")
    moves = rows_of(view.moves, "family", "scenario")
    return ScenarioSection(
        lead=_lead(view, bands),
        cautions=_cautions(view.run or {}),
        has_simulated_prices=any(is_simulated(row) for row in prices),
        charts=_charts(view, prices, bands),
        scenarios=_scenario_table(bands),
        moves=move_table(bands, moves),
        without=without_table(bands, moves),
        families=_family_table(bands, evidence),
        contributions=_contribution_table(evidence),
    )


def _lead(view: ReportView, bands: Sequence[Row]) -> str:
    if view.run is None:
        return f"No scenario run of {plain(view.company, 80)} by this day."
    likely = max(bands, key=lambda band: finite(band.get("probability")) or -1.0, default=None)
    state = plain(view.run.get("market_state"), 40).replace("_", " ")
    said = [f"The price stands {_where(state)}"] if view.run.get("market_state") else ["No price to place"]
    if likely is not None and finite(likely.get("probability")) is not None:
        name = plain(likely.get("scenario"), 60)
        said.append(f"the {name} scenario is the likeliest with {percent(likely.get('probability'))}")
    lead = "; ".join(said) + ". What a target means, a price soon or a value of 2030, is an assumption."
    missing = view.run.get("projection_null_reason")
    return lead + (f" No value is projected: {plain(missing, 200)}." if missing else "")


def _cautions(run: Row) -> tuple[str, ...]:
    reasons = (
        ("No probabilities are stated", run.get("abstained_because")),
        ("No value is projected", run.get("projection_null_reason")),
    )
    return tuple(reasoned(what, why) for what, why in reasons if why is not None)


def reasoned(what: str, why: object) -> str:
    """Return a sentence that says what is missing and why; a reason that says both stands alone."""
    reason = plain(why, 400).removesuffix(".") + "."
    return reason if reason.startswith(what) else f"{what}: {reason}"


def _where(state: str) -> str:
    if state.startswith("gap"):
        return f"in the {state.removeprefix('gap ')} gap between two bands"
    return f"{state} all bands" if state in {"below", "above"} else f"in the {state} band"


def _charts(view: ReportView, prices: Sequence[Row], bands: Sequence[Row]) -> tuple[Chart, ...]:
    ladder = zones(bands)
    closes = [value for value in (finite(row.get("close_quoted_usd")) for row in prices) if value is not None]
    price_usd = finite(view.run.get("price_usd")) if view.run else None
    tails = [finite(band.get(name)) for band in bands for name in ("p10_usd", "p90_usd")]
    span = usd_range(ladder, closes + [value for value in (*tails, price_usd) if value is not None])
    company = plain(view.company, 60)
    charts: list[Chart] = []
    if prices or ladder:
        charts.append(_price_chart_block(company, prices, bands, span))
    if any(finite(band.get(name)) is not None for band in bands for name in ("probability", "p50_usd")):
        charts.append(
            Chart(
                chart_id="chart-outcomes",
                title="Probability and outcome",
                summary=" ".join(_outcome_sentence(band) for band in bands),
                figure=outcome_chart(bands, price_usd, span),
                height_px=430,
                notes=("Area: target band. Line: P10 to P90. Dot: P50. Dashed: price.",),
            )
        )
    return tuple(charts)


def _price_chart_block(
    company: str, prices: Sequence[Row], bands: Sequence[Row], span_usd: tuple[float, float]
) -> Chart:
    return Chart(
        chart_id="chart-price",
        title="Price and target bands, USD per unit",
        summary=_price_summary(company, prices, bands),
        figure=price_chart(prices, bands, span_usd),
        height_px=430,
        table=_price_table(prices),
        notes=("Dotted: simulated sessions, no real prices. Dots: real closes.",)
        if any(is_simulated(row) for row in prices)
        else (),
    )


def _price_summary(company: str, prices: Sequence[Row], bands: Sequence[Row]) -> str:
    said = [f"Line chart of the price of {company}."]
    if prices:
        first, last = prices[0], prices[-1]
        simulated = sum(is_simulated(row) for row in prices)
        said.append(
            f"{counted(len(prices), 'session')} from {day(first['session'])} to {day(last['session'])}, "
            f"last {number(last['close_quoted_usd'])} USD; {simulated} of them simulated."
        )
    rungs = [f"{plain(zone.name, 40)} {zone.span}" for zone in zones(bands)]
    if rungs:
        said.append(f"Areas: {', '.join(rungs)} USD.")
    return " ".join(said)


def _outcome_sentence(band: Row) -> str:
    said = f"{plain(band.get('scenario'), 40)}: probability {percent(band.get('probability'))}, "
    if finite(band.get("p50_usd")) is None:
        return said + "no value projected."
    return said + (
        f"P10 {number(band.get('p10_usd'))}, P50 {number(band.get('p50_usd'))}, P90 {number(band.get('p90_usd'))} USD."
    )


def _price_table(prices: Sequence[Row]) -> Table:
    shown, omitted = cut(list(reversed(prices)), PRICE_ROW_LIMIT)
    return Table(
        caption="Closes, newest first",
        headings=headings("@Session", "#Close, USD", "Basis"),
        rows=tuple(
            (
                Cell(day(row["session"])),
                Cell(number(row["close_quoted_usd"])),
                Cell(
                    plain(row.get("price_basis"), 40).replace("_", " "), tone="simulated" if is_simulated(row) else ""
                ),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT session, close, price_basis FROM core.daily_bars ORDER BY session DESC",
    )


def _scenario_table(bands: Sequence[Row]) -> Table:
    return Table(
        caption="Scenarios",
        headings=headings("Scenario", "#Probability", "#Target, USD", "#P10", "#P50", "#P90", "Status"),
        rows=tuple(
            (
                Cell(plain(band.get("scenario"), 60)),
                Cell(percent(band.get("probability"), 1)),
                Cell(between(band.get("target_low_usd"), band.get("target_high_usd"))),
                *(Cell(number(band.get(name))) for name in ("p10_usd", "p50_usd", "p90_usd")),
                status_cell(band.get("status")),
            )
            for band in bands
        ),
        empty_text="No scenarios yet.",
    )


def status_cell(status: object) -> Cell:
    """Return a status as a badge of its own tone."""
    word = plain(status, 40)
    return Cell(word, tone=f"status-{word}" if word in {"article", "reported", "derived", "assumption"} else "")


def _family_table(bands: Sequence[Row], evidence: Sequence[Row]) -> Table:
    names = [plain(band.get("scenario"), 60) for band in bands]
    names += sorted({plain(row.get("scenario"), 60) for row in evidence} - set(names))
    families = sorted({plain(row.get("family"), 60) for row in evidence}, key=lambda name: (name != PRIOR, name))

    def total(family: str | None, scenario: str) -> Cell:
        found = [
            finite(row.get("contribution_nats")) or 0.0
            for row in evidence
            if plain(row.get("scenario"), 60) == scenario and family in {None, plain(row.get("family"), 60)}
        ]
        return Cell(signed(sum(sorted(found)))) if found else Cell(MISSING)

    def votes(family: str | None) -> Cell:
        events = {row.get("event_id") for row in evidence if family in {None, plain(row.get("family"), 60)}}
        return Cell(str(len(events - {PRIOR})))

    lines = [
        (Cell(name), votes(name), *(total(name, scenario) for scenario in names)) for name in families[:FAMILY_LIMIT]
    ]
    if lines:
        lines.append((Cell("sum", tone="sum"), votes(None), *(total(None, scenario) for scenario in names)))
    return Table(
        caption="What the evidence says: log-odds against the reference scenario, in nats",
        headings=(*headings("Family", "#Events"), *(Heading(name, "number") for name in names)),
        rows=tuple(lines),
        omitted_count=max(0, len(families) - FAMILY_LIMIT),
        query="SELECT family, scenario, sum(contribution_nats) FROM marts.scenario_evidence GROUP BY ALL",
        empty_text="No evidence beside the prior.",
    )


def _contribution_table(evidence: Sequence[Row]) -> Table:
    strongest = sorted(evidence, key=lambda row: -abs(finite(row.get("contribution_nats")) or 0.0))
    shown, omitted = cut(strongest, EVIDENCE_ROW_LIMIT)
    return Table(
        caption="Every contribution, strongest first",
        headings=headings("Family", "Scenario", "#Nats", "@Known", ">Event"),
        rows=tuple(
            (
                Cell(plain(row.get("family"), 60)),
                Cell(plain(row.get("scenario"), 60)),
                Cell(signed(row.get("contribution_nats"), 4)),
                Cell(instant(row.get("known_at"))),
                Cell(plain(row.get("event_id"), 80)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.scenario_evidence",
        empty_text="No evidence beside the prior.",
    )
