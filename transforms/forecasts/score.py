"""Scores of resolved forecasts: Brier, log, coverage; ours, climatology's and persistence's.

Here: one row per forecast and forecaster. Not here: outcomes (`resolve`), means and comparisons (`record`).
"""

from __future__ import annotations

import math

import polars as pl

from aicycle.contracts.marts_forecast_scores import FORECAST_SCORES
from aicycle.model.kinds import Forecaster, Question
from transforms.forecasts.closes import INSIDE
from transforms.forecasts.outlooks import Shares
from transforms.forecasts.resolve import RESOLVED

COLUMN = {
    Forecaster.MODEL: "probability",
    Forecaster.CLIMATOLOGY: "climatology",
    Forecaster.PERSISTENCE: "persistence",
}
SCORES_SCHEMA = FORECAST_SCORES.polars_schema()


def brier(shares: Shares, happened: str) -> float:
    """Return the sum over outcomes of the squared error: 0 for certainty that came true, 2 for one that did not."""
    return math.fsum((share - (outcome == happened)) ** 2 for outcome, share in shares.items())


def log_score(shares: Shares, happened: str) -> float:
    """Return minus the natural logarithm of what the outcome had; infinite for what was called impossible."""
    share = shares[happened]
    return -math.log(share) if share > 0 else math.inf


def scored(forecasts: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return `marts.forecast_scores` of the forecasts whose outcome is known.

    Args:
        forecasts: rows of `marts.forecasts`, all outcomes of each.
        outcomes: result of `transforms.forecasts.resolve.resolve`.

    Returns:
        Three rows per resolved forecast, sorted by its key.
    """
    resolved = {row["forecast_id"]: row for row in outcomes.iter_rows(named=True) if row["state"] == RESOLVED}
    rows = []
    for stated in forecasts.sort("forecast_id", "outcome").partition_by("forecast_id", maintain_order=True):
        forecast = stated.row(0, named=True)
        outcome = resolved.get(forecast["forecast_id"])
        if outcome is None:
            continue
        for forecaster, column in COLUMN.items():
            shares = dict(stated.select("outcome", column).iter_rows())
            is_our_band = forecaster is Forecaster.MODEL and forecast["question"] == Question.PRICE_BAND.value
            rows.append(
                {name: forecast[name] for name in ("forecast_id", "company", "question", "origin")}
                | {name: outcome[name] for name in ("happened", "observed", "outcome_known_at")}
                | {
                    "forecaster": forecaster.value,
                    "brier": brier(shares, outcome["happened"]),
                    "log_score": log_score(shares, outcome["happened"]),
                    "is_covered": outcome["happened"] == INSIDE if is_our_band else None,
                }
            )
    return pl.DataFrame(rows, schema=SCORES_SCHEMA).sort(FORECAST_SCORES.key)
