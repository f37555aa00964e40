"""Why a phase is stated, or why none is, in sentences: the strongest first.

Here: words, and what they are said from. Not here: what is decided (`assessment`).

The report and the command line print the first sentence alone: it names the leading phase, what spoke for it with
figures, and the strongest single event; where no phase is stated, it says why not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from aicycle.model.parameters import PhaseFeature, PhaseRules, Reading
from transforms.phases.deciding import Decision
from transforms.phases.evidence import PHASES, Scored
from transforms.phases.figures import Figures, Floats, Key, key_of
from transforms.phases.steps import EPOCH, US_PER_YEAR, microseconds

NAMED_FEATURES = 3
"""Features named in a sentence: more is a table, and `marts.phase_features` is that."""
TITLE_LENGTH = 60
HINT_NATS = 0.005
"""Less is not worth a word."""
WORTH_A_SENTENCE = 0.01
"""Probability below which a phase other than the leading one is left out."""
Reader = Callable[[int, float], str]
Strongest = dict[tuple[int, int], tuple[str, datetime, float]]
"""By place and feature: title, since when known, votes left of the strongest event."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spoken:
    """All that sentences are made from; arrays and `doubts` run over places."""

    rules: PhaseRules
    votes: pl.DataFrame
    figures: dict[Key, Figures]
    scored: Scored
    history: Floats
    ends: list[datetime]
    """Of the steps."""
    decision: Decision
    doubts: pl.DataFrame
    """event_count, unchecked_count."""


def reasons_of(spoken: Spoken) -> list[str]:
    """Return per place a JSON list of sentences."""
    strongest = _strongest_events(spoken)
    # Plain lists: reading single numbers out of arrays costs more than all the sentences.
    probabilities = spoken.history[-1].tolist()
    contributions = spoken.scored.contributions.transpose(1, 2, 0).tolist()
    readings = _readings(spoken)
    since = _led_since(spoken)
    is_told = spoken.decision.is_told.tolist()
    counts = spoken.doubts.select("event_count", "unchecked_count").rows()
    reasons = []
    for place, (event_count, unchecked_count) in enumerate(counts):
        of_place = probabilities[place]
        why_not = _why_abstained(spoken, place, max(of_place))
        said = [why_not] if why_not else []
        if is_told[place]:
            ranked = sorted(range(PHASES), key=lambda phase: (-of_place[phase], phase))
            for phase in ranked:
                if of_place[phase] >= WORTH_A_SENTENCE or phase == ranked[0]:
                    features = _speaking_for(contributions[place][phase])
                    head = f"Phase {phase + 1}, {spoken.rules.phase_names[phase]}: {of_place[phase]:.0%}"
                    said.append(_sentence(head, place, features, readings, strongest))
            said.append(f"Phase {ranked[0] + 1} has led since the quarter that ended on {since[place]:%Y-%m-%d}.")
        if unchecked_count:
            said.append(f"{unchecked_count} of {event_count} announcements rest on unchecked sources.")
        reasons.append(json.dumps(said, ensure_ascii=False))
    return reasons


def _speaking_for(contributions: list[float]) -> list[tuple[float, int]]:
    positive = [(nats, feature) for feature, nats in enumerate(contributions) if nats >= HINT_NATS]
    return sorted(positive, key=lambda pair: (-pair[0], pair[1]))


def _sentence(
    head: str, place: int, features: list[tuple[float, int]], readings: list[Reader], strongest: Strongest
) -> str:
    if not features:
        return f"{head}, from the quarters before; nothing known now speaks for it."
    named = ", ".join(readings[f](place, nats) for nats, f in features[:NAMED_FEATURES])
    more = f" and {len(features) - NAMED_FEATURES} more" if len(features) > NAMED_FEATURES else ""
    event = next((strongest[place, f] for _, f in features if (place, f) in strongest), None)
    if event is None:
        return f"{head}; for it, in nats: {named}{more}."
    title, known, left = event
    short = title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 3] + "..."
    freshness = f"known {known:%Y-%m-%d}, {left:.2f} of a vote"
    return f"{head}; for it, in nats: {named}{more}; strongest event: {short} ({freshness})."


