"""Where each segment stands in the cycle, or why that is not said: `marts.phase_assessments` and its features.

Here: from facts to the stated phase. Not here: how evidence is weighed (`evidence`), how quarters follow each other
(`filtering`), when nothing is said (`deciding`), how it is put into words (`sentences`).

Time. An answer as of a day uses, for each fact, the newest version known by that day, and places it in the history at
its first print: a happening since its first member was known, a figure since its first version was. So a retracted
announcement leaves no trace in any quarter, a restatement makes nothing young again, and nothing known later is used.
A step is a calendar quarter; what counts as its evidence was first known by its end, or by the as-of instant if that
comes earlier. The history an answer sees is therefore today's best knowledge of what was known then, and an answer of
an earlier day may differ from the earlier quarters of this one: by corrections that came in between, and by nothing
else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from aicycle.contracts.marts_phase_assessments import PHASE_ASSESSMENTS
from aicycle.contracts.marts_phase_features import PHASE_FEATURES
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import PhaseRules, Universe
from aicycle.model.provenance import STATUS_OF_VERIFICATION, basis_on, known_dates_of, status_of
from transforms.phases.deciding import Decision, decide
from transforms.phases.evidence import PHASES, Evidence, Scored, evidence_of, score
from transforms.phases.figures import Figures, Floats, Key, figures_of, key_of
from transforms.phases.filtering import filter_phases
from transforms.phases.places import Places, places_of
from transforms.phases.sentences import Spoken, reasons_of
from transforms.phases.steps import microseconds, quarter_ends
from transforms.phases.votes import votes_of

OURS = (
    "as_of", "company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4",
    "is_abstained", "reasons", "evidence", "basis", "status",
)  # fmt: skip
"""Columns of the mart that an assessment fills; the rest says with what it was made."""
SCHEMA = pl.Schema({n: t for n, t in PHASE_ASSESSMENTS.polars_schema().items() if n in OURS})
FEATURES_SCHEMA = pl.Schema({n: t for n, t in PHASE_FEATURES.polars_schema().items() if n != "run_id"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhaseAnswer:
    """Phases, and what they were made of."""

    assessments: pl.DataFrame
    """`marts.phase_assessments` without manifest and holds; one row a segment, in the universe's order."""
    features: pl.DataFrame
    """`marts.phase_features` without run_id; one row a segment and feature, in the universe's and the rules' order."""


def assess_phases(
    *,
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    metrics: pl.DataFrame,
    universe: Universe,
    rules: PhaseRules,
    as_of: datetime,
) -> PhaseAnswer:
    """Assess every segment of every company of the universe.

    Args:
        events: versions of `core.cycle_events`; those known after `as_of` are not used.
        announcements: versions of `core.announcements`; likewise.
        members: versions of `core.event_members`; likewise.
        metrics: `marts.segment_metrics` as of the same instant, with a column `first_known_at`: when the first print of
            the last of a metric's inputs became known.
        universe: companies and segments; `group`, the whole company, has no phase.
        rules: features, weights, dynamics.
        as_of: instant with a time zone.

    Returns:
        Phases and features. Probabilities (fractions) are null where there is too little evidence, or only stale one;
        the phase is null too where none is likely enough.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    known = known_evidence(
        events=events,
        announcements=announcements,
        members=members,
        metrics=metrics,
        universe=universe,
        rules=rules,
        as_of=instant,
    )
    scored = score(known.evidence, rules)
    history = filter_phases(scored.scores, scored.first_step, rules.dynamics)
    decision = decide(known.evidence, scored, history[-1], rules)
    return PhaseAnswer(
        assessments=_assessments(known, rules, scored, history, decision, as_of=instant),
        features=_features(known, rules, scored),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What is known by an instant, as frames and as arrays."""

    places: Places
    votes: pl.DataFrame
    figures: dict[Key, Figures]
    evidence: Evidence


