"""`aicycle players`: how much each player weighs in each wave, and whether the article's ordering holds.

Here: the command, its JSON and its page. Not here: the numbers (`transforms.player_influence`).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl
import typer

from aicycle.cli.options import AsJson, AsOf, Home
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.session import open_session
from aicycle.model.parameters import INDEX
from flows.steps.deriving import View, players_of
from transforms.player_influence import ordering_checks

OURS = (
    "The index is ours: weights are registered assumptions (config/players.toml), the article gives roles and no "
    "numbers. Counts are what was recorded, not what happened. No advice."
)


def players(
    context: typer.Context,
    as_of: AsOf = None,
    home: Home = None,
    as_json: AsJson = False,  # noqa: FBT002 - a switch
) -> None:
    """Say how much each player weighs in each wave, and whether the article's ordering holds."""
    with open_session(home or context.obj).view(as_of) as view:
        content = players_answer(view)
    if as_json:
        print_json(content | {"as_of": content["as_of"] if as_of is None else as_of})
    else:
        print_players(content)


def players_answer(view: View) -> dict[str, Any]:
    """Return the index per wave, what it is made of, and the checks, as of the view."""
    influence = players_of(view)
    rules = view.configuration.players
    checks = ordering_checks(influence, rules)
    held = influence.filter(pl.col("is_stale"))
    indices = influence.filter(pl.col("indicator") == INDEX)
    return {
        "as_of": view.as_of,
        "rules_version": rules.version,
        "basis": influence["basis"].first(),
        "status": indices["status"].first(),
        "stale": not held.is_empty(),
        "held_because": held["held_because"].first() if not held.is_empty() else None,
        "note": OURS,
        "players": [
            {
                "company": row["company"],
                "wave": row["wave"],
                "index": row["share_frac"],
                "rank": row["rank"],
                "weight_known": row["weight"],
                "partial": row["is_partial"],
                "null_reason": row["null_reason"],
                "indicators": [
                    {
                        "indicator": part["indicator"],
                        "value": part["value"],
                        "unit": part["unit"],
                        "share_frac": part["share_frac"],
                        "weight": part["weight"],
                        "partial": part["is_partial"],
                        "null_reason": part["null_reason"],
                        "status": part["status"],
                    }
                    for part in influence.filter(
                        (pl.col("company") == row["company"])
                        & (pl.col("wave") == row["wave"])
                        & (pl.col("indicator") != INDEX)
                    ).iter_rows(named=True)
                ],
            }
            for row in indices.iter_rows(named=True)
        ],
        "checks": [asdict(check) for check in checks],
    }


def print_players(content: dict[str, Any]) -> None:
    """Print one line per player, one per check, and whose numbers these are."""
    out = console()
    waves = sorted({entry["wave"] for entry in content["players"]})
    by_player: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in content["players"]:
        by_player.setdefault(entry["company"], {})[entry["wave"]] = entry
    known = {n: e for n, e in by_player.items() if any(w["index"] is not None for w in e.values())}
    ordered = sorted(known, key=lambda name: (-(known[name][waves[0]]["index"] or 0), name))
    rows = [{"player": name, **{f"wave {wave}": _shown(known[name][wave]) for wave in waves}} for name in ordered]
    day = f"{content['as_of']:%Y-%m-%d}"
    title = f"Influence by wave as of {day} ({content['basis']}, {content['status']}); * without some indicator"
    print_table(pl.DataFrame(rows, schema={"player": pl.String, **{f"wave {w}": pl.String for w in waves}}), title)
    if content["stale"]:
        out.print(plain(f"STALE: {content['held_because']}"))
    for name in sorted(set(by_player) - set(known)):
        out.print(plain(f"{name}: no index; {by_player[name][waves[0]]['null_reason']}"))
    out.print()
    results = [check["result"] for check in content["checks"]]
    counts = ", ".join(f"{results.count(word)} {word}" for word in ("holds", "fails", "not checkable"))
    out.print(f"The article's ordering, checked: {counts}")
    for check in content["checks"]:
        out.print(plain(f"  {check['result']:<13}  {check['check_id']}: {check['claim']}: {check['sentence']}"))
    out.print(plain(content["note"]))


def _shown(entry: dict[str, Any]) -> str:
    if entry["index"] is None:
        return "-"
    return f"{entry['index']:.3f} (rank {entry['rank']}){'*' if entry['partial'] else ''}"
