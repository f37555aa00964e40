"""`aicycle eval`: how much the model's answers prove.

Here: the options of the evaluations, and their pages. Not here: what is computed (`transforms.phases.honesty`).
"""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
import typer

from aicycle.cli.answers import company_or_refuse
from aicycle.cli.options import AsJson, AsOf, Home
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.session import open_session
from aicycle.errors import ConfigError
from aicycle.model.parameters import ArticleMap
from flows.steps.deriving import View, phase_metrics_of
from transforms.phases.honesty import Facts, evaluate_phases

Content = dict[str, Any]
FEWEST_PERMUTATIONS = 200
MOST_PERMUTATIONS = 20_000

evaluations = typer.Typer(no_args_is_help=True, help="How much an answer proves: baselines, sensitivity, chance.")


@evaluations.callback()
def common() -> None:
    """How much an answer proves: baselines, sensitivity, chance."""


@evaluations.command(epilog="Example:  aicycle eval phases --json")
def phases(
    context: typer.Context,
    *,
    as_of: AsOf = None,
    company: Annotated[
        str | None, typer.Option("--company", help="A company of config/universe.toml; by default the map's.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the permutations.")] = 0,
    permutations: Annotated[
        int, typer.Option("--permutations", min=FEWEST_PERMUTATIONS, max=MOST_PERMUTATIONS, help="How many.")
    ] = 1000,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Hold the phases against the article's map, and against baselines, other settings and chance.

    Without --as-of: on the day of the map.
    """
    session = open_session(home or context.obj)
    article = session.configuration.article_map
    if article is None:
        raise ConfigError(
            "there is no map to hold the phases against",
            where="config/article_map.toml",
            next_command="restore the file from the project",
        )
    with session.view(as_of or article.segments[0].phase.known_at.isoformat()) as view:
        content = _evaluated(view, article, company or article.company, seed, permutations)
    if as_json:
        print_json(content)
    else:
        _print_phases(content, view.configuration.phases.phase_names)


def _evaluated(view: View, article: ArticleMap, company: str, seed: int, permutations: int) -> Content:
    universe = view.configuration.universe
    company_or_refuse(universe, company)
    return evaluate_phases(
        Facts(
            events=view.facts.cycle_events,
            announcements=view.facts.announcements,
            members=view.facts.event_members,
            metrics_as_of=lambda instant: phase_metrics_of(view, instant),
        ),
        universe=universe,
        rules=view.configuration.phases,
        article=article,
        company=company,
        as_of=view.as_of,
        seed=seed,
        permutations=permutations,
    )


def _print_phases(content: Content, names: tuple[str, ...]) -> None:
    out = console()
    title = f"Phases of {content['company']} as of {content['as_of']:%Y-%m-%d} against the article ({content['basis']})"
    print_table(pl.DataFrame([s | {"phase": _named(s["phase"], names)} for s in content["segments"]]), title=title)
    out.print(plain(f"{content['hits']} hits, {content['abstentions']} abstentions, {content['errors']} errors."))
    out.print(plain(f"{content['basis_note'][:1].upper()}{content['basis_note'][1:]}."))
    if content["not_assessed"]:
        out.print(plain(f"Not assessed, for lack of (fresh) evidence: {', '.join(content['not_assessed'])}."))
    out.print()
    print_table(pl.DataFrame(content["baselines"]), title="Baselines: only what exceeds them is claimed")
    beyond = content["hits_beyond_baselines"]
    out.print(f"Claimed from the map: {f'{beyond} hits more than the best baseline' if beyond > 0 else 'nothing'}.")
    _print_checks(content)
    out.print()
    print_table(
        pl.DataFrame(
            [
                {
                    "family": line["family"],
                    "largest change here": line["largest_change"],
                    "in": line["segment"],
                    "and anywhere": line["elsewhere"]["largest_change"],
                    "where": "{company} {segment}, {as_of}".format(**line["elsewhere"]),
                    "state": line["state"],
                }
                for line in content["ablation"]
            ]
        ),
        title="Without a family of features: how far a probability moves",
    )
    out.print()
    elsewhere = [line | {"phase": _named(line["phase"], names)} for line in content["elsewhere"]]
    print_table(
        pl.DataFrame(elsewhere, infer_schema_length=None),
        title="Elsewhere: years before, and companies the article does not map; nothing there to be hit or missed",
    )


def _print_checks(content: Content) -> None:
    out = console()
    sensitivity, permutation = content["sensitivity"], content["permutation"]
    grid = sensitivity["grid"]
    out.print()
    out.print(
        plain(
            f"Other settings: {sensitivity['kept']} of {sensitivity['cells']} cells ({sensitivity['kept_frac']:.0%}) "
            f"keep {sensitivity['against']}; each segment by itself:"
        )
    )
    print_table(pl.DataFrame(sensitivity["segments"], schema={"segment": pl.String, "kept_frac": pl.Float64}))
    factors = ", ".join(f"{factor:.2g}" for factor in grid["half_life_factors"])
    dwells = ", ".join(str(dwell) for dwell in grid["dwell_quarters"])
    out.print(plain(f"Half-lives and temperature times {factors}; dwell of {dwells} quarters."))
    weights = sensitivity["weights"]
    out.print(
        plain(
            f"Weights each times a factor by lot (log spread {weights['log_spread']:g}, seed {weights['seed']}): "
            f"{weights['kept']} of {weights['cells']} draws keep it all."
        )
    )
    out.print()
    if permutation["mean_accuracy"] is None:
        out.print(plain(f"Permutation: {permutation['note']}."))
    else:
        out.print(
            plain(
                f"Permutation ({permutation['permutations']}, seed {permutation['seed']}): observed "
                f"{permutation['observed_accuracy']:.0%}, mean {permutation['mean_accuracy']:.1%}, chance "
                f"{permutation['chance_accuracy']:.1%}, p = {permutation['p_value']:.4f}; {permutation['note']}."
            )
        )


def _named(phase: int | None, names: tuple[str, ...]) -> str:
    return "abstained" if phase is None else f"{phase} {names[phase - 1]}"
