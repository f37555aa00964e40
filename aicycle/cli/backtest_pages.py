"""How a backtest and our record of forecasts are printed.

Here: tables and sentences. Not here: their content (`backtesting`, `own_record`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from aicycle.cli.answers import Answer
from aicycle.cli.output import console, plain
from aicycle.cli.output import print_table as print_bare_table
from aicycle.model.kinds import MarketState


def print_backtest(content: Answer) -> None:
    """Print what `aicycle.cli.backtesting.backtest_answer` says."""
    out = console()
    out.print(plain(f"{content['from']} to {content['to']}: {content['days']} days, {_speed(content)}"))
    out.print(plain(f"{content['label']} Basis of the definitions: {content['basis']}."))
    for company in content["companies"]:
        if company["market_states"]:
            _print_company(company, content["days"])
    _print_without_scenarios(content)
    print_records("Forecasts of each quarter start, hindsight", content["forecasts"]["questions"])
    _print_counts(content["forecasts"])


def _speed(content: Answer) -> str:
    return f"{len(content['companies'])} companies, {content['seconds']} s, {content['days_per_second']} days a second"


def _print_company(company: Answer, days: int) -> None:
    states = company["market_states"]
    rows = [(s.value, states.get(s.value, 0), states.get(s.value, 0) / days) for s in MarketState]
    schema = {"market state": pl.String, "days": pl.Int64, "share": pl.Float64}
    print_table(pl.DataFrame(rows, schema=schema, orient="row"), f"{company['company']}: where the price stood")
    chances = [(name, c["lowest"], c["highest"], c["last"]) for name, c in company["probabilities"].items()]
    schema = {"scenario": pl.String, "lowest": pl.Float64, "highest": pl.Float64, "last": pl.Float64}
    print_table(pl.DataFrame(chances, schema=schema, orient="row"), "Probabilities")
    alerts = [
        (f"{a['rule_id']} v{a['rule_version']}", a["alerts"], str(a["first"] or "-"), str(a["last"] or "-"))
        for a in company["alerts"]
    ]
    schema = {"rule": pl.String, "alerts": pl.Int64, "first": pl.String, "last": pl.String}
    print_table(pl.DataFrame(alerts, schema=schema, orient="row"), "Alerts these rules would have raised")
    budget = company["alert_budget"]
    busiest = f", most in {budget['busiest_month']}: {budget['in_busiest_month']}" if budget["busiest_month"] else ""
    console().print(
        plain(
            f"Alert budget: {budget['alerts']} in {budget['months']} months, {budget['mean_per_month']:.2f} a month; "
            f"none in {budget['months_without']} of them{busiest}."
        )
    )


def _print_without_scenarios(content: Answer) -> None:
    for company in content["companies"]:
        for reason, days in company["empty_because"].items():
            why = reason.removesuffix(".")
            console().print(plain(f"{company['company']}: on {days} of {content['days']} days: {why}."))


def print_table(frame: pl.DataFrame, title: str) -> None:
    """Print a table under its title, which may be longer than the table is wide."""
    console().print(plain(f"\n{title}"))
    print_bare_table(frame)


def print_records(title: str, records: Sequence[Answer]) -> None:
    """Print mean scores, and a sentence for every comparison and coverage."""
    schema = {
        "question": pl.String, "n": pl.Int64, "Brier": pl.Float64, "climatology": pl.Float64, "skill": pl.Float64,
        "persistence": pl.Float64, "skill ": pl.Float64, "log": pl.Float64, "log clim.": pl.Float64,
        "log pers.": pl.Float64,
    }  # fmt: skip
    rows = [_row(record) for record in records]
    print_table(pl.DataFrame(rows, schema=schema, orient="row"), f"{title}: mean scores, 0 is best")
    out = console()
    for record in records:
        for compared in record["comparisons"]:
            out.print(plain(f"{record['question']} {compared['sentence']}."))
        if record["coverage_sentence"]:
            out.print(plain(f"{record['question']}: {record['coverage_sentence']}."))


def _row(record: Answer) -> tuple[Any, ...]:
    climatology, persistence = record["comparisons"]
    return (
        record["question"], record["n"], record["brier"], climatology["brier"], climatology["skill"],
        persistence["brier"], persistence["skill"], record["log_score"], climatology["log_score"],
        persistence["log_score"],
    )  # fmt: skip


def _print_counts(forecasts: Answer) -> None:
    out = console()
    out.print(
        plain(
            f"{forecasts['issued']} forecasts: {forecasts['resolved']} resolved, {forecasts['open']} open, "
            f"{forecasts['overdue']} overdue. Decided by {forecasts['decided_by']}."
        )
    )
    for reason, count in forecasts["unresolved_because"].items():
        out.print(plain(f"  not resolved, {count}: {reason}"))
    asked = sum(row["quarters"] for row in forecasts["not_asked"])
    if asked:
        out.print(plain(f"{asked} questions were not asked; --json says which, and why."))
