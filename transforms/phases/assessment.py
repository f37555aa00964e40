"""Where each segment stands in the cycle, or why that is not said: `marts.phase_assessments` and its features.

Here: from facts to the stated phase. Not here: how evidence is weighed (`evidence`), how quarters follow each other
(`filtering`), how it is put into words (`sentences`).

Time. An answer as of a day uses, for each fact, the newest version known by that day, and places it in the history at
its first print: a happening since its first member was known, a figure since its first version was. So a retracted
announcement leaves no trace in any quarter, a restatement makes nothing young again, and nothing known later is used.
A step is a calendar quarter; what counts as its evidence was first known by its end, or by the as-of instant if that
comes earlier. The history an answer sees is therefore today's best knowledge of what was known then, and an answer of
an earlier day may differ from the earlier quarters of this one: by corrections that came in between, and by nothing
else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from aicycle.contracts.marts_phase_assessments import PHASE_ASSESSMENTS
from aicycle.contracts.marts_phase_features import PHASE_FEATURES
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import PhaseRules, Universe
from aicycle.model.provenance import STATUS_OF_VERIFICATION, basis_on, known_dates_of, status_of
from transforms.phases.evidence import PHASES, Scored, evidence_of, score
from transforms.phases.figures import Figures, Floats, Key, figures_of, key_of
from transforms.phases.filtering import filter_phases
from transforms.phases.places import Places, places_of
from transforms.phases.sentences import Spoken, reasons_of
from transforms.phases.steps import US_PER_YEAR, microseconds, quarter_ends
from transforms.phases.votes import INSTANT, votes_of

OURS = (
    "as_of", "company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4",
    "is_abstained", "reasons", "evidence", "basis", "status",
)  # fmt: skip
"""Columns of the mart that an assessment fills; the rest says with what it was made."""
SCHEMA = pl.Schema({n: t for n, t in PHASE_ASSESSMENTS.polars_schema().items() if n in OURS})
FEATURES_SCHEMA = pl.Schema({n: t for n, t in PHASE_FEATURES.polars_schema().items() if n != "run_id"})
TIE = 1e-9
"""Probabilities closer than this are equal: the difference is rounding."""


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
    places = places_of(universe)
    steps = np.array(
        [microseconds(end) for end in quarter_ends(instant, rules.dynamics.history_quarters.value)], dtype=np.int64
    )
    votes = votes_of(
        events=events, announcements=announcements, members=members, places=places, rules=rules, as_of=instant
    )
    figures = figures_of(metrics, places=places, rules=rules, steps=steps, as_of=instant)
    levels = {key: found.levels for key, found in figures.items()}
    scored = score(evidence_of(votes, levels, steps=steps, place_count=places.count), rules)
    history = filter_phases(scored.scores, scored.first_step, rules.dynamics)
    grounds = _grounds(votes, figures, scored, places)
    return PhaseAnswer(
        assessments=_assessments(instant, places, rules, votes, figures, scored, history, grounds),
        features=_features(places, rules, votes, figures, scored),
    )


# --- what an answer rests on ----------------------------------------------------------------------------------------


def _grounds(votes: pl.DataFrame, figures: dict[Key, Figures], scored: Scored, places: Places) -> pl.DataFrame:
    """Return per place: votes_left, figure_count, newest_known_at, doubt (of the weakest input), event counts."""
    metrics = dict.fromkeys(metric for metric, _, _ in figures)
    spoken = {
        metric: np.any([np.isfinite(f.levels[-1]) for (m, _, _), f in figures.items() if m == metric], axis=0)
        for metric in metrics
    }
    of_figures = pl.concat(
        [
            f.latest.filter(pl.col("first_known_at").is_not_null()).select(
                "place",
                "first_known_at",
                doubt=pl.when(pl.col("value").is_not_null()).then("doubt"),
            )
            for f in figures.values()
        ]
        or [pl.DataFrame(schema={"place": pl.Int64, "first_known_at": INSTANT, "doubt": pl.Int64})]
    )
    sources = pl.concat(
        [
            of_figures.select("place", known="first_known_at", doubt="doubt"),
            votes.select("place", known="happening_known_at", doubt="doubt"),
        ]
    )
    newest = sources.group_by("place").agg(newest_known_at=pl.col("known").max(), doubt=pl.col("doubt").max())
    unchecked = list(Verification).index(Verification.UNCHECKED)
    of_events = (
        votes.group_by("place", "event_id")
        .agg(pl.col("doubt").max())
        .group_by("place")
        .agg(event_count=pl.len(), unchecked_count=(pl.col("doubt") == unchecked).sum())
    )
    counted = np.zeros(places.count, dtype=np.int64)
    for is_spoken in spoken.values():
        counted += is_spoken
    return (
        places.segments.with_columns(
            pl.Series("votes_left", _fixed_sum(scored.faded), dtype=pl.Float64),
            pl.Series("figure_count", counted, dtype=pl.Int64),
        )
        .join(newest, on="place", how="left", maintain_order="left")
        .join(of_events, on="place", how="left", maintain_order="left")
        .with_columns(pl.col("event_count", "unchecked_count").fill_null(0).cast(pl.Int64))
    )


def _fixed_sum(rows: Floats) -> Floats:
    total = np.zeros(rows.shape[1])
    for row in rows:
        total += row
    return total


# --- what is stated -------------------------------------------------------------------------------------------------


def _assessments(
    as_of: datetime,
    places: Places,
    rules: PhaseRules,
    votes: pl.DataFrame,
    figures: dict[Key, Figures],
    scored: Scored,
    history: Floats,
    grounds: pl.DataFrame,
) -> pl.DataFrame:
    probabilities = history[-1]
    leader = probabilities.argmax(axis=1)
    best = probabilities.max(axis=1)
    tied = (probabilities >= best[:, None] - TIE).sum(axis=1)
    weight = grounds["votes_left"].to_numpy() + grounds["figure_count"].to_numpy()
    newest_us = grounds["newest_known_at"].dt.epoch("us").fill_null(np.iinfo(np.int64).min // 2).to_numpy()
    is_nothing = grounds["newest_known_at"].is_null().to_numpy()
    is_stale = microseconds(as_of) - newest_us > rules.stale_after_years.value * US_PER_YEAR
    is_too_little = weight < rules.min_votes.value
    is_stated = ~(is_nothing | is_stale | is_too_little)
    is_phase = is_stated & (best >= rules.abstain_below.value) & (tied == 1)
    spoken = Spoken(
        rules=rules, votes=votes, figures=figures, scored=scored, history=history, steps_of=quarter_ends(
            as_of, rules.dynamics.history_quarters.value
        ), grounds=grounds, is_nothing=is_nothing, is_stale=is_stale, is_too_little=is_too_little,
        is_phase=is_phase, weight=weight, tied=tied,
    )  # fmt: skip
    has_votes = grounds["event_count"].to_numpy() > 0
    has_figures = grounds["figure_count"].to_numpy() > 0
    kinds = np.array(["no evidence", "events only", "figures only", "figures and events"])
    return (
        places.segments.select("company", "segment")
        .with_columns(
            as_of=pl.lit(as_of),
            phase=pl.Series(leader + 1, dtype=pl.Int64),
            **{f"probability_{n + 1}": pl.Series(probabilities[:, n], dtype=pl.Float64) for n in range(PHASES)},
            is_abstained=pl.Series(~is_phase, dtype=pl.Boolean),
            is_stated=pl.Series(is_stated, dtype=pl.Boolean),
            reasons=pl.Series(reasons_of(spoken), dtype=pl.String),
            evidence=pl.Series(kinds[has_votes + 2 * has_figures].tolist(), dtype=pl.String),
            basis=pl.lit(basis_on(as_of, known_dates_of(rules)).value),
            status=pl.Series(_statuses(grounds, rules), dtype=pl.String),
        )
        .with_columns(
            pl.when(~pl.col("is_abstained")).then("phase").alias("phase"),
            *(pl.when("is_stated").then(f"probability_{n + 1}").alias(f"probability_{n + 1}") for n in range(PHASES)),
        )
        .select(SCHEMA.names())
        .match_to_schema(SCHEMA)
    )


def _statuses(grounds: pl.DataFrame, rules: PhaseRules) -> list[str]:
    """Return the weakest status among the rules and each place's inputs."""
    order = list(Status)
    of_rules = order.index(status_of(rules))
    of_doubt = [order.index(STATUS_OF_VERIFICATION[word]) for word in Verification]
    return [order[max(of_rules, 0 if doubt is None else of_doubt[doubt])].value for doubt in grounds["doubt"]]


# --- what it was made of --------------------------------------------------------------------------------------------


def _features(
    places: Places, rules: PhaseRules, votes: pl.DataFrame, figures: dict[Key, Figures], scored: Scored
) -> pl.DataFrame:
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
