"""Asking the quarter's questions: one company's forecasts as of one instant, or why there are none.

Here: which questions there are, their rows and ids. Not here: thresholds and probabilities (`figures`, `closes`,
`outlooks`), whether they were asked before (`flows` stores each id once), outcomes (`resolve`).

A forecast's id says question, company, subject, calendar quarter, rules and origin, and not the instant: the first run
whose as-of lies in the quarter makes it, and a later one finds it made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl

from aicycle.contracts.marts_forecasts import FORECASTS
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Basis, Origin, Question
from aicycle.model.parameters import Company, Configuration, Listing, ScenarioSet
from aicycle.model.provenance import basis_on, known_dates_of, status_of
from transforms.digests import content_digest
from transforms.facts import Facts
from transforms.forecasts import closes, figures
from transforms.forecasts.outlooks import ABOVE, NOT_ABOVE, NoForecastError, Outlook, above_outlook
from transforms.quarters import GROUP, headline_segment
from transforms.scenarios.bands import STATES, bands_on
from transforms.scenarios.evidence import PRIOR, evidence_for
from transforms.scenarios.probabilities import log_odds

MADE_WHEN_STORED = ("code_version", "parameters_digest", "created_at")
ISSUED_SCHEMA = pl.Schema({n: t for n, t in FORECASTS.polars_schema().items() if n not in MADE_WHEN_STORED})
WITHHELD_SCHEMA = pl.Schema(dict.fromkeys(("company", "question", "subject", "reason"), pl.String()))

DECIDED_BY = {
    Question.CLOUD_GROWTH_ABOVE: figures.METRICS_READ[figures.GROWTH],
    Question.CAPEX_ABOVE: figures.METRICS_READ[figures.CAPEX],
    Question.PRICE_STATE: ("close", "actions"),
    Question.PRICE_BAND: ("close", "actions"),
}
"""Metrics of held subjects that keep a question from being asked, and from being answered."""
TILTED_BY = ("events", "announcements")
"""Those that keep a question about figures from being asked where there are scenarios that they speak for."""

Range = tuple[float | None, float | None]
NO_RANGE: Range = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Issued:
    """The forecasts of one instant, and the questions that were not asked."""

    forecasts: pl.DataFrame
    """`marts.forecasts` without what is known only when it is stored; sorted by company, question, outcome."""
    withheld: pl.DataFrame
    """company, question, subject (empty where there is none), reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question with everything that is said about it."""

    outlook: Outlook
    ranges: dict[str, Range]
    due_on: date
    threshold: float | None = None
    period_end: date | None = None
    verifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """What every question of one company is asked from."""

    facts: Facts
    received: pl.DataFrame | None
    configuration: Configuration
    company: Company
    scenario_set: ScenarioSet | None
    listing: Listing | None
    as_of: datetime
    _cached: dict[str, dict[tuple[str, str], tuple[figures.Figure, ...]]] = field(default_factory=dict)

    def figures(self) -> dict[tuple[str, str], tuple[figures.Figure, ...]]:
        """Return growth and capex known by the as-of: read once for both questions."""
        if not self._cached:
            self._cached["known"] = figures.known_figures(
                self.facts.reported_figures,
                universe=self.configuration.universe,
                company=self.company,
                as_of=self.as_of,
            )
        return self._cached["known"]


def quarter_of(as_of: datetime) -> str:
    """Return the calendar quarter (UTC) an instant lies in: `2025Q4`."""
    instant = as_of_instant(as_of)
    return f"{instant.year:04}Q{(instant.month - 1) // 3 + 1}"


def issue(
    facts: Facts,
    *,
    received: pl.DataFrame | None,
    configuration: Configuration,
    companies: Iterable[str],
    as_of: datetime,
    origin: Origin,
    held: pl.DataFrame | None = None,
    known_ids: Collection[str] = (),
) -> Issued:
    """Ask every question about every company.

    Args:
        facts: all versions; only those known by `as_of` count.
        received: payload_sha256, received_on: as for `transforms.prices.quoted_bars`.
        configuration: universe, scenario sets, and the rules of `config/forecasts.toml`.
        companies: names of the universe; others are passed over.
        as_of: instant with a time zone.
        origin: part of each forecast and its id.
        held: company, segment, metric, cause of the holds that stand on `marts.forecasts`, as
            `transforms.lineage.downstream` gives them: what rests on a held input is not asked.
        known_ids: ids of forecasts that were made already and are not made again.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    rows: list[dict[str, object]] = []
    withheld: list[tuple[str, str, str, str]] = []
    for name in companies:
        company = configuration.universe.company(name)
        if company is None:
            continue
        case = _Case(
            facts=facts,
            received=received,
            configuration=configuration,
            company=company,
            scenario_set=configuration.scenario_set(name),
            listing=configuration.universe.primary_listing(name),
            as_of=instant,
        )
        for question, ask in ASKED.items():
            subject = ""
            try:
                subject = _subject(question, case)
                named = _named(question, subject, case, origin)
                if named["forecast_id"] not in known_ids:
                    _refuse_held(held, question, subject, case)
                    rows += _rows(ask(case), named, case)
            except NoForecastError as error:
                withheld.append((name, question.value, subject, str(error)))
    return Issued(
        forecasts=pl.DataFrame(rows, schema=ISSUED_SCHEMA).sort("company", "question", "outcome"),
        withheld=pl.DataFrame(withheld, schema=WITHHELD_SCHEMA, orient="row"),
    )


