"""The dictionary baseline: one announcement, one vote for the phase its event type stands for.

Here: the baseline the model is printed beside; no answer rests on it. Not here: the model (`assessment`).

Every announcement votes once for each phase one of its event types stands for, whatever the number of its rows. A phase
is stated where it has the most votes, at least `abstain_below` of them, and no other has as many. No event type speaks
for phase 4: the baseline can't find maturity.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.model.instants import as_of_instant
from aicycle.model.parameters import PhaseRules, Universe
from transforms.happenings import known_happenings, left_of_it
from transforms.phases.evidence import PHASES
from transforms.phases.places import places_of


def dictionary_phases(
    *, events: pl.DataFrame, members: pl.DataFrame, universe: Universe, rules: PhaseRules, as_of: datetime
) -> pl.DataFrame:
    """Return the phase of every segment as the dictionary reads it.

    Args:
        events: versions of `core.cycle_events`.
        members: versions of `core.event_members`.
        universe: companies and segments.
        rules: the dictionary is `rules.baseline`; `abstain_below` and `min_votes` hold for it too.
        as_of: instant with a time zone.

    Returns:
        company, segment, phase (null: abstained), in the universe's order.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    places = places_of(universe)
    dictionary = pl.DataFrame(
        [(v.event_type.value, v.phase.value, v.half_life_years.value) for v in rules.baseline],
        schema={"type": pl.String, "phase": pl.Int64, "half_life_years": pl.Float64},
        orient="row",
    )
    votes = (
        known_happenings(events, members, CYCLE_EVENTS, as_of=instant)
        .join(dictionary, on="type")
        .join(places.sources, on=["company", "segment"])
        .with_columns(vote=left_of_it(pl.col("happening_known_at"), pl.col("half_life_years"), as_of=instant))
        .group_by("place", "phase", "event_id")
        .agg(pl.col("vote").max())
        .sort("place", "phase", "vote", "event_id")
    )
    position = (votes["place"] * PHASES + votes["phase"] - 1).to_numpy()
    weights = np.bincount(position, weights=votes["vote"].to_numpy(), minlength=places.count * PHASES).reshape(
        places.count, PHASES
    )
    total, best = weights.sum(axis=1), weights.max(axis=1)
    is_stated = (
        (total > 0)
        & (total >= rules.min_votes.value)
        & (best >= rules.abstain_below.value * total)
        & ((weights == best[:, None]).sum(axis=1) == 1)
    )
    phases = [
        int(phase) + 1 if stated else None for phase, stated in zip(weights.argmax(axis=1), is_stated, strict=True)
    ]
    return places.segments.select("company", "segment").with_columns(phase=pl.Series(phases, dtype=pl.Int64))
