"""Making a stored answer again: from the facts, holds and parameters it was made with, by today's code.

Here: what was there then, and whether the same comes out. Not here: best knowledge of a past day (that is
`flows.steps.deriving.view_of` with an as-of), why two answers differ (`flows.steps.comparing`).

A fact that arrived after the run has a higher `load_seq` and takes no part, whenever it claims to be known since.
Memberships are derived and replaced as facts arrive, so they are derived again. Payloads count up to the landing that
the run's loads had read: what came with a later one can't have moved it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from aicycle.contracts import CORE_TABLES
from aicycle.errors import AicycleError, WarehouseError
from aicycle.settings.manifest import code_version, libraries, platform_name
from expectations.suite import rules_version as gate_version
from flows.steps.deriving import View, phase_answer_of, phase_run_id, received_days
from flows.steps.manifests import kept_configuration, kept_holds
from flows.steps.recomputing import ANSWER_TABLES, Scenario, scenario_of, scenario_run_id
from flows.steps.recomputing import answer_digest as scenario_digest
from flows.steps.stored_runs import RunKind, StoredRun
from transforms.digests import content_digest, frame_digest
from transforms.event_members import MEMBERS_OF, event_members
from transforms.facts import Facts
from transforms.gate.decisions import released_rows
from transforms.scenarios.evidence import PRIOR
from warehouse import Reader

DERIVED = "core.event_members"
PHASE_ANSWER = (
    "as_of", "company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4",
    "is_abstained", "reasons", "evidence", "basis", "status", "is_stale", "stale_since", "held_because", "facts_as_of",
)  # fmt: skip
"""What a phase run says; the rest of its columns is its manifest."""


class History:
    """All that replays read, read once: facts of every load, payloads, parameters and gate states."""

    def __init__(self, reader: Reader) -> None:
        self.tables = reader.frames(name for name in CORE_TABLES if name != DERIVED)
        self.loads = reader.frame("ops.loads")
        self.payloads = reader.frame("raw.payloads")
        self.parameter_sets = reader.frame("ops.parameter_sets")
        self.gate_states = reader.frame("ops.gate_states")
        self.holds = reader.frame("ops.holds")
        self.released = released_rows(reader.frame("ops.decisions"))
        self.answers = {name: reader.frame(table) for name, table in ANSWER_TABLES.items()}
        self.phase_features = reader.frame("marts.phase_features")
        self._facts: dict[int, Facts] = {}

    def answer(self, run: StoredRun) -> dict[str, pl.DataFrame]:
        """Return the stored rows of a scenario run, by their names in `ANSWER_TABLES`."""
        return {name: frame.filter(pl.col("run_id") == run.run_id) for name, frame in self.answers.items()}

    def features(self, run: StoredRun) -> pl.DataFrame:
        """Return the stored features of a phase run."""
        return self.phase_features.filter(pl.col("run_id") == run.run_id)

    def facts_of_load(self, load_seq: int) -> Facts:
        """Return the facts of the loads up to `load_seq`, their memberships derived from them."""
        if load_seq not in self._facts:
            tables = {name: frame.filter(pl.col("load_seq") <= load_seq) for name, frame in self.tables.items()}
            tables[DERIVED] = event_members(*(tables[name] for name in MEMBERS_OF))
            self._facts = {load_seq: Facts.from_tables(tables)}
        return self._facts[load_seq]

    def payloads_of_load(self, load_seq: int) -> pl.DataFrame:
        """Return the payloads that had landed when the loads up to `load_seq` were audited."""
        landed = self.loads.filter(pl.col("load_seq") <= load_seq)["batch_seq"].max()
        return self.payloads.filter(pl.col("batch_seq") <= (landed if isinstance(landed, int) else 0))

    def view(self, run: StoredRun) -> View:
        """Return the view a stored run was made of.

        Raises:
            WarehouseError: its parameters or its gate state are not there any more, or were altered.
            ConfigError: its parameters do not fit this version.
        """
        made_with = run.manifest
        holds, rules_version = kept_holds(self.gate_states, made_with["gate_digest"])
        load_seq = made_with["load_seq"]
        return View(
            facts=self.facts_of_load(load_seq),
            received=received_days(self.payloads_of_load(load_seq)),
            received_at=None,
            holds=self.holds.clear(),
            configuration=kept_configuration(self.parameter_sets, made_with["parameters_digest"]),
            as_of=made_with["as_of"],
            load_seq=load_seq,
            kept_holds=holds,
            rules_version=rules_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One part of the manifest that is not what it was."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What was said then, what comes out now."""

    kind: RunKind
    run_id: str
    then: dict[str, Any]
    now: dict[str, Any] | None
    """None: it can't be made again; `failed_because` says why."""
    failed_because: str | None
    digest_then: str
    digest_now: str | None
    program: tuple[Differing, ...]
    """What of the program differs: code, libraries, platform, rules. It may change an answer."""
    inputs: tuple[Differing, ...]
    """What of the inputs differs, though the same loads, holds and parameters were read: it must not."""
    altered_rows: tuple[Differing, ...] = ()
    """Where the stored answer is not the one that was stored, by its own digests; whatever the program."""

    @property
    def is_same(self) -> bool:
        """Whether the same answer came out."""
        return self.digest_then == self.digest_now

    @property
    def is_error(self) -> bool:
        """Whether another answer came out, and nothing in the manifest says why."""
        return bool(self.altered_rows) or (not self.is_same and not self.program)

    @property
    def verdict(self) -> str:
        """One sentence for a person."""
        if self.altered_rows:
            return f"ERROR: the stored answer was altered: {_names(self.altered_rows)}."
        if self.now is None:
            why = f"the program is not the same ({_names(self.program)})" if self.program else "ERROR"
            return f"It can't be made again: {why}."
        if self.is_same:
            more = f" ({_names(self.program)} differ, which changed nothing)" if self.program else ""
            return f"The same answer, digest {self.digest_then[:12]}{more}."
        if self.program:
            return (
                f"Another answer than then: the program is not the same ({_names(self.program)}). "
                "That is allowed, and no error."
            )
        if self.inputs:
            return (
                f"ERROR: another answer than then, from the same program: {_names(self.inputs)} differ, so what was "
                "stored then was altered since. aicycle verify names the rows."
            )
        return "ERROR: another answer than then, though the same facts, holds, parameters and program were used."