def held_because(
    held: pl.DataFrame | None, question: Question, company: str, subject: str, *, also: Collection[str] = ()
) -> str:
    """Return the causes of the holds that stand on what decides a question; empty if none does.

    Args:
        held: as for `issue`.
        question: what is asked.
        company: about whom.
        subject: segment or listing it is about.
        also: further metrics of held subjects that count.
    """
    if held is None:
        return ""
    is_own = pl.col("segment").is_null() | (pl.col("segment") == subject)
    metrics = (*DECIDED_BY[question], *also)
    on_it = held.filter((pl.col("company") == company) & is_own & pl.col("metric").is_in(metrics))
    return "; ".join(on_it["cause"].unique().sort().to_list())


# --- the four questions ---------------------------------------------------------------------------------------------


def _growth(case: _Case) -> _Asked:
    segment, rules = _subject(Question.CLOUD_GROWTH_ABOVE, case), case.configuration.forecasts
    known = case.figures().get((segment, figures.GROWTH), ())
    return _figure_asked(figures.growth_question(known, segment, rules=rules, as_of=case.as_of), case)


def _capex(case: _Case) -> _Asked:
    known = case.figures().get((GROUP, figures.CAPEX), ())
    return _figure_asked(figures.capex_question(known, rules=case.configuration.forecasts, as_of=case.as_of), case)


def _state(case: _Case) -> _Asked:
    if case.scenario_set is None or case.listing is None:
        raise NoForecastError(f"{case.company.name} has no scenario set, and so no bands for its price to stand among")
    rules, history = case.configuration.forecasts, _closes(case)
    bands = bands_on(case.scenario_set, case.facts.corporate_actions, symbol=case.listing.symbol, as_of=case.as_of)
    edges = [None, *(edge for band in bands for edge in (band.low_usd, band.high_usd)), None]
    return _Asked(
        outlook=closes.state_outlook(history, bands, rules),
        ranges={state.value: (edges[i], edges[i + 1]) for i, state in enumerate(STATES)},
        due_on=_due(case),
    )


def _band(case: _Case) -> _Asked:
    rules, history = case.configuration.forecasts, _closes(case)
    band = closes.likely_band(history, rules)
    return _Asked(
        outlook=closes.band_outlook(history, rules),
        ranges={closes.INSIDE: band, closes.OUTSIDE: band},
        due_on=_due(case),
    )


ASKED: dict[Question, Callable[[_Case], _Asked]] = {
    Question.CLOUD_GROWTH_ABOVE: _growth,
    Question.CAPEX_ABOVE: _capex,
    Question.PRICE_STATE: _state,
    Question.PRICE_BAND: _band,
}


