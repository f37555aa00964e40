"""`aicycle forecasts`: what we said would happen, what became of it, and what is not asked and why.

Here: the content of the answer and its command. Not here: forecasts and scores (`transforms.forecasts`,
`flows.steps.forecasting`), tables of records (`backtest_pages`).

Only live forecasts are our record: they were stored before their outcome could be known. Hindsight ones are shown after
them, and say so.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
import typer

from aicycle.cli.answers import Answer, view_or_refuse
from aicycle.cli.backtest_pages import print_records, print_table
from aicycle.cli.backtesting import companies_asked, plain_record
from aicycle.cli.options import AsJson, CompanyOrAll, Home
from aicycle.cli.output import console, plain, print_json
from aicycle.cli.session import open_session
from aicycle.model.instants import system_clock
from aicycle.model.kinds import Forecaster, Origin
from flows.steps.deriving import View
from flows.steps.forecasting import forecasts_of, open_forecasts
from transforms.forecasts.record import record_of
from warehouse import Reader

EXAMPLE = "Example:  aicycle forecasts --company Alibaba --json"
NO_RECORD = "no live forecast has been resolved yet"
SHARED = (
    "forecast_id", "company", "question", "subject", "quarter", "period_end", "threshold", "as_of", "due_on", "origin",
    "basis", "status",
)  # fmt: skip


def forecasts_command(
    context: typer.Context,
    *,
    company: CompanyOrAll = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List our forecasts, live ones first, with their scores: our own record."""
    session = open_session(home or context.obj)
    with session.reader() as reader:
        view = view_or_refuse(reader, session.configuration, None)
        content = record_answer(reader, view, company, system_clock())
    if as_json:
        print_json(content)
    else:
        print_record(content)


def record_answer(reader: Reader, view: View, company: str | None, now: datetime) -> Answer:
    """Return stored forecasts with what became of them.

    Args:
        reader: an open database.
        view: its newest view.
        company: one company, or None for all.
        now: the present instant.

    Raises:
        UsageError: no such company.
    """
    names = companies_asked(view.configuration.universe, company)
    of_names = pl.col("company").is_in(names)
    stored = reader.frame("marts.forecasts").filter(of_names)
    scores = reader.frame("marts.forecast_scores").filter(of_names)
    live = scores.filter(pl.col("origin") == Origin.LIVE.value)
    hindsight = scores.filter(pl.col("origin") == Origin.HINDSIGHT.value)
    withheld = forecasts_of(view, now, stored).withheld.filter(of_names)
    return {
        "as_of": view.as_of,
        "our_record": [plain_record(record) for record in record_of(live)],
        "our_record_says": None if live.height else NO_RECORD,
        "hindsight_record": [plain_record(record) for record in record_of(hindsight)],
        "forecasts": _forecasts(view, stored, scores),
        "not_asked": withheld.to_dicts(),
    }


def _forecasts(view: View, stored: pl.DataFrame, scores: pl.DataFrame) -> list[Answer]:
    unscored = stored.join(scores.select("forecast_id").unique(), on="forecast_id", how="anti")
    waiting = {row["forecast_id"]: row for row in open_forecasts(view, unscored).iter_rows(named=True)}
    decided: dict[str, dict[str, Answer]] = {}
    for row in scores.iter_rows(named=True):
        decided.setdefault(row["forecast_id"], {})[row["forecaster"]] = row
    said = []
    for outcomes in stored.sort("forecast_id", "outcome").partition_by("forecast_id", maintain_order=True):
        first = outcomes.row(0, named=True)
        name = first["forecast_id"]
        shown = ("outcome", "low", "high", "probability", "climatology", "persistence")
        said.append(
            {column: first[column] for column in SHARED}
            | {"outcomes": outcomes.select(shown).to_dicts()}
            | _became(decided.get(name), waiting.get(name))
        )
    is_hindsight = {Origin.LIVE.value: 0, Origin.HINDSIGHT.value: 1}
    said.sort(key=lambda f: (f["company"], f["question"]))
    said.sort(key=lambda f: f["as_of"], reverse=True)
    said.sort(key=lambda f: is_hindsight[f["origin"]])
    return said


def _became(scores: dict[str, Answer] | None, waiting: Answer | None) -> Answer:
    if scores is None:
        # An outcome that is known, and not scored, waits for the next run.
        state, reason = (waiting["state"], waiting["reason"]) if waiting else ("open", "the next run scores it")
        return {"state": state, "reason": reason, "happened": None, "observed": None, "scores": {}}
    ours = scores[Forecaster.MODEL.value]
    return {
        "state": "resolved",
        "reason": None,
        "happened": ours["happened"],
        "observed": ours["observed"],
        "outcome_known_at": ours["outcome_known_at"],
        "is_covered": ours["is_covered"],
        "scores": {name: {"brier": s["brier"], "log_score": s["log_score"]} for name, s in sorted(scores.items())},
    }


def print_record(content: Answer) -> None:
    """Print what `record_answer` says."""
    out = console()
    out.print(plain(f"Forecasts, as of {content['as_of'].date()}"))
    if content["our_record"]:
        print_records("Our record: live forecasts", content["our_record"])
    else:
        out.print(plain(f"Our record: {content['our_record_says']}."))
    for origin in Origin:
        rows = [_row(f) for f in content["forecasts"] if f["origin"] == origin.value]
        if rows:
            print_table(pl.DataFrame(rows), _title(origin))
    if content["hindsight_record"]:
        print_records("Not our record: forecasts made in hindsight", content["hindsight_record"])
    for row in content["not_asked"]:
        out.print(plain(f"Not asked: {row['company']}, {row['question']}: {row['reason']}."))


def _title(origin: Origin) -> str:
    if origin is Origin.LIVE:
        return "Live: stored before the outcome could be known"
    return "Hindsight: stored when the outcome could be known, not our record"


def _row(forecast: Answer) -> Answer:
    likeliest = max(forecast["outcomes"], key=lambda o: (o["probability"], o["outcome"]))
    ours = forecast["scores"].get(Forecaster.MODEL.value)
    return {
        "quarter": forecast["quarter"],
        "company": forecast["company"],
        "question": forecast["question"],
        "about": f"{forecast['subject']} {forecast['period_end'] or ''}".strip(),
        "likeliest": likeliest["outcome"],
        "we say": likeliest["probability"],
        "due": str(forecast["due_on"]),
        "state": forecast["state"],
        "happened": forecast["happened"] or "-",
        "Brier": ours["brier"] if ours else None,
        "basis": forecast["basis"],
    }