def _names(parts: tuple[Differing, ...]) -> str:
    return ", ".join(part.what for part in parts)


def replay(history: History, run: StoredRun) -> Replayed:
    """Make a stored run again and hold the two against each other.

    Raises:
        WarehouseError: what its manifest names is not there any more, or was altered.
        ConfigError: its parameters do not fit this version.
    """
    view = history.view(run)
    made_with, failed = run.manifest, None
    now: dict[str, Any] | None = None
    digest_now, inputs_now = None, dict[str, str]()
    program = program_differences(made_with, view)
    altered = altered_rows(history, run)
    try:
        if run.kind is RunKind.SCENARIO:
            scenario = remade_scenario(view, run)
            now, digest_now = scenario_content(scenario.run, scenario.bands, scenario.evidence), scenario.run["digest"]
            inputs_now = {name: str(scenario.run[name]) for name in ("facts_digest", "gate_digest")}
        else:
            answer = phase_answer_of(view)
            phases = answer.assessments
            now, digest_now = phase_content(phases), phases_digest(phases)
            # Segments that are held rest on older facts than the others: the run's facts are those of all its rows.
            inputs_now = {"facts_digest": _facts_digest(phases), "gate_digest": phases["gate_digest"][0]}
            if not program:
                altered += _other_features(history.features(run), answer.features)
    except AicycleError as error:
        failed = str(error)
    return Replayed(
        kind=run.kind,
        run_id=run.run_id,
        then=_stored_content(history, run),
        now=now,
        failed_because=failed,
        digest_then=answer_digest(run),
        digest_now=digest_now,
        program=program,
        inputs=_input_differences(run, inputs_now),
        altered_rows=altered,
    )


def _input_differences(run: StoredRun, now: dict[str, str]) -> tuple[Differing, ...]:
    then = {"facts_digest": _facts_digest(run.rows), "gate_digest": run.manifest["gate_digest"]}
    return tuple(Differing(what=name, then=then[name], now=found) for name, found in now.items() if then[name] != found)


