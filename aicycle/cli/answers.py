"""Questions to a published snapshot: scenario, phases, alerts, status. Computed for any as-of day.

Here: what is read and in which shape it is answered. Not here: printing (`output`, `pages`), rules (`transforms`).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.errors import NotKnownYetError, UsageError
from aicycle.model.parameters import Company, Configuration, Universe
from flows.steps.deriving import View, joined_causes, phases_of, quoted_closes, view_of
from flows.steps.recomputing import scenario_of
from transforms.digests import SIGNIFICANT_DIGITS
from transforms.lineage import last_good_instant, standing
from warehouse import Reader

Answer = dict[str, Any]

FRESHNESS = pl.Schema(
    {
        "table_name": pl.String(),
        "rows": pl.Int64(),
        "newest_event_date": pl.Date(),
        "newest_known_at": pl.Datetime("us", "UTC"),
        "age_days": pl.Float64(),
        "is_stale": pl.Boolean(),
    }
)


def view_or_refuse(reader: Reader, configuration: Configuration, as_of: str | None) -> View:
    """Return the view a question is about.

    Raises:
        NotKnownYetError: no facts at all are stored, or none was known by then.
    """
    view = view_of(reader, configuration, as_of)
    first = None if view is None else _first_known(view)
    if view is None or first is None or view.as_of < first:
        raise NotKnownYetError(
            "nothing was known yet" + (f" as of {as_of}" if as_of else ""),
            where=str(reader.path or ""),
            expected=f"a day from {first.date()} on" if first else "a home in which a run has stored facts",
            next_command="aicycle status",
        )
    return view


def _first_known(view: View) -> datetime | None:
    instants = [frame["known_at"].min() for frame in view.facts.tables().values()]
    return min((i for i in instants if isinstance(i, datetime)), default=None)


def company_or_refuse(universe: Universe, name: str) -> Company:
    """Return the company of that name.

    Raises:
        UsageError: there is none.
    """
    found = universe.company(name)
    if found is None:
        raise UsageError(
            f"there is no company {name!r}",
            where="config/universe.toml",
            expected="one of " + ", ".join(c.name for c in universe.companies),
            next_command=f"the same command with --company {universe.companies[0].name}",
        )
    return found


def scenario_answer(view: View, company: str) -> Answer:
    """Return a company's scenarios as of the view.

    Raises:
        UsageError: no such company.
        NotKnownYetError: there is no price by the as-of day.
    """
    company_or_refuse(view.configuration.universe, company)
    scenario_set = view.configuration.scenario_set(company)
    if scenario_set is None:
        return _without_set(view, company)
    scenario = scenario_of(view, scenario_set)
    run = scenario.run
    shown = (
        "company", "as_of", "basis", "bands_basis", "price_usd", "price_session", "price_basis", "market_state",
        "market_state_null_reason",
    )  # fmt: skip
    return {name: run[name] for name in shown} | {
        "target_meaning": scenario_set.projection.target_meaning.value if scenario_set.projection else None,
        "scenarios": [
            {"name": row["scenario"]}
            | {k: _shown(k, row[k]) for k in row if k not in {"run_id", "scenario", "position"}}
            | {"moved_by": _moved_by(scenario.moves, row["scenario"])}
            | {"paths": _path_of(scenario.paths, row["scenario"])}
            for row in scenario.bands.sort("position").iter_rows(named=True)
        ],
        "evidence_state": run["evidence_state"],
        "abstained_because": run["abstained_because"],
        "projection_null_reason": run["projection_null_reason"],
        "run_id": run["run_id"],
        "digest": run["digest"],
        "stale": run["is_stale"],
        "stale_since": run["stale_since"],
        "held_because": run["held_because"],
    }


def _moved_by(moves: pl.DataFrame, scenario: str) -> list[Answer]:
    """Return what moved a probability from its prior, strongest first."""
    own = moves.filter(pl.col("scenario") == scenario).drop("run_id", "scenario")
    return own.sort(pl.col("shapley_frac").abs(), "family", descending=[True, False]).to_dicts()


def _path_of(paths: pl.DataFrame, scenario: str) -> list[Answer]:
    """Return one scenario's projected value, quarter by quarter."""
    rows = paths.filter(pl.col("scenario") == scenario).drop("run_id", "scenario").sort("quarter_end")
    return [{k: _shown(k, v) for k, v in row.items()} for row in rows.iter_rows(named=True)]


