"""What people see: one page per answer, plain words and small tables.

Here: the wording and layout of answers on a terminal, and their JSON where it differs from the answer itself. Not here:
the answers (`answers`).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from aicycle.cli.answers import Answer, freshness_of, phase_answers, scenario_answer, standing_holds
from aicycle.cli.output import console, plain, print_table
from aicycle.contracts import CONTRACTS
from aicycle.errors import NotKnownYetError
from aicycle.model.kinds import PriceBasis
from aicycle.settings.manifest import platform_name
from flows.steps.comparing import default_company
from transforms.digests import combined_digest, table_digest

if TYPE_CHECKING:
    from pathlib import Path

    from flows.steps.deriving import View
    from flows.steps.summary import RunSummary
    from warehouse import Reader

EXAMPLE_QUERY = "FROM core.quoted_closes_as_of('2025-09-28') WHERE symbol = 'BABA' ORDER BY session DESC LIMIT 5"
TARGET_READINGS = {
    "twelve_months": "the value twelve months ahead",
    "discounted_horizon": "the horizon's value, discounted to the day",
}
"""What a target is read as, by its name in a scenario set."""
SIMULATED_NOTE = "simulated: drawn with a seed between real month ends, no price"


# --- run and demo ---------------------------------------------------------------------------------------------------


SHOWN_HOLDS = 12
"""Holds that are told one by one; a bad file may hold a subject a thousand times."""


def summary_json(summary: RunSummary) -> Answer:
    """Return a run's summary for programs."""
    return {
        "new_rows": summary.total("stored"),
        "restated_rows": summary.total("restated"),
        "duplicate_rows": summary.total("duplicate"),
        "quarantined_rows": summary.total("quarantined"),
        "new_alerts": summary.new_alerts,
        "held": [asdict(h) for h in summary.held],
        "refused_files": summary.refused_files,
        "ignored_files": summary.ignored_files,
        "unanswered": summary.unanswered,
        "snapshot": summary.snapshot,
        "seconds": round(summary.seconds, 3),
        "home": summary.home,
        "source": summary.source,
        "as_of": summary.as_of,
        "files": [asdict(f) for f in summary.files],
    }


def print_summary(summary: RunSummary) -> None:
    """Print what a run did: the ledger's lines, what is held, what was crossed."""
    out = console()
    rows = [asdict(f) for f in summary.files]
    if rows:
        names = {"rows_in": "in", "name": "file"}
        print_table(pl.DataFrame(rows).rename(names), title="Rows: in = stored + duplicate + quarantined")
    if not summary.total("stored") and not summary.new_runs and not summary.new_alerts:
        out.print("Nothing new: this run changed nothing.")
    else:
        out.print(
            f"{summary.total('stored')} rows stored ({summary.total('restated')} restated), "
            f"{summary.new_runs} scenario runs, {summary.new_alerts} alerts raised, {summary.seconds:.1f} s"
        )
    for ignored in summary.ignored_files:
        out.print(plain(f"ignored {ignored}"))
    for refusal in summary.refused_files:
        out.print(plain(f"REFUSED {refusal}"))
    for held in summary.held[:SHOWN_HOLDS]:
        reach = ", ".join(held.outputs) or "nothing"
        out.print(plain(f"HELD {held.subject_kind} {held.subject_id} {held.metric} since {held.since}: {held.cause}"))
        out.print(plain(f"  keeps from being recomputed: {reach}"))
    if len(summary.held) > SHOWN_HOLDS:
        out.print(f"... {len(summary.held) - SHOWN_HOLDS} more holds: aicycle gate")
    for reason in summary.unanswered:
        out.print(plain(f"NOT ANSWERED {reason}"))


def print_overview(view: View, alerts: pl.DataFrame) -> None:
    """Print where segments stand, what the scenarios say and what was crossed."""
    company = default_company(view.configuration) if view.configuration.scenario_sets else None
    out = console()
    out.print()
    print_phases(view, phase_answers(view, company))
    out.print()
    if company is not None:
        try:
            print_scenario(scenario_answer(view, company))
        except NotKnownYetError as error:
            out.print(plain(str(error)))
        out.print()
    raised = alerts.filter(pl.col("status") != "baseline").sort("known_at", "alert_id")
    out.print(f"Thresholds crossed since the first look ({alerts.height - raised.height} before it, not sent):")
    for alert in raised.iter_rows(named=True):
        out.print(plain(f"  {alert['crossed_on']} {alert['message']}"))


