"""Section: what a reader must know first.

Here: as of when, on what basis, how fresh, the state in six figures, and the warnings. Not here: their details (the
other sections).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.kinds import AlertStatus, Basis
from aicycle.report.blocks import Row, rows_of
from aicycle.report.charts import is_simulated
from aicycle.report.sections.freshness import newest_known
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, counted, day, finite, instant, number, percent, plain, whole

CAUSE_LIMIT = 4


@dataclass(frozen=True, slots=True)
class Banner:
    """A warning across the page."""

    kind: str
    """`simulated`, `stale`, `held`, `empty`."""
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the headline."""

    label: str
    value: str
    note: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The section."""

    company: str
    as_of: str
    basis: str
    basis_text: str
    freshness_text: str
    figures: tuple[Figure, ...]
    banners: tuple[Banner, ...]


def headline(view: ReportView) -> Headline:
    """Return the section."""
    run: Row = view.run or {}
    known = newest_known(view)
    stale = sum(row.get("is_stale") is True for row in rows_of(view.freshness, "table_name"))
    fresh = "no data yet" if known is None else f"newest fact {instant(known)}"
    if known is not None and known > view.as_of:
        fresh += ", later than the as-of instant: loaded, not used here"
    return Headline(
        company=plain(view.company, 80),
        as_of=instant(view.as_of),
        basis=plain(run.get("basis"), 24) if run.get("basis") else "no run",
        basis_text=_basis_text(run),
        freshness_text=f"{fresh}; {counted(stale, 'table')} stale" if stale else fresh,
        figures=(_state(run), _price(run), _likeliest(view), _phases(view), _alerts(view), _held(view)),
        banners=_banners(view),
    )


def has_simulated_prices(view: ReportView) -> bool:
    """Return whether any price this report shows is simulated."""
    frames = (rows_of(view.prices, "session"), rows_of(view.alerts, "alert_id"))
    return any(is_simulated(row) for rows in frames for row in rows) or is_simulated(view.run or {})


def _basis_text(run: Row) -> str:
    if run.get("basis") == Basis.LIVE:
        return "every definition used was known on the as-of day"
    if run.get("basis") == Basis.HINDSIGHT:
        bands = plain(run.get("bands_basis"), 24)
        return f"some definition used is younger than the as-of day. The target bands alone: {bands}"
    return "no scenarios were computed"


def _state(run: Row) -> Figure:
    state = run.get("market_state")
    value = plain(state, 40).replace("_", " ") if state else MISSING
    return Figure("Market state", value, "where the price stands among the bands")


def _price(run: Row) -> Figure:
    if finite(run.get("price_usd")) is None:
        return Figure("Price", MISSING, "none known by this day")
    note = f"USD per unit, close of {day(run.get('price_session'))}"
    if is_simulated(run):
        return Figure("Price", number(run.get("price_usd")), f"simulated! {note}", "simulated")
    return Figure("Price", number(run.get("price_usd")), note)


def _likeliest(view: ReportView) -> Figure:
    bands = [
        band for band in rows_of(view.bands, "position", "scenario") if finite(band.get("probability")) is not None
    ]
    if not bands:
        note = "no scenarios yet" if view.bands.is_empty() else "no probabilities are stated"
        return Figure("Likeliest scenario", MISSING, note)
    top = max(bands, key=lambda band: finite(band.get("probability")) or 0.0)
    return Figure(
        "Likeliest scenario", plain(top.get("scenario"), 40), f"probability {percent(top.get('probability'))}"
    )


def _phases(view: ReportView) -> Figure:
    rows = [row for row in rows_of(view.phases, "segment") if row.get("company") == view.company]
    stated = sum(row.get("is_abstained") is not True and row.get("phase") is not None for row in rows)
    left = len(rows) - stated
    note = "segments of this company" + (f"; {left} without a phase" if left else "")
    return Figure("Phases stated", f"{stated} of {len(rows)}", note)


def _alerts(view: ReportView) -> Figure:
    statuses = [row.get("status") for row in rows_of(view.alerts, "alert_id")]
    baseline = statuses.count(AlertStatus.BASELINE)
    return Figure("Alerts raised", str(len(statuses) - baseline), f"and {baseline} in the silent baseline")


def _held(view: ReportView) -> Figure:
    held, stopped = view.holds.height, view.quarantine.height
    note = f"{counted(stopped, 'row or file', 'rows and files')} stopped by the gate"
    return Figure("Held", str(held), note, "stale" if held else "")


def _banners(view: ReportView) -> tuple[Banner, ...]:
    found: list[Banner] = []
    if view.run is None and view.prices.is_empty() and view.phases.is_empty():
        found.append(
            Banner(
                "empty", "Nothing is known yet", ("Next: aicycle demo, or aicycle run --recording FOLDER on own data.",)
            )
        )
    if has_simulated_prices(view):
        found.append(
            Banner(
                "simulated",
                "Simulated prices",
                ("Some sessions shown here were drawn with a seed. They are no real prices; real closes are marked.",),
            )
        )
    stale, held = _stale_causes(view), _hold_causes(view)
    if stale:
        found.append(Banner("stale", "Stale: an input is held, the last good result is shown", _first(stale)))
    if held:
        found.append(Banner("held", "Held: the gate does not vouch for these", _first(held)))
    return tuple(found)


def _first(causes: list[str]) -> tuple[str, ...]:
    distinct = list(dict.fromkeys(causes))
    more = len(distinct) - CAUSE_LIMIT
    return (*distinct[:CAUSE_LIMIT], *((f"and {whole(more)} more, listed under Gate",) if more > 0 else ()))


def _stale_causes(view: ReportView) -> list[str]:
    causes: list[str] = []
    run: Row = view.run or {}
    if run.get("is_stale") is True:
        since = f" since {instant(run.get('stale_since'))}" if run.get("stale_since") else ""
        causes.append(f"Scenarios{since}: {plain(run.get('held_because'), 400)}")
    for row in rows_of(view.phases, "company", "segment"):
        if row.get("is_stale") is True:
            subject = f"{plain(row.get('company'), 60)} {plain(row.get('segment'), 60)}"
            causes.append(f"Phase of {subject}: {plain(row.get('held_because'), 400)}")
    return causes


def _hold_causes(view: ReportView) -> list[str]:
    return [
        f"{plain(row.get('subject_id'), 60)}, {plain(row.get('metric'), 60)}: {plain(row.get('cause'), 300)}"
        for row in rows_of(view.holds, "subject_kind", "subject_id", "metric")
    ]
