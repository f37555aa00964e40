"""Section: what we said would happen, and how it turned out.

Here: open and resolved forecasts; live ones apart from those made in hindsight. Not here: the scores' means and what
they say (`scores`), issuing or scoring a forecast (`transforms`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aicycle.model.kinds import Origin
from aicycle.report.blocks import Cell, Row, Table, cut, headings, rows_of
from aicycle.report.sections.scores import MODEL, question_words, score_remarks, score_table
from aicycle.report.sections.shares import value_in_unit
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, counted, day, finite, instant, number, percent, plain

OPEN_LIMIT = 60
OUTCOME_LIMIT = 200
RESOLVED_LIMIT = 120

Forecast = tuple[Row, ...]
"""The rows of one forecast: its outcomes, likeliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSection:
    """The section."""

    lead: str
    has_forecasts: bool
    open: Table
    outcomes: Table
    live_scores: Table
    remarks: tuple[str, ...]
    """What the live scores say, also where they say nothing good."""
    hindsight_scores: Table
    hindsight_remarks: tuple[str, ...]
    resolved: Table


def record_section(view: ReportView) -> RecordSection:
    """Return the section, newest forecast first."""
    forecasts = _forecasts(view)
    scores = rows_of(
        view.forecast_scores, "outcome_known_at", "forecast_id", "forecaster", descending=[True, False, False]
    )
    live = [row for row in scores if row.get("origin") == Origin.LIVE]
    hindsight = [row for row in scores if row.get("origin") != Origin.LIVE]
    done = {row.get("forecast_id") for row in scores}
    still_open = [rows for forecast, rows in forecasts.items() if forecast not in done]
    return RecordSection(
        lead=_lead(forecasts, still_open, live),
        has_forecasts=bool(forecasts),
        open=_open_table(still_open, view.as_of.date()),
        outcomes=_outcome_table(still_open),
        live_scores=score_table(live, "Live, our record: lower is better"),
        remarks=score_remarks(live),
        hindsight_scores=score_table(hindsight, "In hindsight, made after the fact and no record: lower is better"),
        hindsight_remarks=score_remarks(hindsight),
        resolved=_resolved_table(scores, forecasts),
    )


def _forecasts(view: ReportView) -> dict[object, Forecast]:
    rows = rows_of(
        view.forecasts, "as_of", "forecast_id", "probability", "outcome", descending=[True, False, True, False]
    )
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get("forecast_id"), []).append(row)
    return {forecast: tuple(entries) for forecast, entries in found.items()}


def _lead(forecasts: Mapping[object, Forecast], still_open: Sequence[Forecast], live: Sequence[Row]) -> str:
    if not forecasts and not live:
        return "No forecast has been stored by this day, so there is no record yet."
    made_live = sum(rows[0].get("origin") == Origin.LIVE for rows in forecasts.values())
    said = (
        f"{counted(len(forecasts), 'forecast')} stored, {made_live} of them live: before anybody could know how they "
        f"turn out. {len(still_open)} still open."
    )
    resolved = len({row.get("forecast_id") for row in live if row.get("forecaster") == MODEL})
    if resolved:
        return f"{said} {counted(resolved, 'live forecast')} resolved; only these are our record."
    return f"{said} No live forecast has been resolved yet: there is no record to judge us by."


def _open_table(forecasts: Sequence[Forecast], as_of_date: date) -> Table:
    shown, omitted = forecasts[:OPEN_LIMIT], max(0, len(forecasts) - OPEN_LIMIT)
    return Table(
        caption="Open questions, newest first",
        headings=headings(
            "Question",
            "Subject",
            "#About",
            "Likeliest",
            "#We say",
            "#Climatology",
            "#Persistence",
            "@Made on",
            "@Due",
            "State",
            "Origin",
        ),
        rows=tuple(
            (
                Cell(question_words(rows[0])),
                Cell(plain(rows[0].get("subject"), 60)),
                Cell(_about(rows[0])),
                Cell(plain(rows[0].get("outcome"), 60).replace("_", " ")),
                *(Cell(percent(rows[0].get(name))) for name in ("probability", "climatology", "persistence")),
                Cell(day(rows[0].get("as_of"))),
                Cell(day(rows[0].get("due_on"))),
                _state(rows[0], as_of_date),
                _origin(rows[0]),
            )
            for rows in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.forecasts ORDER BY as_of DESC",
        empty_text="No question is open.",
    )


def _outcome_table(forecasts: Sequence[Forecast]) -> Table:
    shown, omitted = cut([row for rows in forecasts for row in rows], OUTCOME_LIMIT)
    return Table(
        caption="Open questions, every outcome",
        headings=headings(
            "Question", "Subject", "Outcome", "#We say", "#Climatology", "#Persistence", "@Made on", "@Due"
        ),
        rows=tuple(
            (
                Cell(question_words(row)),
                Cell(plain(row.get("subject"), 60)),
                Cell(plain(row.get("outcome"), 60).replace("_", " ")),
                *(Cell(percent(row.get(name), 1)) for name in ("probability", "climatology", "persistence")),
                Cell(day(row.get("as_of"))),
                Cell(day(row.get("due_on"))),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.forecasts ORDER BY as_of DESC",
    )


def _resolved_table(scores: Sequence[Row], forecasts: Mapping[object, Forecast]) -> Table:
    ours = [row for row in scores if row.get("forecaster") == MODEL]
    shown, omitted = cut(ours, RESOLVED_LIMIT)
    return Table(
        caption="Resolved forecasts, newest outcome first",
        headings=headings(
            "Question",
            "Subject",
            "Happened",
            "#Observed",
            "#We had said",
            "#Brier",
            "#Log score",
            "Band",
            "@Made on",
            "@Known",
            "Origin",
        ),
        rows=tuple(_resolved_line(row, forecasts.get(row.get("forecast_id"), ())) for row in shown),
        omitted_count=omitted,
        query="SELECT * FROM marts.forecast_scores",
    )


def _resolved_line(score: Row, forecast: Forecast) -> tuple[Cell, ...]:
    first: Row = forecast[0] if forecast else {}
    said = next((row for row in forecast if row.get("outcome") == score.get("happened")), {})
    covered = score.get("is_covered")
    return (
        Cell(question_words(score)),
        Cell(plain(first.get("subject"), 60)),
        Cell(plain(score.get("happened"), 60).replace("_", " ")),
        Cell(value_in_unit(score.get("observed"), None)),
        Cell(percent(said.get("probability"))),
        Cell(number(score.get("brier"), 3)),
        Cell(number(score.get("log_score"), 3)),
        Cell("inside" if covered is True else "outside" if covered is False else MISSING),
        Cell(day(first.get("as_of"))),
        Cell(instant(score.get("outcome_known_at"))),
        _origin(score),
    )


def _about(row: Row) -> str:
    low, high = finite(row.get("low")), finite(row.get("high"))
    if low is not None or high is not None:
        return f"{value_in_unit(low, None)} to {value_in_unit(high, None)}"
    return value_in_unit(row.get("threshold"), None)


def _state(row: Row, as_of_date: date) -> Cell:
    due = row.get("due_on")
    if isinstance(due, date) and due < as_of_date:
        return Cell("overdue", tone="stale", title="its day has passed, its outcome is not known")
    return Cell("open")


def _origin(row: Row) -> Cell:
    word = plain(row.get("origin"), 24)
    return Cell(word, tone=f"basis-{word}" if word in set(Origin) else "")
