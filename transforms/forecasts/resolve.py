"""How forecasts turned out: the first print of a figure, the first close on or after the day that was asked about.

Here: outcomes that are known by an instant, and why others are not. Not here: scores (`score`), questions (`issue`).

The first print decides: what is restated later changes no outcome. A figure that was public before a forecast was made,
and only came to us late, decides nothing: there was nothing to forecast.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import PriceBasis, Question
from aicycle.model.parameters import Configuration
from transforms.facts import Facts
from transforms.forecasts import figures
from transforms.forecasts.closes import INSIDE, OUTSIDE
from transforms.forecasts.issue import held_because
from transforms.forecasts.outlooks import ABOVE, NOT_ABOVE
from transforms.prices import session_history
from transforms.scenarios.bands import STATES, Band, market_state
from transforms.units import units_per_unit

RESOLVED, OPEN, OVERDUE = "resolved", "open", "overdue"
OUTCOMES_SCHEMA = pl.Schema(
    {
        "forecast_id": pl.String(),
        "state": pl.String(),
        "reason": pl.String(),
        "happened": pl.String(),
        "observed": pl.Float64(),
        "outcome_known_at": pl.Datetime("us", "UTC"),
    }
)
METRIC = {Question.CLOUD_GROWTH_ABOVE: figures.GROWTH, Question.CAPEX_ABOVE: figures.CAPEX}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    happened: str
    observed: float
    known_at: datetime


def resolve(
    forecasts: pl.DataFrame,
    facts: Facts,
    *,
    received: pl.DataFrame | None,
    configuration: Configuration,
    as_of: datetime,
    held: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return what is known of each forecast's outcome by an instant.

    Args:
        forecasts: rows of `marts.forecasts`, all outcomes of each forecast; those made after `as_of` are passed over.
        facts: all versions; only those known by `as_of` count.
        received: payload_sha256, received_on: as for `transforms.prices.quoted_bars`.
        configuration: universe and rules.
        as_of: instant with a time zone.
        held: as for `transforms.forecasts.issue`: while an input is held, an outcome is not looked at.

    Returns:
        forecast_id, state (resolved | open | overdue), reason (why there is no outcome), happened, observed,
        outcome_known_at; one row per forecast, sorted by id.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    made = forecasts.filter(pl.col("as_of") <= instant).sort("forecast_id", "outcome")
    looked_up = _Looked(facts, received, configuration, made, instant)
    rows = []
    for outcomes in made.partition_by("forecast_id", maintain_order=True):
        forecast = outcomes.row(0, named=True)
        question = Question(forecast["question"])
        causes = held_because(held, question, forecast["company"], forecast["subject"])
        found = f"an input is held: {causes}" if causes else looked_up.outcome(question, forecast, outcomes)
        is_overdue = _last_day(question, forecast, configuration) < instant.date()
        rows.append(
            {"forecast_id": forecast["forecast_id"], "state": RESOLVED, "reason": None}
            | {"happened": found.happened, "observed": found.observed, "outcome_known_at": found.known_at}
            if isinstance(found, _Outcome)
            else {"forecast_id": forecast["forecast_id"], "state": OVERDUE if is_overdue else OPEN, "reason": found}
        )
    return pl.DataFrame(rows, schema=OUTCOMES_SCHEMA)


def _last_day(question: Question, forecast: dict[str, Any], configuration: Configuration) -> date:
    tolerance = 0 if question in METRIC else configuration.forecasts.close_tolerance_days.value
    due: date = forecast["due_on"]
    return due + timedelta(days=tolerance)


class _Looked:
    """First prints, each company's and each listing's looked up once for all forecasts."""

    def __init__(
        self,
        facts: Facts,
        received: pl.DataFrame | None,
        configuration: Configuration,
        forecasts: pl.DataFrame,
        as_of: datetime,
    ) -> None:
        self._facts, self._received, self._configuration, self._as_of = facts, received, configuration, as_of
        about_figures = forecasts.filter(pl.col("question").is_in([q.value for q in METRIC]))
        self._oldest = dict(about_figures.group_by("company").agg(pl.col("as_of").min()).iter_rows())
        self._prints: dict[str, dict[tuple[str, str, int], tuple[float, datetime]]] = {}
        self._closes: dict[str, pl.DataFrame] = {}

    def outcome(self, question: Question, forecast: dict[str, Any], outcomes: pl.DataFrame) -> _Outcome | str:
        """Return the outcome, or why there is none."""
        if question in METRIC:
            return self._figure(question, forecast)
        found = self._close(forecast)
        if isinstance(found, str):
            return found
        price_usd, known_at = found
        if question is Question.PRICE_BAND:
            is_inside = forecast["low"] <= price_usd <= forecast["high"]
            return _Outcome(happened=INSIDE if is_inside else OUTSIDE, observed=price_usd, known_at=known_at)
        return _Outcome(
            happened=market_state(price_usd, _stored_bands(outcomes)).value, observed=price_usd, known_at=known_at
        )

    def _figure(self, question: Question, forecast: dict[str, Any]) -> _Outcome | str:
        key = (forecast["subject"], METRIC[question], figures.month_of(forecast["period_end"]))
        found = self._prints_of(forecast["company"]).get(key)
        if found is None:
            return f"nothing comparable is reported for the quarter to {forecast['period_end']}"
        value, known_at = found
        if known_at <= forecast["as_of"]:
            return "its outcome was public before it was made, and came to us late: it decides nothing"
        return _Outcome(
            happened=ABOVE if value > forecast["threshold"] else NOT_ABOVE, observed=value, known_at=known_at
        )

    def _close(self, forecast: dict[str, Any]) -> tuple[float, datetime] | str:
        due, symbol = forecast["due_on"], forecast["subject"]
        last = due + timedelta(days=self._configuration.forecasts.close_tolerance_days.value)
        after = self._closes_of(symbol).filter((pl.col("observed_on") >= due) & (pl.col("observed_on") <= last))
        if after.is_empty():
            return f"no close of {symbol} is known from {due} to {last}"
        close = after.row(0, named=True)
        if close["price_basis"] == PriceBasis.SIMULATED.value:
            return f"the close of {symbol} on {close['observed_on']} was drawn and never traded"
        ratio = units_per_unit(
            self._facts.corporate_actions,
            symbol=symbol,
            from_day=close["observed_on"],
            to_day=forecast["as_of"].date(),
            known_by_instant=self._as_of,
        )
        return ratio.rescaled(close["value"]), close["known_at"]

    def _prints_of(self, name: str) -> dict[tuple[str, str, int], tuple[float, datetime]]:
        if name not in self._prints:
            company = self._configuration.universe.company(name)
            self._prints[name] = (
                {}
                if company is None
                else figures.first_prints(
                    self._facts.reported_figures,
                    universe=self._configuration.universe,
                    company=company,
                    since=self._oldest[name],
                    until=self._as_of,
                )
            )
        return self._prints[name]

    def _closes_of(self, symbol: str) -> pl.DataFrame:
        if symbol not in self._closes:
            known = self._facts.daily_bars.filter((pl.col("symbol") == symbol) & (pl.col("known_at") <= self._as_of))
            by = [name for name in DAILY_BARS.version_order if name in known.columns]
            first = known.sort(by).unique("session", keep="first", maintain_order=True)
            self._closes[symbol] = session_history(
                first, self._facts.corporate_actions, symbol=symbol, as_of=self._as_of, received=self._received
            )
        return self._closes[symbol]


def _stored_bands(outcomes: pl.DataFrame) -> list[Band]:
    """Return the bands as the forecast stored them: what is in config/ may have changed since."""
    edges: dict[str, tuple[float, float]] = {
        outcome: (low, high) for outcome, low, high in outcomes.select("outcome", "low", "high").iter_rows()
    }
    names: Iterable[str] = (state.value for state in STATES[1::2])
    return [Band(scenario=name, low_usd=edges[name][0], high_usd=edges[name][1]) for name in names]
