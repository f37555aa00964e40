"""`aicycle backtest`: what a range of days would have shown, and how good its forecasts would have been.

Here: checking the range, the content of the answer, its command. Not here: the backtest (`transforms.backtesting`), how
it is printed (`backtest_pages`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from time import perf_counter
from typing import Annotated, Any

import polars as pl
import typer

from aicycle.cli import backtest_pages
from aicycle.cli.answers import Answer, company_or_refuse
from aicycle.cli.options import AsJson, CompanyOrAll, Home
from aicycle.cli.output import print_json
from aicycle.cli.session import open_session
from aicycle.errors import UsageError
from aicycle.model.kinds import AlertStatus
from aicycle.model.parameters import Configuration, Universe
from aicycle.model.provenance import basis_on, known_dates_of
from flows.steps.deriving import View
from transforms.backtesting import Backtest, backtest
from transforms.forecasts.record import record_of
from transforms.walking.days import PROBABILITY, SCENARIOS

EXAMPLE = "Example:  aicycle backtest --from 2023-01-01 --to 2025-12-31 --company Alibaba --json"
LABEL = (
    "Hindsight: nobody said this on those days. Each day saw only facts known by its end; the rules may be younger. "
    "Holds take no part."
)

Day = Annotated[str, typer.Option("--from", metavar="DAY", help="First day (UTC).")]
LastDay = Annotated[str, typer.Option("--to", metavar="DAY", help="Last day (UTC); forecasts are resolved by its end.")]


def backtest_command(
    context: typer.Context,
    *,
    first: Day,
    last: LastDay,
    company: CompanyOrAll = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Walk past days as live runs would have: states, alerts, probabilities, forecasts and their scores. Reads only."""
    session = open_session(home or context.obj)
    with session.view(None) as view:
        content = backtest_answer(view, first, last, company)
    if as_json:
        print_json(content)
    else:
        backtest_pages.print_backtest(content)


def backtest_answer(view: View, first: str, last: str, company: str | None) -> Answer:
    """Return what a range of days would have shown.

    Raises:
        UsageError: days that are none, in the wrong order, before the first fact or after the newest; no such company.
    """
    days = _day(first, "--from"), _day(last, "--to")
    _check_range(view, *days)
    names = companies_asked(view.configuration.universe, company)
    started = perf_counter()
    found = backtest(
        view.facts,
        received=view.received,
        configuration=view.configuration,
        companies=names,
        first=days[0],
        last=days[1],
    )
    seconds = perf_counter() - started
    walked = (days[1] - days[0]).days + 1
    return {
        "from": days[0],
        "to": days[1],
        "origin": "hindsight",
        "basis": _basis(view.configuration, found),
        "label": LABEL,
        "days": walked,
        "seconds": round(seconds, 2),
        "days_per_second": round(walked / seconds, 1),
        "companies": [_walked(found, name, view.configuration) for name in names],
        "forecasts": forecasts_content(found),
    }


def companies_asked(universe: Universe, company: str | None) -> list[str]:
    """Return the names a question is about.

    Raises:
        UsageError: no such company.
    """
    if company is None:
        return [c.name for c in universe.companies]
    return [company_or_refuse(universe, company).name]


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no day",
            where=option,
            expected="a day such as 2025-09-28",
            next_command="aicycle backtest --from 2023-01-01 --to 2025-12-31",
        ) from None


def _check_range(view: View, first: date, last: date) -> None:
    oldest = min(i for f in view.facts.tables().values() if isinstance(i := f["known_at"].min(), datetime)).date()
    newest = view.as_of.date()
    complaint = (
        f"--from {first} lies after --to {last}"
        if first > last
        else f"nothing was known yet on {first}"
        if first < oldest
        else f"{last} lies beyond the newest fact: what happened then is not known here"
        if last > newest
        else ""
    )
    if complaint:
        raise UsageError(
            complaint,
            where="--from, --to",
            expected=f"days from {oldest} to {newest}, the first not after the last",
            next_command=f"aicycle backtest --from {oldest} --to {newest}",
        )


