"""How much the phases prove: baselines, sensitivity, permutation, ablation, and what they say elsewhere.

Here: the evaluation against the article's map, as one document. Not here: the model (`assessment`), its alternatives
(`variations`), printing (`aicycle.cli`).

The event type nearly encodes the segment, so six hits prove little by themselves. What is printed beside them: what two
lines of a dictionary would have hit, how many settings of the free numbers keep the map, how often chance would hit as
much, and which features the answer does not need. Hits, abstentions and errors are counted apart: to say nothing is
not to be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aicycle.model.instants import as_of_instant, end_of_day
from aicycle.model.parameters import ArticleMap, PhaseRules, Universe
from aicycle.model.provenance import basis_on, known_dates_of
from transforms.phases.assessment import Known, known_evidence
from transforms.phases.deciding import decide
from transforms.phases.dictionary import dictionary_phases
from transforms.phases.evidence import PHASES, score
from transforms.phases.figures import Floats
from transforms.phases.filtering import filter_phases
from transforms.phases.steps import quarter_ends
from transforms.phases.variations import (
    ABSTAINED,
    WEIGHT_SPREAD,
    ablated,
    grid,
    permuted,
    phases_said,
    with_weights_by_lot,
)

Content = dict[str, Any]
HIT, ABSTENTION, ERROR, UNMAPPED = "hit", "abstention", "error", "not mapped"
FIRST_YEAR = 2021
WORTH_KEEPING = 0.02
"""A family that changes no probability by as much is not needed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """All versions of the facts, and what computes the metrics of a day from them."""

    events: pl.DataFrame
    announcements: pl.DataFrame
    members: pl.DataFrame
    metrics_as_of: Callable[[datetime], pl.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What is evaluated."""

    facts: Facts
    universe: Universe
    rules: PhaseRules
    company: str
    on_map: dict[str, int]
    """Phase by segment, as the article has it; empty for a company it does not map."""
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """The model's answer of one instant."""

    known: Known
    history: Floats
    said: list[int]
    """Per place: the stated phase, or `ABSTAINED`."""
    is_told: list[bool]


def evaluate_phases(
    facts: Facts,
    *,
    universe: Universe,
    rules: PhaseRules,
    article: ArticleMap,
    company: str,
    as_of: datetime,
    seed: int,
    permutations: int,
) -> Content:
    """Evaluate one company's phases as of an instant.

    Args:
        facts: all versions; nothing known after an answer's own instant counts in it.
        universe: companies and segments.
        rules: the model.
        article: the map; a company it does not speak of is compared with nothing.
        company: a company of the universe.
        as_of: instant with a time zone.
        seed: of the permutations.
        permutations: how many.

    Returns:
        Plain content with the keys as_of, company, basis, basis_note, segments, not_assessed, hits, abstentions,
        errors, baselines, hits_beyond_baselines, sensitivity, permutation, ablation, elsewhere.

    Raises:
        ValueError: `as_of` has no time zone, or the company is not in the universe.
    """
    if universe.company(company) is None:
        raise ValueError(f"no company is called {company!r}; expected: {', '.join(c.name for c in universe.companies)}")
    question = Question(
        facts=facts,
        universe=universe,
        rules=rules,
        company=company,
        on_map={s.segment: s.phase.value for s in article.segments} if company == article.company else {},
        as_of=as_of_instant(as_of),
    )
    answered = _answered(question, question.as_of)
    segments = _segments(question, answered)
    counts = _counts([line["result"] for line in segments])
    baselines = _baselines(question)
    return {
        "as_of": question.as_of,
        "company": company,
        "basis": basis_on(question.as_of, known_dates_of(rules)).value,
        "basis_note": f"the map is of {article.segments[0].phase.known_at}; the rules were registered on "
        f"{max(known_dates_of(rules))} by people who knew it",
        "segments": segments,
        "not_assessed": [line["segment"] for line in segments if line["probability"] is None],
        **counts,
        "baselines": baselines,
        "hits_beyond_baselines": counts["hits"] - max(line["hits"] for line in baselines),
        "sensitivity": _sensitivity(question, answered, seed),
        "permutation": _permutation(question, answered, seed, permutations),
        "ablation": _ablation(question, answered),
        "elsewhere": _elsewhere(question, answered),
    }


# --- the answer itself ----------------------------------------------------------------------------------------------


def _answered(question: Question, as_of: datetime) -> Answered:
    facts, rules = question.facts, question.rules
    known = known_evidence(
        events=facts.events,
        announcements=facts.announcements,
        members=facts.members,
        metrics=facts.metrics_as_of(as_of),
        universe=question.universe,
        rules=rules,
        as_of=as_of,
    )
    scored = score(known.evidence, rules)
    history = filter_phases(scored.scores, scored.first_step, rules.dynamics)
    decision = decide(known.evidence, scored, history[-1], rules)
    return Answered(
        known=known,
        history=history,
        said=np.where(decision.is_phase, decision.leader + 1, ABSTAINED).tolist(),
        is_told=decision.is_told.tolist(),
    )


def _result(wanted: int | None, said: int) -> str:
    if wanted is None:
        return UNMAPPED
    if said == ABSTAINED:
        return ABSTENTION
    return HIT if said == wanted else ERROR


def _segments(question: Question, answered: Answered) -> list[Content]:
    """Return a line per segment; `margin` is the probability of the article's phase less that of the next likeliest."""
    lines = []
    for row in _of_company(question, answered).iter_rows(named=True):
        place, wanted = row["place"], question.on_map.get(row["segment"])
        said = answered.said[place]
        probabilities = answered.history[-1, place].tolist() if answered.is_told[place] else []
        about = wanted or said
        others = [p for n, p in enumerate(probabilities, start=1) if n != about]
        lines.append(
            {
                "segment": row["segment"],
                "article_phase": wanted,
                "phase": said or None,
                "probability": max(probabilities, default=None),
                "margin": probabilities[about - 1] - max(others) if probabilities and about else None,
                "result": _result(wanted, said),
            }
        )
    return lines


def _of_company(question: Question, answered: Answered) -> pl.DataFrame:
    return answered.known.places.segments.filter(pl.col("company") == question.company)


# --- (a) baselines --------------------------------------------------------------------------------------------------


def _baselines(question: Question) -> list[Content]:
    facts, on_map = question.facts, question.on_map
    before = quarter_ends(question.as_of, 2)[0]
    dictionary = dictionary_phases(
        events=facts.events,
        members=facts.members,
        universe=question.universe,
        rules=question.rules,
        as_of=question.as_of,
    ).filter(pl.col("company") == question.company)
    earlier = _answered(question, before)
    # Ties go to the earlier phase.
    majority = min(Counter(on_map.values()).items(), key=lambda pair: (-pair[1], pair[0]))[0] if on_map else ABSTAINED
    told = {
        "dictionary": (
            "two lines from event type to phase, faded votes",
            dict(zip(dictionary["segment"], (p or ABSTAINED for p in dictionary["phase"]), strict=True)),
        ),
        "never changes": (
            f"what this model said at the end of the quarter before, {before.date()}, from what was known then",
            {r["segment"]: earlier.said[r["place"]] for r in _of_company(question, earlier).iter_rows(named=True)},
        ),
        "majority phase": (
            "the phase most segments of the map are in, for every segment: it has seen the map",
            dict.fromkeys(on_map, majority),
        ),
    }
    return [
        {"name": name, "what": what}
        | _counts([_result(wanted, phases.get(segment, ABSTAINED)) for segment, wanted in on_map.items()])
        for name, (what, phases) in told.items()
    ]


def _counts(results: Sequence[str]) -> Content:
    counted = Counter(results)
    return {"hits": counted[HIT], "abstentions": counted[ABSTENTION], "errors": counted[ERROR]}


# --- (b) sensitivity, (c) permutation -------------------------------------------------------------------------------


def _sensitivity(question: Question, answered: Answered, seed: int) -> Content:
    """Return how many settings keep the map, or, without one, the answer: on a grid, and with weights by lot."""
    mine = _of_company(question, answered)
    names, places = mine["segment"].to_list(), mine["place"].to_list()
    wanted = np.array(
        [question.on_map.get(name, answered.said[place]) for name, place in zip(names, places, strict=True)],
        dtype=np.int64,
    )
    axes, said = grid(answered.known.evidence, question.rules, places)
    cells = _kept(said, wanted)
    draws = _kept(with_weights_by_lot(answered.known.evidence, question.rules, places, seed=seed), wanted)
    return {
        "against": "the article's map" if question.on_map else "what the registered numbers say",
        **cells,
        "grid": axes,
        "segments": [
            {"segment": name, "kept_frac": float(share)}
            for name, share in zip(names, (np.array(said) == wanted).mean(axis=0), strict=True)
        ],
        "weights": {"seed": seed, "log_spread": WEIGHT_SPREAD, **draws},
    }


def _kept(said: Sequence[NDArray[np.int64]], wanted: NDArray[np.int64]) -> Content:
    kept = sum(bool((phases == wanted).all()) for phases in said)
    return {"cells": len(said), "kept": kept, "kept_frac": kept / len(said)}


def _permutation(question: Question, answered: Answered, seed: int, count: int) -> Content:
    """Return how often the map is hit when happenings and figures are dealt to the company's segments by lot.

    `chance_accuracy` is what phases as frequent as those said under permutation would hit if they were independent of
    the map; the mean must be near it. `p_value`: the share of permutations, and the real order, that hit as much.
    """
    known, rules = answered.known, question.rules
    mine = _of_company(question, answered)
    places = mine["place"].to_list()
    wanted = [question.on_map.get(name) for name in mine["segment"]]
    mapped = [n for n, phase in enumerate(wanted) if phase is not None]
    empty = {"permutations": count, "seed": seed, "mean_accuracy": None, "chance_accuracy": None, "p_value": None}
    if not mapped:
        return empty | {"observed_accuracy": None, "note": "the article's map does not speak of this company"}
    target = np.array([wanted[n] for n in mapped], dtype=np.int64)
    real = phases_said(known.evidence, rules)[np.array(places)][mapped]
    said = permuted(known, rules, places, seed=seed, count=count)[:, mapped]
    hits = (said == target).sum(axis=1)
    shares = [((said == phase).mean(), (target == phase).mean()) for phase in range(1, PHASES + 1)]
    observed = int((real == target).sum())
    return empty | {
        "observed_accuracy": observed / len(mapped),
        "mean_accuracy": float(hits.mean()) / len(mapped),
        "chance_accuracy": float(sum(said_share * map_share for said_share, map_share in shares)),
        "p_value": (1 + int((hits >= observed).sum())) / (1 + count),
        "note": "happenings and figures are dealt to the segments by lot, types and days stay as they are",
    }


# --- (d) which families are needed ----------------------------------------------------------------------------------


def _ablation(question: Question, answered: Answered) -> list[Content]:
    """Return per family the largest change of a probability without it: on the company's last step, and anywhere."""
    rules, segments = question.rules, answered.known.places.segments
    places = _of_company(question, answered)["place"].to_list()
    ends = quarter_ends(question.as_of, rules.dynamics.history_quarters.value)
    is_told = np.array(answered.is_told)
    lines = []
    for family in dict.fromkeys(feature.family for feature in rules.features):
        change = np.abs(ablated(answered.known.evidence, rules, family) - answered.history).max(axis=2)
        here = np.where(is_told[places], change[-1, places], 0.0) if places else np.zeros(1)
        step, place = np.unravel_index(int(change.argmax()), change.shape)
        largest = float(here.max())
        anywhere = float(change.max())
        where = segments.row(int(place), named=True)
        lines.append(
            {
                "family": family,
                "largest_change": largest,
                "segment": segments["segment"][places[int(here.argmax())]] if places and largest else None,
                "elsewhere": {
                    "company": where["company"],
                    "segment": where["segment"],
                    "as_of": ends[int(step)].date(),
                    "largest_change": anywhere,
                },
                "state": "needed"
                if largest >= WORTH_KEEPING
                else "dormant here"
                if anywhere >= WORTH_KEEPING
                else "not needed",
            }
        )
    return lines


# --- (e) elsewhere --------------------------------------------------------------------------------------------------


def _elsewhere(question: Question, answered: Answered) -> list[Content]:
    """Return the company at the ends of years before, and the others now: nothing there to be hit or missed."""
    days = [end_of_day(date(year, 12, 31)) for year in range(FIRST_YEAR, question.as_of.year + 1)]
    is_company = pl.col("company") == question.company
    lines = []
    for day in [day for day in days if day < question.as_of]:
        lines += _lines(_answered(question, day), question.rules, is_company, day)
    return lines + _lines(answered, question.rules, ~is_company, question.as_of)


def _lines(answered: Answered, rules: PhaseRules, which: pl.Expr, as_of: datetime) -> list[Content]:
    basis = basis_on(as_of, known_dates_of(rules)).value
    return [
        {
            "as_of": as_of.date(),
            "company": row["company"],
            "segment": row["segment"],
            "phase": answered.said[row["place"]] or None,
            "probability": float(answered.history[-1, row["place"]].max()) if answered.is_told[row["place"]] else None,
            "basis": basis,
        }
        for row in answered.known.places.segments.filter(which).iter_rows(named=True)
    ]