def print_next_steps(summary: RunSummary) -> None:
    """Print where to query and look."""
    out = console()
    home = f" --home {summary.home}"
    out.print()
    out.print("Look further:")
    out.print(f"  aicycle report{home}      one HTML file, works offline")
    out.print(f"  aicycle alerts{home} --all")
    out.print(f'  aicycle sql{home} "{EXAMPLE_QUERY}"')
    out.print(f"  aicycle path{home}        the snapshot, for any DuckDB client: {summary.snapshot}")


# --- phases, scenario, alerts ---------------------------------------------------------------------------------------


def print_phases(view: View, answers: list[Answer]) -> None:
    """Print one line per segment, then what spoke for it."""
    names = view.configuration.phases.phase_names
    rows = [
        {
            "company": a["company"],
            "segment": a["segment"],
            "phase": "abstained" if a["phase"] is None else f"{a['phase']} {names[a['phase'] - 1]}",
            **{f"p{n}": a["probabilities"][str(n)] for n in range(1, 5)},
        }
        for a in answers
    ]
    bases = sorted({f"{a['basis']}, {a['evidence']}" for a in answers})
    print_table(pl.DataFrame(rows), title=f"Phases as of {view.as_of:%Y-%m-%d} ({'; '.join(bases)})")
    out = console()
    for a in answers:
        out.print(plain(f"  {a['segment']}: {(a['reasons'] or ['nothing is known'])[0]}"))
        if a["stale"]:
            out.print(plain(f"  {a['segment']} is STALE: {a['held_because']}"))


def print_scenario(answer: Answer) -> None:
    """Print the market state and one line per scenario."""
    out = console()
    if answer["stale"]:
        out.print(plain(f"STALE since {answer['stale_since']}: {answer['held_because']}"))
    out.print(plain(f"{answer['company']} as of {_day(answer['as_of'])}: {_price_line(answer)}"))
    if answer.get("note"):
        out.print(answer["note"])
        return
    out.print(f"definitions: {answer['basis']}; target bands: {answer['bands_basis']}")
    if answer["target_meaning"]:
        out.print(f"P10 to P90: {TARGET_READINGS[answer['target_meaning']]}, in USD per unit of the day")
    rows = [
        {
            "scenario": s["name"],
            "probability": s["probability"],
            "target USD": f"{s['target_low_usd']:.0f} to {s['target_high_usd']:.0f}",
            "P10": s["p10_usd"],
            "P50": s["p50_usd"],
            "P90": s["p90_usd"],
            "status": s["status"],
        }
        for s in answer["scenarios"]
    ]
    print_table(pl.DataFrame(rows))
    if answer["abstained_because"]:
        out.print(plain(answer["abstained_because"]))
    if answer["projection_null_reason"]:
        out.print(plain(f"No projected values: {answer['projection_null_reason']}"))
    _print_moves(answer)
    out.print("No advice: probabilities rest on registered assumptions (config/scenarios/).")


def _price_line(answer: Answer) -> str:
    if answer["price_usd"] is None:
        return f"no price: {answer['market_state_null_reason']}"
    price = f"{answer['price_usd']:.2f} USD"
    if answer["price_basis"] == PriceBasis.SIMULATED:
        price += f" ({SIMULATED_NOTE})"
    state = f"market state {answer['market_state']}" if answer["market_state"] else answer["market_state_null_reason"]
    return f"{price}, session {answer['price_session']}" + (f"; {state}" if state else "")


def _print_moves(answer: Answer) -> None:
    """Print, per scenario that evidence moved, which families did."""
    for scenario in answer["scenarios"]:
        parts = [f"{m['family']} {m['shapley_frac']:+.3f}" for m in scenario["moved_by"]]
        if parts:
            console().print(plain(f"  {scenario['name']} moved from its prior by {', '.join(parts)}"))


