"""Forecasts and their scores: what the recompute stage stores of them, in its own transaction.

Here: which forecasts are new, whether they are live, which outcomes can be scored. Not here: questions, outcomes and
scores (`transforms.forecasts`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import EventName, Origin
from flows.steps.accepting import Acceptance
from flows.steps.deriving import View
from transforms.digests import table_digest
from transforms.forecasts.issue import Issued, issue
from transforms.forecasts.resolve import OPEN, OVERDUE, RESOLVED, resolve
from transforms.forecasts.score import scored
from transforms.lineage import standing
from warehouse import Transaction

OUTPUT = "marts.forecasts"


def record_forecasts(transaction: Transaction, view: View, acceptance: Acceptance) -> int:
    """Store the quarter's forecasts that are not there yet, and scores of what came out; return how many are new.

    A forecast is stored once and never changed, and only if the gate accepts all of the quarter's. What rests on a held
    input is not asked, and not scored, until the hold is lifted.
    """
    stored = transaction.frame(OUTPUT)
    issued = forecasts_of(view, transaction.clock(), stored)
    manifest = view.manifest(view.held(OUTPUT))
    fresh = issued.forecasts.with_columns(
        **{name: pl.lit(manifest[name]) for name in ("code_version", "parameters_digest")},
        created_at=pl.lit(transaction.clock()).cast(pl.Datetime("us", "UTC")),
    )
    fresh = transaction.append_new(OUTPUT, fresh if _is_accepted(fresh, view, acceptance) else fresh.clear())
    for company in fresh["company"].unique().sort():
        own = fresh.filter(pl.col("company") == company)
        transaction.record(
            EventName.FORECASTS_ISSUED,
            company,
            {
                "quarter": own["quarter"][0],
                "as_of": view.as_of.isoformat(),
                "origins": own["origin"].unique().sort().to_list(),
                "forecast_ids": own["forecast_id"].unique().sort().to_list(),
                "digest": table_digest(own, CONTRACTS[OUTPUT]),
                "withheld": {
                    row["question"]: row["reason"]
                    for row in issued.withheld.filter(pl.col("company") == company).iter_rows(named=True)
                },
            },
        )
    record_scores(transaction, view)
    return fresh["forecast_id"].n_unique()


def _is_accepted(fresh: pl.DataFrame, view: View, acceptance: Acceptance) -> bool:
    frame = fresh.select(CONTRACTS[OUTPUT].column_names)
    return frame.is_empty() or acceptance.accepts({OUTPUT: frame}, output=OUTPUT, subject="", as_of=view.as_of)


def forecasts_of(view: View, now: datetime, stored: pl.DataFrame) -> Issued:
    """Return the forecasts a run as of the view adds to the stored ones, and the questions it does not ask, and why.

    Args:
        view: facts, holds and as-of.
        now: the present instant. Live is what is stored at most `live_within_days` after its as-of, and whose outcome
            no stored fact of up to now tells; all else is hindsight. An as-of of a later day than today asks nothing.
        stored: `marts.forecasts`.
    """
    rules = view.configuration.forecasts
    if view.as_of > max(now, end_of_day(now.date())):
        return _asked(view, [], Origin.HINDSIGHT, [])
    known = stored["forecast_id"].unique().to_list()
    names = [company.name for company in view.configuration.universe.companies]
    if now - view.as_of > timedelta(days=rules.live_within_days.value):
        return _asked(view, names, Origin.HINDSIGHT, known)
    live = _asked(view, names, Origin.LIVE, known)
    told = _told_already(view, live.forecasts, max(now, view.as_of))
    if told.is_empty():
        return live
    questions = ["company", "question"]
    late = _asked(view, names, Origin.HINDSIGHT, known).forecasts.join(told, on=questions, how="semi")
    kept = live.forecasts.join(told, on=questions, how="anti")
    return Issued(forecasts=pl.concat([kept, late]).sort("company", "question", "outcome"), withheld=live.withheld)


def open_forecasts(view: View, stored: pl.DataFrame) -> pl.DataFrame:
    """Return the outcomes that are not known as of the view: forecast_id, state (open | overdue), reason."""
    outcomes = _outcomes(view, stored, view.as_of)
    return outcomes.filter(pl.col("state").is_in([OPEN, OVERDUE])).select("forecast_id", "state", "reason")


def record_scores(transaction: Transaction, view: View) -> int:
    """Append the scores of forecasts whose outcome is known as of the view; return how many forecasts that are."""
    scores = transaction.frame("marts.forecast_scores")
    waiting = transaction.frame(OUTPUT).join(scores.select("forecast_id").unique(), on="forecast_id", how="anti")
    new = transaction.append_new("marts.forecast_scores", scored(waiting, _outcomes(view, waiting, view.as_of)))
    for company in new["company"].unique().sort():
        own = new.filter(pl.col("company") == company)
        transaction.record(
            EventName.FORECASTS_SCORED,
            company,
            {
                "as_of": view.as_of.isoformat(),
                "forecast_ids": own["forecast_id"].unique().sort().to_list(),
                "digest": table_digest(own, CONTRACTS["marts.forecast_scores"]),
            },
        )
    return new["forecast_id"].n_unique()


def _asked(view: View, companies: list[str], origin: Origin, known: list[str]) -> Issued:
    return issue(
        view.facts,
        received=view.received,
        configuration=view.configuration,
        companies=companies,
        as_of=view.as_of,
        origin=origin,
        held=standing(view.held(OUTPUT), view.as_of),
        known_ids=known,
    )


def _told_already(view: View, forecasts: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return company and question of the forecasts whose outcome a fact known by now tells."""
    outcomes = _outcomes(view, forecasts, now).filter(pl.col("state") == RESOLVED)
    return forecasts.join(outcomes, on="forecast_id", how="semi").select("company", "question").unique()


def _outcomes(view: View, forecasts: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    return resolve(
        forecasts,
        view.facts,
        received=view.received,
        configuration=view.configuration,
        as_of=as_of,
        held=standing(view.held(OUTPUT), as_of),
    )