def altered_rows(history: History, run: StoredRun) -> tuple[Differing, ...]:
    """Return where the stored rows of an answer do not have the digests that were stored with them.

    Only what is stored is read: the program of today has no say in it.
    """
    if run.kind is RunKind.PHASES:
        digests = [
            ("its run_id is not the digest of its rows", run.run_id, phase_run_id(run.rows, history.features(run)))
        ]
    else:
        stored = run.manifest
        digests = [
            ("its run_id is not the digest of its manifest", run.run_id, scenario_run_id(stored)),
            ("its digest is not that of its rows", stored["digest"], scenario_digest(stored, history.answer(run))),
        ]
    return tuple(Differing(what=what, then=then, now=found) for what, then, found in digests if then != found)


def _other_features(stored: pl.DataFrame, made: pl.DataFrame) -> tuple[Differing, ...]:
    then, now = (frame_digest(frame.drop("run_id")) for frame in (stored, made))
    return () if then == now else (Differing(what="its features are not those it was made of", then=then, now=now),)


def remade_scenario(view: View, run: StoredRun) -> Scenario:
    """Return a stored scenario run as it comes out of the view it was made of.

    Raises:
        WarehouseError: its parameters hold no scenarios of its company.
        NotKnownYetError: neither a price nor any evidence was known.
    """
    scenario_set = view.configuration.scenario_set(run.manifest["company"])
    if scenario_set is None:
        raise WarehouseError(
            f"run {run.run_id[:12]} is of {run.manifest['company']}, of which its parameters hold no scenarios",
            where="ops.parameter_sets",
            expected="the parameters it was made with",
            next_command="aicycle verify",
        )
    return scenario_of(view, scenario_set)


def program_differences(made_with: dict[str, Any], view: View) -> tuple[Differing, ...]:
    """Return what of the program is not what it was when a run was made.

    Args:
        made_with: the run's manifest.
        view: what it was made of. The gate's limits are parameters, and as they were: suites alone can differ.
    """
    today = {
        "code_version": code_version(),
        "libraries": libraries(),
        "platform": platform_name(),
        "rules_version": gate_version(view.configuration.gate),
    }
    then = made_with | {"rules_version": view.rules_version}
    return tuple(
        Differing(what=name, then=str(then[name]), now=now)
        for name, now in today.items()
        if name in then and then[name] != now
    )


def answer_digest(run: StoredRun) -> str:
    """Return the digest of what a stored run said."""
    return str(run.manifest["digest"]) if run.kind is RunKind.SCENARIO else phases_digest(run.rows)


def phases_digest(phases: pl.DataFrame) -> str:
    """Return the digest of what a phase run said, whatever it was made with."""
    return frame_digest(phases.select(PHASE_ANSWER))


def _facts_digest(rows: pl.DataFrame) -> str:
    digests = rows["facts_digest"].unique().sort().to_list()
    return str(digests[0]) if len(digests) == 1 else content_digest({"of": digests})


SCENARIO_ANSWER = ("price_usd", "price_session", "price_basis", "market_state", "evidence_state", "is_stale")


def scenario_content(run: dict[str, Any], bands: pl.DataFrame, evidence: pl.DataFrame) -> dict[str, Any]:
    """Return what a scenario run says, in short: for people and JSON."""
    happenings = evidence.filter(pl.col("family") != PRIOR)["event_id"].n_unique()
    return {name: run[name] for name in ("company", "as_of", "facts_as_of", *SCENARIO_ANSWER)} | {
        "probabilities": {row["scenario"]: row["probability"] for row in bands.sort("position").iter_rows(named=True)},
        "p50_usd": {row["scenario"]: row["p50_usd"] for row in bands.sort("position").iter_rows(named=True)},
        "happenings": happenings,
    }


def phase_content(rows: pl.DataFrame) -> dict[str, Any]:
    """Return what a phase run says, in short: for people and JSON."""
    return {
        "as_of": rows["as_of"][0] if rows.height else None,
        "phases": {
            f"{row['company']}/{row['segment']}": {
                "phase": row["phase"],
                "probabilities": {str(n): row[f"probability_{n}"] for n in range(1, 5)},
                "is_stale": row["is_stale"],
            }
            for row in rows.sort("company", "segment").iter_rows(named=True)
        },
    }


def _stored_content(history: History, run: StoredRun) -> dict[str, Any]:
    if run.kind is RunKind.SCENARIO:
        frames = history.answer(run)
        return scenario_content(run.manifest, frames["bands"], frames["evidence"])
    return phase_content(run.rows)