def _shown(name: str, value: object) -> object:
    """Return an amount at the digits that count; probabilities stay whole, so that they add up to one."""
    is_amount = isinstance(value, float) and name.endswith("_usd")
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if is_amount else value


def _without_set(view: View, company: str) -> Answer:
    """Answer for a company without a scenario set: its price, and that there are no scenarios."""
    held = view.held("marts.scenario_runs").filter(pl.col("company") == company)
    causes = standing(held, view.as_of)
    closes = quoted_closes(view, company, last_good_instant(held, view.as_of))
    last = closes.tail(1).to_dicts()[0] if closes.height else {}
    return {
        "company": company,
        "as_of": view.as_of,
        "basis": None,
        "bands_basis": None,
        "price_usd": last.get("close_quoted_usd"),
        "price_session": last.get("session"),
        "price_basis": last.get("price_basis"),
        "market_state": None,
        "market_state_null_reason": _why_no_price(view, company) if not last else None,
        "target_meaning": None,
        "scenarios": [],
        "evidence_state": None,
        "abstained_because": None,
        "projection_null_reason": None,
        "run_id": None,
        "digest": None,
        "stale": not causes.is_empty(),
        "stale_since": causes["since"].min(),
        "held_because": joined_causes(causes) or None,
        "note": f"no scenario set for {company}: config/scenarios/ has "
        + (", ".join(s.company for s in view.configuration.scenario_sets) or "none"),
    }


def _why_no_price(view: View, company: str) -> str:
    listing = view.configuration.universe.primary_listing(company)
    if listing is None:
        return "no listing of it is watched"
    if listing.currency != "USD":
        return f"its primary listing {listing.symbol} is quoted in {listing.currency}, not in US dollars"
    return f"no close of {listing.symbol} was known yet"


def phase_answers(view: View, company: str | None) -> list[Answer]:
    """Return the phases of a company's segments, or of all companies that were assessed."""
    rows = phases_of(view)
    if company is not None:
        rows = rows.filter(pl.col("company") == company)
        if rows.is_empty():
            raise UsageError(
                f"no segments of {company!r} are assessed",
                where="config/universe.toml",
                expected="a company with segments",
                next_command="aicycle phases",
            )
    return [
        {
            "company": r["company"],
            "segment": r["segment"],
            "phase": r["phase"],
            "probabilities": {str(n): r[f"probability_{n}"] for n in range(1, 5)},
            "abstained": r["is_abstained"],
            "reasons": json.loads(r["reasons"]),
            "evidence": r["evidence"],
            "basis": r["basis"],
            "status": r["status"],
            "stale": r["is_stale"],
            "held_because": r["held_because"],
        }
        for r in rows.iter_rows(named=True)
    ]


def freshness_of(view: View, now: datetime) -> pl.DataFrame:
    """Return, per table of facts, how many rows there are and how old the newest is.

    Returns:
        table_name, rows, newest_event_date, newest_known_at, age_days (now minus newest_known_at), is_stale (older than
        config/freshness.toml allows; null where no limit is set).
    """
    limits = {limit.table: limit.max_age_days for limit in view.configuration.freshness}
    rows = []
    for table, frame in view.facts.tables().items():
        contract = CONTRACTS[table]
        dated = next(
            (n for n in ("session", "period_end", "event_time", "ex_date") if n in contract.column_names), None
        )
        newest_event = frame[dated].max() if dated else None
        newest_known = frame["known_at"].max()
        age = (now - newest_known).total_seconds() / 86400 if isinstance(newest_known, datetime) else None
        limit = limits.get(table)
        rows.append(
            {
                "table_name": table,
                "rows": frame.height,
                "newest_event_date": newest_event.date() if isinstance(newest_event, datetime) else newest_event,
                "newest_known_at": newest_known,
                "age_days": None if age is None else round(age, 1),
                "is_stale": None if limit is None or age is None else age > limit.value,
            }
        )
    return pl.DataFrame(rows, schema=FRESHNESS)


def standing_holds(view: View) -> pl.DataFrame:
    """Return the holds that stand at the view's as-of, or have not ended."""
    return standing(view.holds, view.as_of)