def _subject(question: Question, case: _Case) -> str:
    if question is Question.CLOUD_GROWTH_ABOVE:
        headline = headline_segment(case.company)
        if headline is None:
            raise NoForecastError("no figures are read: no segment has a name that it is reported under")
        return headline
    if question is Question.CAPEX_ABOVE:
        return GROUP
    return case.listing.symbol if case.listing else ""


def _refuse_held(held: pl.DataFrame | None, question: Question, subject: str, case: _Case) -> None:
    is_tilted = case.scenario_set is not None and question in {Question.CLOUD_GROWTH_ABOVE, Question.CAPEX_ABOVE}
    causes = held_because(held, question, case.company.name, subject, also=TILTED_BY if is_tilted else ())
    if causes:
        raise NoForecastError(f"an input is held: {causes}")


def _figure_asked(question: figures.FigureQuestion, case: _Case) -> _Asked:
    rules = case.configuration.forecasts
    return _Asked(
        outlook=above_outlook(question.distances, rules, tilt_nats=_tilt(case)),
        ranges={ABOVE: NO_RANGE, NOT_ABOVE: NO_RANGE},
        due_on=figures.due_on(question.month, rules),
        threshold=question.threshold,
        period_end=figures.month_end(question.month),
        verifications=question.verifications,
    )


def _closes(case: _Case) -> closes.CloseHistory:
    return closes.close_history(
        case.facts.daily_bars,
        case.facts.corporate_actions,
        listing=case.listing,
        rules=case.configuration.forecasts,
        as_of=case.as_of,
        received=case.received,
    )


def _due(case: _Case) -> date:
    return case.as_of.date() + timedelta(days=case.configuration.forecasts.horizon_days.value)


def _tilt(case: _Case) -> float:
    """Return what the evidence says for the highest scenario against the lowest, without the prior; nats."""
    if case.scenario_set is None:
        return 0.0
    evidence = evidence_for(
        case.scenario_set,
        case.company,
        events=case.facts.cycle_events,
        announcements=case.facts.announcements,
        members=case.facts.event_members,
        as_of=case.as_of,
    )
    odds = log_odds(evidence.filter(pl.col("family") != PRIOR))
    names = [band.name for band in case.scenario_set.scenarios]
    return math.fsum([odds.get(names[-1], 0.0), -odds.get(names[0], 0.0)])


def _named(question: Question, subject: str, case: _Case, origin: Origin) -> dict[str, object]:
    """Return what makes a forecast this one and no other, and its id."""
    named = {
        "question": question.value,
        "company": case.company.name,
        "subject": subject,
        "quarter": quarter_of(case.as_of),
        "rules_version": case.configuration.forecasts.version,
        "origin": origin.value,
    }
    return {**named, "forecast_id": content_digest(named)}


def _rows(asked: _Asked, named: dict[str, object], case: _Case) -> Iterable[dict[str, object]]:
    shared = named | {
        "period_end": asked.period_end,
        "threshold": asked.threshold,
        "as_of": case.as_of,
        "due_on": asked.due_on,
        "basis": _basis(case).value,
        "status": status_of(case.configuration.forecasts, verifications=asked.verifications).value,
    }
    for outcome, (low, high) in asked.ranges.items():
        yield shared | {
            "outcome": outcome,
            "low": low,
            "high": high,
            "probability": asked.outlook.model[outcome],
            "climatology": asked.outlook.climatology[outcome],
            "persistence": asked.outlook.persistence[outcome],
        }


def _basis(case: _Case) -> Basis:
    """Return live if all that any of the company's questions is asked with was defined by the as-of day."""
    exchange = case.configuration.universe.exchange(case.listing.exchange) if case.listing else None
    defined = known_dates_of(case.configuration.forecasts, case.company, case.scenario_set, exchange)
    bands = [case.scenario_set.bands_known_at] if case.scenario_set else []
    return basis_on(case.as_of, [*defined, *bands])
