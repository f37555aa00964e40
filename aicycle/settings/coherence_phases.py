"""Whether the rules of the phases, and the map they are held against, fit each other.

Here: checks of `phases.toml` and `article_map.toml`; each refuses with file and key. Not here: the other files
(`coherence`), types and missing keys (`configuration`).
"""

from __future__ import annotations

import math

from aicycle.contracts.lineage import LINEAGE
from aicycle.model.parameters import ArticleMap, CycleDynamics, Parameter, PhaseFeature, PhaseRules, Ramp, Universe
from aicycle.settings.limits import distinct, positive, within
from aicycle.settings.refusal import refuse

PHASES = 4
EDGES = 2
MOST_QUARTERS = 400
"""A century: what is longer is a slip, and every quarter costs."""
METRICS = "marts.segment_metrics"
BY_DETAIL = ("core.announcements", "core.cycle_events")
"""What is made of these has a value per plan or event type; a ramp reads metrics with one value a period."""


def check_phases(rules: PhaseRules, file: str) -> None:
    """Refuse features that can't be computed, votes for phases that do not exist, and probabilities that are none."""
    if len(rules.phase_names) != PHASES:
        refuse(
            f"there are {len(rules.phase_names)} phase names",
            file=file,
            key="phase_names",
            expected=f"{PHASES}: `marts.phase_assessments` has a probability for each",
        )
    if not rules.features:
        refuse("there is no feature", file=file, key="features", expected="at least one: else nothing is ever stated")
    distinct((f.name for f in rules.features), file, "features", "name")
    # Read by two features of events, one announcement would vote twice.
    distinct((t for f in rules.features for t in f.event_types), file, "features[].event_types", "event type")
    of_events = {f.name for f in rules.features if f.event_types}
    for i, feature in enumerate(rules.features):
        _check_feature(feature, of_events, file, f"features[{i}]")
    _check_dynamics(rules.dynamics, file)
    positive(rules.saturation_votes, file, "saturation_votes")
    positive(rules.figure_life_years, file, "figure_life_years")
    positive(rules.stale_after_years, file, "stale_after_years")
    within(rules.abstain_below, file, "abstain_below", low=0, high=1)
    within(rules.min_votes, file, "min_votes", low=0, high=math.inf)
    distinct((v.event_type for v in rules.baseline), file, "baseline", "event_type")
    for i, vote in enumerate(rules.baseline):
        _check_phase(vote.phase, rules, file, f"baseline[{i}].phase")
        positive(vote.half_life_years, file, f"baseline[{i}].half_life_years")


def check_article_map(article: ArticleMap, file: str, universe: Universe, rules: PhaseRules) -> None:
    """Refuse a map of segments that are not watched, of phases that do not exist, or known on different days."""
    company = universe.company(article.company)
    if company is None:
        refuse(f"company '{article.company}' is not watched", file=file, key="company", expected="one of universe.toml")
    if not article.segments:
        refuse("the map is empty", file=file, key="segments", expected="at least one segment")
    distinct((s.segment for s in article.segments), file, "segments", "segment")
    known = [segment.name for segment in company.segments]
    for i, mapped in enumerate(article.segments):
        if mapped.segment not in known:
            refuse(
                f"'{company.name}' has no segment '{mapped.segment}'",
                file=file,
                key=f"segments[{i}].segment",
                expected="one of " + ", ".join(known),
            )
        _check_phase(mapped.phase, rules, file, f"segments[{i}].phase")
        if mapped.phase.known_at != article.segments[0].phase.known_at:
            refuse(
                f"known at {mapped.phase.known_at}, the first segment at {article.segments[0].phase.known_at}",
                file=file,
                key=f"segments[{i}].phase.known_at",
                expected="one day for all: a map is held against what was known on its day",
            )


def _check_feature(feature: PhaseFeature, of_events: set[str], file: str, key: str) -> None:
    if len(feature.weights.value) != PHASES:
        refuse(
            f"there are {len(feature.weights.value)} weights",
            file=file,
            key=f"{key}.weights.value",
            expected=f"{PHASES}, one a phase",
        )
    if bool(feature.event_types) == bool(feature.ramps):
        refuse(
            f"'{feature.name}' reads " + ("events and figures at once" if feature.ramps else "nothing"),
            file=file,
            key=key,
            expected="either event_types or ramps: each is traced to its own kind of fact",
        )
    if bool(feature.event_types) != (feature.half_life_years is not None):
        refuse(
            f"'{feature.name}' "
            + ("is of events and does not fade" if feature.event_types else "is of figures and can't fade"),
            file=file,
            key=f"{key}.half_life_years",
            expected="a half-life for features of events, and for no other",
        )
    if feature.half_life_years is not None:
        positive(feature.half_life_years, file, f"{key}.half_life_years")
    if not feature.directions or not set(feature.directions) <= {-1, 0, 1}:
        refuse(
            f"directions {list(feature.directions)}", file=file, key=f"{key}.directions", expected="some of -1, 0 and 1"
        )
    for j, ramp in enumerate(feature.ramps):
        _check_ramp(ramp, file, f"{key}.ramps[{j}]")
    unknown = [name for name in feature.quiet if name not in of_events]
    if unknown or (feature.quiet and not feature.ramps):
        refuse(
            f"'{feature.name}' asks for the absence of {', '.join(unknown) or 'events alone'}",
            file=file,
            key=f"{key}.quiet",
            expected="names of features of events, beside a ramp: where nothing is watched, silence says nothing",
        )


def _readable_metrics() -> list[str]:
    """Return the metrics of a segment that have one value a period, as the lineage declares them."""
    needs = [need for need in LINEAGE if need.output == METRICS]
    named = {metric for need in needs if not need.company for metric in need.output_metrics}
    return sorted(named - {metric for need in needs if need.table in BY_DETAIL for metric in need.output_metrics})


def _check_ramp(ramp: Ramp, file: str, key: str) -> None:
    readable = _readable_metrics()
    if ramp.metric not in readable:
        refuse(
            f"'{ramp.metric}' is no metric of a segment with one value a period: the feature would never speak",
            file=file,
            key=f"{key}.metric",
            expected="one of " + ", ".join(readable),
        )
    edges = ramp.edges.value
    if len(edges) != EDGES or edges[0] == edges[1]:
        refuse(
            f"edges {list(edges)}", file=file, key=f"{key}.edges.value", expected="two different levels, from 0 to 1"
        )


def _check_dynamics(dynamics: CycleDynamics, file: str) -> None:
    positive(dynamics.temperature, file, "dynamics.temperature")
    within(dynamics.advance_frac, file, "dynamics.advance_frac", low=0, high=1)
    within(dynamics.restart_frac, file, "dynamics.restart_frac", low=0, high=1)
    leaving = dynamics.advance_frac.value + dynamics.restart_frac.value
    if leaving > 1:
        refuse(
            f"to advance and to restart sum to {leaving:g}",
            file=file,
            key="dynamics",
            expected="at most 1: the rest is the probability to stay",
        )
    within(dynamics.dwell_quarters, file, "dynamics.dwell_quarters", low=1, high=MOST_QUARTERS)
    within(dynamics.history_quarters, file, "dynamics.history_quarters", low=1, high=MOST_QUARTERS)


def _check_phase(phase: Parameter[int], rules: PhaseRules, file: str, key: str) -> None:
    if not 1 <= phase.value <= len(rules.phase_names):
        refuse(
            f"phase {phase.value} has no name",
            file=file,
            key=f"{key}.value",
            expected=f"1 to {len(rules.phase_names)}",
        )
