"""Two answers beside each other, and why they differ: a stored run or the best knowledge of a day on either side.

Here: what each side is, the set of facts it could see, and the causes put together. Not here: naming a cause
(`transforms.differences`), printing (`aicycle.cli`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.errors import UsageError
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import dump_configuration
from aicycle.settings.manifest import code_version, libraries, platform_name
from flows.steps.deriving import View, phases_of
from flows.steps.recomputing import Scenario, scenario_of
from flows.steps.replaying import History, answer_digest, phase_content, phases_digest, scenario_content
from flows.steps.stored_runs import RunKind, StoredRun
from transforms.dependence import facts_needed
from transforms.differences import (
    Cause,
    CauseKind,
    OddsChange,
    Sight,
    definition_causes,
    fact_causes,
    hold_causes,
    odds_changes,
    program_causes,
    time_causes,
)
from transforms.parameter_paths import ConfiguredValue, configured_values, relevant_values

ACTIONS = "core.corporate_actions"
OUTPUT = {RunKind.SCENARIO: "marts.scenario_runs", RunKind.PHASES: "marts.phase_assessments"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One of two answers."""

    label: str
    kind: RunKind
    company: str | None
    """None: every company's phases."""
    content: Mapping[str, Any]
    """What it says, in short."""
    digest: str
    evidence: pl.DataFrame
    facts_as_of: datetime
    """Of phases: of those that are not held."""
    manifest: Mapping[str, Any]
    view: View
    holds: pl.DataFrame

    @property
    def values(self) -> dict[str, ConfiguredValue]:
        """What stood in `config/` that it can depend on, by path."""
        content = json.loads(dump_configuration(self.view.configuration))
        return relevant_values(configured_values(content), OUTPUT[self.kind], self.company)

    @property
    def sight(self) -> Sight:
        """How far it could see."""
        scenario_set = self.view.configuration.scenario_set(self.company) if self.company else None
        # The bands are stated in units of their own day: splits known by then count, also for an earlier answer.
        later = {ACTIONS: end_of_day(scenario_set.bands_known_at)} if scenario_set else {}
        return Sight(
            facts_as_of=self.facts_as_of, load_seq=self.view.load_seq, later=later, hindsight=frozenset({ACTIONS})
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Difference:
    """Two answers and the distance between them."""

    a: Side
    b: Side
    causes: tuple[Cause, ...]
    odds: tuple[OddsChange, ...]

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.a.digest == self.b.digest

    @property
    def is_unexplained(self) -> bool:
        """Whether they differ and nothing is known that could have moved one."""
        return not self.is_same and not self.causes

    @property
    def counts(self) -> dict[str, int]:
        """Return how many causes there are of each kind, in the order of the kinds."""
        found = Counter(cause.kind for cause in self.causes)
        return {kind.value: found[kind] for kind in CauseKind if found[kind]}


def side_of_run(history: History, run: StoredRun, company: str | None = None) -> Side:
    """Return what a stored run said, and what it was made of.

    Args:
        history: everything stored.
        run: a run.
        company: of a phase run, the company whose phases are compared; None: all.

    Raises:
        WarehouseError: what its manifest names is not there any more, or was altered.
    """
    view, made_with = history.view(run), run.manifest
    label = f"run {run.run_id[:12]}, as of {made_with['as_of']:%Y-%m-%d}"
    manifest = {**made_with, "rules_version": view.rules_version}
    if run.kind is RunKind.SCENARIO:
        frames = history.answer(run)
        return Side(
            label=label,
            kind=run.kind,
            company=made_with["company"],
            content=scenario_content(made_with, frames["bands"], frames["evidence"]),
            digest=answer_digest(run),
            evidence=frames["evidence"],
            facts_as_of=made_with["facts_as_of"],
            manifest=manifest,
            view=view,
            holds=view.held(OUTPUT[run.kind]),
        )
    return _phase_side(label, _of(run.rows, company), company, manifest, view)


def side_of_day(view: View, day: str, kind: RunKind, company: str | None) -> Side:
    """Return the best knowledge of today about what was knowable by a day.

    Raises:
        UsageError: the company has no scenarios.
        NotKnownYetError: neither a price nor any evidence was known by then.
    """
    label = f"day {day}, best knowledge of today"
    manifest = {
        "code_version": code_version(),
        "libraries": libraries(),
        "platform": platform_name(),
        "rules_version": view.rules_version,
    }
    if kind is RunKind.PHASES:
        return _phase_side(label, _of(phases_of(view), company), company, manifest, view)
    scenario_set = view.configuration.scenario_set(company or "")
    if scenario_set is None or company is None:
        raise UsageError(
            f"there are no scenarios of {company}",
            where="config/scenarios/",
            expected="one of " + ", ".join(s.company for s in view.configuration.scenario_sets),
            next_command="aicycle diff A B --company NAME",
        )
    scenario: Scenario = scenario_of(view, scenario_set)
    return Side(
        label=label,
        kind=kind,
        company=company,
        content=scenario_content(scenario.run, scenario.bands, scenario.evidence),
        digest=scenario.run["digest"],
        evidence=scenario.evidence,
        facts_as_of=scenario.run["facts_as_of"],
        manifest=manifest,
        view=view,
        holds=view.held(OUTPUT[kind]).filter(pl.col("company") == company),
    )


def _of(rows: pl.DataFrame, company: str | None) -> pl.DataFrame:
    found = rows if company is None else rows.filter(pl.col("company") == company)
    if found.is_empty():
        raise UsageError(
            f"no segments of {company!r} are assessed",
            where="config/universe.toml",
            expected="a company with segments: " + ", ".join(rows["company"].unique().sort()),
            next_command="aicycle phases --company all",
        )
    return found


def _phase_side(label: str, rows: pl.DataFrame, company: str | None, manifest: Mapping[str, Any], view: View) -> Side:
    holds = view.held(OUTPUT[RunKind.PHASES])
    newest = rows["facts_as_of"].max()
    return Side(
        label=label,
        kind=RunKind.PHASES,
        company=company,
        content=phase_content(rows),
        digest=phases_digest(rows),
        evidence=pl.DataFrame(),
        facts_as_of=newest if isinstance(newest, datetime) else view.as_of,
        manifest=manifest,
        view=view,
        holds=holds if company is None else holds.filter(pl.col("company") == company),
    )


def compare(history: History, a: Side, b: Side) -> Difference:
    """Return the distance between two answers.

    Raises:
        UsageError: they answer different questions.
    """
    if (a.kind, a.company) != (b.kind, b.company):
        raise UsageError(
            f"{a.label} is about {a.company or 'all companies'} ({a.kind}), "
            f"{b.label} about {b.company or 'all companies'} ({b.kind})",
            expected="two answers to the same question",
            next_command="give two runs of one company, or a run and a day",
        )
    causes = [
        *fact_causes(_facts_of_either(history, a, b), a.sight, b.sight),
        *hold_causes(a.holds, b.holds, as_of_a=a.view.as_of, as_of_b=b.view.as_of),
        *definition_causes(a.values, b.values),
        *program_causes(a.manifest, b.manifest),
        *time_causes(a.facts_as_of, b.facts_as_of),
    ]
    odds = odds_changes(a.evidence, b.evidence) if a.kind is RunKind.SCENARIO else []
    return Difference(a=a, b=b, causes=tuple(causes), odds=tuple(odds))


def _facts_of_either(history: History, a: Side, b: Side) -> dict[str, pl.DataFrame]:
    """Return all versions of the facts that either answer can depend on, each once."""
    found: dict[str, pl.DataFrame] = {}
    companies = [a.company] if a.company else [c.name for c in b.view.configuration.universe.companies]
    for rules in (a.view.configuration, b.view.configuration):
        for company in companies:
            needed = facts_needed(
                history.tables, rules.universe, rules.scenario_sets, output=OUTPUT[a.kind], company=company
            )
            for table, rows in needed.items():
                found[table] = pl.concat([found[table], rows]).unique(maintain_order=True) if table in found else rows
    return found


def default_company(configuration: Configuration) -> str:
    """Return the company that is meant when nobody says.

    Raises:
        UsageError: there is no scenario set at all.
    """
    if not configuration.scenario_sets:
        raise UsageError(
            "there are no scenarios at all",
            where="config/scenarios/",
            expected="one file per company",
            next_command="name a company: --company NAME",
        )
    return configuration.scenario_sets[0].company
