"""`aicycle eval scenarios` and `aicycle what-if`: the bands held against the drivers, and a price against each of them.

Here: options and printing. Not here: the answers (`valuing`).
"""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from aicycle.cli.evaluating import evaluations
from aicycle.cli.options import AsJson, AsOf, Company, Home
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.pages import TARGET_READINGS
from aicycle.cli.session import open_session
from aicycle.cli.valuing import Answer, confrontation_answer, what_if_answer
from flows.steps.comparing import default_company


@evaluations.command("scenarios", epilog="Example:  aicycle eval scenarios --company Alibaba --json")
def eval_scenarios(context: typer.Context, company: Company = None, home: Home = None, as_json: AsJson = False) -> None:
    """Confront the target bands with the drivers: fitted multiples, residuals, both readings of a target."""
    with open_session(home or context.obj).view(None) as view:
        answer = confrontation_answer(view, company or default_company(view.configuration))
    if as_json:
        print_json(answer)
    else:
        print_confrontation(answer)


def what_if_command(
    context: typer.Context,
    target: Annotated[float, typer.Option("--target", help="USD per unit of the primary listing.")],
    company: Company = None,
    as_of: AsOf = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Say what must be true for a target price: each driver alone, the others at their modes."""
    with open_session(home or context.obj).view(as_of) as view:
        answer = what_if_answer(view, company or default_company(view.configuration), target)
    if as_json:
        print_json(answer if as_of is None else answer | {"as_of": as_of})
    else:
        print_what_if(answer)


def print_confrontation(answer: Answer) -> None:
    """Print both readings, and a sentence for each scenario of the registered one."""
    out = console()
    out.print(plain(f"{answer['company']}: target bands against drivers, from facts known by {answer['as_of']}"))
    out.print(
        f"6 edges, one multiple fitted to each low edge: {answer['degrees_of_freedom']} degrees of freedom. "
        "Which of two readings of a target is registered was decided in sight of both: count that as one degree less."
    )
    whose = "Multiples in a range of our own" if answer["are_multiples_our_own"] else "Multiples that others used"
    out.print(plain(f"{whose}: {answer['independent_low']:g} to {answer['independent_high']:g}"))
    for meaning in dict.fromkeys(row["meaning"] for row in answer["scenarios"]):
        rows = [row for row in answer["scenarios"] if row["meaning"] == meaning]
        is_ours = meaning == answer["registered_meaning"]
        title = f"A target read as {TARGET_READINGS[meaning]}" + (
            " (registered)" if is_ours else " (the other reading)"
        )
        print_table(pl.DataFrame([_confronted(row) for row in rows]), title=title)
        for row in rows:
            out.print(plain(f"  {row['scenario']}: {row['explanation']}"))
    out.print("Residuals of the low edges are zero by construction. No advice.")


def _title(meaning: str, answer: Answer) -> str:
    is_ours = meaning == answer["registered_meaning"]
    return f"A target read as {TARGET_READINGS[meaning]} ({'registered' if is_ours else 'the other reading'})"


def _confronted(row: Answer) -> Answer:
    return {
        "scenario": row["scenario"],
        "multiple": row["fitted_multiple"],
        "multiple in range": {True: "inside", False: "outside", None: "-"}[row["is_within_independent"]],
        "low edge": row["edge_low_usd"],
        "residual USD": _rounded(row["residual_low_usd"]),
        "residual %": _rounded(_percent(row["residual_low_frac"])),
        "high edge": row["edge_high_usd"],
        "predicted": row["value_high_usd"],
        "residual USD ": row["residual_high_usd"],
        "residual % ": _percent(row["residual_high_frac"]),
        "at the modes": row["mode_usd"],
    }


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction


def _rounded(value: float | None) -> float | None:
    """Take the last bits off what is zero by construction."""
    return None if value is None else round(value, 9) + 0.0


def print_what_if(answer: Answer) -> None:
    """Print one table per reading."""
    out = console()
    out.print(plain(f"{answer['company']}: what must be true for {answer['target_usd']:g} USD, one driver at a time"))
    for meaning, rows in answer["readings"].items():
        is_ours = meaning == answer["registered_meaning"]
        title = f"A target read as {TARGET_READINGS[meaning]}" + (
            " (registered)" if is_ours else " (the other reading)"
        )
        shown = [
            {
                "scenario": row["scenario"],
                "driver": row["driver"],
                "needed": "-" if row["needed"] is None else f"{row['needed']:.4g}",
                "range": f"{row['range_low']:.4g} to {row['range_high']:.4g}",
                "inside": {True: "yes", False: "no", None: "-"}[row["is_within_range"]],
                "remark": row["reason"] or "",
            }
            for row in rows
        ]
        print_table(pl.DataFrame(shown), title=title)
    out.print("Drivers are those of the horizon; the others stand at their modes. No advice.")