def print_alerts(rows: pl.DataFrame) -> None:
    """Print one line per crossing."""
    if rows.is_empty():
        console().print("No alerts. (--all also lists what was crossed before the first run.)")
        return
    print_table(rows.select("crossed_on", "company", "transition", "level", "value", "status", "message"))


# --- status and digest ----------------------------------------------------------------------------------------------


def status_json(home: Path, reader: Reader, view: View | None, now: datetime) -> Answer:
    """Return what is there, for programs."""
    loads = reader.frame("ops.loads").sort("load_seq", descending=True)
    quarantine = reader.frame("ops.quarantine")
    runs = reader.frame("marts.scenario_runs").sort("created_at", descending=True)
    failed = reader.frame("ops.events").filter(pl.col("name") == "SourceFailed")
    return {
        "home": str(home.absolute()),
        "snapshot": str(reader.path),
        "as_of": view.as_of if view else None,
        "rows": reader.row_counts(),
        "freshness": freshness_of(view, now).to_dicts() if view else [],
        "held": (standing_holds(view) if view else reader.frame("ops.holds")).to_dicts(),
        "quarantined_rows": quarantine.filter(pl.col("source_line") > 0).height,
        "refused_files": quarantine.filter((pl.col("source_line") == 0) & pl.col("table_name").is_null()).height,
        "missing_rows": quarantine.filter((pl.col("source_line") == 0) & pl.col("table_name").is_not_null()).height,
        "quarantine_newest": quarantine.sort("load_seq", descending=True)
        .select("name", "source_line", "check_name", "reason")
        .head(5)
        .to_dicts(),
        "source_failures": failed.select("subject", "payload", "recorded_at").tail(3).to_dicts(),
        "last_loads": loads.select(
            "load_seq", "name", "table_name", "rows_in", "rows_stored", "rows_duplicate", "rows_quarantined"
        )
        .head(12)
        .to_dicts(),
        "last_runs": runs.select("run_id", "company", "as_of", "market_state", "is_stale").head(3).to_dicts(),
    }


def print_status(content: Answer) -> None:
    """Print what is there."""
    out = console()
    out.print(plain(f"home {content['home']}\nsnapshot {content['snapshot']}\nas of {content['as_of']}"))
    out.print()
    if content["freshness"]:
        print_table(pl.DataFrame(content["freshness"], infer_schema_length=None), title="Freshness")
    else:
        out.print("No fact is stored yet.")
    out.print()
    for hold in content["held"][:SHOWN_HOLDS]:
        name = f"{hold['subject_kind']} {hold['subject_id']} {hold['metric']}"
        out.print(plain(f"HELD {name} since {hold['since']}: {hold['cause']}"))
    if len(content["held"]) > SHOWN_HOLDS:
        out.print(f"... {len(content['held']) - SHOWN_HOLDS} more holds: aicycle gate")
    if not content["held"]:
        out.print("Nothing is held.")
    out.print(
        f"{content['quarantined_rows']} rows in quarantine, {content['refused_files']} files or replies refused, "
        f"{content['missing_rows']} rows found missing."
    )
    for row in content["quarantine_newest"]:
        out.print(plain(f"  {row['name']}: {row['reason']}"))
    for failure in content["source_failures"]:
        out.print(plain(f"SOURCE FAILED {failure['subject']} at {failure['recorded_at']}"))
    if content["last_loads"]:
        out.print()
        print_table(pl.DataFrame(content["last_loads"], infer_schema_length=None), title="Last loads")


def digest_json(reader: Reader) -> dict[str, Any]:
    """Return the digest of each table and of all, over the columns that are not volatile."""
    tables = {name: table_digest(reader.frame(name), contract) for name, contract in CONTRACTS.items()}
    return {"digest": combined_digest(tables), "platform": platform_name(), "tables": tables}


def print_digest(content: dict[str, Any]) -> None:
    """Print the digest of all, then of each table."""
    out = console()
    out.print(f"{content['digest']}  all tables  ({content['platform']})")
    for name, digest in content["tables"].items():
        out.print(f"{digest}  {name}")


def _day(as_of: object) -> str:
    return f"{as_of:%Y-%m-%d %H:%M} UTC" if isinstance(as_of, datetime) else str(as_of)