def _why_abstained(spoken: Spoken, place: int, best: float) -> str:
    """Return why no phase is stated; empty if one is."""
    rules, decision = spoken.rules, spoken.decision
    if decision.is_phase[place]:
        return ""
    if decision.is_nothing[place]:
        return "No phase is stated: no known event and no figure speaks for any."
    if decision.is_stale[place]:
        newest = EPOCH + timedelta(microseconds=int(decision.newest_known[place]))
        limit = rules.stale_after_years.value
        return f"No phase is stated: all evidence is stale, the newest of {newest:%Y-%m-%d}, over {limit:g} years old."
    if decision.is_too_little[place]:
        return (
            f"No phase is stated: announcements after fading and figures weigh {decision.weight[place]:.2f}, "
            f"less than the {rules.min_votes.value:g} that are asked for."
        )
    if decision.tied[place] > 1:
        return f"No phase is stated: {decision.tied[place]} phases have {best:.0%} each."
    asked = rules.abstain_below.value
    return f"No phase is stated: the likeliest has {best:.1%}, less than the {asked:.0%} asked for."


def _led_since(spoken: Spoken) -> list[datetime]:
    """Return the end of the first of the quarters up to now in which the present leader led without a break."""
    leads = spoken.history.argmax(axis=2)
    begun = np.arange(leads.shape[0])[:, None] >= spoken.scored.first_step
    same = (leads == leads[-1]) & begun
    unbroken = np.logical_and.accumulate(same[::-1], axis=0).sum(axis=0)
    first = leads.shape[0] - np.maximum(unbroken, 1)
    return [spoken.ends[step] for step in first.tolist()]


def _readings(spoken: Spoken) -> list[Reader]:
    """Return, by feature, what says at a place what the feature adds and what it was read from."""
    return [
        _of_events(feature.name, spoken.scored.faded[position].tolist())
        if feature.event_types
        else _of_figures(feature, spoken.figures)
        for position, feature in enumerate(spoken.rules.features)
    ]


def _of_events(name: str, faded: list[float]) -> Reader:
    return lambda place, nats: f"{name} {nats:+.2f} ({faded[place]:.2f} faded votes)"


def _of_figures(feature: PhaseFeature, figures: dict[Key, Figures]) -> Reader:
    """Name every figure of the feature: they are multiplied, none alone is what it says."""
    # Two ramps may scale one figure, from below and from above.
    read = [_of_figure(key, figures[key]) for key in dict.fromkeys(key_of(ramp) for ramp in feature.ramps)]
    return lambda place, nats: f"{feature.name} {nats:+.2f} ({', '.join(figure(place) for figure in read)})"


def _of_figure(key: Key, figures: Figures) -> Callable[[int], str]:
    metric, reading, _ = key
    levels = figures.levels[-1].tolist()
    of_what = {
        Reading.LEVEL: metric,
        Reading.MAGNITUDE: f"size of {metric}",
        Reading.YEAR_ON_YEAR: f"{metric} on the year",
    }[reading]
    as_read = ".1%" if metric.endswith("_frac") or reading is Reading.YEAR_ON_YEAR else ",.4g"
    return lambda place: f"{of_what} {levels[place]:{as_read}}"


def _strongest_events(spoken: Spoken) -> Strongest:
    """Return the freshest event of each place and feature: with one half-life a feature, it is the strongest."""
    freshest = spoken.votes.sort(
        "place", "feature", "happening_known_at", "event_id", descending=[False, False, True, False]
    ).unique(["place", "feature"], keep="first", maintain_order=True)
    half_lives = [f.half_life_years.value if f.half_life_years else 1.0 for f in spoken.rules.features]
    as_of = microseconds(spoken.ends[-1])
    return dict(_with_votes_left(freshest, half_lives, as_of))


def _with_votes_left(
    freshest: pl.DataFrame, half_lives: list[float], as_of: int
) -> Iterator[tuple[tuple[int, int], tuple[str, datetime, float]]]:
    known_us = freshest["happening_known_at"].dt.epoch("us").to_list()
    rows = freshest.select("place", "feature", "title", "happening_known_at").rows()
    for (place, feature, title, known), since in zip(rows, known_us, strict=True):
        left = 0.5 ** ((as_of - since) / US_PER_YEAR / half_lives[feature])
        yield (place, feature), (title, known, left)