def _basis(configuration: Configuration, found: Backtest) -> str:
    """Return live if every definition was known on the first day, else hindsight."""
    bands = [s.bands_known_at for s in configuration.scenario_sets]
    rules = known_dates_of(configuration.scenario_sets, configuration.alert_rules, configuration.forecasts)
    return basis_on(found.walked["as_of"][0], [*bands, *rules]).value


def _walked(found: Backtest, name: str, configuration: Configuration) -> Answer:
    own = found.walked.filter(pl.col("company") == name)
    columns = {scenario: own[f"{PROBABILITY}{scenario}"].drop_nulls() for scenario in SCENARIOS}
    return {
        "company": name,
        "market_states": _days_each(own["market_state"]),
        "evidence_states": _days_each(own["evidence_state"]),
        "days_without_price": own["price_usd"].null_count(),
        "empty_because": _days_each(own["null_reason"]),
        "probabilities": {
            scenario: {"lowest": values.min(), "highest": values.max(), "last": values[-1]}
            for scenario, values in columns.items()
            if values.len()
        },
        "alerts": _alerts(found, name, configuration),
        "alert_budget": _budget(found, name),
    }


def _days_each(words: pl.Series) -> dict[str, int]:
    counts = Counter(words.drop_nulls().to_list())
    return {word: counts[word] for word in sorted(counts, key=lambda w: (-counts[w], w))}


def _alerts(found: Backtest, name: str, configuration: Configuration) -> list[Answer]:
    raised = found.alerts.filter(pl.col("status") == AlertStatus.RAISED.value)
    said = []
    for rule in configuration.alert_rules:
        if rule.company == name:
            is_own = (pl.col("rule_id") == rule.rule_id) & (pl.col("rule_version") == rule.version)
            own = raised.filter(is_own).sort("known_at")
            said.append(
                {
                    "rule_id": rule.rule_id,
                    "rule_version": rule.version,
                    "alerts": own.height,
                    "first": own["crossed_on"].min(),
                    "last": own["crossed_on"].max(),
                    "per_month": _per_month(own),
                }
            )
    return said


def _budget(found: Backtest, name: str) -> Answer:
    """Return how many messages a month these rules would have cost."""
    is_raised = (pl.col("company") == name) & (pl.col("status") == AlertStatus.RAISED.value)
    per_month = _per_month(found.alerts.filter(is_raised))
    months = found.walked["as_of"].dt.strftime("%Y-%m").n_unique()
    busiest = max(sorted(per_month), key=lambda month: per_month[month], default=None)
    return {
        "months": months,
        "alerts": sum(per_month.values()),
        "mean_per_month": round(sum(per_month.values()) / months, 3),
        "months_without": months - len(per_month),
        "busiest_month": busiest,
        "in_busiest_month": per_month[busiest] if busiest else 0,
    }


def _per_month(alerts: pl.DataFrame) -> dict[str, int]:
    counts = Counter(alerts["known_at"].dt.strftime("%Y-%m").to_list())
    return {month: counts[month] for month in sorted(counts)}


def forecasts_content(found: Backtest) -> Answer:
    """Return how the forecasts of a backtest went: counts, records per question, what was not asked and why."""
    states = Counter(found.outcomes["state"].to_list())
    reasons = Counter(found.withheld.select("company", "question", "reason").iter_rows())
    return {
        "issued": found.outcomes.height,
        "resolved": states["resolved"],
        "open": states["open"],
        "overdue": states["overdue"],
        "unresolved_because": _days_each(found.outcomes["reason"]),
        "decided_by": "the first print of a figure, the first close on or after the day that was asked about",
        "questions": [plain_record(record) for record in record_of(found.scores)],
        "by_company": {
            name: [plain_record(record) for record in record_of(found.scores.filter(pl.col("company") == name))]
            for name in found.scores["company"].unique().sort()
        },
        "not_asked": [
            {"company": company, "question": question, "reason": reason, "quarters": quarters}
            for (company, question, reason), quarters in sorted(reasons.items())
        ],
    }


def plain_record(record: Any) -> Answer:  # noqa: ANN401 - any of the record's dataclasses
    """Return a record as plain content."""
    return asdict(record)