def known_evidence(
    *,
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    metrics: pl.DataFrame,
    universe: Universe,
    rules: PhaseRules,
    as_of: datetime,
) -> Known:
    """Return what is known by `as_of`; arguments as in `assess_phases`.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    places = places_of(universe)
    ends = quarter_ends(as_of, rules.dynamics.history_quarters.value)
    steps = np.array([microseconds(end) for end in ends], dtype=np.int64)
    votes = votes_of(
        events=events, announcements=announcements, members=members, places=places, rules=rules, as_of=as_of
    )
    figures = figures_of(metrics, places=places, rules=rules, steps=steps, as_of=as_of)
    evidence = evidence_of(votes, figures, steps=steps, place_count=places.count)
    return Known(places=places, votes=votes, figures=figures, evidence=evidence)


# --- what is stated -------------------------------------------------------------------------------------------------


def _assessments(
    known: Known, rules: PhaseRules, scored: Scored, history: Floats, decision: Decision, *, as_of: datetime
) -> pl.DataFrame:
    probabilities = history[-1]
    doubts = _doubts(known)
    ends = quarter_ends(as_of, rules.dynamics.history_quarters.value)
    spoken = Spoken(
        rules=rules,
        votes=known.votes,
        figures=known.figures,
        scored=scored,
        history=history,
        ends=ends,
        decision=decision,
        doubts=doubts,
    )
    kinds = np.array(["no evidence", "events only", "figures only", "figures and events"])
    has_votes = doubts["event_count"].to_numpy() > 0
    return (
        known.places.segments.select("company", "segment")
        .with_columns(
            as_of=pl.lit(as_of),
            phase=pl.Series(decision.leader + 1, dtype=pl.Int64),
            **{f"probability_{n + 1}": pl.Series(probabilities[:, n], dtype=pl.Float64) for n in range(PHASES)},
            is_abstained=pl.Series(~decision.is_phase, dtype=pl.Boolean),
            is_told=pl.Series(decision.is_told, dtype=pl.Boolean),
            reasons=pl.Series(reasons_of(spoken), dtype=pl.String),
            evidence=pl.Series(kinds[has_votes + 2 * (decision.figure_count > 0)].tolist(), dtype=pl.String),
            basis=pl.lit(basis_on(as_of, known_dates_of(rules)).value),
            status=pl.Series(_statuses(doubts, rules), dtype=pl.String),
        )
        .with_columns(
            pl.when(~pl.col("is_abstained")).then("phase").alias("phase"),
            *(pl.when("is_told").then(f"probability_{n + 1}").alias(f"probability_{n + 1}") for n in range(PHASES)),
        )
        .select(SCHEMA.names())
        .match_to_schema(SCHEMA)
    )


def _doubts(known: Known) -> pl.DataFrame:
    """Return per place: event_count, unchecked_count, and doubt, of the weakest of all inputs (null: there is none)."""
    unchecked = list(Verification).index(Verification.UNCHECKED)
    of_events = (
        known.votes.group_by("place", "event_id")
        .agg(pl.col("doubt").max())
        .group_by("place")
        .agg(
            event_count=pl.len(),
            unchecked_count=(pl.col("doubt") == unchecked).sum(),
            event_doubt=pl.col("doubt").max(),
        )
    )
    of_figures = [
        pl.when(found.latest["value"].is_not_null()).then(found.latest["doubt"]) for found in known.figures.values()
    ]
    return (
        known.places.segments.select("place")
        .join(of_events, on="place", how="left", maintain_order="left")
        .select(
            pl.col("event_count", "unchecked_count").fill_null(0).cast(pl.Int64),
            doubt=pl.max_horizontal("event_doubt", *of_figures),
        )
    )


def _statuses(doubts: pl.DataFrame, rules: PhaseRules) -> list[str]:
    """Return the weakest status among the rules and each place's inputs."""
    order = list(Status)
    of_rules = order.index(status_of(replace(rules, baseline=())))
    of_doubt = [order.index(STATUS_OF_VERIFICATION[word]) for word in Verification]
    return [order[max(of_rules, 0 if doubt is None else of_doubt[doubt])].value for doubt in doubts["doubt"]]


# --- what it was made of --------------------------------------------------------------------------------------------


def _features(known: Known, rules: PhaseRules, scored: Scored) -> pl.DataFrame:
    places, votes, figures = known.places, known.votes, known.figures
    newest_vote = votes.group_by("feature", "place").agg(vote_known_at=pl.col("known_at").max())
    tables = []
    for position, feature in enumerate(rules.features):
        of_feature = places.segments.with_columns(
            family=pl.lit(feature.family),
            feature=pl.lit(feature.name),
            **{
                f"contribution_{n + 1}": pl.Series(scored.contributions[position, :, n], dtype=pl.Float64)
                for n in range(PHASES)
            },
        )
        if feature.event_types:
            newest = newest_vote.filter(pl.col("feature") == position).select("place", known_at="vote_known_at")
            table = of_feature.join(newest, on="place", how="left", maintain_order="left").with_columns(
                pl.Series("value", scored.faded[position], dtype=pl.Float64),
                unit=pl.lit("faded votes"),
                null_reason=pl.lit(None, pl.String),
            )
        else:
            keys = list(dict.fromkeys(key_of(ramp) for ramp in feature.ramps))
            latest = [figures[key].latest for key in keys]
            table = of_feature.with_columns(
                pl.Series("value", scored.strengths[position], dtype=pl.Float64).fill_nan(None),
                unit=pl.lit("fraction"),
                null_reason=pl.coalesce(
                    *(
                        pl.format("{}: {}", pl.lit(metric), frame["null_reason"])
                        for (metric, _, _), frame in zip(keys, latest, strict=True)
                    )
                ),
                known_at=pl.max_horizontal(*(frame["known_at"] for frame in latest)),
            )
        tables.append(table.with_columns(position=pl.lit(position)))
    return (
        pl.concat([t.select("place", "position", *FEATURES_SCHEMA.names()) for t in tables])
        .sort("place", "position")
        .select(FEATURES_SCHEMA.names())
        .match_to_schema(FEATURES_SCHEMA)
    )
