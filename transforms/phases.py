"""Where each segment stands in the cycle, as the dictionary baseline reads it from events, or why that is not said.

Here: votes of announcements, faded and shared out over the phases. Not here: the dictionary (`config/phases.toml`),
which rows are one announcement (`transforms.event_members`).

Every announcement votes once for each phase one of its event types stands for, whatever the number of its rows. Only
the owner's events and those of the segment's `event_companies` vote. Events of a whole market (company `none`) do not:
the recorded data give the article's map six of six with and without them, so the smaller rule is kept; they would give
every company the same vote. No event type speaks for phase 4: this baseline can't find maturity, and says so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.marts_phase_assessments import PHASE_ASSESSMENTS
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Verification
from aicycle.model.parameters import Company, PhaseRules, Segment, Universe
from aicycle.model.provenance import basis_on, known_dates_of, status_of
from transforms.happenings import known_happenings, left_of_it

GROUP = "group"
"""The segment that is the whole company: it has figures, but no phase."""

OURS = (
    "as_of", "company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4",
    "is_abstained", "reasons", "evidence", "basis", "status",
)  # fmt: skip
"""Columns of the mart that an assessment fills; the rest says with what it was made."""
SCHEMA = pl.Schema({n: t for n, t in PHASE_ASSESSMENTS.polars_schema().items() if n in OURS})


def assess_phases(
    events: pl.DataFrame, members: pl.DataFrame, *, universe: Universe, rules: PhaseRules, as_of: datetime
) -> pl.DataFrame:
    """Assess every segment of every company of the universe.

    Args:
        events: versions of `core.cycle_events`; those known after `as_of` are not used.
        members: versions of `core.event_members`; likewise.
        universe: companies and segments; `group`, the whole company, has no phase.
        rules: the dictionary.
        as_of: instant with a time zone.

    Returns:
        `marts.phase_assessments` without manifest and holds; in the universe's order. Probabilities are
        shares of the faded votes (fractions), empty where there are too few votes to share out.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    votes = _votes(known_happenings(events, members, CYCLE_EVENTS, as_of=instant), rules, instant)
    basis = basis_on(instant, known_dates_of(rules))
    rows = []
    for company in universe.companies:
        for segment in company.segments:
            if segment.name == GROUP:
                continue
            of_segment = _one_vote_each(votes, company, segment)
            assessed = _assessed(of_segment, rules)
            status = status_of(rules, verifications=of_segment["verification"].to_list())
            rows.append(
                {"as_of": instant, "company": company.name, "segment": segment.name, **assessed}
                | {"basis": basis.value, "status": status.value}
            )
    return pl.DataFrame(rows, schema=SCHEMA)


def _votes(happenings: pl.DataFrame, rules: PhaseRules, as_of: datetime) -> pl.DataFrame:
    dictionary = pl.DataFrame(
        {
            "type": [vote.event_type.value for vote in rules.votes],
            "phase": [vote.phase.value for vote in rules.votes],
            "half_life_years": [vote.half_life_years.value for vote in rules.votes],
        },
        schema={"type": pl.String, "phase": pl.Int64, "half_life_years": pl.Float64},
    )
    return happenings.join(dictionary, on="type", how="inner").with_columns(
        vote=left_of_it(pl.col("happening_known_at"), pl.col("half_life_years"), as_of=as_of),
        # An unchecked row is the weakest of its announcement: what it rests on is what is reported.
        doubt=pl.col("verification").replace_strict(
            list(Verification), list(range(len(Verification))), return_dtype=pl.Int64
        ),
    )


def _one_vote_each(votes: pl.DataFrame, company: Company, segment: Segment) -> pl.DataFrame:
    """Return one row per announcement and phase: its strongest vote, its first row's words, its weakest source."""
    return (
        votes.filter(
            pl.col("company").is_in([company.name, *segment.event_companies]) & (pl.col("segment") == segment.name)
        )
        .sort("event_id", "phase", "vote", "cycle_event_id", descending=[False, False, True, False])
        .group_by("event_id", "phase", maintain_order=True)
        .agg(
            pl.col("vote", "type", "title", "happening_known_at").first(),
            pl.col("verification").sort_by("doubt").last(),
        )
        .sort("vote", "happening_known_at", "event_id", "phase", descending=[True, True, False, False])
    )


def _assessed(votes: pl.DataFrame, rules: PhaseRules) -> dict[str, object]:
    phases = range(1, len(rules.phase_names) + 1)
    weights = {phase: math.fsum(votes.filter(pl.col("phase") == phase)["vote"].to_list()) for phase in phases}
    total = math.fsum(weights.values())
    is_enough = total > 0 and total >= rules.min_votes.value
    shares = {phase: weights[phase] / total if is_enough else None for phase in phases}
    why_not = _why_abstained(list(shares.values()), total, rules)
    leader = max(phases, key=lambda phase: weights[phase])
    ranked = sorted(phases, key=lambda phase: (-weights[phase], phase))
    reasons = [why_not] if why_not else []
    reasons += [_sentence(phase, votes, weights[phase], total, rules) for phase in ranked if weights[phase] > 0]
    reasons += _remarks(votes, rules)
    return {
        "phase": None if why_not else leader,
        **{f"probability_{phase}": shares[phase] for phase in phases},
        "is_abstained": bool(why_not),
        "reasons": json.dumps(reasons, ensure_ascii=False),
        "evidence": "events only" if votes.height else "no events",
    }


def _why_abstained(shares: Sequence[float | None], total: float, rules: PhaseRules) -> str:
    """Return why no phase is stated; empty if one is."""
    known = [share for share in shares if share is not None]
    if not known:
        if total == 0:
            return "No phase is stated: no known event speaks for any."
        return (
            f"No phase is stated: the known announcements weigh {total:.2f} after fading, "
            f"less than the {rules.min_votes.value:g} that are asked for."
        )
    best = max(known)
    if best < rules.abstain_below.value:
        asked = rules.abstain_below.value
        return f"No phase is stated: the strongest has {best:.0%} of the votes, less than the {asked:.0%} asked for."
    if known.count(best) > 1:
        return f"No phase is stated: {known.count(best)} phases have {best:.0%} each."
    return ""


def _sentence(phase: int, votes: pl.DataFrame, weight: float, total: float, rules: PhaseRules) -> str:
    own = votes.filter(pl.col("phase") == phase)
    kinds = own.group_by("type").len().sort("len", "type", descending=[True, False])
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.iter_rows())
    strongest = own.row(0, named=True)
    return (
        f"Phase {phase}, {rules.phase_names[phase - 1]}: {weight:.2f} of {total:.2f} faded votes "
        f"({weight / total:.0%}), from {counts}; "
        f"the strongest: {strongest['title']} (known {strongest['happening_known_at']:%Y-%m-%d}, "
        f"{strongest['vote']:.2f} of a vote)."
    )


def _remarks(votes: pl.DataFrame, rules: PhaseRules) -> list[str]:
    remarks = []
    unchecked = votes.filter(pl.col("verification") == Verification.UNCHECKED.value)["event_id"].n_unique()
    if unchecked:
        remarks.append(f"{unchecked} of {votes['event_id'].n_unique()} announcements rest on unchecked sources.")
    voted_for = {vote.phase.value for vote in rules.votes}
    for phase, name in enumerate(rules.phase_names, start=1):
        if phase not in voted_for:
            remarks.append(f"Phase {phase}, {name}: no event type speaks for it in these rules, so they can't find it.")
    return remarks
